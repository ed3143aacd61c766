"""What precision the sizes of a study can reach, simulated before it is launched."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from trust_study.scoring.resampling import Floats
from trust_study.stages.final.score import COUNTS, MEASURES

PRIMARY = ("discernment", "over_reliance", "under_reliance")  # that a study can be planned for
# Of the people that are simulated: how far they tell right from wrong, how they differ (probit).
DISCERN, SPREAD = 1.0, 0.5
SIMULATIONS = 1_000


@dataclass(frozen=True, slots=True)
class Precision:
    """Half the width of the 95% interval to expect, of one arm and of two arms' difference.

    `difference` is None for a study of one arm.
    """

    arm: float
    difference: float | None


def precision(
    n_people: int, n_right: int, n_wrong: int, n_arms: int, is_within: bool, measure: str
) -> Precision:
    """Simulate so many studies of people with d' = 1 who differ, and see how the results spread.

    Parameters
    ----------
    n_people
        Who finish, of all arms together.
    n_right, n_wrong
        Items about which the model is right, and wrong.
    is_within
        Whether everybody meets every arm.
    measure
        One of `PRIMARY`.
    """
    rng = np.random.default_rng(0)
    size = (SIMULATIONS, n_people if is_within else max(1, n_people // n_arms))
    shift = rng.normal(0, SPREAD, (2, 1 if is_within else n_arms, *size))
    values = []
    for arm in range(n_arms):
        own = shift[:, 0 if is_within else arm]
        sums: Floats = np.zeros((SIMULATIONS, len(COUNTS)))
        for kind, (name, n, mean) in enumerate(
            (("right", n_right, DISCERN / 2), ("wrong", n_wrong, -DISCERN / 2))
        ):
            # Within people, the items are shared out among the arms.
            each = _shared(n, n_arms, arm, size[1]) if is_within else np.full(size[1], n)
            followed = rng.binomial(each, norm.cdf(mean + own[kind]))
            sums[:, COUNTS.index(name)] = each.sum()
            sums[:, COUNTS.index(f"{name}_followed")] = followed.sum(axis=1)
        values.append(MEASURES[measure].of(sums))
    apart = _half(values[0] - values[1]) if n_arms > 1 else None
    return Precision(_half(values[0]), apart)


def _shared(n: int, n_arms: int, arm: int, n_people: int) -> NDArray[np.int64]:
    """How many of `n` items each person meets in this arm, going round."""
    turn = (np.arange(n_people) + arm) % n_arms
    return n // n_arms + (turn < n % n_arms).astype(np.int64)


def _half(values: Floats) -> float:
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan")
    low, high = np.quantile(known, (0.025, 0.975))
    return float(high - low) / 2
