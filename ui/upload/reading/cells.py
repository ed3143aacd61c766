"""One column of the rows a model was trained on, and what may stand in it; numbers and dates."""

import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Literal, TypeVar

from lime_engine.subjects import Value
from ui.shell.wording import listed
from ui.workshop.column import Column

Raw = str | float | bool | None  # as it was typed, or as a widget gives it
DayOrMonth = Literal["day", "month"]  # which comes first where a date does not begin with the year
_K = TypeVar("_K")

_MISSING = frozenset(
    "|na|n/a|#n/a|nan|null|none|?|-|–|—|inf|+inf|-inf|infinity|-infinity".split("|")
)
_TRUE = frozenset("true t yes y on 1 1.0".split())
_FALSE = frozenset("false f no n off 0 0.0".split())
_EXPONENT = r"(?:[eE][+-]?[0-9]{1,4})?"
_POINT = re.compile(rf"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+){_EXPONENT}")
_COMMA = re.compile(rf"[+-]?(?:[0-9]+,[0-9]*|,[0-9]+){_EXPONENT}")
_EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")  # 1,234: thousands, or decimals?
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:[\s.,'’_][0-9]{2,3})*[\s.,'’_][0-9]{3}(?:[.,][0-9]+)?")
_DATE = re.compile(
    r"(?:(?P<year>\d{4})(?P<a>[-/.])(?P<month>\d{1,2})(?P=a)(?P<day>\d{1,2})"
    r"|(?P<first>\d{1,2})(?P<b>[-/.])(?P<second>\d{1,2})(?P=b)(?P<last>\d{4}|\d{2}))"
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<seconds>\d{2})(?P<part>\.\d{1,6})?\d*)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?(?P<half>[AP]M)?)?",
    re.IGNORECASE,
)
_PIVOT = 69  # years of two digits: from here on those of the last century, as in POSIX


class Refused(Exception):
    """Why a value is none of its column's; as a function, because few of them are told."""

    def __init__(self, why: Callable[[], str]) -> None:
        super().__init__()
        self.why = why


Reader = Callable[[Raw], Value]


def writes_decimal_commas(cells: Iterable[str]) -> bool:
    """Whether numbers are written 38,4 and never 38.4; then 1,234 is not a thousand either."""
    has_commas = False
    for cell in map(str.strip, cells):
        if _EITHER.fullmatch(cell):
            continue
        if "." in cell and _POINT.fullmatch(cell):
            return False
        has_commas = has_commas or _COMMA.fullmatch(cell) is not None
    return has_commas


def reader(column: Column, with_comma: bool = False) -> Reader:
    """What turns a raw value of this column into a value, or raises `Refused`.

    With `with_comma`, 1,234 is a little more than one.
    """
    read = _category_reader(column) if column.kind == "category" else None

    def value_of(raw: Raw) -> Value:
        if read is not None and (category := read(raw)) is not None:
            return category
        if is_missing(raw):
            if column.can_be_missing:
                return None
            raise Refused(lambda: f"{_missing(raw)}, and the model always had one. Fill it in.")
        if read is not None:
            raise Refused(lambda: _unknown(raw, column))
        return _number(raw, column.whole, with_comma)

    return value_of


def _category_reader(column: Column) -> Callable[[Raw], str | None]:
    """What finds the category that a raw value stands for: the one, or none."""
    exact = set(column.categories)
    folded = _unique((c.strip().casefold(), c) for c in column.categories)
    numeric = _unique((float(c), c) for c in column.categories if _POINT.fullmatch(c.strip()))
    truth: dict[bool, str] = {}
    if len(folded) == len(column.categories) == 2:
        yes = [c for key, c in folded.items() if key in _TRUE]
        no = [c for key, c in folded.items() if key in _FALSE]
        if yes and no:
            truth = {True: yes[0], False: no[0]}

    def find(raw: Raw) -> str | None:
        if raw is None:
            return None
        text = str(raw)
        if text in exact:
            return text
        text = text.strip().casefold()
        if text in folded:
            return folded[text]
        if text in _TRUE | _FALSE and truth:
            return truth[text in _TRUE]
        return numeric.get(float(text)) if _POINT.fullmatch(text) else None

    return find


