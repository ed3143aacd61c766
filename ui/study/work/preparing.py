"""The items of a study: chosen, explained, and set into the form that participants' pages have."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from lime_engine import explain
from lime_engine.errors import InputError
from lime_engine.subjects import ImageSubject, Subject, TabularSubject, TextSubject
from lime_engine.types import Design, Explanation
from sample_models.types import SPLITS
from trust_study.frozen import MAX_PICTURE, MAX_TEXT, Component, Item, Shown
from ui.figures import pixels
from ui.figures.markup import value_text
from ui.figures.outlines import region_contours, smoothed
from ui.pick.choice import PickChoice
from ui.shell.wording import part_names
from ui.workshop.asking import probabilities
from ui.workshop.case import Case, batch_size_for
from ui.workshop.catalogue import task_of
from ui.workshop.jobs import Report
from ui.workshop.request import SAMPLES_OF_MANY, code_fingerprint
from ui.workshop.sample import sampled

CANDIDATES = 300  # beside the host's own, among which right and wrong answers are looked for
PICTURE_PX = (384, 288, 200, 128)  # the first that is small enough for a phone
MOST_LABELS = 20  # to choose from on a phone
OUTLINE_POINTS = 60  # of a region
NO_LABELS = (
    "None of these items has a label that says what is right, so nobody could say who trusted "
    "rightly. Choose data with labels."
)


def prepared(
    task_key: str,
    model: str,
    source: str,
    rows: Sequence[int],
    n: int,
    n_edited: int,
    seed: int,
    *,
    report: Report,
) -> dict[str, Any]:
    """The items of a study as JSON, with the `labels`, and where all of it comes from.

    `n` of them, these `rows` first, about half of the model's answers wrong; `edited` are as many
    others, as far as there are, without the part that counted most.

    Raises
    ------
    InputError
        If no item has a label, or the model knows too many answers.
    """
    choice = PickChoice(task_of(task_key), model, source)
    case = Case(choice.request(0))
    if len(case.class_names) > MOST_LABELS:
        raise InputError(
            f"This model knows {len(case.class_names):,} answers; people can choose among "
            f"{MOST_LABELS} at most. Choose another task."
        )
    labels = case.items.labels
    others = [row for row in sampled(case.items.n, CANDIDATES) if row not in {*rows}]
    there = [row for row in (*rows, *others) if labels is not None and labels[row] >= 0]
    if labels is None or not there:
        raise InputError(NO_LABELS)
    answers = probabilities(case, there, report.part(0, 0.3)).argmax(axis=1)
    wrong = [row for row, answer in zip(there, answers, strict=True) if labels[row] != answer]
    chosen = balanced(there, wrong, n)
    spare = [row for row in there if row not in {*chosen}][:n_edited]
    items, edited = [], []
    total = len(chosen) + len(spare)
    for done, row in enumerate((*chosen, *spare)):
        part = report.part(0.3 + 0.7 * done / total, 0.3 + 0.7 * (done + 1) / total)
        explanation = _explained(case, row, part)
        if row in chosen:
            rng = np.random.default_rng([seed, row])
            items.append(_item(case, source, row, explanation, int(labels[row]), rng))
        elif (changed := _without_the_strongest(case, row, explanation)) is not None:
            edited.append(changed)
    return {
        "kind": case.task.kind,
        "labels": list(case.class_names),
        "items": [asdict(item) for item in items],
        "edited": [asdict(item) for item in edited],
        "made_with": {
            "task": task_key,
            "model": model,
            "data": source,
            "copies": str(SAMPLES_OF_MANY),
            "code": code_fingerprint(),
        },
    }


def balanced(there: Sequence[int], wrong: Sequence[int], n: int) -> list[int]:
    """`n` of these rows, half of them wrong as far as there are such; the first ones first."""
    is_wrong = {*wrong}
    right = [row for row in there if row not in is_wrong]
    n_wrong = min(len(wrong), max(n // 2, n - len(right)))
    taken = {*wrong[:n_wrong], *right[: n - n_wrong]}
    return [row for row in there if row in taken]


def placebo(weights: Sequence[float], rng: np.random.Generator) -> tuple[float, ...]:
    """The same weights, shuffled among all components."""
    return tuple(float(each) for each in rng.permutation(np.array(weights, dtype=float)))


def _explained(case: Case, row: int, report: Report) -> Explanation:
    return explain(
        case.items.instance(row)[0],
        case.predict,
        case.perturber,
        replace(case.request.settings, batch_size=batch_size_for(case)),
        class_names=case.class_names,
        on_progress=report,
        should_stop=report.should_stop,
    )


def _item(
    case: Case,
    source: str,
    row: int,
    explanation: Explanation,
    label: int,
    rng: np.random.Generator,
) -> Item:
    subject = explanation.subject
    flaw: frozenset[int] = frozenset()
    if case.task.flaw is not None and source in SPLITS:
        flaw = case.task.flaw.planted(source, row, subject)
    weights = [0.0] * subject.n_components
    for weight in explanation.weights:
        weights[weight.index] = float(weight.weight)
    shown = _shown(subject)
    return Item(
        id=f"{source}-{row}",
        shown=shown,
        advice=explanation.target,
        probability=min(1.0, max(0.0, float(explanation.probabilities[explanation.target]))),
        truth=label,
        components=_components(subject, shown, flaw),
        weights={"lime": tuple(weights), "placebo": placebo(weights, rng)},
    )


def _without_the_strongest(case: Case, row: int, explanation: Explanation) -> Item | None:
    """The item without the part that counted most, and what the model says then.

    None if there is nothing left to show.
    """
    if not explanation.weights:
        return None
    subject = explanation.subject
    strongest = max(explanation.weights, key=lambda each: abs(each.weight)).index
    if isinstance(subject, TabularSubject):
        changed = _with_another_value(case, row, subject, strongest)
        if changed is None:
            return None
        subject, design = changed, case.perturber.law(changed, None).instance()
    else:
        masks = np.ones((1, subject.n_components), dtype=bool)
        masks[0, strongest] = False
        design = Design(masks, np.ones(1))
    written = case.perturber.realiser(subject)(design)
    answer = np.asarray(case.predict(written), dtype=float)[0]
    if isinstance(subject, TextSubject) and not written[0].strip():
        return None
    if not isinstance(subject, TabularSubject):
        subject = case.perturber.components(written[0])
    return Item(
        id=f"edited-{row}",
        shown=_shown(subject),
        advice=int(answer.argmax()),
        probability=min(1.0, max(0.0, float(answer.max()))),
    )


def _with_another_value(
    case: Case, row: int, subject: TabularSubject, column: int
) -> TabularSubject | None:
    """The row with another one's value in this column, of another bin; None if all have the same.

    Looked for among the rows after it, so that it is the same every time.
    """
    for step in range(1, min(case.items.n, CANDIDATES)):
        other = case.perturber.components(case.items.instance((row + step) % case.items.n)[0])
        if other.bins[column] != subject.bins[column]:
            values = dict(zip(subject.columns, subject.values, strict=True))
            values[subject.columns[column]] = other.values[column]
            found: TabularSubject = case.perturber.components(values)
            return found
    return None


def _shown(subject: Subject) -> Shown:
    match subject:
        case TextSubject():
            if len(subject.text) > MAX_TEXT:
                raise InputError(
                    f"A text has {len(subject.text):,} characters; a participant's page shows "
                    f"{MAX_TEXT:,}. Choose shorter ones."
                )
            return Shown(text=subject.text)
        case TabularSubject():
            cells = zip(subject.columns, subject.values, strict=True)
            return Shown(row=tuple((name, value_text(value)) for name, value in cells))
        case ImageSubject():
            for px in PICTURE_PX:
                picture = pixels.displayed(subject.pixels, px)
                uri = pixels.data_uri(picture, "photograph")
                if len(uri) <= MAX_PICTURE:
                    break
            height, width = picture.shape[:2]
            return Shown(picture=uri, size=(width, height))


def _components(subject: Subject, shown: Shown, flaw: frozenset[int]) -> tuple[Component, ...]:
    names = part_names(subject)
    return tuple(
        Component(name, _where(subject, shown, i), i in flaw) for i, name in enumerate(names)
    )


def _where(subject: Subject, shown: Shown, i: int) -> tuple[tuple[float, ...], ...]:
    match subject:
        case TextSubject():
            return tuple((float(start), float(stop)) for start, stop in subject.spans[i])
        case TabularSubject():
            return ((float(i),),)
        case ImageSubject():
            height, width = subject.segments.shape
            times = np.array([shown.size[0] / width, shown.size[1] / height])
            found = []
            for line in region_contours(subject.segments, i):
                own = smoothed(line) if pixels.is_smooth(subject) else line
                own = own[:: max(1, len(own) // OUTLINE_POINTS)] * times
                found.append(tuple(float(each) for each in np.round(own, 1).ravel()))
            return tuple(found)
