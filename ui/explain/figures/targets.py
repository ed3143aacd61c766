"""Points over a picture such that the one nearest to a click tells the superpixel under it."""

import numpy as np
from numpy.typing import NDArray

from ui.figures.outlines import borders, grown

MOST_MARKERS = 6000
_REACH_PX = 2  # from a border to its markers, on the page
_CELLS_PX = (5, 6, 8, 10, 13, 17, 24)  # along a border, one marker for each cell of the page


def markers(
    segments: NDArray[np.intp], size: tuple[int, int]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Column, row and superpixel of markers such that the nearest one tells the superpixel.

    They stand in two rows along each border, equally far from it on both sides, in the middle of
    what is thin, and sparsely inside. At most (about) `MOST_MARKERS`, but at least one for each
    superpixel. Small pictures have one for each pixel.
    """
    px = size[0] / segments.shape[1]
    if px >= 3 * _REACH_PX and segments.size <= MOST_MARKERS:
        rows, columns = np.indices(segments.shape).reshape(2, -1)
        return columns, rows, segments.ravel()
    rows_of = _depth(segments, max(1, round(_REACH_PX / px + 0.5)))
    for cell_px in _CELLS_PX:
        found = _markers(segments, rows_of, max(1, round(cell_px / px)))
        if len(found[0]) <= MOST_MARKERS:
            break
    return found


def _depth(segments: NDArray[np.intp], most: int) -> NDArray[np.int8]:
    """How many pixels from the border each pixel is, from 1; 0 beyond `most`."""
    before, after = borders(segments)
    reached = before | after
    depth = np.zeros(segments.shape, dtype=np.int8)
    for ring in range(1, most + 1):
        np.putmask(depth, reached & (depth == 0), ring)
        reached = grown(reached)
    return depth


def _markers(
    segments: NDArray[np.intp], depth: NDArray[np.int8], cell: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    # Deepest in the band along the borders: at its inner edge or, where it is thin, in its middle.
    padded = np.pad(depth, 1)
    deepest = depth > 0
    own = np.pad(segments, 1, constant_values=-1)
    height, width = segments.shape
    for dy in range(3):
        for dx in range(3):
            beside = np.s_[dy : dy + height, dx : dx + width]
            deepest &= (padded[beside] <= depth) | (own[beside] != segments)
    y, x = np.nonzero(deepest)
    ids = segments[y, x]
    cells = (y // cell) * (width // cell + 1) + x // cell
    _, part, sizes = np.unique(
        cells * (int(segments.max()) + 1) + ids, return_inverse=True, return_counts=True
    )
    off = (x - (np.bincount(part, x) / sizes)[part]) ** 2
    off += (y - (np.bincount(part, y) / sizes)[part]) ** 2
    order = np.lexsort((off, part))
    middle = order[np.r_[True, np.diff(part[order]) > 0]] if len(order) else order
    far = 3 * cell
    rows, columns = (np.arange(min(n - 1, far // 2), n, far) for n in segments.shape)
    inner_y, inner_x = (grid.ravel() for grid in np.meshgrid(rows, columns, indexing="ij"))
    inner = depth[inner_y, inner_x] == 0
    y, x = np.r_[y[middle], inner_y[inner]], np.r_[x[middle], inner_x[inner]]
    return x, y, segments[y, x]
