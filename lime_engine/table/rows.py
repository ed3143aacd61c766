"""One row of a table as people have it, and many as a model takes them."""

import sys
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from lime_engine.errors import InputError, SettingsError
from lime_engine.subjects import Value
from lime_engine.table.categorical_column import CategoricalColumn
from lime_engine.table.cells import is_lost
from lime_engine.table.law import Column
from lime_engine.table.numeric_column import NumericColumn
from lime_engine.types import Design, FloatArray, plain_array

_NAMED = 8  # columns that an error names at most


def column_names(keys: Sequence[Hashable]) -> tuple[str, ...]:
    """How columns are called: strings as they are, numbers as "column 3".

    Raises
    ------
    InputError
        If two columns have the same name.
    """
    names = [key if isinstance(key, str) else f"column {key}" for key in keys]
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        raise InputError(f"{times} columns are called {name!r}. Give each a name of its own.")
    return tuple(names)


def as_table(train: Any) -> Any:
    """A training array as a plain one: a matrix, masked values (which are missing), a tensor."""
    if isinstance(train, np.ma.MaskedArray):
        return np.ma.filled(train.astype(float), np.nan) if np.ma.is_masked(train) else train.data
    if isinstance(train, np.matrix):
        return np.asarray(train)
    return plain_array(train) if hasattr(train, "detach") else train


def row_values(
    row: Any, keys: Sequence[Hashable], names: Sequence[str], *, by_position: bool
) -> list[Any]:
    """The values of one row in the order of the columns.

    Parameters
    ----------
    row : Series, one-row DataFrame, mapping, or (if `by_position`) array or sequence
    keys, names : what the columns are called in the training table, and in words

    Raises
    ------
    InputError
        If it is not one row, or a column is unknown, missing or there twice.
    """
    if isinstance(row, np.matrix) or hasattr(row, "detach"):
        row = plain_array(row)
    pandas = sys.modules.get("pandas")  # what is not loaded cannot have made the row
    given: list[tuple[Hashable, Any]]
    if pandas is not None and isinstance(row, pandas.DataFrame):
        _check_one(len(row))
        given = [(key, row.iloc[0, i]) for i, key in enumerate(row.columns)]
    elif isinstance(row, Mapping) or (pandas is not None and isinstance(row, pandas.Series)):
        given = list(row.items())
    elif by_position and isinstance(row, np.ndarray | list | tuple):
        return _in_order(row, len(keys))
    else:
        kinds = "a Series, a one-row DataFrame or a mapping of column names to values"
        raise InputError(
            f"The instance is of type {type(row).__name__}. Pass "
            f"{'a 1-D array, ' if by_position else ''}{kinds}."
        )
    place = {name: i for i, name in enumerate(names)} | {key: i for i, key in enumerate(keys)}
    values: dict[int, Any] = {}
    unknown: list[str] = []
    for key, value in given:
        i = place.get(key)
        if i is None:
            unknown.append(repr(key))
        elif i in values:
            raise InputError(f"Column {names[i]!r} is in the row twice. Give it once.")
        else:
            values[i] = value
    if unknown:
        raise InputError(
            f"The row has unknown columns: {_listed(unknown)}. The training table has "
            f"{_listed([repr(name) for name in names])}; leave the others out."
        )
    if lacking := [repr(name) for i, name in enumerate(names) if i not in values]:
        raise InputError(
            f"The row lacks columns of the training table: {_listed(lacking)}. Give all "
            f"{len(names)}."
        )
    return [values[i] for i in range(len(names))]


def array_writer(dtype: "np.dtype[Any]") -> Callable[[Design], FloatArray]:
    """Writes the rows of a design as an array (n, d) of this float type; a fresh one each time."""
    return lambda design: drawn(design).astype(dtype)


def frame_writer(
    columns: Sequence[Column], keys: Sequence[Hashable], dtypes: Sequence[Any], row: Sequence[Value]
) -> Callable[[Design], Any]:
    """Writes the rows of a design as a DataFrame with these columns and types.

    A column of whole numbers whose type cannot hold the value of the instance, `row` (d,), is
    written as floats.
    """
    import pandas as pd

    writers = [_column_writer(*parts) for parts in zip(columns, dtypes, row, strict=True)]
    index = pd.Index(list(keys))
    plain = all(dtype == np.float64 for dtype in dtypes) and not any(
        isinstance(column, CategoricalColumn) for column in columns
    )

    def write(design: Design) -> Any:
        values = drawn(design)
        if plain:
            return pd.DataFrame(values.copy(), columns=index, copy=False)
        frame = pd.DataFrame({j: writer(values[:, j]) for j, writer in enumerate(writers)})
        frame.columns = index
        return frame

    return write


def drawn(design: Design) -> FloatArray:
    """The numbers that were drawn with the masks."""
    if design.draws is None:
        raise SettingsError(
            "The design has masks alone, from which no table row can be written. Draw it with the "
            "law of the table."
        )
    return design.draws


def fits(dtype: Any, value: float) -> bool:
    """Whether a column of this type can hold the number, which may be NaN."""
    numpy_dtype = np.dtype(getattr(dtype, "numpy_dtype", getattr(dtype, "subtype", dtype)))
    if numpy_dtype.kind not in "iu" or (np.isnan(value) and not isinstance(dtype, np.dtype)):
        return True
    limits = np.iinfo(numpy_dtype)
    return value % 1 == 0 and limits.min <= value <= limits.max


def _column_writer(column: Column, dtype: Any, value: Value) -> Callable[[FloatArray], Any]:
    """From the drawn numbers of one column to what it holds."""
    import pandas as pd

    if isinstance(column, NumericColumn):
        code = column.code(value)
        if not fits(dtype, code):
            return np.copy
        if is_lost(value):

            def write_exactly(values: FloatArray) -> Any:
                cells = pd.array(values, dtype=dtype)
                cells[values == code] = value
                return cells

            return write_exactly
        if isinstance(dtype, np.dtype):
            return lambda values: values.astype(dtype)
        return lambda values: pd.array(values, dtype=dtype)

    n = len(column.categories)
    missing = [column.missing] if column.counts[n] else []
    table = pd.Series([*column.categories, *missing], dtype=object)
    is_object = isinstance(dtype, np.dtype) and dtype.kind == "O"
    cells = table.to_numpy() if is_object else table.astype(dtype).array

    def write(values: FloatArray) -> Any:
        places = np.where(np.isnan(values), n, values).astype(np.intp)
        return pd.Series(cells.take(places), dtype=dtype)

    return write


def _in_order(row: Any, n_columns: int) -> list[Any]:
    if isinstance(row, np.ndarray) and row.ndim == 2:
        _check_one(len(row))
        row = row[0]
    if len(row) != n_columns:
        raise InputError(
            f"The instance has {len(row)} values, but the training table has {n_columns} columns. "
            "Give one value a column."
        )
    return row.tolist() if isinstance(row, np.ndarray) else list(row)


def _check_one(n_rows: int) -> None:
    if n_rows != 1:
        raise InputError(f"The instance has {n_rows} rows. Pass one row.")


def _listed(words: list[str]) -> str:
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    return ", ".join(words[:_NAMED]) + more
