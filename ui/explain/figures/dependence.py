"""How the answer moves with one number: the mean of many rows, and some of them alone."""

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite

import plotly.graph_objects as go

from ui.figures import palette
from ui.figures.parts import layout, line_at, note_at, number_text, shade, ticks
from ui.figures.weights import in_lines

FONT_PX = 13  # as `spread_parts.note_at` writes
MOST_LINES = 40
HEAD_PX = 50  # whose answer, and this row's
PLOT_PX = 210
WIDEST_PX = 700
TICKS_PX = 22
KEY_PX = 24
SAMPLE_PX = 28
LEAST_SPAN = 0.2  # of probabilities: below, a flat line would look steep
_GAP = 8


def dependence_figure(
    grid: Sequence[float],
    mean: Sequence[float],
    lines: Sequence[Sequence[float]],
    here: float | None,
    answer_here: float | None,
    column_name: str,
    target_name: str,
    *,
    percent: bool = True,
    width_px: int,
    dark: bool,
) -> go.Figure:
    """The mean answer over the values of a column as a thick line, single rows as thin ones.

    Parameters
    ----------
    grid : sequence of float
        Values of the column, rising.
    mean : sequence of float
        The mean answer at each of them (partial dependence).
    lines : sequence of sequences of float
        The answer of single rows at each of them (ICE); of more than `MOST_LINES` some are drawn,
        evenly picked. What is not a number is a gap.
    here, answer_here : float or None
        The explained row's own value and its answer; None without a mark.
    column_name, target_name : str
        Of the column, and of the class whose probability the answer is.
    percent : bool
        Whether answers are probabilities.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    plotly.graph_objects.Figure
        Coordinates are pixels, y downwards. Traces: the single rows (one trace, with gaps), the
        mean, and the mark of this row if there is one.

    Raises
    ------
    ValueError
        If the grid is empty or does not rise, or a line has not one answer for each of its values.
    """
    named = [("the mean", mean), *((f"line {i}", line) for i, line in enumerate(lines))]
    for what, answers in named:
        if len(answers) != len(grid):
            raise ValueError(
                f"{len(answers)} answers in {what} for {len(grid)} values of the grid."
            )
    if not len(grid) or any(a >= b for a, b in pairwise(grid)):
        raise ValueError("Give a grid of at least one value, each larger than the one before.")
    width_px = min(width_px, WIDEST_PX)
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    drawn = [lines[i] for i in _some(len(lines))]
    marked = _known(here) + _known(answer_here)
    own = marked if len(marked) == 2 else ()
    low, high = _range([*mean, *(v for line in drawn for v in line), *own[1:]], percent)
    least, most = min(grid[0], *own[:1], grid[0]), max(grid[-1], *own[:1], grid[-1])
    levels = [(level, _tick_text(level, percent)) for level in ticks(low, high, 5)]
    left = max(palette.label_width(said, FONT_PX) for _, said in levels) + _GAP
    right, bottom = width_px - 8.0, HEAD_PX + PLOT_PX

    def x_of(value: float) -> float:
        share = (value - least) / (most - least) if most > least else 0.5
        return round(left + _GAP + (right - left - 2 * _GAP) * share, 1)

    def y_of(answer: float) -> float | None:
        share = (min(max(answer, low), high) - low) / (high - low)
        return round(bottom - PLOT_PX * share, 1) if isfinite(answer) else None

    xs = [x_of(value) for value in grid]
    mode = "lines" if len(xs) > 1 else "markers"
    column = palette.escape(palette.fit_label(column_name, FONT_PX, 400))
    traces = [
        go.Scatter(
            x=[x for _ in drawn for x in (*xs, None)],
            y=[y for line in drawn for y in (*map(y_of, line), None)],
            mode=mode,
            line={"color": quiet, "width": 1},
            marker={"color": quiet, "size": 5},
            opacity=0.5,
            hoverinfo="skip",
        ),
        go.Scatter(
            x=xs,
            y=[y_of(answer) for answer in mean],
            mode=mode,
            line={"color": text, "width": 3.5},
            marker={"color": text, "size": 9},
            hoverinfo="text",
            hovertext=[
                f"{column} {palette.escape(number_text(value))}<br>"
                f"{palette.escape(_answer_text(answer, percent))} on average"
                for value, answer in zip(grid, mean, strict=True)
            ],
        ),
    ]
    title = palette.fit_label(f"the model's answer: {target_name}", FONT_PX, width_px - 4)
    name = palette.fit_label(column_name, FONT_PX, right - left)
    notes = [
        note_at(0, 10, title, quiet),
        note_at((left + right) / 2, bottom + TICKS_PX + 12, name, text, "center"),
    ]
    shapes = []
    for level, said in levels:
        y = y_of(level) or 0.0
        shapes.append(line_at(left, right, y, y, shade(dark), width=1) | {"layer": "below"})
        notes.append(note_at(left - _GAP / 2, y, said, quiet, "right"))
    places = [(x_of(tick), number_text(tick)) for tick in ticks(least, most, 6)]
    for x, said in _apart(places, width_px):
        notes.append(note_at(x, bottom + TICKS_PX / 2, said, quiet, "center"))
    if own:
        x, y = x_of(own[0]), y_of(own[1]) or 0.0
        said = f"this row: {number_text(own[0])}, {_answer_text(own[1], percent)}"
        said = palette.fit_label(said, FONT_PX, width_px - 4)
        rule = line_at(x, x, HEAD_PX - 6, bottom, text, width=1.5, dash="dot")
        shapes.append(rule | {"layer": "below"})
        traces.append(_mark(x, y, palette.escape(said), dark))
        half = 0.53 * palette.label_width(said, FONT_PX)  # bold is wider
        note = note_at(min(max(x, half), width_px - half), HEAD_PX - 16, said, text, "center")
        notes.append(note | {"text": f"<b>{note['text']}</b>"})
    top = bottom + TICKS_PX + 28
    key = [("mean of all rows", text, 3.5)]
    if drawn:
        some = f", {len(drawn)} of {len(lines)} shown" if len(drawn) < len(lines) else ""
        key.append((f"single rows{some}", quiet, 1.0))
    spots = in_lines([said for said, _, _ in key], width_px)
    for (said, colour, wide), (row, start) in zip(key, spots, strict=True):
        y = top + KEY_PX * (row + 0.5)
        shapes.append(line_at(start, start + SAMPLE_PX, y, y, colour, width=wide))
        notes.append(note_at(start + SAMPLE_PX + 6, y, said, quiet))
    height = top + KEY_PX * (1 + spots[-1][0])
    figure = go.Figure(traces)
    figure.update_layout(**layout(width_px, height, dark), annotations=notes, shapes=shapes)
    return figure


