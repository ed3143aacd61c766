"""Ridge regression on weighted rows: that of scikit-learn, which takes a second to load."""

import numpy as np

from lime_engine.types import FloatArray, MaskArray


def ridge(
    masks: MaskArray, y: FloatArray, weights: FloatArray, alpha: float
) -> tuple[float, FloatArray]:
    """Intercept a and coefficients b (p,) with the least sum of w (y - a - z b)^2, + alpha b^2."""
    x = masks.astype(float)
    share, root = weights / weights.sum(), np.sqrt(weights)
    mean = share @ x
    x -= mean
    x *= root[:, None]
    apart = y - y[0]  # exactly 0 where they do not move, so that the coefficients are, too
    level = share @ apart
    wanted = root * (apart - level)
    n, p = x.shape
    if p <= n:
        coefficients = _solved(x.T @ x, alpha, x.T @ wanted)
    else:  # in the space of the rows
        coefficients = x.T @ _solved(x @ x.T, alpha, wanted)
    return float(y[0] + level - mean @ coefficients), coefficients


def _solved(gram: FloatArray, alpha: float, right: FloatArray) -> FloatArray:
    """(gram + alpha)^-1 right."""
    gram[np.diag_indices_from(gram)] += alpha
    rounding = len(gram) * np.finfo(float).eps * gram.diagonal().max()
    try:
        sound = np.linalg.cholesky(gram).diagonal().min() ** 2 > rounding
    except np.linalg.LinAlgError:
        sound = False
    if sound:
        return np.asarray(np.linalg.solve(gram, right))
    # Beside numbers of such a size alpha is nothing: the least of the coefficients that are best.
    return np.asarray(np.linalg.lstsq(gram, right, rcond=None)[0])
