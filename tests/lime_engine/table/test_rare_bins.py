"""Values in bins that no training row has, or hardly any: the limit of the law, or "unknown"."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from lime_engine import (
    LimeSettings,
    SparsePerturber,
    TabularPerturber,
    explain,
    explain_shapley,
)
from lime_engine.types import FloatArray

N = 1000
KINDS = {"a": 0.5, "b": 0.3, "c": 0.2}
ROW = {"flag": 1, "other": 1, "kind": "a", "ward": "b"}


def answer(flag: Any, other: Any, kind: Any, ward: Any) -> FloatArray:
    """P(1): what the flags do depends on the rest, and on each other."""
    flag, other, a, b = flag > 0, other > 0, kind == "a", ward == "b"
    p = 0.1 + 0.3 * flag + 0.2 * other + 0.05 * a - 0.06 * b
    return np.asarray(p + 0.1 * flag * a - 0.08 * flag * other + 0.07 * a * b - 0.05 * other * b)


def predict(frame: pd.DataFrame) -> FloatArray:
    p = answer(*(frame[name].to_numpy() for name in ROW))
    return np.column_stack([1 - p, p])


def table(n_flag: int, n_other: int) -> pd.DataFrame:
    """Training rows of which so many have each flag."""
    words = [kind for kind, share in KINDS.items() for _ in range(round(share * N))]
    return pd.DataFrame(
        {
            "flag": np.arange(N) < n_flag,
            "other": np.arange(N)[::-1] < n_other,
            "kind": words,
            "ward": words[::-1],
        }
    ).astype({"flag": int, "other": int})


def limit(share_of_flag: float, share_of_other: float) -> dict[str, float]:
    """LIME's weights for infinitely many rows, by least squares over all there can be."""
    width = 0.75 * np.sqrt(4)
    masks, weights, answers = [], [], []
    for flag, other, kind, ward in product((0, 1), (0, 1), KINDS, KINDS):
        mask = [flag == 1, other == 1, kind == "a", ward == "b"]
        share = (share_of_flag if flag else 1 - share_of_flag) * KINDS[kind] * KINDS[ward]
        share *= share_of_other if other else 1 - share_of_other
        masks.append([1.0, *mask])
        weights.append(share * np.exp(-(4 - sum(mask)) / (2 * width**2)))
        answers.append(float(answer(*map(np.array, (flag, other, kind, ward)))))
    root = np.sqrt(weights)
    found = np.linalg.lstsq(root[:, None] * masks, root * answers, rcond=None)[0]
    return dict(zip(ROW, found[1:].tolist(), strict=True))


def by_column(explanation: Any) -> dict[str, Any]:
    return {list(ROW)[weight.index]: weight for weight in explanation.weights}


def test_the_weights_have_a_limit() -> None:
    """What the engine is held against: the oracle converges as the share goes to 0."""
    last = limit(1e-7, 1e-7)
    apart = [
        max(abs(limit(share, share)[name] - last[name]) for name in ROW) for share in (1e-2, 1e-4)
    ]
    assert apart[1] < apart[0] / 50 < 1e-3


@pytest.mark.parametrize(
    ("n_flag", "n_other"), [(0, 0), (0, 400), (1, 400), (1, 0), (N - 1, 400), (1, 2)]
)
@pytest.mark.parametrize("n_samples", [60, 400])
def test_weights_of_rare_bins_are_those_of_the_limit(
    n_flag: int, n_other: int, n_samples: int
) -> None:
    perturber = TabularPerturber.learn(table(n_flag, n_other), bins=lambda values, _: [0.5])
    truth = limit(max(n_flag / N, 1e-7), max(n_other / N, 1e-7))
    away = []
    for seed in range(25):
        settings = LimeSettings(n_samples=n_samples, seed=seed, held_out=0.0)
        found = by_column(explain(ROW, predict, perturber, settings, target=1))
        for name, weight in truth.items():
            error = found[name].std_error
            assert error is not None
            assert error > 0
            assert found[name].weight == pytest.approx(weight, abs=6 * error)
            away.append((found[name].weight - weight) / error)
    assert 0.85 < np.mean(np.abs(away) < 1.96) <= 1.0
    assert abs(np.mean(away)) < 0.5


