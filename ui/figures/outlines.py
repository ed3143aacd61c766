"""Lines around superpixels: where they run, and where their dashes fall."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Segments = NDArray[Any]  # (h, w), ids 0..d-1

_DASH_POINTS = np.linspace(0, 0.58, 6)  # the rest of each period is gap


def resized_segments(segments: Segments, height: int, width: int, smooth: bool) -> NDArray[Any]:
    """The ids at another size; `smooth` takes the stairs out of enlarged borders."""
    ids = segments.astype(np.int16 if segments.max() < 2**15 else np.int32)
    if smooth:
        while max(ids.shape) * 2 <= max(height, width):
            ids = _doubled(ids)
    rows = np.arange(height) * ids.shape[0] // height
    columns = np.arange(width) * ids.shape[1] // width
    return np.asarray(ids.take(rows, axis=0).take(columns, axis=1))


def _doubled(ids: NDArray[Any]) -> NDArray[Any]:
    """Twice as large, with the steps of slanting borders halved (the rule known as Scale2x)."""
    padded = np.pad(ids, 1, mode="edge")
    up, down = padded[:-2, 1:-1], padded[2:, 1:-1]
    left, right = padded[1:-1, :-2], padded[1:-1, 2:]
    slanting = (up != down) & (left != right)
    large = np.repeat(np.repeat(ids, 2, axis=0), 2, axis=1)
    for row, above in ((0, up), (1, down)):
        for column, beside in ((0, left), (1, right)):
            np.copyto(large[row::2, column::2], above, where=slanting & (above == beside))
    return large


def borders(segments: Segments) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The pixels left of and above a border, and those right of and below it."""
    before = np.zeros(segments.shape, dtype=bool)
    after = before.copy()
    across, down = segments[:, 1:] != segments[:, :-1], segments[1:] != segments[:-1]
    before[:, :-1] |= across
    before[:-1] |= down
    after[:, 1:] |= across
    after[1:] |= down
    return before, after


def bands(
    segments: Segments, lit: NDArray[Any], thickness: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Bytes]:
    """Pixels beside borders.

    Parameters
    ----------
    segments : array of shape (h, w)
        Ids of the superpixels.
    lit : array of shape (h, w)
        1 or 2 where the superpixel gets a thick outline inside.
    thickness : int
        Of that outline, in pixels.

    Returns
    -------
    before, after : bool arrays of shape (h, w)
        The pixels left of and above a border, and those right of and below it.
    rings : uint8 array of shape (h, w)
        1 to `thickness` in thick outlines, counted from the border inwards; the picture's own edge
        is a border too. 0 elsewhere.
    """
    before, after = borders(segments)
    reached = before | after
    reached[[0, -1]] = True
    reached[:, [0, -1]] = True
    inside = (lit == 1) | (lit == 2)
    rings = np.zeros(segments.shape, dtype=np.uint8)
    for ring in range(1, thickness + 1):
        np.putmask(rings, reached & inside & (rings == 0), ring)
        reached = grown(reached)
    return before, after, rings


def grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask and the eight neighbours of its pixels."""
    tall = mask.copy()
    tall[1:] |= mask[:-1]
    tall[:-1] |= mask[1:]
    grown = tall.copy()
    grown[:, 1:] |= tall[:, :-1]
    grown[:, :-1] |= tall[:, 1:]
    return grown


def contours(mask: NDArray[np.bool_]) -> Iterator[NDArray[np.float64]]:
    """The closed lines around a region, each (n, 2) as x, y in pixels; holes have their own.

    Lines run between pixels: a region of one pixel at the origin is the square from 0 to 1.
    """
    padded = np.pad(mask, 1)
    inside = padded[1:-1, 1:-1]
    stride = mask.shape[1] + 1  # corners are numbered row by row
    right, down = 1, stride
    sides = (  # what lies beyond, the corner where the side starts, the step along it
        (padded[:-2, 1:-1], 0, right),
        (padded[1:-1, 2:], right, down),
        (padded[2:, 1:-1], right + down, -right),
        (padded[1:-1, :-2], down, -down),
    )
    starts, ends = [], []
    for beyond, corner, step in sides:
        rows, columns = np.nonzero(inside & ~beyond)
        starts.append(rows * stride + columns + corner)
        ends.append(starts[-1] + step)
    start, end = np.concatenate(starts), np.concatenate(ends)
    once, first = np.unique(start, return_index=True)
    ways = dict(zip(once.tolist(), end[first].tolist(), strict=True))
    second = np.ones(len(start), dtype=bool)  # where two pixels of the region touch by a corner
    second[first] = False
    spare = dict(zip(start[second].tolist(), end[second].tolist(), strict=True))
    while ways or spare:
        if not ways:
            ways, spare = spare, ways
        at = next(iter(ways))
        line = []
        while at in ways or at in spare:
            line.append(at)
            at = ways.pop(at) if at in ways else spare.pop(at)
        y, x = np.divmod(np.array(line), stride)
        yield np.column_stack([x, y]).astype(float)


def smoothed(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """A closed line without its stairs: each point becomes the mean of five neighbours."""
    if len(line) < 12:
        return line
    return np.asarray(np.mean([np.roll(line, shift, axis=0) for shift in range(-2, 3)], axis=0))


def region_contours(segments: Segments, region: int) -> list[NDArray[np.float64]]:
    """`contours` of one superpixel, in pixels of the whole picture."""
    mask = segments == region
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return []
    crop = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return [line + np.array([columns[0], rows[0]]) for line in contours(crop)]


def dashes(
    segments: Segments,
    drawn: Segments,
    regions: Sequence[int],
    period: float,
    width: int,
    smooth: bool,
) -> NDArray[np.bool_]:
    """Where, along the outlines of these superpixels, a dashed line is not interrupted.

    Parameters
    ----------
    segments, drawn : arrays of ids
        The superpixels, and the same at the size of the drawing.
    regions : sequence of int
        Which are outlined.
    period : float
        Length of a dash with its gap, in pixels of the drawing.
    width : int
        Width in pixels of the drawing; half of it falls into the superpixel.
    smooth : bool
        Whether borders run smoothly rather than along the sides of pixels.
    """
    from PIL import Image, ImageDraw

    small = segments if segments.size < drawn.size else drawn
    times = np.array([drawn.shape[1] / small.shape[1], drawn.shape[0] / small.shape[0]])
    found = np.zeros(drawn.shape, dtype=bool)
    for region in regions:
        lines = region_contours(small, region)
        lines = [(smoothed(line) if smooth else line) * times for line in lines]
        if not lines:
            continue
        corner = np.floor(np.min([line.min(axis=0) for line in lines], axis=0)).astype(int)
        size = np.ceil(np.max([line.max(axis=0) for line in lines], axis=0)).astype(int) - corner
        image = Image.new("L", tuple((size + 2).tolist()))
        pen = ImageDraw.Draw(image)
        for line in lines:
            points = np.vstack([line, line[:1]]) - corner
            along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
            n_dashes = max(2, round(along[-1] / period))
            at = (np.arange(n_dashes)[:, None] + _DASH_POINTS) * along[-1] / n_dashes
            xy = np.stack([np.interp(at, along, points[:, k]) for k in (0, 1)], axis=-1)
            for dash in xy.reshape(n_dashes, -1).tolist():
                pen.line(dash, fill=255, width=width)
        here = tuple(slice(at, at + n + 2) for at, n in zip(corner[::-1], size[::-1], strict=True))
        own = drawn[here] == region  # a neighbour's dashes end at the border
        found[here] |= own & (np.asarray(image)[: own.shape[0], : own.shape[1]] > 0)
    return found
