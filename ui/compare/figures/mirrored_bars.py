"""What each of two models leans on: a row a feature, one model to the left, one to the right."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from ui.compare.figures.feature_bars import model_bars, rounded, whole_rows
from ui.compare.figures.row_pictures import PICTURE_ROW_PX, pictures_px, row_name, row_pictures
from ui.compare.values import Lean
from ui.explain.figures.survival import wrapped
from ui.figures import palette
from ui.figures.layout import label
from ui.figures.linked import LEAST_SHARE
from ui.figures.parts import layout, line_at, note_at
from ui.figures.weights import BAR_PX, FONT_PX, WIDEST_PX, label_column
from ui.shell.wording import visible

ROW_PX = 32
STACKED_ROW_PX = 54  # the label above its bars
MOST_SAID = 8
_HEAD_LINE_PX = 18
_NOTHING = "about 0"  # practically, beside the strongest; what it is exactly is said on pointing
_GAP = 8


def mirrored_bars(
    leans: Sequence[Lean],
    names: Sequence[str],
    *,
    width_px: int,
    dark: bool,
    chosen: int | None = None,
) -> go.Figure:
    """The mean |weight| of each feature: a filled bar to the left, an outlined one to the right.

    Parameters
    ----------
    leans : sequence of Lean
        The features in the order of their rows, the first on top.
    names : sequence of str
        Of the first and the second model.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.
    chosen : int, optional
        The place in `leans` of the row that is marked.

    Returns
    -------
    plotly.graph_objects.Figure
        Coordinates are pixels, y downwards. Trace 0 are the whole rows, traces 1 and 2 the bars of
        the first and the second model, on one scale; all carry the place in `leans`.
    """
    width_px = min(width_px, WIDEST_PX)
    pictures = pictures_px(leans)
    column, shown = label_column([visible(lean.name) for lean in leans], width_px)
    column = pictures or column
    stacked = column == 0
    row_px = PICTURE_ROW_PX if pictures else STACKED_ROW_PX if stacked else ROW_PX
    middle = width_px / 2
    starts = [middle + side * (column + (1 if stacked else 2) * _GAP) / 2 for side in (-1, 1)]
    least = LEAST_SHARE * max((mean for lean in leans for mean in lean.means), default=0.0)
    numbers = [
        [_NOTHING if 0 < mean < least else rounded(mean) for mean in lean.means] for lean in leans
    ]
    widest = max((palette.label_width(n, FONT_PX) for pair in numbers for n in pair), default=0.0)
    longest = starts[0] - widest - 2 * _GAP
    top = palette.colour_scale(mean for lean in leans for mean in lean.means)
    text = palette.text_colour(dark)

    heads, head_px = _heads(names, starts, dark)
    height = head_px + row_px * len(leans)
    rows = [head_px + row_px * (i + 0.5) for i in range(len(leans))]
    ys = [y + (11 if stacked else 0) for y in rows]  # the middle of the bars
    notes, shapes, images = list(heads), [], []
    for i, (name, y, bar_y) in enumerate(zip(shown, rows, ys, strict=True)):
        if pictures:
            left = middle - pictures / 2
            drawn, borders, note = row_pictures(
                leans[i], left, y, name, dark=dark, bold=i == chosen
            )
            images += drawn
            shapes += borders
        else:
            at = y - 14 if stacked else y
            note = row_name(middle, at, name, dark=dark, xanchor="center", bold=i == chosen)
        notes.append(note)
        for side, start in enumerate(starts):
            outwards = 2 * side - 1
            end = start + outwards * (longest * leans[i].means[side] / top + _GAP)
            notes.append(note_at(end, bar_y, numbers[i][side], text, ("right", "left")[side]))
            edges = bar_y - BAR_PX / 2 - 3, bar_y + BAR_PX / 2 + 3
            shapes.append(line_at(start, start, *edges, palette.line_colour(dark), width=1))
    whole = whole_rows(
        leans, names, rows, row_px=row_px, width_px=width_px, dark=dark, chosen=chosen
    )
    sides = [
        model_bars(
            leans,
            names,
            [(2 * side - 1) * longest * lean.means[side] / top for lean in leans],
            ys,
            side=side,
            start=start,
            width_px=width_px,
            dark=dark,
        )
        for side, start in enumerate(starts)
    ]
    figure = go.Figure([whole, *sides])
    figure.update_layout(
        **layout(width_px, height + 2, dark), annotations=notes, shapes=shapes, images=images
    )
    return figure


def mirrored_in_words(leans: Sequence[Lean], names: Sequence[str]) -> str:
    """How much each model leans on the features, in the order given. Not escaped."""
    said = []
    for lean in leans[:MOST_SAID]:
        each = (f"{n} {rounded(mean)}" for n, mean in zip(names, lean.means, strict=True))
        said.append(f"{visible(lean.name)}: {', '.join(each)}.")
    more = len(leans) - MOST_SAID
    return " ".join([*said, f"And {more} more."] if more > 0 else said) or "There are no features."


def _heads(
    names: Sequence[str], starts: Sequence[float], dark: bool
) -> tuple[list[dict[str, Any]], float]:
    """Whose bars these are, towards the middle, and the height that takes."""
    room = starts[0] - _GAP
    lines = [wrapped(name, FONT_PX - 1, (room - 20) / 1.1, 3) for name in names]
    head_px = _HEAD_LINE_PX * max(map(len, lines)) + 6
    notes = []
    for side, (start, said) in enumerate(zip(starts, lines, strict=True)):
        name = "<br>".join(map(palette.escape, said))
        arrow = ("← ", " →")[side]
        bold = f"{arrow}<b>{name}</b>" if side == 0 else f"<b>{name}</b>{arrow}"
        note = label(
            start,
            head_px - 4,
            bold,
            px=FONT_PX - 1,
            colour=palette.text_colour(dark),
            xanchor=("right", "left")[side],
        )
        notes.append(note | {"yanchor": "bottom", "align": ("right", "left")[side]})
    return notes, head_px
