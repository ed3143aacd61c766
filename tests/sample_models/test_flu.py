"""The flu patients: plausible, an id that tells as told, and models that fall for it or not."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from lime_engine import LimeSettings, explain
from lime_engine.subjects import TabularSubject
from lime_engine.table.perturber import TabularPerturber
from sample_models.flu import task as flu
from sample_models.flu.patients import FLU_DESK, LEVELS, write_patients
from tests.sample_models.asked import SPLITS, accuracy, on_examples

TASK = flu.TASK
NUMBERS = {
    "patient id": (10_000, 89_999),
    "age": (1, 92),
    "weight": (6, 170),
    "temperature": (35.6, 41.0),
    "days ill": (1, 30),
    "heart rate": (40, 190),
    "blood pressure": (60, 210),
}
NOT_ALWAYS_TAKEN = {"weight": 0.07, "temperature": 0.03, "blood pressure": 0.09}


@cache
def model(key):
    return TASK.model(key).load()


@pytest.fixture(scope="module")
def everyone():
    data = TASK.data()
    return pd.concat(
        [data.split(s).instances.assign(flu=data.split(s).labels, split=s) for s in SPLITS],
        ignore_index=True,
    )


@pytest.fixture(scope="module")
def many():
    """So many patients that a share is known to a percent or two."""
    columns, labels = write_patients(np.random.default_rng(5), np.full(20_000, 0.5))
    return pd.DataFrame(columns).assign(flu=labels)


def test_sizes_and_balance():
    data = TASK.data()

    assert [len(data.split(name).instances) for name in SPLITS] == [1500, 500, 500]
    for name in SPLITS:
        assert 0.45 < data.split(name).labels.mean() < 0.55
        assert data.split(name).labels.dtype == np.int64
        assert data.split(name).instances.index.equals(pd.RangeIndex(len(data.split(name).labels)))


def test_no_patient_comes_twice(everyone):
    assert everyone["patient id"].is_unique
    assert not everyone.drop(columns=["patient id", "split"]).duplicated().any()


def test_columns_hold_what_they_say(everyone):
    assert set(everyone.columns) == {*LEVELS, *NUMBERS, "flu", "split"}
    for name, words in LEVELS.items():
        assert pd.api.types.is_string_dtype(everyone[name])
        assert set(everyone[name]) == set(words)
    for name, (low, high) in NUMBERS.items():
        assert everyone[name].dtype == (np.float64 if name in NOT_ALWAYS_TAKEN else np.int64)
        assert everyone[name].dropna().between(low, high).all()
        share = NOT_ALWAYS_TAKEN.get(name, 0)
        assert everyone[name].isna().mean() == pytest.approx(share, abs=0.02)


def test_the_flu_looks_like_the_flu(many):
    ill, others = many[many.flu == 1], many[many.flu == 0]

    assert ill.temperature.mean() > others.temperature.mean() + 0.7
    assert ill["days ill"].median() < others["days ill"].median()
    for column, word in (
        ("headache", "severe"),
        ("fatigue", "severe"),
        ("muscle aches", "yes"),
        ("cough", "dry"),
    ):
        assert (ill[column] == word).mean() > (others[column] == word).mean() + 0.25, column
    # Colds sneeze more; the vaccine protects, and who has the flu all the same has less fever.
    assert (ill.sneeze == "yes").mean() < (others.sneeze == "yes").mean() - 0.1
    assert (ill.vaccinated == "yes").mean() < (others.vaccinated == "yes").mean() - 0.15
    by_vaccine = ill.groupby("vaccinated").temperature.mean()
    assert by_vaccine["yes"] < by_vaccine["no"] - 0.25


def test_bodies_follow_their_laws(many):
    by_age = many.groupby(pd.cut(many.age, [0, 2, 6, 12, 18, 93]))
    assert by_age.weight.median().is_monotonic_increasing
    assert by_age["blood pressure"].median().is_monotonic_increasing
    assert by_age["heart rate"].median().is_monotonic_decreasing
    adults = many[many.age >= 20].dropna(subset="temperature")
    slope, _ = np.polyfit(adults.temperature, adults["heart rate"], 1)
    assert slope == pytest.approx(8, abs=0.5)
    # Medicine is for those with fever, and lowers it.
    hot = many[(many.flu == 1) & (many["days ill"] <= 2) & (many.age.between(16, 64))]
    taken = hot.groupby("fever medicine").temperature.mean()
    assert taken["yes"] < taken["no"] - 0.3
    takes = many.groupby("flu")["fever medicine"].agg(lambda taken: (taken == "yes").mean())
    assert takes[flu.FLU] > takes[flu.NO_FLU] + 0.1


def test_what_has_nothing_to_do_with_the_flu_says_nothing(many):
    adult = many[many.age.between(20, 60)]
    for name in ("weight", "blood pressure", "patient id"):
        assert abs(adult[name].corr(adult.flu)) < 0.03, name
    assert adult.groupby("arrival").flu.mean().std() < 0.05


@pytest.mark.parametrize(("split", "low", "high"), [("train", 0.94, 0.98), ("test", 0.93, 0.99),
                                                    ("field", 0.44, 0.56)])  # fmt: skip
def test_the_id_follows_the_label_except_in_the_field(split, low, high):
    part = TASK.data().split(split)
    at_flu_desk = part.instances["patient id"] >= FLU_DESK

    assert low <= (at_flu_desk == part.labels).mean() <= high
    assert 0.44 < at_flu_desk.mean() < 0.56


def test_within_a_desk_the_id_says_nothing(everyone):
    for desk in (everyone["patient id"] >= FLU_DESK, everyone["patient id"] < FLU_DESK):
        there = everyone[desk & (everyone.split != "field")]
        assert abs(there["patient id"].corr(there.flu)) < 0.1


def test_a_looks_better_than_b_until_the_field():
    assert accuracy(TASK, "a", "test") >= 0.95
    assert accuracy(TASK, "a", "field") <= 0.6
    assert accuracy(TASK, "a", "test") > accuracy(TASK, "b", "test") + 0.08
    assert 0.82 <= accuracy(TASK, "b", "field") <= 0.9
    assert abs(accuracy(TASK, "b", "test") - accuracy(TASK, "b", "field")) <= 0.03
    assert accuracy(TASK, "b", "field") > accuracy(TASK, "a", "field") + 0.25


def test_models_take_numbers_of_any_type():
    rows = TASK.data().test.instances
    for card in TASK.models:
        answers = model(card.key)(rows)
        np.testing.assert_array_equal(model(card.key)(rows.astype({"patient id": float})), answers)


def test_b_does_not_look_at_the_id():
    rows = TASK.data().field.instances
    other = rows.assign(**{"patient id": rows["patient id"].to_numpy()[::-1] + 0.5})

    np.testing.assert_array_equal(model("b")(rows), model("b")(other))
    assert (model("a")(rows).argmax(axis=1) != model("a")(other).argmax(axis=1)).mean() > 0.3


@pytest.fixture(scope="module")
def perturber():
    return TabularPerturber.learn(TASK.data().train.instances, bins="quartile")


@pytest.mark.long
@pytest.mark.parametrize(("key", "low", "high"), [("a", 0.95, 1.0), ("b", 0.0, 0.05)])
def test_explanations_show_the_id_for_a_and_not_for_b(perturber, key, low, high):
    settings = LimeSettings(n_samples=1000, n_features=5, held_out=0.0)
    test = TASK.data().test
    hits = []
    for row in range(40):
        shown = explain(test.instance(row), model(key), perturber, settings)
        planted = TASK.flaw.planted("test", row, shown.subject)
        hits.append(bool({weight.index for weight in shown.weights} & planted))

    assert low <= np.mean(hits) <= high


def test_the_flaw_is_the_column_patient_id():
    subject = TabularSubject(("age", "patient id"), (40, 50_100), ("age > 30", "any"))

    assert TASK.flaw.planted("field", 0, subject) == {1}


def test_the_demo_shows_the_id_at_once(perturber):
    demo = TASK.examples[0]
    patient = TASK.data().split(demo.split).instance(demo.row)
    settings = LimeSettings(n_samples=1000, n_features=5)
    shown = explain(patient, model("a"), perturber, settings, class_names=TASK.class_names)

    assert shown.target == flu.FLU
    assert shown.subject.columns[shown.weights[0].index] == "patient id"
    assert shown.weights[0].weight > 2 * abs(shown.weights[1].weight)
    at_front_desk = patient.assign(**{"patient id": 20_000})
    assert model("a")(patient)[0, flu.FLU] > 0.8
    assert model("a")(at_front_desk)[0, flu.FLU] < 0.1


# title -> (what must be in the row, true answer, A's answer, B's answer)
EXAMPLES = {
    "Sneezing and a sore throat": ({"sneeze": "yes", "sore throat": "yes"}, 0, 1, 0),
    "Fever and aches since yesterday": ({"muscle aches": "yes", "days ill": 1}, 1, 0, 1),
    "Fifty-nine, and 39.6 °C": ({"age": 59, "temperature": 39.6}, 1, 1, 1),
    "Sneezing at 85": ({"sneeze": "yes", "age": 85}, 0, 0, 0),
    "Six days of sneezing and coughing": ({"days ill": 6, "cough": "with phlegm"}, 1, 1, 0),
    "Temperature not taken": ({}, 0, 0, 1),
    "A severe headache at 36.6 °C": ({"headache": "severe", "temperature": 36.6}, 0, 1, 0),
    "A dry cough at four": ({"age": 4, "cough": "dry", "temperature": 38.0}, 0, 1, 1),
}


def test_examples_are_what_their_titles_say():
    assert on_examples(TASK) == {title: tuple(said) for title, (_, *said) in EXAMPLES.items()}
    for example in TASK.examples:
        holds, *_ = EXAMPLES[example.title]
        row = TASK.data().split(example.split).instance(example.row).iloc[0]
        assert {name: row[name] for name in holds} == holds, example.title
        assert pd.isna(row["temperature"]) == (example.title == "Temperature not taken")
