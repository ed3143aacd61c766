"""What the columns of a table look like, what each of them may be for, and the labels in one."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from lime_engine.errors import InputError
from lime_engine.subjects import Value
from ui.figures.palette import counted
from ui.shell.wording import listed
from ui.upload.reading.cells import (
    DayOrMonth,
    date_of,
    is_missing,
    number_of,
    orders_of,
    writes_decimal_commas,
)
from ui.upload.reading.text_files import Table, longest_column
from ui.workshop.kept import Labels, as_labels, several, spellings

Form = Literal["nothing", "number", "date", "yes or no", "category", "text"]

MAX_LABELS = 1000  # different ones
FEW = 20  # different values, of what may be labels without being called so
MANY_ROWS = 20  # from which on it tells something that every value occurs once
MAX_LABEL = 200  # characters
MAX_CATEGORIES = 100
_ID_LENGTH = 40  # characters, on average

_LABEL = re.compile(
    r"(the|true|real|gold|actual|human|y)?[\W_]*(label|class|target|y|category|sentiment|outcome|"
    r"diagnosis|answer|verdict|truth|gold)(e?s)?[\W_]*(id|name)?",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"(.*[\W_])?(pred(s|icted|iction|ictions)?|model|clf|classifier|y_?hat|output|guess)"
    r"([\W_\d].*)?",
    re.IGNORECASE,
)
_ID = re.compile(
    r"(.*[\W_])?(id|ids|uuid|guid|index|key|nr|no|number)|.*[a-z]I[dD]|unnamed: \d+|column \d+|row",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(.*[\W_])?(date|time|datetime|timestamp|year|month|day|created|updated|posted)([\W_]at)?",
    re.IGNORECASE,
)
TWO = frozenset("true false t f yes no y n".split())
_UNLABELLED = frozenset("|nan|n/a|na|#n/a|null|?".split("|"))  # “none” may be a class


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column of a table, as it was read; plain JSON as `asdict`.

    Attributes
    ----------
    name
        As the header has it.
    form
        What its values are, all of those that are there.
    n_missing, n_different
        Of its values; those that are missing are no value.
    n_labels
        How many labels its values would be, of which some may only be spelled differently.
    example
        The most frequent value, cut.
    is_id, is_time
        Whether it tells single rows apart, or is a point in time.
    has_commas
        Whether its numbers have decimal commas.
    first
        What comes first in its dates; None where that makes no difference, as after the year.
    is_guess
        Whether that is a guess: no number in them is above 12. The day, as in most countries.
    """

    name: str
    form: Form
    n_missing: int
    n_different: int
    n_labels: int
    example: str
    is_id: bool
    is_time: bool
    has_commas: bool
    first: DayOrMonth | None = None
    is_guess: bool = False


def facts_of(table: Table) -> list[ColumnFacts]:
    """What each column looks like."""
    return [_facts(table, at) for at in range(len(table.columns))]


def _facts(table: Table, at: int) -> ColumnFacts:
    name, said = table.columns[at], table.how.first
    counts = Counter(row[at].strip() for row in table.rows)
    there = {value: n for value, n in counts.items() if not is_missing(value)}
    decimal = table.how.decimal
    has_commas = writes_decimal_commas(there) if decimal is None else decimal == ","
    if name in table.how.numbers:  # what is none of them is missing
        there = {value: n for value, n in there.items() if number_of(value, has_commas) is not None}
    orders: tuple[DayOrMonth, ...] = ("month", "day") if said == "month" else ("day", "month")
    if name in table.how.dates:
        are = [{value: n for value, n in there.items() if date_of(value, o)} for o in orders]
        there = max(are, key=lambda dates: sum(dates.values()))
    n_there = sum(there.values())
    may_be = orders_of(there, orders)
    form = _form(there, has_commas, bool(may_be), n_there)
    if name in table.how.categories and there:
        form = "category"
    is_called = _ID.fullmatch(name.strip()) is not None
    mean_length = sum(map(len, there)) / len(there) if there else 0.0
    # Measurements are often all different; long texts nearly always.
    can_tell_apart = form in ("category", "text") or (form == "number" and _are_whole(there))
    is_id = (
        can_tell_apart
        and len(there) == n_there > 1
        and (is_called or (n_there >= MANY_ROWS and mean_length <= _ID_LENGTH))
        and (form == "number" or not _are_sentences(there))
    )
    n_labels = len(spellings(there)) if len(there) <= MAX_LABELS else len(there)
    example = max(there, key=there.__getitem__, default="")
    return ColumnFacts(
        name=name,
        form=form,
        n_missing=len(table.rows) - n_there,
        n_different=len(there),
        n_labels=n_labels,
        example=" ".join(example[:200].split())[:60],
        is_id=is_id,
        is_time=form == "date" or (form == "number" and _TIME.fullmatch(name.strip()) is not None),
        has_commas=has_commas and form == "number",
        first=may_be[0] if form == "date" and _turns(there) else None,
        is_guess=form == "date" and said is None and len(may_be) > 1 and _turns(there),
    )


def _turns(dates: Iterable[str]) -> bool:
    """Whether it makes a difference which comes first, day or month."""
    return any(date_of(date, "day") != date_of(date, "month") for date in dates)


