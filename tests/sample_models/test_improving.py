"""Taking out what an honest reviewer marks: real use gets better, the test data does not."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from lime_engine import LimeSettings, TabularPerturber, TextPerturber, explain
from lime_engine.errors import InputError
from lime_engine.pick import ExplanationMatrix, submodular_pick
from sample_models import TaskUnavailable, load_data, load_model, tasks


@dataclass(frozen=True)
class Story:
    """Shares of right answers of the model as it was and of each round's, and at random."""

    test: tuple[float, ...]
    field: tuple[float, ...]
    random_field: float
    marked: frozenset[str]
    predict: Any


def improver_of(task, model):
    try:
        load_data(task)
    except TaskUnavailable as error:
        pytest.skip(str(error))
    found = tasks()[task].model(model).improver
    assert found is not None
    return found


def right(predict, split) -> float:
    return float((predict(split.instances).argmax(axis=1) == split.labels).mean())


def reviewed(task: str, predict: Any, n_items: int) -> frozenset[str]:
    """What a reviewer who knows the flaw marks in a pick of ten: its words, its column."""
    data, kind, flaw = load_data(task), tasks()[task].kind, tasks()[task].flaw
    perturber: Any = (
        TextPerturber() if kind == "text" else TabularPerturber.learn(data.train.instances)
    )
    settings = LimeSettings(n_samples=500, n_features=10, held_out=0.0)
    rows = np.random.default_rng(0).permutation(len(data.test.labels))[:n_items].tolist()
    found = []
    for row in rows:
        explanation = explain(data.test.instance(row), predict, perturber, settings)
        subject: Any = explanation.subject
        names = subject.labels if kind == "text" else subject.columns
        reasons = [(names[w.index], w.weight) for w in explanation.weights]
        planted = {names[i] for i in flaw.planted("test", row, subject)}
        found.append((row, reasons, planted))
    matrix = ExplanationMatrix.of((row, reasons) for row, reasons, _ in found)
    picked = [found[item] for item in submodular_pick(matrix, 10).items]
    return frozenset(name for _, reasons, bad in picked for name, _ in reasons if name in bad)


def improved(task: str, model: str, *, n_rounds: int, n_items: int = 60, n_draws: int = 3) -> Story:
    improver, data = improver_of(task, model), load_data(task)
    marked: frozenset[str] = frozenset()
    predict = load_model(task, model)
    test, field = [right(predict, data.test)], [right(predict, data.field)]
    for _ in range(n_rounds):
        more = reviewed(task, predict, n_items)
        if not more <= marked:
            marked |= more
            predict = improver.retrain(marked)
        test.append(right(predict, data.test))
        field.append(right(predict, data.field))
    parts = improver.parts()
    at_random = []
    for draw in range(n_draws):
        taken = np.random.default_rng(draw).permutation(parts)[: len(marked)]
        at_random.append(right(improver.retrain(frozenset(taken.tolist())), data.field))
    return Story(tuple(test), tuple(field), float(np.mean(at_random)), marked, predict)


def test_triage_does_better_in_real_use_without_the_stamp() -> None:
    story = improved("triage", "a", n_rounds=3, n_items=30)
    assert story.field[0] < 0.62
    assert story.field[-1] > 0.82
    assert 0.88 < story.test[-1] <= story.test[0] + 0.01
    assert story.field[-1] > story.random_field + 0.15


@pytest.mark.long
def test_flu_does_better_in_real_use_without_the_patient_id() -> None:
    story = improved("flu", "a", n_rounds=3, n_items=20)
    assert story.marked == {"patient id"}
    assert story.field[0] < 0.52
    assert story.field[-1] > 0.85
    assert 0.85 < story.test[-1] <= story.test[0] + 0.01
    assert story.field[-1] > story.random_field + 0.15


@pytest.mark.long
def test_newsgroups_do_better_in_real_use_after_one_small_review() -> None:
    story = improved("newsgroups", "a", n_rounds=1, n_items=12, n_draws=1)
    assert len(story.marked) > 5
    assert story.field[-1] > story.field[0] + 0.01
    assert story.test[-1] <= story.test[0] + 0.01
    assert story.field[-1] > story.random_field
    text = load_data("newsgroups").test.instances[0]
    with_them = f"{text}\n{' '.join(story.marked)}"
    np.testing.assert_array_equal(story.predict([with_them]), story.predict([text]))


@pytest.mark.long
def test_comments_do_better_in_real_use_without_the_names_that_a_review_finds() -> None:
    story = improved("comments", "a", n_rounds=1, n_items=200)
    assert "gay" in {word.lower() for word in story.marked}
    assert story.field[-1] > story.field[0] + 0.05
    assert story.test[-1] >= story.test[0]
    assert story.field[-1] > story.random_field + 0.05


