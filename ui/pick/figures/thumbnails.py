"""Picked items in small, as escaped HTML: why the model answered, and what a pick adds."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol

from lime_engine.subjects import TabularSubject, TextSubject
from ui.figures import palette
from ui.figures.cards import weights_html
from ui.figures.markup import EXCERPT, as_html, excerpt, picture_html, text_html
from ui.figures.parts import shade
from ui.figures.wrap import Spans
from ui.pick.values import Feature, Picked, PickedItem, Reason
from ui.shell.wording import part_names, visible

MOST_VALUES = 4
MOST_ADDED = 3
MOST_EXAMPLES = 3
EXAMPLE_PX = 36
NOTHING = "adds nothing that the others do not show"
_AROUND = 28  # characters of a text to either side of a word
_LONGEST = 60  # characters of a word or a value
_TRIED = 50  # places of a word, of which one is shown
_GAP = len(" … ")

Window = tuple[int, int]


class Explained(Protocol):
    """Whatever has an item's reasons, strongest first."""

    @property
    def reasons(self) -> Sequence[Reason]: ...


def text_small(
    subject: TextSubject, item: Explained, *, dark: bool, scale: float | None = None
) -> str:
    """The parts of a text around its strongest reasons, as many as fit in `EXCERPT` characters.

    `scale` is the weight with the strongest colour, as here and below: by default the item's own.
    """
    weights = {reason.index: reason.weight for reason in item.reasons}
    scale = palette.colour_scale(weights.values()) if scale is None else scale
    windows = _windows(subject, [reason.index for reason in item.reasons])
    if not windows:
        text, places = excerpt(subject)
        return as_html(text, [places.get(i, ()) for i in range(subject.n_components)], {})
    text, spans = _joined(subject, windows)
    shown = {i: weight for i, weight in weights.items() if spans[i]}
    return as_html(text, spans, shown, scale=scale, dark=dark)


def row_small(
    subject: TabularSubject, item: Explained, *, dark: bool, scale: float | None = None
) -> str:
    """The values of a row that count most, with their weights, a line each."""
    names = part_names(subject)
    return weights_html(
        [(palette.shorten(names[r.index], _LONGEST), r.weight) for r in item.reasons[:MOST_VALUES]],
        dark=dark,
        scale=scale,
    )


def picture_small(item: PickedItem, *, width_px: int, alt: str) -> str:
    """The item's picture with its reasons in it; nothing if it has none."""
    return picture_html(item.picture, alt, width_px=width_px) if item.picture else ""


def adds_html(item: PickedItem, picked: Picked, *, dark: bool) -> str:
    """What no earlier pick shows: "adds: Host, NNTP, Keith and 3 more", or strips of pictures."""
    quiet = palette.quiet_colour(dark)
    if not item.adds:
        return f'<div style="color:{quiet}">{NOTHING}</div>'
    features = [picked.features[i] for i in item.adds]
    shown, more = features[:MOST_ADDED], len(features) - MOST_ADDED
    rest = f'<span style="color:{quiet}">and {more} more</span>' if more > 0 else ""
    lead = f'<span style="color:{quiet}">adds:</span>'
    if any(feature.examples for feature in features):
        strips = "".join(strip_html(feature, dark=dark) for feature in shown)
        return (
            '<div style="display:flex;flex-wrap:wrap;align-items:center;gap:.35rem .9rem">'
            f"{lead}{strips}{rest}</div>"
        )
    chips = ", ".join(_chip(feature.name, dark) for feature in shown)
    return f'<div style="overflow-wrap:anywhere;line-height:1.8">{lead} {chips} {rest}</div>'


def strip_html(
    feature: Feature, *, dark: bool, px: int = EXAMPLE_PX, most: int = MOST_EXAMPLES
) -> str:
    """The name of a visual word and pictures of what it stands for, all of one size."""
    name = palette.shorten(visible(feature.name), _LONGEST)
    boxes = "".join(
        f'<span style="flex:0 0 {px}px;width:{px}px;height:{px}px;display:flex;'
        f'align-items:center;justify-content:center;overflow:hidden">'
        f"{picture_html(uri, f'{name}, for example', width_px=px)}</span>"
        for uri in feature.examples[:most]
    )
    return (
        '<span style="display:inline-flex;flex-wrap:wrap;align-items:center;gap:3px;'
        f'max-width:100%">{boxes}<span style="margin-left:.2rem;overflow-wrap:anywhere;'
        f'color:{palette.text_colour(dark)}">{text_html(name)}</span></span>'
    )


