"""What each model leans on: against linear models, whose weights are known."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from lime_engine import LimeSettings, TextPerturber, compare
from lime_engine.types import FloatArray
from ui.compare.order import furthest_apart, own_strongest
from ui.compare.values import Lean
from ui.compare.work.explaining import _record
from ui.compare.work.leaning import Record, leans

WORDS = [f"word{k}" for k in range(16)]


class Linear:
    """P(second class) = 0.5 + the sum of the weights of the words that are there."""

    def __init__(self, weights: Sequence[float]) -> None:
        self.weights = dict(zip(WORDS, weights, strict=True))

    def __call__(self, texts: Sequence[str]) -> FloatArray:
        p = [0.5 + sum(self.weights[word] for word in text.split()) for text in texts]
        return np.column_stack([1 - np.array(p), p])


@pytest.fixture(scope="module")
def linear() -> tuple[list[list[str]], tuple[Linear, Linear], list[tuple[int, Record]]]:
    """Texts, two models, and what is kept of both models' explanations of these."""
    rng = np.random.default_rng(3)
    sizes = 0.11 * 0.7 ** np.arange(len(WORDS))
    signs = rng.choice([-1, 1], (2, len(WORDS)))
    models = (Linear(signs[0] * sizes), Linear(signs[1] * sizes[rng.permutation(len(WORDS))]))
    texts = [list(rng.permutation(WORDS)[:8]) for _ in range(12)]
    perturber = TextPerturber()
    settings = LimeSettings(n_samples=200, n_features=8, held_out=0.0)
    found = [
        (row, _record(compare(" ".join(text), models, perturber, settings), perturber))
        for row, text in enumerate(texts)
    ]
    return texts, models, found


def test_the_true_largest_weights_come_first_in_each_models_own_list(linear: Any) -> None:
    texts, models, records = linear
    found = leans(records)
    in_texts = np.array([np.mean([word in text for text in texts]) for word in WORDS])
    truth = [np.abs(list(model.weights.values())) * in_texts for model in models]
    for side in (0, 1):
        own = own_strongest(found, side, 6)
        assert [lean.name for lean in own] == [WORDS[k] for k in np.argsort(-truth[side])[:6]]
        for lean in own:
            assert lean.means[side] == pytest.approx(truth[side][WORDS.index(lean.name)], rel=1e-3)
    apart = np.abs(truth[0] - truth[1])
    assert [lean.name for lean in furthest_apart(found, 6)] == [
        WORDS[k] for k in np.argsort(-apart)[:6]
    ]
    for lean in found:
        assert set(lean.rows) == {row for row, text in enumerate(texts) if lean.name in text}


def test_what_is_practically_nothing_is_left_out_in_any_unit(linear: Any) -> None:
    _, _, records = linear
    found = leans(records)
    top = max(mean for lean in found for mean in lean.means)
    assert len(found) < len(WORDS)
    for side in (0, 1):
        assert all(lean.means[side] >= 0.05 * top for lean in own_strongest(found, side, 99))
    tiny = [(row, scaled(record, 1e-12)) for row, record in records]
    assert [lean.name for lean in leans(tiny)] == [lean.name for lean in found]
    assert leans([(row, scaled(record, 0.0)) for row, record in records]) == ()


def scaled(record: Record, by: float) -> Record:
    weights = [pair | {"weights": [by * w for w in pair["weights"]]} for pair in record["weights"]]
    return record | {"weights": weights}


def test_a_model_that_leans_on_nothing_has_no_list() -> None:
    found = [Lean("Host", (0.3, 0.001), (0,)), Lean("God", (0.1, 0.004), (0,))]
    assert own_strongest(found, 1, 5) == []
    assert [lean.name for lean in own_strongest(found, 0, 5)] == ["Host", "God"]
    assert [lean.name for lean in furthest_apart(found, 1)] == ["Host"]


def pair(label: str, part: str, first: float, second: float) -> dict[str, Any]:
    return {
        "index": 0,
        "label": label,
        "name": label,
        "part": part,
        "weights": [first, second],
        "shown": [True, False],
    }


def test_the_bins_of_a_column_count_together() -> None:
    young, old = pair("age <= 30", "age", 0.2, -0.1), pair("age > 60", "age", -0.4, 0.1)
    (lean,) = leans([(4, {"weights": [young]}), (7, {"weights": [old]})])
    assert (lean.name, lean.rows) == ("age", (7, 4))
    assert lean.means == pytest.approx((0.3, 0.1))


def test_words_are_told_apart_as_the_view_does() -> None:
    first = pair("Pain", "Pain", 0.2, 0.1) | {"name": "pain"}
    second = pair("PAIN", "PAIN", 0.4, 0.1) | {"name": "pain"}
    (lean,) = leans([(0, {"weights": [first]}), (1, {"weights": [second]})])
    assert (lean.name, lean.rows) == ("Pain", (1, 0))
