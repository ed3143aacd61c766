"""The neighbourhood of a table row: each column drawn on its own, as the training rows have it."""

from dataclasses import dataclass
from math import prod

import numpy as np

from lime_engine.errors import SettingsError
from lime_engine.kernels import TOO_NARROW, exponential_kernel
from lime_engine.subjects import TabularSubject
from lime_engine.table.categorical_column import CategoricalColumn
from lime_engine.table.discretize import ends_of
from lime_engine.table.numeric_column import NumericColumn
from lime_engine.types import Design, FloatArray, IntArray

Column = NumericColumn | CategoricalColumn
_WIDTH = 0.75  # of the kernel, in units of sqrt(d), as `lime` has it
_BELOW_ONE = np.nextafter(1.0, 0.0)
_TINY = np.finfo(float).tiny
_VANISHING = 1e-8  # how often the bin that no training row has is on, tilted: the limit at 0
_LEAST_KERNEL = 1e-6  # of a row with one column elsewhere: else rounding is all
_FEW = 8  # rows of a column that are drawn on purpose if the law would give fewer
_USUAL = 4  # columns that have enough rows count as so many when the rows are shared out


def default_kernel_width(n_columns: int) -> float:
    """In units of the square root of the number of columns that left their bins: .75 sqrt(d)."""
    return float(_WIDTH * np.sqrt(n_columns))


