"""Two models on a whole set: their answers, whose reasons, and what each leans on."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from lime_engine.errors import Cancelled, InputError
from lime_engine.subjects import ImageSubject, Subject, TabularSubject
from sample_models import load_data, load_model, tasks
from tests.ui.reports import Told
from ui.compare.choice import CompareChoice, first_comparison
from ui.compare.order import furthest_apart, own_strongest
from ui.compare.values import Answered, Compared, Lean, Scoreboard
from ui.compare.work import explaining, leaning
from ui.workshop import kept, runs
from ui.workshop.instances import perturber_of


@pytest.fixture(autouse=True)
def impolite(monkeypatch: pytest.MonkeyPatch) -> None:
    """The workers are threads of this process here, which keeps its priority."""
    monkeypatch.setattr(explaining, "be_polite", lambda: None)


def explained(choice: CompareChoice, n: int) -> Compared:
    """Both explanations of the first n items, and what they say together."""
    work = explaining.Comparing(choice)
    with ThreadPoolExecutor(1) as executor:
        failed = [
            (outcome.row, outcome.error)
            for outcome in work.outcomes(range(n), executor, lambda: False)
            if outcome.error
        ]
    assert failed == []
    assert runs.explained_rows(work, range(n)) == list(range(n))
    return Compared.from_dict(explaining.compared(choice.params(), range(n), [], report=Told()))


def test_what_is_lost_is_counted_and_not_left_out_without_a_word() -> None:
    choice = first_comparison(tasks()["triage"])
    work, n = explaining.Comparing(choice), 5
    whole = explained(choice, n)
    runs.settle_for(work, range(n))
    folder = Path(os.environ["LIME_LAB_STORE"]) / explaining.PAIR
    (folder / work.entry_id(1)).unlink()
    (folder / work.entry_id(2)).write_bytes(b"damaged")
    found = runs.ended(work)
    assert found is not None
    assert (found["rows"], found["lost"]) == ([0, 2, 3, 4], [1])
    with pytest.raises(runs.Lost, match="kept of 1 of the items"):
        explaining.compared(choice.params(), found["rows"], (), report=Told())
    found = runs.ended(work)
    assert found is not None
    assert found["lost"] == [1, 2]
    assert explained(choice, n) == whole
    found = runs.ended(work)
    assert found is not None
    assert found["lost"] == []


def subject_of(choice: CompareChoice, row: int) -> Subject:
    instance = load_data(choice.task.key).test.instance(row)
    return perturber_of(choice.pair(row)[0].view, partial(load_data, choice.task.key)).components(
        instance
    )


def share_planted(choice: CompareChoice, lean: Lean) -> float:
    """Of the items with this word or column among the reasons, those where it is the flaw."""
    found = []
    for row in lean.rows:
        subject = subject_of(choice, row)
        planted = choice.task.flaw.planted("test", row, subject)
        parts = subject.columns if isinstance(subject, TabularSubject) else subject.labels
        found.append(lean.name in {parts[i] for i in planted})
    return float(np.mean(found))


@pytest.mark.parametrize(
    ("task", "n", "first"), [("triage", 40, 4), pytest.param("flu", 40, 1, marks=pytest.mark.long)]
)
def test_what_was_planted_comes_first_in_what_the_models_lean_on(
    task: str, n: int, first: int
) -> None:
    choice = first_comparison(tasks()[task])
    found = explained(choice, n)
    strongest = own_strongest(found.leans, 0, first)
    for lean in strongest:
        assert share_planted(choice, lean) > 0.9
        assert lean.means[0] > 10 * lean.means[1]
    # And by far: nothing else is so different, whichever way.
    assert furthest_apart(found.leans, first) == strongest
    assert not set(strongest) & set(own_strongest(found.leans, 1, 10))
    rows = {o.row: o.overlap for o in found.overlaps}
    planted_rows = {row for lean in strongest for row in lean.rows}
    assert np.mean([rows[row].state == "different" for row in planted_rows]) > 0.8


@pytest.mark.skipif(not tasks()["newsgroups"].is_here(), reason="20 newsgroups is not here")
@pytest.mark.long
@pytest.mark.parametrize("n", [16, 60])
def test_header_words_come_first_on_newsgroups(n: int) -> None:
    choice = first_comparison(tasks()["newsgroups"])
    found = explained(choice, n)
    apart = furthest_apart(found.leans, 10)
    for lean in [lean for lean in apart if lean.means[0] > lean.means[1]][:2]:
        assert share_planted(choice, lean) > 0.5
        assert lean.means[0] > 4 * lean.means[1]


@pytest.mark.long
def test_a_snowfield_is_one_kind_on_which_the_first_model_leans_more() -> None:
    """Kinds of regions have no names that could be planted: their regions are looked up."""
    choice = first_comparison(tasks()["wolves"])
    n = 16
    explained(choice, n)
    records = [(row, explaining._read(choice, row)) for row in range(n)]
    there = [(row, record) for row, record in records if record is not None]
    names = leaning._features([record for _, record in there])
    background: dict[str, list[bool]] = {}
    for (row, record), own in zip(there, names, strict=True):
        subject = subject_of(choice, row)
        assert isinstance(subject, ImageSubject)
        planted = choice.task.flaw.planted("test", row, subject)
        for name, pair in zip(own, record["weights"], strict=True):
            background.setdefault(name, []).append(pair["index"] in planted)
    snow = {name: sum(of) for name, of in background.items()}
    field = max(snow, key=snow.__getitem__)
    assert snow[field] > 0.8 * sum(snow.values())  # wherever it is, and in whatever light
    assert np.mean(background[field]) > 0.9
    found = leaning.leans(there)
    assert all(lean.examples for lean in found)
    more = [lean for lean in found if lean.means[0] > lean.means[1]]
    assert furthest_apart(more, 1)[0].name == field
    assert field in {lean.name for lean in own_strongest(found, 0, 2)}
    assert all(np.mean(background[lean.name]) < 0.1 for lean in own_strongest(found, 1, 1))


@pytest.fixture(scope="module")
def flu() -> CompareChoice:
    return first_comparison(tasks()["flu"])


def test_answers_are_those_of_the_models(flu: CompareChoice) -> None:
    found = Answered.from_dict(explaining.answered(flu.params(), range(30), report=Told()))
    data = load_data("flu").test
    asked = [load_model("flu", key)(data.instances.iloc[:30]) for key in flu.models]
    for item in found.items:
        own = [values[item.row] for values in asked]
        assert item.label == data.labels[item.row]
        assert item.answers == tuple(int(values.argmax()) for values in own)
        assert item.sure == pytest.approx([values.max() for values in own])
        assert item.distance == pytest.approx(abs(own[0][1] - own[1][1]))
    alike = sum(item.is_alike for item in found.items)
    assert found.board.agreement.value == alike / 30
    field = explaining.field_scores(flu.params(), report=Told())
    assert field is not None
    board = Scoreboard.from_dict(field)
    truth = load_data("flu").field
    assert board.scores is not None
    for key, scores in zip(flu.models, board.scores, strict=True):
        right = load_model("flu", key)(truth.instances).argmax(axis=1) == truth.labels
        assert scores.accuracy.value == pytest.approx(right.mean())


def test_items_keep_their_rows_wherever_they_stand(flu: CompareChoice) -> None:
    every = Answered.from_dict(explaining.answered(flu.params(), range(30), report=Told()))
    some = Answered.from_dict(explaining.answered(flu.params(), [4, 17, 29], report=Told()))
    assert [item.row for item in some.items] == [4, 17, 29]
    for item in some.items:
        assert item.answers == every.items[item.row].answers
        assert item.label == every.items[item.row].label
        assert item.sure == pytest.approx(every.items[item.row].sure)


def test_asking_both_models_can_be_cancelled(flu: CompareChoice) -> None:
    with pytest.raises(Cancelled):
        explaining.answered(flu.params(), range(500), report=Told(until=0.1))


def test_pairs_are_kept_once_whichever_side_a_model_stands_on(flu: CompareChoice) -> None:
    explained(flu, 6)
    turned = replace(flu, models=flu.models[::-1])
    assert runs.explained_rows(explaining.Comparing(turned), range(6)) == list(range(6))
    here, there = explaining.paired_item(flu, 3), explaining.paired_item(turned, 3)
    assert here is not None
    assert there is not None
    assert here.reasons == there.reasons[::-1]
    assert here.overlap.shared.repeats == tuple(reversed(there.overlap.shared.repeats))
    subject = subject_of(flu, 3)
    assert isinstance(subject, TabularSubject)
    assert here.subject is not None
    assert here.subject["columns"] == list(subject.columns)


def test_one_item_is_explained_from_one_design_and_keeps_what_explain_has_asked(
    flu: CompareChoice,
) -> None:
    requests = replace(flu, row=4).requests_of_one()
    asked: list[float] = []

    class Counted(Told):
        def __call__(self, fraction: float) -> None:
            asked.append(fraction)

    found = explaining.one_item(requests, (1, 1), report=Counted())
    first, second = found["comparison"]["explanations"]
    assert first["target"] == second["target"] == 1
    assert first["n_samples"] == second["n_samples"]
    assert found["label"] == load_data("flu").test.labels[4]
    assert asked
    asked.clear()
    again = explaining.one_item(requests, (0, 0), report=Counted())
    assert not asked  # another class asks nothing
    weights = {w["index"]: w["weights"] for w in found["comparison"]["weights"]}
    for other in again["comparison"]["weights"]:
        if other["index"] in weights:
            assert other["weights"] == pytest.approx(
                [-w for w in weights[other["index"]]], abs=0.02
            )


def test_models_that_cannot_take_the_items_are_refused() -> None:
    choice = first_comparison(tasks()["triage"])
    other_kind = replace(choice, models=("a", "wolves/a"), matches=(None, (0, 1)))
    with pytest.raises(InputError, match="reads pictures, but these are texts"):
        explaining.answered(other_kind.params(), range(3), report=Told())
    strangers = replace(choice, models=("a", "newsgroups/b"))
    with pytest.raises(InputError, match="no answer in common"):
        explaining.answered(strangers.params(), range(3), report=Told())
    rows = first_comparison(tasks()["flu"])
    columns = replace(rows, models=("a", "breast_cancer/forest"), matches=(None, (0, 1)))
    with pytest.raises(InputError, match="must take the same input"):
        explaining.answered(columns.params(), range(3), report=Told())


def test_the_labels_that_were_brought_are_scored_and_those_not_known_left_out() -> None:
    task = tasks()["triage"]
    test = task.data().test
    texts, right = list(test.instances[:60]), test.labels[:60]
    of = [int(label) if row % 3 else -1 for row, label in enumerate(right)]
    names = tuple(f" {name.upper()} " for name in task.class_names)
    source = kept.keep_texts(texts, kept.Labels((*names, "neither"), (*of[:-1], 2)))
    of[-1] = -1
    choice = replace(first_comparison(task), source=source)
    found = Answered.from_dict(explaining.answered(choice.params(), range(60), report=Told()))
    assert [item.label for item in found.items] == [None if y < 0 else y for y in of]
    known = np.array(of) >= 0
    assert found.board.n_labelled == known.sum() == 39
    assert found.board.scores is not None
    for side, model in enumerate(choice.models):
        answers = np.argmax(task.model(model).load()(texts), axis=1)
        assert found.board.scores[side].accuracy.value == pytest.approx(
            accuracy_score(right[known], answers[known])
        )


def test_without_labels_there_is_agreement_only() -> None:
    source = kept.keep_texts(["Chest pain and sweating", "Repeat prescription please"])
    choice = replace(first_comparison(tasks()["triage"]), source=source)
    found = Answered.from_dict(explaining.answered(choice.params(), range(2), report=Told()))
    assert found.board.scores is None
    assert found.board.p_value is None
    assert [item.label for item in found.items] == [None, None]
    matched = replace(choice, models=("a", "newsgroups/b"), matches=(None, (0, None)))
    other = Answered.from_dict(explaining.answered(matched.params(), range(2), report=Told()))
    assert other.names == (*choice.task.class_names, "anything else")
