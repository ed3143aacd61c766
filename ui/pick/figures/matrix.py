"""Which pick shows what: a row a pick, a column a word, a value or a kind of region."""

from collections.abc import Sequence
from math import cos, pi
from typing import Any, NamedTuple

import plotly.graph_objects as go

from ui.figures import palette
from ui.figures.layout import label
from ui.figures.parts import layout, line_at, note_at, shade
from ui.figures.weights import in_lines
from ui.pick.values import Picked, PickedItem, Reason
from ui.shell.wording import points, visible

FONT_PX = 13  # as `spread_parts.note_at` writes
ROW_PX = 30
CELL_PX = 30  # from column to column
NARROW_CELL_PX = 27
WIDEST_CELL_PX = 38
MARK_PX = 21
EDGE_PX = 1.75
PICTURE_PX = 24
NARROW_PX = 480
WIDEST_PX = 1100
LONGEST_NAME_PX = 170  # over a column
NARROW_NAME_PX = 150
OVERHANG_PX = 80  # how far the last slanted name may reach beyond its column
KEY_PX = 24
SAMPLE_PX = 16
PARTS = {"text": "words", "image": "kinds of region", "table": "values"}
OTHERS = "others"
KEY = ("shown by no earlier pick", "speaks for the row’s answer", "speaks against it")
_GAP = 8
_SLANT = cos(pi / 4)


class _Grid(NamedTuple):
    """Where things are: the columns, those left out, and pixels across."""

    shown: list[int]
    left_out: list[int]
    name_px: float  # of the answers beside the picks' numbers
    left: float
    cell: float
    overhang: float


def pick_matrix(
    picked: Picked,
    budget: int,
    names: Sequence[str],
    *,
    width: int,
    dark: bool,
    kind: str,
) -> go.Figure:
    """The first picks with their reasons, in the order in which the picks add them.

    A cell is tinted by its signed weight for the row's own answer, orange with + or purple with −;
    of several reasons of one feature it is their sum. It has an edge where no earlier pick has the
    feature, so that the edges make a staircase. What does not fit is counted in a last column.

    Parameters
    ----------
    picked : Picked
        The picks; the first `budget` of them are rows, the first on top.
    budget : int
        How many rows.
    names : sequence of str
        Of the classes.
    width : int
        Width of the figure in pixels. As many columns as can be read, the most important ones.
    dark : bool
        Whether the page is dark.
    kind : str
        "text", "image" or "table".

    Returns
    -------
    plotly.graph_objects.Figure
        Coordinates are pixels, y downwards. Trace 0 are the cells, trace 1 the places without
        one; both carry the number of the pick, from 1, as `customdata`.
    """
    width = min(width, WIDEST_PX)
    items = picked.items[: max(0, budget)]
    grid = _grid(picked, items, names, width, kind)
    narrow = width < NARROW_PX
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    cells = [_cells(item) for item in items]
    scale = palette.colour_scale(w for row in cells for w in map(_weight, row.values()))
    middles = {
        feature: grid.left + (column + 0.5) * grid.cell for column, feature in enumerate(grid.shown)
    }
    end = grid.left + grid.cell * (len(grid.shown) + bool(grid.left_out))

    pictures = kind == "image" and any(picked.features[f].examples for f in grid.shown)
    above = PICTURE_PX + 6 if pictures else 0  # between names and cells
    heads, head_px = _heads(picked, grid, middles, end, width, above, kind, dark)
    notes, shapes = list(heads), []
    bottom = head_px + ROW_PX * len(items)
    for i in range(len(items) + 1 if items else 0):
        y = head_px + ROW_PX * i
        shapes.append(line_at(0, end, y, y, shade(dark), width=1) | {"layer": "below"})

    marks = _Marks()
    blanks = _Marks()
    for i, (item, row) in enumerate(zip(items, cells, strict=True)):
        y = head_px + ROW_PX * (i + 0.5)
        answer = names[item.target]
        notes.append(note_at(0, y, f"{i + 1}", text) | {"text": f"<b>{i + 1}</b>"})
        if grid.name_px:
            said = palette.fit_label(answer, FONT_PX, grid.name_px)
            notes.append(note_at(_number_px(items), y, said, quiet))
        said = f"pick {i + 1}: the model says {_text(answer, width)}"
        added = f"adds {palette.escape(palette.percent(item.gain))} of all that the model uses"
        for place in range(12, max(13, int(grid.left)), 24):
            blanks.add(place, y, i + 1, f"{said}<br>{added}")
        for feature, x in middles.items():
            name = _named(picked, feature, kind, width)
            if feature in row:
                new = feature in item.adds
                marks.add(x, y, i + 1, _hover(i + 1, name, row[feature], answer, new, kind, width))
                marks.style(_weight(row[feature]), new, scale, dark)
            else:
                blanks.add(x, y, i + 1, f"pick {i + 1}: {name} is not among its reasons")
        if grid.left_out:
            x, more = end - grid.cell / 2, sum(feature in row for feature in grid.left_out)
            notes.append(note_at(x, y, f"{more}" if more else "", quiet, "center"))
            blanks.add(x, y, i + 1, f"pick {i + 1}: {_count(more, kind, 'more ')}")
    key, samples, key_px = _key(bottom, width, dark) if items else ([], [], 0.0)
    figure = go.Figure(
        [
            marks.trace(
                {
                    "symbol": "square",
                    "size": min(MARK_PX, grid.cell - 4),
                    "color": marks.fills,
                    "line": {"color": marks.edges, "width": marks.widths},
                    "opacity": 1,
                },
                text,
                1,
            ),
            blanks.trace({"symbol": "square", "size": MARK_PX, "opacity": 0}, text, 0),
        ]
    )
    figure.update_layout(
        **layout(width, bottom + key_px + 4, dark),
        annotations=notes + key,
        shapes=shapes + samples,
        images=_pictures(picked, middles, head_px) if pictures else [],
    )
    if narrow:
        figure.update_layout(hoverlabel={"font": {"size": FONT_PX}})
    return figure


