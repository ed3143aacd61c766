"""Models of texts and rows in files: asked in their process they say what their makers' say."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    GradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from lime_engine.errors import InputError
from model_adapters import Limits, ModelFacts, NetworkError, OwnModel, inspect_model, load_model
from model_adapters.own.packing import packed_rows, unpacked
from model_adapters.own.pipelines import PipelineModel
from tests.model_adapters.own import made

IN_32_BITS = 2e-6


@contextmanager
def asked(data: bytes, columns: tuple[str, ...] = ()) -> Iterator[tuple[ModelFacts, OwnModel]]:
    facts = inspect_model(data)
    model = load_model(data, replace(facts.proposed, columns=columns or facts.proposed.columns))
    try:
        yield facts, model
    finally:
        model.close()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("logistic", "onnx"),
        ("forest", "onnx"),
        pytest.param("forest", "skops", marks=pytest.mark.long),
        ("boosting", "onnx tensor"),
        pytest.param("boosting", "skops", marks=pytest.mark.long),
    ],
)
def test_a_matrix_of_numbers(name: str, form: str) -> None:
    frame, _ = made.numbers()
    model = made.table_models()[name]
    data = made.skops_of(model) if form == "skops" else made.onnx_of(model, zipmap=form == "onnx")
    columns = tuple(frame.columns)
    with asked(data, columns) as (facts, running):
        assert facts.proposed.class_names == tuple(made.CLASSES)
        assert facts.proposed.columns == ("column 1", "column 2", "column 3", "column 4")
        assert (facts.has_names, facts.names_from) == (False, "file")
        assert facts.proposed.output == "probabilities"
        wanted = model.predict_proba(frame.to_numpy())
        # Columns go by name, wherever they stand.
        assert running(frame[["sun", "rain", "heat", "wind"]]) == pytest.approx(
            wanted, abs=IN_32_BITS
        )
        with pytest.raises(InputError, match=r"needs the column “rain”.*heat, wind, sun"):
            running(frame.drop(columns="rain"))


@pytest.mark.parametrize("form", ["onnx", pytest.param("skops", marks=pytest.mark.long)])
def test_columns_by_name_of_numbers_and_words_with_missing_values(form: str) -> None:
    frame, _ = made.people()
    model = made.columns_model()
    data = made.skops_of(model) if form == "skops" else made.onnx_of_columns()
    with asked(data) as (facts, running):
        assert facts.has_names
        assert facts.proposed.columns == ("age", "job")
        assert facts.proposed.class_names == ("no", "yes")
        assert running(frame) == pytest.approx(model.predict_proba(frame), abs=IN_32_BITS)
        new = pd.DataFrame({"job": ["pilot"], "age": [30]})
        expected = model.predict_proba(new[["age", "job"]])
        assert running(new) == pytest.approx(expected, abs=IN_32_BITS)
        with pytest.raises(NetworkError):
            running(pd.DataFrame({"age": ["old"], "job": ["cook"]}))
        assert running(new) == pytest.approx(expected, abs=IN_32_BITS)  # it goes on


@pytest.mark.parametrize("form", ["onnx", "skops"])
def test_texts(form: str) -> None:
    model = made.text_model()
    data = made.skops_of(model) if form == "skops" else made.onnx_of_texts()
    texts = [*made.reviews()[0], "", "Soup, don't FINE", "nothing known"]
    with asked(data) as (facts, running):
        assert (facts.proposed.takes, facts.proposed.columns) == ("texts", ())
        assert facts.proposed.class_names == ("bad", "good")
        assert all("letters a to z only" in line for line in facts.remarks)
        assert len(facts.remarks) == (form == "onnx")
        assert running(texts) == pytest.approx(model.predict_proba(texts), abs=IN_32_BITS)
        assert running(texts * 20)[-len(texts) :] == pytest.approx(running(texts))  # in parts


def rarer() -> list[Any]:
    """Estimators that are seldom saved; some keep trees of neighbours or optimisers."""
    few = DecisionTreeClassifier(max_depth=3)
    two = [("a", LogisticRegression()), ("b", few)]
    return [
        *(KNeighborsClassifier(algorithm=how) for how in ("kd_tree", "ball_tree", "brute")),
        KNeighborsClassifier(metric="manhattan", weights="distance"),
        *(MLPClassifier((8,), solver=how, max_iter=9) for how in ("adam", "sgd", "lbfgs")),
        VotingClassifier(two, voting="soft"),
        StackingClassifier(two, cv=2),
        BaggingClassifier(few, n_estimators=3, n_jobs=-1),
        AdaBoostClassifier(n_estimators=3),
        GradientBoostingClassifier(n_estimators=3),
        CalibratedClassifierCV(LinearSVC(), cv=2),
        GaussianNB(),
        GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2),
    ]


@pytest.mark.parametrize("model", rarer(), ids=lambda each: type(each).__name__)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_rarer_estimators_are_read_by_the_allow_list(model: Any) -> None:
    frame, labels = made.numbers()
    x = frame.to_numpy()
    fitted = make_pipeline(StandardScaler(), model).fit(x, labels)
    read = PipelineModel(made.skops_of(fitted))
    assert read.answers(list(x.T), len(x)) == pytest.approx(fitted.predict_proba(x))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_neighbours_a_network_a_vote_and_a_stack_run_where_nothing_can_be_opened() -> None:
    frame, labels = made.numbers()
    stack = StackingClassifier(
        [("n", KNeighborsClassifier(algorithm="ball_tree")), ("f", RandomForestClassifier(3))],
        cv=2,
        n_jobs=2,
    )
    vote = VotingClassifier(
        [
            ("k", KNeighborsClassifier(algorithm="kd_tree", n_jobs=2)),
            ("m", MLPClassifier((8,), max_iter=9)),
            ("s", stack),
        ],
        voting="soft",
        n_jobs=2,
    )
    model = make_pipeline(StandardScaler(), vote).fit(frame, labels)
    with asked(made.skops_of(model)) as (facts, running):
        assert facts.proposed.class_names == tuple(made.CLASSES)
        assert running(frame) == pytest.approx(model.predict_proba(frame))


def test_scores_without_probabilities_are_said_to_be_that() -> None:
    frame, labels = made.numbers()
    model = make_pipeline(StandardScaler(), LinearSVC()).fit(frame, labels)
    with asked(made.skops_of(model)) as (facts, running):
        assert facts.proposed.output == "logits"
        assert any("no probabilities" in line for line in facts.remarks)
        powers = np.exp(model.decision_function(frame))
        assert running(frame) == pytest.approx(powers / powers.sum(axis=1, keepdims=True))


def test_another_version_of_scikit_learn_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("sklearn.base.__version__", "1.2.3")
        data = made.skops_of(made.text_model())
    facts = inspect_model(data)
    assert facts.made_with == "scikit-learn 1.2.3"
    assert re.search(r"made with scikit-learn 1\.2\.3, and \S+ runs here", facts.remarks[0])


def test_a_model_that_is_slow_or_large_gives_a_sentence_and_may_start_again() -> None:
    data = made.skops_of(made.text_model())
    settings = inspect_model(data).proposed
    model = load_model(data, settings, limits=Limits(call_seconds=0.01))
    with pytest.raises(NetworkError, match=r"The model did not answer within 0\.01 seconds"):
        model(["word " * 200_000] * 50)
    model.close()
    with pytest.raises(NetworkError, match="has been closed"):
        model(["a"])


def test_rows_survive_the_way_to_the_child() -> None:
    frame = pd.DataFrame(
        {
            "whole": np.array([1, -(2**52)]),
            "part": [0.1, np.nan],
            "yes": [True, False],
            "word": pd.Series(["ä\ud800", None], dtype=object),
        }
    )
    columns: list[Any] = unpacked(*packed_rows(frame, ["word", "yes", "part", "whole"]))
    word, yes, part, whole = columns
    assert word == ["ä\ud800", None]
    assert (yes.dtype, yes.tolist()) == (bool, [True, False])
    assert part == pytest.approx([0.1, np.nan], nan_ok=True)
    assert (whole.dtype, whole.tolist()) == (np.int64, [1, -(2**52)])
