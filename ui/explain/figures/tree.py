"""The tree that imitates the model near an instance, as boxes or as an indented list."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

from lime_engine.types import TreeSurrogate
from ui.explain.figures.survival import wrapped
from ui.figures import palette
from ui.figures.layout import label
from ui.figures.parts import layout, line_at, shade

FONT_PX = 13
NARROW_PX = 480
WIDEST_PX = 760
LINE_PX = 17
HEAD_PX = 30
INDENT_PX = 20
_BRANCH_PX = 46  # from a box to the one below
_GAP = 10
_TRIED_PX = (190, 150, 120, 96)  # widths of the text in a box, widest first


@dataclass(slots=True)
class _Box:
    """A node with what stands in it, and where: its middle and size in pixels."""

    node: int
    depth: int
    parent: int
    branch: str  # from the parent: "there" or "gone"; nothing for the root
    when: str  # what is there and gone on the way here
    on_path: bool
    is_leaf: bool
    lines: list[str] = field(default_factory=list)
    x: float = 0.0
    y: float = 0.0
    wide: float = 0.0
    tall: float = 0.0


def tree_figure(
    surrogate: TreeSurrogate,
    names: Sequence[str],
    target_name: str,
    *,
    width_px: int,
    dark: bool,
    question: Callable[[int], str] | None = None,
    labels: tuple[str, str] = ("there", "gone"),
    here: str = "copies like it",
) -> go.Figure:
    """Questions in boxes, mean answers in percent at the ends, the instance's own way in bold.

    Side by side where that fits the width, otherwise an indented list from top to bottom. The
    instance has all its components: its way always turns first, to the left or to the next line.
    Ends above the mean of all copies have a solid edge, those below a dashed one.

    Parameters
    ----------
    surrogate : TreeSurrogate
        At most about four questions deep.
    names : sequence of str
        Of all components; a node's component is an index into it.
    target_name : str
        The class whose probability the tree imitates.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.
    question : callable, optional
        The text in the box of a component; by default its name with a question mark.
    labels : (on, off)
        What the two branches are called.
    here : str
        What stands beside the end of the instance's own way: a mean of copies, not its answer.

    Returns
    -------
    plotly.graph_objects.Figure
        Coordinates are pixels, y downwards. The one trace, a point a node, carries the node's
        number as `customdata`.

    Raises
    ------
    ValueError
        If the tree asks for a component without a name.
    """
    width_px = min(width_px, WIDEST_PX)
    boxes = _boxes(surrogate, names, labels)
    texts = {b.node: _text(surrogate, b, names, question, here) for b in boxes}
    labels_px = min(0.25 * width_px, max(palette.label_width(t, FONT_PX) for t in labels) + 6)
    height = _side_by_side(surrogate, boxes, texts, labels_px, width_px)
    as_list = not height
    if as_list:
        height = _as_list(boxes, texts, labels_px, width_px)

    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    page = palette.page_colour(dark)
    mean = surrogate.value[0]
    scale = palette.colour_scale(surrogate.value[b.node] - mean for b in boxes)
    at = {b.node: b for b in boxes}
    said = f": {_percent(mean)} on average over all copies"
    room = width_px - palette.label_width(said, FONT_PX)
    said = palette.fit_label(target_name, FONT_PX, max(room, 40)) + said
    notes = [label(0, 10, palette.escape(said), px=FONT_PX, colour=quiet, xanchor="left")]
    shapes: list[dict[str, Any]] = []
    for b in sorted(boxes, key=lambda b: b.on_path):  # bold lines over the others
        ink, bold = (text, ("<b>", "</b>")) if b.on_path else (quiet, ("", ""))
        if b.parent >= 0:
            thick = 2.5 if b.on_path else 1.25
            branch = palette.fit_label(b.branch, FONT_PX, labels_px - 4)
            branch = f"{bold[0]}{palette.escape(branch)}{bold[1]}"
            parent = at[b.parent]
            if as_list:
                x, left = INDENT_PX * (b.depth - 0.5), INDENT_PX * b.depth
                shapes.append(line_at(x, x, parent.y + parent.tall / 2, b.y, ink, width=thick))
                shapes.append(line_at(x, left - 3, b.y, b.y, ink, width=thick))
                notes.append(label(left, b.y, branch, px=FONT_PX, colour=ink, xanchor="left"))
            else:
                ends = parent.y + parent.tall / 2, b.y - b.tall / 2
                shapes.append(line_at(parent.x, b.x, *ends, ink, width=thick))
                middle = (parent.x + 2 * b.x) / 3, (ends[0] + 2 * ends[1]) / 3 - 4
                note = label(*middle, branch, px=FONT_PX, colour=ink, xanchor="center")
                notes.append(note | {"bgcolor": page, "borderpad": 1})
        shapes += _outline(b, surrogate.value[b.node] - mean, scale, dark)
        inside = "<br>".join(palette.escape(line) for line in b.lines)
        inside = f"<b>{inside}</b>" if b.on_path else inside
        note = label(b.x, b.y, inside, px=FONT_PX, colour=text, xanchor="center")
        notes.append(note | {"align": "center"})
    figure = go.Figure(
        go.Scatter(
            x=[b.x for b in boxes],
            y=[b.y for b in boxes],
            mode="markers",
            marker={"size": 24, "opacity": 0},
            customdata=[b.node for b in boxes],
            hovertext=[_hover(surrogate, b, target_name) for b in boxes],
            hoverinfo="text",
        )
    )
    figure.update_layout(**layout(width_px, height, dark), annotations=notes, shapes=shapes)
    return figure


def tree_in_words(
    surrogate: TreeSurrogate,
    names: Sequence[str],
    target_name: str,
    *,
    labels: tuple[str, str] = ("there", "gone"),
    here: str = "copies like it",
) -> str:
    """The tree as text, an end a sentence; the instance's own comes first. Not escaped."""
    said = [f"{target_name}: {_percent(surrogate.value[0])} on average over all copies."]
    for b in _boxes(surrogate, names, labels):
        if b.is_leaf and b.parent >= 0:
            own = f" ({here})" if b.on_path else ""
            said.append(f"{b.when}{own}: {_percent(surrogate.value[b.node])}.")
    return " ".join(said)


