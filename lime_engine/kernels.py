"""Distances between a mask and the instance, and how they turn into weights."""

import numpy as np
from numpy.typing import ArrayLike

from lime_engine.types import FloatArray

TOO_NARROW = (
    "kernel_width is so narrow that only what is most like the instance counts, which cannot tell "
    "what each part does. Give a wider one, or leave it out."
)


def cosine_distance(removed: ArrayLike, n_components: int) -> FloatArray:
    """Cosine distance of a mask with `removed` of `n_components` off to the mask with none off.

    Returns values in [0, 1], the shape of `removed`: 1 - sqrt(1 - s/d); the empty mask is at
    distance 1.
    """
    kept = 1 - np.asarray(removed, dtype=float) / n_components
    return np.asarray(1 - np.sqrt(kept))


def exponential_kernel(distance: ArrayLike, width: float) -> FloatArray:
    """exp(-D^2 / (2 width^2)), the square root of exp(-D^2/width^2) that `lime` uses as weight.

    Same shape as `distance`, in the units of `width`.
    """
    return np.asarray(np.exp(-0.5 * (np.asarray(distance, dtype=float) / width) ** 2))