def features_left_out(picked: Picked, budget: int, *, width: int, kind: str) -> str:
    """What a caption says of the columns that do not fit: "and 23 more words"; "" if all do.

    `width` and `budget` as for the figure.
    """
    items = picked.items[: max(0, budget)]
    n = len(_grid(picked, items, (), min(width, WIDEST_PX), kind).left_out)
    return f"and {_count(n, kind, 'more ')}" if n else ""


def matrix_in_words(picked: Picked, budget: int, names: Sequence[str], kind: str) -> str:
    """What each pick adds, the most important first, with its weights. Not escaped."""
    said = []
    for number, item in enumerate(picked.items[: max(0, budget)], start=1):
        row = _cells(item)
        adds = [
            f"{_quoted(picked.features[f].name, kind)} {_signed_points(_weight(row.get(f, ())))}"
            for f in item.adds[:3]
        ]
        more = len(item.adds) - len(adds)
        what = ", ".join(adds) + (f" and {more} more" if more else "") if adds else "nothing new"
        said.append(f"Pick {number}, {names[item.target]}: adds {what}.")
    return " ".join(said) or "There are no picks."


class _Marks:
    """Points of a trace on their way into it."""

    def __init__(self) -> None:
        self.x: list[float] = []
        self.y: list[float] = []
        self.picks: list[int] = []
        self.hovers: list[str] = []
        self.signs: list[str] = []
        self.fills: list[str] = []
        self.edges: list[str] = []
        self.widths: list[float] = []

    def add(self, x: float, y: float, pick: int, hover: str) -> None:
        self.x.append(round(x, 1))
        self.y.append(round(y, 1))
        self.picks.append(pick)
        self.hovers.append(hover)

    def style(self, weight: float, new: bool, scale: float, dark: bool) -> None:
        self.signs.append(_sign(weight))
        self.fills.append(palette.signed_colour(weight, scale, dark))
        self.edges.append(palette.text_colour(dark))
        self.widths.append(EDGE_PX if new else 0)

    def trace(self, marker: dict[str, Any], ink: str, opacity: float) -> go.Scatter:
        # A clicked point would fade all others.
        same = {"marker": {"opacity": opacity}} | (
            {"textfont": {"color": ink}} if self.signs else {}
        )
        return go.Scatter(
            x=self.x,
            y=self.y,
            mode="markers+text" if self.signs else "markers",
            text=self.signs or None,
            textposition="middle center",
            textfont={"size": FONT_PX, "color": ink},
            marker=marker,
            customdata=self.picks,
            hovertext=self.hovers,
            hoverinfo="text",
            selected=same,
            unselected=same,
        )