def _form(there: dict[str, int], has_commas: bool, are_dates: bool, n: int) -> Form:
    if not there:
        return "nothing"
    if len(there) == 2 and all(value.casefold() in TWO for value in there):
        return "yes or no"
    if all(number_of(value, has_commas) is not None for value in there):
        return "number"
    if are_dates:
        return "date"
    return "category" if len(there) <= min(MAX_CATEGORIES, max(2, n // 2)) else "text"


def _are_whole(there: dict[str, int]) -> bool:
    return all(re.fullmatch(r"[+-]?\d+(\.0)?", value) for value in there)


def _are_sentences(there: dict[str, int]) -> bool:
    """Whether most of the values are of several words."""
    return 2 * sum(len(value.split()) > 2 for value in there) > len(there)


def proposed_text(table: Table, facts: Sequence[ColumnFacts]) -> str:
    """The column that may have the texts: of the texts that are no labels or ids, the longest."""
    texts = [each for each in facts if each.form in ("text", "category")]
    others = [each for each in texts if not _is_label(each)]
    found = (
        [each for each in others if not each.is_id]
        or others
        or [each for each in texts if not _is_called_label(each)]
        or facts
    )
    return longest_column(table, [each.name for each in found])


def _is_label(facts: ColumnFacts) -> bool:
    """Whether a column of texts is one of labels: called so, of few values, or of repeated ones.

    One of these is no sign: answers to a question may be texts, and a table may be small.
    """
    is_repeated = facts.form != "text"
    return _is_called_label(facts) + (facts.n_labels <= FEW) + is_repeated >= 2


def _is_called_label(facts: ColumnFacts) -> bool:
    return _LABEL.fullmatch(facts.name.strip()) is not None


def proposed_label(facts: Sequence[ColumnFacts]) -> str | None:
    """The column that may say what is right: called so, or with few values; None if none may."""
    return next(iter(label_candidates(facts)), None)


def label_candidates(facts: Sequence[ColumnFacts]) -> list[str]:
    """The columns that may say what is right, the likeliest first; only that if it is called so."""
    able = [
        each
        for each in facts
        if 1 <= each.n_different <= MAX_LABELS
        and not (each.is_id or each.is_time or each.has_commas)
    ]
    called = [each for each in able if _is_called_label(each)]
    few = [each for each in able if 2 <= each.n_labels <= (2 if each.form == "number" else FEW)]
    found = called or [each for each in few if not looks_like_prediction(each.name)] or few
    found.sort(key=lambda each: each.n_labels)
    return [each.name for each in (found[:1] if called else found)]


def looks_like_prediction(name: str) -> bool:
    """Whether a column's name says that a model has filled it."""
    return _MODEL.fullmatch(name.strip()) is not None


def labels_of(values: Sequence[str], name: str, *, apart: bool = False) -> Labels:
    """The labels in the column of this name: values that are spelled alike are one.

    It is called as most write it; `apart`, only space around a value makes no difference.

    Raises
    ------
    InputError
        If there are too many, or none.
    """
    said = _said(values)
    labels = as_labels(filter(None, said), apart=apart)
    names = sorted(set(labels.values()), key=_order)
    if not names:
        raise InputError(f"Column {listed([name])} is empty: it has no labels. Choose another.")
    if len(names) > MAX_LABELS:
        raise InputError(
            f"Column {listed([name])} has {len(names):,} different values; labels have at most "
            f"{MAX_LABELS:,}. Choose another column, or none."
        )
    numbers = {name: number for number, name in enumerate(names)}
    return Labels(tuple(names), tuple(numbers[labels[value]] if value else -1 for value in said))


def label_spellings(values: Sequence[str]) -> list[list[str]]:
    """The spellings of each label in a column that has several, the most frequent first."""
    return several(filter(None, _said(values)))


def _said(values: Sequence[str]) -> list[str]:
    """What a column of labels says, as it is written; empty where that is nothing."""
    said = (value.strip()[:MAX_LABEL] for value in values)
    return ["" if value.casefold() in _UNLABELLED else value for value in said]


def _order(name: str) -> tuple[float, str]:
    value = number_of(name, False)
    return (float("inf") if value is None else value, name)


def own_rows(table: Table, facts: Sequence[ColumnFacts]) -> list[tuple[Value, ...]]:
    """The rows of these columns: numbers where all are, else texts; None where one is missing.

    A date is a text, as `cells.date_of` has it.
    """
    places = [table.columns.index(each.name) for each in facts]
    return [
        tuple(_value(row[at], each) for at, each in zip(places, facts, strict=True))
        for row in table.rows
    ]


def _value(raw: str, facts: ColumnFacts) -> Value:
    text = raw.strip()
    if is_missing(text):
        return None
    if facts.form == "date":
        return date_of(text, facts.first or "day")
    if facts.form != "number":
        return text
    value = number_of(text, facts.has_commas)
    return int(value) if value is not None and "." not in text and value.is_integer() else value


def guessed(facts: ColumnFacts) -> str:
    """How dates were read whose order is a guess."""
    return (
        f"“{facts.name}” has dates such as {facts.example}, which were read with the day first. If "
        "the month comes first there, say so under “How the file was read”."
    )


def in_words(facts: ColumnFacts, *, is_used: bool) -> str:
    """What there is to say of a column; empty if nothing."""
    ask = ": leave it out?" if is_used else ""
    if facts.form == "nothing":
        return "empty"
    if facts.is_id:
        return f"every value occurs once{ask}"
    if facts.is_time:
        return f"a time, which tells when rather than why{ask}"
    if facts.n_different == 1:
        return "always the same"
    if facts.n_missing:
        return f"{counted(facts.n_missing, 'value')} missing"
    return ""
