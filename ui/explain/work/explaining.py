"""What the worker processes do for the screens: explain, what if, show copies, find evidence.

Each function takes plain values and returns plain JSON; `store_result` writes what it returned
into the store, so that a reload, a second viewer or a copied link finds it there.
"""

from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any

import numpy as np

from lime_engine import ask_about, ask_each_about, ask_more, evaluate, fit
from lime_engine.settings import LimeSettings
from lime_engine.subjects import ImageSubject, Subject, TabularSubject
from lime_engine.types import Design, Explanation, Neighbourhood
from ui.workshop.catalogue import class_names_of, predict_of, task_of
from ui.workshop.instances import instance_of, perturber_of
from ui.workshop.item import Item
from ui.workshop.jobs import Report
from ui.workshop.packing import packed, unpacked
from ui.workshop.request import DEFAULT_SAMPLES, N_SAMPLES, Edits, Request, View
from ui.workshop.store import store
from ui.workshop.worker import store_result

N_COPIES = 6
N_RIVALS = 3  # classes whose reasons are shown side by side
COPY_PX = 160


def prepare(request: Request, *, report: Report) -> None:
    """Load the model into this worker, and explain a demo before anyone asks for it."""
    predict_of(request.task, request.model)
    entry_id = request.store_id("explanation")
    if store().read("explanation", entry_id) is None:
        store_result("explanation", entry_id, explanation, request, report=report)


def explanation(request: Request, *, report: Report) -> dict[str, Any]:
    """The explanation as JSON, with the item's `label` in the data (or None).

    `rivals` are the most likely classes of three or more, likeliest first, each with its `target`
    and its `weights`, from the same answers; for images only, where they are drawn side by side.
    """
    _, label = subject_of(request)
    neighbourhood = neighbourhood_of(request, report)
    settings = settings_of(request)
    names = class_names_of(request.task, request.model)

    def fitted(target: int | None) -> Explanation:
        return fit(neighbourhood, settings, target=target, class_names=names)

    explained = fitted(request.target)
    rivals: list[dict[str, Any]] = []
    if isinstance(neighbourhood.subject, ImageSubject) and len(names) >= N_RIVALS:
        for target in np.argsort(-neighbourhood.probabilities, kind="stable")[:N_RIVALS].tolist():
            rival = explained if target == explained.target else fitted(target)
            rivals.append({"target": target, "weights": [asdict(w) for w in rival.weights]})
    return {"explanation": explained.to_dict(), "label": label, "rivals": rivals}


def what_if(
    request: Request, off: tuple[int, ...], edits: Edits, *, report: Report
) -> dict[str, Any]:
    """The model's `answer` (n_classes,) without the components `off`, or with edited values.

    `off` in the result are the components that are off: for a row, where the bin is another.
    """
    perturber = perturber_of(request.task, request.view)
    subject, _ = subject_of(request)
    if isinstance(subject, TabularSubject):
        values = dict(zip(subject.columns, subject.values, strict=True))
        values |= {subject.columns[column]: value for column, value in edits}
        edited = perturber.components(values)
        laws: Any = [perturber.law(row, None) for row in (subject, edited)]
        off = tuple(np.flatnonzero(laws[0].bins != laws[1].bins).tolist())
        subject, design = edited, perturber.law(edited, None).instance()
    else:
        masks = np.ones((1, subject.n_components), dtype=bool)
        masks[0, list(off)] = False
        design = Design(masks, np.ones(1))
    predict = predict_of(request.task, request.model)
    responses = evaluate(predict, perturber, subject, design, mode=request.settings.mode)
    return {"answer": responses.values[0].tolist(), "off": list(off)}


def copies(request: Request, target: int, *, report: Report) -> list[dict[str, Any]]:
    """Six perturbed copies from this explanation's own neighbourhood, heaviest first.

    Each with the components that are `off`, P(target) and its weight, which is 1 for the instance
    itself; a picture as `picture` (a data URI), a row as `values`. They are spread evenly over the
    sizes that were drawn, so that near and far are seen.
    """
    neighbourhood = neighbourhood_of(request, report)
    perturber = perturber_of(request.task, request.view)
    settings = settings_of(request)
    removed = (~neighbourhood.design.masks).sum(axis=1)[1:]
    order = np.argsort(removed, kind="stable")
    picked = order[np.linspace(0, len(order) - 1, min(N_COPIES, len(order))).astype(int)]
    rows = np.fromiter(dict.fromkeys(picked.tolist()), dtype=np.intp) + 1
    design = neighbourhood.design[rows]
    kernel = perturber.law(neighbourhood.subject, settings.kernel_width).kernel
    written = perturber.realiser(neighbourhood.subject)(design)
    return [
        {
            "off": np.flatnonzero(~mask).tolist(),
            "probability": float(neighbourhood.responses.values[row, target]),
            "weight": float(kernel[(~mask).sum()]),
            **_seen(perturber, neighbourhood.subject, written, number),
        }
        for number, (row, mask) in enumerate(zip(rows, design.masks, strict=True))
    ]


