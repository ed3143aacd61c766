"""Whether another run would name the same components: what is settled, and what is a tie."""

import numpy as np

from lime_engine.fit.projection import Estimate
from lime_engine.types import Z95, FloatArray, IntArray, Stability

LEVEL = 0.05
TOLERANCE = 0.2  # of the largest weight: components closer than that are as strong as each other
_ROUNDING = 1e-9  # of the largest weight
MOST_CONTENDERS = 3  # not shown, and yet named in a tie


def judge(
    estimate: Estimate, chosen: IntArray, looks: int, n_samples: int
) -> tuple[Stability, dict[int, bool]] | None:
    """Stability of the `chosen` components, and which of them are settled.

    A shown component is settled against one that is not if an independent rerun would hardly show
    the other instead, or only one that is as strong, up to `TOLERANCE` of the strongest. With s the
    standard error of how much it leads: the lead is at least z sqrt(2) s, what two runs differ by
    (Zhou, Hooker & Wang, "S-LIME", 2021), or z s is within the tolerance, so that a lead of more
    than that would not turn around. The level of z is shared out over repeated looks:
    LEVEL / (t (t + 1)) at look t, in all at most LEVEL. None when the covariance is unknown.

    Parameters
    ----------
    estimate : Estimate
        Of all d components.
    chosen : array (K,)
    looks : int
        How often this run has been judged, this time included.
    n_samples : int
        How many it has drawn.
    """
    if estimate.covariance is None:
        return None
    weights, covariance = estimate.weights, estimate.covariance[1:, 1:]
    size = np.abs(weights)
    rest = np.setdiff1d(np.arange(len(weights)), chosen)
    largest = size.max(initial=0.0)
    if len(rest) == 0 or len(chosen) == 0 or largest == 0:
        settled = dict.fromkeys(chosen.tolist(), True)
        return Stability(True, None, _ties(size, weights, covariance, chosen, rest)), settled
    lead = size[chosen][:, None] - size[rest]
    blur = _quantile(LEVEL / (looks * (looks + 1))) * np.sqrt(
        _variance(weights, covariance, chosen, rest)
    )
    allowed = np.maximum(TOLERANCE * largest, lead / np.sqrt(2))
    ok = blur <= allowed
    forecast = None if ok.all() else int(np.ceil(n_samples * ((blur / allowed) ** 2).max()))
    per_component = dict(zip(chosen.tolist(), ok.all(axis=1).tolist(), strict=True))
    contenders = rest[(np.sqrt(2) * blur > lead).any(axis=0)]
    ties = _ties(size, weights, covariance, chosen, contenders)
    return Stability(bool(ok.all()), forecast, ties), per_component


def _variance(
    weights: FloatArray, covariance: FloatArray, first: IntArray, second: IntArray
) -> FloatArray:
    """Of |b_i| - |b_j| in one run, for all pairs, (len(first), len(second))."""
    sign = np.sign(weights)
    own = np.diag(covariance)
    both = sign[first][:, None] * sign[second] * covariance[np.ix_(first, second)]
    return np.maximum(own[first][:, None] + own[second] - 2 * both, 0.0)


def _ties(
    size: FloatArray,
    weights: FloatArray,
    covariance: FloatArray,
    chosen: IntArray,
    contenders: IntArray,
) -> tuple[tuple[int, ...], ...]:
    """Runs of components, strongest first, that cannot be told from the first of their run."""
    strongest = contenders[np.argsort(-size[contenders], kind="stable")][:MOST_CONTENDERS]
    both = np.append(chosen, strongest)
    order = both[np.argsort(-size[both], kind="stable")]
    lead = size[order][:, None] - size[order]
    blur = Z95 * np.sqrt(_variance(weights, covariance, order, order))
    alike = lead <= blur + _ROUNDING * size.max(initial=0.0)
    groups: list[tuple[int, ...]] = []
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and alike[start, end]:
            end += 1
        if end - start > 1:
            groups.append(tuple(order[start:end].tolist()))
        start = end
    return tuple(groups)


def _quantile(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(1 - level))
