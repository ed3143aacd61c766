"""The feature selections against their definitions, computed the slow way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, Ridge

from lime_engine import Neighbourhood, Responses, TextPerturber
from lime_engine.fit.selection import forward_selection, highest_weights, lasso_path, select
from lime_engine.samplers import MaskLaw
from lime_engine.types import Design, FloatArray


def sampled(d: int, n: int, seed: int) -> tuple[Design, FloatArray]:
    rng = np.random.default_rng(seed)
    law = MaskLaw(np.full(d + 1, 1 / (d + 1)), np.linspace(1, 0.05, d + 1))
    design = law.draw(n, rng)
    x = design.masks.astype(float)
    y = x @ rng.normal(size=d) + x[:, 0] * x[:, -1] + 0.1 * rng.normal(size=n)
    return design, y


def greedy_by_refitting(design: Design, y: FloatArray, k: int) -> list[int]:
    """Forward selection as defined: refit with every candidate, keep the best weighted R^2."""
    x = design.masks.astype(float)
    chosen: list[int] = []
    for _ in range(k):
        scores = {}
        for j in set(range(x.shape[1])) - set(chosen):
            columns = x[:, [*chosen, j]]
            model = LinearRegression().fit(columns, y, sample_weight=design.weights)
            scores[j] = model.score(columns, y, sample_weight=design.weights)
        chosen.append(max(scores, key=scores.__getitem__))
    return chosen


@settings(max_examples=15, deadline=None)
@given(d=st.integers(2, 12), seed=st.integers(0, 10_000))
def test_forward_selection_is_the_greedy_refitting(d: int, seed: int) -> None:
    design, y = sampled(d, 200, seed)
    k = min(6, d)
    assert forward_selection(design, y, k).tolist() == greedy_by_refitting(design, y, k)


def test_forward_selection_passes_over_duplicated_and_constant_columns() -> None:
    design, y = sampled(6, 300, 1)
    masks = np.column_stack([design.masks, design.masks[:, 2], np.ones(300, dtype=bool)])
    y = y + 5 * masks[:, 2]
    chosen = forward_selection(Design(masks, design.weights), y, 8).tolist()
    assert chosen[0] == 2
    assert set(chosen[-2:]) == {6, 7}  # the twin and the constant come last
    assert sorted(chosen) == list(range(8))


def test_highest_weights_are_those_of_the_full_ridge() -> None:
    design, y = sampled(15, 400, 2)
    x = design.masks.astype(float)
    centred = x - np.average(x, axis=0, weights=design.weights)
    gram = centred.T @ (design.weights[:, None] * centred) + 0.01 * np.eye(15)
    coefficients = np.linalg.solve(gram, centred.T @ (design.weights * y))
    expected = np.argsort(-np.abs(coefficients))[:7]
    assert highest_weights(design, y, 7).tolist() == expected.tolist()


def test_lasso_path_stops_at_k_and_finds_the_strong_ones() -> None:
    design, _ = sampled(20, 500, 3)
    x = design.masks.astype(float)
    y = 3 * x[:, 4] - 2 * x[:, 11] + 0.01 * x[:, 7]
    assert lasso_path(design, y, 2).tolist() == [4, 11]
    assert len(lasso_path(design, y, 6)) <= 6
    assert lasso_path(design, np.ones(500), 6).tolist() == []


@pytest.mark.parametrize(("k", "same_as"), [(6, "forward_selection"), (7, "highest_weights")])
def test_auto_changes_its_method_above_six(k: int, same_as: str) -> None:
    design, y = sampled(20, 100, 4)
    auto = select(design, y, k, "auto").tolist()
    assert auto == select(design, y, k, same_as).tolist()
    assert len(auto) == k


def test_none_takes_all_and_more_than_all_is_all() -> None:
    design, y = sampled(5, 50, 5)
    assert select(design, y, 2, "none").tolist() == [0, 1, 2, 3, 4]
    assert sorted(select(design, y, 99, "auto").tolist()) == [0, 1, 2, 3, 4]


def test_the_ridge_of_the_package_is_what_scikit_learn_says() -> None:
    """The surrogate's numbers against scikit-learn's Ridge on the same rows (alpha 1)."""
    from lime_engine.fit.surrogate import surrogates

    design, y = sampled(8, 120, 6)
    perturber = TextPerturber()
    subject = perturber.components(" ".join(f"w{i}" for i in range(8)))
    neighbourhood = Neighbourhood(
        subject, perturber.law(subject, None), design, Responses(y[:, None], len(y))
    )
    chosen = np.array([5, 1, 3])
    surrogate = surrogates(neighbourhood, chosen, "ridge", None)(0)
    peer = Ridge(alpha=1).fit(
        design.masks[:, chosen].astype(float), y, sample_weight=design.weights
    )
    np.testing.assert_allclose(
        surrogate.predict(design.masks), peer.predict(design.masks[:, chosen].astype(float))
    )
