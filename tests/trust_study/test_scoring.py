"""Scores against hand counts, other libraries and people whose behaviour is known."""

from fractions import Fraction
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm, permutation_test
from sklearn.metrics import brier_score_loss, f1_score, matthews_corrcoef

from tests.trust_study import simulated
from trust_study.scoring import permuting, rates, resampling
from trust_study.scoring.tables import scored, share
from trust_study.stages.choice import score as choice
from trust_study.stages.final import score

ARMS = ("answer", "lime", "placebo")
NAMES = ("participant", "group", "arm", "truth", "advice", "own", "final", "final_confidence")
# Two people, six trials each; the model says 1, 1, 1, 0, 0, 0 where 1, 1, 0, 0, 1, 1 is right.
BY_HAND = pd.DataFrame(
    [
        *[(1, 0, "lime", *each) for each in ((1, 1, 0, 1, 80), (1, 1, 0, 0, 60), (0, 1, 0, 1, 90))],
        *[
            (1, 0, "lime", *each)
            for each in ((0, 0, 0, 0, 100), (1, 0, 1, 1, 70), (1, 0, 0, 0, 50))
        ],
        *[
            (2, 0, "lime", *each)
            for each in ((1, 1, 1, 1, 100), (1, 1, 0, 1, 90), (0, 1, 0, 0, 80))
        ],
        *[(2, 0, "lime", *each) for each in ((0, 0, 1, 0, 60), (1, 0, 1, 0, 70), (1, 0, 1, 1, 90))],
    ],
    columns=list(NAMES),
).assign(own_confidence=50)


def value(trials: pd.DataFrame, measure: str, arm: str = "lime") -> float:
    people = score.count(trials, ARMS)
    total = people.counts[:, ARMS.index(arm)].sum(axis=0)
    return float(score.MEASURES[measure].of(total))


def compare(
    trials: pd.DataFrame, arms: tuple[str, ...], arm: str, other: str, measure: str
) -> resampling.Estimate:
    people = score.count(trials, arms)
    places = arms.index(arm), arms.index(other)
    sums = resampling.resampled(people, n=500)
    return resampling.difference(people, *places, score.MEASURES[measure], sums)


def estimate(
    people: resampling.People, measure: str, seed: int = 0, n: int = resampling.RESAMPLES
) -> resampling.Estimate:
    sums = resampling.resampled(people, seed, n)
    return resampling.estimate(people, 0, score.MEASURES[measure], sums)


@pytest.mark.parametrize(
    ("measure", "by_hand"),
    [
        ("over_reliance", Fraction(3, 6)),  # 1: third and sixth, 2: fifth
        ("under_reliance", Fraction(1, 6)),  # 1: second
        ("rair", Fraction(3, 4)),  # own wrong, model right: 1: 1, 2; 2: 2, 4
        ("rsr", Fraction(3, 5)),  # own right, model wrong: 1: 3, 5; 2: 3, 5, 6
        ("switch", Fraction(5, 9)),
        ("agreement", Fraction(8, 12)),
        ("trust_f1", Fraction(2 * 5, 2 * 5 + 3 + 1)),
        ("trust_everything_f1", Fraction(2 * 6, 2 * 6 + 6)),
    ],
)
def test_rates_are_those_that_are_counted_by_hand(measure: str, by_hand: Fraction) -> None:
    assert value(BY_HAND, measure) == pytest.approx(float(by_hand), abs=1e-12)


def test_discernment_and_bias_are_those_of_the_formula() -> None:
    hits, alarms = norm.ppf((5 + 0.5) / 7), norm.ppf((3 + 0.5) / 7)
    assert value(BY_HAND, "discernment") == pytest.approx(hits - alarms, abs=1e-12)
    assert value(BY_HAND, "bias") == pytest.approx(-(hits + alarms) / 2, abs=1e-12)


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 1)), min_size=1),
    st.integers(0, 10),
)
def test_trust_and_brier_are_those_of_scikit_learn(
    cases: list[tuple[int, int, int]], tens: int
) -> None:
    truth, advice, final = (np.array(each) for each in zip(*cases, strict=True))
    trials = pd.DataFrame(
        {"participant": 1, "group": 0, "arm": "lime", "truth": truth, "advice": advice}
        | {"own": np.nan, "own_confidence": np.nan, "final": final, "final_confidence": 10 * tens}
    )
    is_right, trusted = truth == advice, final == advice
    if is_right.any() or trusted.any():
        assert value(trials, "trust_f1") == pytest.approx(f1_score(is_right, trusted))
    if len({*is_right, *trusted}) == 2:
        assert value(trials, "trust_mcc") == pytest.approx(matthews_corrcoef(is_right, trusted))
    assert value(trials, "brier") == pytest.approx(
        brier_score_loss(final == truth, np.full(len(truth), tens / 10), labels=[False, True])
    )