def _unique(pairs: Iterable[tuple[_K, str]]) -> dict[_K, str]:
    """What each key stands for, where that is one thing only."""
    found: dict[_K, set[str]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return {key: values.pop() for key, values in found.items() if len(values) == 1}


def is_missing(raw: Raw) -> bool:
    """Whether a cell says that there is no value."""
    if isinstance(raw, str):
        return raw.strip().casefold() in _MISSING
    return raw is None or not math.isfinite(raw)


def _number(raw: Raw, whole: bool, with_comma: bool) -> float:
    value = _parsed(raw, with_comma) if isinstance(raw, str) else float(raw or 0)
    if not math.isfinite(value):
        raise Refused(lambda: f"{_quoted(raw)} is too large for a number. Check it.")
    if not whole:
        return value
    if not value.is_integer():
        raise Refused(lambda: f"{_quoted(raw)} is not a whole number. Round it, or check it.")
    return int(value)


def _parsed(raw: str, with_comma: bool) -> float:
    text = raw.strip().replace("−", "-")  # the minus sign of typesetters
    # Three digits after the only separator are decimals if the whole file says so.
    is_decimal = not _EITHER.fullmatch(text) or with_comma == ("," in text)
    if is_decimal and _POINT.fullmatch(text):
        return float(text)
    if is_decimal and _COMMA.fullmatch(text):
        return float(text.replace(",", "."))
    if _THOUSANDS.fullmatch(text):
        raise Refused(
            lambda: (
                f"{_quoted(raw)} may have a separator between thousands. Write it without one, "
                "and decimals with a point: 1234.5."
            )
        )
    raise Refused(lambda: f"{_quoted(raw)} is not a number. Write it like 38.4, without a unit.")


def number_of(text: str, with_comma: bool) -> float | None:
    """The number that a cell is, which is no missing one; None if it is none."""
    try:
        value = _parsed(text, with_comma)
    except Refused:
        return None
    return value if math.isfinite(value) else None


def date_of(text: str, first: DayOrMonth) -> str | None:
    """The date that a cell is, in the form of ISO 8601; None if it is none.

    Those of one column are then in the order of time as texts are in the alphabet's. A time with a
    zone is that of UTC.
    """
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    if found["year"]:
        year, month, day = (int(found[name]) for name in ("year", "month", "day"))
    else:
        day, month = (int(found[name]) for name in ("first", "second"))
        if first == "month":
            day, month = month, day
        year = int(found["last"])
        year += 0 if len(found["last"]) == 4 else 1900 if year >= _PIVOT else 2000
    try:
        if not found["hour"]:
            return datetime(year, month, day).date().isoformat()
        hour = int(found["hour"])
        if found["half"]:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if found["half"].upper() == "PM" else 0)
        micro = round(float(found["part"] or 0) * 1e6)
        moment = datetime(year, month, day, hour, int(found["minute"]), int(found["seconds"] or 0))
        moment = moment.replace(microsecond=min(micro, 999_999))
        if found["zone"]:
            zone = datetime.strptime(found["zone"].upper(), "%z").tzinfo
            moment = moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
        return moment.isoformat()
    except (ValueError, OverflowError):  # the 31st of February, the year 0
        return None


def orders_of(values: Iterable[str], orders: Iterable[DayOrMonth]) -> list[DayOrMonth]:
    """In which of these `orders` all values are dates."""
    found = list(orders)
    for value in values:
        found = [first for first in found if date_of(value, first) is not None]
        if not found:
            break
    return found


def _missing(raw: Raw) -> str:
    blank = raw is None or not str(raw).strip()
    return "there is no value" if blank else f"{_quoted(raw)} means that there is no value"


def _unknown(raw: Raw, column: Column) -> str:
    by_look = {category.casefold(): category for category in column.categories}
    close = get_close_matches(str(raw).strip().casefold()[:200], by_look, n=1)
    proposal = f" Did you mean “{by_look[close[0]]}”?" if close else ""
    return f"the model does not know {_quoted(raw)}, only {listed(column.categories)}.{proposal}"


def _quoted(raw: Raw) -> str:
    return listed([" ".join(str(raw).split())])
