"""From rows of what people did to counts by person, and from those to tables of estimates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from trust_study.scoring.permuting import p_values
from trust_study.scoring.rates import P_VALUES_FROM
from trust_study.scoring.resampling import (
    RESAMPLES,
    Estimate,
    Floats,
    Measure,
    People,
    difference,
    estimate,
    resampled,
)

COMPARED = (("lime", "answer"), ("lime", "placebo"))  # an arm, and that which it is compared with


@dataclass(frozen=True, slots=True)
class Tally:
    """What people did, counted by person and arm, and what is worked out from it."""

    people: People
    measures: Sequence[Measure]
    arms: Sequence[str]


def tally(rows: pd.DataFrame, columns: Sequence[ArrayLike], arms: Sequence[str]) -> People:
    """Sum columns by person and arm.

    Parameters
    ----------
    rows
        With participant, group and arm.
    columns
        What is summed, a value a row each.
    arms
        The arms, in the order of the second axis.
    """
    who, people = pd.factorize(rows["participant"])
    where = rows["arm"].map({arm: place for place, arm in enumerate(arms)}).to_numpy(int)
    counts = np.zeros((len(people), len(arms), len(columns)))
    np.add.at(counts, (who, where), np.column_stack([np.asarray(c, float) for c in columns]))
    groups = np.zeros(len(people), np.int64)
    groups[who] = rows["group"].to_numpy(np.int64)
    return People(counts, groups)


def share(
    name: str, above: int, below: int, *, is_rate: bool = True, is_outcome: bool = True
) -> Measure:
    """The sum of the count at one place, by the sum of that at another."""

    def of(sums: Floats) -> Floats:
        undefined = np.full(sums.shape[:-1], np.nan)
        divisor = sums[..., below]
        found: Floats = np.divide(sums[..., above], divisor, out=undefined, where=divisor > 0)
        return found

    def cases(sums: Floats) -> Floats:
        found: Floats = sums[..., below]
        return found

    return Measure(name, of, cases, is_rate, is_outcome)


@dataclass(frozen=True, slots=True)
class Scored:
    """What a tally comes to.

    Parameters
    ----------
    estimates
        A row a measure and arm: measure, arm, value, low, high, people, cases; nan where there
        is too little to say.
    differences
        Every measure that what is shown can change, in one arm less the same in another: a row a
        measure and pair of `COMPARED`: measure, arm, other, value, low, high, people and cases (of
        the arm with fewer), p_value; nan where there is too little to say, and the p-value also
        for fewer than `P_VALUES_FROM` people in both arms.
    """

    estimates: pd.DataFrame
    differences: pd.DataFrame


def scored(tally: Tally, seed: int = 0, n_resamples: int = RESAMPLES) -> Scored:
    """Every measure in every arm, and how arms differ."""
    sums = resampled(tally.people, seed, n_resamples)
    estimates = [
        {"measure": measure.name, "arm": arm, **_cells(estimate(tally.people, n, measure, sums))}
        for measure in tally.measures
        for n, arm in enumerate(tally.arms)
    ]
    outcomes = [measure for measure in tally.measures if measure.is_outcome]
    differences = []
    for arm, other in COMPARED:
        if not outcomes or not {arm, other} <= {*tally.arms}:
            continue
        places = tally.arms.index(arm), tally.arms.index(other)
        tested = p_values(tally.people, *places, outcomes, seed, n_resamples)
        for measure, p_value in zip(outcomes, tested, strict=True):
            found = difference(tally.people, *places, measure, sums)
            cases = measure.cases(tally.people.counts[:, list(places)])
            is_enough = found.value is not None and (cases > 0).any(axis=1).sum() >= P_VALUES_FROM
            about = {"measure": measure.name, "arm": arm, "other": other}
            its = _cells(found) | {"p_value": p_value if is_enough else np.nan}
            differences.append(about | its)
    columns = "measure arm other value low high people cases p_value".split()
    return Scored(pd.DataFrame(estimates), pd.DataFrame(differences, columns=columns))


def _cells(found: Estimate) -> dict[str, float]:
    said = {"value": found.value, "low": found.low, "high": found.high}
    cells = {name: np.nan if value is None else value for name, value in said.items()}
    return cells | {"people": found.people, "cases": found.cases}
