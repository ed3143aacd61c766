"""The screen Review: the picks one by one, what a person says of them, and what comes of it."""

import streamlit as st

from ui.review import records
from ui.review.panels import picks_to_judge
from ui.review.place import END, Place, current_place, settle
from ui.review.summary import summary
from ui.shell.notices import remark
from ui.shell.presenting.lock import is_locked
from ui.shell.screens import leave_for
from ui.study.links import of_review, study_button
from ui.workshop.store import store

GONE = (
    "There is no such review on this server: what is picked and judged is kept for 30 days after "
    "its last use. Start one from a pick."
)
NONE_YET = (
    "A review begins with a pick: the predictions that are most worth your time, which you then "
    "judge one by one."
)
NOTHING = "There is nothing to review: none of the items of this pick could be explained."
NO_TASK = (
    "The model that these answers came from is no longer on this server. They can still be judged, "
    "but not opened or picked from again."
)


def render() -> None:
    """Show the screen."""
    place = current_place()
    kept = records.read_kept_pick(place.pick)
    if kept is None:
        store().check()  # or what is not there at the moment would be told as gone
    if kept is None or not kept.items:
        st.title("Review", anchor=False)
        if not place.pick:
            st.write(NONE_YET)
        else:
            remark(GONE if kept is None else NOTHING)
        label = "Choose what to pick from"
        st.button(label, type="primary", on_click=leave_for, args=("pick",))
        return
    if is_locked():
        kept = records.without_labels(kept)
    review = records.read_review(place.pick, place.reviewer)
    at = _where(place, kept, review)
    settle(place, END if at is None else str(at + 1))
    if kept.choice is None:
        remark(NO_TASK)
    if at is None:
        summary(kept, place, review)
        if (draft := of_review(kept)) is not None:
            study_button(lambda: draft)
    else:
        picks_to_judge(kept, place, at, review)


def _where(place: Place, kept: records.KeptPick, review: records.Review) -> int | None:
    """The number of the item, from 0, None for the summary.

    A link that does not say goes on where this review stopped.
    """
    if place.at == END:
        return None
    if place.at.isdecimal() and len(place.at) < 5:
        return min(max(int(place.at), 1), len(kept.items)) - 1
    return records.next_to_judge(kept.picked, review)