def _boxes(surrogate: TreeSurrogate, names: Sequence[str], labels: tuple[str, str]) -> list[_Box]:
    """Every node, from the root downwards, what is on first."""
    missing = [c for c in surrogate.component if c >= len(names)]
    if missing:
        raise ValueError(
            f"The tree asks for component {missing[0]}, but there are {len(names)} names. "
            "Give the name of every component."
        )

    def walk(
        node: int, depth: int, parent: int, branch: str, when: str, on_path: bool
    ) -> Iterator[_Box]:
        component = surrogate.component[node]
        yield _Box(node, depth, parent, branch, when, on_path, component < 0)
        if component < 0:
            return
        for side, child in enumerate((surrogate.on[node], surrogate.off[node])):
            said = f"{names[component]} {labels[side]}"
            so_far = f"{when}, {said}" if when else said
            yield from walk(child, depth + 1, node, labels[side], so_far, on_path and side == 0)

    return list(walk(0, 0, -1, "", "", True))


def _text(
    surrogate: TreeSurrogate,
    b: _Box,
    names: Sequence[str],
    question: Callable[[int], str] | None,
    here: str,
) -> str:
    if b.is_leaf:
        percent = _percent(surrogate.value[b.node])
        return f"{percent}\n{here}" if b.on_path and b.parent >= 0 else percent
    component = surrogate.component[b.node]
    return question(component) if question else f"{names[component]}?"


def _percent(value: float) -> str:
    return palette.percent(min(1.0, max(0.0, value)))


def _fill(b: _Box, text: str, longest_px: float, most: int) -> None:
    """Set the text of a box and its size."""
    texts = text.split("\n", 1) if b.is_leaf and most > 2 else [text]
    b.lines = [line for part in texts for line in wrapped(part, FONT_PX, longest_px, most)]
    widest = max(palette.label_width(line, FONT_PX) for line in b.lines)
    b.wide = 1.05 * widest + 16  # bold is wider
    b.tall = LINE_PX * len(b.lines) + 10


