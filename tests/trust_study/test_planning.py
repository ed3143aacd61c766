"""Precision before the launch, against formulas and against itself."""

import numpy as np
import pytest

from trust_study.scoring import planning
from trust_study.scoring.planning import precision


def test_a_rate_spreads_as_the_binomial_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SPREAD", 0.0)
    monkeypatch.setattr(planning, "SIMULATIONS", 8_000)
    found = precision(90, 8, 8, 3, False, "over_reliance")
    rate = 0.3085  # of following a wrong answer: Phi(-.5)
    expected = 1.96 * np.sqrt(rate * (1 - rate) / (30 * 8))
    assert found.arm == pytest.approx(expected, rel=0.06)
    assert found.difference == pytest.approx(np.sqrt(2) * expected, rel=0.06)


def test_people_who_differ_cost_precision_and_more_people_bring_it_back() -> None:
    one = precision(30, 8, 8, 3, False, "discernment")
    four = precision(120, 8, 8, 3, False, "discernment")
    assert four.arm == pytest.approx(one.arm / 2, rel=0.15)
    assert one.difference is not None
    within = precision(30, 9, 9, 3, True, "discernment")
    assert within.difference is not None
    assert within.difference < one.difference  # a person is their own control
    assert precision(30, 8, 8, 1, False, "discernment").difference is None
