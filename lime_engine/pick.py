"""SP-LIME: the few explanations that together show most of what a model leans on.

Ribeiro, Singh, Guestrin: "Why Should I Trust You?", KDD 2016, section 4 (algorithm 2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lime_engine.errors import InputError, SettingsError
from lime_engine.types import FloatArray, IntArray, MaskArray

_ROUNDING = 1e-9  # of a number of items: .29 * 100 is 28.999999999999996


@dataclass(frozen=True, slots=True, eq=False)
class ExplanationMatrix:
    """How much each feature counts in the explanation of each item: W of the paper.

    `weights` (n_items, n_features), a SciPy CSR array whose stored values are above 0; `features`
    name its columns: words, bins of table columns, visual words; `rows` (n_items,) are the items'
    numbers in the data they were taken from.

    Raises
    ------
    InputError
        If a stored weight is not a finite number above 0.
    """

    weights: Any
    features: tuple[str, ...]
    rows: IntArray

    def __post_init__(self) -> None:
        sizes = self.weights.data
        wrong = np.flatnonzero(~(np.isfinite(sizes) & (sizes > 0)))
        if len(wrong):
            row = self.rows[np.searchsorted(self.weights.indptr, wrong[0], side="right") - 1]
            feature = self.features[self.weights.indices[wrong[0]]]
            raise InputError(
                f"The weight of {feature!r} in row {row} is {sizes[wrong[0]]}; sizes of weights "
                "are finite and above 0, and those that are 0 are not stored. Leave this row out, "
                "or pass its weights to ExplanationMatrix.of."
            )

    @classmethod
    def of(cls, items: Iterable[tuple[int, Iterable[tuple[str, float]]]]) -> "ExplanationMatrix":
        """From the number of each item and its (feature, weight) pairs.

        Each item is to be explained for its predicted class. The size of a weight counts, not its
        sign, and a feature that an item has several times (two superpixels of one visual word)
        counts with their sum. Summed over items with their signs, as `lime.submodular_pick` does
        it, two classes that a feature speaks for would cancel.
        """
        from scipy.sparse import coo_array

        columns: dict[str, int] = {}
        rows: list[int] = []
        item_of: list[int] = []
        column_of: list[int] = []
        sizes: list[float] = []
        for item, (row, pairs) in enumerate(items):
            rows.append(row)
            for feature, weight in pairs:
                if weight:
                    item_of.append(item)
                    column_of.append(columns.setdefault(feature, len(columns)))
                    sizes.append(abs(weight))
        shape = len(rows), len(columns)
        weights = coo_array((np.array(sizes, dtype=float), (item_of, column_of)), shape=shape)
        return cls(weights.tocsr(), tuple(columns), np.array(rows, dtype=np.intp))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def importance(self) -> FloatArray:
        """I of each feature, (n_features,): the root of its weights' sum over the items."""
        return np.asarray(np.sqrt(self.weights.sum(axis=0)), dtype=float)

    def features_of(self, item: int) -> IntArray:
        """The columns in which this item has a weight."""
        start, end = self.weights.indptr[item : item + 2]
        return np.asarray(self.weights.indices[start:end], dtype=np.intp)

    def coverage(self, items: Sequence[int] | IntArray) -> float:
        """c(V) of these items: the summed importance of the features that any of them has."""
        seen = np.zeros(len(self.features), dtype=bool)
        for item in items:
            seen[self.features_of(int(item))] = True
        return float(self.importance[seen].sum())


@dataclass(frozen=True, slots=True, eq=False)
class AtLeast:
    """Of the first k picks, for every k, floor(share * k) are to be among `members`.

    `members` (n_items,) is True for, say, the wrong predictions. Once all of them are picked, the
    rest of the picks is free. Several quotas are all kept if no item is in two of them and their
    shares add up to at most 1; others as far as they can be.

    Raises
    ------
    SettingsError
        If `share` is not above 0 and at most 1.
    """

    members: MaskArray
    share: float

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise SettingsError(f"share is {self.share!r}; it is above 0 and at most 1.")


@dataclass(frozen=True, slots=True, eq=False)
class Pick:
    """The picked items in their order: any first part of it is the pick with that budget.

    `items` (b,) are positions in the matrix. `gains` (b,): the coverage that each adds to those
    before it; `adds`: by which features, the most important first. `total` is the coverage of all.
    """

    items: IntArray
    gains: FloatArray
    adds: tuple[IntArray, ...]
    total: float

    @property
    def shares(self) -> FloatArray:
        """c(first k picks) / c(all), k = 1..b."""
        return np.minimum(1.0, np.cumsum(self.gains) / self.total)


