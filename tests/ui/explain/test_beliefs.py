"""How far to believe it: each sentence where it applies, and nowhere else."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lime_engine import Explanation, LimeSettings, TextPerturber, explain
from lime_engine.types import Stability
from ui.explain.beliefs import beliefs, cautions, in_short, mixed_columns, ties
from ui.shell import wording
from ui.workshop.request import N_SAMPLES

WORDS = [f"w{i:02}" for i in range(14)]  # more than can all be asked about in 2,000 copies
ADDS = {"w00": 0.3, "w01": 0.2, "w02": 0.2, "w03": -0.05}


def adding(texts: Sequence[str], adds: Mapping[str, float]) -> Any:
    """A model that starts from 20% and adds something for each of these words."""
    p = np.array([0.2 + sum(a for w, a in adds.items() if w in text.split()) for text in texts])
    return np.column_stack([1 - p, p])


def explained(
    words: Sequence[str] = WORDS, adds: Mapping[str, float] = ADDS, **settings: Any
) -> Explanation:
    return explain(
        " ".join(words),
        lambda texts: adding(texts, adds),
        TextPerturber(),
        LimeSettings(**settings),
        target=1,
        class_names=["calm", "urgent"],
    )


SAMPLED = explained(n_features=3)
EXACT = explained(WORDS[:3])
# Two words that count the same, in the order that chance has given them.
TIED = wording.listed([w.label for w in SAMPLED.weights if w.label in ("w01", "w02")])


def with_fidelity(explanation: Explanation, **changes: Any) -> Explanation:
    return replace(explanation, fidelity=replace(explanation.fidelity, **changes))


def unsettled(forecast: int | None, *pale: str) -> Explanation:
    """An explanation in which these words may be others in another run."""
    weights = tuple(replace(w, settled=w.label not in pale) for w in SAMPLED.weights)
    return replace(SAMPLED, weights=weights, stability=Stability(False, forecast, ()))


# --- does it fit ------------------------------------------------------------------------------


def test_the_fit_is_told_with_what_it_was_checked_on() -> None:
    fit = beliefs(EXACT)[0]
    assert (fit.value, fit.warn) == ("100%", False)
    assert "all 8 possible copies of this text" in fit.help
    fit = beliefs(SAMPLED)[0]
    assert f"{SAMPLED.fidelity.n_held_out} fresh copies" in fit.help
    sided = with_fidelity(SAMPLED, same_side=0.93, constant_same_side=0.71)
    said = beliefs(sided)[0].sentence
    assert "the model's own answer on 93% of the copies; always saying urgent would on 71%." in said
    same = with_fidelity(SAMPLED, same_side=0.98, constant_same_side=0.98)
    assert "98%" not in beliefs(same)[0].sentence


@pytest.mark.parametrize(
    ("r2", "value", "says", "warn"),
    [
        (
            0.8,
            "80%",
            "so much of how the model reacts near this text is told by these",
            False,
        ),
        (0.79, "79%", "rough: only so much", False),
        (0.5, "50%", "rough: only so much", False),
        (0.49, "49%", "very rough: so little", True),
        (-3.0, "0%", "very rough: so little", True),
        (None, "nothing to tell", "hardly moves", True),
    ],
)
def test_a_poor_fit_is_called_poor(r2: float | None, value: str, says: str, warn: bool) -> None:
    fit = beliefs(with_fidelity(SAMPLED, r2=r2))[0]
    assert (fit.value, fit.warn) == (value, warn)
    assert says in fit.sentence.lower()


def test_a_flat_answer_has_nothing_to_fit() -> None:
    assert beliefs(explained(adds={}))[0].value == "nothing to tell"
    assert beliefs(with_fidelity(SAMPLED, spread=0.009))[0].value == "nothing to tell"
    assert beliefs(with_fidelity(SAMPLED, spread=0.011))[0].value != "nothing to tell"


# --- in a few words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("r2", "says", "warn"),
    [
        (1.0, "Holds up", False),
        (0.8, "Holds up", False),
        (0.79, "Rough: these words tell three quarters of it", True),
        (0.66, "Rough: these words tell two thirds of it", True),
        (0.5, "Rough: these words tell half of it", True),
        (0.33, "Rough: these words tell a third of it", True),
        (0.25, "Rough: these words tell a quarter of it", True),
        (0.1, "Rough: these words tell a small part of it", True),
        (-3.0, "Rough: these words tell hardly any of it", True),
        (None, "Little to explain: the answer hardly moves", True),
    ],
)
def test_a_poor_fit_is_said_in_a_few_words(r2: float | None, says: str, warn: bool) -> None:
    """A share is told as the nearest of a few that people use."""
    short = in_short(with_fidelity(SAMPLED, r2=r2))
    assert (short.text, short.warn) == (says, warn)


def test_in_a_few_words_it_never_holds_up_where_a_belief_or_a_caution_warns() -> None:
    cases = [
        SAMPLED,
        EXACT,
        unsettled(1234, "w01"),
        replace(SAMPLED, stability=None),
        with_fidelity(SAMPLED, local_gap=0.2),
        with_fidelity(SAMPLED, effective_samples=3.0),
        with_fidelity(SAMPLED, r2=0.4),
        with_fidelity(EXACT, r2=0.4),
        explained(adds={}),
    ]
    for explanation in cases:
        warned = any(b.warn for b in beliefs(explanation)) or bool(cautions(explanation))
        assert in_short(explanation).warn == warned
        assert (in_short(explanation).text == "Holds up") is not warned
    assert "Not settled" in in_short(unsettled(1234, "w01")).text
    one = replace(with_fidelity(SAMPLED, r2=0.34), weights=SAMPLED.weights[:1])
    assert in_short(one).text == "Rough: this word tells a third of it"


# --- would it repeat --------------------------------------------------------------------------


def test_what_asked_everything_always_repeats() -> None:
    repeats = beliefs(EXACT)[1]
    assert (repeats.value, repeats.warn) == ("always", False)
    assert repeats.sentence.startswith("All 8 possible copies were asked about")


def test_a_clear_lead_is_settled() -> None:
    """Another run of the same shows the same words, as it says."""
    repeats = beliefs(SAMPLED)[1]
    assert (repeats.value, repeats.warn) == ("yes", False)
    again = explained(n_features=3, seed=1)
    assert {w.label for w in again.weights} == {w.label for w in SAMPLED.weights}
    assert ties(SAMPLED)[0] in repeats.sentence


def test_what_is_not_settled_is_named_with_a_forecast() -> None:
    repeats = beliefs(unsettled(1234, "w01", "w02"))[1]
    assert (repeats.value, repeats.warn) == ("not settled", True)
    assert TIED in repeats.sentence
    assert "“w00”" not in repeats.sentence
    assert repeats.sentence.endswith("About 1,300 copies would settle it.")
    assert "would settle" not in beliefs(unsettled(None, "w02"))[1].sentence


@given(st.integers(1, N_SAMPLES[-1]))
def test_a_forecast_is_rounded_upwards_to_two_digits(forecast: int) -> None:
    said = re.search(r"About ([\d,]+) copies", beliefs(unsettled(forecast, "w02"))[1].sentence)
    assert said is not None
    digits = said[1].replace(",", "")
    assert not digits[2:].strip("0")
    unit = 10 ** max(0, len(str(forecast)) - 2)
    assert forecast <= int(digits) < forecast + unit


@given(st.integers(N_SAMPLES[-1] + 1, 10**8))
def test_a_forecast_of_more_than_can_be_asked_about_is_no_number(forecast: int) -> None:
    told = beliefs(unsettled(forecast, "w02"))[1].sentence
    assert told.endswith("To settle it would take more copies than are offered here.")
    assert not re.search(r"\d\d", told.replace("w02", ""))


def test_a_real_draw_is_at_times_not_settled() -> None:
    """Words that count less and less, and few copies: where to cut is left to chance."""
    falling = {word: 0.1 - 0.005 * i for i, word in enumerate(WORDS)}

    def multiplied(texts: Sequence[str]) -> Any:
        p = np.prod([[1 - falling[w] * (w not in t) * 2 for w in WORDS] for t in texts], axis=1)
        return np.column_stack([1 - p, p])

    explanation = explain(
        " ".join(WORDS), multiplied, TextPerturber(), LimeSettings(n_samples=35, n_features=6)
    )
    repeats = beliefs(explanation)[1]
    assert repeats.value == "not settled"
    pale = [w.label for w in explanation.weights if w.settled is False]
    assert pale
    assert wording.listed(pale, 3) in repeats.sentence
    assert explanation.stability is not None
    assert (explanation.stability.forecast or 0) > explanation.n_samples


def test_a_tree_and_too_few_copies_are_not_known() -> None:
    tree = beliefs(explained(surrogate="tree"))[1]
    assert (tree.value, tree.warn) == ("not known", True)
    assert "small tree" in tree.sentence
    few = beliefs(explained(n_samples=10))[1]
    assert (few.value, few.warn) == ("not known", True)
    assert few.sentence == "10 copies are too few to tell for 14 words."


def test_only_a_person_can_say_whether_it_is_right() -> None:
    for explanation in (EXACT, SAMPLED, unsettled(None, "w02")):
        right = beliefs(explanation)[2]
        assert right.value == "you judge"
        assert not re.search(r"\d", right.sentence)


# --- ties -------------------------------------------------------------------------------------


def test_words_that_count_the_same_are_a_tie() -> None:
    assert ties(SAMPLED) == [
        f"{TIED} cannot be told apart: which of them counts more may be chance."
    ]
    assert ties(explained(surrogate="tree")) == []


def test_ties_name_every_member_the_strongest_two_groups_only() -> None:
    """The words shown are numbers 0, 1 and 2; a group of others is not worth a sentence."""
    groups = ((7, 8), (0, 5, 6, 9), (10, 11), (1, 12), (2, 13))
    told = ties(replace(SAMPLED, stability=Stability(True, None, groups)))
    assert [re.findall("“(.+?)”", sentence) for sentence in told] == [
        ["w00", "w05", "w06", "w09"],
        ["w01", "w12"],
    ]


# --- cautions ---------------------------------------------------------------------------------


def test_an_honest_explanation_needs_no_caution() -> None:
    assert cautions(SAMPLED) == []
    assert cautions(EXACT) == []


def test_bars_that_are_off_on_the_item_itself_are_told() -> None:
    """Urgent only while all three words stand there: no straight line reaches that."""

    def all_three(texts: Sequence[str]) -> Any:
        p = np.array([0.95 if len(text.split()) == 3 else 0.05 for text in texts])
        return np.column_stack([1 - p, p])

    explanation = explain(
        "a b c", all_three, TextPerturber(), LimeSettings(kernel_width=1e6), class_names=["x", "y"]
    )
    # Least squares over the original and 1,999 copies that lose 1, 2 or 3 words equally often.
    masks = np.array(list(product((0, 1), repeat=3)))
    often = [1999 / 3 / comb(3, mask.sum()) if not mask.all() else 1.0 for mask in masks]
    root = np.sqrt(often)[:, None]
    answers = np.where(masks.all(axis=1), 0.95, 0.05)[:, None]
    line = np.linalg.lstsq(root * np.insert(masks, 0, 1, axis=1), root * answers)[0].sum()
    (caution,) = cautions(explanation)
    assert f"would have it {wording.points(0.95 - line)} off what the model says" in caution
    assert "%" not in caution  # its level stands nowhere beside the model's answer


@pytest.mark.parametrize(("gap", "n"), [(0.0999, 0), (0.1, 0), (0.1001, 1)])
def test_only_a_gap_of_more_than_ten_points_is_a_caution(gap: float, n: int) -> None:
    assert len(cautions(with_fidelity(SAMPLED, local_gap=gap))) == n


def test_few_copies_near_the_original_are_a_caution() -> None:
    """Five for each of the 14 words and the intercept; nothing is few where all were asked."""
    assert cautions(with_fidelity(SAMPLED, effective_samples=75.0)) == []
    (caution,) = cautions(with_fidelity(SAMPLED, effective_samples=74.4))
    assert f"Few of the {SAMPLED.n_calls:,} copies" in caution
    assert "as much as 74 would, which is little for 14 words" in caution
    assert cautions(with_fidelity(EXACT, effective_samples=1.0)) == []
    both = with_fidelity(SAMPLED, effective_samples=1.0, local_gap=0.5)
    assert len(cautions(both)) == 2


def test_columns_that_move_together_are_named() -> None:
    assert mixed_columns({}) == mixed_columns({"age": [], "pulse": []}) == []
    (told,) = mixed_columns({"age": [], "radius": ["area", "perimeter", "size"]})
    assert "radius nearly always rises and falls with “area”, “perimeter” and 1 more." in told
    assert "age" not in told.replace("average", "")
    assert "same goes" not in told
    (told,) = mixed_columns({"radius": ["area"], "age": [], "depth": ["width"]})
    assert told.endswith("The same goes for “depth”.")
