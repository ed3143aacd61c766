"""Shapley weights: a second opinion, by the same steps of components, design, responses and fit.

The answer for the instance minus the answer with everything off is divided among the components:
each gets what it adds, on average over all orders in which they could be switched on. This is a
weighted least-squares fit on masks, as LIME's, with another kernel and a constraint (`fit.odd`).

References
----------
Shapley, "A Value for n-Person Games", 1953.
Lundberg & Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017: the kernel.
Covert & Lee, "Improving KernelSHAP", AISTATS 2021: each mask with its complement.
Musco & Witter, "Provably Accurate Shapley Value Estimation via Leverage Score Sampling", ICLR 2025:
how often each size is drawn.
Wynn, "The Sequential Generation of D-Optimum Experimental Designs", 1970: which masks of it.
"""

from dataclasses import asdict, dataclass
from itertools import combinations
from math import comb, isqrt
from typing import Any, TypeVar

import numpy as np

from lime_engine.errors import SettingsError, TargetError, is_whole
from lime_engine.evaluation import OnProgress, Perturber, Room, ShouldStop, evaluate
from lime_engine.fit.odd import fit_odd, pseudo_inverse
from lime_engine.samplers import MAX_CELLS, all_masks, check_room
from lime_engine.settings import LimeSettings
from lime_engine.subjects import Subject
from lime_engine.table.rows import drawn
from lime_engine.types import Design, FloatArray, IntArray, Law, MaskArray, PredictFn

Batch = TypeVar("Batch")

MOST_UNLIKE = 500  # components up to which masks are made unlike
PAIRS_UNLIKE = 4  # times d: so many are; with more, chance does nearly as well
LEAST_BACKGROUND = 10  # background rows that stand for "off" in a table
_EMPTY_SHARE = 10  # one in so many samples of a table is a row with everything off
_STREAM = 1953  # of random numbers; no other purpose has this one
_LEAST_MASKS = 3  # times d + 1, for standard errors: with fewer they are too small
_ROUNDING = 1e-9  # of a sum of shares
_LITTLE = 1e-3  # of what a pair tells: known of every direction before the first