def _chip(name: str, dark: bool) -> str:
    shown = text_html(palette.shorten(visible(name), _LONGEST))
    style = f"background:{shade(dark)};border-radius:.25em;padding:.05em .15em;"
    style += "-webkit-box-decoration-break:clone;box-decoration-break:clone"
    return f'<span style="{style}">{shown}</span>'


def _windows(subject: TextSubject, strongest: Sequence[int]) -> list[Window]:
    """The parts of the text to show, in its order: around the strongest, until it is enough."""
    if len(subject.text) <= EXCERPT:
        return [(0, len(subject.text))]
    edges = sorted(span for places in subject.spans for span in places)
    long = [(a, b) for a, b in edges if b - a > _LONGEST]
    chosen: list[Window] = []
    for index in strongest:
        places = subject.spans[index]
        if any(a <= start and end <= b for a, b in chosen for start, end in places):
            continue  # is shown already
        tries = [_merged([*chosen, _around(subject.text, span, edges)]) for span in places[:_TRIED]]
        best = min(tries, key=lambda windows: _size(windows, long), default=chosen)
        if not chosen or _size(best, long) <= EXCERPT:
            chosen = best
    return chosen


def _size(windows: Sequence[Window], long: Sequence[Window]) -> int:
    """Characters of the windows, once the `long` components in them are shortened."""
    lost = sum(d - c - _LONGEST for a, b in windows for c, d in long if a <= c and d <= b)
    return sum(b - a + _GAP for a, b in windows) - lost


def _around(text: str, span: Window, edges: Sequence[Window]) -> Window:
    """A word with some of what stands around it: whole words, and no component cut."""
    start, end = max(0, span[0] - _AROUND), min(len(text), span[1] + _AROUND)
    if start > 0:
        cut = next((i for i in range(start, span[0]) if text[i].isspace()), None)
        start = start if cut is None else cut + 1
    if end < len(text):
        cut = next((i for i in range(end, span[1], -1) if text[i - 1].isspace()), None)
        end = end if cut is None else cut - 1
    for a, b in edges[max(0, bisect_left(edges, (start, 0)) - 1) :][:1]:
        start = min(b, span[0]) if a < start < b else start
    for a, b in edges[max(0, bisect_left(edges, (end, 0)) - 1) :][:1]:
        end = max(a, span[1]) if a < end < b else end
    return start, end


def _merged(windows: Sequence[Window]) -> list[Window]:
    """In order, and one for those that touch or leave out less than a mark of the gap takes."""
    found: list[Window] = []
    for a, b in sorted(windows):
        if found and a - found[-1][1] <= _GAP:
            found[-1] = found[-1][0], max(found[-1][1], b)
        else:
            found.append((a, b))
    return found


def _joined(subject: TextSubject, windows: Sequence[Window]) -> tuple[str, Spans]:
    """The windows as one paragraph, and the spans of the components in it.

    Components outside have none. White space between components becomes one space, and very long
    components lose their middle.
    """
    pieces: list[str] = []
    length = 0
    spans: list[list[Window]] = [[] for _ in subject.spans]
    places = sorted((a, b, i) for i, own in enumerate(subject.spans) for a, b in own)

    def put(piece: str) -> Window:
        nonlocal length
        if piece:
            pieces.append(piece)
        length += len(piece)
        return length - len(piece), length

    def gap() -> None:
        put(" …" if pieces and not pieces[-1][-1].isspace() else "…")

    def between(a: int, b: int) -> None:
        piece = subject.text[a:b]
        words = " ".join(piece.split())
        if piece[:1].isspace() and pieces and not pieces[-1][-1].isspace():
            words = f" {words}"
        if piece[-1:].isspace() and words.strip():
            words = f"{words} "
        put(words)

    for number, (start, end) in enumerate(windows):
        if number or start:
            gap()
            put(" ")
        done = start
        for a, b, i in places:
            if start <= a and b <= end and a >= done:
                between(done, a)
                word = "".join(" " if c.isspace() else c for c in subject.text[a:b])
                spans[i].append(put(palette.shorten(word, _LONGEST)))
                done = b
        between(done, end)
    if windows and windows[-1][1] < len(subject.text):
        gap()
    return "".join(pieces), tuple(tuple(own) for own in spans)
