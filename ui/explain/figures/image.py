"""A picture with its superpixels: what counts, how much, and where a click goes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lime_engine.subjects import ImageSubject
from ui.explain.figures.targets import markers
from ui.figures import palette
from ui.figures.layout import bare_layout, label
from ui.figures.linked import BADGE_PX, badge, linked, part, telling
from ui.figures.outlines import region_contours, smoothed
from ui.figures.overlay import counting, only_what_counts, tinted
from ui.figures.pixels import (
    MOST_PX,
    data_uri,
    displayed,
    is_smooth,
    region_names,
    superpixel_places,
)

WIDEST_PX = 560
TALLEST_PX = 600
LEAST_PX = 24
MOST_NUMBERS = 5
FONT_PX = 13
CHOSEN = "#2F6690"  # the theme's colour of what can be clicked
_LEAST_NUMBERS = 3  # that a picture is as wide as, if one may lie across edges
_MOST_POINTS = 160  # of an outline that is lit
_FINEST, _TINY = 3, 32 * 32  # places a pixel and side, and pixels of a picture that has so many
_MOST_PLACES = 96  # along a side of a region, that a badge may have
_FINER = 1.4  # pixels drawn for one of the page: most screens have more than one


def figure_size(shape: Sequence[int], width_px: int) -> tuple[int, int]:
    """Width and height in pixels of the page, as large as fits, with the picture's own shape."""
    height, width = shape[:2]
    px = min(width_px, WIDEST_PX) / width
    px = min(px, TALLEST_PX / height)
    return max(LEAST_PX, round(width * px)), max(LEAST_PX, round(height * px))


def image_figure(
    subject: ImageSubject,
    weights: Mapping[int, float],
    *,
    mode: Literal["colours", "only"] = "colours",
    width_px: int,
    dark: bool,
    off: Collection[int] = (),
    chosen: int | None = None,
    scale: float | None = None,
    clickable: bool = True,
    numbers: Mapping[int, int] | None = None,
    positive_name: str = "this answer",
    negative_name: str = "the others",
) -> go.Figure:
    """The picture with its superpixels by weight; every superpixel can be clicked.

    The axes count the picture's own pixels: the middle of the pixel in row r and column c is at
    ``x = c, y = r``. Below everything lies the picture itself, for those who want to see it.

    Parameters
    ----------
    subject : ImageSubject
        The image and its superpixels.
    weights : mapping of int to float
        Superpixel to signed weight, for those that are shown.
    mode : {"colours", "only"}
        The picture tinted (see `overlay.tinted`), or grey but for what counts (see
        `overlay.only_what_counts`).
    width_px : int
        Room in pixels; the figure is as large as fits, `figure_size`.
    dark : bool
        Whether the page is dark.
    off : collection of int
        Superpixels that are switched off: hatched.
    chosen : int, optional
        A superpixel to point at, with a thick blue outline.
    scale : float, optional
        Weight with the strongest tint; by default `palette.colour_scale` of those here.
    clickable : bool
        Whether superpixels answer to a click; if not, hovering still tells their weight.
    numbers : mapping of int to int, optional
        The numbers that the bars of superpixels have: all carry theirs that tell something. By
        default the strongest carry their weights, where there is room.
    positive_name, negative_name : str
        What positive and negative weights speak for.

    Returns
    -------
    plotly.graph_objects.Figure
        Clicked points carry the superpixel's number as `customdata`.
    """
    height, width = subject.segments.shape
    size = figure_size((height, width), width_px)
    top = palette.colour_scale(weights.values()) if scale is None else scale
    longest = min(MOST_PX, round(_FINER * max(size)))
    layers = [data_uri(displayed(subject.pixels, longest), "photograph")]
    if mode == "only":
        drawn = only_what_counts(subject, weights, off=off, dark=dark, longest_px=longest)
        layers.append(data_uri(drawn, "photograph"))
    else:
        over = tinted(subject, weights, scale=top, off=off, dark=dark, longest_px=longest)
        layers.append(data_uri(over, "overlay"))
    shapes, notes = (
        _badges(subject, weights, off, size, numbers)
        if numbers is not None
        else ([], _numbers(subject, weights, off, size))
    )
    figure = go.Figure(
        _targets(
            subject, numbers or {}, weights, off, clickable, size, positive_name, negative_name
        )
    )
    figure.update_layout(
        **bare_layout(*size, dark),
        hoverdistance=-1,  # the nearest marker, however far: a click anywhere counts
        images=[
            {
                "source": source,
                "xref": "paper",
                "yref": "paper",
                "x": 0,
                "y": 1,
                "sizex": 1,
                "sizey": 1,
                "sizing": "stretch",
                # Of two images in one place and layer Plotly would draw one.
                "layer": "above" if i else "below",
            }
            for i, source in enumerate(layers)
        ],
        shapes=_pointer(subject, chosen) + shapes,
        annotations=notes,
        xaxis={"range": [-0.5, width - 0.5], "visible": False, "fixedrange": True},
        yaxis={"range": [height - 0.5, -0.5], "visible": False, "fixedrange": True},
    )
    linked(
        figure,
        _parts(subject, region_names(subject, numbers or {}), weights, size),
        on_picture=True,
    )
    return figure


