"""Table rows: linear boxes over bins, enumeration, the law of each column, types and errors."""

import json
import pickle
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.stats import kstest, truncnorm
from sklearn.linear_model import Ridge

from lime_engine import (
    Design,
    Explanation,
    InputError,
    LimeSettings,
    Neighbourhood,
    SettingsError,
    evaluate,
    explain,
    fit,
)
from lime_engine.samplers import neighbourhood_design
from lime_engine.settings import SAMPLERS
from lime_engine.subjects import subject_from_dict, subject_to_dict
from lime_engine.table.categorical_column import CategoricalColumn
from lime_engine.table.numeric_column import NumericColumn
from lime_engine.table.perturber import TabularPerturber
from lime_engine.table.sparse import SparsePerturber
from lime_engine.types import FloatArray

N = 400
ALL = LimeSettings(n_samples=4000, selection="none")


def patients(n: int = N, seed: int = 0) -> pd.DataFrame:
    """Columns of many types, some with missing values."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": rng.integers(0, 95, n),
            "weight": rng.normal(70, 12, n).round(1),
            "sex": rng.choice(["female", "male"], n),
            "ward": pd.Categorical(rng.choice(["b", "a", "c"], n), categories=list("cbaz")),
            "smoker": rng.random(n) < 0.3,
            "visits": pd.array(rng.poisson(2, n), dtype="Int64"),
            "dose": rng.random(n).astype("float32"),
            "note": rng.choice(np.array(["x", "y", None], dtype=object), n),
        }
    )
    frame["note"] = frame["note"].astype(object)
    frame.loc[rng.random(n) < 0.2, "weight"] = np.nan
    frame.loc[rng.random(n) < 0.2, "visits"] = pd.NA
    return frame


def by_label(explanation: Explanation) -> dict[str, float]:
    return {weight.label: weight.weight for weight in explanation.weights}


def bins_of(perturber: TabularPerturber, row: Any) -> list[int]:
    values = perturber.components(row).values
    return [int(perturber.bin_of(j, [value])[0]) for j, value in enumerate(values)]


def box_over_bins(
    perturber: TabularPerturber, row: Any, weights: list[float]
) -> Callable[[Any], FloatArray]:
    """P(1) = .3 + the weights of the columns whose value is in the bin of the row."""
    home = bins_of(perturber, row)

    def predict(rows: Any) -> FloatArray:
        columns = rows.T if isinstance(rows, np.ndarray) else [rows[c] for c in rows.columns]
        p = np.full(len(rows), 0.3)
        for j, (weight, values) in enumerate(zip(weights, columns, strict=True)):
            p += weight * (perturber.bin_of(j, values) == home[j])
        return np.column_stack([1 - p, p])

    return predict


# --- known weights ---------------------------------------------------------------------------


@pytest.mark.parametrize("bins", ["quartile", "decile", "entropy"])
def test_a_linear_box_over_bins_gives_its_own_weights(bins: str) -> None:
    train = patients()
    labels = np.where(train["age"] > 50, "old", "young")
    perturber = TabularPerturber.learn(train, bins=bins, labels=labels)
    weights = [0.2, -0.1, 0.15, 0.05, -0.2, 0.1, 0.0, 0.08]
    row = train.iloc[7]
    explanation = explain(row, box_over_bins(perturber, row, weights), perturber, ALL, target=1)
    found = {weight.index: weight.weight for weight in explanation.weights}
    for j, weight in enumerate(weights):
        assert found[j] == pytest.approx(weight, abs=0.005)  # ridge 1 shrinks a little
    assert explanation.fidelity.r2 is not None
    assert explanation.fidelity.r2 > 0.999


def test_every_drawn_row_is_in_the_bins_that_its_mask_says() -> None:
    """Also after it was written as a table: the box reads bins off the values it is given."""
    train = patients()
    perturber = TabularPerturber.learn(train, bins="decile")
    subject = perturber.components(train.iloc[3])
    design = perturber.law(subject, None).draw(3000, np.random.default_rng(0))
    rows = perturber.realiser(subject)(design)
    home = bins_of(perturber, train.iloc[3])
    for j, name in enumerate(rows.columns):
        np.testing.assert_array_equal(
            perturber.bin_of(j, rows[name]) == home[j], design.masks[:, j], err_msg=name
        )
        assert 0 < design.masks[:, j].mean() < 1


def test_regression_finds_known_slopes() -> None:
    """f is a step per bin, so its weight is its value in the bin less the mean of the others."""
    rng = np.random.default_rng(1)
    train = rng.normal(size=(1000, 3))
    perturber = TabularPerturber.learn(train, names=["a", "b", "c"])
    settings = LimeSettings(n_samples=20_000, selection="none", mode="regression", kernel_width=1e6)

    def predict(rows: FloatArray) -> FloatArray:
        return np.asarray(
            10.0 * perturber.bin_of(0, rows[:, 0]) - 4 * perturber.bin_of(1, rows[:, 1])
        )

    explanation = explain([3.0, 3.0, 0.0], predict, perturber, settings)
    found = {weight.index: weight.weight for weight in explanation.weights}
    assert found[0] == pytest.approx(10 * (3 - 1), abs=0.3)
    assert found[1] == pytest.approx(-4 * (3 - 1), abs=0.3)
    assert found[2] == pytest.approx(0, abs=0.3)
    assert explanation.fidelity.same_side is None


# --- enumeration -----------------------------------------------------------------------------


def colours(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "colour": rng.choice(["red", "green", "blue"], n, p=[0.5, 0.3, 0.2]),
            "big": rng.random(n) < 0.4,
            "shape": rng.choice(np.array(["round", "flat", None], dtype=object), n),
            "grade": rng.integers(0, 4, n),
        }
    )


def crooked(rows: pd.DataFrame) -> FloatArray:
    p = 0.1 + 0.5 * ((rows["colour"] == "red") & rows["big"]) + 0.2 * (rows["shape"] == "flat")
    p += 0.05 * rows["grade"] * rows["shape"].isna()
    return np.column_stack([1 - p, p])


def test_enumeration_is_the_weighted_ridge_over_all_combinations() -> None:
    train, n = colours(), 500
    perturber = TabularPerturber.learn(train, categorical=["grade"])
    row = {"colour": "red", "big": True, "shape": None, "grade": 2}
    settings = LimeSettings(n_samples=n, selection="none", sampler="lime")
    explanation = explain(row, crooked, perturber, settings, target=1)
    assert explanation.n_calls == 3 * 2 * 3 * 4
    assert explanation.fidelity.exact

    values: list[list[Any]] = [
        ["red", "green", "blue"],
        [True, False],
        ["round", "flat", None],
        [0, 1, 2, 3],
    ]
    combinations = list(product(*values))
    masks = np.array(
        [[v == own for v, own in zip(c, row.values(), strict=True)] for c in combinations]
    )
    shares = [
        [(train[c].isna() if v is None else train[c] == v).mean() for v in vs]
        for c, vs in zip(train, values, strict=True)
    ]
    probability = np.array([np.prod(s) for s in product(*shares)])
    kernel = np.exp(-(~masks).sum(axis=1) / (2 * 0.75**2 * 4))
    weights = (n - 1) * probability * kernel + masks.all(axis=1)
    y = crooked(pd.DataFrame(combinations, columns=train.columns))[:, 1]
    peer = Ridge(alpha=1).fit(masks.astype(float), y, sample_weight=weights)
    found = {weight.index: weight.weight for weight in explanation.weights}
    np.testing.assert_allclose([found[j] for j in range(4)], peer.coef_)


def test_sampling_converges_to_enumeration() -> None:
    """The mean of sampled answers lies within its own standard error of the exact one."""
    n, perturber = 2000, TabularPerturber.learn(colours(), categorical=["grade"])
    settings = LimeSettings(n_samples=n, selection="none", sampler="lime")
    subject = perturber.components({"colour": "red", "big": True, "shape": "flat", "grade": 2})
    law = perturber.law(subject, None)

    def weights(design: Design) -> list[float]:
        responses = evaluate(crooked, perturber, subject, design)
        found = by_label(fit(Neighbourhood(subject, law, design, responses), settings, target=1))
        return [found[label] for label in subject.labels]

    every = neighbourhood_design(law, n, np.random.default_rng(0), "lime")
    assert every.exact
    exact = weights(every)
    runs = [
        weights(law.instance() + law.draw(n - 1, np.random.default_rng(seed))) for seed in range(40)
    ]
    error = np.std(runs, axis=0, ddof=1) / np.sqrt(len(runs))
    assert np.abs((np.mean(runs, axis=0) - exact) / error).max() < 4
    assert np.std(runs, axis=0).max() < 0.02


def test_only_tables_of_categories_that_fit_are_enumerated() -> None:
    train = colours()
    perturber = TabularPerturber.learn(train, categorical=["grade"])
    law = perturber.law(perturber.components(train.iloc[0]), None)
    assert law.enumerate(70) is None  # 72 combinations
    design = law.enumerate(71)
    assert design is not None
    assert len(design) == 72
    assert design.masks[0].all()
    assert not design.masks[1:].all(axis=1).any()
    kernel = np.exp(-np.arange(5) / (2 * 0.75**2 * 4))
    np.testing.assert_allclose(law.kernel, kernel)
    with_numbers = TabularPerturber.learn(train)
    assert with_numbers.law(with_numbers.components(train.iloc[0]), None).enumerate(10**6) is None


# --- the law ---------------------------------------------------------------------------------


def test_bins_are_drawn_as_often_as_the_training_rows_have_them() -> None:
    train = patients()
    perturber = TabularPerturber.learn(train)
    subject = perturber.components(train.iloc[0])
    design = perturber.law(subject, None).draw(40_000, np.random.default_rng(0))
    rows = perturber.realiser(subject)(design)
    for j, column in enumerate(perturber.columns):
        drawn = np.bincount(perturber.bin_of(j, rows[column.name]), minlength=len(column.counts))
        trained = np.bincount(perturber.bin_of(j, train[column.name]), minlength=len(column.counts))
        np.testing.assert_array_equal(trained, column.counts)
        np.testing.assert_allclose(drawn / 40_000, trained / N, atol=0.012, err_msg=column.name)
    off = (~design.masks).sum(axis=1)
    np.testing.assert_allclose(design.weights, np.exp(-off / (2 * 0.75**2 * 8)))
    assert perturber.default_kernel_width(subject) == pytest.approx(0.75 * np.sqrt(8))


def test_columns_are_drawn_without_a_look_at_each_other() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=500)
    train = np.column_stack([x, x, -x])
    perturber = TabularPerturber.learn(train)
    subject = perturber.components(train[0])
    rows = perturber.law(subject, None).draw(20_000, rng).draws
    assert rows is not None
    correlation = np.asarray(np.corrcoef(rows.T))
    assert np.abs(correlation[np.triu_indices(3, 1)]).max() < 0.03


@pytest.mark.parametrize("bins", ["quartile", "decile"])
def test_values_follow_the_truncated_normal_of_their_bin(bins: str) -> None:
    values = np.random.default_rng(5).gamma(2.0, 3.0, 1000)
    column = NumericColumn.learn("x", values, bins=bins)
    drawn_bins, drawn = column.draw(np.random.default_rng(6).random(30_000))
    np.testing.assert_array_equal(column.bin_of(drawn), drawn_bins)
    limits = [values.min(), *column.edges, values.max()]
    for bin in range(len(limits) - 1):
        here = values[column.bin_of(values) == bin]
        mean, sd = here.mean(), here.std()
        low, high = (limits[bin] - mean) / sd, (limits[bin + 1] - mean) / sd
        law = truncnorm(low, high, loc=mean, scale=sd)
        assert kstest(drawn[drawn_bins == bin], law.cdf).pvalue > 1e-3


def test_a_bin_of_one_value_gives_that_value() -> None:
    values = np.array([0.1] * 60 + [0.7] * 30 + [0.9] * 10)
    column = NumericColumn.learn("x", values)
    bins, drawn = column.draw(np.random.default_rng(0).random(2000))
    assert column.edges.tolist() == [0.1, 0.7]
    assert {*zip(bins.tolist(), drawn.tolist(), strict=True)} == {(0, 0.1), (1, 0.7), (2, 0.9)}


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "float16", "float32", "float64"])
def test_values_stay_in_their_bins_in_the_type_of_the_column(dtype: str) -> None:
    values = np.random.default_rng(2).gamma(2.0, 15.0, 800).clip(0, 120).astype(dtype)
    column = NumericColumn.learn("x", values.astype(float), values.dtype, bins="decile")
    u = np.concatenate([np.random.default_rng(3).random(5000), np.cumsum(column.counts) / 800])
    u = np.concatenate([u[u < 1], np.nextafter(u, 0), [0.0]])
    bins, drawn = column.draw(u)
    np.testing.assert_array_equal(drawn, drawn.astype(dtype).astype(float))
    np.testing.assert_array_equal(column.bin_of(drawn), bins)
    assert values.min() <= drawn.min()
    assert drawn.max() <= values.max()


def test_row_zero_is_the_instance_itself() -> None:
    train = patients()
    perturber = TabularPerturber.learn(train)
    for number in range(30):
        row = train.iloc[[number]].reset_index(drop=True)
        subject = perturber.components(row)
        law = perturber.law(subject, None)
        design = law.instance() + law.draw(20, np.random.default_rng(0))
        rows = perturber.realiser(subject)(design)
        pd.testing.assert_frame_equal(rows[:1], row)
        pd.testing.assert_series_equal(rows.dtypes, train.dtypes)


def test_the_same_seed_gives_the_same_explanation() -> None:
    train = patients()
    perturber = TabularPerturber.learn(train)
    predict = box_over_bins(perturber, train.iloc[0], [0.1, 0.05, -0.1, 0.1, 0.05, 0.1, 0.1, 0.2])
    runs = [
        explain(train.iloc[0], predict, perturber, LimeSettings(n_samples=300, seed=s)).to_dict()
        for s in (3, 3, 4)
    ]
    assert runs[0] == runs[1] != runs[2]


def test_the_order_of_rows_does_not_matter_nor_that_of_the_columns_of_a_row() -> None:
    train = patients()
    perturber = TabularPerturber.learn(train)
    shuffled = TabularPerturber.learn(train.sample(frac=1, random_state=1))
    row = train.iloc[5]
    predict = box_over_bins(perturber, row, [0.1, 0.05, -0.1, 0.1, 0.05, 0.1, 0.1, 0.2])
    settings = LimeSettings(n_samples=500)
    once = explain(row, predict, perturber, settings).to_dict()
    assert explain(row[::-1], predict, perturber, settings).to_dict() == once
    assert explain(row, predict, shuffled, settings).to_dict() == once


def test_the_order_of_columns_matters_as_a_seed_does() -> None:
    rng = np.random.default_rng(4)
    train = rng.normal(size=(300, 4))
    order = [2, 0, 3, 1]
    straight, turned = TabularPerturber.learn(train), TabularPerturber.learn(train[:, order])

    def predict(rows: FloatArray) -> FloatArray:
        p = 1 / (1 + np.exp(-rows @ [1.0, -2.0, 0.5, 0.0]))
        return np.column_stack([1 - p, p])

    def weights(perturber: TabularPerturber, row: Any, model: Any, seed: int) -> FloatArray:
        settings = LimeSettings(n_samples=2000, selection="none", seed=seed)
        found = explain(row, model, perturber, settings, target=1).weights
        return np.array([w.weight for w in sorted(found, key=lambda w: w.index)])

    back = np.argsort(order)
    ours = [weights(straight, train[0], predict, seed) for seed in range(10)]
    others = [
        weights(turned, train[0][order], lambda rows: predict(rows[:, back]), seed)[back]
        for seed in range(10)
    ]
    error = np.sqrt((np.var(ours, axis=0, ddof=1) + np.var(others, axis=0, ddof=1)) / 10)
    assert np.abs((np.mean(ours, axis=0) - np.mean(others, axis=0)) / error).max() < 4


# --- kinds of tables and rows ----------------------------------------------------------------


def test_components_are_bins_in_words() -> None:
    train = pd.DataFrame(
        {
            "age": [18, 29, 30, 41, 42, 60, 61, 80],
            "sex": list("fmfmfmfm"),
            "weight": [50, np.nan, 60, 65, 70, 75, 80, 85.0],
            "member": [True, False] * 4,
            " <b>x</b>": ["", "y"] * 4,
        }
    )
    perturber = TabularPerturber.learn(train)
    row = {"age": 90, "sex": "m", "weight": None, "member": False, " <b>x</b>": ""}
    subject = perturber.components(row)
    assert subject.columns == tuple(train.columns)
    assert subject.values == (90.0, "m", None, False, "")
    assert subject.labels == (
        "age > 60.25",
        "sex = m",
        "weight is missing",
        "member = False",
        " <b>x</b> = ''",
    )
    assert perturber.bin_label(0, 0) == "age <= 29.75"
    assert perturber.bin_label(0, 1) == "29.75 < age <= 41.5"
    assert perturber.bin_of(0, [29.75, 29.76, np.nan]).tolist() == [0, 1, 4]
    assert perturber.bin_of(1, ["m", "f", None, "x"]).tolist() == [1, 0, 2, -1]
    assert subject_from_dict(json.loads(json.dumps(subject_to_dict(subject)))) == subject


def test_a_series_a_frame_and_a_mapping_are_the_same_row() -> None:
    train = patients()
    perturber = TabularPerturber.learn(train)
    row = train.iloc[11]
    subject = perturber.components(row)
    assert perturber.components(train.iloc[[11]]) == subject
    assert perturber.components(row.to_dict()) == subject


def test_arrays_are_asked_with_arrays() -> None:
    train = np.random.default_rng(0).normal(size=(200, 3))
    train[:, 2] = np.random.default_rng(1).choice([2.0, 5.0, np.nan], 200)
    perturber = TabularPerturber.learn(train, names=["a", "b", "kind"], categorical=["kind"])
    assert TabularPerturber.learn(train, categorical=[2]).components([0, 0, 5]).labels[2] == (
        "column 2 = 5"
    )
    row = np.array([0.1, 0.2, 5.0])
    subject = perturber.components(row)
    for same in (row.tolist(), row[None], {"a": 0.1, "b": 0.2, "kind": 5}):
        assert perturber.components(same) == subject
    law = perturber.law(subject, None)
    rows = perturber.realiser(subject)(law.instance() + law.draw(500, np.random.default_rng(0)))
    assert isinstance(rows, np.ndarray)
    assert rows.dtype == float
    assert rows.flags.writeable  # a model may scale its batch in place
    np.testing.assert_array_equal(rows[0], row)
    assert {str(value) for value in rows[:, 2]} == {"2.0", "5.0", "nan"}


@pytest.mark.parametrize(("given", "asked"), [("float32", "float32"), ("int64", "float64")])
def test_arrays_keep_their_float_type_and_whole_numbers(given: str, asked: str) -> None:
    train = np.random.default_rng(0).integers(0, 50, (200, 2)).astype(given)
    perturber = TabularPerturber.learn(train)
    subject = perturber.components(train[0])
    design = perturber.law(subject, None).draw(100, np.random.default_rng(0))
    rows = np.asarray(perturber.realiser(subject)(design))
    assert rows.dtype == asked
    assert (rows % 1 == 0).all() == (given == "int64")


def test_whole_numbers_become_floats_only_where_the_row_itself_is_no_whole_number() -> None:
    train = pd.DataFrame({"n": np.arange(100, dtype="int16"), "m": np.arange(100)})
    perturber = TabularPerturber.learn(train)
    for value, kind in ((12, "int16"), (12.5, "float64"), (40_000, "float64")):
        subject = perturber.components({"n": value, "m": 3})
        law = perturber.law(subject, None)
        rows = perturber.realiser(subject)(law.instance() + law.draw(50, np.random.default_rng(0)))
        assert [str(dtype) for dtype in rows.dtypes] == [kind, "int64"]
        assert rows["n"][0] == value
        assert (rows["n"][1:] % 1 == 0).all()


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (["a", "b", None], "str"),
        (["a", "b", None], "string"),
        ([True, False, None], "boolean"),
        ([1, 2, None], "Int64"),
        ([1.5, 2.5, None], "Float64"),
        ([1, 2, None], "int64[pyarrow]"),
        (["b", "a", None], pd.CategoricalDtype(["b", "a", "unused"], ordered=True)),
        ([pd.Interval(0, 1), pd.Interval(1, 2), None], "category"),
        ([pd.Timestamp("2020-01-01"), pd.Timestamp("2020-01-02"), None], "category"),
        (["a", "b", np.nan], object),
        (["a", "b", None], object),
        ([3, "b", None], object),
    ],
)
@pytest.mark.parametrize("categorical", [False, True])
def test_types_are_kept(values: list[Any], dtype: Any, categorical: bool) -> None:
    train = pd.DataFrame({"x": pd.Series(values * 20, dtype=dtype), "y": np.arange(60.0)})
    perturber = TabularPerturber.learn(train, categorical=["x"] if categorical else [])
    row = train.iloc[[0]]
    subject = perturber.components(row)
    again = subject_from_dict(json.loads(json.dumps(subject_to_dict(subject))))
    assert again == subject
    law = perturber.law(subject, None)
    rows = perturber.realiser(subject)(law.instance() + law.draw(100, np.random.default_rng(0)))
    pd.testing.assert_frame_equal(rows[:1], row)
    assert rows["x"].dtype == train["x"].dtype
    known = {repr(value) for value in train["x"]}
    if categorical or isinstance(perturber.columns[0], CategoricalColumn):
        assert {repr(value) for value in rows["x"]} == known


def test_columns_with_other_names_than_strings() -> None:
    train = pd.DataFrame(np.random.default_rng(0).normal(size=(50, 2)), columns=[7, "b"])
    perturber = TabularPerturber.learn(train)
    subject = perturber.components({"column 7": 0.0, "b": 1.0})
    assert subject.columns == ("column 7", "b")
    assert perturber.components(train.iloc[0]).values == tuple(train.iloc[0])
    rows = perturber.realiser(subject)(perturber.law(subject, None).instance())
    assert rows.columns.tolist() == [7, "b"]


def test_a_constant_column_weighs_nothing() -> None:
    train = pd.DataFrame({"x": np.arange(40.0), "same": 5.0, "also": "a"})
    perturber = TabularPerturber.learn(train)

    def predict(rows: pd.DataFrame) -> FloatArray:
        p = np.asarray(rows["x"] / 80 + (rows["same"] - 5) + (rows["also"] != "a"))
        return np.column_stack([1 - p, p])

    for sampler, selection in product(
        SAMPLERS, ("none", "forward_selection", "highest_weights", "lasso_path")
    ):
        settings = LimeSettings(n_samples=500, n_features=3, selection=selection, sampler=sampler)
        found = by_label(explain(train.iloc[3], predict, perturber, settings, target=1))
        assert found.get("same <= 5", 0.0) == 0
        assert found.get("also = a", 0.0) == 0
        assert found["x <= 9.75"] < -0.1


def test_a_row_outside_the_training_range_is_in_the_outermost_bin() -> None:
    perturber = TabularPerturber.learn(np.arange(100.0)[:, None])
    assert perturber.components([1e9]).labels == ("column 0 > 74.25",)
    assert perturber.components([-1e9]).labels == ("column 0 <= 24.75",)


def test_a_perturber_pickles() -> None:
    train = patients()
    perturber = TabularPerturber.learn(train)
    again = pickle.loads(pickle.dumps(perturber))
    row = train.iloc[0]
    predict = box_over_bins(perturber, row, [0.1] * 7 + [0.0])
    assert explain(row, predict, again).to_dict() == explain(row, predict, perturber).to_dict()


def test_batches_are_bounded() -> None:
    perturber = TabularPerturber.learn(np.random.default_rng(0).normal(size=(5, 2000)))
    assert perturber.max_batch(perturber.components(np.zeros(2000))) * 2000 * 8 <= 64_000_000


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda row: row | {"hieght": 3},
            "unknown columns: 'hieght'. The training table has 'age'",
        ),
        (lambda row: {k: v for k, v in row.items() if k != "sex"}, "lacks .*: 'sex'. Give all 8"),
        (lambda row: pd.Series([*row.values(), 1], [*row, "age"]), "'age' is in the row twice"),
        (lambda row: pd.DataFrame([row, row]), "has 2 rows. Pass one row"),
        (lambda row: pd.DataFrame([row])[:0], "has 0 rows. Pass one row"),
        (lambda row: list(row.values()), "of type list. Pass a Series, a one-row DataFrame"),
        (lambda row: "age=3", "of type str. Pass"),
        (lambda row: None, "of type NoneType. Pass"),
        (lambda row: row | {"weight": "61.5"}, r"'weight' is '61.5' \(str\), but it holds numbers"),
        (lambda row: row | {"weight": [61]}, r"'weight' is \[61\] \(list\), but it holds numbers"),
        (lambda row: row | {"weight": np.inf}, "'weight' is inf. Give a finite number"),
        (lambda row: row | {"weight": 10**400}, "Give a finite number"),
        (lambda row: row | {"age": None}, "'age' is missing in this row, .* of the 400 training"),
        (lambda row: row | {"sex": None}, "'sex' is missing in this row.*one of female, male"),
        (lambda row: row | {"sex": "Male"}, "'sex' is 'Male', which no .* Give one of male, fem"),
        (lambda row: row | {"ward": "z"}, "'ward' is 'z', which no training row has"),
        (lambda row: row | {"smoker": "True"}, "'smoker' is 'True', which no training row has"),
        (lambda row: row | {"sex": ["male"]}, r"'sex' is \['male'\], which no training row has"),
    ],
)
def test_a_bad_row(change: Callable[[Any], Any], says: str) -> None:
    train = patients()
    perturber = TabularPerturber.learn(train)
    row = train[train["weight"].notna()].iloc[0].to_dict()
    with pytest.raises(InputError, match=says):
        perturber.components(change(row))


def test_a_bad_row_of_an_array() -> None:
    perturber = TabularPerturber.learn(np.random.default_rng(0).normal(size=(20, 3)))
    for row, says in (
        ([1, 2], "has 2 values, but the training table has 3 columns"),
        (np.zeros((2, 3)), "has 2 rows"),
        (["1", 2, 3], "Column 'column 0' is '1'"),
        ([np.nan, 2, 3], "'column 0' is missing"),
        ("123", "of type str. Pass a 1-D array, a Series"),
    ):
        with pytest.raises(InputError, match=says):
            perturber.components(row)


def test_many_categories_are_not_all_listed() -> None:
    train = pd.DataFrame({"city": [f"city {i}" for i in range(500)]})
    with pytest.raises(InputError, match=r"Give one of city 77, .*, … \(500 in all\)\.") as caught:
        TabularPerturber.learn(train).components({"city": "City 77"})
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("train", "options", "error", "says"),
    [
        (pd.DataFrame({"a": []}), {}, InputError, "0 rows and 1 columns"),
        (np.zeros((3, 0)), {}, InputError, "3 rows and 0 columns"),
        (np.zeros(3), {}, InputError, r"of shape \(3,\). Pass a pandas DataFrame, or a 2-D"),
        ([[1, 2]], {}, InputError, "of list. Pass a pandas DataFrame"),
        (np.array([["a"]]), {}, InputError, "array is of type <U1. Arrays hold numbers"),
        (np.array([[1.0], [np.inf]]), {}, InputError, "'column 0' is inf in training row 1"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), {}, InputError, "2 columns are called 'a'"),
        (pd.DataFrame({"a": [np.nan] * 3}), {}, InputError, "'a' has no value in any of the 3"),
        (pd.DataFrame({"a": [None] * 3}), {}, InputError, "'a' has no value in any of the 3"),
        (pd.DataFrame({"a": [[1], [2]]}), {}, InputError, "'a' holds a list, which is no category"),
        (pd.DataFrame({"a": [1, "1"]}), {"bins": "thirds"}, SettingsError, "bins is 'thirds'"),
        (
            pd.DataFrame({"a": pd.to_datetime(["2020-01-01"])}),
            {},
            InputError,
            r"'a' holds datetime64\[.*\], neither numbers nor categories",
        ),
        (pd.DataFrame({"a": [1j]}), {}, InputError, "'a' holds complex128"),
        (pd.DataFrame({"a": [1]}), {"names": ["b"]}, SettingsError, "Leave names out"),
        (np.ones((2, 2)), {"names": ["b"]}, InputError, "1 names for 2 columns"),
        (np.ones((2, 2)), {"names": ["b", "b"]}, InputError, "2 columns are called 'b'"),
        (np.ones((2, 2)), {"categorical": ["sex"]}, SettingsError, "column 'sex', which is not"),
        (np.ones((2, 2)), {"categorical": [2]}, SettingsError, "column 2, which is not"),
        (np.ones((2, 2)), {"bins": "entropy"}, SettingsError, "needs the label"),
        (np.ones((2, 2)), {"labels": [1]}, InputError, r"shape \(1,\), but there are 2"),
    ],
)
def test_bad_training_data(
    train: Any, options: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        TabularPerturber.learn(train, **options)


def test_a_design_of_masks_alone_cannot_be_written() -> None:
    perturber = TabularPerturber.learn(np.arange(9.0)[:, None])
    with pytest.raises(SettingsError, match="masks alone"):
        perturber.realiser(perturber.components([3.0]))(Design(np.ones((1, 1), bool), np.ones(1)))


@pytest.mark.parametrize("dtype", ["int64", "Int64"])
def test_an_id_that_no_float_is_reaches_the_model_as_it_is(dtype: str) -> None:
    ids = np.arange(2**60, 2**60 + 400 * 7, 7)
    train = pd.DataFrame({"id": ids, "x": np.arange(400.0)}).astype({"id": dtype})
    perturber = TabularPerturber.learn(train)
    subject = perturber.components({"id": 2**60 + 71, "x": 3.0})
    written = perturber.realiser(subject)(perturber.law(subject, None).instance())
    assert written["id"].iloc[0] == 2**60 + 71
    assert str(written["id"].dtype) == dtype
    assert subject_from_dict(json.loads(json.dumps(subject_to_dict(subject)))) == subject
    floats = TabularPerturber.learn(train.to_numpy(dtype=np.int64))
    with pytest.raises(InputError, match=f"is {2**60 + 71}, .* would be {2**60}"):
        floats.components(np.array([2**60 + 71, 3]))
    sparse = SparsePerturber.learn(csr_array(train.to_numpy(dtype=np.int64)))
    with pytest.raises(InputError, match="would be"):
        sparse.components(csr_array(np.array([[2**60 + 71, 3]])))


def test_a_matrix_and_masked_values_are_a_table() -> None:
    plain = np.random.default_rng(0).random((60, 3))
    expected = TabularPerturber.learn(plain).components(plain[0])
    matrix = plain.view(np.matrix)
    assert TabularPerturber.learn(matrix).components(matrix[0]) == expected
    masked = np.ma.masked_greater(plain, 0.9)
    row = int(masked.mask.any(axis=1).argmax())
    holes = TabularPerturber.learn(np.where(plain > 0.9, np.nan, plain))
    found = TabularPerturber.learn(masked).components(masked[row])
    assert found == holes.components(np.where(plain[row] > 0.9, np.nan, plain[row]))
    assert None in found.values


def test_a_column_of_whole_numbers_names_the_one_that_is_alone_in_its_bin() -> None:
    train = pd.DataFrame({"is_member": [0, 1] * 20, "rare": [0] * 38 + [1, 1], "x": range(40)})
    perturber = TabularPerturber.learn(train)
    assert perturber.components({"is_member": 1, "rare": 1, "x": 3}).bins == (
        "is_member = 1",
        "rare = 1",
        "x <= 9.75",
    )
    assert perturber.components({"is_member": 0, "rare": 7, "x": 39}).bins == (
        "is_member = 0",
        "rare > 0",  # where 7 is too
        "x > 29.25",
    )


@given(seed=st.integers(0, 10_000), place=st.floats(-0.5, 1.5), whole=st.booleans())
def test_the_words_of_a_bin_are_true_of_its_value(seed: int, place: float, whole: bool) -> None:
    rng = np.random.default_rng(seed)
    values = 10.0 ** rng.integers(-3, 7) * rng.random(50)
    edges = [np.sort(values)[25], np.quantile(values, 0.75)]
    values = np.rint(values) if whole else values
    number = float(np.quantile(values, min(1.0, max(0.0, place)))) * (1 + 1e-5 * rng.normal())
    number = float(np.rint(number)) if whole else number
    column = NumericColumn.learn("n", values, np.int64 if whole else float)
    for value in (number, *edges, *column.edges.tolist(), *np.array(column.words, float).tolist()):
        label = column.label_of(value)
        low, _, rest = label.rpartition(" < n ")
        assert not low or float(low) < value
        rest = rest.removeprefix("n ")
        if rest:
            sign, limit = rest.split()
            compare = {"<=": value <= float(limit), ">": value > float(limit)}
            assert compare.get(sign, value == float(limit)), label