def _mark(x: float, y: float, said: str, dark: bool) -> go.Scatter:
    page = palette.page_colour(dark)
    return go.Scatter(
        x=[x],
        y=[y],
        mode="markers",
        marker={
            "size": 13,
            "color": page,
            "line": {"color": palette.text_colour(dark), "width": 3},
        },
        hovertext=[said],
        hoverinfo="text",
    )


def _known(value: float | None) -> tuple[float, ...]:
    return () if value is None or not isfinite(value) else (float(value),)


def _apart(places: list[tuple[float, str]], width_px: float) -> list[tuple[float, str]]:
    """Those ticks whose texts do not touch, moved to where they are not cut."""
    kept: list[tuple[float, str]] = []
    free = 0.0
    for x, said in places:
        half = palette.label_width(said, FONT_PX) / 2
        x = min(max(x, half), width_px - half)
        if x - half >= free:
            kept.append((x, said))
            free = x + half + _GAP
    return kept


def _some(n: int) -> list[int]:
    """Which of n lines are drawn: all, or as many as can be told apart."""
    count = min(n, MOST_LINES)
    return [i * n // count for i in range(count)]


def _range(values: Sequence[float], percent: bool) -> tuple[float, float]:
    """Lowest and highest answer of the picture, with some room; probabilities stay in 0 to 1."""
    known = [v for v in values if isfinite(v)] or [0.0, 1.0]
    low, high = min(known), max(known)
    if not percent:
        least = 1e-3 * max(abs(low), abs(high)) or 1e-6  # what numbers can be written of
        spare = max(0.06 * (high - low), least)
        return low - spare, high + spare
    span = min(1.0, max(1.1 * (high - low), LEAST_SPAN))
    low = min(max((low + high - span) / 2, 0.0), 1.0 - span)
    return low, low + span


def _tick_text(level: float, percent: bool) -> str:
    return f"{100 * level:.0f}%" if percent else number_text(level)


def _answer_text(answer: float, percent: bool) -> str:
    if percent:
        return palette.percent(min(1.0, max(0.0, answer))) if isfinite(answer) else "no answer"
    return number_text(float(f"{answer:.3g}")) if isfinite(answer) else "no answer"