def _grid(
    picked: Picked, items: Sequence[PickedItem], names: Sequence[str], width: float, kind: str
) -> _Grid:
    """The columns in the order in which the picks add them, and where they are.

    Columns do not depend on the classes' names: their room is the same for all.
    """
    order = list(
        dict.fromkeys(
            feature
            for item in items
            for feature in (*item.adds, *(reason.feature for reason in item.reasons))
        )
    )
    narrow = width < NARROW_PX
    name_px = 0.2 * width if narrow else 120.0
    left = _number_px(items) + name_px + _GAP
    least = NARROW_CELL_PX if narrow else CELL_PX
    longest = max(
        (palette.label_width(_shown(picked, feature, 9e9), FONT_PX) for feature in order),
        default=0.0,
    )
    overhang = 0.0 if narrow else min(OVERHANG_PX, (longest + FONT_PX) * _SLANT)
    fit = max(2, int((width - left - overhang) / least))
    kept = order
    if len(order) > fit:
        strongest = sorted(order, key=lambda feature: -picked.features[feature].share)
        chosen = set(strongest[: fit - 1])  # the last column counts the others
        kept = [feature for feature in order if feature in chosen]
    left_out = [feature for feature in order if feature not in set(kept)]
    n = len(kept) + bool(left_out)
    cell = min(WIDEST_CELL_PX, (width - left - overhang) / max(1, n))
    own = max(
        (palette.label_width(palette.fit_label(names[i.target], FONT_PX, 9e9), FONT_PX)
         for i in items if i.target < len(names)),
        default=0.0,
    )  # fmt: skip
    return _Grid(kept, left_out, min(name_px, own), left, cell, overhang)


def _number_px(items: Sequence[PickedItem]) -> float:
    return palette.label_width("0" * len(f"{len(items)}"), FONT_PX) * 1.1 + _GAP


def _heads(
    picked: Picked,
    grid: _Grid,
    middles: dict[int, float],
    end: float,
    width: float,
    above: float,
    kind: str,
    dark: bool,
) -> tuple[list[dict[str, Any]], float]:
    """The names over the columns, upright on a phone and slanted elsewhere, and their height."""
    narrow = width < NARROW_PX
    named = [(x, feature) for feature, x in middles.items()]
    heads: list[tuple[float, str, str]] = []
    for x, feature in named:
        room = NARROW_NAME_PX if narrow else min(LONGEST_NAME_PX, (width - x) / _SLANT - FONT_PX)
        heads.append((x, _shown(picked, feature, room), palette.text_colour(dark)))
    if grid.left_out:
        heads.append((end - grid.cell / 2, OTHERS, palette.quiet_colour(dark)))
    longest = max((palette.label_width(name, FONT_PX) for _, name, _ in heads), default=0.0)
    tall = longest if narrow else (longest + FONT_PX) * _SLANT
    head_px = round(tall + above + 10) if heads else 10
    notes = [
        label(
            x if narrow else x - 5,
            head_px - above - 4,
            palette.escape(name),
            px=FONT_PX,
            colour=colour,
            xanchor="center" if narrow else "left",
        )
        | {"textangle": -90 if narrow else -45, "yanchor": "bottom"}
        for x, name, colour in heads
    ]
    return notes, head_px


