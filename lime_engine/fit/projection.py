"""The weights that infinitely many samples would give, estimated from few, and how well.

The limit of LIME is a linear map of the black box: the kernel-weighted least-squares fit of f on
(1, z). Whatever explains f besides the masks (pairs of words, which other bin a value is in) can
therefore be fitted along with them and mapped back by its own known limit: the answers scatter
less around the richer fit, and the weights stay those of LIME. Regression adjustment (control
variates) in the terms of sampling theory.
"""

from dataclasses import dataclass

import numpy as np

from lime_engine.errors import SettingsError
from lime_engine.fit.rounding import moves
from lime_engine.kernels import TOO_NARROW
from lime_engine.types import Design, FloatArray, IntArray, Law, MaskArray

ENOUGH = 2  # rows per coefficient, from which on the fit stands without a ridge, and has intervals
ALPHA = 1.0  # before: the ridge of `lime`, on the components
ROWS_PER_HELPER = 4  # rows per column of all, from which on helpers help
_JITTER = 1e-9  # on what needs no ridge, as a share of its own size: some masks are alike
_HELPER_ALPHA = 1e-4  # on the helpers, as such a share
_LEAST_SEEN = 2  # rows in which a component is on, and off: a single one fits itself
_LEAST_TOTAL = 1e-100  # of the weights: beyond it their squares are 0
_LEAST_WEIGHT = 1e-2  # of what rows with it on, and off, weigh in the limit
_VANISHING = 1e-6  # of the variance of a mask: its component has a weight in the limit at 0
_LEAST_LEFT = 1e-3  # of 1 - h, where a row decides its own fit


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Intercept and weights of each class, `coefficients` (p+1, n_classes).

    `covariance` (p+1, p+1) is that of the class `target` from drawing other masks: 0 when all were
    asked, None when there were too few to tell. `influence` (n_clusters, p+1) is how much the
    target's coefficients have moved for each cluster that was drawn (jackknife): with other masks
    they would be further off by the sum of these, each times a random number of variance 1. Two
    estimates from one design move together, row by row. None where it was not asked for.
    """

    coefficients: FloatArray
    target: int
    covariance: FloatArray | None
    influence: FloatArray | None = None

    @property
    def weights(self) -> FloatArray:
        """Those of the target, (p,)."""
        return np.asarray(self.coefficients[1:, self.target])


def project(
    law: Law, design: Design, values: FloatArray, target: int, *, influence: bool = False
) -> Estimate:
    """The limit of LIME's weights of all d components, for answers (n, n_classes).

    With `influence` the estimate has it even where there are too few rows for a covariance.

    The covariance is the sandwich, summed over clusters, each with the residuals that it would have
    if it were left out (HC3: MacKinnon & White 1985; for clusters Bell & McCaffrey 2002).
    """
    if not design.exact:
        counts = np.flatnonzero(design.weights)
        design, values = design[counts], values[counts]
    root = np.sqrt(design.weights)[:, None]
    total = float(design.weights.sum())
    if total < _LEAST_TOTAL:
        raise SettingsError(TOO_NARROW)
    level, around = _around_level(design, values)
    y = root * around
    n, d = design.masks.shape
    if not design.exact and n < ENOUGH * (d + 1):
        return _ridge(design, values, target, influence)
    if design.exact:
        exact = _exact(design, y)
        exact[0] += level
        return Estimate(exact, target, np.zeros((d + 1, d + 1)), np.zeros((1, d + 1)))
    plain = root * np.column_stack([np.ones(n), design.masks])
    gram = plain.T @ plain
    weight = gram[0]
    ridge = _JITTER * np.maximum(np.diag(gram), _JITTER * total)
    ridge[0] = 0.0
    helpers, back = np.empty((n, 0)), np.empty((d + 1, 0))
    if (room := n // ROWS_PER_HELPER - d) > 0:
        pilot = np.linalg.solve(gram + np.diag(ridge), plain.T @ y[:, target])
        helpers, back = law.helpers(design, np.asarray(pilot[1:]), room)
    helpers = root * helpers
    x = np.column_stack([plain, helpers])
    between = plain.T @ helpers
    gram = np.block([[gram, between], [between.T, helpers.T @ helpers]])
    gram += np.diag(np.append(ridge, np.full(helpers.shape[1], _HELPER_ALPHA * total)))
    del plain, helpers  # each may have some hundred MB, as may `x`
    factor = np.linalg.cholesky(gram)
    theta = _solved(factor, x.T @ y)
    found = theta[: d + 1] + back @ theta[d + 1 :]
    found[0] += level
    never_off = np.append(False, design.masks.all(axis=0))
    found[never_off] = 0.0  # all of it is in the intercept
    residuals = y[:, target] - x @ theta[:, target]
    by_cluster = _moved(x, x @ _inverse(factor), residuals, design.clusters)
    del x, gram
    moved = by_cluster[:, : d + 1]
    moved += by_cluster[:, d + 1 :] @ back.T
    moved[:, never_off] = 0.0
    if not _seen_enough(law, design.masks, weight):
        return Estimate(found, target, None, moved if influence else None)
    return Estimate(found, target, moved.T @ moved, moved)


def restricted(law: Law, estimate: Estimate, chosen: IntArray) -> Estimate:
    """The estimate of the fit on the `chosen` components alone, from that on all of them.

    The least-squares fit of a linear function on fewer columns needs nothing but the law's
    moments S: S_KK^-1 S_K: times the coefficients.
    """
    rows = np.append(0, chosen + 1)
    covariance, influence = estimate.covariance, estimate.influence
    if len(rows) == len(estimate.coefficients):
        return Estimate(
            estimate.coefficients[rows],
            estimate.target,
            None if covariance is None else covariance[np.ix_(rows, rows)],
            None if influence is None else influence[:, rows],
        )
    moments = law.moments(rows)
    # A pseudo-inverse: a column with one bin is on in every row.
    to_chosen = np.linalg.pinv(moments[:, rows], hermitian=True) @ moments
    if covariance is not None:
        covariance = to_chosen @ covariance @ to_chosen.T
    if influence is not None:
        influence = influence @ to_chosen.T
    return Estimate(to_chosen @ estimate.coefficients, estimate.target, covariance, influence)


def _seen_enough(law: Law, masks: MaskArray, weight: FloatArray) -> bool:
    """Whether each component that may be on and off was both in several rows that count.

    `weight` (d+1,) is that of all rows, and of those with each component on.
    """
    share = law.moments(np.array([0]))[0]
    share, on, total = share[1:] / share[0], weight[1:], weight[0]
    n_on = masks.sum(axis=0)
    few = np.minimum(n_on, len(masks) - n_on) < _LEAST_SEEN
    least = _LEAST_WEIGHT * total
    light = (on < least * share) | (total - on < least * (1 - share))
    return not ((few | light) & (share < 1) & (share > 0)).any()


def _around_level(design: Design, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The weighted mean of answers (n, n_classes), and their distance to it.

    Which is exactly 0 where they do not move, so that the weights are, too.
    """
    moved = np.where(moves(values), values - values[0], 0.0)
    mean = np.average(moved, axis=0, weights=design.weights)
    return values[0] + mean, moved - mean


