"""Two methods' weights of the same components, side by side."""

from collections.abc import Sequence
from math import inf
from typing import Any

import plotly.graph_objects as go

from ui.figures import palette
from ui.figures.layout import CLEAR, bare_layout, label
from ui.figures.weights import (
    FONT_PX,
    KEY_PX,
    LIE_WITHIN,
    SAMPLE_PX,
    WIDEST_PX,
    Interval,
    full_length,
    gaps,
    has_length,
    heads_over,
    hover_text,
    in_lines,
    key_note,
    known,
    label_column,
    limit_beyond,
    outer_end,
    outline,
    whisker,
)

BAR_PX = 14
STEP_PX = 20  # from bar to bar of a component
ROW_PX = 52
STACKED_ROW_PX = 74  # the label above its bars
_GAP = 6


def opinions_chart(
    names: Sequence[str],
    first: Sequence[float],
    second: Sequence[float],
    first_name: str,
    second_name: str,
    positive_name: str,
    negative_name: str,
    *,
    first_intervals: Sequence[Interval | None] | None = None,
    second_intervals: Sequence[Interval | None] | None = None,
    width_px: int,
    dark: bool,
    digits: int = 2,
) -> go.Figure:
    """Two bars a component on one scale: the first method's filled, the second's outlined.

    Parameters
    ----------
    names : sequence of str
        Of the components, as they are.
    first, second : sequence of float
        Signed weights of the two methods, one a component; not-a-number where a method has none.
        Drawn strongest first by `first`.
    first_name, second_name : str
        Of the methods: "LIME", "Shapley".
    positive_name, negative_name : str
        The classes that positive and negative weights speak for.
    first_intervals, second_intervals : sequence of (low, high) or None, optional
        Where 95 of 100 repeats put each weight; see `weights_chart`.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.
    digits : int
        Decimals of the numbers at the bars.

    Returns
    -------
    plotly.graph_objects.Figure
        Trace 0 is the first method, trace 1 the second; the component in row i lies around
        ``y = i``, and x runs from ``-limit`` to ``limit``. Bars carry the place in `names`.

    Raises
    ------
    ValueError
        If the sequences differ in length.
    """
    given = {
        "weights of the first": first,
        "weights of the second": second,
        "intervals of the first": first_intervals,
        "intervals of the second": second_intervals,
    }
    for what, values in given.items():
        if values is not None and len(values) != len(names):
            raise ValueError(f"{len(values)} {what} for {len(names)} names; give one for each.")
    n = len(names)
    width_px = min(width_px, WIDEST_PX)
    order = sorted(range(n), key=lambda i: (-_strength(first[i]), -_strength(second[i])))
    methods = [
        ([float(values[i]) for i in order], [known(spans[i]) if spans else None for i in order])
        for values, spans in ((first, first_intervals), (second, second_intervals))
    ]
    everything = [v for values, _ in methods for v in values if v == v]
    reaches = [reach for _, spans in methods for reach in spans]
    left, shown = label_column([names[i] for i in order], width_px)
    row_px = STACKED_ROW_PX if left == 0 else ROW_PX
    half = (width_px - left) / 2
    top = full_length(everything, reaches)
    numbers = [palette.signed(v, digits) for v in everything]
    limit = limit_beyond(top, [*numbers, "none"], half)
    px, py, plot = limit / half, 1 / row_px, 2 * half
    # Pixels from a row's middle: the row's ends, its label, its two bars.
    above, name_at, bars_at = (-37, -24, (1, 1 + STEP_PX)) if left == 0 else (-26, 0, (-10, 10))

    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    notes = [_at_left(-left / plot, i + name_at * py, name, text) for i, name in enumerate(shown)]
    shapes: list[dict[str, Any]] = []
    for i in range(n):
        ends = [i + (at + aside) * py for at, aside in zip(bars_at, (-12, 12), strict=True)]
        line = {"color": palette.line_colour(dark), "width": 1}
        shapes.append(
            {"type": "line", "x0": 0, "x1": 0, "y0": ends[0], "y1": ends[1], "line": line}
        )
    bars = []
    for m, (values, spans) in enumerate(methods):
        ys = [i + bars_at[m] * py for i in range(n)]
        method = (first_name, second_name)[m]
        hovers = [
            hover_text(names[i], v, span, positive_name, negative_name, digits)
            for i, v, span in zip(order, values, spans, strict=True)
        ]
        bars.append(_bars(values, ys, BAR_PX * py, m == 0, order, hovers, method, dark))
        for y, v, span in zip(ys, values, spans, strict=True):
            if v != v:
                notes.append(_number(_GAP * px, y, "none", "left", quiet))
                continue
            shapes += whisker(span, y, top, (px, py), dark) if span else []
            end = outer_end(v, span, top) + (_GAP if v >= 0 else -_GAP) * px
            side = "left" if v >= 0 else "right"
            notes.append(_number(end, y, palette.signed(v, digits), side, text))
    heads, head_px = heads_over(positive_name, negative_name, width_px, left, half, dark)

    bottom = n + above * py
    kinds = ["filled", "outlined"] + ["whisker"] * any(map(has_length, reaches))
    said = [
        palette.fit_label(t, FONT_PX - 1, width_px - SAMPLE_PX - 2 * _GAP)
        for t in (first_name, second_name, LIE_WITHIN)
    ][: len(kinds)]
    places = in_lines(said, width_px)
    key_px = _GAP + KEY_PX * (1 + places[-1][0])
    for kind, meaning, (line_no, start) in zip(kinds, said, places, strict=True):
        y = bottom + (_GAP + KEY_PX * (line_no + 0.5)) * py
        x, end = ((start + wide - left) / plot for wide in (1, SAMPLE_PX))
        if kind == "whisker":
            sample = whisker((x, end), y, inf, (1 / plot, py), dark)
        else:
            fill = quiet if kind == "filled" else CLEAR
            sample = [outline(x, end, y, 12 * py, quiet) | {"fillcolor": fill}]
        shapes += [shape | {"xref": "paper"} for shape in sample]
        notes.append(key_note(meaning, end + _GAP / plot, y, dark))
    figure = go.Figure(bars)
    figure.update_layout(
        **bare_layout(width_px, round(n * row_px + head_px + key_px + 6), dark)
        | {
            "margin": {"l": left, "r": 0, "t": head_px, "b": 6, "pad": 0, "autoexpand": False},
        },
        annotations=notes + heads,
        shapes=shapes,
        barmode="overlay",
        bargap=0,
        xaxis={"range": [-limit, limit], "visible": False, "fixedrange": True},
        yaxis={"range": [bottom + key_px * py, above * py], "visible": False, "fixedrange": True},
    )
    return figure


