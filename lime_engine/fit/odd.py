"""Shapley weights from the odd part of the answers: half of mask minus complement.

Only this part counts for the weights, and whatever two components do together is not in it: what
is left after a fit that is linear is of three components and more. Of these the threes are fitted
along: each is likely to be as large as its components are strong. Where they are few, or the pairs
many, each has the variance that has been found of it, and the fives are fitted, too. Their share in
the weights is known (a third or a fifth each), so that the answers scatter less around the richer
fit, and the limit stays the Shapley weights of any game.

References
----------
Covert & Lee, "Improving KernelSHAP", AISTATS 2021: a mask with its complement.
Fumagalli et al., "OddSHAP", 2026: the odd part is all that counts.
Tipping, "Sparse Bayesian Learning and the Relevance Vector Machine", JMLR 2001: the variances.
"""

from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

import numpy as np

from lime_engine.types import FloatArray

MOST_THREES = 680  # those of the 17 strongest components
MOST_FIVES = 2002  # those of the 14 strongest
PAIRS_FOR_FIVES = 300  # at most: with more, threes alone leave little, and fives take long
_OF_FIVES = 0.1  # as likely as threes, all together: mostly there are few, but large ones
_TINY = float(np.finfo(float).tiny)
N_FOLDS = 5
_LEAST_EIGENVALUE = 1e-6  # of the largest; directions below it were not asked about
_LEAST_STRENGTH = 0.1  # of the mean: a component that seems weak may still count with others
_LEAST_FREE = 2  # pairs beyond what the linear fit takes
_NOTHING_LEFT = 1e-12  # of the answers' size: rounding
_NOISE = np.geomspace(1e-8, 30, 28)  # that may be, in mean variances of what the threes explain


@dataclass(frozen=True, slots=True, eq=False)
class OddFit:
    """`weights` (d,) add up to twice the odd part of the full mask.

    They are `of_top` (d,) times that plus `of_pairs` (d, n) times the odd parts, and would be off
    by the latter times `residuals` (n,): what was not foreseen of a pair by a fit without it. None
    where there are too few pairs to tell.
    """

    weights: FloatArray
    of_top: FloatArray
    of_pairs: FloatArray
    residuals: FloatArray | None


def fit_odd(
    signs: FloatArray, importance: FloatArray, odd: FloatArray, top: float, *, errors: bool
) -> OddFit:
    """The fit to the `odd` parts (n,) of masks with these `signs` (n, d): 1 on, -1 off.

    Parameters
    ----------
    importance : array (n,)
        How much each pair counts: the Shapley kernel over how often it is drawn.
    top : float
        The odd part of the full mask, which is met exactly.
    errors : bool
        Whether there are pairs enough for residuals.
    """
    d = signs.shape[1]
    root = np.sqrt(importance / importance.mean()) if len(importance) else importance
    mean = signs.mean(axis=1)
    y = root * (odd - top * mean)  # all share alike; the rest adds up to 0
    linear = root[:, None] * (signs - mean[:, None])
    inverse, rank = pseudo_inverse(linear.T @ linear)
    slopes = inverse @ linear.T  # (d, n)
    residuals = None
    left = y - linear @ (slopes @ y)
    if errors and rank == d - 1:
        residuals = left / np.maximum(1 - np.einsum("ij,ji->i", linear, slopes), 1e-9)
    enough = rank == d - 1 and len(y) - rank >= _LEAST_FREE and d > 2
    if enough and np.linalg.norm(left) > _NOTHING_LEFT * np.linalg.norm(root * odd):
        strength = np.abs(top / d + slopes @ y)
        threes = _threes(signs, strength / strength.mean() + _LEAST_STRENGTH)
        threes = replace(threes, parts=root[:, None] * threes.parts)
        of_threes = _of_threes(linear, threes, y)
        if residuals is not None:
            residuals = _unforeseen(linear, threes, y)
        slopes = slopes - (slopes @ threes.parts) @ of_threes
        slopes += threes.shares @ of_threes
    of_pairs = 2 * slopes * root
    of_top = 2 / d - of_pairs @ mean
    weights = of_top * top + of_pairs @ odd
    if residuals is not None:
        residuals = residuals / root
    return OddFit(weights, of_top, of_pairs, residuals)


