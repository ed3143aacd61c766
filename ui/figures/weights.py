"""Signed weights as horizontal bars: what speaks for a class, and what against it."""

from collections.abc import Sequence

import plotly.graph_objects as go

from ui.figures import palette
from ui.figures.layout import bare_layout, label

FONT_PX = 14
ROW_PX = 30
STACKED_ROW_PX = 52  # the label above its bar
BAR_PX = 18
HEAD_PX = 30
WIDEST_PX = 760
NARROW_PX = 480
_GAP = 6


def weights_chart(
    labels: Sequence[str],
    weights: Sequence[float],
    positive_name: str,
    negative_name: str,
    *,
    width_px: int,
    dark: bool,
    scale: float | None = None,
    digits: int = 3,
    ids: Sequence[int] | None = None,
) -> go.Figure:
    """Bars to the right for what speaks for a class, hatched bars to the left for the rest.

    Parameters
    ----------
    labels : sequence of str
        Names of the components, as they are; escaped and shortened here.
    weights : sequence of float
        Signed weights, one a label. Drawn strongest first, ties in the order given.
    positive_name, negative_name : str
        The classes that positive and negative weights speak for.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.
    scale : float, optional
        Weight at which a bar has its full length; by default `palette.colour_scale` of those
        here. Give one scale to charts that are compared.
    digits : int
        Decimals of the numbers at the bars.
    ids : sequence of int, optional
        What a clicked bar carries as `customdata`; by default the place in `labels`.

    Returns
    -------
    plotly.graph_objects.Figure
        x runs from ``-limit`` to ``limit``; row i of the drawing is at ``y = i``, so that error
        bars can be added to the one bar trace, `figure.data[0]`.

    Raises
    ------
    ValueError
        If there is not one weight a label.
    """
    if len(labels) != len(weights):
        raise ValueError(
            f"{len(labels)} labels and {len(weights)} weights; give one weight for each label."
        )
    order = sorted(range(len(weights)), key=lambda i: -abs(weights[i]))
    names = [labels[i] for i in order]
    values = [float(weights[i]) for i in order]
    carried = [(ids[i] if ids is not None else i) for i in order]
    width_px = min(width_px, WIDEST_PX)

    column = 0.36 * width_px
    longest = max(
        (palette.label_width(palette.fit_label(n, FONT_PX, 9e9), FONT_PX) for n in names),
        default=0.0,
    )
    stacked = width_px < NARROW_PX and longest > column
    room = width_px - 4.0 if stacked else column
    shown = [palette.fit_label(name, FONT_PX, room) for name in names]
    left = 0.0 if stacked else min(column, longest) + 10
    row_px = STACKED_ROW_PX if stacked else ROW_PX
    numbers = [palette.signed(v, digits) for v in values]
    reach = max((palette.label_width(n, FONT_PX) for n in numbers), default=0.0) + 2 * _GAP
    half = (width_px - left) / 2
    top = scale if scale else palette.colour_scale(values)
    top = top if top > 0 else 1.0
    limit = top * half / max(half - reach, 0.2 * half)
    px = limit / half  # data units a pixel

    text = palette.text_colour(dark)
    rows = list(range(len(values)))
    plot = 2 * half
    raised = 21 / row_px if stacked else 0.0  # how far the label is above its bar, in rows
    above, below = (
        (33 / row_px, 19 / row_px) if stacked else (0.5, 0.5)
    )  # of a row, from the bar's middle
    colours = [palette.mark_colour(v > 0, dark) for v in values]
    figure = go.Figure(
        go.Bar(
            orientation="h",
            x=values,
            y=rows,
            width=BAR_PX / row_px,
            customdata=carried,
            hovertext=[
                f"<b>{palette.escape(palette.fit_label(n, FONT_PX, 900))}</b>  {number}<br>"
                + palette.escape(_speaks(v, positive_name, negative_name))
                for n, v, number in zip(names, values, numbers, strict=True)
            ],
            hoverinfo="text",
            marker={
                "color": colours,
                "line": {"color": colours, "width": 1},
                "cornerradius": 3,
                "pattern": {
                    "shape": ["" if v >= 0 else "/" for v in values],
                    "fillmode": "overlay",
                    "fgcolor": "rgba(20,23,26,.6)" if dark else "rgba(255,255,255,.65)",
                    "size": 7,
                    "solidity": 0.25,
                },
            },
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    )
    notes = [
        label(
            -left / plot,
            y - raised,
            palette.escape(s),
            px=FONT_PX,
            colour=text,
            xanchor="left",
            xref="paper",
        )
        for y, s in zip(rows, shown, strict=True)
    ]
    notes += [
        label(
            v + (_GAP if v >= 0 else -_GAP) * px,
            y,
            number,
            px=FONT_PX,
            colour=text,
            xanchor="left" if v >= 0 else "right",
        )
        for y, v, number in zip(rows, values, numbers, strict=True)
    ]
    heads, head_px = _heads(positive_name, negative_name, width_px, left, half, dark)
    figure.update_layout(
        **bare_layout(width_px, round(len(rows) * row_px + head_px + 6), dark)
        | {
            "margin": {"l": left, "r": 0, "t": head_px, "b": 6, "pad": 0, "autoexpand": False},
        },
        annotations=notes + heads,
        shapes=[  # the zero line; between labels that stand above their bars it has gaps
            {
                "type": "line",
                "x0": 0,
                "x1": 0,
                "y0": y - min(above, 15 / row_px),
                "y1": y + min(below, 15 / row_px),
                "line": {"color": palette.line_colour(dark), "width": 1},
            }
            for y in rows
        ],
        bargap=0,
        xaxis={"range": [-limit, limit], "visible": False, "fixedrange": True},
        yaxis={
            "range": [max(1, len(rows)) - 1 + below, -above],
            "visible": False,
            "fixedrange": True,
        },
    )
    return figure


def _speaks(value: float, positive_name: str, negative_name: str) -> str:
    if value == 0:
        return "speaks for neither"
    return f"speaks for {positive_name if value > 0 else negative_name}"


def _heads(
    positive_name: str, negative_name: str, width_px: float, left: float, half: float, dark: bool
) -> tuple[list[dict[str, object]], float]:
    """The two arrows over the bars: beside each other where both fit, else on two lines."""
    size = FONT_PX - 1
    spare = palette.label_width("← speaks for  ", size) + 2 * _GAP
    positive_name, negative_name = (
        palette.fit_label(name, size, width_px - spare) for name in (positive_name, negative_name)
    )
    beside = all(
        palette.label_width(name, size) + spare <= half for name in (positive_name, negative_name)
    )
    room = (half if beside else width_px) - spare

    def head(positive: bool) -> dict[str, object]:
        name = palette.fit_label(positive_name if positive else negative_name, size, room)
        text = f"speaks for {palette.escape(name)}"
        # As text the orange would be too pale on white; as an arrow it may be.
        colour = palette.mark_colour(positive, dark)
        arrow = f'<b><span style="color:{colour}">{"→" if positive else "←"}</span></b>'
        across = left + half + (_GAP if positive else -_GAP) if beside else width_px * positive
        start = positive if beside else not positive
        return label(
            (across - left) / (2 * half),
            1,
            f"{text} {arrow}" if positive else f"{arrow} {text}",
            px=size,
            colour=palette.text_colour(dark),
            xanchor="left" if start else "right",
            xref="paper",
            yref="paper",
            yanchor="bottom",
            yshift=6 if beside or positive else 26,
        )

    return [head(False), head(True)], HEAD_PX if beside else HEAD_PX + 20
