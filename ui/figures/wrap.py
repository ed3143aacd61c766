"""Where each word of a text goes when it is set in lines of a given width (`lettering`)."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from ui.figures import lettering
from ui.figures.palette import printable

LETTER = 0.5  # em, about what a letter of a text takes
SPACE = 0.32  # em: more than the typeface's own, as words have tints and numbers around them
Spans = Sequence[Sequence[tuple[int, int]]]

_LINE_BREAK = regex.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_GRAPHEME = regex.compile(r"\X")
_QUOTE = regex.compile(r"[>|:\s]*")
_OPENING = "([{（［｛「『【〈《‘“"
_TURNED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_CLOSING = ")]}）］｝」』】〉》’”、。，．！？：；!?:;,.ーぁぃぅぇぉっゃゅょァィゥェォッャュョ"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of one component (or of none) on one line; `x` and `width` in em."""

    start: int
    end: int
    component: int | None
    shown: str
    x: float
    width: float


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Atom:
    """A grapheme: the smallest thing that may be moved to the next line."""

    start: int
    end: int
    component: int | None
    shown: str
    width: float


def _owners(text: str, spans: Spans) -> list[int | None]:
    owner: list[int | None] = [None] * len(text)
    for component, places in enumerate(spans):
        for start, end in places:
            owner[start:end] = [component] * (min(end, len(text)) - start)
    return owner


def _atoms(text: str, start: int, end: int, owner: list[int | None]) -> Iterator[_Atom]:
    """Graphemes of a run without spaces, cut where the component changes.

    A mark that would be cut off its letter by the end of a component stays with the letter.
    """
    before: tuple[int | None, str] = (None, "")
    for match in _GRAPHEME.finditer(text, start, end):
        a, b = match.span()
        while a < b:
            cut = a + 1
            while cut < b and (owner[cut] == owner[a] or owner[cut] is None):
                cut += 1
            component = owner[a]
            shown = printable(text[a:cut])
            # What belongs to another component is drawn for itself, without kerning.
            after = before[1] if before[0] == component else ""
            width = lettering.advance(shown, after) if shown else 0.0
            yield _Atom(a, cut, component, shown, width)
            before = component, shown
            a = cut


def _may_break(left: _Atom, right: _Atom) -> bool:
    """East Asian text has no spaces: it may break between most letters."""
    if left.component == right.component and left.component is not None:
        return False
    if not (lettering.is_wide(left.shown) or lettering.is_wide(right.shown)):
        return False
    return left.shown not in _OPENING and right.shown not in _CLOSING


def _units(atoms: list[_Atom]) -> Iterator[list[_Atom]]:
    """Stretches of a run that should stay together."""
    unit: list[_Atom] = []
    for atom in atoms:
        if unit and _may_break(unit[-1], atom):
            yield unit
            unit = []
        unit.append(atom)
    if unit:
        yield unit


def _by_component(unit: list[_Atom]) -> Iterator[list[_Atom]]:
    part: list[_Atom] = []
    for atom in unit:
        if part and part[-1].component != atom.component:
            yield part
            part = []
        part.append(atom)
    yield part


def _sum(atoms: Sequence[_Atom]) -> float:
    return sum(a.width for a in atoms)


class _Setter:
    """Sets the atoms of one line of the text into as many lines of the page as it needs."""

    def __init__(self, ems: float, hanging: float) -> None:
        self.ems = ems
        self.hanging = hanging
        self.x = 0.0
        self.begun = False  # whether this line holds anything
        self.lines: list[list[tuple[float, _Atom]]] = [[]]

    def space(self, width: float) -> None:
        self.x += width

    def put(self, atoms: Sequence[_Atom]) -> None:
        for atom in atoms:
            self.lines[-1].append((self.x, atom))
            self.x += atom.width
        self.begun = self.begun or bool(atoms)

    def new_line(self) -> None:
        self.lines.append([])
        self.x = self.hanging
        self.begun = False

    def fits(self, atoms: Sequence[_Atom]) -> bool:
        return self.x + _sum(atoms) <= self.ems + 1e-9

    def word(self, atoms: list[_Atom]) -> None:
        """Put a unit: whole if it fits, else by components, else by letters."""
        for whole in (atoms,) if self._fits_a_line(atoms) else tuple(_by_component(atoms)):
            if not self.fits(whole) and self.begun and self._fits_a_line(whole):
                self.new_line()
            if self.fits(whole):
                self.put(whole)
                continue
            for atom in whole:
                if not self.fits([atom]) and self.begun:
                    self.new_line()
                self.put([atom])

    def _fits_a_line(self, atoms: Sequence[_Atom]) -> bool:
        return self.hanging + _sum(atoms) <= self.ems + 1e-9