def _exact(design: Design, y: FloatArray) -> FloatArray:
    """The least squares of all rows there are, whose weights may differ by any power of ten.

    By Householder's QR with the heaviest rows first and columns swapped, which is stable row by row
    (Cox & Higham, "Stability of Householder QR Factorization for Weighted Least Squares", 1998).
    What is never off has the weight 0.

    Raises
    ------
    SettingsError
        If the rows with a weight do not tell the components apart, as all rows do.
    """
    from scipy.linalg import qr, solve_triangular

    fitted = np.append(0, 1 + np.flatnonzero(~design.masks.all(axis=0)))
    plain = np.column_stack([np.ones(len(design)), design.masks])[:, fitted]
    if np.linalg.matrix_rank(plain[design.weights > 0]) < len(fitted):
        raise SettingsError(TOO_NARROW)
    heaviest = np.argsort(-design.weights, kind="stable")
    weighted = np.sqrt(design.weights)[:, None] * plain
    q, r, order = qr(weighted[heaviest], mode="economic", pivoting=True)
    found = np.zeros((design.masks.shape[1] + 1, y.shape[1]))
    found[fitted[order]] = solve_triangular(r, q.T @ y[heaviest])
    return found


def _ridge(design: Design, values: FloatArray, target: int, influence: bool) -> Estimate:
    """The estimate by a ridge on the masks, without a covariance.

    In the space of the rows, of which there are fewer than twice the columns.
    """
    root = np.sqrt(design.weights)[:, None]
    share = np.average(design.masks, axis=0, weights=design.weights)
    level, around = _around_level(design, values)
    variance = share * (1 - share)
    vanishing = (variance > 0) & (variance < _VANISHING)
    units = np.where(vanishing, np.sqrt(variance), 1.0)  # its ridge is as small as its weight
    x = root * (design.masks - share) / units
    factor = np.asarray(np.linalg.cholesky(x @ x.T + ALPHA * np.eye(len(x))))
    dual = _solved(factor, np.asarray(root * around))
    weights = (x.T @ dual) / units[:, None]
    found = np.vstack([level - share @ weights, weights])
    moved = None
    if influence:
        inverse = _inverse(factor)
        rows = _left_out(inverse, dual[:, target], design.clusters) @ x / units
        moved = np.column_stack([-rows @ share, rows])
    return Estimate(found, target, None, moved)


