"""Two models on one design: the same answers as alone, honest differences, and whose reasons."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from threading import Lock

import numpy as np
import pytest

from lime_engine import (
    Comparison,
    ImagePerturber,
    LimeSettings,
    TextPerturber,
    ask_about,
    ask_each_about,
    compare,
    compare_fits,
    compare_many,
    fit,
    overlap,
)
from lime_engine.errors import InputError, SettingsError
from lime_engine.fit.projection import ALPHA, Estimate, project
from lime_engine.overlap import Overlap
from lime_engine.samplers import MaskLaw
from lime_engine.types import Design, FloatArray, Neighbourhood

D = 12
N_RUNS = 20
WORDS = [f"w{i}" for i in range(D)]
TEXT = " ".join(WORDS)
PERTURBER = TextPerturber()
Model = Callable[[Sequence[str]], FloatArray]


def present(texts: Sequence[str], words: Sequence[str] = WORDS) -> FloatArray:
    return np.array([[word in text.split() for word in words] for text in texts], dtype=float)


def model(weights: Sequence[float], interaction: float = 0.0) -> Model:
    """P(yes) from the words that are there: a line, and the product of the first two words."""

    def predict(texts: Sequence[str]) -> FloatArray:
        z = present(texts)
        p = 0.5 + z @ np.array(weights) + interaction * z[:, 0] * z[:, 1]
        return np.column_stack([1 - p, p])

    return predict


FIRST = [0.12, 0.08, -0.06, 0.04, 0.02, *[0.002] * (D - 5)]
SECOND = [0.02, -0.05, -0.06, 0.11, *[0.002] * (D - 5), 0.07]


def asked(predicts: Sequence[Model], settings: LimeSettings) -> list[Neighbourhood]:
    return ask_each_about(PERTURBER.components(TEXT), predicts, PERTURBER, settings)


def test_each_model_is_asked_the_same_as_if_it_were_alone_and_each_copy_is_written_once() -> None:
    settings = LimeSettings(n_samples=300)
    models = [model(FIRST, 0.1), model(SECOND)]
    together = asked(models, settings)
    for one, own in zip(models, together, strict=True):
        alone = ask_about(PERTURBER.components(TEXT), one, PERTURBER, settings)
        np.testing.assert_array_equal(own.design.masks, alone.design.masks)
        np.testing.assert_array_equal(own.responses.values, alone.responses.values)
        assert own.held_out_responses is not None
        assert alone.held_out_responses is not None
        np.testing.assert_array_equal(
            own.held_out_responses.values, alone.held_out_responses.values
        )
        assert own.n_calls == alone.n_calls
        assert fit(own, settings).to_dict() == fit(alone, settings).to_dict()


def test_the_weights_of_two_lines_and_their_difference_are_the_lines_own() -> None:
    found = compare(
        TEXT,
        (model(FIRST), model(SECOND)),
        PERTURBER,
        LimeSettings(n_samples=300, n_features=4),
        targets=(1, 1),
    )
    own = [{int(i) for i in np.argsort(-np.abs(w))[:4]} for w in (FIRST, SECOND)]
    assert {pair.index for pair in found.weights} == own[0] | own[1]
    sizes = [max(map(abs, pair.weights)) for pair in found.weights]
    assert sizes == sorted(sizes, reverse=True)
    for pair in found.weights:
        i = pair.index
        # What is left out moves the shown ones a little: a fit on fewer columns.
        assert pair.weights == pytest.approx((FIRST[i], SECOND[i]), abs=0.012)
        assert pair.difference == pytest.approx(pair.weights[0] - pair.weights[1], abs=1e-12)
        assert pair.difference == pytest.approx(FIRST[i] - SECOND[i], abs=0.02)
    assert found.overlap.state == "different"
    again = type(found).from_dict(found.to_dict())
    assert again.to_dict() == found.to_dict()


@pytest.mark.parametrize("kind", ["text", "image"])
def test_intervals_of_the_difference_cover_it(kind: str) -> None:
    """In about 95% of 300 runs; and they are narrower than without common random numbers."""
    if kind == "text":
        law = PERTURBER.law(PERTURBER.components(TEXT), None)
    else:
        strips = ImagePerturber(segmentation=lambda p: np.arange(D)[None, :].repeat(2, axis=0))
        law = strips.law(strips.components(np.arange(2.0 * D).reshape(2, D)), None)
    rng = np.random.default_rng(5)
    pairs = rng.normal(0, 0.08, (D, D)) * (rng.random((D, D)) < 0.3)

    def answers(design: Design) -> FloatArray:
        z = np.asarray(design.masks, dtype=float)
        bent = np.einsum("ni,ij,nj->n", z, pairs, z)
        first = z @ np.array(FIRST) + bent
        second = z @ np.array(SECOND) + bent + 0.1 * z[:, 2] * z[:, 3]
        return np.column_stack([first, second])

    everything = law.enumerate(10**6)
    assert everything is not None
    truth = np.diff(
        project(law, everything, answers(everything), 0).coefficients[1:], axis=1
    ).ravel()
    covered, paired, apart = [], [], []
    for seed in range(300):
        design = law.draw_balanced(6 * (D + 1), np.random.default_rng(seed))
        values = answers(design)
        first, second = (project(law, design, values, side, influence=True) for side in (0, 1))
        assert first.influence is not None
        assert second.influence is not None
        moved = first.influence - second.influence
        error = np.sqrt((moved[:, 1:] ** 2).sum(axis=0))
        difference = second.weights - first.weights
        covered.append(np.abs(difference - truth) <= 1.96 * error)
        paired.append((error**2).mean())
        apart.append(
            sum(float(np.diag(np.asarray(e.covariance))[1:].mean()) for e in (first, second))
        )
    assert 0.93 <= np.mean(covered) <= 0.99
    assert np.mean(paired) < 0.8 * np.mean(apart)


def test_a_model_beside_itself_differs_by_nothing_and_has_the_same_reasons() -> None:
    one = model(FIRST, 0.1)
    found = compare(TEXT, (one, one), PERTURBER, LimeSettings(n_samples=200))
    assert all(pair.difference == 0 for pair in found.weights)
    assert all(pair.difference_std_error == 0 for pair in found.weights)
    assert found.overlap.state == "same"
    assert found.overlap.shared.raw == 1
    assert found.overlap.shared.corrected == 1


def estimates(law: MaskLaw, one: Callable[[FloatArray], FloatArray], n: int, seed: int) -> Estimate:
    design = law.draw_balanced(n, np.random.default_rng(seed))
    values = one(np.asarray(design.masks, dtype=float))[:, None]
    return project(law, design, values, 0, influence=True)


def rough(seed: int, d: int, strong: int) -> Callable[[FloatArray], FloatArray]:
    """A bent model with a few strong components, as a forest or a network is bent."""
    rng = np.random.default_rng(seed)
    weights = np.where(rng.permutation(d) < strong, rng.normal(0, 0.1, d), rng.normal(0, 0.01, d))
    hidden = rng.normal(0, 1, (d, 20))

    def f(z: FloatArray) -> FloatArray:
        return np.asarray(z @ weights + 0.03 * np.tanh(z @ hidden - 1).sum(axis=1))

    return f


@pytest.mark.parametrize(("d", "n"), [(15, 120), (60, 500), (300, 500)])
def test_a_model_under_another_seed_has_the_same_reasons_and_another_model_has_not(
    d: int, n: int
) -> None:
    """Noise is not sold as difference, also where there are hardly more copies than words."""
    law = PERTURBER.law(PERTURBER.components(" ".join(f"v{i}" for i in range(d))), None)
    itself, others = [], []
    for run in range(N_RUNS):
        one, other = rough(run, d, 8), rough(1000 + run, d, 8)
        first = estimates(law, one, n, 2 * run)
        itself.append(overlap(first, estimates(law, one, n, 2 * run + 1)))
        others.append(overlap(first, estimates(law, other, n, 2 * run)))
    assert sum(found.state == "same" for found in itself) >= 0.95 * N_RUNS
    assert sum(found.state == "different" for found in others) >= 0.95 * N_RUNS
    for measure in ("shared", "weight"):
        corrected = [getattr(found, measure).corrected for found in itself]
        assert np.mean([share for share in corrected if share is not None]) > 0.85


def test_opposite_signs_are_not_shared_and_scale_makes_no_difference() -> None:
    weights = np.array([0.4, -0.3, 0.2, 0.1, 0.05, *[0.0] * 10])

    def known(w: FloatArray) -> Estimate:
        return Estimate(np.append(0.0, w)[:, None], 0, None, np.zeros((1, len(w) + 1)))

    same = overlap(known(weights), known(weights / 3))
    assert same.state == "same"
    assert same.shared.raw == 1
    assert same.weight.raw == pytest.approx(1)
    turned = overlap(known(weights), known(-weights))
    assert turned.state == "different"
    assert turned.shared.raw == 0
    assert turned.weight.raw == pytest.approx(-1)
    moved = np.roll(weights, 1)
    there, back = overlap(known(weights), known(moved)), overlap(known(moved), known(weights))
    assert measures(there) == pytest.approx(measures(back))
    nothing = overlap(known(weights), known(weights * 0))
    assert nothing.state == "unclear"


def measures(found: Overlap) -> list[float | None]:
    return [found.shared.raw, found.rank.raw, found.weight.raw]


@pytest.mark.parametrize("paired", [False, True])
def test_the_influence_of_a_row_on_a_ridge_is_what_leaving_it_out_changes(paired: bool) -> None:
    rng = np.random.default_rng(3)
    masks = rng.random((14, 20)) < 0.5
    clusters = np.repeat(np.arange(7), 2) if paired else None
    design = Design(masks, rng.random(14) + 0.5, clusters=clusters)
    y = rng.random((14, 1))
    law = PERTURBER.law(PERTURBER.components(" ".join(f"v{i}" for i in range(20))), None)
    found = project(law, design, y, 0, influence=True)
    assert found.covariance is None
    assert found.influence is not None
    share = np.average(masks, axis=0, weights=design.weights)
    level = np.average(y[:, 0], weights=design.weights)
    root = np.sqrt(design.weights)
    x, t = root[:, None] * (masks - share), root * (y[:, 0] - level)

    def ridge(rows: FloatArray) -> FloatArray:
        own = x[rows]
        return np.linalg.solve(own.T @ own + ALPHA * np.eye(20), own.T @ t[rows])

    everything = np.arange(14)
    groups = [[i] for i in range(14)] if clusters is None else [[i, i + 1] for i in range(0, 14, 2)]
    for group, moved in zip(groups, found.influence, strict=True):
        left = np.setdiff1d(everything, group)
        np.testing.assert_allclose(ridge(everything) - ridge(left), moved[1:], atol=1e-10)


def load_both() -> tuple[Model, Model]:
    return model(FIRST, 0.1), model(SECOND)


def differences(text: str, comparison: Comparison) -> dict[int, float]:
    return {pair.index: pair.difference for pair in comparison.weights}


def test_many_comparisons_on_processes_are_those_made_one_by_one() -> None:
    texts = [" ".join(WORDS[:n]) for n in (5, 9, 12)] + ["  "]
    settings = LimeSettings(n_samples=150, held_out=0.0)
    outcomes = {
        outcome.row: outcome
        for outcome in compare_many(texts, load_both, PERTURBER, settings, keep=differences)
    }
    assert sorted(outcomes) == [0, 1, 2, 3]
    for row, text in enumerate(texts[:3]):
        alone = compare(text, load_both(), PERTURBER, settings)
        assert outcomes[row].result == pytest.approx(differences(text, alone))
    assert outcomes[3].result is None
    assert "empty" in str(outcomes[3].error)


def test_what_cannot_be_compared_is_refused() -> None:
    settings = LimeSettings(n_samples=100)
    first, _ = asked([model(FIRST), model(SECOND)], settings)
    _, other = asked([model(FIRST), model(SECOND)], replace(settings, seed=1))
    with pytest.raises(InputError, match="different copies"):
        compare_fits((first, other), settings)
    with pytest.raises(SettingsError, match="auto"):
        asked([model(FIRST)], LimeSettings(n_samples="auto"))
    lime = LimeSettings(sampler="lime")
    with pytest.raises(SettingsError, match="projected"):
        compare(TEXT, load_both(), PERTURBER, lime)
    with pytest.raises(SettingsError, match="keep cannot be sent"):
        compare_many([TEXT], load_both, PERTURBER, settings, keep=partial(divmod, Lock()))
    short = Estimate(np.zeros((4, 1)), 0, None, np.zeros((1, 4)))
    long = Estimate(np.zeros((5, 1)), 0, None, np.zeros((1, 5)))
    with pytest.raises(InputError, match="3 and 4 components"):
        overlap(short, long)
