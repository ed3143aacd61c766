"""The four steps against answers that are known: linear boxes, enumeration, laws."""

import itertools
import json
from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from lime_engine import (
    Design,
    Explanation,
    LimeSettings,
    Neighbourhood,
    TextPerturber,
    TreeSurrogate,
    ask,
    ask_more,
    evaluate,
    explain,
    fit,
)
from lime_engine.kernels import cosine_distance, exponential_kernel
from lime_engine.samplers import MaskLaw, neighbourhood_design
from lime_engine.types import FloatArray
from tests.lime_engine.conftest import WORD_WEIGHTS, TextModel, written

SENTENCE = "an urgent but calm note about pain and maybe a lot of other words with it"
TEN_WORDS = " ".join(f"w{i}" for i in range(10))


def by_label(explanation: Explanation) -> dict[str, float]:
    return {weight.label: weight.weight for weight in explanation.weights}


# --- known weights ---------------------------------------------------------------------------


@pytest.mark.parametrize("selection", ["auto", "highest_weights", "lasso_path", "none"])
def test_a_linear_box_gives_its_own_weights(linear_model: TextModel, selection: str) -> None:
    settings = LimeSettings(n_samples=4000, n_features=4, selection=selection)
    explanation = explain(SENTENCE, linear_model, TextPerturber(), settings, target=1)
    found = by_label(explanation)
    for word, weight in WORD_WEIGHTS.items():
        assert found[word] == pytest.approx(weight, abs=0.005)  # ridge 1 shrinks a little
    assert explanation.fidelity.r2 is not None
    assert explanation.fidelity.r2 > 0.999
    assert explanation.forecast() == pytest.approx(explanation.probabilities[1], abs=0.005)


def test_the_other_class_has_the_opposite_weights(linear_model: TextModel) -> None:
    settings = LimeSettings(n_features=4)
    neighbourhood = ask(SENTENCE, linear_model, TextPerturber(), settings)
    one, other = (fit(neighbourhood, settings, target=t) for t in (0, 1))
    assert by_label(one) == pytest.approx({k: -v for k, v in by_label(other).items()})


def test_the_tree_surrogate_has_the_same_weights_on_a_linear_box(linear_model: TextModel) -> None:
    settings = LimeSettings(n_samples=4000, n_features=4, surrogate="tree")
    explanation = explain(SENTENCE, linear_model, TextPerturber(), settings, target=1)
    for word, weight in WORD_WEIGHTS.items():
        assert by_label(explanation)[word] == pytest.approx(weight, abs=0.02)


# --- enumeration -----------------------------------------------------------------------------


def test_enumeration_is_the_weighted_ridge_over_all_masks(crooked_model: TextModel) -> None:
    """Written out from the definition for d = 5, where 2^d fits into the budget."""
    text, d, n = "w0 w1 w2 w3 w4", 5, 100
    settings = LimeSettings(n_samples=n, n_features=5, selection="none", sampler="lime")
    explanation = explain(text, crooked_model, TextPerturber(), settings, target=1)

    masks = np.array(list(itertools.product([0, 1], repeat=d)))
    removed = d - masks.sum(axis=1)
    distance = 100 * (1 - np.sqrt(masks.sum(axis=1) / d))
    n_same_size = np.array([1, 5, 10, 10, 5, 1])[removed]
    weights = (n - 1) * (removed > 0) / d / n_same_size * np.exp(-(distance**2) / (2 * 25**2))
    weights += removed == 0  # the instance itself
    texts = [" ".join(f"w{i}" for i in range(d) if mask[i]) for mask in masks]
    peer = Ridge(alpha=1).fit(masks, crooked_model(texts)[:, 1], sample_weight=weights)

    found = [by_label(explanation)[f"w{i}"] for i in range(d)]
    np.testing.assert_allclose(found, peer.coef_)
    assert explanation.n_calls == 2**d
    assert explanation.fidelity.exact


@pytest.mark.parametrize("d", [4, 8, 12])
def test_sampling_converges_to_enumeration(crooked_model: TextModel, d: int) -> None:
    """The mean of sampled answers lies within its own standard error of the exact one."""
    n, perturber = 5000, TextPerturber()
    settings = LimeSettings(n_samples=n, selection="none", sampler="lime")
    subject = perturber.components(" ".join(f"w{i}" for i in range(d)))
    law = perturber.law(subject, None)

    def weights(design: Design) -> list[float]:
        responses = evaluate(crooked_model, perturber, subject, design)
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


