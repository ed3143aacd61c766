"""The last step: from a neighbourhood to the explanation of one class with K components."""

from collections.abc import Mapping, Set, Sized
from typing import Any

import numpy as np

from lime_engine.errors import PredictorError, SettingsError, TargetError, cut, is_whole
from lime_engine.fit.fidelity import measure_fidelity
from lime_engine.fit.projection import Estimate, project, restricted
from lime_engine.fit.rounding import rounding
from lime_engine.fit.selection import select
from lime_engine.fit.stability import judge
from lime_engine.fit.surrogate import contributions, surrogates
from lime_engine.settings import LimeSettings
from lime_engine.types import (
    ClassNames,
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
    class_names: ClassNames | None = None,
) -> Explanation:
    """The explanation of one class with K components; asks the model nothing.

    Parameters and errors as `explain`; `settings` that say what was asked must be those of `ask`.
    """
    names, column = explained_class(neighbourhood, target, class_names)
    estimate = None
    if settings.sampler == "projected":
        values = neighbourhood.responses.values
        estimate = project(neighbourhood.law, neighbourhood.design, values, column)
    return fit_from(neighbourhood, settings, estimate, column, names)


def _check_as_asked(asked: LimeSettings | None, settings: LimeSettings) -> None:
    """What is recorded with an explanation is what the model was asked with.

    Probabilities of one's own for each class may be taken for those that sum to 1.
    """
    if asked is None:
        return
    for name in ("mode", "kernel_width", "sampler"):
        then, now = getattr(asked, name), getattr(settings, name)
        if now != then and (name != "mode" or "regression" in (now, then)):
            raise SettingsError(
                f"{name} is {now!r}, but the model was asked with {then!r}. Fit with the settings "
                "it was asked with, or ask again."
            )


def explained_class(
    neighbourhood: Neighbourhood, target: int | str | None, class_names: ClassNames | None
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
    """The explanation of the class `column`, from the `estimate` of all components if there is.

    Raises
    ------
    SettingsError
        If `settings` say of what was asked something else than is true.
    """
    _check_as_asked(neighbourhood.settings, settings)
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


def _checked_names(class_names: ClassNames | None, n_classes: int) -> tuple[str, ...]:
    if class_names is None:
        return tuple(str(i) for i in range(n_classes))
    if isinstance(class_names, Mapping):
        class_names = _in_order(class_names)
    if isinstance(class_names, str | Set) or not isinstance(class_names, Sized):
        kind = f"of type {type(class_names).__name__}"
        if isinstance(class_names, str | Set):
            kind = "a text" if isinstance(class_names, str) else "a set, which has no order"
        raise PredictorError(
            f"class_names is {kind}. Pass a list of names in the order of the model's columns."
        )
    if len(class_names) != n_classes:
        raise PredictorError(
            f"The model answers with {_counted(n_classes, 'column')}, but there are "
            f"{_counted(len(class_names), 'class name')}. Give one name a column."
        )
    return tuple(str(name) for name in class_names)


def _in_order(names: Mapping[Any, Any]) -> list[Any]:
    """The names of a dict id -> name, as model files have it, in the order of the ids."""
    by_id = {str(key): name for key, name in names.items()}
    ids = [str(i) for i in range(len(names))]
    if set(by_id) != set(ids):
        raise PredictorError(
            f"class_names is a dict with the keys {cut(', '.join(map(repr, names)), 60)}. Pass a "
            "dict from each column's number (0, 1, …) to its name, or a list of names in the order "
            "of the model's columns."
        )
    return [by_id[i] for i in ids]


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _target_column(
    target: int | str | None, names: tuple[str, ...], probabilities: FloatArray
) -> int:
    """The column to explain; by default the predicted class."""
    if target is None:
        return int(np.argmax(probabilities))
    if isinstance(target, str) and target in names:
        return names.index(target)
    is_number = is_whole(target)
    fits = is_number and 0 <= int(target) < len(names)
    if is_number and str(target) in names and not (fits and names[int(target)] == str(target)):
        also = f", and the class {names[int(target)]!r} is column {target}" if fits else ""
        raise TargetError(
            f"{target!r} is the name of a class, in column {names.index(str(target))}{also}. Pass "
            f"the name as a text, target={str(target)!r}, or the number of a column."
        )
    if fits:
        return int(target)
    if len(names) == 1:
        raise TargetError(
            f"target is {target!r}, but the model answers with a single column. Leave target out."
        )
    known = cut(", ".join(f"{i} ({name})" for i, name in enumerate(names)))
    raise TargetError(
        f"{target!r} is not a class of this model. Its classes are {known}; give an index or a "
        "name. If it is a label of your data, pass class_names, the labels in the order of the "
        "model's columns (such as model.classes_), and the label as a text."
    )
