"""Table rows: which bin each value is in, and rows with values drawn from other bins."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lime_engine.errors import InputError, SettingsError
from lime_engine.subjects import TabularSubject
from lime_engine.table.categorical_column import CategoricalColumn
from lime_engine.table.cells import check_kept
from lime_engine.table.discretize import Bins, Labels, check_bins
from lime_engine.table.law import Column, TabularLaw, default_kernel_width
from lime_engine.table.numeric_column import NumericColumn
from lime_engine.table.rows import array_writer, as_table, column_names, frame_writer, row_values
from lime_engine.types import Design, IntArray

if TYPE_CHECKING:
    import pandas as pd

Row = Union["pd.Series[Any]", "pd.DataFrame", Mapping[Any, Any], NDArray[Any], Sequence[Any]]
MAX_BATCH_BYTES = 64_000_000
_CELL_BYTES = 8  # a float; what a DataFrame holds instead is not much larger


@dataclass(frozen=True, slots=True, eq=False)
class TabularPerturber:
    """Knows the bins of a table's columns, and writes rows with some values out of their bins.

    Made by `TabularPerturber.learn` from the training rows of the model. `keys` are the columns'
    names as the table has them, `dtypes` their types; `as_frame` says whether the model gets a
    DataFrame like the training table or an array.
    """

    columns: tuple[Column, ...]
    keys: tuple[Hashable, ...]
    dtypes: tuple[Any, ...]
    as_frame: bool

    @classmethod
    def learn(
        cls,
        train: Any,
        *,
        bins: Bins = "quartile",
        labels: ArrayLike | None = None,
        categorical: Sequence[str | int] = (),
        names: Sequence[str] | None = None,
    ) -> "TabularPerturber":
        """What is known of each column of `train`.

        Parameters
        ----------
        train : DataFrame or array (n_rows, n_columns) of numbers
            The model is asked with rows of this kind: a DataFrame with the same columns, order
            and types, or a float array. Columns of strings, objects, categories or bools are
            categorical, others numeric. A numeric column of whole numbers is perturbed to whole
            numbers (rounded within the bin), so that it keeps its type.
        bins : {"quartile", "decile", "entropy"} or callable
            How numeric columns are cut; see `discretize.bin_edges`.
        labels : array (n_rows,) or None
            What the model predicts, for "entropy".
        categorical : sequence of str or int
            Further columns that are categorical, by name or position.
        names : sequence of str or None
            The names of an array's columns. None: "column 0", "column 1", …

        Raises
        ------
        InputError
            If the table is empty, holds infinite values, dates or columns without any value, or
            two columns have the same name.
        SettingsError
            If `bins` is unknown, or `categorical` names a column that is not there.
        """
        as_frame = hasattr(train, "iloc") and hasattr(train, "columns")
        if not as_frame:
            train = as_table(train)
        _check_table(train, as_frame, names)
        keys: list[Any]
        if as_frame:
            keys = list(train.columns)
        else:
            keys = list(range(train.shape[1])) if names is None else [str(name) for name in names]
            if len(keys) != train.shape[1]:
                raise InputError(
                    f"There are {len(keys)} names for {train.shape[1]} columns. Give one a column."
                )
        titles = column_names(keys)
        chosen = {_place(column, keys, titles) for column in categorical}
        known_labels = check_bins(bins, labels, len(train))
        learn = _frame_column if as_frame else _array_column
        columns = [
            learn(train, j, name, j in chosen, bins, known_labels) for j, name in enumerate(titles)
        ]
        if as_frame:
            dtypes = tuple(train.dtypes)
        else:
            floats = train.dtype.kind == "f"
            dtypes = (train.dtype if floats else np.dtype(float),) * len(keys)
        return cls(tuple(columns), tuple(keys), dtypes, as_frame)

    def components(self, instance: Row) -> TabularSubject:
        """The row with the bins of its values.

        A number outside the training range is in the outermost bin.

        Parameters
        ----------
        instance : Series, one-row DataFrame or mapping
            In any order of the columns. A perturber learned from an array takes a 1-D array or
            sequence too.

        Raises
        ------
        InputError
            If it is not one row, a column is unknown, missing or there twice, or a value is no
            number, infinite, a category that no training row has, or missing where no training
            row is.
        """
        names = tuple(column.name for column in self.columns)
        given = row_values(instance, self.keys, names, by_position=not self.as_frame)
        values = tuple(c.plain(value) for c, value in zip(self.columns, given, strict=True))
        for column, dtype, value in zip(names, self.dtypes, values, strict=True):
            check_kept(column, dtype, value)
        bins = tuple(
            column.label_of(value) for column, value in zip(self.columns, values, strict=True)
        )
        return TabularSubject(names, values, bins)

    def default_kernel_width(self, subject: TabularSubject) -> float:
        """For the euclidean distance of masks: .75 sqrt(d), as `lime` has it."""
        return default_kernel_width(subject.n_components)

    def law(self, subject: TabularSubject, kernel_width: float | None) -> TabularLaw:
        """Columns drawn on their own, as training rows have them; exponential kernel."""
        return TabularLaw.around(subject, self.columns, kernel_width)

    def realiser(self, subject: TabularSubject) -> Callable[[Design], Any]:
        """Writes the rows of a design: a DataFrame or array as the training table was."""
        if not self.as_frame:
            return array_writer(self.dtypes[0])
        return frame_writer(self.columns, self.keys, self.dtypes, subject.values)

    def max_batch(self, subject: TabularSubject) -> int:
        return max(1, MAX_BATCH_BYTES // (_CELL_BYTES * len(self.columns)))

    def bin_of(self, column: int, values: Any) -> IntArray:
        """The bins of values (n,) in a column, (n,).

        Missing values are in a bin of their own, after all others; a category that no training
        row has is in bin -1.
        """
        return self.columns[column].bin_of(values)

    def bin_label(self, column: int, bin: int) -> str:
        """The bin in words, such as "29.5 < age <= 41", "sex = female" or "age is missing"."""
        return self.columns[column].bin_label(bin)


def _check_table(train: Any, as_frame: bool, names: Sequence[str] | None) -> None:
    if as_frame and names is not None:
        raise SettingsError("names are for arrays; a DataFrame has its own. Leave names out.")
    if not as_frame:
        if hasattr(train, "tocsc"):
            raise InputError("The training table is sparse. Use SparsePerturber.learn.")
        if not isinstance(train, np.ndarray) or train.ndim != 2:
            what = f"shape {train.shape}" if isinstance(train, np.ndarray) else type(train).__name__
            raise InputError(
                f"The training table is of {what}. Pass a pandas DataFrame, or a 2-D numpy array."
            )
        if train.dtype.kind not in "fiub":
            raise InputError(
                f"The training array is of type {train.dtype}. Arrays hold numbers; pass a pandas "
                "DataFrame for columns of strings or of several types."
            )
    if 0 in train.shape:
        raise InputError(
            f"The training table has {train.shape[0]} rows and {train.shape[1]} columns. Give at "
            "least one of each."
        )


def _place(column: str | int, keys: Sequence[Hashable], names: Sequence[str]) -> int:
    """Where the column is, by its key, name or position."""
    for known in (keys, names, range(len(keys))):
        if column in known:
            return known.index(column)
    raise SettingsError(
        f"categorical names the column {column!r}, which is not in the table. Its columns are "
        f"{', '.join(names[:8])}{', …' if len(names) > 8 else ''}."
    )


def _frame_column(
    train: Any, j: int, name: str, chosen: bool, bins: Bins, labels: Labels | None
) -> Column:
    from pandas import CategoricalDtype
    from pandas.api import types

    series = train.iloc[:, j]
    dtype = series.dtype
    words = types.is_object_dtype(dtype) or types.is_string_dtype(dtype)
    ordered = isinstance(dtype, CategoricalDtype)
    if chosen or words or ordered or types.is_bool_dtype(dtype):
        order = dtype.categories.tolist() if ordered else None
        return CategoricalColumn.learn(name, series.tolist(), order)
    if not types.is_numeric_dtype(dtype) or types.is_complex_dtype(dtype):
        raise InputError(
            f"Column {name!r} holds {dtype}, neither numbers nor categories. Turn it into numbers "
            "(for dates, say, the days since one of them), or leave it out."
        )
    values = series.to_numpy(dtype=float, na_value=np.nan)
    numpy_dtype = getattr(dtype, "numpy_dtype", getattr(dtype, "subtype", dtype))
    return NumericColumn.learn(name, values, numpy_dtype, bins=bins, labels=labels)


def _array_column(
    train: Any, j: int, name: str, chosen: bool, bins: Bins, labels: Labels | None
) -> Column:
    values = train[:, j]
    if not chosen:
        return NumericColumn.learn(
            name, values.astype(float), values.dtype, bins=bins, labels=labels
        )
    column = CategoricalColumn.learn(name, values.astype(float).tolist())
    # In an array the codes are what the array itself has.
    return replace(column, codes=np.array(column.categories))
