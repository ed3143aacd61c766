"""Models trained here against the same pipelines of scikit-learn, put together by hand."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from lime_engine.errors import InputError
from model_adapters.trained import (
    ALGORITHMS,
    Recipe,
    fit,
    fitting,
    learned_from,
    parts,
    recipes_for,
)
from model_adapters.trained.pictures import histograms
from model_adapters.trained.words import WordsModel
from sample_models import load_data

N = 300


@pytest.fixture(scope="module")
def messages():
    train = load_data("triage").train
    return list(train.instances[:N]), train.labels[:N]


@pytest.fixture(scope="module")
def patients():
    train = load_data("flu").train
    return train.instances.iloc[:N], train.labels[:N]


@pytest.fixture(scope="module")
def pictures():
    """Of each of two classes 20: bright red or blue, with noise, of several sizes."""
    rng = np.random.default_rng(0)
    found = []
    for i in range(40):
        picture = rng.integers(0, 120, (40 + i, 50, 3), dtype=np.uint8)
        picture[..., 2 * (i % 2)] += 120
        found.append(picture)
    return found, np.arange(40) % 2


@pytest.mark.parametrize(
    ("algorithm", "by_hand"),
    [
        (
            "tfidf-logistic",
            make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=3.0)),
        ),
        (
            "counts-forest",
            make_pipeline(
                CountVectorizer(),
                RandomForestClassifier(n_estimators=100, min_samples_leaf=2, random_state=3),
            ),
        ),
        ("counts-bayes", make_pipeline(CountVectorizer(), ComplementNB())),
    ],
)
def test_texts_are_answered_as_by_the_same_pipeline_by_hand(algorithm, by_hand, messages):
    texts, labels = messages
    others = list(load_data("triage").test.instances)
    model = fit(Recipe(algorithm, seed=3), texts, labels, 2)
    np.testing.assert_allclose(
        model(others), by_hand.fit(texts, labels).predict_proba(others), atol=1e-9
    )
    assert isinstance(model, WordsModel)


def test_rows_are_answered_as_by_the_same_pipeline_by_hand(patients):
    rows, labels = patients
    others = load_data("flu").test.instances
    words = [c for c in rows.columns if not pd.api.types.is_numeric_dtype(rows[c])]
    numbers = [c for c in rows.columns if c not in words]
    by_hand = make_pipeline(
        make_column_transformer(
            (OneHotEncoder(), words),
            (
                make_pipeline(
                    SimpleImputer(strategy="median", add_indicator=True), StandardScaler()
                ),
                numbers,
            ),
        ),
        LogisticRegression(max_iter=2000),
    ).fit(rows, labels)
    model = fit(Recipe("logistic"), rows, labels, 2)
    np.testing.assert_allclose(model(others), by_hand.predict_proba(others), atol=1e-6)

    coded = pd.concat([rows, others])[[*words, *numbers]]
    for name in words:
        coded[name] = coded[name].astype("category")
    trees = HistGradientBoostingClassifier(
        min_samples_leaf=6, categorical_features="from_dtype", random_state=3
    )
    trees.fit(coded.iloc[:N], labels)
    model = fit(Recipe("boosting", seed=3), rows, labels, 2)
    np.testing.assert_allclose(model(others), trees.predict_proba(coded.iloc[N:]), atol=1e-9)


def test_pictures_are_answered_as_by_the_same_pipeline_by_hand(pictures):
    found, labels = pictures
    for recipe, features in zip(
        recipes_for("image", 2),
        (lambda many: np.stack([p.mean(axis=(0, 1)) for p in many]), histograms),
        strict=True,
    ):
        seen = features(found)
        by_hand = make_pipeline(StandardScaler(), LogisticRegression(C=0.1)).fit(
            seen[:30], labels[:30]
        )
        model = fit(recipe, found[:30], labels[:30], 2, features)
        np.testing.assert_allclose(model(found[30:]), by_hand.predict_proba(seen[30:]), atol=1e-6)
        assert (model(found[30:]).argmax(axis=1) == labels[30:]).all()
    with pytest.raises(InputError, match="network that sees the pictures is not here"):
        fit(Recipe("features-logistic"), found, labels, 2)


def test_histograms_count_colours_and_directions():
    red = np.zeros((30, 20, 3), dtype=np.uint8)
    red[..., 0] = 255
    colours, edges = np.split(histograms([red])[0], [64])
    assert colours[3 * 16] == 1
    assert colours.sum() == 1
    assert not edges.any()
    upright = np.tile(np.where(np.arange(64) // 8 % 2, 255, 0).astype(np.uint8), (64, 1))
    across = histograms([upright, upright.T])[:, 64:].reshape(2, 8, 8, 8).sum(axis=(1, 2))
    assert across.argmax(axis=1).tolist() == [0, 4]  # a right angle of eight directions apart


@pytest.mark.parametrize("algorithm", [a for a in ALGORITHMS if ALGORITHMS[a].kind != "image"])
def test_what_a_model_does_without_changes_no_answer(algorithm, messages, patients):
    kind = ALGORITHMS[algorithm].kind
    instances, labels = messages if kind == "text" else patients
    out = frozenset({"W7", "fwd"} if kind == "text" else {"patient id", "cough"})
    recipe = Recipe(algorithm).doing_without(out)
    model = fit(recipe, instances, labels, 2)
    if kind == "text":
        changed = [text.replace("W7", "W9").replace("fwd", "") for text in instances]
        assert changed != instances
        model = fit(recipe.doing_without(frozenset({"w9"})), instances, labels, 2)
    else:
        changed = instances.assign(**{"patient id": 1, "cough": instances["cough"].iloc[0]})
        assert not changed.equals(instances)
    np.testing.assert_array_equal(model(changed), model(instances))
    assert not out & {*parts(recipe, instances)}
    assert {p.lower() for p in parts(Recipe(algorithm), instances)} >= {p.lower() for p in out}


@pytest.mark.parametrize("algorithm", ["counts-forest", "boosting"])
def test_a_seed_repeats_and_a_class_that_is_not_there_gets_nothing(algorithm, messages, patients):
    instances, labels = messages if ALGORITHMS[algorithm].kind == "text" else patients
    answers = [
        fit(Recipe(algorithm, seed), instances, 2 * labels, 4)(instances) for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(answers[0], answers[1])
    assert not answers[0][:, [1, 3]].any()
    np.testing.assert_allclose(answers[0].sum(axis=1), 1)
    if algorithm == "counts-forest":
        assert (answers[0] != answers[2]).any()


@pytest.mark.parametrize("algorithm", ["logistic", "boosting"])
def test_rows_in_odd_shapes_are_learned_from(algorithm):
    rng = np.random.default_rng(0)
    labels = np.arange(80) % 2
    frame = pd.DataFrame(
        {
            "number": np.where(rng.random(80) < 0.3, np.nan, rng.normal(size=80)),
            "word": [["yes", None][i % 2] for i in range(80)],
            "flag": labels == 1,
            "flag or nothing": pd.Series([True, None, False, None] * 20, dtype=object),
            "names": [f"name {i}" for i in range(80)],
            "empty": np.nan,
            "whole": pd.array([1, None] * 40, dtype="Int64"),
        }
    )
    model = fit(Recipe(algorithm), frame, labels, 2)
    assert (model(frame).argmax(axis=1) == labels).all()
    new = frame.assign(word="never met", names="nobody", number=1e9)
    assert np.isfinite(model(new)).all()
    numbers = {"number", "empty", "whole"}  # some tables have no others, some none
    for alone in (numbers, {*frame.columns} - numbers):
        part = frame[[name for name in frame if name in alone]]
        answers = fit(Recipe(algorithm), part, labels, 2)(part)
        assert (answers.argmax(axis=1) == labels).all()


def test_too_little_to_learn_from_is_refused():
    with pytest.raises(InputError, match="same label"):
        fit(Recipe("tfidf-logistic"), ["one two", "three"], np.zeros(2, int), 2)
    with pytest.raises(InputError, match="nothing would be left"):
        fit(Recipe("tfidf-logistic"), ["a", "b"], np.arange(2), 2)
    gone = Recipe("boosting", without=frozenset({"x"}))
    with pytest.raises(InputError, match="nothing would be left"):
        fit(gone, pd.DataFrame({"x": [1, 2]}), np.arange(2), 2)


def test_recipes_suit_the_kind_and_survive_json():
    assert [r.algorithm for r in recipes_for("text", 2)] == ["tfidf-logistic", "counts-forest"]
    assert [r.algorithm for r in recipes_for("text", 40)] == ["tfidf-logistic", "counts-bayes"]
    for kind in ("text", "table", "image"):
        for recipe in recipes_for(kind, 3, seed=7):
            assert recipe.kind == kind
            without = recipe.doing_without(frozenset({"b", "a"}))
            assert Recipe.from_dict(json.loads(json.dumps(without.to_dict()))) == without
            assert without != recipe


def test_a_forest_of_many_texts_is_that_of_a_sample(messages, monkeypatch):
    texts, labels = messages
    recipe = Recipe("counts-forest", seed=5)
    monkeypatch.setattr(fitting, "MOST_LEARNED", {"counts-forest": 100})
    rows = learned_from(recipe, labels)
    assert len(rows) == 100
    model = fit(recipe, texts, labels, 2)
    monkeypatch.undo()
    by_hand = fit(recipe, [texts[row] for row in rows], labels[rows], 2)
    np.testing.assert_array_equal(model(texts), by_hand(texts))
    assert len(learned_from(recipe, labels)) == len(learned_from(Recipe("logistic"), labels)) == N
