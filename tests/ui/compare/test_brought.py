"""Models of which only the answers were brought: scored like any other, asked and explained not."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn import metrics
from sklearn.calibration import calibration_curve

from lime_engine.errors import InputError
from sample_models import Task, load_data, tasks
from tests.ui.reports import Told
from tests.ui.workshop.trained.data_sets import card_of
from ui.compare.choice import CompareChoice, first_comparison, read_comparison
from ui.compare.costs import costs
from ui.compare.decision_wording import decision, differences
from ui.compare.export import Shown, as_report, sheet
from ui.compare.values import Answered
from ui.compare.verdicts import Verdict
from ui.compare.work import explaining, slicing
from ui.explain.choice import read_choice
from ui.improve.choice import read_place
from ui.pick.choice import PickChoice, read_pick
from ui.workshop import kept
from ui.workshop.catalogue import find_task
from ui.workshop.kept import Labels, Predictions
from ui.workshop.trained.card import DataCard, keep_card, read_card
from ui.workshop.trained.task import ONLY_SCORED

NAMES = ("ham", "spam")
N = 300
RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 2, N)
SURE = np.clip(0.5 + 0.3 * (2 * LABELS - 1) + RNG.normal(0, 0.3, N), 0.001, 0.999)
HARD = np.where(RNG.random(N) < 0.8, LABELS, 1 - LABELS)
TEXTS = [f"text number {i}" for i in range(N)]
PREDICTED = (
    Predictions("svm", NAMES, np.column_stack([1 - SURE, SURE])),
    Predictions("rules", NAMES, HARD),
)


def task_of(source: str, kind: Any = "text", names: tuple[str, ...] = NAMES) -> Task:
    task = find_task(keep_card(DataCard("Mine", kind, "Which?", source, names, ())))
    assert task is not None
    return task


def brought(labels: Any = LABELS, predictions: Any = PREDICTED) -> Task:
    said = Labels(NAMES, tuple(int(label) for label in labels))
    return task_of(kept.keep_texts(TEXTS, said, predictions))


def answered(choice: CompareChoice, n: int = N) -> Answered:
    found = explaining.answered(choice.params(), range(n), report=Told())
    return Answered.from_dict(found)


def test_the_scoreboard_is_scikit_learn_s_on_the_same_columns() -> None:
    found = answered(first_comparison(brought()))
    svm, rules = found.board.scores or ()
    for scores, said in ((svm, SURE > 0.5), (rules, HARD)):
        assert scores.accuracy.value == pytest.approx(metrics.accuracy_score(LABELS, said))
    assert svm.log_loss is not None
    assert svm.log_loss.value == pytest.approx(metrics.log_loss(LABELS, SURE))
    assert found.board.n_labelled == N
    assert found.board.agreement.value == pytest.approx(np.mean((SURE > 0.5) == HARD))
    for each in found.classes:
        is_it = each.answer == LABELS
        p = SURE if each.answer else 1 - SURE
        for side, said in enumerate((SURE > 0.5, HARD)):
            called = np.asarray(said) == each.answer
            recall, precision = each.recall[side], each.precision[side]
            assert recall is not None
            assert precision is not None
            assert recall.value == pytest.approx(metrics.recall_score(is_it, called))
            assert precision.value == pytest.approx(metrics.precision_score(is_it, called))
        assert each.curves is not None
        assert each.curves[0].auc == pytest.approx(metrics.roc_auc_score(is_it, p))
        assert each.curves[0].average == pytest.approx(metrics.average_precision_score(is_it, p))
        hard = (each.answer == HARD).astype(float)
        assert each.curves[1].auc == pytest.approx(metrics.balanced_accuracy_score(is_it, hard))


def test_calibration_is_scikit_learn_s_curve_weighed_by_its_bins() -> None:
    svm, _ = answered(first_comparison(brought())).board.scores or ()
    sure, right = np.maximum(SURE, 1 - SURE), (SURE > 0.5) == LABELS
    true, said = calibration_curve(right, sure, n_bins=10)
    np.testing.assert_allclose([p for p, _, _ in svm.curve], said)
    np.testing.assert_allclose([share for _, share, _ in svm.curve], true)
    weights = np.array([n for _, _, n in svm.curve]) / N
    assert svm.calibration is not None
    assert svm.calibration.value == pytest.approx(float(weights @ np.abs(true - said)))


def test_answers_without_probabilities_have_none_of_what_these_say() -> None:
    choice = first_comparison(brought())
    found = answered(choice)
    _, rules = found.board.scores or ()
    assert (rules.log_loss, rules.calibration, rules.curve) == (None, None, ())
    assert {item.sure[1] for item in found.items} == {None}
    assert choice.are_sure == (True, False)
    assert found.board.apart is not None
    assert (found.board.apart.log_loss, found.board.apart.calibration) == (None, None)
    told = decision(found.board, choice.names) + differences(found.board)
    assert "sure" not in told
    assert "calibration" not in told
    swapped = answered(replace(choice, models=(choice.models[1], choice.models[0])))
    assert swapped.board.apart is not None
    assert swapped.board.apart.accuracy.value == -found.board.apart.accuracy.value
    known = [(each.row, each.label or 0, each.answers, each.sure) for each in found.items]
    params = replace(choice, by="sure-2").params()
    assert slicing.sliced(params, known, report=Told()) == []


def test_what_mistakes_cost_without_probabilities_is_what_they_cost_as_they_are() -> None:
    found = answered(first_comparison(brought()))
    cost = costs(found.items, miss=1, cost=1)
    assert cost is not None
    assert cost.sides[1].cost == np.sum(HARD != LABELS)
    assert cost.sides[1].threshold == 0.5


def test_a_report_and_a_table_of_them_can_be_taken_away() -> None:
    choice = first_comparison(brought())
    shown = Shown(choice, answered(choice), None, (), Verdict(None, None, ()), None)
    assert "not known" in as_report(shown)
    found = sheet(shown)
    first = dict(zip((column.name for column in found.columns), found.lines[0], strict=True))
    assert {"svm: answer", "svm: probability"} <= first.keys()
    assert (first["rules: answer"], first["rules: probability"]) == (NAMES[HARD[0]], "")


def test_items_without_a_label_are_not_judged() -> None:
    choice = first_comparison(brought(np.where(np.arange(N) < 50, -1, LABELS)))
    found = answered(choice, N - 50)  # "test" is what is labelled
    first, _ = found.board.scores or ()
    assert first.accuracy.value == pytest.approx(np.mean((SURE > 0.5)[50:] == LABELS[50:]))
    whole = answered(replace(choice, source=source_of(choice.task)))
    assert (whole.board.n, whole.board.n_labelled) == (N, N - 50)
    assert whole.board.scores == found.board.scores


def source_of(task: Task) -> str:
    card = read_card(task.key)
    assert card is not None
    return card.source


def test_rows_are_scored_like_texts() -> None:
    rows = [(float(x),) for x in RNG.normal(size=N)]
    said = Labels(NAMES, tuple(LABELS.tolist()))
    choice = first_comparison(task_of(kept.keep_rows(("x",), rows, said, PREDICTED), "table"))
    found = answered(choice)
    assert found.columns == ("x",)
    assert (found.board.scores or ())[1].accuracy.value == pytest.approx(np.mean(HARD == LABELS))
    case = explaining.item_as_it_is(replace(choice, row=7).requests_of_one()[0], report=Told())
    assert case["columns"] == ["x"]
    shown = float(case["values"][0].replace("−", "-"))
    assert shown == pytest.approx(rows[7][0], rel=0.01)


def test_other_names_of_the_classes_are_matched_by_hand() -> None:
    numbered = (
        Predictions("a", ("0", "1"), PREDICTED[0].values),
        Predictions("b", ("0", "1"), HARD),
    )
    choice = first_comparison(brought(predictions=numbered))
    with pytest.raises(InputError, match="no answer in common"):
        choice.matching  # noqa: B018
    found = answered(replace(choice, matches=((0, 1), (0, 1))))
    assert found.board == answered(first_comparison(brought())).board


def test_a_class_that_no_label_has_counts_as_something_else() -> None:
    wild = HARD.copy()
    wild[:30] = 2
    choice = first_comparison(
        brought(predictions=(PREDICTED[0], Predictions("wild", (*NAMES, "eggs"), wild)))
    )
    found = answered(choice)
    assert found.names == (*NAMES, "anything else")
    assert (found.board.scores or ())[1].accuracy.value == pytest.approx(np.mean(wild == LABELS))


def trained_beside() -> tuple[Task, Any]:
    """A model trained here beside its own answers, which were brought with the data."""
    train = load_data("triage").train
    texts, names = list(train.instances[:200]), tasks()["triage"].class_names
    labels = Labels(names, tuple(train.labels[:200].tolist()))
    first = find_task(keep_card(card_of("text", kept.keep_texts(texts, labels), names)))
    assert first is not None
    p = first.models[0].load()(texts)
    source = kept.keep_texts(texts, labels, [Predictions("the same", names, p)])
    task = find_task(keep_card(card_of("text", source, names)))
    assert task is not None
    return task, p


def test_beside_a_model_trained_here_its_own_answers_are_its_answers() -> None:
    task, _ = trained_beside()
    keys = [card.key for card in task.models]
    assert keys[-1] == "brought-0"
    choice = CompareChoice(task, (keys[0], "brought-0"))
    n = len(task.data().test.labels)
    found = answered(choice, n)
    assert n == 50
    assert found.board.agreement.value == 1
    assert max(item.distance for item in found.items) < 1e-9
    first, second = found.board.scores or ()
    assert first == second
    assert choice.only_scored == ("the same",)
    assert choice.opened(0) is not None
    assert choice.opened(1) is None


def test_only_models_that_can_be_asked_are_asked() -> None:
    task, _ = trained_beside()
    assert [card.key for card in task.askable] == [card.key for card in task.models[:2]]
    with pytest.raises(InputError, match=ONLY_SCORED):
        task.models[2].load()
    asked = {"task": task.key, "model": "brought-0"}
    shown = read_choice(asked)
    assert shown.model == task.models[0].key
    assert ONLY_SCORED in shown.problems[0]
    picked = read_pick(asked)
    assert picked.model == task.models[0].key
    assert len(picked.problems) == 1
    assert read_place(asked).model == task.models[0].key
    assert PickChoice(task, task.models[1].key).rival == task.models[0].key


@pytest.mark.parametrize("read", [read_choice, read_pick, read_place])
def test_a_task_without_a_model_to_ask_is_shown_by_compare_alone(read: Any) -> None:
    key = brought().key
    found = read({"task": key, "model": "brought-0", "item": "test-3"})
    assert found.task.key == next(iter(tasks()))
    assert any("only the answers were brought" in line for line in found.problems)
    assert read_comparison({"task": key}).task.key == key


def test_what_was_said_of_other_items_is_not_known() -> None:
    choice = replace(first_comparison(brought()), source=kept.keep_texts(["one text"]))
    with pytest.raises(InputError, match="What this model said of these items was not brought"):
        answered(choice, 1)
