"""How much of what a model uses the first picks show, against as many random items."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, hypot
from typing import Any, NamedTuple

import plotly.graph_objects as go

from ui.figures import palette
from ui.figures.parts import layout, line_at, note_at, rectangle, shade, ticks
from ui.pick.values import Picked

FONT_PX = 13  # as `spread_parts.note_at` writes
HEAD_PX = 56  # what the axis is, and room for a label over the highest line
PLOT_PX = 230
WIDEST_PX = 760
TICKS_PX = 22
KEY_PX = 24
SAMPLE_PX = 28
BAND = "9 of 10 random draws"
_GAP = 8
_LINE_PX = 16  # a label's height


class _Box(NamedTuple):
    left: float
    right: float
    top: float
    bottom: float


def coverage_curve(picked: Picked, budget: int, *, width: int, dark: bool) -> go.Figure:
    """Share of all that the model uses by the number of items looked at.

    Parameters
    ----------
    picked : Picked
        The picks, and what random items show.
    budget : int
        How many picks are looked at now: marked by a point and a label, as long as there are so
        many; otherwise all are.
    width : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    plotly.graph_objects.Figure
        Coordinates are pixels, y downwards. Traces: the band of random items, their mean, the
        picks, and the two marks of the budget. Marks and picks carry the number of picks as
        `customdata`.
    """
    width = min(width, WIDEST_PX)
    n = len(picked.items)
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    shares, mean, low, high = (
        [_share(value) for value in values[:n]]
        for values in (picked.shares, picked.random_mean, picked.random_low, picked.random_high)
    )
    top = _top([*shares, *high])
    levels = [(level, f"{100 * level:.0f}%") for level in ticks(0.0, top, 6)]
    left = max(palette.label_width(said, FONT_PX) for _, said in levels) + _GAP
    right, bottom = width - 10.0, HEAD_PX + PLOT_PX

    def x_of(k: int) -> float:
        share = (k - 1) / (n - 1) if n > 1 else 0.5
        return round(left + 10 + (right - left - 10) * share, 1)

    def y_of(share: float) -> float:
        return round(bottom - PLOT_PX * share / top, 1)

    def points(values: Sequence[float]) -> list[tuple[float, float]]:
        return [(x_of(k), y_of(share)) for k, share in enumerate(values, start=1)]

    mode = "lines" if n > 1 else "markers"
    still = {"marker": {"opacity": 1}}
    traces = [
        _band(points(low), points(high), dark),
        go.Scatter(
            x=[x for x, _ in points(mean)],
            y=[y for _, y in points(mean)],
            mode=mode,
            line={"color": quiet, "width": 2, "dash": "6px,4px"},
            marker={"color": quiet, "size": 8},
            hoverinfo="text",
            hovertext=[
                palette.escape(
                    f"{_random(k)}: {palette.percent(share)}, "
                    f"{palette.percent(low[k - 1])} to {palette.percent(high[k - 1])} in {BAND}"
                )
                for k, share in enumerate(mean, start=1)
            ],
        ),
        go.Scatter(
            x=[x for x, _ in points(shares)],
            y=[y for _, y in points(shares)],
            mode="lines+markers" if n > 1 else "markers",
            line={"color": text, "width": 3},
            marker={"color": text, "size": 6, "opacity": 1},
            customdata=list(range(1, n + 1)),
            hoverinfo="text",
            hovertext=[
                palette.escape(f"{_first(k)}: {palette.percent(share)}")
                + f"<br>pick {k} adds {palette.escape(palette.percent(max(0.0, gain)))}"
                for k, (share, gain) in enumerate(_with_gains(shares), start=1)
            ],
            selected=still,
            unselected=still,
        ),
    ]
    notes = [
        note_at(0, 10, _fit("share shown of all that the model uses", width), quiet),
        note_at((left + right) / 2, bottom + TICKS_PX + 12, "items looked at", quiet, "center"),
    ]
    shapes = []
    for level, said in levels:
        y = y_of(level)
        shapes.append(line_at(left, right, y, y, shade(dark), width=1) | {"layer": "below"})
        notes.append(note_at(left - _GAP / 2, y, said, quiet, "right"))
    for k in _whole(n, right - left):
        notes.append(note_at(x_of(k), bottom + TICKS_PX / 2, f"{k}", quiet, "center"))
    k = min(max(budget, 1), n)
    lines = [points(values) for values in (shares, mean)]
    taken = [
        _Box(x - 9, x + 9, y - 9, y + 9)
        for line in lines
        for x, y in line[k - 1 : k]  # the marks
    ]
    for values, said, colour, bold in (
        (shares, _these(k), text, True),
        (mean, _random(k), quiet, False),
    ):
        if not 1 <= k <= len(values):
            continue
        place = x_of(k), y_of(values[k - 1])
        said = f"{said}: {palette.percent(values[k - 1])}"
        box = _free(
            place, palette.label_width(said, FONT_PX) * 1.06, not bold, lines, taken, (left, width)
        )
        taken.append(box)
        shapes += _leader(place, box, quiet)
        note = note_at(box.left, (box.top + box.bottom) / 2, said, text)
        notes.append(note | {"text": f"<b>{note['text']}</b>"} if bold else note)
        traces.append(_mark(place, k, colour, bold, dark))
    height = bottom + TICKS_PX + 28.0
    if low and any(b > a for a, b in zip(low, high, strict=False)):
        y = height + KEY_PX / 2
        shapes.append(rectangle(0, SAMPLE_PX, y - 6, y + 6, _tint(dark)))
        notes.append(note_at(SAMPLE_PX + 6, y, f"where {BAND} lie", quiet))
        height += KEY_PX
    figure = go.Figure(traces)
    figure.update_layout(**layout(width, height, dark), annotations=notes, shapes=shapes)
    return figure


def coverage_in_words(picked: Picked, budget: int) -> str:
    """What the curve says at the budget and at its end. Not escaped."""
    n = len(picked.items)
    k = min(max(budget, 1), n)
    if not n:
        return "There are no picks."
    said = f"Share shown of all that the model uses. {_these(k)}: {_percent(picked.shares[k - 1])}."
    if k <= len(picked.random_mean):
        mean, low, high = (
            _percent(values[k - 1])
            for values in (picked.random_mean, picked.random_low, picked.random_high)
        )
        said += f" {_random(k)}: {mean} on average, {low} to {high} in {BAND}."
    return said + (f" All {n} picks: {_percent(picked.shares[-1])}." if n > k else "")


def _these(k: int) -> str:
    return f"these {k}" if k > 1 else "this one"


def _random(k: int) -> str:
    return f"a random {k}" if k > 1 else "a random one"


def _first(k: int) -> str:
    return f"the first {k}" if k > 1 else "the first"


def _with_gains(shares: Sequence[float]) -> list[tuple[float, float]]:
    return [(b, b - a) for a, b in pairwise([0.0, *shares])]


def _percent(share: float) -> str:
    return palette.percent(_share(share))


def _share(value: float) -> float:
    """From 0 to 1; what differs from them by rounding is 0 or 1."""
    return min(1.0, max(0.0, round(value, 9)))


def _fit(text: str, width: float) -> str:
    return palette.fit_label(text, FONT_PX, width - 4)


def _top(shares: Sequence[float]) -> float:
    """Where the axis ends: everything, unless all of it lies far below."""
    most = max(shares, default=1.0)
    return 1.0 if most > 0.5 else max(0.1, ceil(most * 10 - 1e-9) / 10)


def _tint(dark: bool) -> str:
    return "rgba(232,234,237,0.14)" if dark else "rgba(31,35,40,0.10)"


def _whole(n: int, room: float) -> list[int]:
    """Numbers of items under the axis: 1, the last, and round ones between."""
    if n < 1:
        return []
    most = max(2, int(room / 44))
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10**9) if n / s <= most)
    between = [k for k in range(step, n, step) if k > 1 and (n - k) * most >= 0.7 * n]
    return sorted({1, *between, n})


def _band(
    low: list[tuple[float, float]], high: list[tuple[float, float]], dark: bool
) -> go.Scatter:
    edge = [*high, *reversed(low)]
    if len(low) == 1:  # a line has no area
        (x, bottom), (_, top) = low[0], high[0]
        edge = [(x - 6, top), (x + 6, top), (x + 6, bottom), (x - 6, bottom)]
    return go.Scatter(
        x=[x for x, _ in edge],
        y=[y for _, y in edge],
        mode="lines",
        fill="toself",
        fillcolor=_tint(dark),
        line={"width": 0},
        hoverinfo="skip",
    )


def _mark(place: tuple[float, float], k: int, colour: str, large: bool, dark: bool) -> go.Scatter:
    page = palette.page_colour(dark)
    same = {"marker": {"opacity": 1}}
    return go.Scatter(
        x=[place[0]],
        y=[place[1]],
        mode="markers",
        marker={"size": 14 if large else 9, "color": page, "line": {"color": colour, "width": 3}},
        customdata=[k],
        hoverinfo="skip",
        selected=same,
        unselected=same,
    )


def _free(
    place: tuple[float, float],
    wide: float,
    below: bool,
    lines: Sequence[Sequence[tuple[float, float]]],
    taken: Sequence[_Box],
    across: tuple[float, float],
) -> _Box:
    """Where a label of this point lies on no line and no other label, near it."""
    x, y = place
    best: tuple[float, _Box] | None = None
    for distance in range(0, 90, 6):
        for side in (1, -1):
            middle = y + side * (14 + distance)
            for start in (x - wide / 2, *(x + 6 + d for d in (0, 20, 40, 60)), x - wide - 6):
                start = min(max(start, across[0] + 2), across[1] - wide)
                box = _Box(start, start + wide, middle - _LINE_PX / 2, middle + _LINE_PX / 2)
                if not HEAD_PX - 36 <= box.top <= box.bottom <= HEAD_PX + PLOT_PX:
                    continue
                hits = sum(_crosses(line, box) for line in lines)
                hits += sum(10 * _overlap(box, other) for other in taken)
                aside = abs(start + wide / 2 - x) / wide
                cost = 1000.0 * hits + 70.0 * ((side > 0) != below) + distance + 18 * aside
                if best is None or cost < best[0]:
                    best = cost, box
    assert best is not None  # the plot is higher than a label
    return best[1]


def _leader(place: tuple[float, float], box: _Box, colour: str) -> list[dict[str, Any]]:
    """A thin line from a mark to its label, if that is not right beside it."""
    (x, y), near = place, min(max(place[0], box.left), box.right)
    end = box.top if box.top > y else box.bottom
    if hypot(near - x, end - y) <= 22:
        return []
    part = 9 / hypot(near - x, end - y)  # not over the mark
    return [line_at(x + part * (near - x), near, y + part * (end - y), end, colour, width=1)]


def _overlap(a: _Box, b: _Box) -> bool:
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


def _crosses(line: Sequence[tuple[float, float]], box: _Box) -> bool:
    """Whether a rising line comes within 3 px of a box."""
    for (x0, y0), (x1, y1) in pairwise([*line, line[-1]] if line else []):
        start, end = max(x0, box.left - 3), min(x1, box.right + 3)
        if start > end:
            continue
        ys = [y0 + (y1 - y0) * ((x - x0) / (x1 - x0) if x1 > x0 else 0.0) for x in (start, end)]
        if min(ys) < box.bottom + 3 and max(ys) > box.top - 3:
            return True
    return False
