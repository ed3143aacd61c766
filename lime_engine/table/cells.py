"""Single values of a table: numbers and categories, and how they are written."""

from collections.abc import Hashable
from numbers import Real
from typing import Any

import numpy as np

from lime_engine.errors import InputError
from lime_engine.table.discretize import is_missing, number_in_words
from lime_engine.types import FloatArray, IntArray


def as_number(value: Any, column: str) -> float:
    """The number as a float, NaN for a missing value; a string of digits is no number.

    Raises
    ------
    InputError
    """
    if is_missing(value):
        return np.nan
    if not isinstance(value, Real | np.bool_):
        raise InputError(
            f"Column {column!r} is {value!r} ({type(value).__name__}), but it holds numbers. Give "
            "a number, without quotes or units."
        )
    try:
        return float(value)
    except OverflowError:
        return np.inf


def as_numbers(values: Any, column: str) -> FloatArray:
    """Values (n,) as floats (n,), NaN where missing. Raises as `as_number`."""
    array = np.asarray(values)
    if array.dtype.kind in "fiub":
        return array.astype(float)
    return np.array([as_number(value, column) for value in array.tolist()], dtype=float)


def is_lost(value: Any) -> bool:
    """Whether it is a whole number that no float is."""
    return isinstance(value, int) and not isinstance(value, bool) and float(value) != value


def check_kept(column: str, dtype: Any, value: Any) -> None:
    """Raise InputError if rows with a column of this type, or of floats, would change the value."""
    if is_lost(value) and getattr(dtype, "kind", "f") not in "iu":
        raise InputError(
            f"Column {column!r} is {value}, but the rows that the model is asked about hold floats "
            f"there, in which it would be {int(float(value))}. Learn from a DataFrame with a "
            "column of whole numbers, or leave the column out."
        )


def as_category(value: Any) -> float | str | bool:
    """A category as plain data: a string, a number or a bool; the words of anything else."""
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, str | bool | int | float) else str(value)


def category_in_words(category: Hashable) -> str:
    """As it stands; in quotes where nobody would see it."""
    plain = as_category(category)
    if isinstance(plain, str):
        return plain if plain.strip() else repr(plain)
    return str(plain) if isinstance(plain, bool) else number_in_words(plain)


def check_missing(column: str, counts: IntArray, remedy: str) -> None:
    """Raise InputError if none of the training rows, counted by bin, is missing (the last bin)."""
    if counts[-1] == 0:
        raise InputError(
            f"Column {column!r} is missing in this row, but in none of the {counts.sum()} training "
            f"rows, so how often it is missing is not known. {remedy}"
        )
