"""Columns that say what a model elsewhere has answered: found, put together, and checked."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lime_engine.errors import InputError
from lime_engine.evaluation import SUM_SLACK
from lime_engine.types import FloatArray, IntArray
from ui.shell.wording import listed
from ui.upload.reading.cells import is_missing, number_of
from ui.upload.reading.columns import (
    MAX_LABEL,
    MAX_LABELS,
    TWO,
    ColumnFacts,
    looks_like_prediction,
)
from ui.upload.reading.text_files import Table
from ui.workshop.kept import Labels, Predictions, as_labels, class_finder, plain_name

Form = Literal["answers", "one", "all"]  # names of classes; probabilities of one class, or of all

_P = r"p|probs?|probas?|probability|probabilities"
_CHANCE = re.compile(rf"(.*[\W_])?({_P})([\W_\d].*)?", re.IGNORECASE)
_BEFORE = re.compile(rf"(?P<key>(.*[\W_])?({_P}|scores?))[\W_]+(?P<of>.+?)[\W_]*", re.IGNORECASE)
_AFTER = re.compile(rf"(?P<of>.+?)[\W_]+(?P<key>{_P}|scores?)", re.IGNORECASE)
_SAYS_NOTHING = re.compile(rf"({_P}|scores?|pred(s|icted|iction|ictions)?)?", re.IGNORECASE)
_NAME = 60  # characters of what several columns are called
_REMEDY = "or take the column out of the predictions."


@dataclass(frozen=True, slots=True)
class Found:
    """Columns that are one model's answers; plain JSON as `asdict`.

    `of` are the classes that columns of probabilities are of, one each.
    """

    name: str
    form: Form
    columns: tuple[str, ...]
    of: tuple[str, ...] = ()


def proposed_predictions(
    table: Table, facts: Sequence[ColumnFacts], label: str, without: Sequence[str] = ()
) -> list[str]:
    """The columns that look like a model's answers, beside the labels in column `label`."""
    if not label:
        return []
    classes = _names(table, label)
    able = [
        each
        for each in facts
        if each.name not in (label, *without) and not (each.n_missing or each.is_time)
    ]
    answers = [each.name for each in able if _are_answers(table, each, classes)]
    chances = [
        each.name
        for each in able
        if each.name not in answers and each.form == "number" and _are_chances(table, each)
    ]
    found = set(answers)
    for columns in _together(table, chances, facts, classes).values():
        if len(columns) > 1 and _sum_to_1(table, list(columns), facts) == 1:
            found |= set(columns)
        elif len(columns) == 1 and len(classes) == 2:
            found |= {name for name in columns if _CHANCE.fullmatch(name)}
    return [each.name for each in facts if each.name in found]


def _are_answers(table: Table, facts: ColumnFacts, classes: Sequence[str]) -> bool:
    """Whether all that stands in a column are classes, and not by chance, as yes and no may be."""
    if facts.n_different > MAX_LABELS:
        return False
    alike = {plain_name(name) for name in classes}
    if not {plain_name(value) for value in _values(table, facts.name)} <= alike:
        return False
    says_much = not any(name in TWO or number_of(name, False) is not None for name in alike)
    return says_much or looks_like_prediction(facts.name)


def _are_chances(table: Table, facts: ColumnFacts) -> bool:
    numbers = (number_of(value, facts.has_commas) for value in _values(table, facts.name))
    return all(number is not None and 0 <= number <= 1 for number in numbers)


def _sum_to_1(table: Table, columns: Sequence[str], facts: Sequence[ColumnFacts]) -> float:
    """In which share of the rows these columns add up to 1."""
    commas = {each.name: each.has_commas for each in facts}
    places = [(table.columns.index(name), commas[name]) for name in columns]
    sums = (sum(number_of(row[at], comma) or 0.0 for at, comma in places) for row in table.rows)
    return sum(abs(total - 1) <= SUM_SLACK for total in sums) / len(table.rows)


