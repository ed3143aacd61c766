"""The weights that infinitely many samples would give, estimated from few, and how well.

The limit of LIME is a linear map of the black box: the kernel-weighted least-squares fit of f on
(1, z). Whatever explains f besides the masks (pairs of words, which other bin a value is in) can
therefore be fitted along with them and mapped back by its own known limit: the answers scatter
less around the richer fit, and the weights stay those of LIME. Regression adjustment (control
variates) in the terms of sampling theory.
"""

from dataclasses import dataclass

import numpy as np

from lime_engine.types import Design, FloatArray, IntArray, Law

ENOUGH = 2  # rows per coefficient, from which on the fit stands without a ridge, and has intervals
ALPHA = 1.0  # before: the ridge of `lime`, on the components
ROWS_PER_HELPER = 4  # rows per column of all, from which on helpers help
_JITTER = 1e-9  # on what needs no ridge, as a share of the sum of the weights: some masks are alike
_HELPER_ALPHA = 1e-4  # on the helpers, as such a share
_LEAST_LEFT = 1e-3  # of 1 - h, where a row decides its own fit


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Intercept and weights of each class, `coefficients` (p+1, n_classes).

    `covariance` (p+1, p+1) is that of the class `target` from drawing other masks: 0 when all were
    asked, None when there were too few to tell.
    """

    coefficients: FloatArray
    target: int
    covariance: FloatArray | None

    @property
    def weights(self) -> FloatArray:
        """Those of the target, (p,)."""
        return np.asarray(self.coefficients[1:, self.target])


def project(law: Law, design: Design, values: FloatArray, target: int) -> Estimate:
    """The limit of LIME's weights of all d components, for answers (n, n_classes).

    The covariance is the sandwich, summed over clusters, each with the residuals that it would have
    if it were left out (HC3: MacKinnon & White 1985; for clusters Bell & McCaffrey 2002).
    """
    if not design.exact:
        counts = np.flatnonzero(design.weights)
        design, values = design[counts], values[counts]
    root = np.sqrt(design.weights)[:, None]
    total = float(design.weights.sum())
    level = np.average(values, axis=0, weights=design.weights)
    y = root * (values - level)  # so that answers that never move give weights of exactly 0
    n, d = design.masks.shape
    if not design.exact and n < ENOUGH * (d + 1):
        return Estimate(_ridge(design, values), target, None)
    plain = root * np.column_stack([np.ones(n), design.masks])
    if design.exact:
        exact = np.linalg.lstsq(plain, y, rcond=None)[0]
        exact[0] += level
        return Estimate(exact, target, np.zeros((d + 1, d + 1)))
    gram = plain.T @ plain
    ridge = np.append(0.0, np.full(d, _JITTER * total))
    pilot = np.linalg.solve(gram + np.diag(ridge), plain.T @ y[:, target])
    room = max(0, n // ROWS_PER_HELPER - d)
    helpers, back = law.helpers(design, np.asarray(pilot[1:]), room)
    helpers = root * helpers
    x = np.column_stack([plain, helpers])
    between = plain.T @ helpers
    gram = np.block([[gram, between], [between.T, helpers.T @ helpers]])
    gram += np.diag(np.append(ridge, np.full(helpers.shape[1], _HELPER_ALPHA * total)))
    factor = np.linalg.cholesky(gram)
    theta = _solved(factor, x.T @ y)
    to_weights = np.column_stack([np.eye(d + 1), back])
    found = to_weights @ theta
    found[0] += level
    found[1:][design.masks.all(axis=0)] = 0.0  # never off: all of it is in the intercept
    residuals = y[:, target] - x @ theta[:, target]
    scores = _scores(x, residuals, factor, design.clusters)
    moves = _solved(factor, to_weights.T)  # how a score moves the weights
    return Estimate(found, target, moves.T @ (scores.T @ scores) @ moves)


def restricted(law: Law, estimate: Estimate, chosen: IntArray) -> Estimate:
    """The estimate of the fit on the `chosen` components alone, from that on all of them.

    The least-squares fit of a linear function on fewer columns needs nothing but the law's
    moments S: S_KK^-1 S_K: times the coefficients.
    """
    rows = np.append(0, chosen + 1)
    n_coefficients = len(estimate.coefficients)
    if len(rows) == n_coefficients:
        to_chosen = np.eye(n_coefficients)[rows]
    else:  # a pseudo-inverse: a column with one bin is on in every row
        moments = law.moments(rows)
        to_chosen = np.linalg.pinv(moments[:, rows], hermitian=True) @ moments
    covariance = estimate.covariance
    if covariance is not None:
        covariance = to_chosen @ covariance @ to_chosen.T
    return Estimate(to_chosen @ estimate.coefficients, estimate.target, covariance)


def _ridge(design: Design, values: FloatArray) -> FloatArray:
    """Intercept and weights of each class by a ridge on the masks, (d+1, n_classes).

    In the space of the rows, of which there are fewer than twice the columns.
    """
    root = np.sqrt(design.weights)[:, None]
    share = np.average(design.masks, axis=0, weights=design.weights)
    level = np.average(values, axis=0, weights=design.weights)
    x = root * (design.masks - share)
    factor = np.asarray(np.linalg.cholesky(x @ x.T + ALPHA * np.eye(len(x))))
    weights = x.T @ _solved(factor, np.asarray(root * (values - level)))
    return np.asarray(np.vstack([level - share @ weights, weights]))


def _solved(factor: FloatArray, right: FloatArray) -> FloatArray:
    """A^-1 times `right`, A = factor factor^T."""
    from scipy.linalg import cho_solve

    return np.asarray(cho_solve((factor, True), right, check_finite=False))


def _scores(
    x: FloatArray, residuals: FloatArray, factor: FloatArray, clusters: IntArray | None
) -> FloatArray:
    """X_c^T (I - H_cc)^-1 e_c of each cluster c, (n_clusters, p), for weighted rows.

    A cluster is one row, or two that follow each other.
    """
    from scipy.linalg import solve_triangular

    spread = solve_triangular(factor, x.T, lower=True, check_finite=False)  # H is its square
    left = np.maximum(1 - np.einsum("ij,ij->j", spread, spread), _LEAST_LEFT)
    alone = residuals / left
    if clusters is None:
        return np.asarray(x * alone[:, None])
    first = np.flatnonzero(clusters[:-1] == clusters[1:])
    second = first + 1
    between = np.einsum("ij,ij->j", spread[:, first], spread[:, second])
    both_left = np.maximum(left[first] * left[second] - between**2, _LEAST_LEFT**2)
    alone[first], alone[second] = (
        (left[second] * residuals[first] + between * residuals[second]) / both_left,
        (left[first] * residuals[second] + between * residuals[first]) / both_left,
    )
    rows = x * alone[:, None]
    rows[first] += rows[second]
    return np.asarray(np.delete(rows, second, axis=0))
