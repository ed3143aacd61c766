"""The picks of a review, one by one: the item and its reasons, and beside it what is said of it."""

import streamlit as st

from lime_engine.subjects import Subject
from lime_engine.types import Explanation
from ui.explain.panels.image import told_if_filled
from ui.improve.wording import marks_do
from ui.pick.choice import PickChoice
from ui.pick.values import PickedItem
from ui.pick.work import explaining
from ui.review.controls import NEAR, verdict_controls
from ui.review.figures.items import item_html, subject_at_hand
from ui.review.place import Place
from ui.review.records import KeptPick, Review
from ui.shell import wording
from ui.shell.presenting.lock import is_locked
from ui.shell.waiting import fetch
from ui.shell.widgets import is_dark
from ui.shell.wording import NOUNS, plain
from ui.workshop.item import Item

_STYLE = """<style>
[class*="st-key-review-title-"], [class*="st-key-review-item-"] { display: none }
.st-key-review-title-%(at)d, .st-key-review-item-%(at)d { display: flex }
</style>"""
_SCROLLS = "max-height:min(60vh,38rem);overflow:auto;font-size:1.05rem"


def picks_to_judge(kept: KeptPick, place: Place, number: int, review: Review) -> None:
    """Item `number`, from 0, with what there is to say of it; the others, to move on at once.

    Which of them is seen, the controls decide: they know first.
    """
    n = len(kept.items)
    st.html(_STYLE % {"at": number + 1})
    st.caption(plain(f"Review: {kept.title}, {kept.model}"))
    with st.container(gap=None):  # what is not seen takes no room
        for i, item in enumerate(kept.items):
            says, sure = wording.headline(item.probabilities, kept.class_names)
            with st.container(key=f"review-title-{i + 1}"):
                st.title(f"Pick {i + 1} of {n}: the model says {plain(says)}, {sure}", anchor=False)
    shown, asked = st.columns([3, 2], gap="medium")
    is_there = False
    with shown, st.container(gap=None):
        for i, item in enumerate(kept.items):
            with st.container(key=f"review-item-{i + 1}"):
                if i == number:
                    is_there = _item(kept, item)
                elif i - number not in NEAR or not _drawn(kept, item, subject_at_hand(kept, item)):
                    st.caption(f"This {NOUNS[kept.kind].item} is on its way…")
    with asked, st.container(key="review-asked"):
        st.markdown(
            "**What do you say?**",
            help="Is the answer right, and are these good reasons for it? A verdict moves on to "
            "the next pick. On a keyboard: 1 to 4, letters to mark, and the arrows for the picks "
            "before and after. You can change your mind.",
        )
        verdict_controls(kept, place, number, review, ready=is_there)
        if kept.choice is not None and not is_locked():
            st.caption(plain(marks_do(kept.choice.task, kept.choice.model)))


def _item(kept: KeptPick, item: PickedItem) -> bool:
    """The item with its reasons; whether it is there."""
    if _drawn(kept, item, _subject(kept, kept.choice, item)):
        return True
    st.caption(f"This {NOUNS[kept.kind].item} is not at hand now.")
    return False


def _drawn(kept: KeptPick, item: PickedItem, subject: Subject | None) -> bool:
    """Draw the item, as far as there is something to see."""
    drawn = item_html(subject, item, dark=is_dark())
    noun = NOUNS[kept.kind]
    if not drawn:
        return False
    positive = plain(kept.class_names[item.target])
    st.markdown(
        f"**Why: the {noun.parts} that speak for {positive}**",
        help=f"Orange with a solid line: it pushes the answer towards {positive}. Purple with a "
        "dashed line: away from it. The stronger the colour, the more. The number is how far the "
        "answer moves: +0.10 is ten percentage points.",
    )
    if kept.kind == "image":
        told_if_filled(Item(kept.params.get("source", "test"), item.row))
    else:  # pictures are as large as there is room
        around = f'role="region" tabindex="0" aria-label="The {noun.item}" style="{_SCROLLS}"'
        drawn = f"<div {around}>{drawn}</div>"
    st.html(drawn)
    return True


def _subject(kept: KeptPick, choice: PickChoice | None, item: PickedItem) -> Subject | None:
    if item.subject is not None or choice is None:
        return subject_at_hand(kept, item)
    request = choice.request(item.row)
    found = fetch(
        explaining.KIND,
        request.store_id(explaining.KIND),
        explaining.explained,
        request,
        affinity=request.affinity,
        what=f"Asking the model about copies of this {NOUNS[kept.kind].item}",
    )
    return None if found is None else Explanation.from_dict(found["explanation"]).subject