def found_in(
    table: Table,
    columns: Sequence[str],
    facts: Sequence[ColumnFacts],
    labels: Labels,
    of: Mapping[str, str],
) -> list[Found]:
    """What these columns are together: the answers of a model each, or of some columns a model.

    `of` says of which class a single column of probabilities is; else its name says so, or it is
    the last class.
    """
    known = {each.name: each for each in facts}
    classes = [plain_name(name) for name in labels.names]
    chances = [name for name in columns if _is_chance(table, known[name], classes)]
    found = [Found(name, "answers", (name,)) for name in columns if name not in chances]
    for key, own in _together(table, chances, facts, labels.names).items():
        if len(own) > 1:
            words = key.split(" ")
            while words and _SAYS_NOTHING.fullmatch(words[-1]):
                words.pop()
            name = " ".join(words) or ", ".join(own)
            name = name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
            found.append(Found(name, "all", tuple(own), tuple(each or "" for each in own.values())))
            continue
        ((column, said),) = own.items()
        chosen = of.get(column, said)
        which = chosen if chosen in labels.names else labels.names[-1]
        found.append(Found(column, "one", (column,), (which,)))
    return sorted(found, key=lambda each: columns.index(each.columns[0]))


def _is_chance(table: Table, facts: ColumnFacts, classes: Sequence[str]) -> bool:
    """Whether a column is to be read as probabilities: most are numbers, and no class's names."""
    values = [value for value in _values(table, facts.name) if not is_missing(value)]
    if not values or all(plain_name(value) in classes for value in values):
        return False
    n_numbers = sum(number_of(value, facts.has_commas) is not None for value in values)
    return 2 * n_numbers > len(values)


def predictions_of(
    table: Table,
    found: Sequence[Found],
    facts: Sequence[ColumnFacts],
    labels: Labels,
    numbers: Sequence[int],
) -> tuple[list[Predictions], list[str]]:
    """What each has answered to the rows with these numbers; and a sentence on each that cannot be.

    Such a sentence names the value, its row in the file, what is wrong, and what to do.
    """
    commas = {each.name: each.has_commas for each in facts}
    read, problems = [], []
    for each in found:
        try:
            read.append(_read(table, each, commas, labels, numbers))
        except InputError as error:
            problems.append(str(error))
    return read, problems


def _read(
    table: Table,
    found: Found,
    commas: Mapping[str, bool],
    labels: Labels,
    numbers: Sequence[int],
) -> Predictions:
    if found.form == "answers":
        names, answers = _answers(table, found.columns[0], labels, numbers)
        return Predictions(found.name, names, answers)
    read = [_chances(table, name, commas[name], numbers) for name in found.columns]
    if found.form == "one":
        if len(labels.names) != 2:
            raise InputError(
                f"Column {listed(found.columns)} has probabilities of one class, but there are "
                f"{len(labels.names):,} labels. Bring a column for each class, named like "
                f"“p_{labels.names[0][:20]}”, {_REMEDY}"
            )
        p = read[0]
        is_first = found.of[0] == labels.names[0]
        both = (p, 1 - p) if is_first else (1 - p, p)
        return Predictions(found.name, labels.names, np.column_stack(both))
    together = np.column_stack(read)
    sums = together.sum(axis=1)
    if (bad := np.flatnonzero(np.abs(sums - 1) > SUM_SLACK)).size:
        raise InputError(
            f"Row {table.first_row + numbers[bad[0]]:,}: {listed(found.columns)} add up to "
            f"{sums[bad[0]]:.4g}, not to 1. Bring the probabilities of all classes, each row with "
            "the sum 1, or take these columns out of the predictions."
        )
    return Predictions(found.name, found.of, together)


def _answers(
    table: Table, column: str, labels: Labels, numbers: Sequence[int]
) -> tuple[tuple[str, ...], IntArray]:
    """The classes that a column names, those of the labels as these write them, and which where."""
    at = table.columns.index(column)
    find, known = class_finder(labels.names), frozenset(labels.names)
    said = []
    for number in numbers:
        value = table.rows[number][at].strip()
        place = find(value)
        name = labels.names[place] if place >= 0 else value[:MAX_LABEL]
        if not value or (is_missing(value) and name not in known):
            raise InputError(
                f"{_where(table, number, column)}: {_nothing(value)}, but each row needs an "
                f"answer. Fill it in, {_REMEDY}"
            )
        said.append(name)
    others = as_labels((name for name in said if name not in known), apart=table.how.apart)
    said = [others.get(name, name) for name in said]
    counts = Counter(said)
    if len(counts) > MAX_LABELS:
        raise InputError(
            f"Column {listed([column])} has {len(counts):,} different values, more than a model "
            f"may have answers ({MAX_LABELS:,}). Choose another column of predictions."
        )
    names = (*labels.names, *sorted(set(others.values())))
    places = {name: place for place, name in enumerate(names)}
    return names, np.array([places[name] for name in said], dtype=np.intp)