def test_the_sentence_of_the_report_comes_true() -> None:
    """flag is 0 in all training rows, 1 here, and worth .7."""
    train = pd.DataFrame({"flag": np.zeros(200, int), "x": np.linspace(-1, 1, 200)})
    perturber = TabularPerturber.learn(train)

    def flagged(rows: pd.DataFrame) -> FloatArray:
        p = 0.15 + 0.7 * (rows["flag"].to_numpy() == 1)
        return np.column_stack([1 - p, p])

    row = {"flag": 1, "x": 0.0}
    shapley = explain_shapley(
        perturber.components(row), flagged, perturber, LimeSettings(n_samples=400), target=1
    )
    for n_samples, width in [(6, None), *product((40, 1000, "auto"), (0.2, None, 50.0))]:
        settings = LimeSettings(n_samples=n_samples, kernel_width=width)
        found = explain(row, flagged, perturber, settings, target=1)
        assert found.weights[0].label == "flag > 0"
        near = 0.35 if n_samples == 6 else 1e-6  # few samples: a ridge
        assert found.weights[0].weight == pytest.approx(shapley.weights[0], abs=near)
        assert found.fidelity.local_gap < near
        assert (found.weights[0].std_error is None) == (n_samples == 6)
    lime = explain(row, flagged, perturber, LimeSettings(n_samples=400, sampler="lime"), target=1)
    assert lime.weights[0].label == "flag > 0"
    assert lime.weights[0].weight > 0.3


def test_a_value_beyond_an_outermost_edge_that_is_the_largest_value() -> None:
    train = np.column_stack([np.repeat([0.0, 1.0], [100, 300]), np.linspace(0, 1, 400)])
    perturber = TabularPerturber.learn(train)  # both upper edges of column 0 are its largest value

    def beyond(rows: FloatArray) -> FloatArray:
        p = 0.2 + 0.5 * (rows[:, 0] > 1)
        return np.column_stack([1 - p, p])

    row = np.array([5.0, 0.3])
    found = explain(row, beyond, perturber, LimeSettings(n_samples=200), target=1)
    assert found.weights[0].label == "column 0 > 1"
    assert found.weights[0].weight == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("n_samples", [500, "auto"])
def test_sparse_columns_that_are_zero_in_all_training_rows(n_samples: Any) -> None:
    rng = np.random.default_rng(0)
    dense = rng.integers(1, 6, (300, 30)) * (rng.random((300, 30)) < 0.3).astype(float)
    dense[:, :6] = 0
    worth = np.concatenate([np.linspace(0.3, 0.05, 6), np.full(24, 0.01)])

    def counted(rows: Any) -> FloatArray:
        p = 0.01 + (rows.toarray() > 0) @ worth / 2
        return np.column_stack([1 - p, p])

    row = np.ones(30)
    row[6:] = dense[0, 6:]
    perturber = SparsePerturber.learn(sp.csr_array(dense))
    settings = LimeSettings(n_samples=n_samples, n_features=6)
    found = explain(sp.csr_array(row[None]), counted, perturber, settings, target=1)
    assert {weight.index for weight in found.weights} == set(range(6))
    for weight in found.weights:
        assert weight.weight == pytest.approx(worth[weight.index] / 2, abs=1e-3)


def test_too_few_rows_to_tell_are_said_to_be_too_few() -> None:
    """With 40 columns that no training row has, 90 rows show each of them once."""
    perturber = TabularPerturber.learn(np.zeros((50, 40)))

    def alone(rows: FloatArray) -> FloatArray:
        p = 0.3 + rows @ np.linspace(0, 0.01, 40)
        return np.column_stack([1 - p, p])

    found = explain(np.ones(40), alone, perturber, LimeSettings(n_samples=90), target=1)
    assert {weight.std_error for weight in found.weights} == {None}
    assert found.stability is None
    enough = explain(np.ones(40), alone, perturber, LimeSettings(n_samples=400), target=1)
    for weight in enough.weights:
        assert weight.std_error is not None
        assert weight.weight == pytest.approx(0.01 * weight.index / 39, abs=1e-6)


def test_a_column_that_never_leaves_its_bin_has_no_weight_and_no_doubt() -> None:
    train = pd.DataFrame({"same": [3] * 50, "x": np.linspace(0, 1, 50)})

    def of_x(rows: pd.DataFrame) -> FloatArray:
        p = 0.2 + 0.5 * (rows["x"].to_numpy() > 0.5)
        return np.column_stack([1 - p, p])

    found = explain({"same": 3, "x": 0.9}, of_x, TabularPerturber.learn(train))
    last = found.weights[-1]
    assert (last.label, last.weight, last.std_error) == ("same = 3", 0.0, 0.0)
