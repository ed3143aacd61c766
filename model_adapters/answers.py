"""A network's raw answers -> probabilities, whatever the process that ran it sent."""

from typing import Final

import numpy as np

from lime_engine.types import FloatArray
from model_adapters.errors import NetworkError
from model_adapters.settings import Output

SLACK: Final = 1e-4  # what a probability in 16 or 32 bits may lie outside 0 to 1


def probabilities(values: FloatArray, output: Output, noun: str = "network") -> FloatArray:
    """Raw answers (n, k) -> probabilities (n, k), or (n, 2) for k = 1.

    Rows sum to 1, unless each class is on its own ("independent"). `noun` is what a refusal calls
    whatever answered.

    Raises
    ------
    NetworkError
        If an answer is not a finite number, no class of a row has any probability, or what is
        said to be a probability of its own is none.
    """
    if not np.isfinite(values).all():
        raise NetworkError(
            f"The {noun} answered with values that are not finite numbers (NaN or infinity). "
            f"Check what goes in; if it is right, the {noun}'s weights are damaged."
        )
    if values.shape[1] == 1:
        if output == "logits":  # softmax of (0, value) is the sigmoid
            return _softmax(np.concatenate([np.zeros_like(values), values], axis=1))
        second = values.clip(0.0, 1.0)
        return np.concatenate([1.0 - second, second], axis=1)
    if output == "logits":
        return _softmax(values)
    if output == "independent":
        low, high = values.min(), values.max()
        if low < -SLACK or high > 1 + SLACK:
            raise NetworkError(
                f"The {noun} answered with {low if low < -SLACK else high:.4g}, which is no "
                'probability. If it gives logits, choose the output "logits".'
            )
        return values.clip(0.0, 1.0)
    clipped = values.clip(0.0, 1.0)
    totals = clipped.sum(axis=1, keepdims=True)
    if (totals <= 0).any():
        raise NetworkError(
            f"For an item the {noun} gave no class a probability above 0. "
            'If it gives logits rather than probabilities, choose the output "logits".'
        )
    return np.asarray(clipped / totals)


def _softmax(logits: FloatArray) -> FloatArray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