@dataclass(frozen=True, slots=True, eq=False)
class _Threes:
    """What three components (and five) do together, in m parts.

    Their answers `parts` (n, m) to the pairs, beyond what the full mask has; their `shares` (d, m)
    in half the weights; and how `likely` (m,) each is, as a variance. `named`: each is one three or
    five, so that its own variance can be found.
    """

    parts: FloatArray
    shares: FloatArray
    likely: FloatArray
    named: bool
    n_threes: int

    def priors(self) -> list[FloatArray]:
        """Variances (m,) that add up to 1: of all, and of threes alone, where there are fives."""
        found = [self.likely / self.likely.sum()]
        if self.n_threes < len(self.likely):
            threes = np.where(np.arange(len(self.likely)) < self.n_threes, self.likely, 0.0)
            found.append(threes / threes.sum())
        return found


def _threes(signs: FloatArray, strength: FloatArray) -> _Threes:
    """What is fitted along: all threes at once if they are many, unless the pairs are, too.

    Else each three of the strongest components, and each five, while there are few pairs. A three
    is as likely as its components are strong, times one another; so is a five, among fives.
    """
    n, d = signs.shape
    if n <= MOST_THREES < comb(d, 3):
        return _threes_at_once(signs, strength)
    threes = _named(signs, strength, 3, MOST_THREES)
    if n > PAIRS_FOR_FIVES:
        return threes
    fives = _named(signs, strength, 5, MOST_FIVES)
    likely = fives.likely * _OF_FIVES * threes.likely.sum() / max(fives.likely.sum(), _TINY)
    return _Threes(
        np.hstack([threes.parts, fives.parts]),
        np.hstack([threes.shares, fives.shares]),
        np.append(threes.likely, likely),
        named=True,
        n_threes=len(threes.likely),
    )


def _named(signs: FloatArray, strength: FloatArray, order: int, most: int) -> _Threes:
    """Every `order` components, or those of the strongest if there are more than `most`."""
    d = n = len(strength)
    while comb(n, order) > most:
        n -= 1
    strongest = np.argsort(-strength, kind="stable")[:n]
    chosen = np.array(list(combinations(range(n), order)), dtype=int).reshape(-1, order)
    members = strongest[chosen]
    parts = np.prod(signs[:, members], axis=2) - signs.mean(axis=1)[:, None]
    shares = np.full((d, len(members)), -1 / d)
    shares[members.T, np.arange(len(members))] += 1 / order
    return _Threes(parts, shares, np.prod(strength[members], axis=1), True, len(members))


def _threes_at_once(signs: FloatArray, strength: FloatArray) -> _Threes:
    """All threes by how alike they make the answers to two masks, without writing them down.

    Summed over the threes, strengths times signs in both masks are the third elementary symmetric
    polynomial of those of the components (by Newton's identities). Its parts are mixes of threes.
    """
    d = signs.shape[1]
    masks = np.vstack([np.ones(d), signs])
    squares = np.square(strength).sum()
    sums = (strength * masks) @ masks.T
    alike = (sums**3 - 3 * sums * squares + 2 * (strength**3 * masks) @ masks.T) / 6
    own = strength * masks
    others = own.sum(axis=1, keepdims=True) - own
    shares = (own * (others**2 - (squares - strength**2)) / 6).T - alike[0] / d
    beyond = np.column_stack([-signs.mean(axis=1), np.eye(len(signs))])  # what the full mask has
    values, vectors = np.linalg.eigh(beyond @ alike @ beyond.T)
    kept = values > _LEAST_EIGENVALUE * values[-1]
    roots, vectors = np.sqrt(values[kept]), vectors[:, kept]
    parts, shares = vectors * roots, shares @ beyond.T @ vectors / roots
    return _Threes(parts, shares, np.ones(len(roots)), False, len(roots))


