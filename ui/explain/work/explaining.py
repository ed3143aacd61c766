"""What the worker processes do for the screens: explain, what if, show copies, find evidence.

Each function takes plain values and returns plain JSON; `store_result` writes what it returned
into the store, so that a reload, a second viewer or a copied link finds it there.
"""

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from lime_engine import ask_about, ask_each_about, ask_more, evaluate, fit
from lime_engine.subjects import ImageSubject, Subject, TabularSubject
from lime_engine.types import Design, Explanation, Neighbourhood
from ui.workshop.case import Case, batch_size_for
from ui.workshop.jobs import Report
from ui.workshop.packing import packed, unpacked
from ui.workshop.request import DEFAULT_SAMPLES, FIRST_LOOK, N_SAMPLES, Edits, Request
from ui.workshop.store import store
from ui.workshop.worker import store_result

N_COPIES = 6
N_RIVALS = 3  # classes whose reasons are shown side by side
COPY_PX = 160


def prepare(request: Request, *, report: Report) -> None:
    """Load the model into this worker, and explain a demo before anyone asks for it."""
    _ = Case(request).predict
    entry_id = request.store_id("explanation")
    if store().read("explanation", entry_id) is None:
        store_result("explanation", entry_id, explanation, request, report=report)


def explanation(request: Request, *, report: Report) -> dict[str, Any]:
    """The explanation as JSON, with the item's `label` in the data (or None).

    `rivals` are the most likely classes of three or more, likeliest first, each with its `target`
    and its `weights`, from the same answers; for images only, where they are drawn side by side.
    """
    return _explained(Case(request), report=report)


def _explained(case: Case, *, report: Report) -> dict[str, Any]:
    request, sooner = case.request, case.request.sooner()
    if sooner is not None and not _is_asked(request) and not _is_asked(sooner):
        begin, report = _parts_of(report, sooner, case)
        first = case.changed(settings=sooner.settings)
        store_result("explanation", sooner.store_id("explanation"), _explained, first, report=begin)
    neighbourhood = neighbourhood_of(case, report)
    names = case.class_names

    def fitted(target: int | None) -> Explanation:
        return fit(neighbourhood, case.settings, target=target, class_names=names)

    explained = fitted(request.target)
    rivals: list[dict[str, Any]] = []
    if isinstance(neighbourhood.subject, ImageSubject) and len(names) >= N_RIVALS:
        for target in np.argsort(-neighbourhood.probabilities, kind="stable")[:N_RIVALS].tolist():
            rival = explained if target == explained.target else fitted(target)
            rivals.append({"target": target, "weights": [asdict(w) for w in rival.weights]})
    return {"explanation": explained.to_dict(), "label": case.label, "rivals": rivals}


def what_if(
    request: Request, off: tuple[int, ...], edits: Edits, *, report: Report
) -> dict[str, Any]:
    """The model's `answer` (n_classes,) without the components `off`, or with edited values.

    `off` in the result are the components that are off: for a row, where the bin is another.
    """
    case = Case(request)
    perturber, subject = case.perturber, case.subject
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
    responses = evaluate(case.predict, perturber, subject, design, mode=request.settings.mode)
    return {"answer": responses.values[0].tolist(), "off": list(off)}


def copies(request: Request, target: int, *, report: Report) -> list[dict[str, Any]]:
    """Six perturbed copies from this explanation's own neighbourhood, heaviest first.

    Each with the components that are `off`, P(target) and its weight, which is 1 for the instance
    itself; a picture as `picture` (a data URI), a row as `values`. They are spread evenly over the
    sizes that were drawn, so that near and far are seen.
    """
    case = Case(request)
    neighbourhood = neighbourhood_of(case, report)
    perturber, settings = case.perturber, case.settings
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


def neighbourhood_of(case: Case, report: Report) -> Neighbourhood:
    """What the model was asked about this instance: from the store, else asked now and kept.

    Beyond the number of copies that suits the kind a run continues the next smaller one, and up to
    that of a picture a first look, so that nothing is asked twice, and the same link means the same
    whatever was looked at before.
    """
    entry_id = case.request.asking().store_id("neighbourhood")
    raw = store().read("neighbourhood", entry_id)
    subject, perturber, settings = case.subject, case.perturber, case.settings
    if raw is not None:
        return unpacked(raw, subject, perturber.law(subject, settings.kernel_width))
    options: dict[str, Any] = {"on_progress": report, "should_stop": report.should_stop}
    n = settings.n_samples
    smaller = _continued(case)
    if n == "auto" or smaller is None:
        neighbourhood = ask_about(
            subject,
            case.predict,
            perturber,
            settings,
            target=case.request.target,
            class_names=case.class_names,
            **options,
        )
    else:
        begin, rest = _parts_of(report, smaller, case)
        options["on_progress"] = rest
        before = neighbourhood_of(case.changed(settings=smaller.settings), begin)
        neighbourhood = ask_more(
            before,
            n - len(before.design),
            case.predict,
            perturber,
            settings,
            **options,
        )
    store().try_write("neighbourhood", entry_id, packed(neighbourhood))
    return neighbourhood


def _continued(case: Case) -> Request | None:
    """The smaller run that this one continues; None where it begins itself."""
    n = case.settings.n_samples
    first = DEFAULT_SAMPLES[case.task.kind]
    smaller = [m for m in N_SAMPLES if n != "auto" and first <= m < n]
    if smaller:
        return replace(case.request, settings=replace(case.request.settings, n_samples=smaller[-1]))
    return case.request.sooner() if n != "auto" and n > FIRST_LOOK else None


def _parts_of(report: Report, smaller: Request, case: Case) -> tuple[Report, Report]:
    """Of the report on a run, the part that it continues, unless that is done, and the rest."""
    n, before = case.settings.n_samples, smaller.settings.n_samples
    share = 0.0 if "auto" in (n, before) or _is_asked(smaller) else float(before) / float(n)
    return report.part(0, share), report.part(share, 1)


def _is_asked(request: Request) -> bool:
    return store().has("neighbourhood", request.asking().store_id("neighbourhood"))


def both_neighbourhoods(
    cases: tuple[Case, Case], report: Report
) -> tuple[Neighbourhood, Neighbourhood]:
    """The same of two models about one item, from one design: cases that differ in the model."""
    ids = [case.request.asking().store_id("neighbourhood") for case in cases]
    first, second = cases
    if _continued(first) is not None or any(_is_asked(case.request) for case in cases):
        return neighbourhood_of(first, report.part(0, 0.5)), neighbourhood_of(
            second, report.part(0.5, 1)
        )
    size = batch_size_for(*cases)
    found = ask_each_about(
        first.subject,
        [case.predict for case in cases],
        first.perturber,
        replace(first.settings, batch_size=size),
        on_progress=report,
        should_stop=report.should_stop,
    )
    for entry_id, neighbourhood in zip(ids, found, strict=True):
        store().try_write("neighbourhood", entry_id, packed(neighbourhood))
    return found[0], found[1]
