"""Recall, precision and curves of each answer: those of scikit-learn on the same labels."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)

from ui.compare.values import ClassScores
from ui.compare.work.by_class import MOST_CLASSES, MOST_POINTS, by_class


def two_models(n, classes, seed=0):
    """Labels, answers and probabilities of two models, the second the better one."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=n)
    sides = []
    for skill in (1.0, 3.0):
        p = rng.gamma(1.0, size=(n, classes))
        p[np.arange(n), labels] *= 1 + skill
        sides.append(p / p.sum(axis=1, keepdims=True))
    return labels, np.column_stack([p.argmax(axis=1) for p in sides]), sides


@pytest.mark.parametrize("classes", [2, 5])
def test_recall_precision_and_areas_are_those_of_scikit_learn(classes):
    labels, answers, sides = two_models(300, classes)
    found = by_class(labels, answers, sides)
    assert [each.answer for each in found] == list(range(classes))
    for each in found:
        is_it = labels == each.answer
        assert each.n == is_it.sum()
        for side in (0, 1):
            only = {"labels": [each.answer], "average": None}
            recall = recall_score(labels, answers[:, side], **only)[0]
            precision = precision_score(labels, answers[:, side], **only)[0]
            assert each.recall[side].value == pytest.approx(recall)
            assert each.precision[side].value == pytest.approx(precision)
            assert each.recall[side].low < recall < each.recall[side].high
            p = sides[side][:, each.answer]
            assert each.curves[side].auc == pytest.approx(roc_auc_score(is_it, p))
            assert each.curves[side].average == pytest.approx(average_precision_score(is_it, p))
            counts = confusion_matrix(labels, answers[:, side])
            assert round(each.recall[side].value * each.n) == counts[each.answer, each.answer]


def test_a_curve_of_many_points_keeps_its_shape():
    labels, answers, sides = two_models(5000, 2, seed=1)
    curve = by_class(labels, answers, sides)[1].curves[0]
    for points in (curve.roc, curve.precision):
        assert len(points) <= MOST_POINTS + 2
    assert curve.roc[0] == (0, 0)
    assert curve.roc[-1] == (1, 1)
    x, y = np.array(curve.roc).T
    exact_x, exact_y, _ = roc_curve(labels == 1, sides[0][:, 1], drop_intermediate=False)
    low = np.interp(x - 1e-5, exact_x, exact_y)
    high = np.interp(x + 1e-5, exact_x, exact_y)
    assert (y >= low - 0.01).all()
    assert (y <= high + 0.01).all()
    assert np.trapezoid(y, x) == pytest.approx(curve.auc, abs=0.005)


def test_items_without_label_count_for_nothing():
    labels, answers, sides = two_models(80, 3, seed=2)
    unknown = np.concatenate([labels, np.full(40, -1)])
    twice = by_class(
        unknown, np.vstack([answers, answers[:40]]), [np.vstack([p, p[:40]]) for p in sides]
    )
    assert twice == by_class(labels, answers, sides)
    assert by_class([-1, -1], answers[:2], [p[:2] for p in sides]) == ()


def test_what_is_a_share_of_nothing_is_not_known():
    p = np.array([[0.9, 0.1], [0.8, 0.2]])
    (only,) = by_class([1, 1], [[0, 1], [0, 1]], [p, p])
    assert only.precision[0] is None
    assert (only.recall[0].value, only.recall[1].value) == (0, 1)
    assert only.curves is None  # there is nothing to tell it from


def test_of_many_classes_the_most_frequent():
    labels, answers, sides = two_models(2000, 30, seed=3)
    found = by_class(labels, answers, sides)
    counts = np.bincount(labels)
    assert len(found) == MOST_CLASSES
    assert min(each.n for each in found) >= np.sort(counts)[-MOST_CLASSES]


def test_they_survive_json():
    found = by_class(*two_models(50, 2))
    raw = json.loads(json.dumps([asdict(each) for each in found], allow_nan=False))
    assert tuple(map(ClassScores.from_dict, raw)) == found