def _left_out(inverse: FloatArray, dual: FloatArray, clusters: IntArray | None) -> FloatArray:
    """How the dual coefficients change with each cluster that is left out, (n_clusters, n).

    G_:c G_cc^-1 (G y)_c, G the `inverse` of the kernel matrix; a cluster is one row, or two.
    """
    alone = dual / np.diag(inverse)
    rows = inverse * alone[:, None]
    if clusters is None:
        return np.asarray(rows)
    first = np.flatnonzero(clusters[:-1] == clusters[1:])
    second = first + 1
    own = np.diag(inverse)
    between = inverse[first, second]
    both = own[first] * own[second] - between**2
    rows[first] = ((own[second] * dual[first] - between * dual[second]) / both)[:, None] * inverse[
        first
    ] + ((own[first] * dual[second] - between * dual[first]) / both)[:, None] * inverse[second]
    return np.asarray(np.delete(rows, second, axis=0))


def _solved(factor: FloatArray, right: FloatArray) -> FloatArray:
    """A^-1 times `right`, A = factor factor^T."""
    from scipy.linalg import cho_solve

    return np.asarray(cho_solve((factor, True), right, check_finite=False))


def _inverse(factor: FloatArray) -> FloatArray:
    """A^-1, A = factor factor^T: half the work of solving for each column."""
    from scipy.linalg.lapack import dpotri

    lower = np.tril(dpotri(factor, lower=True)[0])
    return np.asarray(lower + np.tril(lower, -1).T)


def _moved(
    x: FloatArray, by_row: FloatArray, residuals: FloatArray, clusters: IntArray | None
) -> FloatArray:
    """A^-1 X_c^T (I - H_cc)^-1 e_c of each cluster c, (n_clusters, p), for weighted rows.

    `by_row` is X A^-1, and is used up. A cluster is one row, or two that follow each other.
    """
    left = np.maximum(1 - np.einsum("ij,ij->i", by_row, x), _LEAST_LEFT)  # of H the diagonal
    alone = residuals / left
    if clusters is None:
        by_row *= alone[:, None]
        return by_row
    first = np.flatnonzero(clusters[:-1] == clusters[1:])
    second = first + 1
    between = np.einsum("ij,ij->i", by_row[first], x[second])
    both_left = np.maximum(left[first] * left[second] - between**2, _LEAST_LEFT**2)
    alone[first], alone[second] = (
        (left[second] * residuals[first] + between * residuals[second]) / both_left,
        (left[first] * residuals[second] + between * residuals[first]) / both_left,
    )
    by_row *= alone[:, None]
    by_row[first] += by_row[second]
    return np.asarray(np.delete(by_row, second, axis=0))
