"""The four steps in a row: components, design, responses, fit; and how much to ask."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np

from lime_engine.errors import SettingsError
from lime_engine.evaluation import (
    OnProgress,
    Perturber,
    Room,
    ShouldStop,
    evaluate,
    evaluate_each,
)
from lime_engine.fit.explanation import fit
from lime_engine.fit.projection import ENOUGH
from lime_engine.models import predict_function
from lime_engine.samplers import check_room, most_samples, neighbourhood_design
from lime_engine.settings import LimeSettings, given_or_default
from lime_engine.subjects import Subject
from lime_engine.types import (
    ClassNames,
    Design,
    Explanation,
    Neighbourhood,
    PredictFn,
    Responses,
)

X = TypeVar("X")
Batch = TypeVar("Batch")

FIRST_SAMPLES = 128


def explain(
    instance: X,
    predict: PredictFn[Batch],
    perturber: Perturber[X, Batch],
    settings: LimeSettings | None = None,
    *,
    target: int | str | None = None,
    class_names: ClassNames | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    room: Room | None = None,
) -> Explanation:
    """Why `predict` answers as it does near `instance`: `ask`, then `fit`.

    Parameters
    ----------
    predict : callable, or a model
        As `PredictFn` says; or a model of a kind that `models.predict_function` knows.
    target : int, str or None
        The class to explain, by index or name. None: the class the model predicts.
    class_names : sequence of str, dict of int to str, or None
        One name a class, in the order of the columns of `predict`, or by their number. None: "0",
        "1", …
    on_progress : callable or None
        Called with the share of the model calls done, from 0 to 1, after every batch.
    should_stop : callable or None
        Asked before every batch; when it returns True, `Cancelled` is raised.
    room : Room or None
        What is known of how many instances the model takes at once, of explanations before.

    Raises
    ------
    InputError, PredictorError, TargetError, SettingsError, Cancelled
    """
    settings = given_or_default(settings)
    neighbourhood = ask(
        instance,
        predict,
        perturber,
        settings,
        target=target,
        class_names=class_names,
        on_progress=on_progress,
        should_stop=should_stop,
        room=room,
    )
    return fit(neighbourhood, settings, target=target, class_names=class_names)


def ask(
    instance: X,
    predict: PredictFn[Batch],
    perturber: Perturber[X, Batch],
    settings: LimeSettings,
    *,
    target: int | str | None = None,
    class_names: ClassNames | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    room: Room | None = None,
) -> Neighbourhood:
    """Draw the neighbourhood of `instance` and ask the model about it. Parameters as `explain`.

    Only `n_samples="auto"` looks at the `target`, and at K: for another one it may need more.
    """
    return ask_about(
        perturber.components(instance),
        predict,
        perturber,
        settings,
        target=target,
        class_names=class_names,
        on_progress=on_progress,
        should_stop=should_stop,
        room=room,
    )


def ask_about(
    subject: Subject,
    predict: PredictFn[Batch],
    perturber: Perturber[Any, Batch],
    settings: LimeSettings,
    *,
    target: int | str | None = None,
    class_names: ClassNames | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    room: Room | None = None,
) -> Neighbourhood:
    """As `ask`, for an instance that `perturber.components` has taken apart already."""
    law = perturber.law(subject, settings.kernel_width)
    if settings.n_samples == "auto":
        most = min(settings.max_samples, most_samples(subject.n_components))
    else:
        most = settings.n_samples
    predict = predict_function(predict, settings.mode)  # once for all it is asked
    asking = _Asking(predict, perturber, settings, should_stop, room or Room.of(settings))
    # Of the whole way the held-out masks are the last part.
    in_all = most + round(settings.held_out * most)
    drawing = _part_of(on_progress, 0, most / in_all)
    if settings.n_samples == "auto":
        neighbourhood = _ask_until_settled(
            asking, Neighbourhood.empty(subject, law, settings), most, target, class_names, drawing
        )
    else:
        design = neighbourhood_design(law, most, _rng(settings, "design", 0), settings.sampler)
        neighbourhood = asking.about(Neighbourhood.empty(subject, law, settings), design, drawing)
    return _with_held_out(asking, neighbourhood, _part_of(on_progress, most / in_all, 1))


def ask_each_about(
    subject: Subject,
    predicts: Sequence[PredictFn[Batch]],
    perturber: Perturber[Any, Batch],
    settings: LimeSettings,
    *,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    room: Room | None = None,
) -> list[Neighbourhood]:
    """As `ask_about`, of several models: one design, which each of them is asked about.

    Every neighbourhood is the one that its model alone would have. Each batch is written once and
    handed to all models: they must not change it.

    Raises
    ------
    SettingsError
        With `n_samples="auto"`: when one model is settled, another may not be.
    """
    if settings.n_samples == "auto":
        raise SettingsError(
            'n_samples="auto" stops where one model is settled, which is not the same for all. '
            "Give a number."
        )
    predicts = [predict_function(predict, settings.mode) for predict in predicts]
    law = perturber.law(subject, settings.kernel_width)
    design = neighbourhood_design(
        law, settings.n_samples, _rng(settings, "design", 0), settings.sampler
    )
    n_held_out = 0 if design.exact else round(settings.held_out * len(design))
    drawn = len(design) / (len(design) + n_held_out)
    options: dict[str, Any] = {"mode": settings.mode, "should_stop": should_stop}
    options["room"] = room or Room.of(settings)
    drawing = _part_of(on_progress, 0, drawn)
    responses = evaluate_each(predicts, perturber, subject, design, on_progress=drawing, **options)
    found = [
        Neighbourhood(subject, law, design, answers, settings=settings) for answers in responses
    ]
    if n_held_out == 0:
        return found
    held_out = law.draw(n_held_out, _rng(settings, "held out", 0))
    checking = _part_of(on_progress, drawn, 1)
    checked = evaluate_each(
        predicts, perturber, subject, held_out, known=found, on_progress=checking, **options
    )
    return [
        replace(neighbourhood, held_out=held_out, held_out_responses=answers)
        for neighbourhood, answers in zip(found, checked, strict=True)
    ]


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
    """The same run with `n_samples` more, and as many more held-out masks as the settings say.

    An exact design has no more. Parameters and errors as `explain`.
    """
    if neighbourhood.design.exact:
        return neighbourhood
    check_room(len(neighbourhood.design) + n_samples, neighbourhood.subject.n_components)
    predict = predict_function(predict, settings.mode)  # once for all it is asked
    asking = _Asking(predict, perturber, settings, should_stop, Room.of(settings))
    share = 1 / (1 + settings.held_out)
    grown = _continued(asking, neighbourhood, n_samples, _part_of(on_progress, 0, share))
    return _with_held_out(asking, grown, _part_of(on_progress, share, 1))


@dataclass(frozen=True, slots=True)
class _Asking(Generic[Batch]):
    """Whom to ask, and how."""

    predict: PredictFn[Batch]
    perturber: Perturber[Any, Batch]
    settings: LimeSettings
    should_stop: ShouldStop | None
    room: Room

    def answers(
        self, known: Neighbourhood, design: Design, on_progress: OnProgress | None
    ) -> Responses:
        """The model's answers to `design`; those that are known are not asked for again."""
        return evaluate(
            self.predict,
            self.perturber,
            known.subject,
            design,
            mode=self.settings.mode,
            known=known if len(known.design) else None,
            room=self.room,
            on_progress=on_progress,
            should_stop=self.should_stop,
        )

    def about(
        self, known: Neighbourhood, more: Design, on_progress: OnProgress | None
    ) -> Neighbourhood:
        """The neighbourhood with these rows too, or with them alone if they are all there are."""
        responses = self.answers(known, more, on_progress)
        if len(known.design) == 0:
            return replace(known, design=more, responses=responses)
        if more.exact:
            n_calls = known.n_calls + responses.n_calls
            return replace(known, design=more, responses=Responses(responses.values, n_calls))
        return replace(known, design=known.design + more, responses=known.responses + responses)


