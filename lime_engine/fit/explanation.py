"""The last step: from a neighbourhood to the explanation of one class with K components."""

from collections.abc import Sequence

import numpy as np

from lime_engine.errors import PredictorError, TargetError
from lime_engine.fit.fidelity import measure_fidelity
from lime_engine.fit.projection import Estimate, project, restricted
from lime_engine.fit.rounding import rounding
from lime_engine.fit.selection import select
from lime_engine.fit.stability import judge
from lime_engine.fit.surrogate import contributions, surrogates
from lime_engine.settings import LimeSettings
from lime_engine.types import (
    ComponentWeight,
    Explanation,
    FloatArray,
    IntArray,
    Neighbourhood,
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
    names, column = explained_class(neighbourhood, target, class_names)
    estimate = None
    if settings.sampler == "projected":
        values = neighbourhood.responses.values
        estimate = project(neighbourhood.law, neighbourhood.design, values, column)
    return fit_from(neighbourhood, settings, estimate, column, names)


def explained_class(
    neighbourhood: Neighbourhood, target: int | str | None, class_names: Sequence[str] | None
) -> tuple[tuple[str, ...], int]:
    """The names of the classes, and the number of the one to explain. Errors as `explain`."""
    names = _checked_names(class_names, neighbourhood.responses.values.shape[1])
    return names, _target_column(target, names, neighbourhood.probabilities)


def fit_from(
    neighbourhood: Neighbourhood,
    settings: LimeSettings,
    estimate: Estimate | None,
    column: int,
    names: tuple[str, ...],
) -> Explanation:
    """The explanation of the class `column`, from the `estimate` of all components if there is."""
    design, responses = neighbourhood.design, neighbourhood.responses
    chosen = select(
        design,
        responses.values[:, column],
        settings.n_features,
        settings.selection,
        None if estimate is None else estimate.weights,
    )
    shown, judged = None, None
    if estimate is not None and settings.surrogate == "ridge":
        shown = restricted(neighbourhood.law, estimate, chosen)
        judged = judge(estimate, chosen, neighbourhood.looks, len(design))
    stability, settled = judged or (None, {})
    std_errors = _std_errors(shown, chosen)
    surrogate_of = surrogates(neighbourhood, chosen, settings.surrogate, shown)
    surrogate = surrogate_of(column)
    labels = neighbourhood.subject.labels
    least = float(rounding(responses.values[:, column]))
    weights = sorted(
        (
            ComponentWeight(index, labels[index], weight, std_errors.get(index), settled.get(index))
            for index, weight in contributions(surrogate, design, chosen, least).items()
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
        fidelity=measure_fidelity(neighbourhood, surrogate_of, column, settings.mode),
        stability=stability,
        settings=settings,
        n_samples=len(design),
        n_calls=neighbourhood.n_calls,
    )


def _std_errors(shown: Estimate | None, chosen: IntArray) -> dict[int, float]:
    """The standard error of each chosen component's weight; empty where they are unknown."""
    if shown is None or shown.covariance is None:
        return {}
    variances = np.maximum(np.diag(shown.covariance)[1:], 0.0)
    return dict(zip(chosen.tolist(), np.sqrt(variances).tolist(), strict=True))


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
