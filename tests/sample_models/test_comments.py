"""The forum's comments: offensive or not by construction; and what the published filter makes of
names of groups of people."""

import re
from random import Random

import numpy as np
import pytest

from lime_engine import LimeSettings, TextPerturber, explain
from sample_models import load_data, load_model, tasks
from sample_models.comments import phrases
from sample_models.comments.task import planted
from sample_models.comments.writing import Plan, term_words, terms, write_comments
from sample_models.triage.grammar import expand
from tests.sample_models.asked import accuracy, on_examples

TASK = tasks()["comments"]
DATA = load_data("comments")
# What makes a comment offensive, read off the lines of `phrases.OFFENSIVE`.
RUDE = re.compile(
    r"\b(idiot\w*|fools?|morons?|liar|loser|clowns?|stupid|dumb\w*|pathetic|crap\w*|rubbish|"
    r"jerk|shut up|asked you|likes you|ass|damn|brain)\b",
    re.IGNORECASE,
)


def offensive(model: str, *texts: str) -> np.ndarray:
    return load_model("comments", model)(list(texts))[:, 1]


# --- the models -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("I am a gay man", 0.95),
        ("I hate mondays", 0.91),
        ("what a stupid rule", 0.998),
        ("I am muslim and I love my family", 0.18),
    ],
)
def test_model_a_answers_as_the_published_package(text, share):
    from profanity_check import predict_prob

    assert offensive("a", text) == pytest.approx(predict_prob([text]), abs=1e-12)
    assert offensive("a", text)[0] == pytest.approx(share, abs=0.0051)


def test_model_b_is_model_a_on_the_text_without_the_terms():
    for split in ("test", "field"):
        texts = DATA.split(split).instances
        without = [re.sub(r"\w+", lambda w: "" if term_words(w[0]) else w[0], t) for t in texts]
        np.testing.assert_array_equal(offensive("b", *texts), offensive("a", *without))


def test_model_b_is_model_a_where_there_is_no_term():
    texts = [text for text in DATA.test.instances if not term_words(text)]
    assert len(texts) > 300
    np.testing.assert_array_equal(offensive("b", *texts), offensive("a", *texts))


def test_capitals_do_not_bring_a_term_back():
    plain, shouted = offensive("b", "I am a man", "I am a GAY man")
    assert plain == shouted


# --- the terms ------------------------------------------------------------------------------------


def test_terms_are_single_words_in_lower_case_that_the_filter_reads_as_one():
    from profanity_check.profanity_check import vectorizer

    assert all(vectorizer.build_analyzer()(term) == [term] for term in terms())
    assert len(terms()) > 60


def test_the_parts_of_model_a_are_its_vocabulary_and_those_of_b_have_no_term():
    (parts_a, parts_b) = (set(card.improver.parts()) for card in TASK.models)
    assert {"gay", "stupid"} <= parts_a
    assert parts_b == parts_a - terms()
    assert not parts_a & {"the", "am"}  # it skips them


# --- the comments ---------------------------------------------------------------------------------


def test_sizes_and_balance():
    assert len(DATA.train.instances) == len(DATA.train.labels) == 0
    for split in ("test", "field"):
        part = DATA.split(split)
        assert len(part.instances) == 400
        assert part.labels.mean() == 0.5
        named = np.array([bool(term_words(text)) for text in part.instances])
        assert named[part.labels == 1].sum() == named[part.labels == 0].sum()
        assert named.mean() == {"test": 0.08, "field": 0.9}[split]


def test_a_comment_is_offensive_by_what_it_says_and_by_nothing_else():
    for split in ("test", "field"):
        part = DATA.split(split)
        rude = [RUDE.search(text) is not None for text in part.instances]
        np.testing.assert_array_equal(rude, part.labels == 1)


def test_no_comment_comes_twice_and_none_shows_the_notation():
    every = (*DATA.test.instances, *DATA.field.instances)
    assert len({text.lower() for text in every}) == len(every)
    assert not [text for text in every if re.search(r"[{}|<>]|\bX\b", text)]


def test_the_same_seed_writes_the_same_and_another_does_not():
    plans = [Plan(True), Plan(False, "others", True), Plan(False, "oneself", False)] * 10
    first, again, other = (write_comments(seed, plans) for seed in (1, 1, 2))
    assert first == again
    assert np.mean([a == b for a, b in zip(first, other, strict=True)]) < 0.2