def test_design_of_the_lime_sampler_follows_its_law() -> None:
    law = TextPerturber().law(TextPerturber().components(TEN_WORDS), None)
    design = law.draw(40_000, np.random.default_rng(0))
    removed = (~design.masks).sum(axis=1)
    sizes = np.bincount(removed, minlength=11)
    assert sizes[0] == 0  # nothing removed is never drawn: that is the instance, row 0
    np.testing.assert_allclose(sizes[1:] / 40_000, 0.1, atol=0.008)
    for size in (1, 5, 9):  # within a size every component is off equally often
        share_off = (~design.masks[removed == size]).mean(axis=0)
        np.testing.assert_allclose(share_off, size / 10, atol=0.04)
    np.testing.assert_allclose(
        design.weights, exponential_kernel(100 * cosine_distance(removed, 10), 25.0)
    )
    whole = neighbourhood_design(law, 500, np.random.default_rng(0), "lime")
    assert whole.masks[0].all()
    assert whole.weights[0] == 1
    assert len(whole) == 500


def test_all_masks_weigh_what_a_draw_weighs_in_expectation() -> None:
    """Image-like law: what removes nothing is drawn too; `lime` has the instance besides."""
    sizes = np.array([1, 3, 3, 1]) / 8
    law = MaskLaw(sizes, np.array([1.0, 0.5, 0.25, 0.125]))
    exact = law.enumerate(80)
    assert exact is not None
    assert law.enumerate(6) is None  # there are 8
    drawn = law.draw(80_000, np.random.default_rng(1))
    assert exact.weights.sum() == pytest.approx(drawn.weights.sum() / 1000, rel=0.02)
    assert exact.weights[0] == 80 / 8
    rng = np.random.default_rng(0)
    with_instance = neighbourhood_design(law, 81, rng, "lime")
    without = neighbourhood_design(law, 81, rng, "projected")
    assert (with_instance.weights - exact.weights).tolist() == [1, 0, 0, 0, 0, 0, 0, 0]
    assert without.weights.tolist() == exact.weights.tolist()


# --- asking ----------------------------------------------------------------------------------


class Counting:
    """Remembers every text it was asked about."""

    def __init__(self, model: TextModel) -> None:
        self.model = model
        self.texts: list[str] = []
        self.batches: list[int] = []

    def __call__(self, texts: Sequence[str]) -> FloatArray:
        self.texts += texts
        self.batches.append(len(texts))
        return self.model(texts)


def test_no_text_is_asked_twice_and_calls_are_counted(linear_model: TextModel) -> None:
    model = Counting(linear_model)
    settings = LimeSettings(n_samples=1000, sampler="lime")
    neighbourhood = ask(TEN_WORDS, model, TextPerturber(), settings)
    assert len(set(model.texts)) == len(model.texts) == neighbourhood.n_calls < 1100
    more = ask_more(neighbourhood, 1500, model, TextPerturber(), settings)
    assert len(set(model.texts)) == len(model.texts) == more.n_calls <= 1024
    assert len(more.design) == 2500
    assert more.design.masks[:1000].tolist() == neighbourhood.design.masks.tolist()
    # every answer belongs to its mask
    texts = written(TextPerturber(), more.subject, more.design.masks)
    np.testing.assert_array_equal(more.responses.values, linear_model(texts))


def test_a_run_that_grows_to_all_masks_has_each_of_them_once(linear_model: TextModel) -> None:
    model = Counting(linear_model)
    settings = LimeSettings(n_samples=1000)
    neighbourhood = ask(TEN_WORDS, model, TextPerturber(), settings)
    assert not neighbourhood.design.exact
    more = ask_more(neighbourhood, 24, model, TextPerturber(), settings)
    assert more.design.exact
    assert len(set(model.texts)) == len(model.texts) == more.n_calls == len(more.design) == 1024
    np.testing.assert_array_equal(
        more.responses.values,
        linear_model(written(TextPerturber(), more.subject, more.design.masks)),
    )
    assert ask_more(more, 24, model, TextPerturber(), settings) is more