def _chances(table: Table, column: str, with_comma: bool, numbers: Sequence[int]) -> FloatArray:
    at = table.columns.index(column)
    read = np.empty(len(numbers))
    for i, number in enumerate(numbers):
        raw = table.rows[number][at].strip()
        if is_missing(raw):
            raise InputError(
                f"{_where(table, number, column)}: {_nothing(raw)}, but each row needs a "
                f"probability. Fill it in, {_REMEDY}"
            )
        value = number_of(raw, with_comma)
        if value is None:
            raise InputError(
                f"{_where(table, number, column)}: {listed([raw])} is not a number. Write "
                f"probabilities like 0.25, {_REMEDY}"
            )
        if not 0 <= value <= 1:
            hint = "Divide percentages by 100" if 1 < value <= 100 else "Check it"
            raise InputError(
                f"{_where(table, number, column)}: {listed([raw])} is not between 0 and 1, as a "
                f"probability is. {hint}, {_REMEDY}"
            )
        read[i] = value
    return read


def _where(table: Table, number: int, column: str) -> str:
    return f"Row {table.first_row + number:,}, column {listed([column])}"


def _nothing(raw: str) -> str:
    return f"{listed([raw])} means that there is nothing" if raw else "there is nothing"


Together = dict[str, dict[str, str | None]]  # a name -> the columns, each with its class


def _together(
    table: Table,
    columns: Sequence[str],
    facts: Sequence[ColumnFacts],
    classes: Sequence[str],
) -> Together:
    """The columns of each model by what their names have in common, with the class of each.

    Names that differ in something else than a class may as well be those of several models.
    """
    found: Together = {}
    for key, own in _by_name(columns, classes).items():
        are_classes = all(of in classes for of in own.values())
        if len(own) == 1 or are_classes or 2 * _sum_to_1(table, list(own), facts) > 1:
            found[key] = own
        else:
            found |= {column: {column: None} for column in own}
    return found


def _by_name(columns: Sequence[str], classes: Sequence[str]) -> Together:
    """Two columns of one class are no model together, but each its own."""
    found: Together = {}
    for column in columns:
        key, of = _key_and_class(column, classes)
        own = found.setdefault(key, {})
        if own and (of is None or of in own.values()):
            own = found.setdefault(column, {})
        own[column] = of
    return found


def _key_and_class(column: str, classes: Sequence[str]) -> tuple[str, str | None]:
    """What is left of a column's name without that of a class, and the class."""
    words = _words(column)
    for name in sorted(classes, key=len, reverse=True):
        own = _words(name)
        if not own:
            continue
        if words[-len(own) :] == own:
            return " ".join(words[: -len(own)]), name
        if words[: len(own)] == own:
            return " ".join(words[len(own) :]), name
    for pattern in (_BEFORE, _AFTER):
        if match := pattern.fullmatch(column.strip()):
            return " ".join(_words(match["key"])), match["of"]
    return column, None


def _words(name: str) -> list[str]:
    """Its words and numbers, in small letters: “P_Spam2” is p, spam, 2."""
    return re.findall(r"[^\W\d_]+|\d+", unicodedata.normalize("NFKC", name).casefold())


def _names(table: Table, label: str) -> list[str]:
    """The labels; what is proposed does not depend on whether their spellings are kept apart."""
    at = table.columns.index(label)
    values = filter(None, (row[at].strip() for row in table.rows))
    return sorted(set(as_labels(values, apart=False).values()))


def _values(table: Table, column: str) -> Iterator[str]:
    """The different values of a column."""
    at = table.columns.index(column)
    yield from dict.fromkeys(row[at].strip() for row in table.rows)
