"""A sample of many items: everybody's is the same, a smaller one is part of a larger one."""

import numpy as np
import pytest

from ui.workshop.sample import sampled


def test_everybody_has_the_same_and_each_item_once() -> None:
    drawn = sampled(500, 100)
    assert drawn == sampled(500, 100)
    assert len(set(drawn)) == 100
    assert set(drawn) <= set(range(500))
    assert sorted(sampled(500, 500)) == sorted(sampled(500, 900)) == list(range(500))
    assert sampled(0, 100) == []


def test_a_larger_sample_goes_on_with_a_smaller_one() -> None:
    assert sampled(500, 200)[:50] == sampled(500, 50)


@pytest.mark.parametrize("n_there", [400, 717, 5000])
def test_it_does_not_lean_to_the_beginning(n_there: int) -> None:
    """Data are often sorted. The mean place of 100 is within 4 standard errors of the middle."""
    places = np.array(sampled(n_there, 100)) / n_there
    assert abs(places.mean() - 0.5) < 4 / np.sqrt(12 * 100)
    assert np.histogram(places, 4, (0, 1))[0].min() > 10
