"""What the mistakes of two models cost, where one of two answers must not be missed; pure.

Whoever misses it pays `cost`, whoever raises a false alarm pays 1. Each model calls out from the
threshold on that costs least on the items with a label. If what it says of its sureness were true,
that would be at 1 / (1 + cost).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ui.compare.choice import CompareChoice
from ui.compare.values import Answered, AnsweredItem, Estimated

DRAWS = 2000
_SEED = 0
_USUAL = 0.5  # the threshold of a model's own answers

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cost:
    """One model's mistakes if it calls out from the probability `threshold` on.

    That is the one with the lowest `cost`; of several the one that is nearest to 0.5. `more` items
    are called out that its own answers do not, `more_right` of them rightly; of `fewer`, which its
    own answers do, `fewer_right` should be. `before` is what its own answers cost, `if_true` what
    it costs to call out from 1 / (1 + cost) on.
    """

    threshold: float
    missed: int
    false_alarms: int
    cost: int
    more: int
    more_right: int
    fewer: int
    fewer_right: int
    before: int
    if_true: int


@dataclass(frozen=True, slots=True)
class Costs:
    """Both models on `n` items, `n_there` of which are those not to be missed.

    `apart` is what side 0 costs more than side 1; `if_true` the threshold 1 / (1 + cost).
    """

    n: int
    n_there: int
    if_true: float
    sides: tuple[Cost, Cost]
    apart: Estimated


def class_in_view(choice: CompareChoice, answered: Answered) -> int:
    """The answer that is not to be missed, and whose curves are shown.

    Of two, where nobody has said which: the rarer one, or the second.
    """
    known = [each.answer for each in answered.classes]
    if choice.miss is not None and choice.miss in known:
        return choice.miss
    if len(answered.names) == 2:
        there = [each for each in answered.classes if each.n]
        return min(there, key=lambda each: (each.n, -each.answer)).answer if there else 1
    return known[0] if known else 1


def costs(items: Sequence[AnsweredItem], miss: int, cost: int) -> Costs | None:
    """What the mistakes cost on the items with a label, if missing answer `miss` costs `cost`.

    None unless there are just two answers, and some item has a label. The interval of the
    difference is that of `DRAWS` bootstrap samples of the items, the same at every call; the
    thresholds stay where they are.
    """
    known = [item for item in items if item.label is not None and item.p is not None]
    if not known:
        return None
    there = np.array([item.label == miss for item in known])
    p = np.array([item.p for item in known], dtype=float)
    p = p if miss == 1 else 1 - p
    said = np.array([item.answers for item in known]) == miss
    thresholds = [_best(there, p[:, side], cost) for side in (0, 1)]
    called = p >= thresholds
    if_true = 1 / (1 + cost)
    first, second = (
        Cost(
            threshold=thresholds[side],
            missed=int((there & ~called[:, side]).sum()),
            false_alarms=int((called[:, side] & ~there).sum()),
            cost=_cost(there, called[:, side], cost),
            more=int((called & ~said)[:, side].sum()),
            more_right=int(((called & ~said)[:, side] & there).sum()),
            fewer=int((said & ~called)[:, side].sum()),
            fewer_right=int(((said & ~called)[:, side] & there).sum()),
            before=_cost(there, said[:, side], cost),
            if_true=_cost(there, p[:, side] >= if_true, cost),
        )
        for side in (0, 1)
    )
    each = np.where(called, ~there[:, None], there[:, None] * cost)
    apart = _resampled(each[:, 0] - each[:, 1])
    return Costs(len(known), int(there.sum()), if_true, (first, second), apart)


def _cost(there: Bools, called: Bools, cost: int) -> int:
    return cost * int((there & ~called).sum()) + int((called & ~there).sum())


def _best(there: Bools, p: Floats, cost: int) -> float:
    """The threshold with the lowest cost: in the middle between what is called out and what not.

    0.5 where that is as good.
    """
    edges, place = np.unique(p, return_inverse=True)
    missed = np.concatenate([[0], np.cumsum(np.bincount(place, there))])  # below each edge
    alarms = np.concatenate([np.cumsum(np.bincount(place, ~there)[::-1])[::-1], [0]])
    total = cost * missed + alarms
    bounds = np.concatenate([[0.0], edges, [np.nextafter(1.0, 2.0)]])
    low, high = bounds[:-1], bounds[1:]
    middle = np.where((low < _USUAL) & (high >= _USUAL), _USUAL, (low + high) / 2)
    middle = np.where(middle > low, middle, high)  # where both are next to each other
    best = np.flatnonzero(total == total.min())
    return float(middle[best[np.argmin(np.abs(middle[best] - _USUAL))]])


def _resampled(differences: ArrayLike) -> Estimated:
    """Their sum, with the percentiles of those of `DRAWS` samples."""
    values, times = np.unique(np.asarray(differences), return_counts=True)
    n, total = int(times.sum()), float(values @ times)
    drawn = np.random.default_rng(_SEED).multinomial(n, times / n, size=DRAWS) @ values
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Estimated(total, min(total, float(low)), max(total, float(high)))
