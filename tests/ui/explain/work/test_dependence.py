"""Partial dependence of known models, and next to scikit-learn on its own estimator."""

import json
from typing import Any

import numpy as np
import pytest
from sklearn.inspection import partial_dependence
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import sample_models
from lime_engine import LimeSettings
from lime_engine.errors import Cancelled, InputError
from ui.explain.work import dependence as module
from ui.explain.work import evidence
from ui.explain.work.dependence import dependence
from ui.workshop import catalogue, kept
from ui.workshop.item import Item
from ui.workshop.request import Request, TableView

VIEW = TableView()
ITEM = Item("test", 3)


class Asked:
    """A report that notes progress, and asks to stop after so many reports."""

    def __init__(self, most: int = 1000) -> None:
        self.fractions: list[float] = []
        self.most = most

    def __call__(self, fraction: float) -> None:
        self.fractions.append(fraction)

    def should_stop(self) -> bool:
        return len(self.fractions) >= self.most


@pytest.fixture
def report() -> Any:
    return Asked()


def asked(task: str, model: str, item: Item, view: TableView = VIEW) -> Request:
    return Request(task, model, item, LimeSettings(), view, 1.0, None)


def columns_of(task: str) -> list[str]:
    return list(sample_models.load_data(task).train.instances.columns)


def additive(rows: Any) -> Any:
    """P(flu) = .3 + .002 age + .1 [dry cough] + .05 [weight unknown]."""
    dry = (rows["cough"] == "dry").to_numpy()
    p = 0.3 + 0.002 * rows["age"].to_numpy() + 0.1 * dry + 0.05 * rows["weight"].isna().to_numpy()
    return np.column_stack([1 - p, p])


def test_an_additive_model_gives_its_own_line(report: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "load", lambda *_: additive)
    monkeypatch.setattr(module, "N_ROWS", 10_000)  # all there are
    data = sample_models.load_data("flu")
    train, row = data.train.instances, data.test.instance(3)
    age = columns_of("flu").index("age")
    found = dependence(asked("flu", "a", ITEM), 1, age, report=report)
    rest = 0.1 * (train["cough"] == "dry").mean() + 0.05 * train["weight"].isna().mean()
    grid = np.array(found["grid"])
    np.testing.assert_allclose(found["mean"], 0.3 + 0.002 * grid + rest)
    lines = np.array(found["lines"])
    assert lines.shape == (len(train), len(grid))
    np.testing.assert_allclose(np.diff(lines), 0.002 * np.tile(np.diff(grid), (len(train), 1)))
    np.testing.assert_allclose(lines.mean(axis=0), found["mean"])
    assert found["here"] == row["age"].iloc[0]
    assert found["answer_here"] == pytest.approx(additive(row)[0, 1])
    other = dependence(asked("flu", "a", ITEM), 0, age, report=report)
    np.testing.assert_allclose(other["mean"], 1 - np.array(found["mean"]))
    # What the model does not look at makes no difference.
    idle = dependence(asked("flu", "a", ITEM), 1, columns_of("flu").index("weight"), report=report)
    np.testing.assert_allclose(np.diff(idle["mean"]), 0, atol=1e-12)


@pytest.mark.parametrize("name", ["mean radius", "worst texture", "concavity error"])
@pytest.mark.parametrize("target", [0, 1])
def test_it_is_what_scikit_learn_finds_for_the_estimator_itself(
    name: str, target: int, report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "N_ROWS", 10_000)
    train = sample_models.load_data("breast_cancer").train
    estimator = make_pipeline(StandardScaler(), LogisticRegression())
    estimator.fit(train.instances, train.labels)
    column = columns_of("breast_cancer").index(name)
    found = dependence(asked("breast_cancer", "logistic", ITEM), target, column, report=report)
    direct = partial_dependence(
        estimator,
        train.instances,
        [name],
        custom_values={name: found["grid"]},
        response_method="predict_proba",
        method="brute",
        kind="both",
    )
    mean, lines = direct["average"][0], direct["individual"][0]  # of class 1
    if target == 0:
        mean, lines = 1 - mean, 1 - lines
    np.testing.assert_allclose(found["mean"], mean)
    # The rows are in another order.
    np.testing.assert_allclose(np.sort(found["lines"], axis=0), np.sort(lines, axis=0), atol=1e-12)
    # Its own grid differs by the formula of the two percentiles alone.
    own = partial_dependence(estimator, train.instances, [name], grid_resolution=30)
    spread = np.ptp(own["grid_values"][0])
    np.testing.assert_allclose(found["grid"], own["grid_values"][0], atol=0.03 * spread)


