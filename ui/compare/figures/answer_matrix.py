"""What one model answers against what the other does: how many items in each cell."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from ui.compare.values import AnsweredItem
from ui.explain.figures.survival import wrapped
from ui.figures import palette
from ui.figures.layout import label
from ui.figures.parts import layout, line_at, note_at, shade

FONT_PX = 13  # as `spread_parts.note_at` writes
MOST_ANSWERS = 12
FEW_ANSWERS = 4  # with more, zeros would hide the numbers that count
LEAST_MOST = 4  # a cell with so many items, or with most of all, has the strongest blue
ROW_PX = 38
CELL_PX = 104  # a cell is so wide where there is room, or as its answer's name
LEAST_NAME_PX = 64  # names over narrower cells stand upright
TALLEST_NAME_PX = 130
NARROW_PX = 480
WIDEST_PX = 760
MOST_SAID = 8
_LINE_PX = 18
_GAP = 8

Cell = tuple[int, int]


class _Grid(NamedTuple):
    """Where things are, in pixels."""

    answers: list[int]
    left: float
    cell: float
    beside: bool  # whether the first model's head stands beside the second's


def answer_matrix(
    items: Sequence[AnsweredItem],
    answer_names: Sequence[str],
    model_names: Sequence[str],
    *,
    width_px: int,
    dark: bool,
    chosen: Cell | None = None,
    truth: str = "",
) -> go.Figure:
    """Counts of items: a row an answer of the first model, a column one of the second.

    Where both answer alike the cells are grey, elsewhere the bluer the more items there are. Of
    many answers those of the most frequent disagreements are shown; see `left_out`.

    Parameters
    ----------
    items : sequence of AnsweredItem
        What both models answer.
    answer_names : sequence of str
        What the numbers in `AnsweredItem.answers` mean.
    model_names : sequence of str
        Of the first and the second model.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.
    chosen : (int, int), optional
        The cell with a heavy edge: an answer of each model.
    truth : str, optional
        What the rows are called if they are what is right, not answers of the first model; then
        the name of that one is not shown, and cells with the same answer are right ones.

    Returns
    -------
    plotly.graph_objects.Figure
        Coordinates are pixels, y downwards. One bar for each cell (i, j) that has items, with
        ``i * len(answer_names) + j`` as `customdata`.
    """
    width_px = min(width_px, WIDEST_PX)
    answer_names, model_names = (
        [palette.fit_label(name, FONT_PX, 9e9) for name in some]
        for some in (answer_names, model_names)
    )
    heads = truth or f"{model_names[0]} says", f"{model_names[1]} says"
    grid = _grid(items, answer_names, heads, width_px)
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    head_notes, top = _heads(grid, answer_names, heads, width_px, dark)
    n = len(grid.answers)
    end, bottom = grid.left + n * grid.cell, top + n * ROW_PX
    place = {answer: at for at, answer in enumerate(grid.answers)}

    def box(cell: Cell) -> tuple[float, float]:
        """Left and upper edge."""
        return grid.left + place[cell[1]] * grid.cell, top + place[cell[0]] * ROW_PX

    counts = {cell: count for cell, count in cells(items) if cell[0] in place and cell[1] in place}
    most = max([LEAST_MOST, *(count for (i, j), count in counts.items() if i != j)])
    ink = [text if i != j else quiet for i, j in counts]
    still = {"marker": {"opacity": 1}, "textfont": {"color": text}}
    bars = go.Bar(
        x=[box(cell)[0] + grid.cell / 2 for cell in counts],
        base=[box(cell)[1] for cell in counts],
        y=[ROW_PX] * len(counts),
        width=grid.cell,
        customdata=[i * len(answer_names) + j for i, j in counts],
        text=[f"{count:,}" for count in counts.values()],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"size": FONT_PX + 1, "color": ink},
        hovertext=[
            _hover(cell, count, answer_names, heads, width_px, is_truth=bool(truth))
            for cell, count in counts.items()
        ],
        hoverinfo="text",
        marker={
            "color": [shade(dark) if i == j else _tint(c / most, dark)
                      for (i, j), c in counts.items()],
            "line": {"width": 0},
        },
        selected=still,
        unselected=still,
    )  # fmt: skip
    notes = list(head_notes)
    for answer, at in place.items():
        name = palette.fit_label(answer_names[answer], FONT_PX, grid.left - _GAP - 4)
        notes.append(note_at(grid.left - _GAP, top + (at + 0.5) * ROW_PX, name, text, "right"))
    if n <= FEW_ANSWERS:
        empty = ((i, j) for i in place for j in place if (i, j) not in counts)
        for x, y in map(box, empty):
            notes.append(note_at(x + grid.cell / 2, y + ROW_PX / 2, "0", quiet, "center"))
    shapes: list[dict[str, Any]] = []
    for k in range(n + 1 if n else 0):
        x, y = grid.left + k * grid.cell, top + k * ROW_PX
        shapes.append(line_at(x, x, top, bottom, _grid_colour(dark), width=1))
        shapes.append(line_at(grid.left, end, y, y, _grid_colour(dark), width=1))
    if chosen is not None and chosen in counts:
        x, y = box(chosen)
        corners = {"x0": x + 1, "x1": x + grid.cell - 1, "y0": y + 1, "y1": y + ROW_PX - 1}
        shapes.append({"type": "rect", **corners, "line": {"color": text, "width": 2.5}})
    figure = go.Figure(bars)
    figure.update_layout(**layout(width_px, bottom + 3, dark), annotations=notes, shapes=shapes)
    return figure


def cells(items: Sequence[AnsweredItem]) -> list[tuple[Cell, int]]:
    """The cells that have items, with their number: the most frequent first, unlike ones first."""
    counts = Counter(item.answers for item in items)
    return sorted(counts.items(), key=lambda c: (c[0][0] == c[0][1], -c[1], c[0]))


def left_out(items: Sequence[AnsweredItem]) -> int:
    """How many items are in no cell of the figure: of many answers, the rare ones are left out."""
    shown = set(_answers(items))
    return sum(not shown.issuperset(item.answers) for item in items)


def matrix_in_words(
    items: Sequence[AnsweredItem], answer_names: Sequence[str], model_names: Sequence[str]
) -> str:
    """How often both answer alike, and how they most often do not. Not escaped."""
    if not items:
        return "There are no items."
    alike = sum(item.is_alike for item in items)
    said = [f"Both models answer alike on {alike} of {palette.counted(len(items), 'item')}."]
    unlike = [(cell, count) for cell, count in cells(items) if cell[0] != cell[1]]
    for cell, count in unlike[:MOST_SAID]:
        first, second = (
            f"{name} says {answer_names[answer]}"
            for name, answer in zip(model_names, cell, strict=True)
        )
        said.append(f"{first} and {second}: {palette.counted(count, 'item')}.")
    rest = sum(count for _, count in unlike[MOST_SAID:])
    return " ".join(
        [*said, f"Other differences: {palette.counted(rest, 'item')}."] if rest else said
    )


def _answers(items: Sequence[AnsweredItem]) -> list[int]:
    """The answers that get a row and a column, in their own order."""
    shown: set[int] = set()
    for cell, _ in cells(items):
        if len(more := shown | set(cell)) <= MOST_ANSWERS:
            shown = more
    return sorted(shown)


def _grid(
    items: Sequence[AnsweredItem],
    answer_names: Sequence[str],
    heads: Sequence[str],
    width: float,
) -> _Grid:
    answers = _answers(items)
    longest = max((palette.label_width(answer_names[a], FONT_PX) for a in answers), default=0.0)
    room = (0.26 if width < NARROW_PX else 0.34) * width
    row_head = _head_px(f"{heads[0]} ↓")
    left = min(longest, room) + _GAP + 4
    if row_head <= room:
        left = max(left, row_head + 2 * _GAP)
    beside = row_head <= room and left + _head_px(f"{heads[1]} →") <= width
    cell = min((width - left - 2) / max(1, len(answers)), max(CELL_PX, longest + 2 * _GAP))
    return _Grid(answers, left, cell, beside)


def _heads(
    grid: _Grid,
    answer_names: Sequence[str],
    heads: Sequence[str],
    width: float,
    dark: bool,
) -> tuple[list[dict[str, Any]], float]:
    """Whose answers rows and columns are, the answers over the columns, and all their height."""
    text = palette.text_colour(dark)
    rows, columns = (_head(head, arrow, width) for head, arrow in zip(heads, "↓→", strict=True))
    upright = grid.cell < LEAST_NAME_PX and any(
        palette.label_width(answer_names[a], FONT_PX) > grid.cell - 4 for a in grid.answers
    )
    room = TALLEST_NAME_PX if upright else grid.cell - _GAP
    named = [wrapped(answer_names[a], FONT_PX, room, 1 if upright else 2) for a in grid.answers]
    if upright:
        names_px = max(palette.label_width(lines[0], FONT_PX) for lines in named) + _GAP
    else:
        names_px = _LINE_PX * max(map(len, named), default=0)
    names_at = _LINE_PX * (1 if grid.beside else 2) + 6
    top = names_at + names_px + 4
    if grid.beside:
        notes = [
            note_at(grid.left - _GAP, top - 4 - _LINE_PX / 2, "", text, "right"),
            note_at(grid.left, _LINE_PX / 2, "", text),
        ]
    else:
        notes = [note_at(0, _LINE_PX * (line + 0.5), "", text) for line in (0, 1)]
    notes = [note | {"text": said} for note, said in zip(notes, (rows, columns), strict=True)]
    for at, lines in enumerate(named):
        said = "<br>".join(map(palette.escape, lines))
        x = grid.left + (at + 0.5) * grid.cell
        note = label(x, top - 4, said, px=FONT_PX, colour=text, xanchor="center")
        more = {"yanchor": "bottom", "align": "center"}
        notes.append(note | more | ({"textangle": -90} if upright else {}))
    return notes, top


def _head(head: str, arrow: str, width: float) -> str:
    room = (width - palette.label_width(" says ↓", FONT_PX)) / 1.1
    name = head.removesuffix(" says")
    shown = palette.escape(palette.fit_label(name, FONT_PX, room))
    return f"{shown} {arrow}" if name == head else f"<b>{shown}</b> says {arrow}"


def _head_px(text: str) -> float:
    """Width of a head; bold letters are wider."""
    return palette.label_width(text, FONT_PX) * 1.1


def _hover(
    cell: Cell,
    count: int,
    answer_names: Sequence[str],
    heads: Sequence[str],
    width: float,
    *,
    is_truth: bool,
) -> str:
    room = min(420.0, width / 2)
    first, second = (
        palette.escape(palette.fit_label(answer_names[answer], FONT_PX, room)) for answer in cell
    )
    if cell[0] == cell[1] and not is_truth:
        return f"both say {first}<br><b>{palette.counted(count, 'item')}</b>"
    who = [palette.escape(palette.fit_label(head, FONT_PX, room)) for head in heads]
    said = f"{who[0]} {first}<br>{who[1]} {second}"
    return f"{said}<br><b>{palette.counted(count, 'item')}</b>"


def _tint(share: float, dark: bool) -> str:
    """The blue of what can be clicked; text on the strongest keeps a contrast of 4.5."""
    if dark:
        return f"rgba(69,123,166,{0.22 + 0.5 * share:.3f})"
    return f"rgba(47,102,144,{0.12 + 0.4 * share:.3f})"


def _grid_colour(dark: bool) -> str:
    return "#3A4148" if dark else "#D5D9DE"
