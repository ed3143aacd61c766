"""Shapley weights: a second opinion, by the same steps of components, design, responses and fit.

The answer for the instance minus the answer with everything off is divided among the components:
each gets what it adds, on average over all orders in which they could be switched on. This is a
weighted least-squares fit on masks, as LIME's, with another kernel and a constraint.

References
----------
Shapley, "A Value for n-Person Games", 1953.
Lundberg & Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017: the kernel.
Covert & Lee, "Improving KernelSHAP", AISTATS 2021: each mask with its complement.
Musco & Witter, "Provably Accurate Shapley Value Estimation via Leverage Score Sampling", ICLR 2025:
how often each size is drawn.
"""

from dataclasses import asdict, dataclass
from math import comb
from typing import Any, TypeVar

import numpy as np

from lime_engine.errors import TargetError
from lime_engine.evaluation import OnProgress, Perturber, Room, ShouldStop, evaluate
from lime_engine.samplers import all_masks
from lime_engine.settings import LimeSettings
from lime_engine.subjects import Subject
from lime_engine.table.rows import drawn
from lime_engine.types import Design, FloatArray, Law, MaskArray, PredictFn

Batch = TypeVar("Batch")

LEAST_BACKGROUND = 10  # background rows that stand for "off" in a table
_EMPTY_SHARE = 10  # one in so many samples of a table is a row with everything off
_STREAM = 1953  # of random numbers; no other purpose has this one
_LEAST_MASKS = 3  # times d + 1, for standard errors: with fewer they are too small
_LEAST_EIGENVALUE = 0.003  # of the largest; directions below it were hardly asked about
_LEAST_FREE = 1e-9  # a pair with leverage 1 is fitted exactly: it has no residual to scale


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
    PredictorError, TargetError, Cancelled
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
    if not 0 <= target < n_classes:
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

    Otherwise the sizes 1, …, d-1 are equally likely, every mask comes with its complement and has
    one background row, the same for both; `clusters` numbers the pairs. The empty mask comes once,
    or with a tenth of `n_samples` background rows (at least LEAST_BACKGROUND, at most half).

    The weight is the Shapley kernel over how often a mask is drawn (Lundberg & Lee, theorem 2); 0
    for the full and the empty mask, which the constraint fits exactly.

    Parameters
    ----------
    law : Law
        Of it, `instance` and `background` count, and how many components there are.
    n_samples : int, at least 2
        The design has no more rows than that.
    """
    n_components = len(law.kernel) - 1
    n_each = n_samples // 2**n_components
    background = law.background(n_samples, rng)
    if background is None and n_each >= 1:
        return _all(law, None)
    if background is not None and n_each >= LEAST_BACKGROUND:
        return _all(law, background[:n_each])
    return _sample(law, n_samples, background, rng)


def fit_shapley(design: Design, answers: FloatArray, n_calls: int) -> ShapleyWeights:
    """The weights that `design` gives: least squares, under the constraint on their sum.

    Exact if all masks were asked; else unbiased up to terms of order 1 / n, from about 3 (d+1)
    masks on. With fewer, components that the masks do not tell apart share alike.

    Standard errors are over background rows if all masks were asked. Else they are the sandwich
    over pairs, each with its residual over 1 - leverage, as the jackknife has it (Bell & McCaffrey
    2002); None below 3 (d+1) masks, where they would be too small.

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

    # The sizes are as even as they can be; which components are off is left to chance.
    shares = (np.arange(n_pairs) + rng.random()) / max(n_pairs, 1)
    n_off = np.minimum(1 + np.floor(shares * (d - 1)), d - 1)  # a share may round to 1
    half = rng.permuted(np.arange(d) >= n_off[:, None], axis=1)
    pairs = np.stack([half, ~half], axis=1).reshape(-1, d)
    weights = (d - 1) * _kernel_mass(d)[pairs.sum(axis=1)]

    masks = np.concatenate([np.ones((1, d), dtype=bool), np.zeros((n_empty, d), dtype=bool), pairs])
    cluster = np.arange(1 + n_empty + n_pairs)
    clusters = cluster.repeat(np.where(cluster > n_empty, 2, 1))
    return Design(
        masks,
        np.concatenate([np.zeros(1 + n_empty), weights]),
        draws=None if background is None else _draws(law, masks, background[clusters]),
        clusters=clusters,
    )


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
    inverse, _ = _inverse(centred.T @ (weights[:, None] * centred))
    each = answers.reshape(-1, 2**d)
    base = each[:, -1:]
    found = (answers[0] - base) / d + ((each - base) * weights) @ centred @ inverse
    n_each = len(found)
    if n_each == 1:
        return found[0], np.zeros(d)
    return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(n_each)


def _fit_sample(design: Design, answers: FloatArray) -> tuple[FloatArray, FloatArray | None]:
    """Weights (d,) and their standard errors (d,), None where there are too few samples."""
    masks, weights = design.masks, design.weights
    n, d = masks.shape
    empty = answers[~masks.any(axis=1)]
    base = empty.mean()
    total = answers[0] - base

    # All share alike, and then what is left is explained by weights that add up to 0.
    centred, share_on = _centred(masks), masks.mean(axis=1)
    inverse, rank = _inverse(centred.T @ (weights[:, None] * centred))
    left = answers - base - total * share_on
    slopes = inverse @ (centred.T @ (weights * left))
    found = total / d + slopes
    n_drawn = n - 1 - len(empty)
    if n_drawn + 2 < _LEAST_MASKS * (d + 1) or rank < d - 1:
        return found, None

    scores = (weights * (left - centred @ slopes))[:, None] * centred
    leverage = weights * np.einsum("ij,ij->i", centred @ inverse, centred)
    of_pairs = scores[-n_drawn:].reshape(-1, 2, d).sum(axis=1)
    free = 1 - leverage[-n_drawn:].reshape(-1, 2).sum(axis=1)
    of_pairs /= np.maximum(free, _LEAST_FREE)[:, None]
    variance = ((of_pairs @ inverse) ** 2).sum(axis=0)
    if len(empty) > 1:
        by_base = 1 / d + inverse @ (centred.T @ (weights * (1 - share_on)))
        variance += by_base**2 * empty.var(ddof=1) / len(empty)
    return found, np.sqrt(variance)


def _centred(masks: MaskArray) -> FloatArray:
    """Masks (n, d) minus the share of their components that is on, (n, d)."""
    return np.asarray(masks - masks.mean(axis=1, keepdims=True))


def _inverse(gram: FloatArray) -> tuple[FloatArray, int]:
    """Inverse of a symmetric matrix (d, d) where it is well determined, 0 elsewhere; its rank.

    Without a cut the weights go astray where there are about as many pairs as components.
    """
    values, vectors = np.linalg.eigh(gram)
    kept = values > _LEAST_EIGENVALUE * values[-1]
    found = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
    return found, int(kept.sum())
