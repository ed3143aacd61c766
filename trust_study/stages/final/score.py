"""How people rely on the model: definitions and references in the functions.

A trial is an own answer h0, the model's answer a, the final answer h1, and the truth y; "to
follow" is h1 = a.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from trust_study.frozen import ARMS
from trust_study.numbers import number
from trust_study.scoring.resampling import (
    RESAMPLES,
    Estimate,
    Floats,
    Measure,
    People,
    difference,
    resampled,
)
from trust_study.scoring.tables import Tally, scored, share, tally

AS_MUCH = 0.15  # our threshold: a difference within it is called about the same
# Counted by person and arm, over trials whose truth is known (but for the last four).
COUNTS = (
    *("right", "right_followed", "wrong", "wrong_followed"),
    *("relied_could", "relied", "self_could", "self_relied"),
    *("judged", "brier", "own_judged", "own_brier"),
    *("differed", "switched", "trials", "agreed"),
)
_AT = {name: place for place, name in enumerate(COUNTS)}


def count(trials: pd.DataFrame, arms: Sequence[str]) -> People:
    """The counts by person and arm.

    Parameters
    ----------
    trials
        A row a trial: participant, group, arm, truth (nan if not known), advice, own and
        own_confidence (nan if it was not asked for), final, final_confidence (percent).
    arms
        The arms, in the order of the second axis.
    """
    own, final, advice, truth = (
        trials[name].to_numpy(float) for name in ("own", "final", "advice", "truth")
    )
    known, asked = ~np.isnan(truth), ~np.isnan(own)
    right, wrong, follow = known & (advice == truth), known & (advice != truth), final == advice
    could_rely = asked & right & (own != truth)
    could_self = asked & wrong & (own == truth)
    differed = asked & (own != advice)
    sure = trials["final_confidence"].to_numpy(float) / 100
    own_sure = trials["own_confidence"].to_numpy(float) / 100
    judged, own_judged = known & ~np.isnan(sure), known & asked & ~np.isnan(own_sure)
    columns = {
        "right": right,
        "right_followed": right & follow,
        "wrong": wrong,
        "wrong_followed": wrong & follow,
        "relied_could": could_rely,
        "relied": could_rely & (final == truth),
        "self_could": could_self,
        "self_relied": could_self & (final == truth),
        "judged": judged,
        "brier": np.where(judged, (sure - (final == truth)) ** 2, 0.0),
        "own_judged": own_judged,
        "own_brier": np.where(own_judged, (own_sure - (own == truth)) ** 2, 0.0),
        "differed": differed,
        "switched": differed & follow,
        "trials": np.ones(len(trials), bool),
        "agreed": follow,
    }
    return tally(trials, [columns[name] for name in COUNTS], arms)


def _get(sums: Floats, name: str) -> Floats:
    found: Floats = sums[..., _AT[name]]
    return found


def _ratio(above: Floats, below: Floats) -> Floats:
    undefined = np.full(np.shape(below), np.nan)
    found: Floats = np.divide(above, below, out=undefined, where=below > 0)
    return found


def _rate(name: str, above: str, below: str) -> Measure:
    return Measure(
        name,
        lambda sums: _ratio(_get(sums, above), _get(sums, below)),
        lambda sums: _get(sums, below),
        is_rate=True,
    )


def _under_reliance(sums: Floats) -> Floats:
    right = _get(sums, "right")
    return _ratio(right - _get(sums, "right_followed"), right)


def _z_rates(sums: Floats) -> tuple[Floats, Floats]:
    """Both rates of following, as z values, each of (x + .5)/(n + 1), so that none is infinite."""
    hits = (_get(sums, "right_followed") + 0.5) / (_get(sums, "right") + 1)
    alarms = (_get(sums, "wrong_followed") + 0.5) / (_get(sums, "wrong") + 1)
    return norm.ppf(hits), norm.ppf(alarms)


def _has_both(sums: Floats) -> Floats:
    """The cases of the rarer kind: telling two kinds apart needs both."""
    return np.minimum(_get(sums, "right"), _get(sums, "wrong"))


def _discernment(sums: Floats) -> Floats:
    hits, alarms = _z_rates(sums)
    return np.where(_has_both(sums) > 0, hits - alarms, np.nan)


def _bias(sums: Floats) -> Floats:
    hits, alarms = _z_rates(sums)
    return np.where(_has_both(sums) > 0, (0.0 - hits - alarms) / 2, np.nan)


def _trust(sums: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Trusted and right, trusted and wrong, not trusted and right, not trusted and wrong."""
    true, false = _get(sums, "right_followed"), _get(sums, "wrong_followed")
    return true, false, _get(sums, "right") - true, _get(sums, "wrong") - false


def _f1(sums: Floats) -> Floats:
    true, false, missed, _ = _trust(sums)
    return _ratio(2 * true, 2 * true + false + missed)


def _f1_of_everything(sums: Floats) -> Floats:
    right, wrong = _get(sums, "right"), _get(sums, "wrong")
    return _ratio(2 * right, 2 * right + wrong)


