"""Which K components an explanation shows."""

import numpy as np

from lime_engine.fit.ridge import ridge
from lime_engine.types import Design, FloatArray, IntArray

ALPHA = 0.01  # of the ridge that finds the highest weights
FORWARD_AT_MOST = 6  # "auto": forward selection up to this K, highest weights beyond
_TOLERANCE = 1e-10  # share of a column's variance below which it is a mix of the chosen ones


def select(
    design: Design, y: FloatArray, n_features: int, method: str, weights: FloatArray | None = None
) -> IntArray:
    """Indices of the chosen components, for answers y (n,) to the masks of `design`.

    `method` is one of `settings.SELECTIONS`. "none" chooses all of them, "lasso_path" at most K,
    the others exactly min(K, d). Where the `weights` (d,) of all components are known already, the
    highest are the highest of those, which is also what "auto" chooses then.
    """
    d = design.masks.shape[1]
    if weights is not None and method in ("auto", "highest_weights"):
        return np.argsort(-np.abs(weights), kind="stable")[:n_features]
    if method == "auto":
        method = "forward_selection" if n_features <= FORWARD_AT_MOST else "highest_weights"
    if method == "none":
        return np.arange(d)
    choose = {
        "forward_selection": forward_selection,
        "highest_weights": highest_weights,
        "lasso_path": lasso_path,
    }[method]
    return choose(design, y, min(n_features, d))


def forward_selection(design: Design, y: FloatArray, n_features: int) -> IntArray:
    """Greedily the component that raises the weighted R^2 of least squares most.

    The gain of a component is c^2 / g: its weighted covariance with what is left of y, squared,
    over what is left of its own variance. Choosing one sweeps it out of both (a pivoted Cholesky
    factorisation, of which only the chosen columns are ever computed), so K steps cost K passes
    over the masks instead of K d fits.
    """
    w = design.weights / design.weights.sum()
    masks = np.asarray(design.masks, dtype=float)
    mean = w @ masks
    c = (w * (y - w @ y)) @ masks
    variance = mean - mean**2 if design.masks.dtype == bool else w @ masks**2 - mean**2
    g = variance.copy()
    swept: list[FloatArray] = []
    chosen: list[int] = []
    for _ in range(n_features):
        usable = g > _TOLERANCE * variance
        gain = np.where(usable, c**2 / np.where(usable, g, 1), -1.0)
        gain[chosen] = -2.0
        best = int(np.argmax(gain))
        chosen.append(best)
        if not usable[best]:  # a constant column, or a mix of the chosen: nothing to sweep
            continue
        column = (w * masks[:, best]) @ masks - mean[best] * mean
        for row in swept:
            column -= row[best] * row
        row = column / np.sqrt(g[best])
        c = c - row * (c[best] / np.sqrt(g[best]))
        g = g - row**2
        swept.append(row)
    return np.array(chosen)


def highest_weights(design: Design, y: FloatArray, n_features: int) -> IntArray:
    """Those with the largest |coefficient| of a ridge with alpha = .01 on all of them.

    Of numbers times that of the instance, row 0; of masks that is 1.
    """
    _, found = ridge(design.masks, y, design.weights, ALPHA)
    given = found if design.masks.dtype == bool else found * design.masks[0]
    return np.argsort(-np.abs(given), kind="stable")[:n_features]


def lasso_path(design: Design, y: FloatArray, n_features: int) -> IntArray:
    """The last point of the lasso path on which at most K components are not zero."""
    from sklearn.linear_model import lars_path

    root = np.sqrt(design.weights)
    centred = design.masks - np.average(design.masks, axis=0, weights=design.weights)
    left = (y - np.average(y, weights=design.weights)) * root
    unit = np.abs(left).max() or 1.0  # where a path ends is an absolute number
    _, _, path = lars_path(centred * root[:, None], left / unit, method="lasso")
    for coefficients in path.T[:0:-1]:
        chosen = np.flatnonzero(coefficients)
        if len(chosen) <= n_features:
            return chosen
    return np.empty(0, dtype=np.intp)
