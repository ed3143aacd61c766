"""The four steps in a row: components, design, responses, fit."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, Protocol, TypeVar

import numpy as np

from lime_engine.errors import Cancelled, PredictorError, TargetError
from lime_engine.fidelity import measure_fidelity
from lime_engine.samplers import MaskLaw, neighbourhood_design
from lime_engine.selection import select
from lime_engine.surrogate import contributions, fit_surrogate
from lime_engine.types import (
    ComponentWeight,
    Design,
    Explanation,
    FloatArray,
    LimeSettings,
    MaskArray,
    Mode,
    Neighbourhood,
    PredictFn,
    Responses,
    TextSubject,
)

X = TypeVar("X")
OnProgress = Callable[[float], None]
ShouldStop = Callable[[], bool]

FIRST_BATCH = 128
MAX_BATCH = 4096
BATCH_SECONDS = 0.2  # what a batch should take: few calls, and soon enough for a cancel
_PROBABILITY_SLACK = 1e-6


class Perturber(Protocol[X]):
    """Knows the kind of instance: what can be switched off, and how it looks without it."""

    def components(self, instance: X) -> TextSubject: ...
    def law(self, subject: TextSubject, kernel_width: float | None) -> MaskLaw: ...
    def realise(self, subject: TextSubject, masks: MaskArray) -> Sequence[X]: ...


def explain(
    instance: X,
    predict: PredictFn[X],
    perturber: Perturber[X],
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
    predict: PredictFn[X],
    perturber: Perturber[X],
    settings: LimeSettings,
    *,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Neighbourhood:
    """Draw the neighbourhood of `instance` and ask the model about it. Parameters as `explain`."""
    subject = perturber.components(instance)
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
    predict: PredictFn[X],
    perturber: Perturber[X],
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


def evaluate(
    predict: PredictFn[X],
    perturber: Perturber[X],
    subject: TextSubject,
    design: Design,
    *,
    mode: Mode = "classification",
    known: Neighbourhood | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Responses:
    """Ask the model about every mask of `design`, each distinct mask once.

    The answers in `known` are not asked again. Instances are realised batch by batch, as many
    at a time as the model answers in about BATCH_SECONDS.

    Raises
    ------
    PredictorError
        If the model raises, or its answer is not (n, n_classes) finite numbers, in [0, 1] for
        classification.
    Cancelled
    """
    masks, n_known = design.masks, 0
    if known is not None:
        known_masks, known_values = known.asked()
        masks, n_known = np.concatenate([known_masks, masks]), len(known_masks)
    first, inverse = _distinct(masks)
    to_ask = first[first >= n_known]
    answers: list[FloatArray] = []
    done, size = 0, FIRST_BATCH
    while done < len(to_ask):
        if should_stop is not None and should_stop():
            raise Cancelled(f"Stopped after {done} of {len(to_ask)} questions to the model.")
        start = perf_counter()
        batch = perturber.realise(subject, masks[to_ask[done : done + size]])
        answers.append(_checked_answer(predict, batch, mode))
        if answers[-1].shape[1] != answers[0].shape[1]:
            raise PredictorError(
                f"predict returned {answers[0].shape[1]} columns for one batch and "
                f"{answers[-1].shape[1]} for another. Return one column per class each time."
            )
        done += len(batch)
        if on_progress is not None:
            on_progress(done / len(to_ask))
        pace = len(batch) / max(perf_counter() - start, 1e-9)
        size = max(1, int(min(pace * BATCH_SECONDS, 8 * size, MAX_BATCH)))
    if known is not None:
        answers.insert(0, known_values[first[first < n_known]])
    values = np.concatenate(answers)[inverse[n_known:]]
    return Responses(values, n_calls=len(to_ask))


def _distinct(masks: MaskArray) -> tuple[Any, Any]:
    """Row of the first occurrence of each distinct mask, in order, and each row's distinct mask."""
    packed = np.packbits(masks, axis=1)
    rows = packed.view(f"V{packed.shape[1]}").ravel().tolist()
    number: dict[bytes, int] = {}
    inverse = [number.setdefault(row, len(number)) for row in rows]
    first = np.empty(len(number), dtype=np.intp)
    first[inverse[::-1]] = np.arange(len(rows) - 1, -1, -1)
    return first, np.array(inverse, dtype=np.intp)


def _checked_answer(predict: PredictFn[X], batch: Sequence[X], mode: Mode) -> FloatArray:
    """The answer for a batch as floats (n, n_classes), or a PredictorError that says why."""
    try:
        raw: Any = predict(batch)
    except Exception as error:
        raise PredictorError(
            f"The model raised {type(error).__name__}: {error}. It was asked about {len(batch)} "
            "instances with some components switched off; it must accept all of them."
        ) from error
    try:
        answer = np.asarray(raw, dtype=float)
    except (TypeError, ValueError) as error:
        raise PredictorError(
            f"predict returned {type(raw).__name__}, which is not an array of numbers. "
            "Return one probability column per class."
        ) from error
    if mode == "regression" and answer.ndim == 1:
        answer = answer[:, None]
    n_columns = "1" if mode == "regression" else "n_classes"
    enough = answer.ndim == 2 and (
        answer.shape[1] == 1 if mode == "regression" else answer.shape[1] >= 2
    )
    if not enough or len(answer) != len(batch):
        raise PredictorError(
            f"predict returned shape {answer.shape} for {len(batch)} instances; expected "
            f"({len(batch)}, {n_columns}). Return one row per instance and one probability "
            "column per class, two columns for a yes/no answer."
        )
    if not np.isfinite(answer).all():
        row, column = np.argwhere(~np.isfinite(answer))[0]
        raise PredictorError(
            f"predict returned {answer[row, column]} in column {column} (row {row} of "
            f"{len(batch)}). Return finite numbers for every perturbed instance."
        )
    if mode == "classification":
        low, high = answer.min(), answer.max()
        if low < -_PROBABILITY_SLACK or high > 1 + _PROBABILITY_SLACK:
            raise PredictorError(
                f"predict returned values from {low:.4g} to {high:.4g}, which are not "
                "probabilities. Return values from 0 to 1 (predict_proba, or a softmax of scores)."
            )
    return answer


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
