"""Layout that all figures share."""

from collections.abc import Sequence
from typing import Any

from ui.figures import palette

CLEAR = "rgba(0,0,0,0)"


def bare_layout(width_px: int, height_px: int, dark: bool) -> dict[str, Any]:
    """Layout that all figures share: exact size, no margins, the page's own background."""
    return {
        "width": width_px,
        "height": height_px,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0, "autoexpand": False},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "font": {"family": palette.FONT, "size": 14, "color": palette.text_colour(dark)},
        "hoverlabel": {
            "bgcolor": "#1F2428" if dark else "#FFFFFF",
            "bordercolor": "#3A4148" if dark else "#D5D9DE",
            "font": {"family": palette.FONT, "size": 14, "color": palette.text_colour(dark)},
            "align": "left",
            "showarrow": False,  # it stands above the point: `ui.main.STYLE`
        },
    }


def bar_lengths(values: Sequence[float], px: float) -> list[float]:
    """How long to draw bars, where `px` is a pixel: nothing for what is shorter than one.

    Of such a sliver with round corners Plotly makes a path that is none.
    """
    return [value if abs(value) >= px else 0.0 for value in values]


def label(
    x: float, y: float, text: str, *, px: float, colour: str, xanchor: str, **more: Any
) -> dict[str, Any]:
    """An annotation without arrow; in data coordinates unless `more` says otherwise.

    Plotly hides annotations whose data coordinates lie outside the axes' ranges.

    `text` must have been through `palette.escape`.
    """
    return {
        "x": x,
        "y": y,
        "text": text,
        "showarrow": False,
        "xanchor": xanchor,
        "yanchor": "middle",
        "align": "left",
        "borderpad": 0,
        "font": {"size": px, "color": colour},
        **more,
    }
