"""The units of the answers do not count: explain(c f) is c explain(f)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lime_engine import Explanation, LimeSettings, TextPerturber, compare, explain
from lime_engine.table.discretize import bin_edges
from lime_engine.types import FloatArray, LinearSurrogate, TreeSurrogate

WORDS = [f"w{i}" for i in range(10)]
TEXT = " ".join(WORDS)
WEIGHTS = np.array([3.0, -2.0, 2.0, 1.0, 0.5, -0.4, 0.03, 0.0, 0.0, 0.0])
OTHER = np.roll(WEIGHTS, 3)
UNITS = [1e-100, 1e-12, 1e-9, 1e6, 1e100]
SETTINGS = {
    "projected": LimeSettings(n_samples=300, n_features=4),
    "few": LimeSettings(n_samples=16, n_features=4),
    "exact": LimeSettings(n_samples=2000, n_features=7),
    "auto": LimeSettings(n_samples="auto", max_samples=900, n_features=3),
    "lime": LimeSettings(n_samples=300, n_features=4, sampler="lime"),
    "highest": LimeSettings(n_samples=300, n_features=7, sampler="lime"),
    "lasso": LimeSettings(n_samples=300, n_features=4, sampler="lime", selection="lasso_path"),
    "tree": LimeSettings(n_samples=300, n_features=4, surrogate="tree"),
}


def model(
    unit: float, weights: FloatArray = WEIGHTS, level: float = 0.0
) -> Callable[[Sequence[str]], FloatArray]:
    """A line and two products of words, in this unit, above this level."""

    def predict(texts: Sequence[str]) -> FloatArray:
        z = np.array([[word in text.split() for word in WORDS] for text in texts], dtype=float)
        return level + unit * (z @ weights + z[:, 0] * z[:, 1] - 0.7 * z[:, 3] * z[:, 4])

    return predict


def regression(settings: LimeSettings) -> LimeSettings:
    return replace(settings, mode="regression")


def told(explanation: Explanation, unit: float) -> dict[str, Any]:
    """All that an explanation says, with what is in units of the answer divided by it."""
    fidelity, stability = explanation.fidelity, explanation.stability
    match explanation.surrogate:
        case LinearSurrogate() as line:
            surrogate: Any = [
                line.intercept / unit,
                *[c / unit for c in line.coefficients.values()],
            ]
        case TreeSurrogate() as tree:
            surrogate = [*tree.component, *tree.on, *(value / unit for value in tree.value)]
    [weight.std_error for weight in explanation.weights]
    in_units = {
        "weights": [weight.weight for weight in explanation.weights],
        "errors": [weight.std_error for weight in explanation.weights],
        "fit": [fidelity.rmse, fidelity.spread, fidelity.local_gap],
    }
    return {
        "labels": [weight.label for weight in explanation.weights],
        "settled": [weight.settled for weight in explanation.weights],
        "stability": stability and (stability.settled, stability.forecast, stability.ties),
        "asked": (explanation.n_samples, explanation.n_calls),
        "r2": [fidelity.r2],
        "surrogate": surrogate,
        **{name: [n and n / unit for n in numbers] for name, numbers in in_units.items()},
    }


def agree(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Equal, and numbers in units of the answer but for rounding."""
    assert list(first) == list(second)
    for name, ours in first.items():
        theirs = second[name]
        if name in ("r2", "surrogate", "weights", "errors", "fit") and None not in theirs:
            theirs = pytest.approx(theirs, rel=1e-6, abs=1e-9)
        assert ours == theirs, name


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("name", SETTINGS)
def test_an_explanation_in_other_units_is_the_same_in_these_units(name: str, unit: float) -> None:
    settings = regression(SETTINGS[name])
    plain = explain(TEXT, model(1.0), TextPerturber(), settings)
    scaled = explain(TEXT, model(unit), TextPerturber(), settings)
    assert plain.weights[0].weight > 1.0
    agree(told(scaled, unit), told(plain, 1.0))


@pytest.mark.parametrize("unit", UNITS)
def test_a_comparison_in_other_units_is_the_same_in_these_units(unit: float) -> None:
    settings = regression(SETTINGS["projected"])
    plain, scaled = (
        compare(TEXT, (model(u), model(u, OTHER)), TextPerturber(), settings) for u in (1.0, unit)
    )
    assert scaled.overlap.state == plain.overlap.state == "different"
    assert scaled.overlap.weight.raw == pytest.approx(plain.overlap.weight.raw)
    assert [pair.label for pair in scaled.weights] == [pair.label for pair in plain.weights]
    for one, other in zip(scaled.weights, plain.weights, strict=True):
        assert one.difference / unit == pytest.approx(other.difference, rel=1e-6)
        assert one.difference_std_error is not None
        assert one.difference_std_error / unit == pytest.approx(other.difference_std_error)


@pytest.mark.parametrize("unit", UNITS)
def test_what_ties_does_not_depend_on_the_units(unit: float) -> None:
    even = np.array([2.0, 2.0 + 1e-12, 1.0, *[0.0] * 7])

    def predict(texts: Sequence[str]) -> FloatArray:
        z = np.array([[word in text.split() for word in WORDS] for text in texts], dtype=float)
        return np.asarray(unit * (z @ even))

    found = explain(TEXT, predict, TextPerturber(), regression(SETTINGS["exact"]))
    assert found.stability is not None
    assert (0, 1) in [tuple(sorted(group)) for group in found.stability.ties]
    assert not any({0, 2} <= set(group) for group in found.stability.ties)
    assert [weight.weight for weight in found.weights[3:]] == [0.0] * 4  # not even rounding


@pytest.mark.parametrize("name", ["projected", "exact", "few", "lime", "tree"])
@pytest.mark.parametrize("level", [1e-12, 0.3, 1e6])
def test_an_answer_that_moves_by_rounding_alone_has_no_weights(name: str, level: float) -> None:
    def predict(texts: Sequence[str]) -> FloatArray:
        z = np.array([[word in text.split() for word in WORDS] for text in texts], dtype=float)
        return level * (1 + np.finfo(float).eps * (z @ np.sign(WEIGHTS)))

    found = explain(TEXT, predict, TextPerturber(), regression(SETTINGS[name]))
    assert {weight.weight for weight in found.weights} == {0.0}
    assert found.fidelity.r2 is None


def test_an_answer_that_moves_little_on_a_high_level_is_explained() -> None:
    found = explain(TEXT, model(1e-9, level=1.0), TextPerturber(), regression(SETTINGS["exact"]))
    plain = explain(TEXT, model(1.0), TextPerturber(), regression(SETTINGS["exact"]))
    expected = {weight.label: weight.weight for weight in plain.weights}
    for weight in found.weights:
        assert weight.weight / 1e-9 == pytest.approx(expected[weight.label], abs=1e-5)
    assert found.fidelity.r2 == pytest.approx(plain.fidelity.r2, rel=1e-4)


@pytest.mark.parametrize("of_column", [2.0**-40, 1.0, 2.0**40])
@pytest.mark.parametrize("of_label", [2.0**-40, 1.0, 2.0**40])
def test_bins_by_a_tree_do_not_depend_on_units(of_column: float, of_label: float) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=200)
    labels = np.where(values > 0.4, 2.5, 0.3) + np.where(values < -1, 1.1, 0.0)
    edges = bin_edges(values, "entropy", labels)
    assert len(edges) >= 2
    scaled = bin_edges(of_column * values, "entropy", of_label * labels)
    assert (scaled / of_column).tolist() == edges.tolist()
