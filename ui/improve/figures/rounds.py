"""How often a model is right, round by round, as things are taken out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from ui.figures import palette
from ui.figures.parts import layout, line_at, note_at, shade, ticks

FONT_PX = 13  # as `spread_parts.note_at` writes
TOP_PX = 36  # what is counted
PLOT_PX = 250
FEET_PX = 44  # the rounds' numbers, and what they number
NARROW_PX = 520  # below, a label takes two lines
WIDEST_PX = 860
LINE_PX = 16  # of a label's text
LEAST_SPAN = 0.2  # of the shares shown: below, little would look like much
_GAP = 8
_FOOT_PX = 24  # from one round's name to the next
_LEADER_PX = 5  # a label further from its line's end is joined to it

Spread = tuple[float, float, float]  # mean, lowest, highest


@dataclass(frozen=True, slots=True)
class Line:
    """The share of right answers on one set of items, one for the model as it was and each round.

    `random` are the same with as many random parts taken out; empty where there is no such thing.
    """

    name: str
    shares: Sequence[float]
    random: Sequence[Spread] = ()


def improvement_figure(
    test: Line, field: Line | None, *, random_name: str = "at random", width_px: int, dark: bool
) -> go.Figure:
    """Two lines with their names at the right ends, real use the heavy one.

    What as many random parts do is a thin dashed line of the same colour, on a band from its
    lowest to its highest draw.

    Parameters
    ----------
    test, field : Line
        On the test data, and in real use where there is some; shares from 0 to 1.
    random_name : str
        What the labels of the dashed lines say behind the name of their set.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    plotly.graph_objects.Figure
        Coordinates are pixels, y downwards. Traces, first of test, then of field: the band and the
        dashed line if there are any, the line.

    Raises
    ------
    ValueError
        If there are fewer than two shares, or not as many of each.
    """
    n = len(test.shares)
    if n < 2:
        raise ValueError(f"{n} shares for test; give one for the model as it was and each round.")
    if field is not None and len(field.shares) != n:
        raise ValueError(f"{len(field.shares)} shares for field, {n} for test; give as many.")
    lines = [test] if field is None else [test, field]
    for line in lines:
        if line.random and len(line.random) != n:
            raise ValueError(f"{len(line.random)} shares for random, {n} for test; give as many.")
    width_px = min(width_px, WIDEST_PX)
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    low, high = _range(lines)
    levels = ticks(low, high, 6)
    names = [palette.percent(level) for level in levels]
    left = max(palette.label_width(name, FONT_PX) for name in names) + 2 * _GAP
    ends = _ends(lines, random_name, narrow=width_px < NARROW_PX)
    room = max(palette.label_width(line, FONT_PX) for end in ends for line in end.lines)
    right, bottom = width_px - room - 4 * _GAP, TOP_PX + PLOT_PX

    def y_of(share: float) -> float:
        return round(bottom - PLOT_PX * (share - low) / (high - low), 1)

    xs = [round(left + (right - left) * i / (n - 1), 1) for i in range(n)]
    traces: list[go.Scatter] = []
    looks = ((quiet, 2.0, "square"), (text, 3.5, "circle"))
    for line, (colour, wide, symbol) in zip(lines, looks, strict=False):
        traces += _traces(line, xs, y_of, colour, wide, symbol, random_name, dark)
    notes = [note_at(0, 10, "right answers", quiet)]
    shapes = []
    for level, name in zip(levels, names, strict=True):
        y = y_of(level)
        shapes.append(line_at(left, right, y, y, shade(dark)) | {"layer": "below"})
        notes.append(note_at(left - _GAP, y, name, quiet, "right"))
    notes += [note_at(xs[i], bottom + 14, name, quiet, "center") for i, name in _feet(xs)]
    notes.append(note_at((left + right) / 2, bottom + FEET_PX - 10, "round", quiet, "center"))
    tops = _apart([(y_of(end.share), end.height) for end in ends], 0, bottom + FEET_PX)
    for end, y in zip(ends, tops, strict=True):
        colour = text if end.heavy else quiet
        if abs(y - y_of(end.share)) > _LEADER_PX:
            line_to = right + 2.4 * _GAP
            shapes.append(line_at(right + _GAP, line_to, y_of(end.share), y, colour, width=1))
        said = "<br>".join(palette.escape(line) for line in end.lines)
        note = note_at(right + 3 * _GAP, y, "", colour)
        notes.append(note | {"text": f"<b>{said}</b>" if end.heavy else said})
    figure = go.Figure(traces)
    figure.update_layout(
        **layout(width_px, bottom + FEET_PX, dark), annotations=notes, shapes=shapes
    )
    return figure


def alt(test: Line, field: Line | None, random_name: str = "at random") -> str:
    """The figure in words."""
    told = []
    for line in [test] if field is None else [test, field]:
        told.append(f"{line.name}: {_listed(line.shares)}")
        if line.random:
            told.append(
                f"{line.name}, {random_name}: {_listed([mean for mean, *_ in line.random])}"
            )
    return "Right answers. " + ". ".join(told) + "."


def _listed(shares: Sequence[float]) -> str:
    return ", ".join(f"{_round_name(i)} {palette.percent(each)}" for i, each in enumerate(shares))


def _round_name(number: int) -> str:
    return f"round {number}" if number else "before"


def _traces(
    line: Line,
    xs: list[float],
    y_of: Any,
    colour: str,
    wide: float,
    symbol: str,
    random_name: str,
    dark: bool,
) -> list[go.Scatter]:
    def hover(name: str, shares: Sequence[float]) -> dict[str, Any]:
        said = [
            f"{_round_name(i)}<br>{palette.escape(f'{name}: {palette.percent(share)}')}"
            for i, share in enumerate(shares)
        ]
        return {"hoverinfo": "text", "hovertext": said}

    page = palette.page_colour(dark)
    found = []
    if line.random:
        means, lows, highs = zip(*line.random, strict=True)
        found.append(
            go.Scatter(
                x=[*xs, *reversed(xs)],
                y=[*map(y_of, lows), *map(y_of, reversed(highs))],
                mode="none",
                fill="toself",
                fillcolor=shade(dark),
                hoverinfo="skip",
            )
        )
        found.append(
            go.Scatter(
                x=xs,
                y=[y_of(mean) for mean in means],
                mode="lines+markers",
                line={"color": colour, "width": 1.5, "dash": "dash"},
                marker={"color": colour, "size": 4, "symbol": symbol},
                opacity=0.75,
                **hover(f"{line.name}, {random_name}", means),
            )
        )
    found.append(
        go.Scatter(
            x=xs,
            y=[y_of(share) for share in line.shares],
            mode="lines+markers",
            line={"color": colour, "width": wide},
            marker={
                "color": colour if symbol == "circle" else page,
                "size": 9 if xs[1] - xs[0] > 2 * _FOOT_PX / 3 else 6,
                "symbol": symbol,
                "line": {"color": colour, "width": 2},
            },
            **hover(line.name, line.shares),
        )
    )
    return found


@dataclass(frozen=True, slots=True)
class _End:
    """The label at a line's right end."""

    share: float
    lines: tuple[str, ...]
    heavy: bool

    @property
    def height(self) -> float:
        return LINE_PX * len(self.lines) + 4


