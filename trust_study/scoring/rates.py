"""Rates and tests of things that each person does once."""

from collections.abc import Sequence
from math import sqrt

from scipy.stats import binomtest, norm

Z = float(norm.ppf(0.975))
P_VALUES_FROM = 20  # participants; with fewer, counts and intervals only


def wilson(count: float, n: float) -> tuple[float, float]:
    """The 95% interval of Wilson for a rate of `count` in `n` independent cases."""
    if n <= 0:
        return 0.0, 1.0
    rate, z2 = count / n, Z * Z / n
    middle = (rate + z2 / 2) / (1 + z2)
    half = Z / (1 + z2) * sqrt(rate * (1 - rate) / n + z2 / (4 * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p-value of a change in pairs: `gained` changed one way, `lost` the other.

    Pairs that have not changed say nothing.
    """
    n = gained + lost
    return float(binomtest(gained, n, 0.5).pvalue) if n else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values, adjusted for there being several of them (Holm 1979)."""
    ranked = sorted(range(len(p_values)), key=lambda n: p_values[n])
    adjusted, most = [0.0] * len(p_values), 0.0
    for rank, n in enumerate(ranked):
        most = max(most, min(1.0, (len(p_values) - rank) * p_values[n]))
        adjusted[n] = most
    return adjusted