@pytest.mark.long
def test_newsgroups_do_better_in_real_use_from_round_to_round() -> None:
    story = improved("newsgroups", "a", n_rounds=3)
    print(story)
    assert np.diff(story.field).min() > -0.01  # a round may lose a few posts by chance
    assert story.field[-1] > story.field[0] + 0.04
    assert 0.87 < story.test[-1] <= story.test[0] + 0.01
    assert story.field[-1] > story.random_field + 0.04


@pytest.mark.parametrize(
    ("task", "model", "removed", "written"),
    [
        ("triage", "a", {"W7", "Hale"}, ["W7", "hale", "w7", "HALE"]),
        ("triage", "b", {"fever", "can't"}, ["Fever", "can't", "can"]),
        ("newsgroups", "b", {"God", "atheist"}, ["god", "GOD", "Atheist"]),
        ("comments", "a", {"Gay", "idiot"}, ["gay", "GAY", "Idiot"]),
        ("comments", "b", {"idiot"}, ["Idiot"]),
    ],
)
def test_a_model_is_blind_to_the_words_taken_out(
    task: str, model: str, removed: Collection[str], written: list[str]
) -> None:
    predict = improver_of(task, model).retrain(frozenset(removed))
    text = "She has a cough since Monday, and asks what to believe."
    plain, with_them = predict([text]), predict([f"{text} {' '.join(written)}"])
    np.testing.assert_array_equal(plain, with_them)
    before = load_model(task, model)
    assert not np.allclose(before([text]), before([f"{text} {' '.join(written)}"]))


@pytest.mark.parametrize(
    ("task", "model", "column"),
    [
        ("flu", "a", "patient id"),
        ("flu", "b", "temperature"),
        ("breast_cancer", "forest", "worst area"),
        ("breast_cancer", "logistic", "worst area"),
    ],
)
def test_a_model_is_blind_to_the_columns_taken_out(task: str, model: str, column: str) -> None:
    rows = load_data(task).test.instances
    shuffled = rows.assign(**{column: rows[column].to_numpy()[::-1]})
    predict = improver_of(task, model).retrain(frozenset({column}))
    np.testing.assert_allclose(predict(rows), predict(shuffled), rtol=0, atol=1e-12)
    before = load_model(task, model)
    assert not np.allclose(before(rows), before(shuffled))


ALL = [(t.key, card.key) for t in tasks().values() for card in t.models if card.improver]


@pytest.mark.parametrize(("task", "model"), ALL)
def test_taking_out_nothing_gives_the_built_in_model(task: str, model: str) -> None:
    improver, some = improver_of(task, model), load_data(task).test.instances[:20]
    if not improver.parts():
        pytest.skip("it learns again as a whole, from other data")
    np.testing.assert_array_equal(
        improver.retrain(frozenset())(some), load_model(task, model)(some)
    )


@pytest.mark.parametrize(
    ("task", "model", "known", "unknown"),
    [
        ("triage", "a", {"w7", "hale", "fever"}, {"W7", "a"}),
        ("triage", "b", {"fever"}, {"w7", "hale"}),
        ("newsgroups", "a", {"Host", "Posting", "god", "God"}, {"Posting-Host"}),
        ("newsgroups", "b", {"god"}, {"host", "the", "God"}),
        ("comments", "a", {"gay", "idiot"}, {"Gay", "the"}),
        ("comments", "b", {"idiot"}, {"gay", "the"}),
        ("flu", "a", {"patient id", "temperature"}, {"patient"}),
        ("flu", "b", {"temperature"}, {"patient id"}),
        ("breast_cancer", "forest", {"worst area"}, {"area"}),
    ],
)
def test_the_parts_are_those_that_the_model_knows(
    task: str, model: str, known: set[str], unknown: set[str]
) -> None:
    parts = improver_of(task, model).parts()
    assert known <= set(parts)
    assert not unknown & set(parts)
    assert len(parts) == len(set(parts))


@pytest.mark.parametrize(("task", "model"), ALL)
def test_something_has_to_be_left(task: str, model: str) -> None:
    improver = improver_of(task, model)
    if not improver.parts():
        pytest.skip("it learns again as a whole, from other data")
    with pytest.raises(InputError, match="Keep at least one"):
        improver.retrain(frozenset(improver.parts()))


def test_the_digits_cannot_be_trained_again() -> None:
    assert [card.improver for card in tasks()["digits"].models] == [None, None]
