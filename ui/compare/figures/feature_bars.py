"""What the figures of features have in common: rows to click, and a model's bars in them."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from ui.compare.values import Lean
from ui.figures import palette
from ui.figures.layout import CLEAR, bar_lengths
from ui.figures.parts import shade
from ui.figures.weights import BAR_PX, FONT_PX, faint

DIGITS = 3


def rounded(mean: float) -> str:
    """A mean as it stands in a figure."""
    return palette.signed(mean, DIGITS).removeprefix("+")


def whole_rows(
    leans: Sequence[Lean],
    names: Sequence[str],
    ys: Sequence[float],
    *,
    row_px: float,
    width_px: float,
    dark: bool,
    chosen: int | None,
) -> go.Bar:
    """The whole rows, in `width_px` pixels; the one that is `chosen` is shaded."""
    return go.Bar(
        x=[width_px] * len(leans),
        y=list(ys),
        width=row_px,
        marker={
            "color": [shade(dark) if i == chosen else CLEAR for i in range(len(leans))],
            "line": {"width": 0},
            "cornerradius": 4,
        },
        **_answering(leans, names, width_px),
    )


def model_bars(
    leans: Sequence[Lean],
    names: Sequence[str],
    lengths: Sequence[float],
    ys: Sequence[float],
    *,
    side: int,
    start: float,
    width_px: float,
    dark: bool,
) -> go.Bar:
    """A model's bars, filled for side 0, outlined for side 1: `lengths` in pixels from `start`."""
    drawn, quiet = bar_lengths(lengths, 1.0), palette.quiet_colour(dark)
    return go.Bar(
        base=[start] * len(leans),
        x=drawn,
        y=list(ys),
        width=BAR_PX,
        marker={
            "color": (quiet, faint(quiet, dark))[side],
            "line": {"color": quiet, "width": [1.5 * (x != 0) for x in drawn]},
            "cornerradius": 3,
        },
        **_answering(leans, names, width_px),
    )


def _answering(leans: Sequence[Lean], names: Sequence[str], width_px: float) -> dict[str, Any]:
    """What bars say when they are pointed at, and of which feature they are when clicked."""
    return {
        "orientation": "h",
        "customdata": list(range(len(leans))),
        "hovertext": [_hover(lean, names, width_px) for lean in leans],
        "hoverinfo": "text",
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }


def _hover(lean: Lean, names: Sequence[str], width_px: float) -> str:
    room = min(420.0, width_px - 120)
    name, *models = (
        palette.escape(palette.fit_label(each, FONT_PX, room)) for each in (lean.name, *names)
    )
    n = len(lean.rows)
    lines = [f"<b>{name}</b>"]
    lines += [f"{model}: {rounded(mean)}" for model, mean in zip(models, lean.means, strict=True)]
    return "<br>".join([*lines, f"among the reasons for {n:,} item{'' if n == 1 else 's'}"])
