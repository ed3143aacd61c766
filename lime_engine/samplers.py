"""Which masks to ask: the law of a neighbourhood, drawn from or enumerated."""

from dataclasses import dataclass
from math import comb
from typing import Protocol

import numpy as np

from lime_engine.types import Design, FloatArray, MaskArray

MAX_ENUMERATED = 20  # components; beyond it 2^d masks are too many for any budget


class Law(Protocol):
    """How likely the rows of a neighbourhood are, and how much each counts.

    `kernel` (d+1,): the weight of a row with s of the d components off, s = 0..d.
    """

    @property
    def kernel(self) -> FloatArray: ...
    def draw(self, n: int, rng: np.random.Generator) -> Design: ...
    def instance(self) -> Design: ...
    def enumerate(self, n: int) -> Design | None:
        """All rows there can be, weighted as the instance and n drawn ones are in expectation.

        None if they are more than n + 1, or not to be counted.
        """


@dataclass(frozen=True, slots=True, eq=False)
class MaskLaw:
    """A law under which all masks with the same number of components off are equally likely.

    Parameters
    ----------
    sizes : array (d+1,)
        Probability that s of the d components are off, s = 0..d.
    kernel : array (d+1,)
        Weight of a mask with s components off; `kernel[0]` is that of the instance.
    """

    sizes: FloatArray
    kernel: FloatArray

    @property
    def n_components(self) -> int:
        return len(self.sizes) - 1

    def draw(self, n: int, rng: np.random.Generator) -> Design:
        """n masks drawn independently, each weighted by the kernel."""
        removed = rng.choice(len(self.sizes), size=n, p=self.sizes)
        # Off are the s smallest of d random keys; a row's sort is vectorised, a shuffle is not.
        keys = rng.random((n, self.n_components))
        ordered = np.sort(keys, axis=1)
        last_off = np.where(removed > 0, ordered[np.arange(n), removed - 1], -1.0)
        return Design(keys > last_off[:, None], self.kernel[removed])

    def instance(self) -> Design:
        """The one mask with nothing off."""
        return Design(np.ones((1, self.n_components), dtype=bool), self.kernel[:1])

    def enumerate(self, n: int) -> Design | None:
        """All 2^d masks, weighted as the instance and n drawn masks are in expectation.

        The weight of a mask with s off is n sizes[s] kernel[s] / C(d, s); the instance, row 0,
        has kernel[0] more. None if there are more than n + 1 masks.
        """
        if self.n_components > MAX_ENUMERATED or 2**self.n_components > n + 1:
            return None
        masks = all_masks(self.n_components)
        removed = self.n_components - masks.sum(axis=1)
        ways = np.array([comb(self.n_components, s) for s in range(self.n_components + 1)])
        weights = (n * self.sizes * self.kernel / ways)[removed]
        weights[0] += self.kernel[0]
        return Design(masks, weights, exact=True)


def all_masks(n_components: int) -> MaskArray:
    """Every mask once, (2^d, d), from all on (row 0) to all off."""
    numbers = np.arange(2**n_components - 1, -1, -1)
    return np.asarray((numbers[:, None] >> np.arange(n_components)) & 1 == 1)


def neighbourhood_design(law: Law, n_samples: int, rng: np.random.Generator) -> Design:
    """The instance and n_samples - 1 drawn rows; or all there are if they are no more."""
    return law.enumerate(n_samples - 1) or law.instance() + law.draw(n_samples - 1, rng)
