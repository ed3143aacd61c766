"""Two models on one instance: one neighbourhood, two answers to each of its rows, two explanations.

What chance there is in the drawn masks is the same for both, and mostly cancels when one weight
is held against the other (common random numbers).
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import numpy as np

from lime_engine.engine import ask_each_about
from lime_engine.errors import InputError, SettingsError
from lime_engine.evaluation import OnProgress, Perturber, Room, ShouldStop
from lime_engine.fit.explanation import explained_class, fit_from
from lime_engine.fit.projection import Estimate, project, restricted
from lime_engine.fit.rounding import rounding
from lime_engine.many.explaining import Work, each
from lime_engine.many.workers import Outcome
from lime_engine.overlap import Overlap, overlap
from lime_engine.settings import LimeSettings, given_or_default
from lime_engine.types import (
    Z95,
    ClassNames,
    Explanation,
    FloatArray,
    IntArray,
    Neighbourhood,
    PredictFn,
)

X = TypeVar("X")
R = TypeVar("R")
Batch = TypeVar("Batch")
Targets = tuple[int | str | None, int | str | None]
BothNames = tuple[ClassNames | None, ClassNames | None]


@dataclass(frozen=True, slots=True)
class PairedWeight:
    """What one component contributes to each of two models' answers.

    Both `weights` are of the fit on the same components. `difference` is the first minus the
    second, and `difference_std_error` that of drawing other masks, the same for both models; 0
    when all were asked, None, as `std_errors`, when unknown.
    """

    index: int
    label: str
    weights: tuple[float, float]
    std_errors: tuple[float | None, float | None]
    difference: float
    difference_std_error: float | None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95% for the difference that infinitely many masks would give; None when unknown."""
        error = self.difference_std_error
        if error is None:
            return None
        return self.difference - Z95 * error, self.difference + Z95 * error


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two models' explanations of one instance, from one design.

    `explanations` are each model's own, with the K components that it leans on most. `weights`
    are all components that either of them shows, the one with the largest weight first.
    """

    explanations: tuple[Explanation, Explanation]
    weights: tuple[PairedWeight, ...]
    overlap: Overlap

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, dicts, strings and numbers, ready for `json.dumps`."""
        return {
            "explanations": [explanation.to_dict() for explanation in self.explanations],
            "weights": [asdict(weight) for weight in self.weights],
            "overlap": asdict(self.overlap),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Comparison":
        """The inverse of `to_dict`, also after a way through JSON."""
        first, second = (Explanation.from_dict(each) for each in data["explanations"])
        weights = tuple(
            PairedWeight(
                **{
                    **weight,
                    "weights": tuple(weight["weights"]),
                    "std_errors": tuple(weight["std_errors"]),
                }
            )
            for weight in data["weights"]
        )
        return cls((first, second), weights, Overlap.from_dict(data["overlap"]))


def compare(
    instance: X,
    predicts: tuple[PredictFn[Batch], PredictFn[Batch]],
    perturber: Perturber[X, Batch],
    settings: LimeSettings | None = None,
    *,
    targets: Targets = (None, None),
    class_names: BothNames = (None, None),
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    room: Room | None = None,
) -> Comparison:
    """Explain two models on one instance, from one neighbourhood that both are asked about.

    Parameters
    ----------
    predicts : two predict functions
        They take the same instances; their classes may differ.
    targets, class_names : pairs
        Of each model, as in `explain`.
    room : Room or None
        As in `explain`.

    Raises
    ------
    SettingsError
        If the settings are not those of a projected straight line on a given number of samples, or
        there are not two models.
    InputError, PredictorError, TargetError, Cancelled
        As `explain`.
    """
    settings = given_or_default(settings)
    _check(settings)
    if not isinstance(predicts, tuple | list) or len(predicts) != 2:
        n = len(predicts) if isinstance(predicts, tuple | list) else 1
        raise SettingsError(f"predicts has {n} of two models. Give a pair: (first, second).")
    first, second = ask_each_about(
        perturber.components(instance),
        predicts,
        perturber,
        settings,
        on_progress=on_progress,
        should_stop=should_stop,
        room=room,
    )
    return compare_fits((first, second), settings, targets=targets, class_names=class_names)


def compare_fits(
    neighbourhoods: tuple[Neighbourhood, Neighbourhood],
    settings: LimeSettings,
    *,
    targets: Targets = (None, None),
    class_names: BothNames = (None, None),
) -> Comparison:
    """The comparison of what two models were asked, which is the same design; asks nothing.

    Raises
    ------
    InputError
        If the designs differ.
    SettingsError, PredictorError, TargetError
        As `compare`.
    """
    _check(settings)
    designs = [neighbourhood.design for neighbourhood in neighbourhoods]
    if not np.array_equal(designs[0].masks, designs[1].masks):
        raise InputError(
            "The two models were asked about different copies. Ask both with the same settings, "
            "seed and number of samples."
        )
    explanations: list[Explanation] = []
    estimates: list[Estimate] = []
    for neighbourhood, target, names in zip(neighbourhoods, targets, class_names, strict=True):
        known, column = explained_class(neighbourhood, target, names)
        values = neighbourhood.responses.values
        law, design = neighbourhood.law, neighbourhood.design
        estimate = project(law, design, values, column, influence=True)
        explanations.append(fit_from(neighbourhood, settings, estimate, column, known))
        estimates.append(estimate)
    weights = _paired(neighbourhoods, explanations, estimates)
    both = overlap(estimates[0], estimates[1], mode=settings.mode, seed=settings.seed)
    return Comparison((explanations[0], explanations[1]), weights, both)


def compare_many(
    instances: Any,
    load: Callable[[], tuple[PredictFn[Batch], PredictFn[Batch]]],
    perturber: Perturber[X, Batch],
    settings: LimeSettings,
    executor: Executor | None = None,
    on_progress: OnProgress | None = None,
    *,
    class_names: BothNames = (None, None),
    keep: Callable[[X, Comparison], R],
    should_stop: ShouldStop | None = None,
) -> Generator[Outcome[R], None, None]:
    """Compare two models' reasons for their own answers to each instance; as `explain_many`."""
    _check(settings)
    return each(
        Work(compare, perturber, settings, class_names, keep, Room.of(settings)),
        instances,
        load,
        executor,
        on_progress,
        should_stop,
    )


def _check(settings: LimeSettings) -> None:
    if settings.sampler != "projected" or settings.surrogate != "ridge":
        raise SettingsError(
            f'A comparison needs sampler="projected" and surrogate="ridge"; these are '
            f'"{settings.sampler}" and "{settings.surrogate}".'
        )


def _paired(
    neighbourhoods: Sequence[Neighbourhood],
    explanations: Sequence[Explanation],
    estimates: Sequence[Estimate],
) -> tuple[PairedWeight, ...]:
    """The weights of both models on all components that either explanation shows."""
    shown = sorted({weight.index for each in explanations for weight in each.weights})
    chosen: IntArray = np.array(shown, dtype=np.intp)
    both = [restricted(neighbourhoods[0].law, estimate, chosen) for estimate in estimates]
    weights = np.stack([estimate.weights for estimate in both])
    for own, neighbourhood, estimate in zip(weights, neighbourhoods, estimates, strict=True):
        own[np.abs(own) < rounding(neighbourhood.responses.values[:, estimate.target])] = 0.0
    errors = [_errors(estimate.covariance) for estimate in both]
    apart: list[float | None] = [None] * len(shown)
    if both[0].covariance is not None and both[1].covariance is not None:
        moved = np.asarray(both[0].influence) - np.asarray(both[1].influence)
        apart = np.sqrt((moved[:, 1:] ** 2).sum(axis=0)).tolist()
    labels = neighbourhoods[0].subject.labels
    found = [
        PairedWeight(
            index,
            labels[index],
            (float(weights[0, i]), float(weights[1, i])),
            (errors[0][i] if errors[0] else None, errors[1][i] if errors[1] else None),
            float(weights[0, i] - weights[1, i]),
            apart[i],
        )
        for i, index in enumerate(shown)
    ]
    return tuple(sorted(found, key=lambda pair: -max(map(abs, pair.weights))))


def _errors(covariance: FloatArray | None) -> list[float] | None:
    if covariance is None:
        return None
    return [float(error) for error in np.sqrt(np.maximum(np.diag(covariance)[1:], 0.0))]