@given(st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_that_of_scipy(case: tuple[int, int]) -> None:
    count, n = case
    wanted = (0.0, 1.0)
    if n:
        interval = binomtest(count, n).proportion_ci(method="wilson")
        wanted = (interval.low, interval.high)
    assert rates.wilson(count, n) == pytest.approx(wanted, abs=1e-9)


@given(st.integers(0, 25), st.integers(0, 25))
def test_mcnemar_is_the_sum_of_the_two_tails(gained: int, lost: int) -> None:
    n, fewer = gained + lost, min(gained, lost)
    tail = sum(comb(n, k) for k in range(fewer + 1)) / 2**n
    assert rates.mcnemar(gained, lost) == pytest.approx(min(1.0, 2 * tail))


def test_holm_by_hand() -> None:
    assert rates.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert rates.holm([]) == []


def test_the_choice_of_a_model_in_pairs() -> None:
    before = pd.Series([0] * 15 + [1] * 10 + [1], index=range(26))
    after = pd.Series([1] * 9 + [0] * 6 + [1] * 9 + [0], index=range(25))
    found = choice.change(before, after, better=1)
    assert (found.people, found.before, found.after) == (25, 10, 18)
    assert (found.gained, found.lost) == (9, 1)
    assert found.p_value == pytest.approx(2 * 11 / 2**10)
    assert choice.change(before[:19], after[:19], better=1).p_value is None
    assert found.intervals[1] == pytest.approx(rates.wilson(18, 25))


@pytest.mark.parametrize(
    ("behaviour", "over", "under", "f1", "mcc"),
    [(simulated.always, 1, 0, 2 / 3, 0), (simulated.never, 0, 1, 0, 0)],
)
def test_who_always_or_never_follows(
    behaviour: simulated.Behaviour, over: float, under: float, f1: float, mcc: float
) -> None:
    tally = score.tallied(simulated.trials(behaviour, 30), ARMS)
    found = scored(tally, n_resamples=500).estimates
    table = found.pivot_table(index="measure", columns="arm", values="value")
    for arm in ARMS:
        assert table.loc["over_reliance", arm] == over
        assert table.loc["under_reliance", arm] == under
        assert table.loc["trust_f1", arm] == pytest.approx(f1)
        assert table.loc["trust_mcc", arm] == mcc
        assert table.loc["discernment", arm] == pytest.approx(0, abs=1e-12)
    # All ten people of an arm do the same: the interval is that of ten people, not of 0 width.
    row = found[(found.measure == "over_reliance") & (found.arm == "lime")].iloc[0]
    assert (row.low, row.high) == pytest.approx(rates.wilson(10 * over, 10))


@pytest.mark.long
def test_intervals_cover_the_discernment_that_is_there() -> None:
    n, covered, values = 60, 0, []
    for seed in range(n):
        trials = simulated.trials(simulated.discerning, 20, arms=("lime",), seed=seed)
        people = score.count(trials, ["lime"])
        found = estimate(people, "discernment", seed, 500)
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 1.0 <= found.high
        values.append(found.value)
    assert np.mean(values) == pytest.approx(1.0, abs=0.08)  # 3 standard errors of the mean
    assert covered / n >= 0.86  # .95 less 3 standard errors


def test_intervals_resample_people_and_not_trials() -> None:
    """Half of the people always follow, half never: 640 trials say no more than 20 people."""
    trials = simulated.trials(simulated.always, 20, n_items=32, arms=("lime",))
    odd = trials["participant"] % 2 == 1
    trials["final"] = trials["advice"].where(~odd, 1 - trials["advice"])
    people = score.count(trials, ["lime"])
    found = estimate(people, "agreement")
    assert found.value == 0.5
    assert found.low is not None
    assert found.high is not None
    of_people = 2 * rates.Z * 0.5 / np.sqrt(20)
    assert found.high - found.low == pytest.approx(of_people, rel=0.1)


def test_resampling_follows_from_the_seed() -> None:
    trials = simulated.trials(simulated.discerning, 30)
    first, again, other = (
        scored(score.tallied(trials, ARMS), seed, 200).estimates for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    assert not first["low"].equals(other["low"])
    assert first["value"].equals(other["value"])


def test_who_switches_only_with_lime_is_seen_in_the_difference_and_the_sentence() -> None:
    trials = simulated.trials(simulated.only_with_lime, 60)
    found = compare(trials, ARMS, "lime", "placebo", "switch")
    # All 20 of each arm do the same: Newcombe's interval of 20 of 20 less 0 of 20, by hand.
    end = rates.wilson(20, 20)[0]
    assert (found.value, found.low, found.high) == pytest.approx((1, 1 - 2**0.5 * (1 - end), 1))
    assert "more often with LIME than with shuffled weights" in score.placebo_says(trials, ARMS)


def test_a_placebo_that_does_as_much_is_said() -> None:
    trials = simulated.trials(simulated.discerning, 60)
    said = score.placebo_says(trials, ARMS, n_resamples=500)
    assert said.startswith("Shuffled weights made people follow the model about as often")
    trials = simulated.trials(simulated.with_any_weights, 90)
    said = score.placebo_says(trials, ARMS, n_resamples=500)
    assert said.startswith("Shuffled weights raised trust as much as LIME's: with them")
    assert "+100 percentage points), and LIME is " in said
    assert score.placebo_says(trials[trials.arm != "placebo"], ARMS[:2]) == ""


def test_of_a_wide_interval_nobody_says_that_both_are_alike() -> None:
    few = simulated.trials(simulated.discerning, 15, n_items=4)
    assert "cannot be told from these people" in score.placebo_says(few, ARMS)


def test_too_few_is_no_number() -> None:
    few = score.tallied(simulated.trials(simulated.discerning, 12), ARMS)
    found = scored(few, n_resamples=50).estimates
    assert found["value"].isna().all()
    assert set(found[found["measure"] == "agreement"]["people"]) == {4}
    apart = scored(few, n_resamples=50).differences
    assert apart[["value", "p_value"]].isna().all(axis=None)
    said = estimate(few.people, "agreement").says
    assert said == "too few to say (4 people, 64 answers)"
    assert resampling.Estimate(None, None, None, 1, 1).says == "too few to say (1 person, 1 answer)"
    assert "Whether the explanations matter: too few" in score.placebo_says(
        simulated.trials(simulated.discerning, 12), ARMS
    )


def test_what_was_not_asked_or_is_not_known_counts_nowhere() -> None:
    blind = BY_HAND.assign(own=np.nan, own_confidence=np.nan)
    assert np.isnan(value(blind, "rair"))
    assert value(blind, "over_reliance") == value(BY_HAND, "over_reliance")
    unknown = BY_HAND.assign(truth=np.nan)
    assert np.isnan(value(unknown, "over_reliance"))
    assert value(unknown, "switch") == value(BY_HAND, "switch")


def test_within_people_a_difference_pairs_them() -> None:
    """People differ much, arms by .25 in everybody: pairs make the interval narrow."""
    rows = []
    for person in range(20):
        base = person % 4  # of 8 answers, so many are followed
        for arm, more in (("answer", 0), ("lime", 2)):
            for n in range(8):
                follows = n < base + more
                rows.append((person, person % 2, arm, 1, 1, 0, int(follows), 80))
    trials = pd.DataFrame(rows, columns=list(NAMES)).assign(own_confidence=50)
    found = compare(trials, ("answer", "lime"), "lime", "answer", "agreement")
    assert (found.value, found.low, found.high) == pytest.approx((0.25, 0.25, 0.25))


def test_calibration_by_hand() -> None:
    people = [BY_HAND.assign(participant=BY_HAND["participant"] + 2 * n) for n in range(5)]
    table = score.calibration(pd.concat(people), ARMS, n_resamples=500).set_index("confidence")
    assert {*table["arm"]} == {"lime"}
    assert table.loc[90, ["answers", "people", "share_right"]].to_list() == [15, 10, 2 / 3]
    assert table["answers"].sum() == 60
    # All are right: the interval is that of so many people. Too few say 50%: four, of four people.
    assert table.loc[100, ["low", "high"]].to_list() == pytest.approx(rates.wilson(10, 10))
    assert table.loc[50, ["share_right", "low"]].isna().all()


def test_a_permutation_test_is_that_of_scipy_between_people() -> None:
    """Everybody has ten trials, so that a rate in an arm is the mean of its people's rates."""
    rng = np.random.default_rng(1)
    followed = [rng.binomial(10, chance, 12) for chance in (0.6, 0.5)]
    people = _people(followed)
    peer = permutation_test(
        followed,
        lambda x, y, axis: (x.mean(axis) - y.mean(axis)) / 10,
        vectorized=True,
        n_resamples=100_000,
        rng=np.random.default_rng(0),
    ).pvalue
    found = permuting.p_values(people, 0, 1, [share("rate", 0, 1)])[0]
    assert 0.001 < peer < 0.2
    assert found == pytest.approx(peer, abs=4 * 2 * np.sqrt(peer / 2 / resampling.RESAMPLES))


def test_a_permutation_test_is_that_of_scipy_within_people() -> None:
    rng = np.random.default_rng(5)
    followed = [rng.binomial(10, chance, 12) for chance in (0.6, 0.45)]
    counts = np.stack([np.column_stack([each, np.full(12, 10)]) for each in followed], axis=1)
    people = resampling.People(counts.astype(float), np.arange(12) % 2)
    peer = permutation_test(
        followed,
        lambda x, y, axis: (x - y).mean(axis) / 10,
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf,  # all 4,096
    ).pvalue
    found = permuting.p_values(people, 0, 1, [share("rate", 0, 1)])[0]
    assert 0.001 < peer < 0.5
    assert found == pytest.approx(peer, abs=4 * 2 * np.sqrt(peer / 2 / resampling.RESAMPLES))


def test_a_p_value_by_hand_is_the_share_of_the_deals_that_are_as_far_out() -> None:
    """Three of one arm always follow, three of the other never: 1 of 20 deals, on either side."""
    people = _people([np.array([10, 10, 10]), np.array([0, 0, 0])])
    found = permuting.p_values(people, 0, 1, [share("rate", 0, 1)])[0]
    assert found == pytest.approx(2 / 20, abs=0.01)
    same = _people([np.array([5, 5, 5]), np.array([5, 5, 5])])
    assert permuting.p_values(same, 0, 1, [share("rate", 0, 1)]) == [1.0]


@pytest.mark.parametrize("is_within", [True, False])
def test_where_nothing_is_there_p_values_are_as_often_below_as_they_say(is_within: bool) -> None:
    rng, n, low = np.random.default_rng(6), 200, 0
    for seed in range(n):
        rates_of = rng.beta(2, 2, 24)
        counts = np.zeros((24, 2, 2))
        for arm in range(2):
            there = np.ones(24, bool) if is_within else np.arange(24) % 2 == arm
            counts[:, arm, 1] = 8 * there
            counts[:, arm, 0] = rng.binomial(8, rates_of) * there
        people = resampling.People(counts, np.arange(24) % 2)
        low += permuting.p_values(people, 0, 1, [share("rate", 0, 1)], seed, 400)[0] <= 0.1
    assert low / n == pytest.approx(0.1, abs=3 * np.sqrt(0.09 / n))


def test_differences_are_those_of_the_arms_and_say_which_is_there() -> None:
    tally = score.tallied(simulated.trials(simulated.only_with_lime, 60), ARMS)
    table = scored(tally, n_resamples=1000).differences.set_index(["measure", "other"])
    assert {*table.index.get_level_values("other")} == {"answer", "placebo"}
    assert not {"own_brier", "trust_everything_f1"} & {*table.index.get_level_values("measure")}
    assert (table.loc["agreement", ["value", "people", "cases"]].to_numpy() == (1, 20, 320)).all()
    # No other deal of 1,000 is as far out; of the observed one itself both tails are counted.
    assert table.loc["agreement", "p_value"].to_list() == pytest.approx([2 / 1001] * 2)
    both = scored(tally, n_resamples=200).estimates.pivot_table("value", "measure", "arm")
    for (measure, other), row in table.iterrows():
        if not np.isnan(row["value"]):
            apart = both.loc[measure, "lime"] - both.loc[measure, other]
            assert row["value"] == pytest.approx(apart)
    few = score.tallied(simulated.trials(simulated.only_with_lime, 27), ARMS)  # 18 in two arms
    table = scored(few, n_resamples=50).differences
    assert table["p_value"].isna().all()
    assert table["value"].notna().any()


def _people(followed: list[np.ndarray]) -> resampling.People:
    """Between people: of ten trials each."""
    counts = np.zeros((sum(map(len, followed)), len(followed), 2))
    start = 0
    for arm, each in enumerate(followed):
        counts[start : start + len(each), arm] = np.column_stack([each, np.full(len(each), 10)])
        start += len(each)
    return resampling.People(counts, counts[:, :, 1].argmax(axis=1))
