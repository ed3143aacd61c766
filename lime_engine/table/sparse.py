"""Sparse table rows: their components are the columns that are not zero."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lime_engine.errors import InputError
from lime_engine.subjects import TabularSubject
from lime_engine.table.cells import check_kept
from lime_engine.table.discretize import Bins, Labels, check_bins
from lime_engine.table.law import TabularLaw, default_kernel_width
from lime_engine.table.numeric_column import NumericColumn
from lime_engine.table.rows import column_names, drawn, fits
from lime_engine.types import Design, IntArray

MAX_BATCH_BYTES = 64_000_000
_ENTRY_BYTES = 16  # a float, its column and what is needed to write them


@dataclass(frozen=True, slots=True, eq=False)
class SparsePerturber:
    """Knows a sparse table, and writes rows with some of their non-zero values out of their bins.

    Made by `SparsePerturber.learn` from the training rows of the model. All columns are numeric;
    those that are zero in the instance stay zero. A column's bins and law are made when a row
    needs them, from all training rows, zeros included, as `TabularPerturber` does.
    """

    train: Any  # CSC (n_rows, n_columns): the columns are what is looked up
    names: tuple[str, ...]
    places: Mapping[str, int]
    bins: Bins
    labels: Labels | None

    @classmethod
    def learn(
        cls,
        train: Any,
        *,
        bins: Bins = "quartile",
        labels: ArrayLike | None = None,
        names: Sequence[str] | None = None,
    ) -> "SparsePerturber":
        """What is known of the columns of a SciPy sparse matrix or array (n_rows, n_columns).

        Parameters as `TabularPerturber.learn`.

        Raises
        ------
        InputError
            If it is no such matrix, is empty or holds infinite values, or two columns have the
            same name.
        SettingsError
            If `bins` is unknown.
        """
        if not _is_sparse(train) or train.ndim != 2:
            raise InputError(
                f"The training table is of type {type(train).__name__}. Pass a SciPy sparse "
                "matrix of numbers, or use TabularPerturber.learn."
            )
        if 0 in train.shape:
            raise InputError(
                f"The training table has {train.shape[0]} rows and {train.shape[1]} columns. Give "
                "at least one of each."
            )
        columns = train.tocsc(copy=True)
        columns.sum_duplicates()
        if np.isinf(columns.data).any():
            raise InputError("The training table holds infinite values. Give finite numbers.")
        keys = range(train.shape[1]) if names is None else [str(name) for name in names]
        if len(keys) != train.shape[1]:
            raise InputError(
                f"There are {len(keys)} names for {train.shape[1]} columns. Give one a column."
            )
        titles = column_names(keys)
        places = {name: j for j, name in enumerate(titles)}
        return cls(columns, titles, places, bins, check_bins(bins, labels, train.shape[0]))

    def components(self, instance: Any) -> TabularSubject:
        """The columns that are not zero, with the bins of their values.

        Parameters
        ----------
        instance : SciPy sparse matrix or array (1, n_columns)

        Raises
        ------
        InputError
            If it is no such row, all of it is zero, or a value is infinite, or missing where no
            training row is.
        """
        n_columns = len(self.names)
        if not _is_sparse(instance):
            raise InputError(
                f"The instance is of type {type(instance).__name__}. Pass one row of a SciPy "
                "sparse matrix of numbers."
            )
        if instance.shape not in ((1, n_columns), (n_columns,)):
            raise InputError(
                f"The instance has shape {instance.shape}; expected (1, {n_columns}). Pass one row "
                "with the columns of the training table."
            )
        row = instance.reshape((1, n_columns)).tocsr(copy=True)
        row.sum_duplicates()
        row.eliminate_zeros()
        if row.nnz == 0:
            raise InputError(
                "The row has no values but zeros, so there is nothing to switch off. Choose "
                "another row."
            )
        columns = [self.column(int(j)) for j in row.indices]
        values = [c.plain(value) for c, value in zip(columns, row.data.tolist(), strict=True)]
        for column, value in zip(columns, values, strict=True):
            check_kept(column.name, None, value)
        return TabularSubject(
            columns=tuple(column.name for column in columns),
            values=tuple(values),
            bins=tuple(
                column.label_of(value) for column, value in zip(columns, values, strict=True)
            ),
        )

    def column(self, place: int) -> NumericColumn:
        """What is known of one column."""
        start, end = self.train.indptr[place : place + 2]
        values = np.zeros(self.train.shape[0])
        values[self.train.indices[start:end]] = self.train.data[start:end]
        return NumericColumn.learn(
            self.names[place], values, self.train.dtype, bins=self.bins, labels=self.labels
        )

    def default_kernel_width(self, subject: TabularSubject) -> float:
        """For the euclidean distance of masks: .75 sqrt(d), d columns that are not zero."""
        return default_kernel_width(subject.n_components)

    def law(self, subject: TabularSubject, kernel_width: float | None) -> TabularLaw:
        """Columns drawn on their own, as training rows have them; exponential kernel."""
        columns = tuple(self.column(self.places[name]) for name in subject.columns)
        return TabularLaw.around(subject, columns, kernel_width)

    def realiser(self, subject: TabularSubject) -> Callable[[Design], Any]:
        """Writes the rows of a design as CSR, (n, n_columns), a matrix or an array as `train` is.

        In the type of the training table if it can hold the values of the instance, else floats.
        """
        from scipy.sparse import csr_array, csr_matrix, isspmatrix

        kind = csr_matrix if isspmatrix(self.train) else csr_array
        places = np.array([self.places[name] for name in subject.columns])
        values = [np.nan if value is None else float(value) for value in subject.values]
        whole = all(fits(self.train.dtype, value) for value in values)
        dtype = self.train.dtype if whole else np.dtype(float)

        def write(design: Design) -> Any:
            draws = drawn(design)
            n, d = draws.shape
            parts = draws.astype(dtype).ravel(), np.tile(places, n), np.arange(0, n * d + 1, d)
            rows = kind(parts, shape=(n, len(self.names)))
            rows.eliminate_zeros()
            return rows

        return write

    def max_batch(self, subject: TabularSubject) -> int:
        return max(1, MAX_BATCH_BYTES // (_ENTRY_BYTES * subject.n_components))

    def bin_of(self, column: int, values: Any) -> IntArray:
        """The bins of values (n,) in the column at this place in the table, (n,)."""
        return self.column(column).bin_of(values)

    def bin_label(self, column: int, bin: int) -> str:
        """The bin in words, such as "fever > 0"."""
        return self.column(column).bin_label(bin)


def _is_sparse(thing: Any) -> bool:
    """Whether it is a SciPy sparse matrix or array of numbers."""
    from scipy.sparse import issparse

    return bool(issparse(thing)) and np.dtype(thing.dtype).kind in "fiub"
