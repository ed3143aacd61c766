"""Plain sentences about an explanation; pure functions, no markup."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lime_engine.subjects import ImageSubject, Subject, TabularSubject, TextSubject, Value
from lime_engine.types import Explanation
from ui.figures import palette
from ui.figures.markup import value_text
from ui.figures.pixels import region_names

_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")


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
    "image": Nouns("picture", "region", "regions", "painted over"),
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
    """Text from people or models, for places that Streamlit reads as Markdown."""
    return _MARKDOWN.sub(r"\\\1", text.replace("\n", " "))


def percent(probability: float) -> str:
    """Whole percents in words: "under 1%" and "over 99%" for what is only nearly certain."""
    number = palette.percent(max(0.0, min(1.0, probability)))
    return number.replace("<", "under ").replace(">", "over ")


def points(difference: float) -> str:
    """A distance of two probabilities in percentage points."""
    size = abs(difference) * 100
    number = f"{size:.0f}" if size >= 10 else f"{size:.1f}"
    return f"{number} point{'' if number in ('1', '1.0') else 's'}"


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
    reach = of.removeprefix(f"{column} ")  # "> 41" or "<= 29.5"
    if f" < {column} <= " in of:
        low, high = of.split(f" < {column} <= ", 1)
        reach = f"{low} to {high}"
    return f"{column} {cell(value)} ({reach})"


def strongest(explanation: Explanation) -> float:
    """The largest weight, in units of the answer; 0 without weights."""
    return max((abs(weight.weight) for weight in explanation.weights), default=0.0)


def listed(words: Sequence[str], at_most: int = 6) -> str:
    """“a”, “b” and “c”; beyond `at_most`, how many more."""
    quoted = [f"“{word if len(word) <= 30 else word[:29] + '…'}”" for word in words]
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


def rest_name(explanation: Explanation) -> str:
    """What speaks against the explained class speaks for."""
    return other_than(explanation.target, explanation.class_names)


def other_than(target: int, class_names: Sequence[str]) -> str:
    """The other class; of more than two, all others."""
    others = [name for i, name in enumerate(class_names) if i != target]
    return others[0] if len(others) == 1 else f"not {class_names[target]}"


def imitation(explanation: Explanation) -> str:
    """What imitates the model near the text."""
    tree = explanation.settings.surrogate == "tree"
    return "small-tree imitation" if tree else "straight-line imitation"


def cell(value: Value) -> str:
    """A table's value in a sentence or a field: "38.4", "yes", "missing"."""
    text = value_text(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def without(names: Sequence[str]) -> str:
    """What was done, when components are switched off: "Without “a” and “b”"."""
    return f"Without {listed(names)}"


def with_values(edits: Sequence[tuple[str, str, str]]) -> str:
    """What was done, when values were edited: "With temperature 36.5 instead of 38.9".

    `edits` are columns with their new and old values, in words.
    """
    told = [f"{name} {new} instead of {old}" for name, new, old in edits[:3]]
    if len(edits) > 3:
        told.append(f"{len(edits) - 3} more edited values")
    return "With " + (told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}")


def changed(
    explanation: Explanation, done: str, off: Sequence[int], answer: Sequence[float]
) -> tuple[str, str]:
    """What the model, and what the imitation said of it, after a change. Two sentences.

    `done` is made by `without` or `with_values`; `off` are the components that are off after it.
    """
    target = explanation.target
    before, after = explanation.probabilities[target], answer[target]
    forecast = explanation.forecast(off)
    name = explanation.class_names[target]
    now, sure = headline(answer, explanation.class_names)
    was, _ = headline(explanation.probabilities, explanation.class_names)
    turned = f"the model now says {now}, {sure}" if now != was else f"the model still says {now}"
    off_by = f"{points(forecast - after)} {'too high' if forecast > after else 'too low'}"
    return (
        f"{done} {turned}: {name} {percent(after)} instead of {percent(before)}.",
        f"The {imitation(explanation)} expected {percent(forecast)}, {off_by}.",
    )


def evidence(
    part: str, found: dict[str, Any], class_names: Sequence[str], subject: Subject, of: str
) -> str:
    """How often a word occurs, or a value lies in a bin, per class in the training data.

    `found` is what `ui.evidence` returns, `of` its key for this component.
    """
    totals, counts = found["totals"]["train"], found["counts"][of]["train"]
    table = not isinstance(subject, TextSubject)
    items, happens = ("rows", "holds") if table else ("texts", "stands")
    if not any(counts):
        return f"“{visible(part)}” does not occur in the training {items} at all."
    shares = [
        f"in {_share(n, total)} {name} ones"
        for n, total, name in zip(counts, totals, class_names, strict=True)
    ]
    return f"Of the training {items}, “{visible(part)}” {happens} {' and '.join(shares)}."


def _share(n: int, total: int) -> str:
    """A percentage, or the count where it is too small for one to mean much."""
    if n == 0:
        return "none of the"
    if n < 10:
        return f"{n} of the {total:,}"
    return f"{n / total:.1%} of the"
