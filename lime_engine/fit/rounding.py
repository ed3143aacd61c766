"""What of a model's answers is rounding: by their own spread and size, so in any units."""

import numpy as np

from lime_engine.types import FloatArray, MaskArray

_OF_SPREAD = 1e-12  # what arithmetic with answers that move adds
_OF_SIZE = 64 * np.finfo(float).eps  # what a model adds that computes one answer in several ways


def rounding(answers: FloatArray) -> FloatArray:
    """Differences up to this are none; for answers (n, …) in their own units, (…)."""
    of_spread = _OF_SPREAD * np.ptp(answers, axis=0)
    return np.asarray(np.maximum(of_spread, _OF_SIZE * np.abs(answers).max(axis=0)))


def moves(answers: FloatArray) -> MaskArray:
    """Whether answers (n, …) are more than one number up to rounding, (…)."""
    return np.asarray(np.ptp(answers, axis=0) > rounding(answers))
