"""A request is looked up once."""

import sys
from collections import Counter
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest

import sample_models
from tests.ui.reports import Told
from ui.explain.choice import first_choice
from ui.explain.work import explaining
from ui.workshop import case, catalogue, instances
from ui.workshop import store as stores
from ui.workshop.case import Case

ROOMS = {module.__file__: module for module in (catalogue, instances, stores)}


def entered(call: Any) -> Counter[str]:
    """How often each public function of the rooms is called from outside its room."""
    seen: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: object) -> None:
        file, before = frame.f_code.co_filename, frame.f_back
        if event == "call" and file in ROOMS and before and before.f_code.co_filename != file:
            seen[f"{ROOMS[file].__name__.split('.')[-1]}.{frame.f_code.co_name}"] += 1

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)
    return seen


@pytest.mark.parametrize("task", ["triage", "wolves", "flu"])
def test_one_explanation_enters_each_room_once(task: str) -> None:
    request = first_choice(sample_models.tasks()[task]).request
    case._shared.cache_clear()
    instances.learned.cache_clear()
    seen = entered(lambda: explaining.explanation(request, report=Told()))
    assert seen["catalogue.entry_of"] == seen["instances.items_of"] == 1
    assert seen["instances.instance"] == seen["instances.perturber_of"] == 1
    # What was asked is looked for in the store once, and kept there once; a picture's first look is
    # kept with its explanation, and found by what continues it.
    assert seen["store.read"] == seen["store.try_write"] == (3 if task == "wolves" else 1)
    others = {name: n for name, n in seen.items() if not name.startswith("store.")}
    allowed = ("entry_of", "items_of", "instance", "perturber_of", "_data", "load", "<lambda>")
    assert not {name for name in others if name.split(".")[1] not in allowed}


def test_two_models_on_one_item_share_the_subject() -> None:
    request = first_choice(sample_models.tasks()["wolves"]).request
    case._shared.cache_clear()
    first, second = Case(request), Case(replace(request, model="b"))
    assert first.subject is second.subject
    assert Case(replace(request, settings=replace(request.settings, seed=5))).subject is (
        first.subject
    )
    coarse = first.changed(view=replace(request.view, n_segments=9))
    assert coarse.subject is not first.subject
    assert coarse.items is first.items  # the same picture is not drawn again