def submodular_pick(matrix: ExplanationMatrix, budget: int, quotas: Sequence[AtLeast] = ()) -> Pick:
    """The items that together cover most, greedily: within 1 - 1/e of the best without quotas.

    Coverage is submodular, so that what an item would have added earlier bounds what it adds now:
    only items at the top are looked at again (lazy evaluation: Minoux 1978). Of items that add the
    same, the first is picked. When everything is covered, the pick ends before its budget. Quotas
    that leave no pick to spare restrict the next one to their members, even to one that adds
    nothing.

    Parameters
    ----------
    budget : int, at least 1

    Raises
    ------
    SettingsError
        If the budget is below 1, or a quota has another number of items than the matrix.
    """
    if budget < 1:
        raise SettingsError(f"budget is {budget!r}; pick at least one item.")
    for quota in quotas:
        if len(quota.members) != len(matrix):
            raise SettingsError(
                f"A quota has {len(quota.members)} members, True or False; it needs one for each "
                f"of the {len(matrix)} items."
            )
    importance, features = matrix.importance, [matrix.features_of(i) for i in range(len(matrix))]
    left = importance.copy()  # of the features that are not covered yet
    bound = np.array([left[own].sum() for own in features])
    free = np.ones(len(matrix), dtype=bool)
    members, due = _timetable(quotas, len(matrix))
    items: list[int] = []
    gains: list[float] = []
    adds: list[IntArray] = []
    while len(items) < budget and left.any():
        item = _best(_allowed(free, members, due, items), bound, left, features)
        new = features[item][left[features[item]] > 0]
        adds.append(new[np.argsort(-left[new], kind="stable")])
        gains.append(float(bound[item]))
        items.append(item)
        left[new] = 0.0
        free[item] = False
    total = float(importance.sum())
    return Pick(np.array(items, dtype=np.intp), np.array(gains), tuple(adds), total)


def random_coverage(
    matrix: ExplanationMatrix, budget: int, n_draws: int, rng: np.random.Generator
) -> FloatArray:
    """c(V)/c(all) of items drawn at random without repetition, (n_draws, min(budget, n_items)).

    Column k is that of the first k + 1 of a draw: what to hold a pick against.
    """
    importance = matrix.importance
    size = min(budget, len(matrix))
    if size == 0 or importance.sum() == 0:
        return np.ones((n_draws, size))
    covered = np.zeros((n_draws, size))
    for draw in covered:
        own = [matrix.features_of(i) for i in rng.permutation(len(matrix))[:size]]
        place = np.repeat(np.arange(size), [len(features) for features in own])
        features, first = np.unique(np.concatenate(own), return_index=True)
        draw[:] = np.bincount(place[first], importance[features], minlength=size)
    return np.asarray(np.minimum(1.0, covered.cumsum(axis=1) / importance.sum()))


def _timetable(quotas: Sequence[AtLeast], n_items: int) -> tuple[MaskArray, IntArray]:
    """The members of each quota, (n_quotas, n_items), and how many are due by pick 1..n_items."""
    members = np.zeros((len(quotas), n_items), dtype=bool)
    due = np.zeros((len(quotas), n_items), dtype=np.intp)
    for own, owed, quota in zip(members, due, quotas, strict=True):
        own[:] = quota.members
        owed[:] = np.floor(quota.share * np.arange(1, n_items + 1) + _ROUNDING)
        np.minimum(owed, own.sum(), out=owed)
    return members, due


def _allowed(free: MaskArray, members: MaskArray, due: IntArray, items: Sequence[int]) -> MaskArray:
    """Which items may be picked next, so that what is due by any later pick can still be met.

    Where what is due by then takes all the picks until then, the next is one of those that are
    due. Of these, if quotas overlap, one that is in most of them.
    """
    owed = np.maximum(0, due[:, len(items) :] - members[:, items].sum(axis=1, keepdims=True))
    tight = np.flatnonzero(owed.sum(axis=0) >= np.arange(1, owed.shape[1] + 1))
    if not len(tight):
        return free
    serves = members[owed[:, tight[0]] > 0].sum(axis=0)
    return np.asarray(free & (serves == serves[free].max()))


def _best(
    allowed: MaskArray, bound: FloatArray, left: FloatArray, features: Sequence[IntArray]
) -> int:
    """The first of the allowed items that add most; `bound` is corrected on the way.

    Rounding cannot make a gain grow when something in its sum becomes 0: a bound is one exactly.
    """
    shown = np.where(allowed, bound, -1.0)
    while True:
        item = int(shown.argmax())
        gain = float(left[features[item]].sum())
        if gain == shown[item]:
            return item
        shown[item] = bound[item] = gain
