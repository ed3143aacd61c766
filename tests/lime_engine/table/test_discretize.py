"""Edges against the package `lime` and scikit-learn; labels that say what is true."""

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lime.discretize import DecileDiscretizer, EntropyDiscretizer, QuartileDiscretizer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.tree import DecisionTreeRegressor

from lime_engine import InputError, SettingsError
from lime_engine.table.discretize import (
    bin_edges,
    bin_in_words,
    check_bins,
    draw_bins,
    edges_in_words,
    number_in_words,
)

PEERS = {
    "quartile": QuartileDiscretizer,
    "decile": DecileDiscretizer,
    "entropy": EntropyDiscretizer,
}


@pytest.mark.parametrize("bins", PEERS)
@pytest.mark.parametrize("load", [load_breast_cancer, load_iris])
def test_edges_and_bins_are_those_of_lime(load: Any, bins: str) -> None:
    values, labels = load(return_X_y=True)
    values = np.column_stack([values, np.full(len(values), 3.1), np.arange(len(values)) % 2])
    names = [f"c{j}" for j in range(values.shape[1])]
    peer = PEERS[bins](values, [], names, labels=labels, random_state=0)
    theirs = peer.discretize(values)
    for j in range(values.shape[1]):
        edges = bin_edges(values[:, j], bins, labels)
        np.testing.assert_array_equal(edges, peer.maxs[j][:-1])
        np.testing.assert_array_equal(np.searchsorted(edges, values[:, j]), theirs[:, j])


def test_entropy_of_a_target_that_is_a_number_lowers_the_squared_error() -> None:
    values, target = load_diabetes(return_X_y=True)
    for column in values.T[:4]:
        edges = bin_edges(column, "entropy", target + 0.5)
        peer = DecisionTreeRegressor(max_depth=3, random_state=0).fit(column[:, None], target + 0.5)
        used = peer.tree_.threshold[peer.tree_.feature == 0]
        np.testing.assert_array_equal(edges, np.unique(used))


def test_entropy_finds_the_edge_that_splits_classes_of_any_type() -> None:
    values = np.array([1.0, 2.0, 3.0, 10.0, 11.0])
    for labels in (["no", "no", "no", "yes", "yes"], [0.0, 0.0, 0.0, 1.0, 1.0]):
        assert bin_edges(values, "entropy", np.array(labels)).tolist() == [6.5]
    assert bin_edges(values, "entropy", np.zeros(5)).tolist() == [3]  # nothing to split: the median


def test_edges_of_a_function_are_sorted_and_distinct() -> None:
    seen: list[Any] = []

    def cut(values: Any, labels: Any) -> list[float]:
        seen.append((values.tolist(), labels))
        return [3, 1, 3]

    assert bin_edges(np.array([2.0, 4.0]), cut).tolist() == [1, 3]
    assert seen == [([2, 4], None)]
    for wrong in ([np.nan], ["low"], [np.inf, 1], None):
        with pytest.raises(SettingsError, match="given as bins returned"):
            bin_edges(np.array([2.0, 4.0]), _answering(wrong))


def _answering(edges: Any) -> Any:
    return lambda values, labels: edges


@pytest.mark.parametrize(
    ("bins", "labels", "error", "says"),
    [
        ("median", None, SettingsError, "bins is 'median'; use one of quartile, decile, entropy"),
        (4, None, SettingsError, "bins is 4; use"),
        ("entropy", None, SettingsError, "needs the label of each training row"),
        ("entropy", [0, 1], InputError, r"shape \(2,\), but there are 3 training rows"),
        ("entropy", [0.0, np.nan, 1.0], InputError, "A label of a training row is missing"),
        ("entropy", [pd.NA, "a", "b"], InputError, "A label of a training row is missing"),
        ("quartile", [None, "a", "b"], InputError, "A label of a training row is missing"),
    ],
)
def test_bad_bins(bins: Any, labels: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        check_bins(bins, labels, 3)


# --- in words --------------------------------------------------------------------------------


def test_labels_read_as_inequalities() -> None:
    words = edges_in_words(np.array([-1.5, 29.5, 41.0]), np.array([-3.0, 0.0, 30.0, 50.0]))
    labels = [bin_in_words("age", words, bin) for bin in range(4)]
    assert labels == ["age <= -1.5", "-1.5 < age <= 29.5", "29.5 < age <= 41", "age > 41"]
    assert bin_in_words("age", (), 0) == "age is any number"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (41.0, "41"),
        (-0.0, "0"),
        (1234567.0, "1234567"),
        (123456.5, "123456"),
        (0.000123456, "0.0001235"),
        (1.2e-7, "1.2e-07"),
        (-29.51678, "-29.52"),
        (3.2e200, "3.2e+200"),
    ],
)
def test_numbers_have_few_digits(number: float, words: str) -> None:
    assert number_in_words(number, 4) == words


def test_more_digits_where_fewer_would_be_wrong_or_alike() -> None:
    values = np.array([0.123450, 0.123456, 0.123457, 0.2])
    assert edges_in_words(values[:3], values) == ("0.12345", "0.123456", "0.1235")
    # 13.37 would put the second value on the wrong side of its own edge
    assert edges_in_words(np.array([13.3728]), np.array([13.0, 13.3728, 13.4])) == ("13.38",)
    # empty bins: edges between the same two values are told apart
    assert edges_in_words(np.array([1.00001, 1.00002]), np.array([1.0, 2.0])) == ("1", "1.001")


FINITE = st.floats(-1e12, 1e12, allow_subnormal=False)


@given(st.lists(FINITE, min_size=1, max_size=30), st.sampled_from(["quartile", "decile"]))
def test_a_label_is_true_of_every_training_value_in_its_bin(sample: list[float], bins: str) -> None:
    values = np.sort(sample)
    edges = bin_edges(values, bins)
    words = edges_in_words(edges, values)
    assert [*map(float, words)] == sorted({*map(float, words)})
    for value in sample:
        label = bin_in_words("x", words, int(np.searchsorted(edges, value)))
        low, high = re.search(r"([^ ]+) <", label), re.search(r"<= ([^ ]+)", label)
        over = re.search(r"> ([^ ]+)", label)
        if low is not None and not label.startswith("x"):
            assert float(low[1]) < value
        if high is not None:
            assert value <= float(high[1])
        if over is not None:
            assert value > float(over[1])


# --- drawn -----------------------------------------------------------------------------------


@pytest.mark.parametrize("counts", [[1], [3, 0, 5, 2], [0, 4, 0], [0, 7, 1], [2] * 40, [1, 0] * 20])
def test_bins_are_drawn_as_often_as_they_are_counted(counts: list[int]) -> None:
    u = (np.arange(8000) + 0.5) / 8000  # as even as uniform numbers can be
    drawn = np.bincount(draw_bins(np.array(counts), u), minlength=len(counts))
    np.testing.assert_allclose(drawn / 8000, np.array(counts) / sum(counts), atol=1 / 8000)
    ends = draw_bins(np.array(counts), np.array([0.0, np.nextafter(1, 0)]))
    assert [counts[i] > 0 for i in ends] == [True, True]
