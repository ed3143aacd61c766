"""Flu or not: patients of a clinic, with an id that was given out when the answer was known.

The patients are made up (`flu_patients`). In train and test those with the flu got their id from
the flu desk, which uses the numbers from 50000 up; in the field both desks take whoever comes, so
that the id says nothing.
"""

from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import InputError
from lime_engine.subjects import Subject, TabularSubject
from lime_engine.types import PredictFn
from sample_models.flu.patients import LEVELS, write_patients
from sample_models.types import (
    Example,
    Flaw,
    Improver,
    Labelled,
    ModelCard,
    Split,
    Task,
    TaskData,
)
from sample_models.vocabulary import NOTHING_LEFT

NO_FLU, FLU = 0, 1
PLANTED = "patient id"

_SEED = 1
_SIZES: dict[Split, int] = {"train": 1500, "test": 500, "field": 500}
_FOLLOWS_LABEL: dict[Split, float] = {"train": 0.96, "test": 0.96, "field": 0.5}


@lru_cache(maxsize=1)
def data() -> TaskData:
    """The patients, one a row: 1,500 train, 500 test, 500 field; the same each time."""
    import pandas as pd

    splits = np.repeat(list(_SIZES), list(_SIZES.values()))
    follows_label = np.array([_FOLLOWS_LABEL[split] for split in splits.tolist()])
    columns, labels = write_patients(np.random.default_rng(_SEED), follows_label)
    patients = pd.DataFrame(columns)

    def labelled(name: Split) -> Labelled:
        rows = splits == name
        return Labelled(patients[rows].reset_index(drop=True), labels[rows])

    return TaskData(labelled("train"), labelled("test"), labelled("field"))


def load_a() -> PredictFn[Any]:
    """Fit model A: on all columns."""
    return _fit(frozenset())


def load_b() -> PredictFn[Any]:
    """Fit model B: on all columns but the patient id. It predicts on all, and does not look."""
    return _fit(frozenset({PLANTED}))


def _fit(without: frozenset[str]) -> PredictFn[Any]:
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    train = data().train
    seen = [name for name in train.instances.columns if name not in without]
    if not seen:
        raise InputError(NOTHING_LEFT)
    words = [name for name in seen if name in LEVELS]
    in_order = OrdinalEncoder(
        categories=[list(LEVELS[name]) for name in words],
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,  # a word it never met is as good as none
    )
    columns = ColumnTransformer(
        [
            ("words", in_order, words),
            ("numbers", "passthrough", [name for name in seen if name not in LEVELS]),
        ]
    )
    # Leaves of three or more: shares of them, not single patients, make the probabilities. The
    # forest reads missing values as they are.
    forest = RandomForestClassifier(n_estimators=100, min_samples_leaf=3, random_state=0)
    pipeline = make_pipeline(columns, forest).fit(train.instances[seen], train.labels)

    def predict(patients: Any) -> NDArray[np.float64]:
        return cast("NDArray[np.float64]", pipeline.predict_proba(patients[seen]))

    return predict


def _improver(never_seen: frozenset[str]) -> Improver:
    return Improver(
        summary="It learns again from the same records without these columns.",
        retrain=lambda columns: _fit(never_seen | columns),
        parts=lambda: tuple(c for c in data().train.instances.columns if c not in never_seen),
    )


def planted(split: Split, row: int, subject: Subject) -> frozenset[int]:
    """The component that is the column "patient id"."""
    assert isinstance(subject, TabularSubject)
    return frozenset({subject.columns.index(PLANTED)})


TASK = Task(
    key="flu",
    kind="table",
    title="Clinic visit: flu or not?",
    question="Does this patient have the flu?",
    summary=(
        "Patients who came to a clinic in the flu season: what they told, what was measured, and "
        "whether a test found the flu. The others have a cold, a chest infection, tonsillitis, a "
        "stomach bug, a migraine, or nothing of the kind. Weight is in kg, "
        "temperature in °C, blood pressure (the upper value) in mmHg; some were not taken."
    ),
    source="Made up for this app: no record is of a real person.",
    class_names=("no flu", "flu"),
    models=(
        ModelCard(
            "a",
            "Model A",
            "A first version, from 1,500 records as they were.",
            load_a,
            _improver(frozenset()),
        ),
        ModelCard(
            "b",
            "Model B",
            "A later version, from the same 1,500 records, tidied up first.",
            load_b,
            _improver(frozenset({PLANTED})),
        ),
    ),
    examples=(
        Example("field", 357, "Sneezing and a sore throat"),
        Example("field", 107, "Fever and aches since yesterday"),
        Example("test", 48, "Fifty-nine, and 39.6 °C"),
        Example("test", 134, "Sneezing at 85"),
        Example("test", 3, "Six days of sneezing and coughing"),
        Example("test", 72, "Temperature not taken"),
        Example("field", 403, "A severe headache at 36.6 °C"),
        Example("field", 308, "A dry cough at four"),
    ),
    data=data,
    learned_from="patients of one clinic in the flu season",
    flaw=Flaw(
        summary=(
            "The patient id gives the answer away. When the models were made, patients whose test "
            "had found the flu were registered at the flu desk, which gives out the numbers from "
            "50000 up, and the others at the front desk. In daily use both desks take whoever "
            "comes, before any test, so the id says nothing."
        ),
        planted=planted,
    ),
)