def _strength(weight: float) -> float:
    return abs(weight) if weight == weight else -1.0


def _bars(
    values: list[float],
    ys: list[float],
    width: float,
    filled: bool,
    order: list[int],
    hovers: list[str],
    method: str,
    dark: bool,
) -> go.Bar:
    colours = [palette.mark_colour(v > 0, dark) for v in values]
    marker: dict[str, Any] = {
        "color": colours if filled else [CLEAR] * len(values),
        "line": {"color": colours, "width": [(1 if filled else 2) * (v != 0) for v in values]},
        "cornerradius": 3,
    }
    if filled:  # hatched on the side of what speaks against, as in `weights_chart`
        marker["pattern"] = {
            "shape": ["" if v >= 0 else "/" for v in values],
            "fillmode": "overlay",
            "fgcolor": gaps(dark),
            "size": 7,
            "solidity": 0.25,
        }
    name = palette.escape(palette.fit_label(method, FONT_PX, 900))
    return go.Bar(
        orientation="h",
        name=name,
        x=[None if v != v else v for v in values],
        y=ys,
        width=width,
        customdata=order,
        hovertext=[f"{name}<br>{said}" for said in hovers],
        hoverinfo="text",
        marker=marker,
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _at_left(x: float, y: float, name: str, colour: str) -> dict[str, Any]:
    text = palette.escape(name)
    return label(x, y, text, px=FONT_PX, colour=colour, xanchor="left", xref="paper")


def _number(x: float, y: float, number: str, side: str, colour: str) -> dict[str, Any]:
    return label(x, y, number, px=FONT_PX - 1, colour=colour, xanchor=side)
