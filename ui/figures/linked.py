"""The same parts in several figures: which tell anything, their numbers, and where each lies.

A figure's `layout.meta` says where its parts lie; in the browser the part that is pointed at or
focused in one figure is lit in all (`ui.shell.widgets`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from ui.figures import palette
from ui.figures.layout import label

LEAST_SHARE = 0.05  # of the strongest weight: what is less is practically nothing
BADGE_PX = 22
BADGE_FONT_PX = 12
LIT_SHARE = 0.07  # of the theme's blue, over a part that is lit; none over a picture
DASHES = "3px,2px"  # around what speaks against
_TWO_DIGITS_PX = 11


def telling(weights: Mapping[int, float]) -> dict[int, float]:
    """The weights that are more than practically nothing, strongest first, ties as given."""
    known = {i: w for i, w in weights.items() if w and w == w}
    least = LEAST_SHARE * max(map(abs, known.values()), default=0.0)
    strongest = sorted(known, key=lambda i: -abs(known[i]))
    return {i: known[i] for i in strongest if abs(known[i]) >= least}


def numbered(weights: Mapping[int, float]) -> dict[int, int]:
    """The number of each part that tells something: 1 for the strongest."""
    return {i: n for n, i in enumerate(telling(weights), start=1)}


def badge(
    number: int,
    x: float,
    y: float,
    weight: float,
    *,
    dark: bool,
    off: bool = False,
    on_picture: bool = False,
    xref: str = "x",
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The number of a part in a circle: a Plotly shape, and the annotation in it.

    The circle is solid where the part speaks for the answer and dashed where against it; grey
    where the part is off. On a picture it is white in any mode.
    """
    pale = on_picture or not dark
    fill = "#FFFFFF" if on_picture else palette.page_colour(dark)
    edge = palette.quiet_colour(not pale) if off else palette.mark_colour(weight > 0, not pale)
    ink = palette.quiet_colour(not pale) if off else palette.text_colour(not pale)
    reach = BADGE_PX / 2 - 1
    circle = {
        "type": "circle",
        "xref": xref,
        "yref": "y",
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "xanchor": x,
        "yanchor": y,
        "x0": -reach,
        "x1": reach,
        "y0": -reach,
        "y1": reach,
        "fillcolor": fill,
        "line": {"color": edge, "width": 2, "dash": "solid" if weight > 0 else DASHES},
        "layer": "above",
    }
    px = BADGE_FONT_PX if number < 10 else _TWO_DIGITS_PX
    text = f"<s>{number}</s>" if off else f"<b>{number}</b>"
    return circle, label(x, y, text, px=px, colour=ink, xanchor="center", xref=xref)


def box(left: float, top: float, right: float, bottom: float, corner: float = 4.0) -> str:
    """An SVG path around a rectangle with round corners."""
    r = min(corner, (right - left) / 2, (bottom - top) / 2)
    return (
        f"M{left + r:.1f},{top:.1f}H{right - r:.1f}a{r:.1f},{r:.1f},0,0,1,{r:.1f},{r:.1f}"
        f"V{bottom - r:.1f}a{r:.1f},{r:.1f},0,0,1,-{r:.1f},{r:.1f}"
        f"H{left + r:.1f}a{r:.1f},{r:.1f},0,0,1,-{r:.1f},-{r:.1f}"
        f"V{top + r:.1f}a{r:.1f},{r:.1f},0,0,1,{r:.1f},-{r:.1f}Z"
    )


def part(number: int, path: str, said: str) -> dict[str, Any]:
    """Where a part lies in a figure, an SVG path in pixels of it, and what it is called."""
    return {"id": int(number), "path": path, "said": palette.printable(said)}


def linked(figure: go.Figure, parts: Sequence[dict[str, Any]], *, on_picture: bool = False) -> None:
    """Tell the browser where the parts of a figure lie."""
    shade = 0.0 if on_picture else LIT_SHARE
    figure.update_layout(meta={"parts": list(parts), "shade": shade})
