"""The demos of Home: wrong for a wrong reason, and another answer without that reason."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lime_engine.subjects import TabularSubject, Value
from lime_engine.types import Explanation
from pages.home import CARDS
from sample_models import load_data, tasks
from tests.ui.reports import Told
from ui.explain import demos
from ui.explain.choice import Choice, first_choice
from ui.explain.work import explaining
from ui.workshop.case import Case
from ui.workshop.request import Edits, Request

CLICKS = 3


@pytest.fixture(params=CARDS)
def demo(request: pytest.FixtureRequest) -> Choice:
    return first_choice(tasks()[request.param])


def explained(demo: Choice) -> tuple[Explanation, int]:
    """What the app shows under its default settings, and the item's label."""
    found = explaining.explanation(demo.request, report=Told())
    return Explanation.from_dict(found["explanation"]), found["label"]


def answer(demo: Choice, off: Sequence[int] = (), edits: Edits = ()) -> int:
    found = explaining.what_if(demo.request.alone(), tuple(off), edits, report=Told())["answer"]
    return int(np.argmax(found))


def named(explanation: Explanation) -> list[int]:
    """The strongest reasons for the answer that the explanation names: the first clicks."""
    return [weight.index for weight in explanation.weights if weight.weight > 0][:CLICKS]


def answers(demo: Choice, explanation: Explanation) -> Iterator[int]:
    """What the model says without the strongest reason, without the two strongest, and so on.

    A row's value is not switched off but edited, to a usual one that changes the answer if there
    is one.
    """
    reasons = named(explanation)
    if not isinstance(explanation.subject, TabularSubject):
        yield from (answer(demo, reasons[: i + 1]) for i in range(len(reasons)))
        return
    edits: Edits = ()
    for column in reasons:
        tried = {
            value: answer(demo, edits=(*edits, (column, value)))
            for value in usual_values(demo, explanation.subject, column)
        }
        value = next(
            (v for v, said in tried.items() if said != explanation.target), next(iter(tried))
        )
        edits = (*edits, (column, value))
        yield tried[value]


def usual_values(demo: Choice, subject: TabularSubject, column: int) -> list[Value]:
    """The middle one of the training rows' values in each range but the row's own."""
    perturber: Any = Case(demo.request).perturber
    values = load_data(demo.task.key).train.instances[subject.columns[column]].dropna().to_numpy()
    bins = np.array([perturber.bin_label(column, b) for b in perturber.bin_of(column, values)])
    others = [np.sort(values[bins == label]) for label in sorted({*bins} - {subject.bins[column]})]
    return [same[len(same) // 2 : len(same) // 2 + 1].tolist()[0] for same in others]


def test_it_is_wrong_and_for_a_reason_that_should_not_matter(demo: Choice) -> None:
    explanation, label = explained(demo)
    assert demo.task.flaw is not None
    planted = demo.task.flaw.planted("field", demo.item.row, explanation.subject)

    assert demo.item.source == "field"
    assert explanation.target == answer(demo) != label
    assert explanation.probabilities[explanation.target] > 0.75
    assert named(explanation)[0] in planted


def test_three_clicks_on_what_is_named_turn_it_right(demo: Choice) -> None:
    explanation, label = explained(demo)

    assert label in answers(demo, explanation)


def test_the_other_model_is_right_about_it(demo: Choice) -> None:
    _, label = explained(demo)
    _, other = demo.task.models

    assert answer(replace(demo, model=other.key)) == label


def test_all_are_explained_beforehand_but_those_whose_models_take_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, str]] = []

    class Noted:
        def preload(self, function: Any, request: Request, *, affinity: str) -> None:
            asked.append((function.__name__, request.task))

    monkeypatch.setattr(demos, "workers", Noted)
    demos.workers_with_demos()
    here = {key for key, task in tasks().items() if task.is_here()}
    assert {task for name, task in asked if name == "prepare"} == here - {"photos"}
    assert [task for name, task in asked if name == "outside"] == ["wolves", "digits"]