def _pictures(picked: Picked, middles: dict[int, float], head_px: float) -> list[dict[str, Any]]:
    """An example over each column of a visual word."""
    return [
        {
            "source": example,
            "xref": "x",
            "yref": "y",
            "x": x,
            "y": head_px - 4 - PICTURE_PX / 2,
            "sizex": PICTURE_PX,
            "sizey": PICTURE_PX,
            "xanchor": "center",
            "yanchor": "middle",
            "sizing": "contain",
        }
        for feature, x in middles.items()
        for example in picked.features[feature].examples[:1]
        if example.startswith("data:image/")  # never from elsewhere
    ]


def _cells(item: PickedItem) -> dict[int, tuple[Reason, ...]]:
    """The item's reasons by their feature: two regions can be of one visual word."""
    row: dict[int, tuple[Reason, ...]] = {}
    for reason in item.reasons:
        row[reason.feature] = (*row.get(reason.feature, ()), reason)
    return row


def _weight(reasons: Sequence[Reason]) -> float:
    return sum(reason.weight for reason in reasons)


def _sign(weight: float) -> str:
    return "<b>+</b>" if weight > 0 else "<b>−</b>" if weight < 0 else "±"


def _signed_points(weight: float) -> str:
    return ("+" if weight > 0 else "−" if weight < 0 else "") + points(weight)


def _text(name: str, width: float) -> str:
    """A name for a hover label, escaped."""
    return palette.escape(palette.fit_label(name, FONT_PX, min(420.0, width - 150)))


def _quoted(name: str, kind: str) -> str:
    return f"“{visible(name)}”" if kind == "text" else visible(name)


def _named(picked: Picked, feature: int, kind: str, width: float) -> str:
    name = visible(picked.features[feature].name)
    shown = palette.fit_label(name, FONT_PX, min(420.0, width - 170))
    return f"<b>{palette.escape(_quoted(shown, kind))}</b>"


def _shown(picked: Picked, feature: int, room: float) -> str:
    return palette.fit_label(visible(picked.features[feature].name), FONT_PX, room)


def _hover(
    pick: int,
    name: str,
    reasons: Sequence[Reason],
    answer: str,
    new: bool,
    kind: str,
    width: float,
) -> str:
    said = f"{_signed_points(_weight(reasons))} for {_text(answer, width)}"
    if len(reasons) > 1:
        said += f" in {_count_of(len(reasons), kind)}"
    return f"pick {pick}: {name}<br>{said}" + ("<br>new here" if new else "")


def _count_of(n: int, kind: str) -> str:
    return f"{n} {'regions' if kind == 'image' else 'places'}"


def _count(n: int, kind: str, more: str = "") -> str:
    parts = PARTS.get(kind, "reasons")
    if n == 1:
        parts = "kind of region" if kind == "image" else parts.removesuffix("s")
    return f"{n} {more}{parts}"


def _key(
    bottom: float, width: float, dark: bool
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], float]:
    """What edges and signs mean, and the height that takes."""
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    said = [palette.fit_label(t, FONT_PX, width - SAMPLE_PX - 2 * _GAP) for t in KEY]
    notes, shapes, places = [], [], in_lines(said, width, SAMPLE_PX)
    for number, (meaning, (line, start)) in enumerate(zip(said, places, strict=True)):
        y = bottom + _GAP + KEY_PX * (line + 0.5)
        weight = (0.0, 1.0, -1.0)[number]
        box = {"x0": start + 1, "x1": start + SAMPLE_PX, "y0": y - 7.5, "y1": y + 7.5}
        edge = {"color": text, "width": 0 if weight else EDGE_PX}
        fill = palette.signed_colour(weight, 2.0, dark)
        shapes.append({"type": "rect", **box, "fillcolor": fill, "line": edge})
        if weight:
            sign = note_at(start + 0.5 + SAMPLE_PX / 2, y, "", text, "center")
            notes.append(sign | {"text": _sign(weight)})
        notes.append(note_at(start + SAMPLE_PX + 6, y, meaning, quiet))
    return notes, shapes, _GAP + KEY_PX * (1 + places[-1][0])