def _runs(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """(start, end, is space) of the runs of spaces and of everything else."""
    a = start
    while a < end:
        space = text[a].isspace()
        b = a
        while b < end and text[b].isspace() == space:
            b += 1
        yield a, b, space
        a = b


def _set_line(
    text: str, start: int, end: int, owner: list[int | None], ems: float
) -> list[list[tuple[float, _Atom]]]:
    runs = [
        (len(text[a:b].expandtabs(4)) * SPACE if space else 0.0, a, b, space)
        for a, b, space in _runs(text, start, end)
    ]
    atoms = {a: list(_atoms(text, a, b, owner)) for _, a, b, space in runs if not space}
    natural = sum(width for width, *_ in runs) + sum(_sum(run) for run in atoms.values())
    roomy = natural <= ems
    prefix = _QUOTE.match(text, start, end)
    quoted = sum(
        SPACE if c.isspace() else lettering.advance(c)
        for c in (prefix.group().expandtabs(4) if prefix else "")
    )
    setter = _Setter(ems, hanging=min(quoted, 0.2 * ems))
    for width, a, _, space in runs:
        if not space:
            for unit in _units(atoms[a]):
                setter.word(unit)
        elif roomy:  # what was set apart stays apart
            setter.space(width)
        elif a == start:
            setter.space(min(width, 0.2 * ems))
        elif setter.begun:
            setter.space(min(width, 2 * SPACE))
    return setter.lines


def _is_rtl(shown: str) -> bool | None:
    for c in shown:
        kind = unicodedata.bidirectional(c)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return None


def _mirror(pieces: list[Piece], ems: float) -> Line:
    """Place a line's pieces for reading from right to left where their script asks for it.

    A small part of the Unicode bidirectional algorithm: the first letter decides the direction of
    the line, and runs of the other direction are turned round as a whole.
    """
    kinds = [_is_rtl(p.shown) for p in pieces]
    if True not in kinds:
        return tuple(pieces)
    base = next(k for k in kinds if k is not None)
    known = [base if k is None else k for k in kinds]
    for i, kind in enumerate(kinds):  # what has no direction goes with equal neighbours
        if kind is None and 0 < i < len(kinds) - 1 and known[i - 1] == kinds[i + 1]:
            known[i] = known[i - 1]
    placed: list[Piece] = []
    i = 0
    while i < len(pieces):
        j = i
        while j < len(pieces) and known[j] == known[i]:
            j += 1
        left, right = pieces[i].x, pieces[j - 1].x + pieces[j - 1].width
        for p in pieces[i:j]:
            x = left + right - p.x - p.width if known[i] != base else p.x
            lone = known[i] and _is_rtl(p.shown) is None  # the browser cannot see its neighbours
            shown = p.shown[::-1].translate(_TURNED) if lone else p.shown
            placed.append(Piece(p.start, p.end, p.component, shown, x, p.width))
        i = j
    if base:
        placed = [
            Piece(p.start, p.end, p.component, p.shown, max(0.0, ems - p.x - p.width), p.width)
            for p in placed
        ]
    return tuple(placed)


def _pieces(line: list[tuple[float, _Atom]], ems: float) -> Line:
    pieces: list[Piece] = []
    for x, atom in line:
        last = pieces[-1] if pieces else None
        if last is not None and last.component == atom.component and last.end == atom.start:
            pieces[-1] = Piece(
                last.start,
                atom.end,
                last.component,
                last.shown + atom.shown,
                last.x,
                x + atom.width - last.x,
            )
        else:
            pieces.append(Piece(atom.start, atom.end, atom.component, atom.shown, x, atom.width))
    return _mirror(pieces, ems)


def set_lines(text: str, spans: Spans, ems: float) -> list[Line]:
    """Set a text into lines at most `ems` em wide.

    The text's own line breaks and indentation stay, several empty lines become one, and the
    continuation of a quoted line (``> ``) hangs under its first word. A line is as wide as `ems`
    unless a single letter is wider.

    Parameters
    ----------
    text : str
        Anything, also empty.
    spans : sequence of sequences of (start, end)
        ``spans[i]``: the character spans of component i; they do not overlap.
    ems : float
        Line width in em, at least a few letters.

    Returns
    -------
    list of tuple of Piece
        Every character that is not a space is in exactly one piece, in the order of the text.
    """
    owner = _owners(text, spans)
    ems = max(ems, 4 * LETTER)
    lines: list[Line] = []
    begin = 0
    ends = [(m.start(), m.end()) for m in _LINE_BREAK.finditer(text)] + [(len(text), len(text))]
    for end, after in ends:
        for line in _set_line(text, begin, end, owner, ems):
            if line or (lines and lines[-1]):
                lines.append(_pieces(line, ems))
        begin = after
    while lines and not lines[-1]:
        lines.pop()
    return lines
