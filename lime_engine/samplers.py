"""Which masks to ask: the law of a neighbourhood, drawn from or enumerated."""

from dataclasses import dataclass
from math import comb, floor, sqrt

import numpy as np

from lime_engine.errors import SettingsError
from lime_engine.kernels import TOO_NARROW
from lime_engine.settings import Sampler
from lime_engine.types import Design, FloatArray, IntArray, Law, MaskArray

MAX_ENUMERATED = 20  # components; beyond it 2^d masks are too many for any budget
ROWS_FOR_PAIRS = 16  # per coefficient: a pair counts once for the weights, and as one cluster
MOST_PAIRED = 12  # components whose pairs are helpers
MAX_CELLS = 20_000_000  # samples times components: with the fit, up to 1 GB of memory
_LEAST_SPREAD = 1e-5  # of how many are off, among what counts: else rounding is all
_TINY = float(np.finfo(float).tiny)
_CELLS_AT_ONCE = 1_000_000  # random keys that are sorted at the same time


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

    def __post_init__(self) -> None:
        self.sizes.setflags(write=False)
        self.kernel.setflags(write=False)

    @property
    def n_components(self) -> int:
        return len(self.sizes) - 1

    def instance(self) -> Design:
        """The one mask with nothing off."""
        return Design(np.ones((1, self.n_components), dtype=bool), self.kernel[:1])

    def draw(self, n: int, rng: np.random.Generator) -> Design:
        """n masks drawn independently, each weighted by the kernel."""
        removed = rng.choice(len(self.sizes), size=n, p=self.sizes)
        return Design(self._masks(removed, rng), self.kernel[removed])

    def draw_balanced(self, n: int, rng: np.random.Generator) -> Design:
        """n masks, their sizes drawn systematically, most often those with the most leverage.

        The weight of a mask with s components off is sizes[s] kernel[s] / q[s], where q is how
        often the size is drawn. Where a mask is as likely as its complement, they come in pairs,
        once there are enough of them.

        Raises
        ------
        SettingsError
            If the kernel is so narrow that all that counts has as many components off.
        """
        mass = self.sizes * self.kernel
        share, off = mass / max(mass.sum(), _TINY), np.arange(len(mass))
        if self.n_components > 1 and share @ (off - share @ off) ** 2 < _LEAST_SPREAD:
            raise SettingsError(TOO_NARROW)
        informative = mass * self._leverage()
        symmetric = bool(np.allclose(self.sizes, self.sizes[::-1]))
        paired = symmetric and n >= ROWS_FOR_PAIRS * (self.n_components + 1)
        if symmetric:
            informative += informative[::-1]
        q = informative / informative.sum()
        if not symmetric:
            q = (q + self.sizes) / 2  # leverage alone is worse where the answers are crooked
        n_drawn = -(-n // 2) if paired else n
        places = (np.arange(n_drawn) + rng.random()) / n_drawn
        last = int(np.flatnonzero(q)[-1])  # the sum of q may round to less than 1
        removed = np.minimum(np.searchsorted(np.cumsum(q), places, side="right"), last)
        masks = self._masks(removed, rng)
        if not paired:
            return Design(masks, mass[removed] / q[removed])
        both = np.stack([masks, ~masks], axis=1).reshape(-1, self.n_components)[:n]
        removed = self.n_components - both.sum(axis=1)
        return Design(both, mass[removed] / q[removed], clusters=np.arange(n) // 2)

    def enumerate(self, n: int) -> Design | None:
        """All 2^d masks, weighted as n drawn masks are in expectation; row 0 is the instance.

        The weight of a mask with s off is n sizes[s] kernel[s] / C(d, s). None if there are more
        than n + 1 masks.
        """
        if self.n_components > MAX_ENUMERATED or 2**self.n_components > n + 1:
            return None
        masks = all_masks(self.n_components)
        removed = self.n_components - masks.sum(axis=1)
        ways = np.array([comb(self.n_components, s) for s in range(self.n_components + 1)])
        return Design(masks, (n * self.sizes * self.kernel / ways)[removed], exact=True)

    def moments(self, rows: IntArray) -> FloatArray:
        """These rows of E[kernel (1, z) (1, z)^T], (n, d+1).

        Garreau & von Luxburg, "Explaining the Explainer", 2020, and Garreau & Mardaoui, "What does
        LIME really see in images?", 2021.
        """
        a0, a1, a2, _ = self._alphas()
        found = np.full((len(rows), self.n_components + 1), a2)
        found[range(len(rows)), rows] = a1  # z^2 = z
        found[rows == 0], found[:, 0] = a1, a1
        found[rows == 0, 0] = a0
        return found

    def helpers(
        self, design: Design, pilot: FloatArray, n_helpers: int
    ) -> tuple[FloatArray, FloatArray]:
        """How the answers bend with the share t of the components that are on, and in pairs.

        t^2 and t^3; z_i t of the strongest components, for what counts more or less the more is
        left; and z_i z_j among the strongest. Each with its fit on (1, z).
        """
        d = self.n_components
        strongest = np.argsort(-np.abs(pilot), kind="stable")
        masks = design.masks.astype(float)
        share = masks.mean(axis=1)
        columns, back = [np.empty((len(design), 0))], [np.empty((d + 1, 0))]
        if n_helpers > 2 and d > 3:  # else they are mixes of the pairs
            for power in (2, 3):
                columns.append(share[:, None] ** power)
                back.append(self._fit_of_shares(power))
            bending = strongest[: (n_helpers - 2) // 2]
            columns.append(masks[:, bending] * share[:, None])
            back.append(_spread_out(self._fit_of_a_product(), d, bending[:, None]))
            n_helpers -= 2 + len(bending)
        n_paired = min(MOST_PAIRED, floor(sqrt(n_helpers)), d)
        if n_paired > 1:
            pairs = strongest[np.column_stack(np.triu_indices(n_paired, k=1))]
            columns.append(masks[:, pairs[:, 0]] * masks[:, pairs[:, 1]])
            back.append(_spread_out(self._fit_of_a_pair(), d, pairs))
        return np.column_stack(columns), np.column_stack(back)

    def background(self, n: int, rng: np.random.Generator) -> FloatArray | None:
        """Nothing: the mask says what the instance looks like."""
        return None

    def _masks(self, removed: IntArray, rng: np.random.Generator) -> MaskArray:
        """Masks with these numbers (n,) of components off, uniformly which."""
        # Off are the s smallest of d random keys; a row's sort is vectorised, a shuffle is not.
        masks = np.empty((len(removed), self.n_components), dtype=bool)
        n_at_once = max(1, _CELLS_AT_ONCE // self.n_components)
        for start in range(0, len(removed), n_at_once):
            off = removed[start : start + n_at_once]
            keys = rng.random((len(off), self.n_components))
            ordered = np.sort(keys, axis=1)
            last_off = np.where(off > 0, ordered[np.arange(len(off)), off - 1], -1.0)
            np.greater(keys, last_off[:, None], out=masks[start : start + n_at_once])
        return masks

    def _alphas(self) -> FloatArray:
        """E[kernel z_1 … z_p] for p = 0, 1, 2, 3: p given components on, the rest as they come."""
        d = self.n_components
        on = d - np.arange(d + 1)
        shares = np.ones((4, d + 1))
        for p in range(1, min(4, d + 1)):
            shares[p] = shares[p - 1] * np.maximum(on - p + 1, 0) / (d - p + 1)
        return np.asarray(shares @ (self.sizes * self.kernel))

    def _leverage(self) -> FloatArray:
        """x^T S^-1 x of a mask with s components off, x = (1, z), S the moments; (d+1,)."""
        d = self.n_components
        a0, a1, a2, _ = self._alphas()
        if d == 1:
            a2 = 0.0  # there are no two components
        on = d - np.arange(d + 1)
        total = a1 - a2 + d * a2
        own = (on - a2 * on**2 / total) / (a1 - a2)
        return np.asarray((1 - a1 * on / total) ** 2 / (a0 - a1**2 * d / total) + own)

    def _fit_of_shares(self, power: int) -> FloatArray:
        """The limit of the fit of t^power on (1, z), (d+1, 1); t is the share that is on."""
        d = self.n_components
        a0, a1, a2, _ = self._alphas()
        mass, share = self.sizes * self.kernel, 1 - np.arange(d + 1) / d
        system = np.array([[a0, d * a1], [a1, a1 + (d - 1) * a2]])
        constant, each = np.linalg.solve(system, [mass @ share**power, mass @ share ** (power + 1)])
        found = np.full((d + 1, 1), each)
        found[0] = constant
        return found

    def _fit_of_a_product(self) -> FloatArray:
        """The limit of the fit of z_i t on (1, z): constant, weight of i, of each other."""
        d = self.n_components
        a0, a1, a2, _ = self._alphas()
        mass, on = self.sizes * self.kernel, d - np.arange(d + 1)
        system = np.array(
            [
                [a0, a1, (d - 1) * a1],
                [a1, a1, (d - 1) * a2],
                [a1, a2, a1 + (d - 2) * a2],
            ]
        )
        own = mass @ (on / d) ** 2
        other = mass @ (on**2 * (on - 1) / (d**2 * (d - 1)))
        return np.asarray(np.linalg.solve(system, [own, own, other]))

    def _fit_of_a_pair(self) -> FloatArray:
        """The limit of the fit of z_i z_j on (1, z): constant, weight of i and j, of each other."""
        d = self.n_components
        a0, a1, a2, a3 = self._alphas()
        system = np.array(
            [
                [a0, 2 * a1, (d - 2) * a1],
                [a1, a1 + a2, (d - 2) * a2],
                [a1, 2 * a2, a1 + (d - 3) * a2],
            ]
        )
        right = np.array([a2, a2, a3])
        if d > 2:
            return np.asarray(np.linalg.solve(system, right))
        return np.append(np.linalg.solve(system[:2, :2], right[:2]), 0.0)


def _spread_out(fit: FloatArray, n_components: int, members: IntArray) -> FloatArray:
    """A fit (constant, weight of a member, of each other) for each row of members; (d+1, n)."""
    constant, member, other = fit
    found = np.full((n_components + 1, len(members)), other)
    found[0] = constant
    found[members.T + 1, np.arange(len(members))] = member
    return found


def most_samples(n_components: int) -> int:
    """How many samples an instance with so many components can have."""
    return max(2, MAX_CELLS // max(1, n_components))


def check_room(n_samples: int, n_components: int) -> None:
    """See that so many samples can be held in memory, before any is drawn.

    Raises
    ------
    SettingsError
    """
    most = most_samples(n_components)
    if n_samples > most:
        raise SettingsError(
            f"{n_samples:,} samples of an instance with {n_components:,} components take too much "
            f"memory: {MAX_CELLS:,} is the most for the product of both. Ask for at most {most:,} "
            "samples, or take the instance apart into fewer components."
        )


def all_masks(n_components: int) -> MaskArray:
    """Every mask once, (2^d, d), from all on (row 0) to all off."""
    numbers = np.arange(2**n_components - 1, -1, -1)
    return np.asarray((numbers[:, None] >> np.arange(n_components)) & 1 == 1)


def neighbourhood_design(
    law: Law, n_samples: int, rng: np.random.Generator, sampler: Sampler
) -> Design:
    """The instance and n_samples - 1 drawn rows; or all there are if they are no more.

    To `lime` the instance is a sample like the others; to "projected", which aims at the limit of
    infinitely many samples, it has no weight of its own, unless it has but one component.

    Raises
    ------
    SettingsError
        As `check_room`.
    """
    check_room(n_samples, len(law.kernel) - 1)
    exact, instance = law.enumerate(n_samples - 1), law.instance()
    if sampler == "lime" or len(law.kernel) == 2:
        if exact is None:
            return instance + law.draw(n_samples - 1, rng)
        weights = exact.weights.copy()
        weights[0] += law.kernel[0]
        return Design(exact.masks, weights, exact=True, draws=exact.draws)
    return exact or unweighted(instance) + law.draw_balanced(n_samples - 1, rng)


def unweighted(design: Design) -> Design:
    """The same rows, to be asked about but not to count."""
    return Design(design.masks, np.zeros(len(design)), draws=design.draws)
