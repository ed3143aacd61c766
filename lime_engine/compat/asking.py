"""What the explainers of `lime` share: how rows count, what is asked, and a fit a label."""

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Generic, TypeVar

import numpy as np

from lime_engine.compat.result import LimeExplanation, listed
from lime_engine.engine import ask_about
from lime_engine.errors import SettingsError, TargetError, in_words, is_whole
from lime_engine.evaluation import SUM_SLACK, OnProgress
from lime_engine.fit.explanation import explained_class, fit_from
from lime_engine.fit.fidelity import measure_fidelity
from lime_engine.fit.selection import select
from lime_engine.kernels import cosine_distance, exponential_kernel
from lime_engine.models import predict_function
from lime_engine.settings import LimeSettings
from lime_engine.subjects import Subject
from lime_engine.types import (
    ClassNames,
    ComponentWeight,
    Design,
    Explanation,
    FloatArray,
    IntArray,
    Law,
    LinearSurrogate,
    Neighbourhood,
    PredictFn,
)

Batch = TypeVar("Batch")
Result = TypeVar("Result", bound=LimeExplanation)
KernelFn = Callable[..., Any]  # distances (n,), kernel_width=… -> weights (n,)


@dataclass(frozen=True, slots=True)
class Kernel:
    """How much a row counts, by its distance to the instance.

    Parameters
    ----------
    width : float, above 0
    function : callable or None
        Called as function(distances, kernel_width=width); None: `exponential_kernel`.
    metric : str
        A metric of `sklearn.metrics.pairwise_distances`.
    unit : float
        Distances are multiplied by it: 100 for texts.
    """

    width: float
    function: KernelFn | None = None
    metric: str = "cosine"
    unit: float = 1.0

    def __post_init__(self) -> None:
        known = isinstance(self.width, int | float | np.number) and 0 < self.width < np.inf
        if isinstance(self.width, bool) or not known:
            raise SettingsError(
                f"kernel_width is {self.width!r}; it must be a finite number above 0."
            )

    def by_size(self, n_components: int) -> FloatArray:
        """The weight of a mask with s components off, s = 0..d; (d+1,)."""
        sizes = np.arange(n_components + 1)
        if self.metric == "cosine":
            return self._weights(cosine_distance(sizes, n_components))
        if self.metric == "euclidean":
            return self._weights(np.sqrt(sizes))
        masks = sizes[:, None] <= np.arange(n_components)  # of all with s off one is enough
        return self.of_rows(masks, masks[0])

    def of_rows(self, rows: Any, instance: Any) -> FloatArray:
        """The weights of rows (n, d) by their distance to `instance` (d,); (n,)."""
        numbers, first = np.asarray(rows, dtype=float), np.asarray(instance, dtype=float)
        if self.metric == "euclidean":
            return self._weights(np.sqrt(((numbers - first) ** 2).sum(axis=1)))
        from sklearn.metrics import pairwise_distances  # takes a second to load

        try:
            distances = pairwise_distances(numbers, first[None], metric=self.metric).ravel()
        except Exception as error:
            raise SettingsError(
                f"distance_metric {self.metric!r} gives no distance of a row to the instance "
                f"({in_words(error)}). Use 'cosine', 'euclidean', or another metric of "
                "sklearn.metrics.pairwise_distances."
            ) from error
        return self._weights(distances)

    def _weights(self, distances: FloatArray) -> FloatArray:
        distances = self.unit * distances
        if self.function is None:
            return exponential_kernel(distances, self.width)
        try:
            weights = np.asarray(self.function(distances, kernel_width=self.width), dtype=float)
        except Exception as error:
            raise SettingsError(
                f"The kernel raised {in_words(error)}. It is called as kernel(distances, "
                "kernel_width=…) and must return a number for each distance."
            ) from error
        sound = weights.shape == distances.shape and np.isfinite(weights).all()
        if not sound or (weights < 0).any() or not weights.any():
            raise SettingsError(
                f"The kernel returned an array of shape {weights.shape} for {distances.shape} "
                "distances. It must return for each a finite number, not negative, and not all 0."
            )
        return weights


