"""The neighbourhood of a table row as `lime` draws it, as a law of the engine."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lime_engine.compat.asking import Kernel
from lime_engine.types import Design, FloatArray

Write = Callable[[FloatArray, np.random.Generator], FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Category:
    """A column of categories or bins: drawn from how often each is among the training rows."""

    values: FloatArray
    shares: FloatArray

    def draw(self, n: int, rng: np.random.Generator) -> FloatArray:
        """n of its values."""
        return np.asarray(rng.choice(self.values, size=n, p=self.shares))


@dataclass(frozen=True, slots=True, eq=False)
class Continuous:
    """A column of numbers that is not cut: drawn from a normal around `centre`.

    The surrogate is linear in (value - `mean`) / `scale`.
    """

    centre: float
    mean: float
    scale: float

    def draw(self, n: int, rng: np.random.Generator) -> FloatArray:
        """n values."""
        return self.centre + self.scale * rng.standard_normal(n)


@dataclass(frozen=True, slots=True, eq=False)
class RowLaw:
    """Each column is drawn on its own, a row counts by its distance to the instance.

    Parameters
    ----------
    columns : tuple of d columns
    row : array (d,)
        The instance, which is row 0 as it stands.
    codes : array (d,)
        Its category or bin in each column; its value in one that is not cut.
    values_of : callable
        (codes (n, d), rng) -> values (n, d): what is drawn within a bin.
    weigh : Kernel
    """

    columns: tuple[Category | Continuous, ...]
    row: FloatArray
    codes: FloatArray
    values_of: Write
    weigh: Kernel

    @property
    def kernel(self) -> FloatArray:
        """The weight of a row with s columns other than the instance's, if all are cut."""
        return self.weigh.by_size(len(self.columns))

    def instance(self) -> Design:
        """The one row that is the instance itself."""
        seen = self._seen(self.codes[None])
        weight = self.weigh.of_rows(seen, seen[0])
        return Design(seen, weight, draws=self.row[None].copy())

    def draw(self, n: int, rng: np.random.Generator) -> Design:
        """n rows."""
        codes = np.column_stack([column.draw(n, rng) for column in self.columns])
        seen = self._seen(codes)
        if seen.dtype == bool:
            weights = self.kernel[len(self.columns) - seen.sum(axis=1)]
        else:
            weights = self.weigh.of_rows(seen, self._seen(self.codes[None])[0])
        return Design(seen, weights, draws=np.asarray(self.values_of(codes, rng), dtype=float))

    def enumerate(self, n: int) -> Design | None:
        """None: rows are drawn, however few there can be."""
        return None

    def _seen(self, codes: FloatArray) -> Any:
        """What the surrogate sees, (n, d): whether a category is the instance's; else numbers."""
        if all(isinstance(column, Category) for column in self.columns):
            return codes == self.codes
        seen = np.array(codes)
        for j, column in enumerate(self.columns):
            if isinstance(column, Category):
                seen[:, j] = codes[:, j] == self.codes[j]
            else:
                seen[:, j] = (codes[:, j] - column.mean) / column.scale
        return seen
