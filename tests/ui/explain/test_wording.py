"""Sentences say what the numbers say."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lime_engine import (
    Explanation,
    LimeSettings,
    LinearSurrogate,
    TabularSubject,
    TextPerturber,
    TextSubject,
    explain,
)
from sample_models import tasks
from ui.explain import wording as told
from ui.shell import wording


def explained(text: str = "red green blue", **settings: Any) -> Explanation:
    def predict(texts: Sequence[str]) -> Any:
        p = np.array([0.2 + 0.6 * ("red" in t) for t in texts])
        return np.column_stack([1 - p, p])

    return explain(
        text, predict, TextPerturber(), LimeSettings(**settings), class_names=["calm", "urgent"]
    )


@given(st.text(max_size=40))
def test_plain_text_stays_text_in_markdown(text: str) -> None:
    """An independent Markdown parser finds nothing but that text."""
    text = re.sub(r"\s+", " ", text).strip()
    tokens = MarkdownIt().parseInline(wording.plain(text))[0].children or []
    assert {token.type for token in tokens} <= {"text", "text_special"}


@pytest.mark.parametrize(
    ("p", "says"),
    [(0.0, "0%"), (0.001, "under 1%"), (0.5, "50%"), (0.999, "over 99%"), (1.0, "100%")],
)
def test_percent_does_not_round_to_certainty(p: float, says: str) -> None:
    assert wording.percent(p) == says


def test_the_headline_is_the_predicted_class() -> None:
    assert wording.headline(explained().probabilities, ("calm", "urgent")) == ("urgent", "80%")


def test_switching_the_word_off_is_told_with_what_was_expected() -> None:
    explanation = explained()
    by = explanation.forecast([0]) - explanation.forecast()
    assert by == pytest.approx(-0.6, abs=0.01)
    said, expected = told.changed(explanation, told.without(["red"]), [0], [0.8, 0.2])
    assert said == ("Without “red” the model now says calm, 80%: urgent 20% instead of 80%.")
    assert expected == f"By the bars it would fall by {wording.points(by)}."
    done = told.without(["green", "blue"])
    still, _ = told.changed(explanation, done, [1, 2], [0.2, 0.8])
    assert still == (
        "Without “green” and “blue” the model still says urgent: urgent 80% as before."
    )


@given(
    level=st.floats(-0.5, 1.5),
    weights=st.lists(st.floats(-0.5, 0.5), min_size=3, max_size=3),
    off=st.sets(st.integers(0, 2), min_size=1),
    after=st.floats(0, 1),
)
def test_what_is_expected_has_the_sign_of_the_weights_that_are_off(
    level: float, weights: list[float], off: set[int], after: float
) -> None:
    """Whatever the bars' own level: no *for* that is off lets it expect a rise."""
    surrogate = LinearSurrogate(level, dict(enumerate(weights)))
    explanation = replace(explained(), surrogate=surrogate)
    _, expected = told.changed(explanation, "Without", sorted(off), [1 - after, after])
    by = -sum(weights[i] for i in off)
    if abs(by) > 0.001:
        near = {wording.points(by - 1e-9), wording.points(by + 1e-9)}  # a half may go either way
        assert any(f"it would {'rise' if by > 0 else 'fall'} by {n}." in expected for n in near)
    elif abs(by) < 0.0004:
        assert "nothing would change." in expected
    seen = after - explanation.probabilities[1]
    if abs(abs(by - seen) - told.FAR_OFF) > 1e-6:
        assert expected.endswith("a poor guide here.") is (abs(by - seen) > told.FAR_OFF)
    assert "%" not in expected


def test_evidence_counts_by_class() -> None:
    counts = {
        "totals": {"train": [480, 599]},
        "counts": {"Posting": {"train": [104, 2]}, "zebra": {"train": [0, 0]}},
    }
    names, text = ("atheism", "christian"), TextSubject("", ())
    assert told.evidence("Posting", counts, names, text, of="Posting") == (
        "Of the texts that the models learned from, “Posting” stands in 21.7% of the atheism ones "
        "and in 2 of the 599 christian ones."
    )
    assert "does not occur" in told.evidence("zebra", counts, names, text, of="zebra")
    row = TabularSubject(("age",), (4.0,), ("age <= 6",))
    assert told.evidence("age <= 6", counts, names, row, of="Posting").startswith(
        "Of the rows that the models learned from, “age <= 6” holds in 21.7% of the atheism ones"
    )


def test_a_label_in_the_data_says_whether_the_answer_is_right() -> None:
    explanation = explained()  # says urgent, 80%
    assert told.verdict(explanation, None, is_edited=False) == ("", False)
    assert told.verdict(explanation, 1, is_edited=False) == ("right: labelled urgent", False)
    assert told.verdict(explanation, 0, is_edited=False) == ("wrong: labelled calm", True)
    assert told.verdict(explanation, 0, is_edited=True) == ("was wrong: labelled calm", True)


@pytest.mark.parametrize(
    ("answer", "did"),
    [
        ([0.51, 0.49], "changes its mind."),
        ([0.2, 0.8], "says the same."),
        ([0.4, 0.6], "is less sure."),
        ([0.1, 0.9], "is surer."),
        ([0.197, 0.803], "says the same."),  # as far as the numbers beside it tell
    ],
)
def test_what_an_edit_did_is_told(answer: list[float], did: str) -> None:
    assert told.effect(explained(), "Without “red”", answer) == f"Without “red” the model {did}"


