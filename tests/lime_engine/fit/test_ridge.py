"""The engine's ridge beside scikit-learn's."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from lime_engine.fit.ridge import ridge


@pytest.mark.parametrize(("n", "p"), [(400, 30), (60, 60), (50, 200), (10, 1)])
@pytest.mark.parametrize("alpha", [0.01, 1.0])
def test_it_is_that_of_scikit_learn_with_more_rows_or_more_columns(
    n: int, p: int, alpha: float
) -> None:
    rng = np.random.default_rng(n)
    masks, weights = rng.random((n, p)) < 0.6, rng.random(n)
    y = masks @ rng.normal(size=p) + rng.normal(size=n)
    intercept, coefficients = ridge(masks, y, weights, alpha)
    peer = Ridge(alpha=alpha).fit(masks.astype(float), y, sample_weight=weights)
    np.testing.assert_allclose(coefficients, peer.coef_, rtol=1e-8, atol=1e-10)
    assert intercept == pytest.approx(peer.intercept_, rel=1e-8)


def test_answers_that_do_not_move_have_no_weights_at_all() -> None:
    rng = np.random.default_rng(0)
    masks, weights = rng.random((100, 7)) < 0.5, rng.random(100)
    intercept, coefficients = ridge(masks, np.full(100, 0.3), weights, 1.0)
    assert intercept == 0.3
    assert coefficients.tolist() == [0.0] * 7


def test_columns_that_repeat_share_a_weight_also_where_alpha_is_rounding() -> None:
    numbers = np.random.default_rng(0).normal(size=(100, 1)) * 1e12
    twice = np.column_stack([numbers, numbers])
    _, coefficients = ridge(twice, 3 * numbers[:, 0], np.ones(100), 1.0)
    np.testing.assert_allclose(coefficients, [1.5, 1.5], rtol=1e-6)
