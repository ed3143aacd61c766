"""Pictures of what a feature stands for, as the label of its row in a figure."""

from collections.abc import Sequence
from typing import Any

from ui.compare.values import Lean
from ui.figures import palette
from ui.figures.layout import label
from ui.figures.parts import note_at
from ui.shell.wording import visible

MOST_PICTURES = 3
PICTURE_PX = 36
PICTURE_ROW_PX = 60  # pictures with their name below
_GAP = 4
_NAME_PX = 12


def pictures_px(leans: Sequence[Lean]) -> float:
    """The width of the longest strip of pictures; 0 without any."""
    most = max((len(lean.examples[:MOST_PICTURES]) for lean in leans), default=0)
    return most * (PICTURE_PX + _GAP) - _GAP if most else 0.0


def row_pictures(
    lean: Lean, left: float, y: float, name: str, *, dark: bool, bold: bool = False
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]:
    """Layout images, the borders around them, and the name below them; `y` is the row's middle."""
    top = y - (PICTURE_PX + _NAME_PX + 4) / 2
    images, borders = [], []
    for number, uri in enumerate(lean.examples[:MOST_PICTURES]):
        x = left + number * (PICTURE_PX + _GAP)
        images.append(
            {
                "source": uri,
                "xref": "x",
                "yref": "y",
                "x": x + PICTURE_PX / 2,
                "y": top + PICTURE_PX / 2,
                "sizex": PICTURE_PX - 4,
                "sizey": PICTURE_PX - 4,
                "xanchor": "center",
                "yanchor": "middle",
                "sizing": "contain",
                "layer": "above",
            }
        )
        borders.append(
            {
                "type": "rect",
                "x0": x,
                "x1": x + PICTURE_PX,
                "y0": top,
                "y1": top + PICTURE_PX,
                "fillcolor": "#FFFFFF",  # as what lies around a region, in any mode
                "line": {"color": palette.quiet_colour(dark), "width": 1},
                "layer": "below",
            }
        )
    written = palette.escape(visible(name))
    below = label(
        left,
        top + PICTURE_PX + 4 + _NAME_PX / 2,
        f"<b>{written}</b>" if bold else written,
        px=_NAME_PX,
        colour=palette.text_colour(dark),
        xanchor="left",
    )
    return images, borders, below


def row_name(x: float, y: float, name: str, *, dark: bool, xanchor: str, bold: bool) -> Any:
    """A feature's name where there are no pictures of it."""
    note = note_at(x, y, name, palette.text_colour(dark), xanchor)
    return note | ({"text": f"<b>{note['text']}</b>"} if bold else {})
