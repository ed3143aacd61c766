"""The parts of the fit to odd parts, against the sums that they stand for."""

import numpy as np
import pytest

from lime_engine.fit import odd
from lime_engine.types import FloatArray


@pytest.fixture
def signs() -> FloatArray:
    return np.where(np.random.default_rng(0).random((20, 9)) < 0.4, 1.0, -1.0)


def test_all_threes_at_once_are_the_sum_over_each(
    signs: FloatArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What makes answers alike, and what of it is in the weights."""
    strength = np.random.default_rng(1).uniform(0.1, 3.0, 9)
    each = odd._named(signs, strength, 3, 84)
    assert each.named
    assert each.parts.shape == (20, 84)
    monkeypatch.setattr(odd, "MOST_THREES", 83)
    at_once = odd._threes(signs, strength)
    assert not at_once.named
    for alike in (lambda threes: threes.parts, lambda threes: threes.shares):
        np.testing.assert_allclose(
            (alike(at_once) * at_once.likely) @ at_once.parts.T,
            (alike(each) * each.likely) @ each.parts.T,
            atol=1e-9,
        )


def test_with_many_pairs_the_threes_of_the_strongest_have_names(signs: FloatArray) -> None:
    many = np.tile(np.column_stack([signs, signs]), (40, 1))
    strength = np.arange(1.0, 19.0)  # the first is the weakest
    threes = odd._threes(many, strength)
    assert threes.named
    assert threes.parts.shape == (800, odd.MOST_THREES)
    np.testing.assert_allclose(threes.shares[0], -1 / 18)
    assert (threes.shares[1:].max(axis=1) > 0.2).all()


def test_fives_are_a_tenth_as_likely_and_have_a_fifth_each(signs: FloatArray) -> None:
    strength = np.random.default_rng(1).uniform(0.1, 3.0, 9)
    both = odd._threes(signs, strength)
    assert both.parts.shape == (20, 84 + 126)
    assert both.likely[84:].sum() == pytest.approx(0.1 * both.likely[:84].sum())
    np.testing.assert_allclose(both.shares.sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(both.shares[:, 84:].max(axis=0), 1 / 5 - 1 / 9)
    few = odd._threes(signs[:, :4], strength[:4])
    assert few.parts.shape == (20, 4)