def _side_by_side(
    surrogate: TreeSurrogate,
    boxes: list[_Box],
    texts: dict[int, str],
    labels_px: float,
    width_px: int,
) -> float:
    """Place the boxes of a level side by side; the height, or 0 where they do not fit."""
    if width_px < NARROW_PX:
        return 0.0
    at = {b.node: b for b in boxes}

    def span(b: _Box) -> float:
        below = sum(span(child) + _GAP for child in _children(surrogate, b, at)) - _GAP
        # The labels stand on the branches, two thirds of the way down.
        return max(b.wide, below, 1.5 * labels_px if b.depth else 0)

    for longest in _TRIED_PX:
        for b in boxes:
            _fill(b, texts[b.node], longest, 3)
        whole = all(" ".join(b.lines) == " ".join(texts[b.node].split()) for b in boxes)
        if whole and span(boxes[0]) <= width_px - 4:
            break
    else:
        return 0.0

    def place(b: _Box, left: float) -> None:
        children = _children(surrogate, b, at)
        free = span(b) - (sum(span(child) + _GAP for child in children) - _GAP)
        start = left + (free / 2 if children else 0)
        for child in children:
            place(child, start)
            start += span(child) + _GAP
        b.x = sum(child.x for child in children) / 2 if children else left + span(b) / 2
        b.x = min(max(b.x, left + b.wide / 2), left + span(b) - b.wide / 2)

    place(boxes[0], (width_px - span(boxes[0])) / 2)
    top = float(HEAD_PX)
    for depth in range(max(b.depth for b in boxes) + 1):
        level = [b for b in boxes if b.depth == depth]
        tallest = max(b.tall for b in level)
        for b in level:
            b.y = top + b.tall / 2
        top += tallest + _BRANCH_PX
    return top - _BRANCH_PX + 4


def _children(surrogate: TreeSurrogate, b: _Box, at: dict[int, _Box]) -> list[_Box]:
    return [] if b.is_leaf else [at[surrogate.on[b.node]], at[surrogate.off[b.node]]]


def _as_list(boxes: list[_Box], texts: dict[int, str], labels_px: float, width_px: int) -> float:
    """Place the boxes under each other, indented; the height."""
    top = float(HEAD_PX)
    for b in boxes:
        left = INDENT_PX * b.depth + (labels_px if b.depth else 0) + 2
        _fill(b, texts[b.node], (width_px - left - 18) / 1.05, 2)
        b.x, b.y = left + b.wide / 2, top + b.tall / 2
        top += b.tall + 7
    return top


def _outline(b: _Box, above_mean: float, scale: float, dark: bool) -> list[dict[str, Any]]:
    """The box; an end is as orange or purple as its answer is above or below the mean."""
    page = palette.page_colour(dark)
    place = {
        "type": "rect",
        "x0": b.x - b.wide / 2,
        "x1": b.x + b.wide / 2,
        "y0": b.y - b.tall / 2,
        "y1": b.y + b.tall / 2,
    }
    colour = palette.text_colour(dark) if b.on_path else palette.quiet_colour(dark)
    fill, dash = shade(dark), "solid"
    if b.is_leaf and above_mean:
        fill = palette.signed_colour(above_mean, scale, dark)
        colour = palette.mark_colour(above_mean > 0, dark)
        dash = "solid" if above_mean > 0 else "4px,3px"
    line = {"color": colour, "width": 2.5 if b.on_path else 1.25, "dash": dash}
    return [
        place | {"fillcolor": page, "line": {"width": 0}},  # hides the branches
        place | {"fillcolor": fill, "line": line},
    ]


def _hover(surrogate: TreeSurrogate, b: _Box, target_name: str) -> str:
    """What is there and gone on the way here, and the mean answer of those copies; escaped."""
    when = palette.escape(palette.fit_label(b.when or "all copies", FONT_PX, 900))
    target = palette.escape(palette.fit_label(target_name, FONT_PX, 400))
    mean = palette.escape(_percent(surrogate.value[b.node]))
    return f"<b>{when}</b><br>{target}: {mean} on average"
