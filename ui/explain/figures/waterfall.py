"""From where the model starts to its answer: one step a part, and the rest as a step of its own."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from ui.figures import palette
from ui.figures.layout import bare_layout, label

FONT_PX = 14
ROW_PX = 30
BAR_PX = 16
WIDEST_PX = 760
WIDEST_NAME = 0.4  # of the width
REST, END = "everything else", "as it is"
_PAD = 6

Step = tuple[str, float]


def waterfall_figure(
    steps: Sequence[Step],
    start: float,
    end: float,
    start_name: str,
    target_name: str,
    *,
    width_px: int,
    dark: bool,
) -> go.Figure:
    """Bars that begin where the one above ends, from `start` to `end`, which are answers.

    Parameters
    ----------
    steps : sequence of (str, float)
        The parts shown with their weights, in the order in which they are drawn.
    start, end : float
        The model's own answers for the class: with none of the parts there, and for the item.
    start_name : str
        What the item is with none of them there: "no words".
    target_name : str
        The class, for the labels on hovering.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    plotly.graph_objects.Figure
        One bar a row: the start, the steps, what they do not account for, and the answer.
    """
    width_px = min(width_px, WIDEST_PX)
    moves = [*steps, (REST, unaccounted(steps, start, end))]
    levels = [start]
    for _, weight in moves:
        levels.append(levels[-1] + weight)
    levels[-1] = end
    names = [start_name, *(name for name, _ in moves), END]
    spans = [(0.0, start), *pairwise(levels), (0.0, end)]
    numbers = [
        palette.percent(start),
        *(in_points(weight) for _, weight in moves),
        palette.percent(end),
    ]

    drawn = [palette.fit_label(name, FONT_PX, WIDEST_NAME * width_px) for name in names]
    left = max(palette.label_width(name, FONT_PX) for name in drawn) + 2 * _PAD
    number_px = max(palette.label_width(number, FONT_PX) for number in numbers) + _PAD
    full = max(20.0, width_px - left - number_px)
    low, high = min(0.0, *levels), max(*levels, palette.LEAST_SCALE)

    def place(level: float) -> float:
        return left + (level - low) / (high - low) * full

    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    colours = [quiet]
    colours += [palette.mark_colour(weight > 0, dark) for _, weight in steps]
    colours += [quiet, text]
    n = len(names)
    middles = [(i + 0.5) * ROW_PX for i in range(n)]
    notes = []
    for name, number, y in zip(drawn, numbers, middles, strict=True):
        notes.append(label(0, y, palette.escape(name), px=FONT_PX, colour=text, xanchor="left"))
        at = left + full + _PAD, y
        notes.append(label(*at, palette.escape(number), px=FONT_PX, colour=text, xanchor="left"))
    thin = {"color": palette.line_colour(dark), "width": 1}
    shapes: list[dict[str, Any]] = [
        {"type": "line", "x0": place(0), "x1": place(0), "y0": 0, "y1": n * ROW_PX, "line": thin}
    ]
    for level, (above, below) in zip(levels, pairwise(middles), strict=True):
        ends = {"x0": place(level), "x1": place(level), "y0": above, "y1": below}
        shapes.append({"type": "line", **ends, "line": thin | {"dash": "dot"}, "layer": "below"})
    figure = go.Figure(
        go.Bar(
            orientation="h",
            base=[round(place(min(span)), 2) for span in spans],
            x=[round(max(place(max(span)) - place(min(span)), 1.0), 2) for span in spans],
            y=middles,
            width=BAR_PX,
            customdata=[list(span) for span in spans],
            hovertext=[
                f"<b>{palette.escape(palette.fit_label(name, FONT_PX, 900))}</b>  "
                f"{palette.escape(number)}<br>{palette.escape(target_name)}"
                for name, number in zip(names, numbers, strict=True)
            ],
            hoverinfo="text",
            marker={
                "color": colours,
                "line": {"color": colours, "width": 1.5},
                # Without colour: what pushes away is hatched, what is left over crossed.
                "pattern": {
                    "shape": [
                        "",
                        *("" if weight > 0 else "/" for _, weight in steps),
                        "x",
                        "",
                    ],
                    "fillmode": "replace",
                    "fgcolor": colours,
                    "bgcolor": palette.page_colour(dark),
                    "size": 6,
                    "solidity": 0.4,
                },
            },
        )
    )
    figure.update_layout(
        **bare_layout(width_px, n * ROW_PX, dark),
        annotations=notes,
        shapes=shapes,
        xaxis={"range": [0, width_px], "visible": False, "fixedrange": True},
        yaxis={"range": [n * ROW_PX, 0], "visible": False, "fixedrange": True},
    )
    return figure


def unaccounted(steps: Sequence[Step], start: float, end: float) -> float:
    """What of the way from start to end the steps do not account for."""
    return end - start - sum(weight for _, weight in steps)


def in_points(weight: float) -> str:
    """A step in percentage points: "+12 points", "−0.4 points"."""
    size = abs(100 * weight)
    number = f"{size:.0f}" if size >= 9.95 else f"{size:.1f}"
    sign = "" if float(number) == 0 else "+" if weight > 0 else "\N{MINUS SIGN}"
    return f"{sign}{number} points"


def waterfall_in_words(steps: Sequence[Step], start: float, end: float, start_name: str) -> str:
    """The same for those who do not see it."""
    moves = [*steps, (REST, unaccounted(steps, start, end))]
    told = "; ".join(f"{name} {in_points(weight)}" for name, weight in moves)
    return f"{start_name} {palette.percent(start)}; {told}; {END} {palette.percent(end)}"
