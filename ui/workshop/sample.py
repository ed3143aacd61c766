"""Which of many items are looked at where not all can be: the same ones for everybody."""

import numpy as np

_SEED = 0


def sampled(n_there: int, n: int) -> list[int]:
    """At most `n` of the rows 0 to n_there - 1, at random, in the order in which they are drawn.

    The same ones at every call. A smaller sample is the beginning of a larger one: what is made of
    its items serves both, and a run that is stopped on its way has a sample as well.
    """
    drawn: list[int] = np.random.default_rng(_SEED).permutation(n_there)[:n].tolist()
    return drawn
