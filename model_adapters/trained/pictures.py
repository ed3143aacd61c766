"""Models of pictures of any size: what is counted in each, and a linear model on that."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine.types import FloatArray

SIDE = 64  # pixels, to which a picture is brought for its edges
CELL, DIRECTIONS = 8, 8
SHADES = 4  # of each of red, green and blue: two bits


def histograms(pictures: Sequence[NDArray[np.uint8]]) -> FloatArray:
    """How often each colour occurs in each picture, and where edges run in which direction.

    uint8 pictures (h, w) or (h, w, 3) -> (n, 64 + 512): shares of 4 x 4 x 4 colours, and HOG.
    """
    return np.stack([histograms_of(np.asarray(picture)) for picture in pictures])


def histograms_of(picture: NDArray[np.uint8]) -> FloatArray:
    """The same of one picture, (64 + 512,)."""
    from PIL import Image
    from skimage.feature import hog

    if picture.ndim == 2:
        picture = np.stack([picture] * 3, axis=-1)
    red, green, blue = (picture[..., channel].ravel() >> 6 for channel in range(3))
    colours = np.bincount(red << 4 | green << 2 | blue, minlength=SHADES**3) / len(red)
    small = Image.fromarray(picture).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    edges = hog(
        np.asarray(small, dtype=float) / 255,
        orientations=DIRECTIONS,
        pixels_per_cell=(CELL, CELL),
        cells_per_block=(1, 1),
    )
    return np.concatenate([np.sqrt(colours), edges])


def pipeline() -> Any:
    """A linear model for more features than there are pictures; not fitted yet."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
