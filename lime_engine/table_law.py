"""The neighbourhood of a table row: each column drawn on its own, as the training rows have it."""

from dataclasses import dataclass
from math import prod

import numpy as np

from lime_engine.categorical_column import CategoricalColumn
from lime_engine.discretize import IntArray
from lime_engine.kernels import exponential_kernel
from lime_engine.numeric_column import NumericColumn
from lime_engine.subjects import TabularSubject
from lime_engine.types import Design, FloatArray

Column = NumericColumn | CategoricalColumn
_WIDTH = 0.75  # of the kernel, in units of sqrt(d), as `lime` has it


def default_kernel_width(n_columns: int) -> float:
    """In units of the square root of the number of columns that left their bins: .75 sqrt(d)."""
    return float(_WIDTH * np.sqrt(n_columns))


@dataclass(frozen=True, slots=True, eq=False)
class TabularLaw:
    """Each column is drawn from its own training marginal, without a look at the others.

    Parameters
    ----------
    columns : tuple of d columns
    codes : array (d,)
        The values of the instance as `Design.draws` has them.
    bins : array (d,)
        Its bins.
    kernel : array (d+1,)
        Weight of a row with s columns outside the bins of the instance.
    """

    columns: tuple[Column, ...]
    codes: FloatArray
    bins: IntArray
    kernel: FloatArray

    @classmethod
    def around(
        cls, subject: TabularSubject, columns: tuple[Column, ...], kernel_width: float | None
    ) -> "TabularLaw":
        """The law of the neighbourhood of `subject`; None is the default width."""
        d = len(columns)
        pairs = list(zip(columns, subject.values, strict=True))
        width = default_kernel_width(d) if kernel_width is None else kernel_width
        return cls(
            columns=columns,
            codes=np.array([column.code(value) for column, value in pairs]),
            bins=np.array([column.bin_of([value])[0] for column, value in pairs]),
            kernel=exponential_kernel(np.sqrt(np.arange(d + 1)), width),
        )

    def draw(self, n: int, rng: np.random.Generator) -> Design:
        """n rows; a column is on in a row if it is drawn from the bin of the instance.

        Also then its value is drawn anew, within that bin.
        """
        d = len(self.columns)
        masks, draws = np.empty((n, d), dtype=bool), np.empty((n, d))
        for j, column in enumerate(self.columns):
            bins, draws[:, j] = column.draw(rng.random(n))
            np.equal(bins, self.bins[j], out=masks[:, j])
        return Design(masks, self.kernel[d - masks.sum(axis=1)], draws=draws)

    def instance(self) -> Design:
        """The one row that is the instance itself, every value as it stands."""
        masks = np.ones((1, len(self.columns)), dtype=bool)
        return Design(masks, self.kernel[:1], draws=self.codes[None].copy())

    def enumerate(self, n: int) -> Design | None:
        """All combinations of categories, if every column has categories and nothing else.

        The weight of a combination is n times the product of the shares of its categories among
        the training rows, times the kernel; the instance, row 0, has `kernel[0]` more. None if
        there are more than n + 1 combinations of categories that training rows have (a missing
        value is one of them).
        """
        categorical = [c for c in self.columns if isinstance(c, CategoricalColumn)]
        seen = [np.flatnonzero(column.counts) for column in categorical]
        if len(seen) < len(self.columns) or prod(map(len, seen)) > n + 1:
            return None
        # The bin of the instance comes first in each column, so that row 0 is the instance.
        orders = [
            np.append(own, bins[bins != own]) for own, bins in zip(self.bins, seen, strict=True)
        ]
        combinations = np.stack([g.ravel() for g in np.meshgrid(*orders, indexing="ij")], axis=1)
        masks = combinations == self.bins
        weights = n * self.kernel[(~masks).sum(axis=1)]
        draws = np.empty(masks.shape)
        for j, column in enumerate(categorical):
            weights *= (column.counts / column.counts.sum())[combinations[:, j]]
            draws[:, j] = np.append(column.codes, np.nan)[combinations[:, j]]
        weights[0] += self.kernel[0]
        return Design(masks, weights, exact=True, draws=draws)
