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
    assert expected == f"The straight-line imitation expected it to fall by {wording.points(by)}."
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
    """Whatever the imitation's own level: no *for* that is off lets it expect a rise."""
    surrogate = LinearSurrogate(level, dict(enumerate(weights)))
    explanation = replace(explained(), surrogate=surrogate)
    _, expected = told.changed(explanation, "Without", sorted(off), [1 - after, after])
    by = -sum(weights[i] for i in off)
    if abs(by) > 0.001:
        assert f"to {'rise' if by > 0 else 'fall'} by {wording.points(by)}." in expected
    elif abs(by) < 0.0004:
        assert "expected no change." in expected
    seen = after - explanation.probabilities[1]
    if abs(abs(by - seen) - told.FAR_OFF) > 1e-6:
        assert expected.endswith("poor guide here.") is (abs(by - seen) > told.FAR_OFF)
    assert "%" not in expected


def test_evidence_counts_by_class() -> None:
    counts = {
        "totals": {"train": [480, 599]},
        "counts": {"Posting": {"train": [104, 2]}, "zebra": {"train": [0, 0]}},
    }
    names, text = ("atheism", "christian"), TextSubject("", ())
    assert told.evidence("Posting", counts, names, text, of="Posting") == (
        "Of the training texts, “Posting” stands in 21.7% of the atheism ones "
        "and in 2 of the 599 christian ones."
    )
    assert "does not occur" in told.evidence("zebra", counts, names, text, of="zebra")
    row = TabularSubject(("age",), (4.0,), ("age <= 6",))
    assert told.evidence("age <= 6", counts, names, row, of="Posting").startswith(
        "Of the training rows, “age <= 6” holds in 21.7% of the atheism ones"
    )


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