@dataclass(frozen=True, slots=True, eq=False)
class TabularLaw:
    """Each column is drawn from its own training marginal, without a look at the others.

    Where no training row is in the instance's bin, the law is the limit of those in which ever
    fewer are, all with the value of the instance: a column's weight has a limit, E[f | on] less
    E[f | off].

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
        """The law of the neighbourhood of `subject`; None is the default width.

        Raises
        ------
        SettingsError
            If the width leaves nothing but the instance.
        """
        d = len(columns)
        pairs = list(zip(columns, subject.values, strict=True))
        width = default_kernel_width(d) if kernel_width is None else kernel_width
        kernel = exponential_kernel(np.sqrt(np.arange(d + 1)), width)
        if kernel[1] < _LEAST_KERNEL:
            raise SettingsError(TOO_NARROW)
        return cls(
            columns=columns,
            codes=np.array([column.code(value) for column, value in pairs]),
            bins=np.array([column.bin_of([value])[0] for column, value in pairs]),
            kernel=kernel,
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

    def draw_balanced(self, n: int, rng: np.random.Generator) -> Design:
        """n rows, each as likely as its share of the kernel's sum; the kernel is in the drawing.

        The kernel is a product over columns, so drawing each from its own bin with `_tilted`
        probability is the whole law, and all weights are the same. Each nth part of a column's law
        is drawn from once (Latin hypercube: McKay, Beckman & Conover 1979), so that few rows have
        their share of every bin, too.

        A column that would hardly ever be on, or off, is so on purpose in some rows, one column a
        row; these weigh less, by the whole mixture (balance heuristic: Veach & Guibas 1995).
        """
        d, tilted = len(self.columns), self._tilted()
        rare, on_purpose = _rare(tilted, n), np.full(n, -1)
        if len(rare):
            n_on_purpose = round(n * min(0.5, len(rare) / (len(rare) + _USUAL)))
            on_purpose[:n_on_purpose] = rng.permutation(rare)[np.arange(n_on_purpose) % len(rare)]
        masks, draws = np.empty((n, d), dtype=bool), np.empty((n, d))
        for j, (column, on) in enumerate(zip(self.columns, tilted, strict=True)):
            start, end = np.append(0.0, ends_of(column.counts))[self.bins[j] : self.bins[j] + 2]
            u = (rng.permutation(n) + rng.random(n)) / n
            is_on = u < on
            part = np.where(is_on, u / max(on, _TINY), (u - on) / max(1 - on, _TINY))
            if len(rare):
                own = on_purpose == j
                is_on[own], part[own] = on < 0.5, u[own]
            elsewhere = part * (1 - (end - start))
            elsewhere = np.where(elsewhere < start, elsewhere, elsewhere + (end - start))
            u = np.where(is_on, start + (end - start) * part, elsewhere)
            bins, draws[:, j] = column.draw(np.minimum(u, _BELOW_ONE))
            np.equal(bins, self.bins[j], out=masks[:, j])
            if start == end:  # no training row is there: the value is the instance's own
                masks[:, j] = is_on
                draws[is_on, j] = self.codes[j]
        share = np.full(n, np.mean(on_purpose < 0))  # of the law itself in what is drawn from
        for j in rare:
            is_rare = masks[:, j] == (tilted[j] < 0.5)
            share += is_rare * np.mean(on_purpose == j) / min(tilted[j], 1 - tilted[j])
        return Design(masks, self._mass() / share, draws=draws)

    def moments(self, rows: IntArray) -> FloatArray:
        """These rows of E[kernel (1, z) (1, z)^T], (n, d+1).

        Under the tilted law the columns are independent.

        Garreau & von Luxburg, "Looking Deeper into Tabular LIME", 2020.
        """
        on = np.append(1.0, self._tilted())
        found = np.outer(on[rows], on)
        found[range(len(rows)), rows] = on[rows]  # z^2 = z
        return np.asarray(self._mass() * found)

    def helpers(
        self, design: Design, pilot: FloatArray, n_helpers: int
    ) -> tuple[FloatArray, FloatArray]:
        """Which other bin each value is in, and where within its bin; the strongest columns first.

        Off, a value is in bin b with probability p_b / (1 - p_own), which is the fit of that bin on
        (1, z); where it lies within its bin has mean 0, whichever it is, and projects to nothing.
        """
        d = len(self.columns)
        columns: list[FloatArray] = []
        back: list[FloatArray] = []
        for j in np.argsort(-np.abs(pilot), kind="stable").tolist():
            column, values = self.columns[j], design.draws[:, j]  # type: ignore[index]
            bins = bin_of_codes(column, values)
            shares = column.counts / column.counts.sum()
            others = [b for b in np.argsort(-shares).tolist() if b != self.bins[j] and shares[b]]
            own = [(bins == b).astype(float) for b in others[1:]]  # one of them is 1 - z - the rest
            fits = [shares[b] / (1 - shares[self.bins[j]]) for b in others[1:]]
            if isinstance(column, NumericColumn) and np.any(place := _places(values, bins)):
                own.append(place)
                fits.append(0.0)
            if len(columns) + len(own) > n_helpers:
                break
            columns += own
            for fit in fits:
                back.append(np.zeros(d + 1))
                back[-1][[0, j + 1]] = fit, -fit
        if not columns:
            return np.empty((len(design), 0)), np.empty((d + 1, 0))
        return np.column_stack(columns), np.column_stack(back)

    def background(self, n: int, rng: np.random.Generator) -> FloatArray:
        """n rows drawn from the training marginals, (n, d) in codes."""
        draws = np.empty((n, len(self.columns)))
        for j, column in enumerate(self.columns):
            _, draws[:, j] = column.draw(rng.random(n))
        return draws

    def _tilted(self) -> FloatArray:
        """Probability of each column to be on among rows drawn as the kernel weighs them; (d,)."""
        on = self._shares()
        return np.asarray(on / (on + (1 - on) * self._factor()))

    def _shares(self) -> FloatArray:
        """The share of the training rows in the instance's bin of each column, (d,)."""
        pairs = zip(self.columns, self.bins, strict=True)
        shares = np.array([column.counts[bin] / column.counts.sum() for column, bin in pairs])
        return np.where(shares > 0, shares, _VANISHING * self._factor())

    def _factor(self) -> float:
        """What one more column that is off does to the kernel: it is the same for each."""
        return float(self.kernel[1] / self.kernel[0])

    def _mass(self) -> float:
        """E[kernel] of a row drawn from the training marginals."""
        on = self._shares()
        return float(np.prod(on + (1 - on) * self._factor()))

    def instance(self) -> Design:
        """The one row that is the instance itself, every value as it stands."""
        masks = np.ones((1, len(self.columns)), dtype=bool)
        return Design(masks, self.kernel[:1], draws=self.codes[None].copy())

    def enumerate(self, n: int) -> Design | None:
        """All combinations of categories, if every column has categories and nothing else.

        The weight of a combination is n times the product of the shares of its categories among
        the training rows, times the kernel; row 0 is the instance. None if there are more than
        n + 1 combinations of categories that training rows have (a missing
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
        return Design(masks, weights, exact=True, draws=draws)


def _rare(on: FloatArray, n: int) -> IntArray:
    """Columns that may be on and off, and of n rows would be one of these in too few."""
    return np.flatnonzero((on < 1) & (n * np.minimum(on, 1 - on) < _FEW))


def bin_of_codes(column: Column, codes: FloatArray) -> IntArray:
    """The bins of values as `Design.draws` has them, (n,)."""
    if isinstance(column, NumericColumn):
        return column.bin_of(codes)
    return np.where(np.isnan(codes), len(column.codes), np.searchsorted(column.codes, codes))


def _places(values: FloatArray, bins: IntArray) -> FloatArray:
    """How far each value (n,) is from the mean of its bin, in units of their spread."""
    values = np.nan_to_num(values)  # missing values have a bin of their own
    counts = np.bincount(bins)
    means = np.bincount(bins, weights=values) / np.maximum(counts, 1)
    away = values - means[bins]
    spread = away.std()
    return away / spread if spread > 0 else away
