"""What the browser tells of a review: done once, in order, to the pick that each act names."""

from dataclasses import replace

import pytest

from sample_models import tasks
from ui.pick.choice import first_pick
from ui.pick.values import Feature, Picked, PickedItem, Reason
from ui.review import controls, records
from ui.review.controls import new_acts
from ui.review.place import Place
from ui.review.records import Answer, KeptPick


@pytest.fixture
def kept() -> KeptPick:
    """Two items, rows 4 and 9, with the reasons “pain” and “fwd”."""
    reasons = (Reason(0, 0, "pain", 0.4), Reason(1, 1, "fwd", 0.3))
    item = PickedItem(4, 0, (0.9, 0.1), 0, reasons, (), 0.1, None, None)
    line = (0.1, 0.1)
    features = (Feature("pain", 0.1, ()), Feature("fwd", 0.1, ()))
    picked = Picked(features, (item, replace(item, row=9)), line, line, line, line, 2, 0, None, ())
    choice = first_pick(tasks()["triage"])
    found = records.read_kept_pick(records.keep_pick(choice, picked))
    assert found is not None
    return found


def act(n: object, do: str, row: object = None, value: object = None) -> dict[str, object]:
    return {"n": n, "do": do, "row": row, "value": value}


def test_acts_are_done_once_and_in_order(kept: KeptPick) -> None:
    told = [act(3, "judge", 9, "wrong"), act(1, "judge", 4, "unsure"), act(2, "go", None, "2")]
    assert [n for n, _ in new_acts(told, 0, kept)] == [1, 2, 3]
    assert [n for n, _ in new_acts(told, 2, kept)] == [3]
    assert new_acts(told, 3, kept) == []


def test_each_act_is_done_to_the_pick_that_it_names(kept: KeptPick) -> None:
    place = Place("pick", "a" * 16, "1")
    told = [
        act(1, "judge", 4, "unsure"),
        act(2, "judge", 9, "wrong"),
        act(3, "mark", 9, "fwd"),
        act(4, "mark", 9, "pain"),
        act(5, "unmark", 9, "fwd"),
        act(6, "note", 4, "later"),
    ]
    for _, each in new_acts(told, 0, kept):
        controls.do(each, kept, place)
    assert records.read_review("pick", "a" * 16) == {
        4: Answer("unsure", "unsure", (), "later"),
        9: Answer("wrong", "wrong", ("pain",)),
    }


@pytest.mark.parametrize(
    "told",
    [
        None,
        "judge",
        [None],
        [act("1", "judge", 4, "wrong")],
        [act(1, "judge", 5, "wrong")],  # no such item
        [act(1, "judge", 4, "Wrong")],  # a label
        [act(1, "mark", 4, "snow")],
        [act(1, "note", 4, 7)],
        [act(1, "note", 4, None)],
        [act(1, "go", None, "3")],
        [act(1, "go", None, ["1"])],
        [act(1, "forget", 4, "wrong")],
        [act(1, "judge", [4], "wrong")],
    ],
)
def test_what_is_not_offered_is_not_done(told: object, kept: KeptPick) -> None:
    assert new_acts(told, 0, kept) == []


def test_the_browser_has_no_label_before_the_verdict(kept: KeptPick) -> None:
    review = {9: Answer("wrong", "wrong", ("fwd",))}
    first, second = (
        controls._pick(kept, item, review, is_near=True, ready=True) for item in kept.items
    )
    assert first["label"] is None
    assert first["answer"] is None
    assert second["label"] == kept.class_names[0]
    assert second["answer"] == {"verdict": "wrong", "marks": ["fwd"], "note": ""}
