"""Plain sentences about an explanation; pure functions, no markup."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lime_engine.subjects import ImageSubject, Subject, TabularSubject, TextSubject, Value
from ui.figures import palette
from ui.figures.markup import value_text
from ui.figures.pixels import region_names

_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")
# Where GitHub's Markdown, which Streamlit's is, makes links of bare addresses, escaped or not.
_AUTOLINKS = re.compile(r"(?=://)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
LISTED = 36  # characters of a name: most columns with their value and range are whole
_WORD_JOINER = "\u2060"  # takes no room, and is no part of any address


@dataclass(frozen=True, slots=True)
class Nouns:
    """What a kind of instance and its components are called."""

    item: str
    part: str
    parts: str
    changed: str  # what happens to a part in a copy

    @property
    def Item(self) -> str:
        return self.item.capitalize()

    @property
    def Parts(self) -> str:
        return self.parts.capitalize()


NOUNS = {
    "text": Nouns("text", "word", "words", "switched off"),
    "image": Nouns("picture", "region", "regions", "switched off"),
    "table": Nouns("row", "value", "values", "replaced"),
}


def nouns(subject: Subject) -> Nouns:
    """What this subject and its components are called."""
    match subject:
        case TextSubject():
            return NOUNS["text"]
        case ImageSubject():
            return NOUNS["image"]
        case _:
            return NOUNS["table"]


def plain(text: str) -> str:
    """Text from people or models, for places that Streamlit reads as Markdown: never a link."""
    return _MARKDOWN.sub(r"\\\1", _AUTOLINKS.sub(_WORD_JOINER, text.replace("\n", " ")))


def percent(probability: float) -> str:
    """Whole percents in words: "under 1%" and "over 99%" for what is only nearly certain."""
    number = palette.percent(max(0.0, min(1.0, probability)))
    return number.replace("<", "under ").replace(">", "over ")


def points(difference: float) -> str:
    """A distance of two probabilities in percentage points."""
    size = abs(difference) * 100
    number = f"{size:.0f}" if size >= 10 else f"{size:.1f}"
    return f"{number} point{'' if number in ('1', '1.0') else 's'}"


def duration(seconds: float) -> str:
    """How long something takes, roughly: "about 40 s", "about 12 min", "about 30 hours"."""
    if seconds < 90:
        return f"about {seconds:.0f} s"
    if seconds < 5400:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:,.0f} hours"


def pace(seconds: float) -> str:
    """How long one of many takes: "2.9 s", "12 s", "40 ms"."""
    if seconds < 0.1:
        return f"{max(1, round(1000 * seconds))} ms"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def visible(label: str) -> str:
    """A component's name, also where it is white space."""
    names = {" ": "space", "\n": "line break", "\r\n": "line break", "\t": "tab"}
    return f"({names.get(label, 'white space')})" if label.isspace() else label


def part_names(subject: Subject) -> tuple[str, ...]:
    """The name of each component, as people read it."""
    match subject:
        case ImageSubject():
            return tuple(region_names(subject))
        case TabularSubject():
            cells = zip(subject.columns, subject.values, subject.bins, strict=True)
            return tuple(_value_and_range(*each) for each in cells)
        case _:
            return tuple(visible(label) for label in subject.labels)


def _value_and_range(column: str, value: Value, of: str) -> str:
    """A value with the range it lies in: "age 34 (29.5 to 41)"; a category as it is."""
    if value is None or isinstance(value, str | bool):
        return visible(of)
    if of.startswith(f"{column} = "):
        return f"{column} {cell(value)}"
    reach = of.removeprefix(f"{column} ")  # "> 41" or "<= 29.5"
    if f" < {column} <= " in of:
        low, high = of.split(f" < {column} <= ", 1)
        reach = f"{low} to {high}"
    return f"{column} {cell(value)} ({reach})"


def listed(words: Sequence[str], at_most: int = 6) -> str:
    """“a”, “b” and “c”; beyond `at_most`, how many more."""
    quoted = [f"“{word if len(word) <= LISTED else word[: LISTED - 1] + '…'}”" for word in words]
    if len(quoted) > at_most:
        return f"{', '.join(quoted[:at_most])} and {len(quoted) - at_most} more"
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def headline(probabilities: Sequence[float], class_names: Sequence[str]) -> tuple[str, str]:
    """The answer and how sure the model is of it: ("urgent", "87%")."""
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    return class_names[best], percent(probabilities[best])


def likeliest(
    answer: Sequence[float], class_names: Sequence[str], at_most: int = 10
) -> list[tuple[str, float]]:
    """The classes with their probabilities: all in order, or of many the likeliest."""
    pairs = list(zip(class_names, answer, strict=True))
    return pairs if len(pairs) <= at_most else sorted(pairs, key=lambda p: -p[1])[:at_most]


def answers(answer: Sequence[float], class_names: Sequence[str]) -> str:
    """The `likeliest` classes as one line: "urgent 87%, routine 13%"."""
    return ", ".join(f"{name} {p:.0%}" for name, p in likeliest(answer, class_names))


def cell(value: Value) -> str:
    """A table's value in a sentence or a field: "38.4", "yes", "missing"."""
    text = value_text(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