def _mcc(sums: Floats) -> Floats:
    true, false, missed, refused = _trust(sums)
    below = np.sqrt((true + false) * (true + missed) * (refused + false) * (refused + missed))
    # Of who trusts everything, or nothing, it is 0, like that of a coin.
    return np.where(below > 0, _ratio(true * refused - false * missed, below), 0.0)


def _known(sums: Floats) -> Floats:
    return _get(sums, "right") + _get(sums, "wrong")


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("discernment", _discernment, _has_both),
        Measure("bias", _bias, _has_both),
        _rate("over_reliance", "wrong_followed", "wrong"),
        Measure("under_reliance", _under_reliance, lambda sums: _get(sums, "right"), True),
        # Appropriate reliance (Schemmer et al. 2023): on the model, and on oneself.
        _rate("rair", "relied", "relied_could"),
        _rate("rsr", "self_relied", "self_could"),
        _rate("switch", "switched", "differed"),
        _rate("agreement", "agreed", "trials"),
        Measure(
            "brier",
            lambda sums: _ratio(_get(sums, "brier"), _get(sums, "judged")),
            lambda sums: _get(sums, "judged"),
        ),
        Measure(
            "own_brier",
            lambda sums: _ratio(_get(sums, "own_brier"), _get(sums, "own_judged")),
            lambda sums: _get(sums, "own_judged"),
            is_outcome=False,
        ),
        Measure("trust_f1", _f1, _known),
        Measure("trust_everything_f1", _f1_of_everything, _known, is_outcome=False),
        Measure("trust_mcc", _mcc, _known),
    )
}


def tallied(trials: pd.DataFrame, arms: Sequence[str]) -> Tally:
    """Every measure."""
    return Tally(count(trials, arms), [*MEASURES.values()], arms)


def placebo_says(
    trials: pd.DataFrame, arms: Sequence[str], seed: int = 0, n_resamples: int = RESAMPLES
) -> str:
    """Whether shuffled weights make people follow the model as much as LIME's, in a sentence."""
    if not {"lime", "placebo"} <= {*arms}:
        return ""
    people = count(trials, arms)
    sums = resampled(people, seed, n_resamples)
    answer, lime, placebo = (arms.index(arm) if arm in arms else -1 for arm in ARMS)
    found = difference(people, lime, placebo, MEASURES["agreement"], sums)
    if found.value is None or found.low is None or found.high is None:
        return f"Whether the explanations matter: {found.says}."
    points = f"{_points(found)} percentage points"
    if found.low > 0:
        return (
            f"People followed the model more often with LIME than with shuffled weights: {points}."
        )
    if found.high < 0:
        return (
            f"People followed the model less often with LIME than with shuffled weights: {points}."
        )
    if max(-found.low, found.high) > AS_MUCH:
        return (
            "Whether LIME makes people follow the model more often than shuffled weights cannot "
            f"be told from these people: {points}."
        )
    if "answer" in arms:
        raised = difference(people, placebo, answer, MEASURES["agreement"], sums)
        if raised.low is not None and raised.low > 0:
            return (
                "Shuffled weights raised trust as much as LIME's: with them people followed the "
                f"model more often than with the answer alone ({_points(raised)} percentage "
                f"points), and LIME is {points} from that."
            )
    return (
        "Shuffled weights made people follow the model about as often as LIME's: the difference "
        f"is {points}."
    )


def _points(found: Estimate) -> str:
    low, high = (
        number(100 * end, 0, is_signed=True) for end in (found.low, found.high) if end is not None
    )
    return f"{low} to {high}"


def calibration(
    trials: pd.DataFrame, arms: Sequence[str], seed: int = 0, n_resamples: int = RESAMPLES
) -> pd.DataFrame:
    """How often people were right, by how sure they said they were (final answers).

    Returns
    -------
    pandas.DataFrame
        A row an arm and value of the confidence that somebody chose: arm, confidence, answers,
        people, share_right, low, high; the last three nan where there is too little to say.
    """
    known = trials[trials["truth"].notna() & trials["final_confidence"].notna()]
    is_right = known["final"].to_numpy(float) == known["truth"].to_numpy(float)
    sure = known["final_confidence"].to_numpy(float)
    levels = np.unique(sure)
    counted = [part for level in levels for part in (is_right & (sure == level), sure == level)]
    measures = [
        share(str(level), 2 * n, 2 * n + 1, is_outcome=False) for n, level in enumerate(levels)
    ]
    columns = "arm confidence answers people share_right low high".split()
    if not measures:
        return pd.DataFrame(columns=columns)
    counts = Tally(tally(known, counted, arms), measures, arms)
    found = scored(counts, seed, n_resamples).estimates
    found = found.assign(confidence=found["measure"].astype(float))
    found = found.rename(columns={"cases": "answers", "value": "share_right"})
    found = found[found["answers"] > 0]
    by_arm = [found[found["arm"] == arm] for arm in arms]
    return pd.concat(by_arm, ignore_index=True)[columns]