@dataclass(frozen=True, slots=True)
class Taken(Generic[Batch]):
    """A perturber of the one instance that has been taken apart: its law, and what writes rows."""

    law_around: Law
    write: Callable[[Design], Batch]
    most: int

    def components(self, instance: Subject) -> Subject:
        """The subject itself."""
        return instance

    def default_kernel_width(self, subject: Subject) -> float:
        """None is asked for: the law has its kernel."""
        return 1.0

    def law(self, subject: Subject, kernel_width: float | None) -> Law:
        """The law around it."""
        return self.law_around

    def realiser(self, subject: Subject) -> Callable[[Design], Batch]:
        """What writes rows of a design."""
        return self.write

    def max_batch(self, subject: Subject) -> int:
        """How many instances may be held in memory at once."""
        return self.most


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be explained: `labels`, or those with the `top_labels` highest answers.

    `regressor` is a scikit-learn regressor for the last fit, or None for the engine's ridge;
    `verbose` says whether to print each fit.
    """

    labels: Iterable[int]
    top_labels: int | None
    class_names: ClassNames | None
    regressor: Any
    verbose: bool

    def __post_init__(self) -> None:
        number = self.top_labels
        if number is not None and not (is_whole(number) and number >= 0):
            raise SettingsError(
                f"top_labels is {number!r}; give a whole number above 0, or None for the columns "
                "in labels."
            )


def explained(
    subject: Subject,
    predict: PredictFn[Batch],
    taken: Taken[Batch],
    settings: LimeSettings,
    wanted: Wanted,
    on_progress: OnProgress | None = None,
    *,
    ids: Sequence[int] | None = None,
    kind: type[Result] = LimeExplanation,  # type: ignore[assignment]
) -> Result:
    """One set of calls, and an explanation of each label from it, as a `kind` of result.

    `ids` are the numbers of the components to those who ask; None: as the subject has them.

    Raises
    ------
    PredictorError, SettingsError, TargetError
    """
    is_regression = settings.mode == "regression"
    # Rows need not sum to 1: so `lime` takes classes that are a yes or no each.
    asked = settings if is_regression else replace(settings, mode="multilabel")
    function = predict_function(predict, settings.mode)
    neighbourhood = ask_about(subject, function, taken, asked, on_progress=on_progress)
    answers = neighbourhood.asked()[1]
    sums_to_1 = np.abs(answers.sum(axis=1) - 1).max() <= SUM_SLACK
    if not is_regression and answers.shape[1] > 1 and sums_to_1:
        asked = replace(settings, mode="classification")
    class_names, _ = explained_class(neighbourhood, None, wanted.class_names)
    labels = [0] if is_regression else _labels(wanted, neighbourhood.probabilities, class_names)
    found = {
        label: _fitted(neighbourhood, asked, label, class_names, wanted.regressor)
        for label in labels
    }
    scores = {label: _score(neighbourhood, found[label]) for label in labels}
    at_instance = {label: _at_instance(neighbourhood, found[label]) for label in labels}
    if wanted.verbose:
        for label, explanation in found.items():
            print("Intercept", _intercept(explanation))
            print("Prediction_local", at_instance[label])
            print("Right:", neighbourhood.probabilities[label])
    return kind(
        explanations=found,
        subject=subject,
        mode=settings.mode,
        class_names=class_names,
        ids=range(subject.n_components) if ids is None else ids,
        score=scores,
        local_pred=at_instance,
        intercept={label: _intercept(explanation) for label, explanation in found.items()},
        top_labels=list(labels) if wanted.top_labels and not is_regression else None,
        answers=neighbourhood.responses.values,
    )


def _labels(wanted: Wanted, answer: FloatArray, names: tuple[str, ...]) -> list[int]:
    """The columns to explain; with `top_labels` those with the highest answers, highest first."""
    if wanted.top_labels:
        return [int(label) for label in np.argsort(answer)[-wanted.top_labels :][::-1]]
    labels = listed(wanted.labels)
    for label in labels:
        if not is_whole(label) or not 0 <= label < len(answer):
            known = ", ".join(f"{i} ({name})" for i, name in enumerate(names[:10]))
            one = " A yes/no model has two columns: return [1 - p, p]." if len(answer) == 1 else ""
            raise TargetError(
                f"labels has {label!r}, which is no column of the model's answer. Its columns are "
                f"{known}{', …' if len(names) > 10 else ''}; give numbers of columns, such as "
                f"labels=(0,), or top_labels=1 for the predicted one.{one}"
            )
    return [int(label) for label in labels]


def _fitted(
    neighbourhood: Neighbourhood,
    settings: LimeSettings,
    label: int,
    names: tuple[str, ...],
    regressor: Any,
) -> Explanation:
    """The explanation of one label, by the engine's ridge or another regressor."""
    explanation = fit_from(neighbourhood, settings, None, label, names)
    if regressor is None:
        return explanation
    design, values = neighbourhood.design, neighbourhood.responses.values
    chosen = select(design, values[:, label], settings.n_features, settings.selection)

    @cache
    def surrogate_of(column: int) -> LinearSurrogate:
        return _regressed(regressor, design, values[:, column], chosen)

    surrogate, labels = surrogate_of(label), neighbourhood.subject.labels
    weights = [ComponentWeight(i, labels[i], c) for i, c in surrogate.coefficients.items()]
    return replace(
        explanation,
        weights=tuple(sorted(weights, key=lambda weight: -abs(weight.weight))),
        surrogate=surrogate,
        fidelity=measure_fidelity(neighbourhood, surrogate_of, label, settings.mode),
    )


def _regressed(regressor: Any, design: Design, y: FloatArray, chosen: IntArray) -> LinearSurrogate:
    """What a copy of the regressor makes of the answers; the one that was given stays as it is."""
    masks = design.masks[:, chosen].astype(float)
    try:
        fitted = deepcopy(regressor)
        fitted.fit(masks, y, sample_weight=design.weights)
        coefficients = np.asarray(fitted.coef_, dtype=float).ravel().tolist()
        intercept = float(np.asarray(fitted.intercept_, dtype=float).ravel()[0])
        return LinearSurrogate(intercept, dict(zip(chosen.tolist(), coefficients, strict=True)))
    except Exception as error:
        raise SettingsError(
            f"model_regressor {type(regressor).__name__} could not be fitted ({in_words(error)}). "
            "Give a linear regressor of scikit-learn's kind: fit(X, y, sample_weight), then coef_ "
            "and intercept_."
        ) from error


def _intercept(explanation: Explanation) -> float:
    assert isinstance(explanation.surrogate, LinearSurrogate)
    return float(explanation.surrogate.intercept)


def _at_instance(neighbourhood: Neighbourhood, explanation: Explanation) -> FloatArray:
    """What the surrogate says of the instance, (1,)."""
    return explanation.surrogate.predict(neighbourhood.design.masks[:1])


def _score(neighbourhood: Neighbourhood, explanation: Explanation) -> float:
    """Weighted R^2 on the rows that it was fitted to, as `lime` has it."""
    design = neighbourhood.design
    f = neighbourhood.responses.values[:, explanation.target]
    w = design.weights / design.weights.sum()
    missed = w @ (f - explanation.surrogate.predict(design.masks)) ** 2
    there = w @ (f - w @ f) ** 2
    if there == 0:
        return 1.0 if missed == 0 else 0.0
    return float(1 - missed / there)
