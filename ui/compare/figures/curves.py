"""Curves of both models in one square: ROC, precision and recall, reliability."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from ui.compare.figures.shares import inks, marker
from ui.compare.values import Pair
from ui.figures import palette
from ui.figures.layout import bare_layout
from ui.figures.parts import FONT_PX

WIDEST_PX = 480
HIGHEST_PX = 340
_LEFT_PX, _BELOW_PX, _ABOVE_PX = 44, 44, 26
_LEAST_DOT_PX, _DOT_PX = 5.0, 16.0


def curves_figure(
    lines: Sequence[Sequence[Pair]],
    names: Sequence[str],
    *,
    x: str,
    y: str,
    width_px: int,
    dark: bool,
    is_diagonal: bool = False,
    counts: Sequence[Sequence[int]] | None = None,
) -> go.Figure:
    """A line for each model, points from 0 to 1 both ways; the first solid, the second dashed.

    `x` and `y` are what the axes are called; `is_diagonal` adds a line from corner to corner.
    `counts` are how many items each point stands for: then they are dots, the larger the more.
    """
    width = min(width_px, WIDEST_PX)
    quiet, rule = palette.quiet_colour(dark), palette.line_colour(dark)
    figure = go.Figure()
    if is_diagonal:
        figure.add_scatter(
            x=[0, 1], y=[0, 1], mode="lines", line={"color": rule, "width": 1}, hoverinfo="skip"
        )
    for side, points in enumerate(lines):
        dots: dict[str, Any] = {"mode": "lines"}
        hovers = [_hover(names[side], x, y, point) for point in points]
        if counts is not None:
            most = max([1, *(n for own in counts for n in own)])
            sizes = [_LEAST_DOT_PX + (_DOT_PX - _LEAST_DOT_PX) * (n / most) ** 0.5
                     for n in counts[side]]  # fmt: skip
            dots = {"mode": "lines+markers", "marker": marker(side, dark, 0) | {"size": sizes}}
            hovers = [
                f"{hover}<br>{palette.counted(n, 'item')}"
                for hover, n in zip(hovers, counts[side], strict=True)
            ]
        figure.add_scatter(
            x=[point[0] for point in points],
            y=[point[1] for point in points],
            line={"color": inks(dark)[side], "width": 2.25, "dash": ("solid", "dash")[side]},
            hovertext=hovers,
            hoverinfo="text",
            **dots,
        )
    axis = {
        "range": [-0.03, 1.07],
        "tickvals": [0, 0.25, 0.5, 0.75, 1],
        "tickformat": ".0%",
        "fixedrange": True,
        "gridcolor": "#2A3036" if dark else "#E6E9ED",
        "zeroline": False,
        "tickfont": {"size": FONT_PX - 2, "color": quiet},
    }
    title = {"font": {"size": FONT_PX - 1, "color": quiet}, "standoff": 6}
    frame = bare_layout(width, min(HIGHEST_PX, round(0.85 * width)), dark)
    frame["margin"] |= {"l": _LEFT_PX, "b": _BELOW_PX, "t": _ABOVE_PX, "r": 4}
    figure.update_layout(
        **frame,
        xaxis=axis | {"title": title | {"text": palette.escape(x)}},
        yaxis=axis,
        annotations=[
            {
                "x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left",
                "yanchor": "bottom", "xshift": -_LEFT_PX, "yshift": 6, "showarrow": False,
                "text": palette.escape(y), "font": {"size": FONT_PX - 1, "color": quiet},
            }
        ],
    )  # fmt: skip
    return figure


def _hover(name: str, x: str, y: str, point: Pair) -> str:
    name = palette.escape(palette.fit_label(name, FONT_PX, 320))
    first, second = (palette.escape(palette.percent(each)) for each in point)
    return f"<b>{name}</b><br>{palette.escape(x)}: {first}<br>{palette.escape(y)}: {second}"
