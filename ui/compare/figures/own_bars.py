"""What one model leans on most: a row a feature, the strongest on top."""

from collections.abc import Sequence

import plotly.graph_objects as go

from ui.compare.figures.feature_bars import model_bars, rounded, whole_rows
from ui.compare.figures.mirrored_bars import MOST_SAID
from ui.compare.figures.row_pictures import PICTURE_ROW_PX, pictures_px, row_name, row_pictures
from ui.compare.values import Lean
from ui.figures import palette
from ui.figures.parts import layout, line_at, note_at
from ui.figures.weights import FONT_PX, WIDEST_PX, label_column
from ui.shell.wording import visible

ROW_PX = 30
STACKED_ROW_PX = 50  # the label above its bar
_GAP = 8


def own_bars(
    leans: Sequence[Lean],
    side: int,
    names: Sequence[str],
    *,
    beside: Sequence[Lean],
    width_px: int,
    dark: bool,
    chosen: int | None = None,
) -> go.Figure:
    """The mean |weight| of each feature for one model, filled for side 0, outlined for side 1.

    Parameters
    ----------
    leans : sequence of Lean
        The features in the order of their rows, the first on top.
    side : int
        Whose bars these are.
    names : sequence of str
        Of both models, for what is said of a row that is pointed at.
    beside : sequence of Lean
        The rows of the other model's figure, which has the same scale.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.
    chosen : int, optional
        The place in `leans` of the row that is marked.

    Returns
    -------
    plotly.graph_objects.Figure
        Coordinates are pixels, y downwards. Trace 0 are the whole rows, trace 1 the bars; both
        carry the place in `leans`.
    """
    width_px = min(width_px, WIDEST_PX)
    both = [*leans, *beside]
    top = max((mean for lean in both for mean in lean.means), default=0.0) or 1.0
    pictures = pictures_px(both)
    column, shown = label_column([visible(lean.name) for lean in both], width_px)
    stacked = not pictures and column == 0
    start = pictures + _GAP if pictures else 1.0 if stacked else column
    row_px = PICTURE_ROW_PX if pictures else STACKED_ROW_PX if stacked else ROW_PX
    numbers = [rounded(lean.means[side]) for lean in leans]
    widest = max(
        (palette.label_width(rounded(mean), FONT_PX) for lean in both for mean in lean.means),
        default=0.0,
    )
    longest = width_px - start - widest - _GAP - 2
    text = palette.text_colour(dark)
    rows = [row_px * (i + 0.5) for i in range(len(leans))]
    ys = [y + (11 if stacked else 0) for y in rows]
    lengths = [longest * lean.means[side] / top for lean in leans]
    notes, images = [], []
    shapes = [line_at(start, start, 0, row_px * len(leans), palette.line_colour(dark), width=1)]
    for i, (lean, name, y, bar_y, length) in enumerate(
        zip(leans, shown[: len(leans)], rows, ys, lengths, strict=True)
    ):
        if pictures:
            drawn, borders, note = row_pictures(lean, 1, y, name, dark=dark, bold=i == chosen)
            images += drawn
            shapes += borders
        else:
            at = (0.0, y - 14) if stacked else (start - _GAP, y)
            anchor = "left" if stacked else "right"
            note = row_name(*at, name, dark=dark, xanchor=anchor, bold=i == chosen)
        notes += [note, note_at(start + length + _GAP / 2, bar_y, numbers[i], text)]
    figure = go.Figure(
        [
            whole_rows(
                leans, names, rows, row_px=row_px, width_px=width_px, dark=dark, chosen=chosen
            ),
            model_bars(
                leans, names, lengths, ys, side=side, start=start, width_px=width_px, dark=dark
            ),
        ]
    )
    figure.update_layout(
        **layout(width_px, row_px * len(leans) + 2, dark),
        annotations=notes,
        shapes=shapes,
        images=images,
    )
    return figure


def own_in_words(leans: Sequence[Lean], side: int) -> str:
    """How much one model leans on the features, in the order given. Not escaped."""
    said = [f"{visible(lean.name)} {rounded(lean.means[side])}" for lean in leans[:MOST_SAID]]
    return f"{', '.join(said)}." if said else "There are no features."