def test_where_the_steps_start_is_an_answer_of_the_model() -> None:
    said = told.adds_up(explained(), 0.2)
    assert said.startswith("Without any word the model gives urgent 20%; as it is, 80%.")
    assert "the other words, and words that only count together" in said


def test_edited_values_are_told_with_what_they_were() -> None:
    edits = [("temperature", "36.5", "39"), ("cough", "no", "dry")]
    assert told.with_values(edits[:1]) == "With temperature 36.5 instead of 39"
    assert told.with_values(edits) == (
        "With temperature 36.5 instead of 39 and cough no instead of dry"
    )
    assert told.with_values(edits * 3).endswith("and 3 more edited values")


def test_values_are_named_with_the_range_they_lie_in() -> None:
    row = TabularSubject(
        ("age", "pulse", "cough", "weight", "a < b"),
        (34.0, 71.0, "dry", None, 3.0),
        ("29.5 < age <= 41", "pulse > 70", "cough = dry", "weight is missing", "1 < a < b <= 4"),
    )
    assert wording.part_names(row) == (
        "age 34 (29.5 to 41)",
        "pulse 71 (> 70)",
        "cough = dry",
        "weight is missing",
        "a < b 3 (1 to 4)",
    )


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "missing"),
        (True, "yes"),
        (38.4, "38.4"),
        (77464.0, "77464"),
        ("x" * 50, "x" * 39 + "…"),
        ("dry", "dry"),
    ],
)
def test_cells_read_as_people_write_them(value: Any, says: str) -> None:
    assert wording.cell(value) == says


def test_lists_of_words_are_short() -> None:
    assert wording.listed(["a"]) == "“a”"
    assert wording.listed(list("abcdefgh"), 3) == "“a”, “b”, “c” and 5 more"
    assert len(wording.listed(["x" * 500])) < 40


@pytest.mark.parametrize(
    ("label", "says"),
    [
        (" ", "(space)"),
        ("\n", "(line break)"),
        ("\t", "(tab)"),
        ("\u3000", "(white space)"),
        ("a", "a"),
    ],
)
def test_white_space_has_a_name(label: str, says: str) -> None:
    assert wording.visible(label) == says


def test_a_yes_or_no_for_each_class_has_no_other_class() -> None:
    def predict(texts: Sequence[str]) -> Any:
        return np.array([[0.9, 0.2 + 0.6 * ("red" in t)] for t in texts])

    explanation = explain(
        "red green blue",
        predict,
        TextPerturber(),
        LimeSettings(mode="multilabel"),
        target=1,
        class_names=["calm", "urgent"],
    )
    assert told.rest_name(explanation) == "not urgent"
    assert told.each_on_its_own(explanation) == (
        "Each class is a yes or no on its own: 2 of 2 are a yes (at least 50%)."
    )
    assert told.same_answer(explanation) == "urgent"
    assert told.rest_name(explained()) == "calm"
    assert told.each_on_its_own(explained()) == ""


# --- outside of what the model knows ------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "found", "head"),
    [
        ("triage", {"words": [2, 20]}, "The model knows 2 of these 20 words."),
        ("triage", {"words": [0, 20]}, "The model knows none of these 20 words."),
        ("triage", {"words": [0, 1]}, "The model does not know this word."),
        ("triage", {"words": [0, 0]}, "There is no word here that the model can read."),
        (
            "wolves",
            {},
            "The model learned from drawings of wolves and huskies only; this looks like none of "
            "them.",
        ),
        (
            "flu",
            {"cells": [["age", 150.0, 0.0, 97.0], ["cough", "loud", None, None]]},
            "The model has never met this: age 150 (it knows 0 to 97); cough loud.",
        ),
    ],
)
def test_what_is_outside_is_told_first_and_in_numbers(
    key: str, found: dict[str, Any], head: str
) -> None:
    task = tasks()[key]
    assert told.outside({"is_outside": False} | found, task) is None
    said = told.outside({"is_outside": True} | found, task)
    assert said is not None
    assert said[0] == head
    assert " ".join(said).count(task.learned_from) == 1
    assert said[1].endswith("do not lean on this answer.")


def test_of_many_values_outside_three_are_told() -> None:
    cells = [[f"c{i}", 9.0, 0.0, 1.0] for i in range(5)]
    said = told.outside({"is_outside": True, "cells": cells}, tasks()["flu"])
    assert said is not None
    assert said[0].endswith("c2 9 (it knows 0 to 1); and 2 more.")


# --- a guess ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guess", "said", "label", "says"),
    [
        (1, 1, 1, "You are both right: it is labelled wolf."),
        (0, 1, 0, "You are right, and the model is wrong: it is labelled husky."),
        (0, 1, 1, "The model is right, and you are not: it is labelled wolf."),
        (0, 0, 1, "You are both wrong: it is labelled wolf."),
        (0, 0, None, "You and the model agree on husky."),
        (0, 1, None, "You say husky, the model says wolf."),
    ],
)
def test_who_was_right_is_told(guess: int, said: int, label: int | None, says: str) -> None:
    assert told.guessed(guess, said, label, ("husky", "wolf")) == says


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2)), min_size=1))
def test_the_score_counts_both(rounds: list[tuple[int, int, int]]) -> None:
    said = told.score(rounds)
    numbers = [int(number) for number in re.findall(r"\d+", said)]
    yours = len([1 for guess, _, label in rounds if guess == label])
    its = len([1 for _, answer, label in rounds if answer == label])
    assert numbers == [yours, len(rounds), its, len(rounds)]