def _ends(lines: Sequence[Line], random_name: str, *, narrow: bool) -> list[_End]:
    """The labels from top to bottom."""
    found = []
    for line, heavy in zip(lines, (False, True), strict=False):
        told: list[tuple[float, tuple[str, ...], bool]] = [(line.shares[-1], (line.name,), heavy)]
        if line.random:
            told.append((line.random[-1][0], (f"{line.name},", random_name), False))
        for share, words, bold in told:
            said = (*words[:-1], f"{words[-1]} {palette.percent(share)}")
            found.append(_End(share, said if narrow else (" ".join(said),), bold))
    return sorted(found, key=lambda end: -end.share)


def _apart(wanted: list[tuple[float, float]], top: float, bottom: float) -> list[float]:
    """Middles of labels, wanted from top to bottom with heights, moved until none overlap."""
    spots: list[float] = []
    free = top
    for middle, height in wanted:
        spots.append(max(middle, free + height / 2))
        free = spots[-1] + height / 2
    limit = bottom
    for i in reversed(range(len(spots))):
        height = wanted[i][1]
        spots[i] = min(spots[i], limit - height / 2)
        limit = spots[i] - height / 2
    return spots


def _feet(xs: list[float]) -> list[tuple[int, str]]:
    """The names below the plot: those of every second round, or fifth, where all would touch."""
    apart = xs[1] - xs[0]
    step = next(step for step in (1, 2, 5, 10, len(xs)) if step * apart >= _FOOT_PX)
    free = xs[0] + palette.label_width("before", FONT_PX) / 2 + 2 * _GAP
    named = [(i, str(i)) for i in range(step, len(xs), step) if xs[i] >= free]
    return [(0, "before"), *named]


def _range(lines: Sequence[Line]) -> tuple[float, float]:
    """Lowest and highest share of the picture, with some room, within 0 to 1."""
    shares = [share for line in lines for share in line.shares]
    shares += [share for line in lines for spread in line.random for share in spread]
    low, high = min(shares), max(shares)
    span = min(1.0, max(1.15 * (high - low), LEAST_SPAN))
    low = min(max((low + high - span) / 2, 0.0), 1.0 - span)
    return low, low + span
