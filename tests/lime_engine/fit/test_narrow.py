"""Kernels that are narrower than the default: the weights of their limit, or a sentence."""

import numpy as np
import pandas as pd
import pytest

from lime_engine import (
    Explanation,
    ImagePerturber,
    LimeSettings,
    TabularPerturber,
    TextPerturber,
    explain,
)
from lime_engine.errors import SettingsError
from lime_engine.types import FloatArray

GOOD = {"good": 0.5, "a": 0.0, "day": 0.0}


def says_good(texts: list[str]) -> FloatArray:
    p = np.array([0.4 + 0.5 * ("good" in text) for text in texts])
    return np.column_stack([1 - p, p])


@pytest.mark.parametrize("text", ["good", "good day", "a good day"])
@pytest.mark.parametrize("width", [50.0, 25.0, 15.0, 10.0, 8.0, 6.0, 3.0])
def test_all_masks_give_the_weights_of_a_sum_however_narrow_the_kernel(
    text: str, width: float
) -> None:
    """Weights of rows that differ by 200 powers of ten."""
    found = explain(text, says_good, TextPerturber(), LimeSettings(kernel_width=width), target=1)
    assert found.fidelity.exact
    assert found.surrogate.predict(np.ones((1, len(text.split())), bool))[0] == pytest.approx(0.9)
    assert {w.label: w.weight for w in found.weights} == pytest.approx(
        {word: GOOD[word] for word in text.split()}, abs=1e-9
    )


WORDS = [f"w{i}x" for i in range(17)]
WORTH = np.linspace(-0.02, 0.02, 17)


def adds_up(texts: list[str]) -> FloatArray:
    p = 0.5 + np.array([[word in text.split() for word in WORDS] for text in texts]) @ WORTH
    return np.column_stack([1 - p, p])


def explained(width: float, n_samples: int) -> Explanation:
    settings = LimeSettings(n_samples=n_samples, n_features=17, kernel_width=width)
    return explain(" ".join(WORDS), adds_up, TextPerturber(), settings, target=1)


@pytest.mark.parametrize(
    ("width", "n_samples"),
    [(25.0, 60), (5.0, 60), (3.0, 60), (25.0, 1000), (5.0, 1000), (2.0, 1000), (1.5, 1000)],
)
def test_drawn_masks_are_right(width: float, n_samples: int) -> None:
    found = explained(width, n_samples)
    assert found.stability is not None
    weights = {w.label: w.weight for w in found.weights}
    assert [weights[word] for word in WORDS] == pytest.approx(WORTH, abs=1e-6)


@pytest.mark.parametrize("width", [2.0, 1.5])
def test_too_few_that_count_have_no_interval(width: float) -> None:
    found = explained(width, 60)
    assert found.stability is None
    assert {w.std_error for w in found.weights} == {None}


@pytest.mark.parametrize("n_samples", [60, 1000])
@pytest.mark.parametrize("width", [1.0, 0.5, 0.25, 0.1])
def test_a_text_of_which_one_size_alone_counts_is_refused(width: float, n_samples: int) -> None:
    with pytest.raises(SettingsError, match="kernel_width is so narrow"):
        explained(width, n_samples)


@pytest.mark.parametrize("width", [0.15, 0.1, 0.02])
def test_a_row_of_a_table_says_so_too(width: float) -> None:
    train = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 3)), columns=list("abc"))
    with pytest.raises(SettingsError, match="kernel_width is so narrow"):
        explain(
            train.iloc[0].to_dict(),
            lambda rows: np.column_stack([rows["a"] > 0, rows["a"] <= 0]) * 1.0,
            TabularPerturber.learn(train),
            LimeSettings(kernel_width=width),
        )


def test_a_picture_says_so_too() -> None:
    picture = np.random.default_rng(0).random((32, 32, 3))
    with pytest.raises(SettingsError, match="kernel_width is so narrow"):
        explain(
            picture,
            lambda batch: np.full((len(batch), 2), 0.5),
            ImagePerturber("grid", n_segments=16),
            LimeSettings(kernel_width=1e-3, n_samples=500),
        )


def test_a_column_with_one_category_has_no_weight() -> None:
    """Also where all combinations are asked: it cannot be told from the intercept."""
    train = pd.DataFrame({"c": ["x"] * 40, "a": [*"pqpq"] * 10, "b": [*"rrss"] * 10})

    def sums(rows: pd.DataFrame) -> FloatArray:
        p = 0.1 + 0.3 * (rows["a"] == "p").to_numpy() + 0.2 * (rows["b"] == "r").to_numpy()
        return np.column_stack([1 - p, p])

    row = {"c": "x", "a": "p", "b": "r"}
    found = explain(row, sums, TabularPerturber.learn(train), target=1)
    assert found.fidelity.exact
    weights = {"a = p": 0.3, "b = r": 0.2, "c = x": 0.0}
    assert {w.label: w.weight for w in found.weights} == pytest.approx(weights, abs=1e-9)
