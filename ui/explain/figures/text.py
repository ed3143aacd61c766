"""A text with its words highlighted: as a Plotly figure, and as real text."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from ui.figures import palette
from ui.figures.layout import bare_layout
from ui.figures.linked import box, linked, part, telling
from ui.figures.wrap import LETTER, SPACE, Line, Piece, Spans, set_lines

FONT_PX = 16
NUMBER_PX, RAISED_PX = 10, 7  # of what stands after a word, in the space before the next
LINE_PX, THUMB_PX = 30, 40  # height of a line, and on a phone
PHONE_PX = 480
TINT_PX = 24
MARGIN_PX = 2  # room for the tint around the first and last letter of a line
AFTER_PX = 5  # and for the number of the last word
WIDEST_EM = 84 * LETTER  # longer lines are hard to read
LINES_A_PART = 60
_LONGEST_SAID = 60  # characters of a word that is read aloud
_REACH_EM = 0.3  # how far beyond a word a click still counts


@lru_cache(maxsize=32)
def _set(text: str, spans: tuple[tuple[tuple[int, int], ...], ...], ems: float) -> tuple[Line, ...]:
    return tuple(set_lines(text, spans, ems))


def lines(text: str, spans: Spans, width_px: int) -> tuple[Line, ...]:
    """The lines of a text set for a figure `width_px` pixels wide (see `wrap.set_lines`)."""
    frozen = tuple(tuple((int(a), int(b)) for a, b in places) for places in spans)
    ems = min(WIDEST_EM, (width_px - 2 * MARGIN_PX - AFTER_PX) / FONT_PX)
    return _set(text, frozen, ems)


def line_px(width_px: int) -> int:
    """Height of a line in a figure so wide: that of a thumb on a phone."""
    return THUMB_PX if width_px < PHONE_PX else LINE_PX


def parts(
    text: str, spans: Spans, width_px: int, max_lines: int = LINES_A_PART
) -> list[tuple[int, int]]:
    """Cut a long text into parts that are drawn one at a time.

    Parts end at an empty line where there is one in their last third.

    Returns
    -------
    list of (first, last)
        Half-open ranges of lines; at least one, together all lines, in order.
    """
    everything = lines(text, spans, width_px)
    if len(everything) <= max_lines * 1.25:
        return [(0, len(everything))]
    cuts = [0]
    while len(everything) - cuts[-1] > max_lines:
        first = cuts[-1]
        full = first + max_lines
        gaps = [i + 1 for i in range(full - max_lines // 3, full) if not everything[i]]
        cuts.append(gaps[-1] if gaps else full)
    cuts.append(len(everything))
    return list(pairwise(cuts))


def _joined(line: Line, spans: Spans) -> list[list[Piece]]:
    """Pieces grouped to what is highlighted as one: an occurrence, also one with spaces in it."""
    groups: list[list[Piece]] = []
    for piece in line:
        last = groups[-1] if groups else None
        together = (
            last
            and piece.component is not None
            and last[-1].component == piece.component
            and any(a <= last[-1].start < piece.start < b for a, b in spans[piece.component])
        )
        if together:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _extent(group: Sequence[Piece]) -> tuple[float, float]:
    left = min(p.x for p in group)
    return left, max(max(p.x + p.width for p in group), left + LETTER / 2) - left


def _px(em: float) -> float:
    return round(MARGIN_PX + em * FONT_PX, 2)


def _words(rows: Sequence[tuple[float, Piece]], colour: str, struck: bool = False) -> go.Scatter:
    left, right = ("<s>", "</s>") if struck else ("", "")
    return _written(
        [_px(p.x + p.width / 2) for _, p in rows],
        [y for y, _ in rows],
        [left + palette.escape(p.shown) + right for _, p in rows],
        colour,
        FONT_PX,
    )


def _after(
    groups: Sequence[tuple[float, Sequence[Piece]]],
    numbers: Mapping[int, int],
    colour: str,
    tall: int,
) -> go.Scatter:
    """The numbers of the words, as those of footnotes."""
    ends = [_extent(group) for _, group in groups]
    return _written(
        [round(_px(x + w) + SPACE * FONT_PX / 2, 2) for x, w in ends],
        [y - RAISED_PX / tall for y, _ in groups],
        [str(numbers[group[0].component or 0]) for _, group in groups],
        colour,
        NUMBER_PX,
    )


def _written(
    x: Sequence[float], y: Sequence[float], texts: Sequence[str], colour: str, px: int
) -> go.Scatter:
    """Texts around these places, which no click changes."""
    same = {"textfont": {"color": colour}}
    return go.Scatter(
        x=x,
        y=y,
        text=texts,
        mode="text",
        textposition="middle center",
        textfont={"color": colour, "family": palette.FONT, "size": px},
        selected=same,
        unselected=same,
        hoverinfo="skip",
        cliponaxis=False,
    )


def _tints(
    groups: Sequence[tuple[float, Sequence[Piece]]],
    colour: Callable[[Piece], str],
    tall: int,
) -> go.Bar:
    places = [_extent(group) for _, group in groups]
    still = {"marker": {"opacity": 1}}
    return go.Bar(
        orientation="h",
        base=[round(_px(x) - 2, 2) for x, _ in places],
        x=[round(w * FONT_PX + 4, 2) for _, w in places],
        y=[y for y, _ in groups],
        width=TINT_PX / tall,
        marker={
            "color": [colour(group[0]) for _, group in groups],
            "line": {"width": 0},
            "cornerradius": 4,
        },
        selected=still,
        unselected=still,
        hoverinfo="skip",
    )


def _underlines(
    groups: Sequence[tuple[float, Sequence[Piece]]], positive: bool, dark: bool, tall: int
) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for line, group in groups:
        left, width = _extent(group)
        x += [_px(left), _px(left + width), None]
        y += [line + (TINT_PX / 2 - 1) / tall] * 2 + [None]
    colour = palette.mark_colour(positive, dark)
    still = {"marker": {"opacity": 1}}
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": colour, "width": 2, "dash": "solid" if positive else "5px,3px"},
        selected=still,
        unselected=still,
        hoverinfo="skip",
        cliponaxis=False,
    )


def _targets(
    line: float, groups: list[list[Piece]], hover: Callable[[Piece], str]
) -> list[dict[str, Any]]:
    """What can be clicked on a line: each word, with half of the space beside it."""
    found = []
    for group in groups:
        if group[0].component is None:
            continue
        left, width = _extent(group)
        right = left + width
        before = [p.x + p.width for g in groups for p in g if p.x + p.width <= left + 1e-9]
        after = [p.x for g in groups for p in g if p.x >= right - 1e-9]
        start = left - min(_REACH_EM, (left - max(before)) / 2 if before else _REACH_EM)
        stop = right + min(_REACH_EM, (min(after) - right) / 2 if after else _REACH_EM)
        found.append(
            {
                "base": _px(start),
                "x": round((stop - start) * FONT_PX, 2),
                "y": line,
                "customdata": group[0].component,
                "hovertext": hover(group[0]),
            }
        )
    return found


def text_figure(
    text: str,
    spans: Spans,
    weights: Mapping[int, float],
    *,
    width_px: int,
    dark: bool,
    off: Collection[int] = (),
    scale: float | None = None,
    part: tuple[int, int] | None = None,
    clickable: bool = True,
    badges: bool = False,
) -> go.Figure:
    """The text with its words tinted by weight; every word of a component can be clicked.

    Coordinates are pixels, so the figure is exact when it is shown `width_px` wide.

    Parameters
    ----------
    text : str
        The text as written.
    spans : sequence of sequences of (start, end)
        ``spans[i]``: the character spans of component i; they do not overlap.
    weights : mapping of int to float
        Component to signed weight, for those that are shown. The others, and those whose weight
        is practically nothing, get no tint.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.
    off : collection of int
        Components that are switched off: greyed and struck through.
    scale : float, optional
        Weight with the strongest tint; by default `palette.colour_scale` of those here.
    part : (first, last), optional
        Which lines, one of `parts`; by default all.
    clickable : bool
        Whether words answer to a click; if not, hovering still tells their weight.
    badges : bool
        Whether each tinted word has the number of its bar after it, 1 the strongest.

    Returns
    -------
    plotly.graph_objects.Figure
        Clicked points carry the component's number as `customdata`.
    """
    first, last = part if part is not None else (0, len(lines(text, spans, width_px)))
    shown = lines(text, spans, width_px)[first:last]
    top = palette.colour_scale(weights.values()) if scale is None else scale
    tall, told = line_px(width_px), telling(weights)

    def hover(piece: Piece) -> str:
        component = piece.component
        assert component is not None
        # The whole word, also where this is only the end of one broken over two lines.
        word = next(text[a:b] for a, b in spans[component] if a <= piece.start < b)
        label = f"<b>{palette.escape(palette.fit_label(word, FONT_PX, 320))}</b>"
        if component in weights:
            label += f"  {palette.signed(weights[component])}"
        if not clickable:
            return label
        return f"{label}<br>click to switch {'on' if component in off else 'off'}"

    def tint(piece: Piece) -> str:
        return palette.signed_colour(weights[piece.component or 0], top, dark)

    grouped = [(float(y), _joined(line, spans)) for y, line in enumerate(shown)]
    flat = [(y, group) for y, groups in grouped for group in groups]
    pieces = [(y, p) for y, group in flat for p in group if p.shown]
    words = [(y, p) for y, p in pieces if p.component is not None and p.component not in off]
    quiet = [(y, p) for y, p in pieces if p.component is None]
    struck = [(y, p) for y, p in pieces if p.component in off]
    lit = [
        (y, group)
        for y, group in flat
        if group[0].component in told and group[0].component not in off
    ]
    targets = [t for y, groups in grouped for t in _targets(y, groups, hover)]

    def sign(positive: bool) -> list[tuple[float, list[Piece]]]:
        return [
            (y, g)
            for y, g in lit
            if weights[g[0].component or 0] and (weights[g[0].component or 0] > 0) == positive
        ]

    pressed = palette.quiet_colour(dark)
    figure = go.Figure(
        [
            _tints(lit, tint, tall),
            go.Bar(
                orientation="h",
                **{name: [t[name] for t in targets] for name in ("base", "x", "y", "customdata")},
                hovertext=[t["hovertext"] for t in targets],
                hoverinfo="text",
                width=1,
                marker={"color": pressed, "opacity": 0, "line": {"width": 0}, "cornerradius": 4},
                selected={"marker": {"opacity": 0.3}},
                unselected={"marker": {"opacity": 0}},
            ),
            _underlines(sign(True), True, dark, tall),
            _underlines(sign(False), False, dark, tall),
            _words(words, palette.text_colour(dark)),
            _words(quiet, palette.quiet_colour(dark)),
            _words(struck, palette.quiet_colour(dark), struck=True),
        ]
    )
    numbers = {i: n for n, i in enumerate(told, start=1)}
    if badges:
        named = [(y, group) for y, group in flat if group[0].component in told]
        figure.add_trace(_after(named, numbers, palette.text_colour(dark), tall))
    figure.update_layout(
        **bare_layout(width_px, max(1, len(shown)) * tall, dark),
        barmode="overlay",
        bargap=0,
        xaxis={"range": [0, width_px], "visible": False, "fixedrange": True},
        yaxis={
            "range": [max(1, len(shown)) - 0.5, -0.5],
            "visible": False,
            "fixedrange": True,
        },
    )
    linked(figure, _parts(text, spans, flat, told, numbers if badges else {}, tall))
    return figure


def _parts(
    text: str,
    spans: Spans,
    groups: Sequence[tuple[float, Sequence[Piece]]],
    weights: Mapping[int, float],
    numbers: Mapping[int, int],
    tall: int,
) -> list[dict[str, Any]]:
    """Boxes around all occurrences of the words that tell something, in pixels of the figure."""
    paths: dict[int, str] = {}
    for line, group in groups:
        i = group[0].component
        if i is None or i not in weights:
            continue
        left, width = _extent(group)
        middle = (line + 0.5) * tall
        paths[i] = paths.get(i, "") + box(
            _px(left) - 3,
            middle - TINT_PX / 2 - 1,
            _px(left + width) + 3,
            middle + TINT_PX / 2 + 1,
        )
    found = []
    for i, weight in weights.items():
        if i in paths:
            word = text[slice(*spans[i][0])]
            number = f"{numbers[i]}: " if i in numbers else ""
            said = palette.shorten(" ".join(word.split()), _LONGEST_SAID)
            found.append(part(i, paths[i], f"{number}{said}, {palette.signed(weight)}"))
    return found
