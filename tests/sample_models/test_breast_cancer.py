"""The breast tumours: real measurements as they are, and two models that both deserve trust."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer

from lime_engine import LimeSettings, explain
from lime_engine.table.perturber import TabularPerturber
from sample_models import breast_cancer
from tests.sample_models.asked import SPLITS, accuracy, on_examples

TASK = breast_cancer.TASK


@cache
def model(key):
    return TASK.model(key).load()


def test_every_tumour_is_in_one_split_with_its_own_numbers_and_answer():
    data = TASK.data()
    ours = pd.concat([data.split(s).instances.assign(answer=data.split(s).labels) for s in SPLITS])
    whole = load_breast_cancer(as_frame=True)
    theirs = whole.data.assign(answer=(whole.target == 0).astype(np.int64))
    columns = list(theirs.columns)

    assert whole.target_names[0] == "malignant"
    assert TASK.class_names[breast_cancer.MALIGNANT] == "malignant"
    assert not ours.duplicated().any()
    pd.testing.assert_frame_equal(
        ours.sort_values(columns, ignore_index=True), theirs.sort_values(columns, ignore_index=True)
    )


def test_sizes_and_shares():
    data = TASK.data()

    assert [len(data.split(name).instances) for name in SPLITS] == [285, 142, 142]
    for name in SPLITS:
        part = data.split(name)
        assert part.labels.mean() == pytest.approx(0.373, abs=0.002)
        assert part.instances.index.equals(pd.RangeIndex(len(part.labels)))
        assert (part.instances.dtypes == np.float64).all()


@pytest.mark.parametrize("key", ["forest", "logistic"])
def test_models_are_good_and_as_good_in_the_field(key):
    assert accuracy(TASK, key, "test") >= 0.95
    assert accuracy(TASK, key, "field") >= 0.95
    assert abs(accuracy(TASK, key, "test") - accuracy(TASK, key, "field")) <= 0.03


@pytest.mark.parametrize("key", ["forest", "logistic"])
def test_the_demo_is_malignant_because_it_is_large_and_dented(key):
    demo = TASK.examples[0]
    tumour = TASK.data().split(demo.split).instance(demo.row)
    perturber = TabularPerturber.learn(TASK.data().train.instances, bins="quartile")
    settings = LimeSettings(n_samples=2000, n_features=5)
    shown = explain(tumour, model(key), perturber, settings, class_names=TASK.class_names)

    assert shown.class_names[shown.target] == "malignant"
    for_it = {shown.subject.columns[w.index] for w in shown.weights if w.weight > 0}
    words = ("radius", "perimeter", "area", "concav")
    assert sum(any(word in column for word in words) for column in for_it) >= 3


# title -> ({column: between which shares of the training tumours}, true answer, forest, logistic)
LARGE, SMALL = {"mean radius": (0.9, 1.0)}, {"mean radius": (0.0, 0.1)}
DENTED = {"mean concave points": (0.8, 1.0)}
EVEN, UNEVEN = {"worst texture": (0.0, 0.2)}, {"worst texture": (0.85, 1.0)}
EXAMPLES = {
    "Large nuclei, many dents": (LARGE | DENTED, 1, 1, 1),
    "Small nuclei, few dents": (SMALL | {"mean concave points": (0.0, 0.2)}, 0, 0, 0),
    "Large nuclei, very even texture": (LARGE | {"worst texture": (0.0, 0.1)}, 1, 1, 1),
    "Many dents, even texture": (DENTED | EVEN, 0, 1, 0),
    "Very uneven texture": ({"mean texture": (0.95, 1.0)} | UNEVEN, 0, 0, 1),
    "Nuclei a little above the usual size": ({"mean radius": (0.6, 0.75)}, 0, 1, 1),
    "Smallish nuclei, unequal in size": (
        {"mean radius": (0.2, 0.35), "radius error": (0.8, 1.0)},
        *(1, 0, 0),
    ),
    "Usual size, uneven texture": ({"mean radius": (0.4, 0.6)} | UNEVEN, 1, 0, 0),
}


def test_examples_are_what_their_titles_say():
    assert on_examples(TASK) == {title: tuple(said) for title, (_, *said) in EXAMPLES.items()}
    train = TASK.data().train.instances
    for example in TASK.examples:
        tumour = TASK.data().split(example.split).instance(example.row)
        holds, *_ = EXAMPLES[example.title]
        for column, (low, high) in holds.items():
            below = (train[column] < tumour[column].item()).mean()
            assert low <= below <= high, (example.title, column, below)