def _continued(
    asking: _Asking[Batch],
    neighbourhood: Neighbourhood,
    n_samples: int,
    on_progress: OnProgress | None,
) -> Neighbourhood:
    """The same run with `n_samples` more, or with all masks once they would be no more."""
    settings, law = asking.settings, neighbourhood.law
    n_now = len(neighbourhood.design)
    rng = _rng(settings, "design", n_now)
    more = None
    if settings.sampler == "projected":
        more = law.enumerate(n_now + n_samples - 1) or law.draw_balanced(n_samples, rng)
    grown = asking.about(neighbourhood, more or law.draw(n_samples, rng), on_progress)
    return replace(grown, looks=neighbourhood.looks + 1)


def _with_held_out(
    asking: _Asking[Batch], neighbourhood: Neighbourhood, on_progress: OnProgress | None
) -> Neighbourhood:
    """With fresh masks for fidelity, as many as the settings say; an exact design needs none."""
    settings = asking.settings
    if neighbourhood.design.exact:
        return replace(neighbourhood, held_out=None, held_out_responses=None)
    held_out, responses = neighbourhood.held_out, neighbourhood.held_out_responses
    n_now = 0 if held_out is None else len(held_out)
    n_more = round(settings.held_out * len(neighbourhood.design)) - n_now
    if n_more <= 0:
        return neighbourhood
    more = neighbourhood.law.draw(n_more, _rng(settings, "held out", n_now))
    answers = asking.answers(neighbourhood, more, on_progress)
    if held_out is not None and responses is not None:
        more, answers = held_out + more, responses + answers
    return replace(neighbourhood, held_out=more, held_out_responses=answers)


def _ask_until_settled(
    asking: _Asking[Batch],
    neighbourhood: Neighbourhood,
    most: int,
    target: int | str | None,
    class_names: ClassNames | None,
    on_progress: OnProgress | None,
) -> Neighbourhood:
    """A first batch, then half as much again, until it is settled which components are shown.

    The first is large enough for intervals; with `most` samples it gives up.
    """
    settings = asking.settings
    enough = 1 + ENOUGH * (1 + neighbourhood.subject.n_components)  # the instance does not count
    n = min(most, max(FIRST_SAMPLES, enough))
    design = neighbourhood_design(
        neighbourhood.law, n, _rng(settings, "design", 0), settings.sampler
    )
    n = len(design)
    neighbourhood = asking.about(neighbourhood, design, _part_of(on_progress, 0, n / most))
    while not neighbourhood.design.exact and n < most:
        explanation = fit(neighbourhood, settings, target=target, class_names=class_names)
        if explanation.stability is not None and explanation.stability.settled:
            break
        done, n = n, min(most, -(-3 * n // 2))
        step = _part_of(on_progress, done / most, n / most)
        neighbourhood = _continued(asking, neighbourhood, n - done, step)
    return neighbourhood


def _rng(settings: LimeSettings, purpose: str, position: int) -> np.random.Generator:
    """A generator of its own for each purpose, so that none shifts another's draws."""
    stream = {"design": 0, "held out": 1}[purpose]
    return np.random.default_rng([settings.seed, stream, position])


def _part_of(on_progress: OnProgress | None, start: float, end: float) -> OnProgress | None:
    """Progress from 0 to 1 reported as the part from `start` to `end` of a longer way."""
    if on_progress is None:
        return None
    return lambda fraction: on_progress(start + (end - start) * fraction)
