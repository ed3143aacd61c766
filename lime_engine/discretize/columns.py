"""Columns of numbers cut into bins, with the edges, names and statistics of `lime`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lime_engine.errors import InputError, SettingsError, cut
from lime_engine.settings import seed_of
from lime_engine.table.discretize import bin_edges, check_bins
from lime_engine.types import FloatArray

Numbers = NDArray[Any]
_NO_SPREAD = 1e-11  # added to each standard deviation, as `lime` does; the least one
STATISTICS = ("means", "stds", "mins", "maxs")


class BaseDiscretizer(ABC):
    """Columns of numbers cut at edges; a subclass says where, in `bins`.

    Parameters
    ----------
    data : array (n_rows, n_columns)
    categorical_features : collection of int
        Columns that are left as they are.
    feature_names : sequence of str
        One a column.
    labels : array or None
        What the model predicts for each row; only `EntropyDiscretizer` needs it.
    random_state : int, numpy RandomState or Generator, or None
        For `undiscretize`, which reads it each time and never advances it.
    data_stats : mapping or None
        "means", "stds", "mins" and "maxs", each a dict of column to one number a bin, if they are
        not to be computed from `data`.

    Attributes
    ----------
    to_discretize : list of int
    names : dict of int to list of str
        Of each column the bins in words, such as "1.60 < petal length <= 4.35".
    lambdas : dict of int to callable
        Of each column what turns values into numbers of bins.
    means, stds, mins, maxs : dict of int to list of float
        Of each column one number a bin.

    Raises
    ------
    InputError
        If a column to be cut holds a missing or infinite value.
    SettingsError
        If `bins` does not return at least one edge a column, or `data_stats` has not one number a
        bin.
    """

    def __init__(
        self,
        data: Numbers,
        categorical_features: Collection[int],
        feature_names: Sequence[str],
        labels: ArrayLike | None = None,
        random_state: Any = None,
        data_stats: Mapping[str, Any] | None = None,
    ) -> None:
        seed_of(random_state)
        left = {int(feature) for feature in categorical_features}
        self.to_discretize = [j for j in range(data.shape[1]) if j not in left]
        self.data_stats = data_stats
        self.random_state = random_state
        self.names: dict[int, list[str]] = {}
        self.lambdas: dict[int, Callable[[Any], Any]] = {}
        self.means: dict[int, list[float]] = {}
        self.stds: dict[int, list[float]] = {}
        self.mins: dict[int, list[float]] = {}
        self.maxs: dict[int, list[float]] = {}
        for feature in self.to_discretize:
            _check_finite(data[:, feature], feature_names[feature])
        edges = [np.unique(np.asarray(each, dtype=float)) for each in self.bins(data, labels)]
        if len(edges) != len(self.to_discretize) or not all(map(len, edges)):
            raise SettingsError(
                f"{type(self).__name__}.bins returned edges for {sum(map(bool, map(len, edges)))} "
                f"of {len(self.to_discretize)} columns. Return one array a column of "
                "`to_discretize`, with at least one number: where a bin ends and the next begins."
            )
        for feature, ends in zip(self.to_discretize, edges, strict=True):
            self.names[feature] = _in_words(str(feature_names[feature]), ends)
            self.lambdas[feature] = partial(np.searchsorted, ends)
            if data_stats is None:
                self._learn(feature, ends, data[:, feature])
        if data_stats is not None:
            n_bins = {feature: len(names) for feature, names in self.names.items()}
            self.means, self.stds, self.mins, self.maxs = (
                _one_a_bin(data_stats, name, n_bins) for name in STATISTICS
            )

    @abstractmethod
    def bins(self, data: Numbers, labels: ArrayLike | None) -> list[FloatArray]:
        """Of each column in `to_discretize` where one bin ends and the next begins."""

    def discretize(self, data: Numbers) -> Numbers:
        """Rows (n, n_columns), or one (n_columns,), with the numbers of bins for values."""
        found = data.copy()
        for feature, bin_of in self.lambdas.items():
            found[..., feature] = bin_of(found[..., feature])
        return found

    def undiscretize(self, data: Numbers, rng: np.random.Generator | None = None) -> Numbers:
        """Values for the numbers of bins: the inverse of `discretize`, drawn at random.

        From a normal of the bin's mean and standard deviation, cut off where the bin ends. Drawn
        from `rng`, or as the random state says, which stays as it is.
        """
        rng = rng or np.random.default_rng(seed_of(self.random_state))
        found = data.copy()
        for feature in self.lambdas:
            bins = np.asarray(data[..., feature]).astype(int)
            found[..., feature] = self._drawn(feature, bins, rng)
        return found

    def get_undiscretize_values(self, feature: int, values: ArrayLike) -> FloatArray:
        """Values of one column for the numbers (n,) of its bins."""
        rng = np.random.default_rng(seed_of(self.random_state))
        return self._drawn(feature, np.asarray(values).astype(int), rng)

    def _drawn(self, feature: int, bins: Numbers, rng: np.random.Generator) -> FloatArray:
        from scipy.special import ndtr, ndtri

        mean, sd, least, most = (
            np.asarray(each[feature], dtype=float)[bins]
            for each in (self.means, self.stds, self.mins, self.maxs)
        )
        sd = np.maximum(sd, _NO_SPREAD)
        low, high = ndtr((least - mean) / sd), ndtr((most - mean) / sd)
        values = mean + sd * ndtri(low + (high - low) * rng.random(np.shape(bins)))
        return np.asarray(np.clip(values, least, most))

    def _learn(self, feature: int, ends: FloatArray, values: Numbers) -> None:
        """The statistics of each bin of a column."""
        place = self.lambdas[feature](values)
        parts = [values[place == number] for number in range(len(ends) + 1)]
        self.means[feature] = [float(np.mean(part)) if len(part) else 0.0 for part in parts]
        self.stds[feature] = [
            (float(np.std(part)) if len(part) else 0.0) + _NO_SPREAD for part in parts
        ]
        self.mins[feature] = [float(np.min(values)), *ends.tolist()]
        self.maxs[feature] = [*ends.tolist(), float(np.max(values))]


class QuartileDiscretizer(BaseDiscretizer):
    """Cuts each column at its quartiles."""

    def bins(self, data: Numbers, labels: ArrayLike | None) -> list[FloatArray]:
        return [bin_edges(data[:, feature], "quartile") for feature in self.to_discretize]


class DecileDiscretizer(BaseDiscretizer):
    """Cuts each column at its deciles."""

    def bins(self, data: Numbers, labels: ArrayLike | None) -> list[FloatArray]:
        return [bin_edges(data[:, feature], "decile") for feature in self.to_discretize]


class EntropyDiscretizer(BaseDiscretizer):
    """Cuts each column where a tree of depth 3 does, to tell the labels apart by it alone.

    Raises
    ------
    SettingsError
        If there are no labels.
    """

    def bins(self, data: Numbers, labels: ArrayLike | None) -> list[FloatArray]:
        known = check_bins("entropy", labels, len(data))
        return [bin_edges(data[:, feature], "entropy", known) for feature in self.to_discretize]


class StatsDiscretizer(BaseDiscretizer):
    """Columns of which the edges and the statistics are known, and no rows.

    `data_stats` may have "bins", a dict of column to edges; without it the edges are where the
    bins end by "mins".
    """

    def bins(self, data: Numbers, labels: ArrayLike | None) -> list[FloatArray]:
        known = self.data_stats or {}
        ends = numbers_by_column(known, "bins") if known.get("bins") is not None else {}
        mins = numbers_by_column(known, "mins")
        return [
            np.array(ends[feature] if feature in ends else mins.get(feature, [])[1:])
            for feature in self.to_discretize
        ]


def _check_finite(values: Numbers, name: str) -> None:
    wrong = np.flatnonzero(~np.isfinite(np.asarray(values, dtype=float)))
    if len(wrong):
        raise InputError(
            f"Column {name!r} is {values[wrong[0]]} in row {wrong[0]}. Give finite numbers, or use "
            "TabularPerturber, which knows missing values."
        )


def numbers_by_column(statistics: Mapping[str, Any], name: str) -> dict[int, list[float]]:
    """One of the statistics: numbers of each column.

    Raises
    ------
    SettingsError
        If they are anything else.
    """
    given: Any = statistics.get(name)
    try:
        items = given.items()
        return {int(j): np.asarray(each, dtype=float).ravel().tolist() for j, each in items}
    except (AttributeError, TypeError, ValueError) as error:
        raise SettingsError(
            f"The statistics have {cut(repr(given), 60)} as {name!r}. Give a dict of the number of "
            "each column to a list of numbers."
        ) from error


def _one_a_bin(
    statistics: Mapping[str, Any], name: str, n_bins: Mapping[int, int]
) -> dict[int, list[float]]:
    found = numbers_by_column(statistics, name)
    for feature, n in n_bins.items():
        numbers = found.get(feature, [])
        if len(numbers) != n or np.isnan(numbers).any():
            raise SettingsError(
                f"The statistics have {cut(repr(numbers), 60)} as {name!r} of column {feature}, "
                f"which is cut into {n} bins. Give {n} numbers, one a bin."
            )
    return found


def _in_words(name: str, ends: FloatArray) -> list[str]:
    between = [f"{low:.2f} < {name} <= {high:.2f}" for low, high in pairwise(ends)]
    return [f"{name} <= {ends[0]:.2f}", *between, f"{name} > {ends[-1]:.2f}"]