def _parts(
    subject: ImageSubject,
    names: Sequence[str],
    weights: Mapping[int, float],
    size: tuple[int, int],
) -> list[dict[str, Any]]:
    """The outlines of the superpixels that tell something, in pixels of the figure."""
    times = np.array(size) / subject.segments.shape[::-1]
    found = []
    for i, weight in telling(weights).items():
        path = ""
        for line in region_contours(subject.segments, i):
            line = smoothed(line) if is_smooth(subject) else line
            points = line[:: max(1, len(line) // _MOST_POINTS)] * times
            path += "M" + "L".join(f"{x:.0f},{y:.0f}" for x, y in points) + "Z"
        found.append(part(i, path, f"{names[i]}, {palette.signed(weight)}"))
    return found


def _badges(
    subject: ImageSubject,
    weights: Mapping[int, float],
    off: Collection[int],
    size: tuple[int, int],
    numbers: Mapping[int, int],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The number of each superpixel that tells something: circles, and what stands in them."""
    circles: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    shown = [i for i in telling(weights) if i in numbers]
    places = badge_places(subject.segments, shown, size)
    for i, (x, y) in zip(shown, places, strict=True):
        circle, note = badge(
            numbers[i], x, y, weights[i], dark=False, off=i in off, on_picture=True
        )
        circles.append(circle)
        notes.append(note)
    return circles, notes


def badge_places(
    segments: NDArray[Any], regions: Sequence[int], size: tuple[int, int]
) -> list[tuple[float, float]]:
    """A place (x, y) for a badge in each region, in the picture's pixels.

    Whole within the picture, deep inside the region, and not on one that has been placed before,
    as far as there is room.
    """
    from scipy.ndimage import distance_transform_edt

    times = np.array(size) / segments.shape[::-1]  # pixels of the page for one of the picture
    reach = BADGE_PX / 2
    side = _FINEST if segments.size <= _TINY else 1  # between the pixels of a tiny picture, too
    finest = np.linspace(-0.5, 0.5, side + 2)[1:-1]
    shift = np.stack(np.meshgrid(finest, finest), axis=-1).reshape(-1, 2)
    placed: list[NDArray[np.float64]] = []
    for region in regions:
        rows, columns = (np.flatnonzero((segments == region).any(axis=k)) for k in (1, 0))
        corner = np.array([columns[0], rows[0]])
        crop = segments[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] == region
        step = max(1, max(crop.shape) // _MOST_PLACES)
        step = step if crop[::step, ::step].any() else 1
        mask = np.pad(crop[::step, ::step], 1)
        depth = distance_transform_edt(mask, sampling=step * times[::-1])
        y, x = np.nonzero(mask)
        at = step * (np.stack([x, y], axis=-1) - 1)[:, None] + shift + corner
        inside = np.minimum(depth[y, x], reach).repeat(len(shift))
        on_page = np.clip(
            (at.reshape(-1, 2) + 0.5) * times, reach, np.maximum(np.array(size) - reach, reach)
        )
        free = np.full(len(on_page), 2 * reach)
        for other in placed:
            free = np.minimum(free, np.hypot(*(on_page - other).T))
        # First of all apart, then inside, then near the middle.
        away = np.hypot(*(on_page - on_page.mean(axis=0)).T)
        placed.append(on_page[np.lexsort((away, -inside.round(), -free.round()))[0]])
    return [(float(x), float(y)) for x, y in (place / times - 0.5 for place in placed)]


def _targets(
    subject: ImageSubject,
    numbers: Mapping[int, int],
    weights: Mapping[int, float],
    off: Collection[int],
    clickable: bool,
    size: tuple[int, int],
    positive_name: str,
    negative_name: str,
) -> list[dict[str, Any]]:
    """Invisible markers that hover and clicks find; one trace for each text they show."""
    x, y, ids = markers(subject.segments, size)
    traces: dict[str, list[int]] = {}
    for i, place in enumerate(superpixel_places(subject)):
        # The number of a region without a bar is its marker's: one trace for all that are alike.
        called = f"{numbers[i]}: " if i in numbers else "region %{text}, "
        text = f"<b>{called}{palette.escape(place.words)}</b>"
        weight = weights.get(i)
        if weight is not None and weight == weight:
            sign = positive_name if weight > 0 else negative_name
            whom = palette.escape(palette.fit_label(sign, FONT_PX, 240)) if weight else "neither"
            text += f"<br>{palette.signed(weight)} speaks for {whom}"
        if clickable:
            text += f"<br>click to switch {'on' if i in off else 'off'}"
        traces.setdefault(text, []).append(i)
    number_of_trace = np.zeros(subject.n_components, dtype=int)
    for number, regions in enumerate(traces.values()):
        number_of_trace[regions] = number
    small = np.min_scalar_type(max(subject.segments.shape))
    number_type = np.min_scalar_type(subject.n_components + 1)
    found = []
    for number, text in enumerate(traces):
        here = number_of_trace[ids] == number
        found.append(
            {
                "type": "scatter",
                "mode": "none",  # nothing drawn: fast, and Plotly takes the very nearest point
                "x": x[here].astype(small),
                "y": y[here].astype(small),
                "customdata": ids[here].astype(number_type),
                "text": (ids[here] + 1).tolist(),  # an array would be sent as floats
                "hovertemplate": f"{text}<extra></extra>",
            }
        )
    return found


def _pointer(subject: ImageSubject, chosen: int | None) -> list[dict[str, Any]]:
    """A thick blue outline, on white."""
    if chosen is None:
        return []
    path = []
    for line in region_contours(subject.segments, chosen):
        line = smoothed(line) if is_smooth(subject) else line
        points = line[:: max(1, len(line) // 300)] - 0.5
        path.append("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + "Z")
    return [
        {
            "type": "path",
            "path": "".join(path),
            "line": {"color": colour, "width": wide},
            "layer": "above",
        }
        for colour, wide in (("#FFFFFF", 7), (CHOSEN, 4))
        if path
    ]


def _numbers(
    subject: ImageSubject,
    weights: Mapping[int, float],
    off: Collection[int],
    size: tuple[int, int],
) -> list[dict[str, Any]]:
    """The weights of the strongest superpixels, in those with room for them.

    The very strongest has its number in any case, across its edges if need be: unless that would
    hide a good part of a tiny picture.
    """
    shown = counting(weights, off)
    strongest = sorted(shown, key=lambda i: -abs(weights[i]))[:MOST_NUMBERS]
    notes: list[dict[str, Any]] = []
    taken: list[tuple[tuple[float, float], tuple[float, float]]] = []
    px = size[0] / subject.segments.shape[1]
    finer = max(1, round(px / 4))  # a number can stand between the pixels of a tiny picture
    for i in strongest:
        text = palette.signed(weights[i])
        wide = palette.label_width(text, FONT_PX) + 6
        mask = (subject.segments == i).repeat(finer, axis=0).repeat(finer, axis=1)
        box = wide * finer / px, (FONT_PX + 8) * finer / px
        place = room_for(mask, *box)
        if place is None and i == strongest[0] and _LEAST_NUMBERS * wide <= size[0]:
            place = _across(mask, *box)
        if place is None or any(_meet(place, box, other) for other in taken):
            continue
        taken.append((place, box))
        x, y = ((at + 0.5) / finer - 0.5 for at in place)
        colour = palette.POSITIVE if weights[i] > 0 else palette.NEGATIVE
        notes.append(
            label(
                x,
                y,
                f"<b>{text}</b>",
                px=FONT_PX,
                colour="#1F2328",
                xanchor="center",
                bgcolor="rgba(255,255,255,0.9)",
                bordercolor=colour,
                borderwidth=1,
                borderpad=2,
            )
        )
    return notes


def _across(mask: NDArray[np.bool_], wide: float, tall: float) -> tuple[float, float]:
    """The middle of a box on the middle of a region that it does not fit into, in the picture."""
    rows, columns = np.nonzero(mask)
    middle = np.array([columns.mean(), rows.mean()])
    nearest = ((columns - middle[0]) ** 2 + (rows - middle[1]) ** 2).argmin()
    x, y = (
        float(min(max(at, room / 2), max(n - 1 - room / 2, room / 2)))
        for at, room, n in zip(
            (columns[nearest], rows[nearest]), (wide, tall), mask.shape[::-1], strict=True
        )
    )
    return x, y


def _meet(
    place: tuple[float, float],
    box: tuple[float, float],
    other: tuple[tuple[float, float], tuple[float, float]],
) -> bool:
    """Whether two boxes, each with its middle and size, lie on each other."""
    return all(
        abs(at - there) < (own + theirs) / 2
        for at, there, own, theirs in zip(place, other[0], box, other[1], strict=True)
    )


def room_for(
    mask: NDArray[np.bool_], wide: float, tall: float, least: float = 0.85
) -> tuple[float, float] | None:
    """Where a box fits into a region, as near to its middle as can be: the box's middle (x, y).

    `wide` and `tall` are in pixels of the mask; `least` is the share of the box that has to lie
    within the region. None where it does not fit.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    n, m = max(1, int(np.ceil(tall))), max(1, int(np.ceil(wide)))
    if not len(rows) or n > np.ptp(rows) + 1 or m > np.ptp(columns) + 1:
        return None
    part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    sums = np.pad(part.cumsum(axis=0, dtype=np.int32).cumsum(axis=1), ((1, 0), (1, 0)))
    inside = sums[n:, m:] - sums[:-n, m:] - sums[n:, :-m] + sums[:-n, :-m]
    enough = inside >= max(least * n * m, 0.98 * inside.max())
    if not enough.any():
        return None
    y, x = np.nonzero(part)
    tops, lefts = np.nonzero(enough)
    away = (tops + (n - 1) / 2 - y.mean()) ** 2 + (lefts + (m - 1) / 2 - x.mean()) ** 2
    best = int(away.argmin())
    return float(columns[0] + lefts[best] + (m - 1) / 2), float(rows[0] + tops[best] + (n - 1) / 2)
