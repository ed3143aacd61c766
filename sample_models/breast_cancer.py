"""Breast tumours measured under the microscope: two kinds of model, nothing planted."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import InputError
from lime_engine.types import PredictFn
from sample_models.types import Example, Improver, Labelled, ModelCard, Task, TaskData
from sample_models.vocabulary import NOTHING_LEFT

BENIGN, MALIGNANT = 0, 1

_SEED = 1992
_TEST_AND_FIELD = 142  # rows each, of 569


@lru_cache(maxsize=1)
def data() -> TaskData:
    """The tumours, one a row with 30 numbers: 285 train, 142 test, 142 field.

    Drawn at random, each with the same share of malignant ones; the numbers are unchanged.
    """
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    tumours = load_breast_cancer(as_frame=True)
    malignant = (tumours.target == list(tumours.target_names).index("malignant")).astype(np.int64)

    def taken_from(rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """The rows that stay and those that are taken, with the same share of malignant ones."""
        return list(
            train_test_split(
                rows, test_size=_TEST_AND_FIELD, stratify=malignant[rows], random_state=_SEED
            )
        )

    rest, field = taken_from(np.arange(len(malignant)))
    train, test = taken_from(rest)

    def labelled(rows: NDArray[np.int64]) -> Labelled:
        chosen = tumours.data.iloc[rows].reset_index(drop=True)
        return Labelled(chosen, malignant.to_numpy()[rows])

    return TaskData(labelled(train), labelled(test), labelled(field))


def load_forest(without: frozenset[str] = frozenset()) -> PredictFn[Any]:
    """Fit a random forest on all columns but these."""
    from sklearn.ensemble import RandomForestClassifier

    return _fit(RandomForestClassifier(n_estimators=150, random_state=0), without)


def load_logistic(without: frozenset[str] = frozenset()) -> PredictFn[Any]:
    """Fit a logistic regression on all columns but these, each brought to the same scale."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return _fit(make_pipeline(StandardScaler(), LogisticRegression()), without)


def columns() -> tuple[str, ...]:
    """The names of all columns."""
    return tuple(data().train.instances.columns)


def _fit(classifier: Any, without: frozenset[str]) -> PredictFn[Any]:
    train = data().train
    seen = [name for name in columns() if name not in without]
    if not seen:
        raise InputError(NOTHING_LEFT)
    classifier.fit(train.instances[seen], train.labels)

    def predict(tumours: Any) -> NDArray[np.float64]:
        return np.asarray(classifier.predict_proba(tumours[seen]), dtype=np.float64)

    return predict


_BLIND = "It learns again from the same tumours without these columns."

TASK = Task(
    key="breast_cancer",
    kind="table",
    title="Breast tumour: malignant or benign?",
    question="Is this tumour malignant?",
    summary=(
        "Cells drawn from breast tumours with a fine needle and photographed under the "
        "microscope. Ten properties of the cell nuclei (size, outline, texture, …) were measured, "
        "and of each the mean, its standard error, and the mean of the three largest values, "
        "called worst. Field is a quarter of the same tumours that no model saw, from the same "
        "clinic and unchanged, so a model should do as well there as in test."
    ),
    source=(
        "Real measurements: Breast Cancer Wisconsin (Diagnostic) by W. H. Wolberg, W. N. Street "
        "and O. L. Mangasarian, 1995, UCI Machine Learning Repository; the 569 tumours that come "
        "with scikit-learn."
    ),
    class_names=("benign", "malignant"),
    models=(
        ModelCard(
            "forest",
            "Random forest",
            "Lets 150 decision trees vote, each asking about a few measurements in turn.",
            load_forest,
            Improver(_BLIND, load_forest, columns),
        ),
        ModelCard(
            "logistic",
            "Logistic regression",
            "Adds up the measurements, each with a weight of its own.",
            load_logistic,
            Improver(_BLIND, load_logistic, columns),
        ),
    ),
    examples=(
        Example("test", 11, "Large nuclei, many dents"),
        Example("test", 7, "Small nuclei, few dents"),
        Example("test", 53, "Large nuclei, very even texture"),
        Example("test", 2, "Many dents, even texture"),
        Example("test", 115, "Very uneven texture"),
        Example("test", 61, "Nuclei a little above the usual size"),
        Example("field", 32, "Smallish nuclei, unequal in size"),
        Example("field", 139, "Usual size, uneven texture"),
    ),
    data=data,
    learned_from="tumours measured in one clinic",
)
