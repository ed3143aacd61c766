"""The four steps in a row: components, design, responses, fit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from lime_engine.errors import PredictorError, TargetError
from lime_engine.evaluation import OnProgress, Perturber, ShouldStop, evaluate
from lime_engine.fidelity import measure_fidelity
from lime_engine.samplers import neighbourhood_design
from lime_engine.selection import select
from lime_engine.settings import LimeSettings
from lime_engine.subjects import Subject
from lime_engine.surrogate import contributions, fit_surrogate
from lime_engine.types import (
    ComponentWeight,
    Explanation,
    FloatArray,
    Neighbourhood,
    PredictFn,
)

X = TypeVar("X")
Batch = TypeVar("Batch")


def explain(
    instance: X,
    predict: PredictFn[Batch],
    perturber: Perturber[X, Batch],
    settings: LimeSettings | None = None,
    *,
    target: int | str | None = None,
    class_names: Sequence[str] | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Explanation:
    """Why `predict` answers as it does near `instance`: `ask`, then `fit`.

    Parameters
    ----------
    target : int, str or None
        The class to explain, by index or name. None: the class the model predicts.
    class_names : sequence of str or None
        One name a class, in the order of the columns of `predict`. None: "0", "1", …
    on_progress : callable or None
        Called with the share of the model calls done, from 0 to 1, after every batch.
    should_stop : callable or None
        Asked before every batch; when it returns True, `Cancelled` is raised.

    Raises
    ------
    InputError, PredictorError, TargetError, SettingsError, Cancelled
    """
    settings = settings or LimeSettings()
    neighbourhood = ask(
        instance, predict, perturber, settings, on_progress=on_progress, should_stop=should_stop
    )
    return fit(neighbourhood, settings, target=target, class_names=class_names)


def ask(
    instance: X,
    predict: PredictFn[Batch],
    perturber: Perturber[X, Batch],
    settings: LimeSettings,
    *,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Neighbourhood:
    """Draw the neighbourhood of `instance` and ask the model about it. Parameters as `explain`."""
    return ask_about(
        perturber.components(instance),
        predict,
        perturber,
        settings,
        on_progress=on_progress,
        should_stop=should_stop,
    )


def ask_about(
    subject: Subject,
    predict: PredictFn[Batch],
    perturber: Perturber[Any, Batch],
    settings: LimeSettings,
    *,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Neighbourhood:
    """As `ask`, for an instance that `perturber.components` has taken apart already."""
    law = perturber.law(subject, settings.kernel_width)
    design = neighbourhood_design(law, settings.n_samples, _rng(settings, "design", 0))
    n_held_out = 0 if design.exact else round(settings.held_out * settings.n_samples)
    first_share = len(design) / (len(design) + n_held_out)
    responses = evaluate(
        predict,
        perturber,
        subject,
        design,
        mode=settings.mode,
        on_progress=_part_of(on_progress, 0, first_share),
        should_stop=should_stop,
    )
    neighbourhood = Neighbourhood(subject, design, responses)
    if n_held_out == 0:
        return neighbourhood
    held_out = law.draw(n_held_out, _rng(settings, "held out", 0))
    held_out_responses = evaluate(
        predict,
        perturber,
        subject,
        held_out,
        mode=settings.mode,
        known=neighbourhood,
        on_progress=_part_of(on_progress, first_share, 1),
        should_stop=should_stop,
    )
    return replace(neighbourhood, held_out=held_out, held_out_responses=held_out_responses)


def ask_more(
    neighbourhood: Neighbourhood,
    n_samples: int,
    predict: PredictFn[Batch],
    perturber: Perturber[Any, Batch],
    settings: LimeSettings,
    *,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Neighbourhood:
    """Append `n_samples` drawn masks and the model's answers; an exact design has no more."""
    if neighbourhood.design.exact:
        return neighbourhood
    law = perturber.law(neighbourhood.subject, settings.kernel_width)
    more = law.draw(n_samples, _rng(settings, "design", len(neighbourhood.design)))
    responses = evaluate(
        predict,
        perturber,
        neighbourhood.subject,
        more,
        mode=settings.mode,
        known=neighbourhood,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    return replace(
        neighbourhood,
        design=neighbourhood.design + more,
        responses=neighbourhood.responses + responses,
    )


def fit(
    neighbourhood: Neighbourhood,
    settings: LimeSettings,
    *,
    target: int | str | None = None,
    class_names: Sequence[str] | None = None,
) -> Explanation:
    """The explanation of one class with K components; asks the model nothing.

    Parameters and errors as `explain`.
    """
    design, responses = neighbourhood.design, neighbourhood.responses
    names = _checked_names(class_names, responses.values.shape[1])
    column = _target_column(target, names, neighbourhood.probabilities)
    y = responses.values[:, column]
    chosen = select(design, y, settings.n_features, settings.selection)
    surrogate = fit_surrogate(design, y, chosen, settings.surrogate)
    labels = neighbourhood.subject.labels
    weights = sorted(
        (
            ComponentWeight(index, labels[index], weight)
            for index, weight in contributions(surrogate, design, chosen).items()
        ),
        key=lambda component: -abs(component.weight),
    )
    return Explanation(
        subject=neighbourhood.subject,
        class_names=names,
        probabilities=tuple(neighbourhood.probabilities.tolist()),
        target=column,
        weights=tuple(weights),
        surrogate=surrogate,
        fidelity=measure_fidelity(neighbourhood, surrogate, column, chosen, settings),
        settings=settings,
        n_samples=len(design),
        n_calls=neighbourhood.n_calls,
    )


def _checked_names(class_names: Sequence[str] | None, n_classes: int) -> tuple[str, ...]:
    if class_names is None:
        return tuple(str(i) for i in range(n_classes))
    if len(class_names) != n_classes:
        raise PredictorError(
            f"The model answers with {n_classes} columns, but there are {len(class_names)} class "
            "names. Give one name a column."
        )
    return tuple(str(name) for name in class_names)


def _target_column(
    target: int | str | None, names: tuple[str, ...], probabilities: FloatArray
) -> int:
    """The column to explain; by default the predicted class."""
    if target is None:
        return int(np.argmax(probabilities))
    if isinstance(target, str) and target in names:
        return names.index(target)
    if isinstance(target, (int, np.integer)) and 0 <= target < len(names):
        return int(target)
    raise TargetError(
        f"{target!r} is not a class of this model. Its classes are "
        f"{', '.join(f'{i} ({name})' for i, name in enumerate(names))}; give an index or a name."
    )


def _rng(settings: LimeSettings, purpose: str, position: int) -> np.random.Generator:
    """A generator of its own for each purpose, so that none shifts another's draws."""
    stream = {"design": 0, "held out": 1}[purpose]
    return np.random.default_rng([settings.seed, stream, position])


def _part_of(on_progress: OnProgress | None, start: float, end: float) -> OnProgress | None:
    """Progress from 0 to 1 reported as the part from `start` to `end` of a longer way."""
    if on_progress is None:
        return None
    return lambda fraction: on_progress(start + (end - start) * fraction)