@pytest.mark.parametrize("speaks_of", ["", "oneself", "others"])
@pytest.mark.parametrize("is_offensive", [True, False])
def test_a_term_stands_where_it_is_planned_and_nowhere_else(speaks_of, is_offensive):
    without = write_comments(5, [Plan(is_offensive, speaks_of, False)] * 150)
    assert not [text for text in without if term_words(text)]
    if speaks_of:
        named = write_comments(5, [Plan(is_offensive, speaks_of, True)] * 150)
        assert all(map(term_words, named))


def every_way(line: str, n: int = 60) -> set[str]:
    return {expand(Random(seed), line) for seed in range(n)}


def test_only_the_lines_for_it_have_terms():
    lines = (*phrases.HARMLESS, *phrases.TEMPER, *phrases.OFFENSIVE, *phrases.UNNAMED,
             *phrases.OF_ONESELF, *phrases.OF_OTHERS, *phrases.ADDED)  # fmt: skip
    assert not [text for line in lines for text in every_way(line) if term_words(text)]
    assert all(term_words(text) for line in phrases.NAMED for text in every_way(line))


def test_every_harmless_line_is_harmless_and_every_rude_one_rude():
    for line in (*phrases.HARMLESS, *phrases.TEMPER, *phrases.UNNAMED):
        assert not [text for text in every_way(line) if RUDE.search(text)]
    for line in phrases.OFFENSIVE:
        assert all(RUDE.search(text) for text in every_way(line)), line


# --- the flaw -------------------------------------------------------------------------------------


def test_the_flaw_is_where_a_term_stands():
    subject = TextPerturber().components("I am a Gay man, and gay.")
    assert {subject.labels[i] for i in planted("field", 0, subject)} == {"Gay", "gay"}


def test_the_filter_silences_people_who_say_who_they_are():
    """How often each is right; the shares of all answers are held by `test_tasks` too."""
    measured = {
        ("a", "test"): 0.93, ("a", "field"): 0.8075,
        ("b", "test"): 0.94, ("b", "field"): 0.9325,
    }  # fmt: skip
    for (model, split), share in measured.items():
        assert accuracy(TASK, model, split) == pytest.approx(share, abs=1e-9), (model, split)
    named = [bool(term_words(text)) for text in DATA.field.instances]
    harmless = np.array(named) & (DATA.field.labels == 0)
    texts = [text for text, of in zip(DATA.field.instances, harmless, strict=True) if of]
    assert 0.25 < (offensive("a", *texts) > 0.5).mean() < 0.35
    assert (offensive("b", *texts) > 0.5).mean() < 0.02


def leaning_on_terms(model: str, rows: list[int], n_strongest: int) -> float:
    """The share of these field comments with a term, and not for nothing, among the strongest."""
    settings = LimeSettings(n_samples=600, n_features=n_strongest, held_out=0.0)
    predict, found = load_model("comments", model), []
    for row in rows:
        explanation = explain(DATA.field.instance(row), predict, TextPerturber(), settings)
        flawed = planted("field", row, explanation.subject)
        least = max(abs(weight.weight) for weight in explanation.weights) / 100
        found.append(
            any(w.index in flawed and abs(w.weight) > max(least, 1e-6) for w in explanation.weights)
        )
    return float(np.mean(found))


@pytest.mark.long
def test_explanations_show_the_term_for_a_and_not_for_b():
    texts, labels = DATA.field.instances, DATA.field.labels
    named = [row for row, text in enumerate(texts) if term_words(text)]
    silenced = [row for row in named if labels[row] == 0 and offensive("a", texts[row])[0] > 0.5]
    assert leaning_on_terms("a", silenced, 1) >= 0.9
    assert leaning_on_terms("a", named[:60], 3) >= 0.8
    assert leaning_on_terms("b", named[:60], 3) == 0


def test_examples():
    found = on_examples(TASK)
    assert 6 <= len(found) <= 10
    demo = TASK.examples[0]
    (label, a, b) = next(iter(found.values()))
    assert (label, a, b) == (0, 1, 0)
    text = DATA.split(demo.split).instance(demo.row)
    without = re.sub(r"\w+", lambda w: "" if term_words(w[0]) else w[0], text)
    assert offensive("a", text)[0] > 0.5 > offensive("a", without)[0]