def _of_threes(linear: FloatArray, threes: _Threes, y: FloatArray) -> FloatArray:
    """What makes coefficients of the threes' parts (m, n) of the odd parts, beyond what is linear.

    Each has a normal law with its own variance, at first as `likely`, then, where they are named,
    as what was found of it; how large all are beside the noise, and whether fives are among them,
    is what makes the answers likeliest.
    """
    inverse, rank = pseudo_inverse(linear.T @ linear)
    slopes = inverse @ linear.T
    left = y - linear @ (slopes @ y)
    products = threes.parts - linear @ (slopes @ threes.parts)
    free = len(y) - rank
    tried = [_shrunk(products, left, prior, free) for prior in threes.priors()]
    best = min(range(len(tried)), key=lambda which: tried[which].unlikely)
    prior = threes.priors()[best]
    of_pairs, found, noise = tried[best].of_pairs, tried[best].found, tried[best].unit
    if threes.named and noise > 0:
        known = np.einsum("ij,ji->i", of_pairs, products)  # 1: all from answers, none the prior
        prior = found**2 / noise + prior * np.maximum(1 - known, 0)
        of_pairs = _shrunk(products, left, prior, free).of_pairs
    return of_pairs - (of_pairs @ linear) @ slopes


@dataclass(frozen=True, slots=True, eq=False)
class _Shrunk:
    """Coefficients `found` (m,): `of_pairs` (m, n) times what is left.

    `unit` is that of the prior, and `unlikely` what is left with it, on a logarithmic scale.
    """

    of_pairs: FloatArray
    found: FloatArray
    unit: float
    unlikely: float


def _shrunk(products: FloatArray, left: FloatArray, prior: FloatArray, free: int) -> _Shrunk:
    """With the likeliest noise beside this `prior`.

    `free` is in how many directions `left` can point.
    """
    u, variances, v = _decomposed(products * np.sqrt(prior))
    along = u.T @ left
    across = max(float(left @ left - along @ along), 0.0)
    noise = _NOISE[:, None] * variances.sum() / free
    unit = ((along**2 / (variances + noise)).sum(axis=1) + across / noise[:, 0]) / free
    n_across = free - len(variances)
    size = np.log(variances + noise).sum(axis=1) + n_across * np.log(noise[:, 0])
    unlikely = free * np.log(np.maximum(unit, _TINY)) + size
    best = int(np.argmin(unlikely))
    shrink = np.sqrt(variances) / (variances + noise[best])
    of_pairs = np.sqrt(prior)[:, None] * ((v * shrink) @ u.T)
    return _Shrunk(of_pairs, of_pairs @ left, float(unit[best]), float(unlikely[best]))


def _unforeseen(linear: FloatArray, threes: _Threes, y: FloatArray) -> FloatArray:
    """What each pair is off from a fit to the other folds, (n,)."""
    residuals = np.empty(len(y))
    fold = np.arange(len(y)) % N_FOLDS  # of every size about alike
    for number in range(N_FOLDS):
        known, judged = fold != number, fold == number
        inverse, _ = pseudo_inverse(linear[known].T @ linear[known])
        of_threes = _of_threes(linear[known], replace(threes, parts=threes.parts[known]), y[known])
        rest = y - threes.parts @ (of_threes @ y[known])
        slopes = inverse @ (linear[known].T @ rest[known])
        own = np.einsum("ij,jk,ik->i", linear[judged], inverse, linear[judged])
        # The fit is off as well, in all directions that these pairs would have told.
        residuals[judged] = (rest[judged] - linear[judged] @ slopes) / np.sqrt(1 + own)
    return residuals


def pseudo_inverse(gram: FloatArray) -> tuple[FloatArray, int]:
    """Inverse of a symmetric matrix (d, d) where it is well determined, 0 elsewhere; its rank."""
    values, vectors = np.linalg.eigh(gram)
    kept = values > _LEAST_EIGENVALUE * values[-1]
    found = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
    return found, int(kept.sum())


def _decomposed(matrix: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """u (n, k), s^2 (k,) and v (m, k) with matrix = u diag(s) v^T, by its smaller product."""
    n, m = matrix.shape
    values, vectors = np.linalg.eigh(matrix @ matrix.T if n <= m else matrix.T @ matrix)
    kept = values > 1e-12 * values[-1]
    values, vectors = values[kept], vectors[:, kept]
    if n <= m:
        return vectors, values, matrix.T @ vectors / np.sqrt(values)
    return matrix @ vectors / np.sqrt(values), values, vectors