@dataclass(frozen=True, slots=True)
class ShapleyWeights:
    """How the answer is divided among the d components, in units of the model's answer.

    `full` is the answer for the instance and `base` that with everything off (for tables: the mean
    over background rows). The sum of `weights` (d,) is `full` - `base`, to rounding. `std_errors`
    (d,) are those of drawing other masks and other background rows: 0 where nothing was drawn, None
    where there are too few samples. `exact` says that all 2^d masks were asked (for tables: with
    each of the background rows that were drawn); `n_calls` is the number of instances the model was
    asked about.
    """

    base: float
    full: float
    weights: tuple[float, ...]
    std_errors: tuple[float, ...] | None
    exact: bool
    n_calls: int

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and numbers, ready for `json.dumps`."""
        errors = None if self.std_errors is None else list(self.std_errors)
        return asdict(self) | {"weights": list(self.weights), "std_errors": errors}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "ShapleyWeights":
        """The inverse of `to_dict`, also after a way through JSON."""
        errors = None if data["std_errors"] is None else tuple(data["std_errors"])
        return cls(**data | {"weights": tuple(data["weights"]), "std_errors": errors})


def explain_shapley(
    subject: Subject,
    predict: PredictFn[Batch],
    perturber: Perturber[Any, Batch],
    settings: LimeSettings,
    *,
    target: int,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> ShapleyWeights:
    """The Shapley weights of one class: `shapley_design`, `evaluate`, `fit_shapley`.

    Parameters
    ----------
    subject : Subject
        As `perturber.components` took the instance apart.
    settings : LimeSettings
        Of these, `n_samples`, `mode`, `batch_size` and `seed` count; "auto" samples are
        `max_samples`.
    target : int
        The class to explain; 0 for regression.
    on_progress, should_stop : callable or None
        As in `engine.explain`.

    Raises
    ------
    SettingsError, PredictorError, TargetError, Cancelled
    """
    rng = np.random.default_rng([settings.seed, _STREAM])
    n_samples = settings.max_samples if settings.n_samples == "auto" else settings.n_samples
    design = shapley_design(perturber.law(subject, None), n_samples, rng)
    responses = evaluate(
        predict,
        perturber,
        subject,
        design,
        mode=settings.mode,
        room=Room.of(settings),
        on_progress=on_progress,
        should_stop=should_stop,
    )
    n_classes = responses.values.shape[1]
    if not is_whole(target) or not 0 <= target < n_classes:
        raise TargetError(
            f"{target!r} is not a class of this model. Give an index from 0 to {n_classes - 1}."
        )
    return fit_shapley(design, responses.values[:, target], responses.n_calls)


def shapley_design(law: Law, n_samples: int, rng: np.random.Generator) -> Design:
    """Which masks to ask; row 0 is the instance, and the empty mask is always among them.

    Where the law has a background, "off" is a value of a background row, drawn without the
    instance; the rest of the row is the instance's.

    If all 2^d masks fit into `n_samples`, they are the design (`exact`), in the order of
    `samplers.all_masks`. With a background all of them are asked for each of its rows, which are
    `n_samples` // 2^d and at least LEAST_BACKGROUND; `clusters` numbers these.

    Otherwise there are as many masks of each size from 1 to d-1, or all there are of it, none of
    them twice; every mask comes with its complement and has one background row, the same for both;
    `clusters` numbers the pairs. Up to d pairs they are those of one order of the components, from
    both ends; more are chosen so that they tell the components apart. With a background a size may
    have more masks than there are, each with several of its rows. The empty mask comes once, or
    with a tenth of `n_samples` background rows (at least LEAST_BACKGROUND, at most half).

    The weight is the Shapley kernel over how often a mask is drawn (Lundberg & Lee, theorem 2); 0
    for the full and the empty mask, which the constraint fits exactly.

    Parameters
    ----------
    law : Law
        Of it, `instance` and `background` count, and how many components there are.
    n_samples : int, at least 2
        The design has no more rows than that.

    Raises
    ------
    SettingsError
        As `samplers.check_room`, and if there are too many components for their products.
    """
    n_components = len(law.kernel) - 1
    if n_components > isqrt(MAX_CELLS):
        raise SettingsError(
            f"The instance has {n_components:,} components; Shapley weights are worked out for at "
            f"most {isqrt(MAX_CELLS):,}, by the products of all pairs. Take it apart into fewer."
        )
    check_room(n_samples, n_components)
    n_each = n_samples // 2**n_components
    background = law.background(n_samples, rng)
    if background is None and n_each >= 1:
        return _all(law, None)
    if background is not None and n_each >= LEAST_BACKGROUND:
        return _all(law, background[:n_each])
    return _sample(law, n_samples, background, rng)


def fit_shapley(design: Design, answers: FloatArray, n_calls: int) -> ShapleyWeights:
    """The weights that `design` gives: least squares, under the constraint on their sum.

    Exact if all masks were asked; else as `fit.odd` says. With few masks what three components do
    together is underestimated, by less than the standard errors hold. Components that the masks do
    not tell apart share alike.

    Standard errors are over background rows if all masks were asked. Else they are over pairs, each
    as far off as it was from a fit to others, times the share of its size that was not asked; None
    below 3 (d+1) masks, where they would be too small.

    Parameters
    ----------
    design : Design
        From `shapley_design`.
    answers : array (n,)
        Of the model, for one class.
    n_calls : int
        How many instances it was asked about, for the record.
    """
    fit = _fit_all if design.exact else _fit_sample
    weights, errors = fit(design, answers)
    return ShapleyWeights(
        base=float(answers[~design.masks.any(axis=1)].mean()),
        full=float(answers[0]),
        weights=tuple(weights.tolist()),
        std_errors=None if errors is None else tuple(errors.tolist()),
        exact=design.exact,
        n_calls=n_calls,
    )


def _all(law: Law, background: FloatArray | None) -> Design:
    """All masks, once or for each background row."""
    d = len(law.kernel) - 1
    masks = all_masks(d)
    ways = np.array([comb(d, s) for s in range(d + 1)])
    weights = (_kernel_mass(d) / ways)[masks.sum(axis=1)]
    if background is None:
        return Design(masks, weights, exact=True)
    n_each = len(background)
    crossed = np.tile(masks, (n_each, 1))
    return Design(
        crossed,
        np.tile(weights, n_each),
        exact=True,
        draws=_draws(law, crossed, background.repeat(len(masks), axis=0)),
        clusters=np.arange(n_each).repeat(len(masks)),
    )


def _sample(
    law: Law, n_samples: int, background: FloatArray | None, rng: np.random.Generator
) -> Design:
    """The instance, the empty mask (for each of its background rows), and pairs of all sizes."""
    d = len(law.kernel) - 1
    n_empty = 1
    if background is not None:
        n_empty = min(max(LEAST_BACKGROUND, n_samples // _EMPTY_SHARE), n_samples // 2)
    n_pairs = (n_samples - 1 - n_empty) // 2 if d > 1 else 0
    half, each = _half_of_pairs(d, n_pairs, rng, repeated=background is not None)
    pairs = np.stack([half, ~half], axis=1).reshape(-1, d)
    weights = each.repeat(2)
    n_pairs = len(half)

    masks = np.concatenate([np.ones((1, d), dtype=bool), np.zeros((n_empty, d), dtype=bool), pairs])
    cluster = np.arange(1 + n_empty + n_pairs)
    clusters = cluster.repeat(np.where(cluster > n_empty, 2, 1))
    return Design(
        masks,
        np.concatenate([np.zeros(1 + n_empty), weights]),
        draws=None if background is None else _draws(law, masks, background[clusters]),
        clusters=clusters,
    )


def _half_of_pairs(
    d: int, n_pairs: int, rng: np.random.Generator, *, repeated: bool
) -> tuple[MaskArray, FloatArray]:
    """A mask of each pair (n, d), and the weight (n,) of either.

    As many of each size, or all there are of it; none comes twice unless it is `repeated`, with
    another background row, and then once all of its size have come.
    """
    sizes = list(range(1, d // 2 + 1))  # of the smaller of both
    there = [_n_pairs(d, size) for size in sizes]
    wanted = _shared_out(n_pairs, [np.inf if repeated else n for n in there], d)
    ends = np.floor(np.append(0.0, np.cumsum(wanted)) + rng.random() + _ROUNDING)
    order = rng.permutation(d)
    drawn = [np.empty((0, d), dtype=bool)]
    weights = [np.empty(0)]
    mass = _kernel_mass(d)
    for size, n_there, expected, n in zip(sizes, there, wanted, np.diff(ends), strict=True):
        rounds, rest = divmod(int(n), n_there)
        drawn += [_distinct(order, size, n_there, rng) for _ in range(rounds)]
        drawn += [_distinct(order, size, rest, rng)]
        of_both = 2 if 2 * size == d else 1  # both masks of a pair are of this size
        weights += [np.full(int(n), mass[size] / (of_both * max(expected, _ROUNDING)))]
    half, importance = np.concatenate(drawn), np.concatenate(weights)
    # As few pairs as components do not show what threes do. The masks of one order hold each other,
    # and what threes do is nearly the same in two that follow each other.
    if d < len(half) and d <= MOST_UNLIKE:
        half = _unlike(half, importance, rng)
    return half, importance


def _unlike(masks: MaskArray, importance: FloatArray, rng: np.random.Generator) -> MaskArray:
    """These masks (n, d), but each with those on of which the others say least.

    One after the other, components are swapped while what the masks before it leave open of its
    answer grows (sequential D-optimal design, Wynn 1970); its size stays, and no mask comes twice.
    By chance some components are told apart badly by not many more masks. The choice looks at no
    answers and treats all components alike, so that each mask by itself is still any of its size.
    """
    from scipy.linalg.blas import dger

    n, d = masks.shape
    turns, stay = np.split(rng.permutation(n), [PAIRS_UNLIKE * d])
    x = np.sqrt(importance)[:, None] * _centred(masks)
    known = x[stay].T @ x[stay] + _LITTLE * np.square(x).sum() / n * np.eye(d)
    open_ = np.asfortranarray(np.linalg.inv(known))  # what is not known of each direction
    found = masks.copy()
    taken = {_key(mask) for mask in masks}
    for turn in turns.tolist():
        mask = _swapped(masks[turn], open_)
        if _key(mask) not in taken:
            taken.discard(_key(masks[turn]))
            taken.add(_key(mask))
            found[turn] = mask
        told = np.sqrt(importance[turn]) * (found[turn] - found[turn].mean())
        pull = open_ @ told
        open_ = dger(-1 / (1 + told @ pull), pull, pull, a=open_, overwrite_a=1)
    return found


def _key(mask: MaskArray) -> bytes:
    """The same for a mask and its complement."""
    return min(mask.tobytes(), (~mask).tobytes())


def _swapped(mask: MaskArray, open_: FloatArray) -> MaskArray:
    """The mask (d,) with pairs of components on and off swapped while that adds to x^T open_ x.

    x is the mask less its mean.
    """
    mask, own = mask.copy(), open_.diagonal()
    pull = open_ @ (mask - mask.mean())
    while True:
        leaves = int(np.argmax(np.where(mask, own - 2 * pull, -np.inf)))
        gains = np.where(mask, -np.inf, own + 2 * (pull - open_[:, leaves]))
        comes = int(np.argmax(gains))
        if own[leaves] - 2 * pull[leaves] + gains[comes] <= _ROUNDING * own[leaves]:
            return mask
        mask[[leaves, comes]] = False, True
        pull += open_[:, comes] - open_[:, leaves]


def _shared_out(n_pairs: int, most: list[float], d: int) -> FloatArray:
    """How many pairs each size gets, (d//2,): alike, but no more than there are.

    A pair of the middle size is two of it, so that it gets half.
    """
    sizes = np.arange(1, len(most) + 1)
    share = np.where(2 * sizes == d, 0.5, 1.0)
    limits = np.array([float(n) for n in most])
    wanted = np.zeros(len(most))
    open_ = np.ones(len(most), dtype=bool)
    while open_.any():
        even = share * (n_pairs - wanted[~open_].sum()) / share[open_].sum()
        whole = open_ & (even >= limits)
        wanted[open_] = even[open_]
        if not whole.any():
            break
        wanted[whole] = limits[whole]
        open_ &= ~whole
    return wanted


def _n_pairs(d: int, size: int) -> int:
    """How many masks with `size` on there are; of the middle size, one of each pair."""
    return comb(d, size) // (2 if 2 * size == d else 1)


def _distinct(order: IntArray, size: int, n: int, rng: np.random.Generator) -> MaskArray:
    """n masks (n, d) with `size` on, no two the same or the complement of each other.

    Those that come first and last in the `order` are among them, if there is room.
    """
    d = len(order)
    middle = 2 * size == d
    if 2 * n > _n_pairs(d, size):  # so many that all may be written down
        every = np.array(list(combinations(range(d), size)))
        if middle:
            every = every[: len(every) // 2]  # those with component 0
        masks = np.zeros((len(every), d), dtype=bool)
        masks[np.arange(len(every))[:, None], every] = True
        return masks[rng.permutation(len(masks))[:n]]
    some = np.stack([order < size, order >= d - size])
    found: dict[bytes, MaskArray] = {}
    while len(found) < n:
        if middle:
            some = some ^ ~some[:, :1]  # that of the pair with component 0 on
        found.update((mask.tobytes(), mask) for mask in some[: n - len(found)])
        some = rng.permuted(np.tile(np.arange(d) < size, (n - len(found), 1)), axis=1)
    return np.array(list(found.values()), dtype=bool).reshape(n, d)


def _kernel_mass(n_components: int) -> FloatArray:
    """(d-1) / (s (d-s)): Shapley kernel of all masks with s components on, s = 0..d; 0 at the ends.

    At the ends it is infinite, which is what the constraint says.
    """
    on = np.arange(1, n_components)
    mass = np.zeros(n_components + 1)
    mass[1:-1] = (n_components - 1) / (on * (n_components - on))
    return mass


def _draws(law: Law, masks: MaskArray, background: FloatArray) -> FloatArray:
    """Values of the instance where the mask is on, and of these background rows where it is off."""
    return np.where(masks, drawn(law.instance()), background)


def _fit_all(design: Design, answers: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weights (d,), the mean of those for each background row, and standard errors (d,)."""
    d = design.masks.shape[1]
    masks, weights = design.masks[: 2**d], design.weights[: 2**d]
    centred = _centred(masks)
    inverse, _ = pseudo_inverse(centred.T @ (weights[:, None] * centred))
    each = answers.reshape(-1, 2**d)
    base = each[:, -1:]
    found = (answers[0] - base) / d + ((each - base) * weights) @ centred @ inverse
    n_each = len(found)
    if n_each == 1:
        return found[0], np.zeros(d)
    return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(n_each)


def _fit_sample(design: Design, answers: FloatArray) -> tuple[FloatArray, FloatArray | None]:
    """Weights (d,) and their standard errors (d,), None where there are too few samples."""
    masks = design.masks
    d = masks.shape[1]
    empty = answers[~masks.any(axis=1)]
    first = slice(1 + len(empty), None, 2)  # of each pair
    second = slice(2 + len(empty), None, 2)
    half, odd = masks[first], (answers[first] - answers[second]) / 2
    enough = 2 * len(half) + 2 >= _LEAST_MASKS * (d + 1)
    top = float(answers[0] - empty.mean()) / 2
    signs = np.where(half, 1.0, -1.0)
    fit = fit_odd(signs, design.weights[first], odd, top, errors=enough)
    if fit.residuals is None:
        return fit.weights, None
    drawn = 1.0 if design.draws is not None else _share_not_asked(half)
    variance = (fit.of_pairs**2) @ (drawn * fit.residuals**2)
    if len(empty) > 1:
        variance += (fit.of_top / 2) ** 2 * empty.var(ddof=1) / len(empty)
    return fit.weights, np.sqrt(variance)


def _share_not_asked(half: MaskArray) -> FloatArray:
    """Of all pairs with the sizes of each of these: a size that was asked whole has no error."""
    d = half.shape[1]
    smaller = np.minimum(half.sum(axis=1), d - half.sum(axis=1))
    asked = np.bincount(smaller, minlength=d // 2 + 1)
    there = [1, *(_n_pairs(d, size) for size in range(1, d // 2 + 1))]
    left = [1 - n / in_all for n, in_all in zip(asked.tolist(), there, strict=True)]
    return np.asarray(np.array(left)[smaller])


def _centred(masks: MaskArray) -> FloatArray:
    """Masks (n, d) minus the share of their components that is on, (n, d)."""
    return np.asarray(masks - masks.mean(axis=1, keepdims=True))
