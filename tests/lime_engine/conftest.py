"""Black boxes whose explanations are known."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from lime_engine import Design, TextPerturber, TextSubject
from lime_engine.types import FloatArray, MaskArray

TextModel = Callable[[Sequence[str]], FloatArray]


def written(perturber: TextPerturber, subject: TextSubject, masks: MaskArray) -> list[str]:
    """The texts that these masks leave."""
    return list(perturber.realiser(subject)(Design(masks, np.ones(len(masks)))))


def yes_no(score: Callable[[set[str]], float]) -> TextModel:
    """A two-class text model whose P(class 1) is `score` of the set of words that are left."""

    def predict(texts: Sequence[str]) -> FloatArray:
        p = np.array([score(set(text.split())) for text in texts])
        return np.column_stack([1 - p, p])

    return predict


WORD_WEIGHTS = {"urgent": 0.4, "calm": -0.25, "pain": 0.2, "maybe": -0.05}


@pytest.fixture
def linear_model() -> TextModel:
    """P(1) = .4 + the weights of the words present."""
    return yes_no(lambda words: 0.4 + sum(WORD_WEIGHTS.get(word, 0) for word in words))


@pytest.fixture
def crooked_model() -> TextModel:
    """Interactions between three words, so that no straight line fits it."""

    def score(words: set[str]) -> float:
        return (
            0.1
            + 0.5 * ("w0" in words and "w1" not in words)
            + 0.3 * ("w1" in words and "w2" in words)
            + 0.1 * (len(words) > 4)
        )

    return yes_no(score)
