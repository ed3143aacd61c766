"""Estimates from counts by person, with intervals that resample the people (bootstrap).

Every measure is a function of sums over people, so a resample is a product of two matrices, and
the same sums serve all measures.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import hypot
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trust_study.numbers import counted, number
from trust_study.scoring.rates import wilson

Floats: TypeAlias = NDArray[np.float64]
RESAMPLES = 10_000
MIN_PEOPLE = 5  # with fewer, or with fewer cases, there is no number
MIN_CASES = 10
_CHUNK = 2_000_000  # weights in memory at a time


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is worked out from sums of counts.

    Parameters
    ----------
    of
        The value from an array whose last axis has the sums of the counts; nan if undefined.
    cases
        The number of cases that it rests on, from the same array.
    is_rate
        Whether it is a share of the cases.
    is_outcome
        Whether what people are shown can change it; otherwise arms are not compared in it.
    """

    name: str
    of: Callable[[Floats], Floats]
    cases: Callable[[Floats], Floats]
    is_rate: bool = False
    is_outcome: bool = True


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95% interval; None where there is too little to say.

    Parameters
    ----------
    people, cases
        How many people it rests on, and how many of their answers.
    """

    value: float | None
    low: float | None
    high: float | None
    people: int
    cases: int

    @property
    def says(self) -> str:
        """The value with its interval in words."""
        if self.value is None or self.low is None or self.high is None:
            people = counted(self.people, "person", "people")
            return f"too few to say ({people}, {counted(self.cases, 'answer')})"
        return f"{number(self.value)} [{number(self.low)} to {number(self.high)}]"


@dataclass(frozen=True, slots=True)
class People:
    """Counts by person and arm, and the groups within which people are resampled.

    Parameters
    ----------
    counts
        Of shape (people, arms, counts).
    groups
        Of shape (people,): whole numbers.
    """

    counts: Floats
    groups: NDArray[np.int64]


def resampled(people: People, seed: int = 0, n: int = RESAMPLES) -> Floats:
    """The sums of the counts in each of `n` resamples, of shape (resamples, arms, counts)."""
    return np.concatenate(
        [
            np.tensordot(weights, people.counts, axes=1)
            for weights in _weights(people.groups, seed, n)
        ]
    )


def estimate(people: People, arm: int, measure: Measure, sums: Floats) -> Estimate:
    """A measure in one arm; `sums` are those of `resampled`."""
    alone = _alone(people, arm, measure)
    if alone.value is None:
        return alone
    low, high = _interval(measure.of(sums[:, arm]))
    if _is_uniform(measure, alone.value):
        low, high = wilson(alone.value * alone.people, alone.people)
    return Estimate(alone.value, low, high, alone.people, alone.cases)


def difference(people: People, arm: int, other: int, measure: Measure, sums: Floats) -> Estimate:
    """A measure in one arm less the same in another; who was in both is resampled with both."""
    first, second = _alone(people, arm, measure), _alone(people, other, measure)
    n, cases = min(first.people, second.people), min(first.cases, second.cases)
    if first.value is None or second.value is None:
        return Estimate(None, None, None, n, cases)
    value = first.value - second.value
    low, high = _interval(measure.of(sums[:, arm]) - measure.of(sums[:, other]))
    if _is_uniform(measure, first.value) and _is_uniform(measure, second.value):
        # Newcombe's interval for two rates (1998, method 10).
        low1, high1 = wilson(first.value * first.people, first.people)
        low2, high2 = wilson(second.value * second.people, second.people)
        low = value - hypot(first.value - low1, high2 - second.value)
        high = value + hypot(high1 - first.value, second.value - low2)
    return Estimate(value, low, high, n, cases)


def _is_uniform(measure: Measure, value: float) -> bool:
    """Whether all do the same, so that resamples tell nothing: then as if each had one case."""
    return measure.is_rate and value in (0.0, 1.0)


def _alone(people: People, arm: int, measure: Measure) -> Estimate:
    """The value without an interval; None if it rests on too few people or cases."""
    total: Floats = people.counts[:, arm].sum(axis=0)
    n = int((measure.cases(people.counts[:, arm]) > 0).sum())
    value, cases = float(measure.of(total)), round(float(measure.cases(total)))
    is_little = n < MIN_PEOPLE or cases < MIN_CASES or np.isnan(value)
    return Estimate(None if is_little else value, None, None, n, cases)


def _weights(groups: NDArray[np.int64], seed: int, n_resamples: int) -> Iterator[Floats]:
    """How often each person is in each resample, of shape (resamples, people), in parts."""
    rng = np.random.default_rng(seed)
    rows = max(1, _CHUNK // max(1, len(groups)))
    for start in range(0, n_resamples, rows):
        weights = np.zeros((min(rows, n_resamples - start), len(groups)))
        for group in np.unique(groups):
            members = np.flatnonzero(groups == group)
            n = len(members)
            drawn = rng.integers(n, size=(len(weights), n)) + n * np.arange(len(weights))[:, None]
            counted = np.bincount(drawn.ravel(), minlength=n * len(weights))
            weights[:, members] = counted.reshape(len(weights), n)
        yield weights


def _interval(values: Floats) -> tuple[float, float]:
    low, high = np.nanquantile(values, (0.025, 0.975))
    return float(low), float(high)
