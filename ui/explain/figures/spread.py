"""Where a table's value lies in the training data, class by class."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

import plotly.graph_objects as go

from lime_engine.subjects import Value
from ui.explain.figures.spread_categories import category_bars
from ui.figures import palette
from ui.figures.parts import (
    FONT_PX,
    GAP_PX,
    NAME_PX,
    PAD_PX,
    ClassCounts,
    heading,
    layout,
    line_at,
    note_at,
    number_text,
    rectangle,
    shade,
    ticks,
)

BARS_PX = 54
TOP_PX = 24  # this row's value
TICKS_PX = 24
WIDEST_PX = 640
NARROW_PX = 420
MOST_CLASSES = 6
MOST_SIDE_BY_SIDE = 3  # classes with a bar each in a category


def value_histogram(
    values_by_class: Mapping[str, Any],
    value: Value,
    bin_range: tuple[float | None, float | None] | None,
    class_names: Sequence[str],
    column: str,
    *,
    width_px: int,
    dark: bool,
) -> go.Figure:
    """The training data's values in one column, with this row's value marked.

    Numbers: a small histogram a class under each other, with one x for all; each is scaled to its
    own class, so that shapes compare however rare a class is. The bin is shaded, and this row's
    value a line. Categories: a bar a class for each, as a share of the class, most frequent first.

    Parameters
    ----------
    values_by_class : mapping
        ``{"edges": [...], "counts": [[...], ...]}`` with counts a class on shared edges, or
        ``{"categories": [...], "counts": [[...], ...]}``. ``"missing"``, optional: how many values
        are missing, one number a class.
    value : float, str, bool or None
        In this row; None if it is missing.
    bin_range : (low, high) or None
        The bin of a number; None for an open end. Not used for categories.
    class_names : sequence of str
        One for each list of counts.
    column : str
        Name of the column.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If there is not one list of counts a class, or a list is too long or too short.
    """
    is_number = "edges" in values_by_class
    counts = [[float(n) for n in row] for row in values_by_class["counts"]]
    n_bars = (
        max(0, len(values_by_class["edges"]) - 1)
        if is_number
        else len(values_by_class["categories"])
    )
    if len(counts) != len(class_names):
        raise ValueError(f"{len(counts)} lists of counts for {len(class_names)} classes.")
    for name, row in zip(class_names, counts, strict=True):
        if len(row) != n_bars:
            raise ValueError(f"{len(row)} counts for class {name!r}; expected {n_bars}.")
    missing = [int(n) for n in values_by_class.get("missing") or [0] * len(counts)]
    width_px = min(width_px, WIDEST_PX)
    if not any(map(sum, counts)):
        return _nothing(column, sum(missing), width_px, dark)
    most = MOST_CLASSES if is_number else MOST_SIDE_BY_SIDE
    rows = _classes(list(class_names), counts, missing, most)
    if is_number:
        edges = [float(e) for e in values_by_class["edges"]]
        return _numbers(edges, rows, value, bin_range or (None, None), column, width_px, dark)
    categories = [str(c) for c in values_by_class["categories"]]
    return category_bars(categories, rows, value, column, width_px, dark)


def _classes(
    names: list[str], counts: list[list[float]], missing: list[int], most: int
) -> list[ClassCounts]:
    rows = list(zip(names, counts, missing, strict=True))
    if len(rows) <= most:
        return rows
    rest = rows[most - 1 :]
    summed = [sum(column) for column in zip(*(row[1] for row in rest), strict=True)]
    return [*rows[: most - 1], (f"{len(rest)} others", summed, sum(row[2] for row in rest))]


def _nothing(column: str, missing: int, width_px: int, dark: bool) -> go.Figure:
    said = f"All {missing:,} values are missing" if missing else "The training data has no values"
    text = palette.fit_label(f"{said} in {column}.", FONT_PX, width_px)
    figure = go.Figure()
    figure.update_layout(
        **layout(width_px, 32, dark),
        annotations=[note_at(0, 16, text, palette.quiet_colour(dark))],
    )
    return figure


def _numbers(
    edges: list[float],
    rows: list[ClassCounts],
    value: Value,
    bin_range: tuple[float | None, float | None],
    column: str,
    width_px: int,
    dark: bool,
) -> go.Figure:
    at = float(value) if isinstance(value, int | float) and isfinite(value) else None
    low, high = edges[0], edges[-1]
    beyond = at is not None and not low <= at <= high
    least, most = (low, high) if at is None else (min(low, at), max(high, at))
    spare = 0.02 * (most - least) or 1.0
    least, most = least - spare * (beyond and at == least), most + spare * (beyond and at == most)
    width = width_px - 2 * PAD_PX

    def x_of(number: float) -> float:
        share = (number - least) / (most - least) if most > least else 0.5
        return round(PAD_PX + width * min(1.0, max(0.0, share)), 1)

    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    bin_low, bin_high = (
        edge if n is None or not isfinite(n) else n
        for n, edge in zip(bin_range, (least, most), strict=True)
    )
    has_bin = at is not None and bin_range != (None, None)
    row_px = NAME_PX + BARS_PX + GAP_PX
    bottom = TOP_PX + row_px * len(rows)
    bars, notes = [], []
    shapes = (
        [rectangle(x_of(bin_low), x_of(bin_high), TOP_PX, bottom, shade(dark))] if has_bin else []
    )
    middles = [(a + b) / 2 for a, b in pairwise(edges)]
    for i, (name, counts, missing) in enumerate(rows):
        floor_px = TOP_PX + row_px * i + NAME_PX + BARS_PX
        total, top = sum(counts), max(counts) or 1
        notes.append(
            note_at(PAD_PX, floor_px - BARS_PX - 11, heading(name, total, missing, width), text)
        )
        inside = [has_bin and bin_low <= m <= bin_high for m in middles]
        bars.append(
            go.Bar(
                x=[(x_of(a) + x_of(b)) / 2 for a, b in pairwise(edges)],
                width=[max(x_of(b) - x_of(a) - 1, 1) for a, b in pairwise(edges)],
                base=floor_px,
                y=[-round(BARS_PX * n / top, 1) for n in counts],
                marker={"color": [text if m else quiet for m in inside], "line": {"width": 0}},
                opacity=0.8,
                hovertext=[
                    f"{number_text(a)} to {number_text(b)}<br>{n:,.0f} of {total:,.0f}, "
                    f"{palette.escape(palette.percent(n / total if total else 0))}"
                    for a, b, n in zip(edges, edges[1:], counts, strict=False)
                ],
                hoverinfo="text",
            )
        )
        shapes.append(
            line_at(PAD_PX, width_px - PAD_PX, floor_px, floor_px, palette.line_colour(dark))
        )
    notes += [
        note_at(x, bottom + TICKS_PX / 2, said, quiet, "center")
        for x, said in _tick_places(least, most, x_of, width_px)
    ]
    said = _said(at, beyond, column, width_px)
    if at is None:
        notes.append(note_at(PAD_PX, TOP_PX / 2 - 2, said, text))
    else:
        x = x_of(at)
        floors = [TOP_PX + row_px * i + NAME_PX + BARS_PX for i in range(len(rows))]
        shapes += [line_at(x, x, y - BARS_PX - 1, y + 3, text, width=2) for y in floors]
        half = palette.label_width(said, FONT_PX) / 2
        start = min(max(x, half), width_px - half)
        note = note_at(start, TOP_PX / 2 - 2, said, text, "center")
        notes.append(note | {"text": f"<b>{note['text']}</b>"})
    figure = go.Figure(bars)
    figure.update_layout(
        **layout(width_px, bottom + TICKS_PX, dark), annotations=notes, shapes=shapes
    )
    return figure


def _said(at: float | None, beyond: bool, column: str, width_px: float) -> str:
    if at is None:
        return palette.fit_label(f"this row has no value in {column}", FONT_PX, width_px)
    said = f"this row: {number_text(at)}"
    if beyond:
        said += ", beyond the training data" if width_px > NARROW_PX else ", not seen in training"
    return said


def _tick_places(
    low: float, high: float, x_of: Callable[[float], float], width_px: float
) -> list[tuple[float, str]]:
    found: list[tuple[float, str]] = []
    free = 0.0
    for tick in ticks(low, high, max(3, int(width_px // 70))):
        said = number_text(tick)
        half = palette.label_width(said, FONT_PX - 1) / 2
        x = min(max(x_of(tick), half), width_px - half)
        if x - half >= free:
            found.append((x, said))
            free = x + half + PAD_PX
    return found