def test_another_class_or_k_asks_nothing(linear_model: TextModel) -> None:
    model = Counting(linear_model)
    neighbourhood = ask(SENTENCE, model, TextPerturber(), LimeSettings())
    asked = len(model.texts)
    for target, k in itertools.product((0, 1), (1, 3, 12)):
        explanation = fit(neighbourhood, LimeSettings(n_features=k), target=target)
        assert len(explanation.weights) == k
    assert len(model.texts) == asked


def test_batching_changes_nothing_but_the_batches(
    linear_model: TextModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = explain(SENTENCE, linear_model, TextPerturber())
    monkeypatch.setattr("lime_engine.evaluation.MAX_BATCH", 50)
    model = Counting(linear_model)
    assert explain(SENTENCE, model, TextPerturber()).to_dict() == once.to_dict()
    assert max(model.batches) <= 50


def test_progress_rises_to_one_and_stop_stops(linear_model: TextModel) -> None:
    from lime_engine import Cancelled

    seen: list[float] = []
    explain(SENTENCE, linear_model, TextPerturber(), on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1)
    assert len(seen) >= 3
    model = Counting(linear_model)
    with pytest.raises(Cancelled):
        explain(SENTENCE, model, TextPerturber(), should_stop=lambda: len(model.batches) == 2)
    assert len(model.batches) == 2


def test_same_seed_same_explanation_other_seed_another(linear_model: TextModel) -> None:
    perturber = TextPerturber()
    runs = [
        explain(SENTENCE, linear_model, perturber, LimeSettings(n_samples=200, seed=seed)).to_dict()
        for seed in (3, 3, 4)
    ]
    assert runs[0] == runs[1] != runs[2]


# --- fidelity --------------------------------------------------------------------------------


def test_held_out_numbers_are_those_of_fresh_masks(crooked_model: TextModel) -> None:
    settings = LimeSettings(n_samples=900, n_features=3)
    neighbourhood = ask(TEN_WORDS, crooked_model, TextPerturber(), settings)
    explanation = fit(neighbourhood, settings, target=1)
    fidelity, held_out = explanation.fidelity, neighbourhood.held_out
    assert held_out is not None
    assert fidelity.n_held_out == len(held_out) == 90
    f = crooked_model(written(TextPerturber(), neighbourhood.subject, held_out.masks))[:, 1]
    g = explanation.surrogate.predict(held_out.masks)
    mean = np.average(f, weights=held_out.weights)
    residual = np.average((f - g) ** 2, weights=held_out.weights)
    variance = np.average((f - mean) ** 2, weights=held_out.weights)
    assert fidelity.r2 == pytest.approx(1 - residual / variance)
    assert fidelity.rmse == pytest.approx(np.sqrt(residual))
    same = np.average((f > 0.5) == (g > 0.5), weights=held_out.weights)
    assert fidelity.same_side == pytest.approx(same)
    constant = np.average(
        (f > 0.5) == (explanation.probabilities[1] > 0.5), weights=held_out.weights
    )
    assert fidelity.constant_same_side == pytest.approx(constant)
    assert fidelity.local_gap == pytest.approx(
        abs(explanation.probabilities[1] - explanation.forecast())
    )
    w = neighbourhood.design.weights
    assert fidelity.effective_samples == pytest.approx(w.sum() ** 2 / (w @ w))


def test_a_flat_model_has_no_r2_and_no_weights() -> None:
    def flat(texts: Sequence[str]) -> FloatArray:
        return np.tile([0.3, 0.7], (len(texts), 1))

    for text in (SENTENCE, "one two"):
        explanation = explain(text, flat, TextPerturber())
        assert explanation.fidelity.r2 is None
        assert explanation.fidelity.spread == pytest.approx(0)
        assert {weight.weight for weight in explanation.weights} == {0.0}


def test_held_out_can_be_turned_off(linear_model: TextModel) -> None:
    explanation = explain(SENTENCE, linear_model, TextPerturber(), LimeSettings(held_out=0))
    assert explanation.fidelity.r2 is explanation.fidelity.same_side is None
    assert explanation.n_calls <= 2000


def test_three_classes_take_sides_by_their_largest_surrogate() -> None:
    def three(texts: Sequence[str]) -> FloatArray:
        a = np.array([0.6 * ("w0" in text) for text in texts])
        b = np.array([0.3 * ("w1" in text) for text in texts])
        return np.column_stack([a, b, 1 - a - b])

    explanation = explain(TEN_WORDS, three, TextPerturber(), LimeSettings(n_samples=1024))
    assert explanation.target == 0
    assert explanation.fidelity.same_side is not None
    assert explanation.fidelity.same_side > 0.98
    assert explanation.fidelity.constant_same_side is not None
    assert explanation.fidelity.constant_same_side < 0.8


# --- results are plain values ----------------------------------------------------------------


@pytest.mark.parametrize("surrogate", ["ridge", "tree"])
def test_explanations_survive_json(crooked_model: TextModel, surrogate: str) -> None:
    settings = LimeSettings(n_samples=300, surrogate=surrogate)
    explanation = explain(
        TEN_WORDS, crooked_model, TextPerturber(), settings, class_names=["no", "yes"]
    )
    again = Explanation.from_dict(json.loads(json.dumps(explanation.to_dict())))
    assert again.to_dict() == explanation.to_dict()
    assert again.forecast([0, 2]) == explanation.forecast([0, 2])
    assert isinstance(again.surrogate, TreeSurrogate) == (surrogate == "tree")


def test_regression_has_one_column_and_no_sides() -> None:
    def length(texts: Sequence[str]) -> FloatArray:
        return np.array([10.0 * ("w1" in text) - 4 * ("w2" in text) for text in texts])

    settings = LimeSettings(n_samples=1024, mode="regression", n_features=2)
    explanation = explain(TEN_WORDS, length, TextPerturber(), settings)
    assert by_label(explanation) == pytest.approx({"w1": 10, "w2": -4}, rel=0.02)
    assert explanation.fidelity.same_side is None


def test_one_word_is_enough(linear_model: TextModel) -> None:
    settings = LimeSettings(n_samples=5000)
    projected = explain("urgent", linear_model, TextPerturber(), settings)
    assert projected.n_calls == 2
    assert by_label(projected)["urgent"] == pytest.approx(0.4)
    settings = LimeSettings(n_samples=5000, sampler="lime")
    explanation = explain("urgent", linear_model, TextPerturber(), settings)
    assert explanation.n_calls == 2
    # the empty text weighs 4999 exp(-8) = 1.68, the instance 1; ridge 1 pulls towards zero
    pull = 1 / (1 / 1 + 1 / (4999 * np.exp(-8)))
    assert by_label(explanation)["urgent"] == pytest.approx(0.4 * pull / (pull + 1))


def test_evaluate_alone_can_ask_a_second_model(
    linear_model: TextModel, crooked_model: TextModel
) -> None:
    """One design, two responses: what a comparison of two models needs."""
    first = ask(SENTENCE, linear_model, TextPerturber(), LimeSettings(n_samples=50))
    second = evaluate(crooked_model, TextPerturber(), first.subject, first.design)
    texts = written(TextPerturber(), first.subject, first.design.masks)
    np.testing.assert_array_equal(second.values, crooked_model(texts))


def test_each_class_can_be_a_yes_or_no_on_its_own() -> None:
    """Answers that do not sum to 1: each column's own weights, and its own two sides."""

    def predict(texts: Sequence[str]) -> FloatArray:
        has = [[word in text.split() for word in ("a", "b", "c")] for text in texts]
        return np.asarray(0.2 + 0.6 * np.array(has))

    settings = LimeSettings(mode="multilabel", n_features=4)
    for column, word in enumerate("abc"):
        explanation = explain("a b c d", predict, TextPerturber(), settings, target=column)
        weights = {weight.label: weight.weight for weight in explanation.weights}
        assert weights == pytest.approx({w: 0.6 * (w == word) for w in "abcd"}, abs=1e-9)
        assert explanation.fidelity.same_side == pytest.approx(1.0)
        law = TextPerturber().law(explanation.subject, None)
        masks = law.enumerate(2000)
        assert masks is not None
        on = masks.weights @ masks.masks[:, column] / masks.weights.sum()
        assert explanation.fidelity.constant_same_side == pytest.approx(on)


def test_one_column_is_enough_where_each_class_is_on_its_own() -> None:
    def predict(texts: Sequence[str]) -> FloatArray:
        return np.array([["a" in text] for text in texts], dtype=float)

    explanation = explain("a b", predict, TextPerturber(), LimeSettings(mode="multilabel"))
    assert explanation.weights[0].weight == pytest.approx(1.0)