def _seen(perturber: Any, subject: Subject, batch: Any, number: int) -> dict[str, Any]:
    """What a copy looks like, where the mask does not say it."""
    match subject:
        case ImageSubject():
            from ui.figures.pixels import data_uri, displayed

            return {"picture": data_uri(displayed(batch[number], COPY_PX), "photograph")}
        case TabularSubject():
            return {"values": list(perturber.components(batch.iloc[[number]]).values)}
        case _:
            return {}


def subject_of(request: Request) -> tuple[Subject, int | None]:
    """The item taken apart, and its label in the data."""
    return _taken_apart(request.task, request.item, request.view)


@lru_cache(maxsize=8)
def _taken_apart(task: str, item: Item, view: View) -> tuple[Subject, int | None]:
    """The same, which takes a while for pictures: once for all questions about the item."""
    instance, label = instance_of(task, item)
    return perturber_of(task, view).components(instance), label


def neighbourhood_of(request: Request, report: Report) -> Neighbourhood:
    """What the model was asked about this instance: from the store, else asked now and kept.

    Beyond the number of copies that suits the kind a run continues the next smaller one, so that
    nothing is asked twice, and the same link means the same whatever was looked at before.
    """
    asked = request.asking()
    entry_id = asked.store_id("neighbourhood")
    raw = store().read("neighbourhood", entry_id)
    subject, _ = subject_of(request)
    perturber = perturber_of(request.task, request.view)
    settings = settings_of(request)
    if raw is not None:
        return unpacked(raw, subject, perturber.law(subject, settings.kernel_width))
    predict = predict_of(request.task, request.model)
    options: dict[str, Any] = {"on_progress": report, "should_stop": report.should_stop}
    n = settings.n_samples
    first = DEFAULT_SAMPLES[task_of(request.task).kind]
    smaller = [m for m in N_SAMPLES if n != "auto" and first <= m < n]
    if n == "auto" or not smaller:
        names = class_names_of(request.task, request.model)
        neighbourhood = ask_about(
            subject,
            predict,
            perturber,
            settings,
            target=request.target,
            class_names=names,
            **options,
        )
    else:
        before = replace(request, settings=replace(request.settings, n_samples=smaller[-1]))
        neighbourhood = ask_more(
            neighbourhood_of(before, report),
            n - smaller[-1],
            predict,
            perturber,
            settings,
            **options,
        )
    store().write("neighbourhood", entry_id, packed(neighbourhood))
    return neighbourhood


def both_neighbourhoods(
    requests: tuple[Request, Request], report: Report
) -> tuple[Neighbourhood, Neighbourhood]:
    """The same of two models about one item, from one design: requests that differ in the model."""
    ids = [request.asking().store_id("neighbourhood") for request in requests]
    if any(store().has("neighbourhood", entry_id) for entry_id in ids):
        first, second = requests
        return neighbourhood_of(first, report.part(0, 0.5)), neighbourhood_of(
            second, report.part(0.5, 1)
        )
    one = requests[0]
    subject, _ = subject_of(one)
    found = ask_each_about(
        subject,
        [predict_of(request.task, request.model) for request in requests],
        perturber_of(one.task, one.view),
        settings_of(one),
        on_progress=report,
        should_stop=report.should_stop,
    )
    for entry_id, neighbourhood in zip(ids, found, strict=True):
        store().write("neighbourhood", entry_id, packed(neighbourhood))
    return found[0], found[1]


def settings_of(request: Request) -> LimeSettings:
    """The request's settings with its kernel width, a multiple of the default, written out."""
    if request.width == 1:
        return request.settings
    subject, _ = subject_of(request)
    width = perturber_of(request.task, request.view).default_kernel_width(subject)
    return replace(request.settings, kernel_width=request.width * width)
