"""How alike two explanations of one instance are, held against how well each repeats.

Two runs of LIME on one model do not name quite the same components either. What two models share
is therefore measured in shares of what reruns of each would share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lime_engine.errors import InputError
from lime_engine.fit.projection import Estimate
from lime_engine.settings import Mode
from lime_engine.types import FloatArray, IntArray

MOST = 5  # components that are compared, but no more than a third: chance alone shares little then
LEAST_SHARE = 0.1  # of the strongest weight: what is fainter is not among the strongest
FAINT = 0.005  # half a percentage point: a classifier that moves by less gives no reasons
SAME = 0.5  # of what reruns share, from which on two models give the same reasons; ours
STEADY = 0.5  # what reruns must share, or nothing can be told; ours
CHANCE = 0.01  # of reruns that share as little: below it, two models are no reruns of each other
N_RERUNS = 200
_LEAST_COMMON = 3  # components, for a correlation of ranks
_LEAST_REPEAT = 0.25  # of a correlation among reruns, to be divided by

State = Literal["same", "different", "unclear"]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A measure of agreement of two explanations.

    `raw` as it is; `repeats` as reruns of the first, and of the second model with other masks
    would give it; `corrected` is raw over the geometric mean of these (correction for attenuation:
    Spearman 1904), 1 where the two are as alike as reruns of one model. None where it cannot be
    told.
    """

    raw: float | None
    repeats: tuple[float | None, float | None]
    corrected: float | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """How alike the reasons of two models are.

    `shared` is the Jaccard index of the strongest components, of which one that speaks for the
    answer in one model and against it in the other is not the same. `rank` is Spearman's
    correlation of the weights on the components that are in either set, `weight` their correlation
    about 0, which is where a component says nothing (congruence: Tucker 1951). `state` says
    whether they give the same reasons, different ones, or whether that cannot be told from these
    samples; `rank` has no part in it: the order of few weights that are nearly alike says little.
    """

    state: State
    shared: Corrected
    rank: Corrected
    weight: Corrected

    @property
    def least(self) -> float | None:
        """The lower of what is `shared` and the correlation of the weights, -1 to 1.

        Corrected as far as that can be told.
        """
        known = [m.raw if m.corrected is None else m.corrected for m in (self.shared, self.weight)]
        return min((share for share in known if share is not None), default=None)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Overlap":
        """From what `dataclasses.asdict` made of one, also after a way through JSON."""
        three = {
            name: Corrected(
                data[name]["raw"], tuple(data[name]["repeats"]), data[name]["corrected"]
            )
            for name in ("shared", "rank", "weight")
        }
        return cls(state=data["state"], **three)


def overlap(
    first: Estimate, second: Estimate, *, mode: Mode = "classification", seed: int = 0
) -> Overlap:
    """How alike the explanations of two models, or two runs of one, are.

    Reruns are made from the estimates' own `influence` (a multiplier bootstrap: no model is
    asked). Two models give different reasons where they share less than `SAME` of what reruns of
    either share, in their strongest components or in the weights of these, and hardly any rerun
    shares so little.

    Raises
    ------
    InputError
        If the estimates are not of the same components, or have no `influence`.
    """
    weights = [np.asarray(estimate.weights) for estimate in (first, second)]
    if len(weights[0]) != len(weights[1]):
        raise InputError(
            f"The explanations have {len(weights[0])} and {len(weights[1])} components. Compare "
            "two of the same instance, taken apart in the same way."
        )
    rng = np.random.default_rng(seed)
    one = [own[None, :] for own in weights]
    raw = _measures(one[0], one[1])[:, 0]
    repeated = [_measures(*_reruns(estimate, rng)) for estimate in (first, second)]
    repeats = [_means(of_reruns) for of_reruns in repeated]
    shared, rank, weight = (
        _corrected(float(raw[i]), repeats[0][i], repeats[1][i]) for i in range(3)
    )
    least = FAINT if mode == "classification" else 0.0  # other answers have units of their own
    if any(np.abs(own).max(initial=0.0) <= least for own in weights):
        return Overlap("unclear", shared, rank, weight)
    as_little = [
        max(float(np.mean(of_reruns[i] <= raw[i])) for of_reruns in repeated) for i in (0, 2)
    ]
    state = _state(list(zip((shared, weight), as_little, strict=True)))
    return Overlap(state, shared, rank, weight)


def _state(measures: Sequence[tuple[Corrected, float]]) -> State:
    """Whether the reasons are the same, by measures that have to be steady to tell.

    Each comes with how many of the reruns share no more than the two models do.
    """
    steady = [
        (measure.corrected, as_little)
        for measure, as_little in measures
        if measure.corrected is not None
        and float(np.sqrt(np.prod([repeat or 0.0 for repeat in measure.repeats]))) >= STEADY
    ]
    low = [as_little for corrected, as_little in steady if corrected < SAME]
    if not low:
        return "same" if steady else "unclear"
    return "different" if min(low) < CHANCE else "unclear"