def test_the_rows_are_a_sample_and_always_the_same(report: Any) -> None:
    column = columns_of("flu").index("temperature")
    one = dependence(asked("flu", "b", ITEM), 1, column, report=report)
    assert np.shape(one["lines"]) == (200, len(one["grid"]))
    assert one == dependence(asked("flu", "b", ITEM, TableView("decile")), 1, column, report=report)
    assert json.loads(json.dumps(one, allow_nan=False)) == one
    assert report.fractions[len(one["grid"]) - 1] == 1


def test_the_model_sees_rows_as_it_knows_them(report: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    train = sample_models.load_data("flu").train.instances
    seen: list[Any] = []

    def predict(rows: Any) -> Any:
        assert list(rows.columns) == list(train.columns)
        assert list(rows.dtypes) == list(train.dtypes)
        seen.append(rows)
        return additive(rows)

    monkeypatch.setattr(catalogue, "load", lambda *_: predict)
    for name in ("age", "weight"):
        seen.clear()
        column = columns_of("flu").index(name)
        found = dependence(asked("flu", "a", ITEM), 1, column, report=report)
        rows = seen[1:]  # after the item
        assert [set(asked[name]) for asked in rows] == [{value} for value in found["grid"]]
        # Nothing else is changed, and nothing that is missing is filled in.
        others = [asked.drop(columns=name) for asked in rows]
        assert all(other.equals(others[0]) for other in others)
        assert others[0].isna().to_numpy().any()
        assert others[0].equals(train.loc[others[0].index].drop(columns=name))


def test_a_missing_value_has_a_line_but_no_place_on_it(report: Any) -> None:
    test = sample_models.load_data("flu").test.instances
    row = int(np.flatnonzero(test["weight"].isna())[0])
    column = columns_of("flu").index("weight")
    found = dependence(asked("flu", "a", Item("test", row)), 1, column, report=report)
    assert found["here"] is None
    assert np.isfinite(found["grid"]).all()
    model = sample_models.load_model("flu", "a")
    assert found["answer_here"] == pytest.approx(model(test.iloc[[row]])[0, 1])


def test_a_row_that_someone_brought(report: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = sample_models.load_data("flu").field.instance(8)
    plain = {name: frame[name].tolist()[0] for name in frame.columns}
    source = kept.keep_rows(list(plain), [[None if v != v else v for v in plain.values()]])
    column = columns_of("flu").index("age")
    found = dependence(asked("flu", "a", Item(source, 0)), 1, column, report=report)
    assert found["here"] == plain["age"]
    model = sample_models.load_model("flu", "a")
    assert found["answer_here"] == pytest.approx(model(frame)[0, 1])


@pytest.mark.parametrize("seed", range(5))
def test_the_grid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spread = rng.normal(40, 20, 500)
    grid = module._grid(spread)
    assert len(grid) == 30
    np.testing.assert_allclose(grid[[0, -1]], np.quantile(spread, [0.05, 0.95]))
    np.testing.assert_allclose(np.diff(grid), np.ptp(grid) / 29)
    whole = module._grid(np.rint(spread))
    assert (whole % 1 == 0).all()
    assert (np.diff(whole) >= 1).all()
    assert 25 <= len(whole) <= 30
    few = rng.choice([0.5, 1.5, 9.0], 500)
    assert module._grid(few).tolist() == [0.5, 1.5, 9.0]
    assert module._grid(np.full(10, 7.0)).tolist() == [7.0]
    nearly = np.concatenate([np.zeros(2000), np.arange(1, 51)])
    assert module._grid(nearly)[[0, -1]].tolist() == [0, 50]


def test_which_columns_hold_numbers(report: Any) -> None:
    def numeric(task: str) -> list[str]:
        found = evidence.columns(task, report=report)
        return [column["name"] for column in found if column["kind"] == "number"]

    assert numeric("flu") == (
        ["patient id", "age", "weight", "temperature", "days ill", "heart rate", "blood pressure"]
    )
    assert numeric("breast_cancer") == columns_of("breast_cancer")


def test_what_has_no_line_says_so(report: Any) -> None:
    cough = columns_of("flu").index("cough")
    with pytest.raises(InputError, match=r"“cough” holds categories.*such as patient id"):
        dependence(asked("flu", "a", ITEM), 1, cough, report=report)
    with pytest.raises(InputError, match=r"no column number 17 .* there are 16"):
        dependence(asked("flu", "a", ITEM), 1, 16, report=report)
    with pytest.raises(InputError, match="no columns of numbers"):
        dependence(asked("triage", "a", ITEM), 1, 0, report=report)


def test_it_stops_when_nobody_waits() -> None:
    report = Asked(most=3)
    with pytest.raises(Cancelled, match="after 3 of 30 values"):
        dependence(asked("breast_cancer", "logistic", ITEM), 1, 0, report=report)
    assert len(report.fractions) == 3
