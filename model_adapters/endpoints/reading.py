"""What servers answer, whatever it holds: numbers, a label each, or a sentence."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lime_engine.types import FloatArray
from model_adapters.errors import NetworkError
from model_adapters.settings import MAX_CLASSES
from model_adapters.strings import clean


@dataclass(frozen=True, slots=True)
class Answers:
    """Numbers (n, columns), or a label for each item; `names` are those of columns, if told."""

    numbers: FloatArray | None = None
    labels: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def read(found: Any, n: int) -> Answers:
    """The answers in what was one entry an item: a number, a label, a list, or fields.

    Raises
    ------
    NetworkError
        If it is something else.
    """
    if not isinstance(found, list) or len(found) != n:
        what = f"{len(found):,} entries" if isinstance(found, list) else "no list"
        raise NetworkError(
            f"For {n:,} item(s) the server's answer holds {what}. It must have one entry for each."
        )
    names: tuple[str, ...] = ()
    if found and all(isinstance(each, dict) for each in found):
        names = tuple(map(str, found[0]))
        if any(each.keys() != found[0].keys() for each in found):
            raise NetworkError(
                "The fields of the server's answer change from item to item. A classifier answers "
                "with the same classes for each."
            )
        found = [list(each.values()) for each in found]
    if all(isinstance(each, list) and len(each) == 1 for each in found):
        found = [each[0] for each in found]
    if all(isinstance(each, str | bool) or type(each) is int for each in found):
        return Answers(labels=tuple(clean(each) for each in found))
    rows = [each if isinstance(each, list) else [each] for each in found]
    widths = {len(each) for each in rows}
    if len(widths) != 1 or not 0 < max(widths) <= MAX_CLASSES:
        raise NetworkError(
            f"The server's answer has from {min(widths)} to {max(widths)} numbers for an item. A "
            "classifier answers with one number per class for each."
        )
    if any(not _is_number(value) for row in rows for value in row):
        fields = f" It has the fields {clean(', '.join(names), 200)}." if names else ""
        raise NetworkError(
            "The server's answer holds something beside numbers and labels." + fields + " It must "
            "give each item's label, or the probabilities of all classes (predict_proba)."
        )
    try:
        numbers = np.array(rows, dtype=np.float64)  # null becomes nan
    except (OverflowError, ValueError):
        raise NetworkError(
            "The server's answer holds numbers beyond all bounds. Check the model."
        ) from None
    return Answers(numbers=numbers, names=tuple(map(clean, names)) if len(names) > 1 else ())


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