def _reruns(estimate: Estimate, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """The weights that pairs of reruns would find, (N_RERUNS, d) each."""
    if estimate.influence is None:
        raise InputError("An estimate has no influence: project(..., influence=True) makes it.")
    draws = rng.standard_normal((N_RERUNS, len(estimate.influence)))
    found = estimate.weights + draws @ estimate.influence[:, 1:]
    return found, np.roll(found, 1, axis=0)


def _measures(first: FloatArray, second: FloatArray) -> FloatArray:
    """Of each pair of rows (n, d): shared, rank and weight correlation; nan without one, (3, n)."""
    (ours, our_signs), (theirs, their_signs) = _strongest(first), _strongest(second)
    same_place = theirs[:, :, None] == ours[:, None, :]
    in_both = same_place & (our_signs[:, None, :] != 0) & (their_signs[:, :, None] != 0)
    both = (in_both & (our_signs[:, None, :] == their_signs[:, :, None])).sum(axis=(1, 2))
    either = (our_signs != 0).sum(axis=1) + (their_signs != 0).sum(axis=1) - both
    shared = np.where(either > 0, both / np.maximum(either, 1), np.nan)
    # The components that are in either set, each once.
    places = np.concatenate([ours, theirs], axis=1)
    inside = np.concatenate([our_signs != 0, (their_signs != 0) & ~in_both.any(axis=2)], axis=1)
    one, other = (
        np.where(inside, np.take_along_axis(weights, places, axis=1), 0.0)
        for weights in (first, second)
    )
    ranks = _centred(_ranks(one, inside), inside), _centred(_ranks(other, inside), inside)
    rank = np.where(inside.sum(axis=1) >= _LEAST_COMMON, _correlation(*ranks), np.nan)
    return np.array([shared, rank, _correlation(one, other)])


def _strongest(weights: FloatArray) -> tuple[IntArray, FloatArray]:
    """Places and signs of each row's strongest components, (n, m) each; a faint one's sign is 0."""
    d = weights.shape[1]
    size = np.abs(weights)
    most = min(MOST, max(1, d // 3), d)
    top = np.argpartition(size, d - most, axis=1)[:, d - most :]
    largest = size.max(axis=1, initial=0.0, keepdims=True)
    strong = np.take_along_axis(size, top, axis=1) >= LEAST_SHARE * largest
    signs = np.sign(np.take_along_axis(weights, top, axis=1))
    return top, np.where(strong, signs, 0.0)


def _ranks(values: FloatArray, inside: Any) -> FloatArray:
    """The rank of each value among those inside, ties in the middle, (n, m)."""
    among = inside[:, None, :]
    below = ((values[:, None, :] < values[:, :, None]) & among).sum(axis=2)
    level = ((values[:, None, :] == values[:, :, None]) & among).sum(axis=2)
    return np.asarray(below + level / 2)


def _centred(values: FloatArray, inside: Any) -> FloatArray:
    """Less the mean of what is inside; 0 elsewhere, (n, m)."""
    n = np.maximum(inside.sum(axis=1), 1)
    mean = (values * inside).sum(axis=1) / n
    return np.where(inside, values - mean[:, None], 0.0)


def _correlation(first: FloatArray, second: FloatArray) -> FloatArray:
    """The correlation about 0 of each pair of rows, nan without one, (n,)."""
    sizes = [np.abs(own).max(axis=1, initial=0.0, keepdims=True) for own in (first, second)]
    first, second = (
        own / np.where(size > 0, size, 1.0)  # whatever their units
        for own, size in zip((first, second), sizes, strict=True)
    )
    spread = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    together = (first * second).sum(axis=1)
    return np.where(spread > 0, together / np.where(spread > 0, spread, 1.0), np.nan)


def _means(measures: FloatArray) -> list[float | None]:
    """The mean of each measure over the pairs that have it; None if hardly one does."""
    known = np.isfinite(measures)
    return [
        float(own[has].mean()) if 2 * has.sum() >= len(own) else None
        for own, has in zip(measures, known, strict=True)
    ]


def _corrected(raw: float, first: float | None, second: float | None) -> Corrected:
    if not np.isfinite(raw):
        return Corrected(None, (first, second), None)
    if first is None or second is None or min(first, second) < _LEAST_REPEAT:
        return Corrected(raw, (first, second), None)
    return Corrected(raw, (first, second), float(np.clip(raw / np.sqrt(first * second), -1, 1)))
