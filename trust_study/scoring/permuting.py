"""Whether two arms differ by more than who happened to be in which: permutation tests.

If what is shown did nothing, everybody would have said the same in the other arm. So people are
dealt anew to the two arms; who was in both has the two changed over.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from trust_study.scoring.resampling import RESAMPLES, Floats, Measure, People

_CHUNK = 2_000_000  # places in memory at a time
_ALIKE = 1e-9  # of two differences that are one, but for rounding


def p_values(
    people: People,
    arm: int,
    other: int,
    measures: Sequence[Measure],
    seed: int = 0,
    n: int = RESAMPLES,
) -> list[float]:
    """Two-sided p-values of the difference of each measure between two arms, from `n` deals.

    The smaller tail, doubled; the deal that has been observed is one of them, so that no value is
    0 (Phipson and Smyth 2010). A deal in which a measure is undefined counts as further out.
    """
    both = people.counts[:, [arm, other]]
    both = both[both.any(axis=(1, 2))]
    total = both.sum(axis=(0, 1))
    observed = both[:, 0].sum(axis=0)
    dealt = np.concatenate([observed[None], *_dealt(both, seed, n)])
    found = []
    for measure in measures:
        apart = measure.of(dealt) - measure.of(total - dealt)
        slack = _ALIKE * max(1.0, abs(float(apart[0])))
        tails = (~(sign * (apart - apart[0]) < -slack) for sign in (1, -1))
        found.append(min(1.0, 2 * min(float(tail.mean()) for tail in tails)))
    return found


def _dealt(both: Floats, seed: int, n: int) -> Iterator[Floats]:
    """The sums of the first arm's counts in each deal, in parts."""
    rng = np.random.default_rng(seed)
    was: NDArray[np.bool_] = np.asarray(both.any(axis=2))
    rows = max(1, _CHUNK // max(1, len(both)))
    for start in range(0, n, rows):
        size = min(rows, n - start)
        if was.all(axis=1).any():
            stays = rng.integers(0, 2, (size, len(both)))
            yield both[:, 1].sum(axis=0) + stays @ (both[:, 0] - both[:, 1])
        else:
            is_first = rng.permuted(np.tile(was[:, 0], (size, 1)), axis=1)
            yield is_first.astype(float) @ both.sum(axis=1)
