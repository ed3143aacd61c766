"""What a person says of the picks, one by one: kept in the browser first, and told in order.

Somebody who knows the keys is faster than the page. So the browser has the list of the picks, notes
what is done to which of them and moves on by itself; here is noted what it tells, however late.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from ui.pick.values import PickedItem
from ui.review import records
from ui.review.figures.items import part_name, weighed_name
from ui.review.place import END, Place, go
from ui.review.records import VERDICTS, KeptPick, Part, Review
from ui.shell.notices import keeping
from ui.shell.screens import leave_for
from ui.shell.wording import NOUNS

EMPTY = (
    "The model gives the same answer whatever is switched off: there is nothing to mark. "
    "Whether it is right can be told all the same."
)
NEAR = range(-1, 3)  # the picks before and after the one in the URL that are drawn as well
# Streamlit keeps C and R to itself.
_MARK_KEYS = "ABDEFGHIJKLMNOPQSTUVWXYZ"
_HERE = Path(__file__)
_CONTROLS = st.components.v2.component(
    "review",
    html='<div class="review">\n</div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def verdict_controls(
    kept: KeptPick, place: Place, number: int, review: Review, *, ready: bool
) -> None:
    """Verdicts, marks, a note and the ways on, for item `number` and all others.

    `ready` is whether that item is there to be judged.
    """
    key = f"review-{place.pick}-{place.reviewer}"
    noun = "column" if kept.kind == "table" else NOUNS[kept.kind].part
    _CONTROLS(
        key=key,
        data={
            "key": f"{place.pick}-{place.reviewer}",
            "at": number + 1,
            "done": st.session_state.get(_done(key), 0),
            "verdicts": [list(pair) for pair in VERDICTS.items()],
            "picks": [
                _pick(
                    kept,
                    item,
                    review,
                    is_near=i - number in NEAR,
                    ready=ready or i != number,
                )
                for i, item in enumerate(kept.items)
            ],
            "help": f"A {noun} that an expert would not look at to answer this. The number is its "
            "weight here. What most reviewers mark is the list for improving the model.",
            "nothing": EMPTY,
            "placeholder": "For whoever reads this review",
            "most": records.MAX_NOTE,
            "explains": kept.choice is not None,
        },
        on_acts_change=partial(keeping(_note_acts), kept, place, key),
    )


def _done(key: str) -> str:
    return f"{key}-done"


def _pick(
    kept: KeptPick, item: PickedItem, review: Review, *, is_near: bool, ready: bool
) -> dict[str, Any]:
    """What the browser needs to know of an item; its label only with the verdict."""
    answer, label = review.get(item.row), None
    untold = "There is no label to compare with: you are the one who knows."
    if item.label is not None:
        untold = "What the data says is told after your verdict."
        label = kept.class_names[item.label] if answer is not None else None
    return {
        "row": item.row,
        "ready": ready,
        "answer": answer
        and {"verdict": answer.verdict, "marks": list(answer.marks), "note": answer.note},
        "label": label,
        "untold": untold,
        "parts": [
            _part(kept, part, i, is_near=is_near)
            for i, part in enumerate(records.parts_of(kept.picked, item))
        ],
    }


def _part(kept: KeptPick, part: Part, i: int, *, is_near: bool) -> dict[str, Any]:
    called = part_name(kept, part.name)
    return {
        "name": part.name,
        "called": called,
        "words": weighed_name(kept, part),
        "key": _MARK_KEYS[i] if i < len(_MARK_KEYS) else None,
        "looks": f"Examples of {called}",
        "examples": list(part.examples) if is_near and part.examples else None,
    }


def _note_acts(kept: KeptPick, place: Place, key: str) -> None:
    """Do what the browser tells that was not done yet, to the pick that each act names."""
    told = st.session_state[key].get("acts")
    for n, act in new_acts(told, st.session_state.get(_done(key), 0), kept):
        do(act, kept, place)
        st.session_state[_done(key)] = n


def new_acts(told: object, done: int, kept: KeptPick) -> list[tuple[int, Mapping[str, Any]]]:
    """The acts after number `done` in what a browser told, in order; none that is not offered."""
    acts = [act for act in told if isinstance(act, Mapping)] if isinstance(told, list) else []
    found = [(act["n"], act) for act in acts if isinstance(act.get("n"), int | float)]
    return sorted(
        ((int(n), act) for n, act in found if n > done and _is_offered(act, kept)),
        key=lambda pair: pair[0],
    )


def _is_offered(act: Mapping[str, Any], kept: KeptPick) -> bool:
    do, row, value = act.get("do"), act.get("row"), act.get("value")
    if not all(isinstance(told, str | int | None) for told in (row, value)):
        return False
    if do == "go":
        return value == END or value in [str(i + 1) for i in range(len(kept.items))]
    item = next((item for item in kept.items if item.row == row), None)
    if item is None:
        return False
    match do:
        case "judge":
            return value in VERDICTS
        case "mark" | "unmark":
            return value in [part.name for part in records.parts_of(kept.picked, item)]
        case "note":
            return isinstance(value, str)
        case _:
            return do == "explain" and kept.choice is not None


def do(act: Mapping[str, Any], kept: KeptPick, place: Place) -> None:
    """Do one of the `new_acts`."""
    row: Any = act.get("row")
    value: Any = act.get("value")
    match act["do"]:
        case "judge":
            records.judge(place.pick, place.reviewer, row, value)
        case "mark" | "unmark":
            is_marked = act["do"] == "mark"
            records.mark(place.pick, place.reviewer, row, value, marked=is_marked)
        case "note":
            records.annotate(place.pick, place.reviewer, row, value)
        case "go":
            go(place, value)
        case "explain" if kept.choice is not None:
            leave_for("explain", kept.choice.opened(row).params())
