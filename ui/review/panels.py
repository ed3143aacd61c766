"""One pick of a review: the item, the four verdicts, what should not matter, a note.

Each button acts on the item that it was drawn for, whatever is shown by the time it is pressed.
"""

from functools import partial

import streamlit as st

from lime_engine.subjects import Subject
from lime_engine.types import Explanation
from ui.explain.panels.image import told_if_filled
from ui.pick.choice import PickChoice
from ui.pick.values import PickedItem
from ui.pick.work import explaining
from ui.review import records
from ui.review.figures.items import (
    examples_html,
    item_html,
    part_name,
    subject_at_hand,
    weighed_name,
)
from ui.review.place import END, Place, go
from ui.review.records import VERDICTS, Answer, KeptPick, Part
from ui.shell import wording
from ui.shell.screens import open_screen
from ui.shell.waiting import fetch
from ui.shell.widgets import is_dark
from ui.shell.wording import NOUNS, plain
from ui.workshop.item import Item

EMPTY = (
    "The model gives the same answer whatever is switched off: there is nothing to mark. "
    "Whether it is right can be told all the same."
)
# Streamlit keeps C and R to itself.
_MARK_KEYS = "ABDEFGHIJKLMNOPQSTUVWXYZ"
_STRIP_PX = 140  # it stands beside its button, on a phone, too
# Rows to read down, a thumb high; keys are of no use where there is no keyboard.
_STYLE = """<style>
.st-key-review-verdicts button { min-height: 2.9rem }
.st-key-review-verdicts button > div { justify-content: flex-start }
.st-key-review-verdicts button > div > span { width: 100%; justify-content: flex-start }
.st-key-review-verdicts kbd { margin-left: auto }
@media (hover: none) {
  .st-key-review-asked kbd { display: none }
  .st-key-review-steps button, .st-key-review-marks button { min-height: 2.9rem }
}
</style>"""
_SCROLLS = "max-height:min(60vh,38rem);overflow:auto;font-size:1.05rem"


def item_to_judge(kept: KeptPick, place: Place, number: int, answer: Answer | None) -> None:
    """Item `number`, from 0, with what there is to say of it."""
    item, n = kept.items[number], len(kept.items)
    st.html(_STYLE)
    st.caption(plain(f"Review: {kept.title}, {kept.model}"))
    says, sure = wording.headline(item.probabilities, kept.class_names)
    st.title(f"Pick {number + 1} of {n}: the model says {plain(says)}, {sure}", anchor=False)
    shown, asked = st.columns([3, 2], gap="medium")
    with shown:
        is_there = _item(kept, item)
    with asked, st.container(key="review-asked"):
        _verdicts(kept, place, item, answer, ready=is_there)
        _steps(place, number, n, judged=answer is not None)
        if answer is not None:
            _marks(kept, place, item, answer)
            _note(place, item, answer)
        _ways_out(kept, place, item)


def _item(kept: KeptPick, item: PickedItem) -> bool:
    """The item with its reasons; whether it is there."""
    subject = _subject(kept, kept.choice, item)
    drawn = item_html(subject, item, dark=is_dark())
    noun = NOUNS[kept.kind]
    if not drawn:
        st.caption(f"This {noun.item} is not at hand now.")
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


def _verdicts(
    kept: KeptPick, place: Place, item: PickedItem, answer: Answer | None, *, ready: bool
) -> None:
    st.markdown(
        "**What do you say?**",
        help="Is the answer right, and are these good reasons for it? On a keyboard: 1 to 4, and "
        "the arrows for the picks before and after. You can change your mind.",
    )
    with st.container(key="review-verdicts", gap="xsmall"):
        for number, (verdict, words) in enumerate(VERDICTS.items(), start=1):
            is_it = answer is not None and answer.verdict == verdict
            st.button(
                f"**{words}**" if is_it else words,
                key=f"verdict-{item.row}-{verdict}",
                icon=f":material/radio_button_{'checked' if is_it else 'unchecked'}:",
                width="stretch",
                shortcut=str(number),
                disabled=not ready,
                on_click=partial(records.judge, place.pick, place.reviewer, item.row, verdict),
            )
    st.caption(plain(_told(kept, item, answer)))


def _told(kept: KeptPick, item: PickedItem, answer: Answer | None) -> str:
    """What the person says; and what the data says, but only then."""
    if answer is None:
        if item.label is None:
            return "There is no label to compare with: you are the one who knows."
        return "What the data says is told after your verdict."
    told = f"You say: {VERDICTS[answer.verdict].lower()}."
    return told if item.label is None else f"{told} The data says: {kept.class_names[item.label]}."


def _steps(place: Place, number: int, n: int, *, judged: bool) -> None:
    """To the pick before and after; the last one leads to the summary."""
    is_last = number + 1 == n
    with st.container(key="review-steps", horizontal=True):
        st.button(
            "Previous",
            key=f"previous-{number}",
            shortcut="Left",
            width="stretch",
            disabled=number == 0,
            on_click=partial(go, place, number),
        )
        st.button(
            "To the summary" if is_last else "Next" if judged else "Skip",
            key=f"next-{number}",
            shortcut="Right",
            type="primary" if judged else "secondary",
            width="stretch",
            on_click=partial(go, place, END if is_last else number + 2),
        )


def _marks(kept: KeptPick, place: Place, item: PickedItem, answer: Answer) -> None:
    """The item's reasons, each to be marked."""
    parts = records.parts_of(kept.picked, item)
    if not parts:
        st.caption(EMPTY)
        return
    noun = "column" if kept.kind == "table" else NOUNS[kept.kind].part
    st.markdown(
        "**Mark what should not matter**",
        help=f"A {noun} that an expert would not look at to answer this. The number is its weight "
        "here. What most reviewers mark is the list for improving the model.",
    )
    pictured = any(part.examples for part in parts)
    with st.container(key="review-marks", horizontal=not pictured, gap="xsmall"):
        for number, part in enumerate(parts):
            with st.container(
                horizontal=True,
                vertical_alignment="center",
                width="stretch" if pictured else "content",
            ):
                _mark(kept, place, item, answer, part, number)
    marked = wording.listed([part_name(kept, part) for part in answer.marks], at_most=12)
    st.caption(plain(f"Should not matter: {marked}." if marked else "Nothing is marked."))


def _mark(
    kept: KeptPick, place: Place, item: PickedItem, answer: Answer, part: Part, number: int
) -> None:
    is_marked = part.name in answer.marks
    name = plain(weighed_name(kept, part))
    st.button(
        f"~~{name}~~" if is_marked else name,
        key=f"mark-{item.row}-{number}",
        icon=f":material/check_box{'' if is_marked else '_outline_blank'}:",
        shortcut=_MARK_KEYS[number] if number < len(_MARK_KEYS) else None,
        on_click=partial(
            records.mark, place.pick, place.reviewer, item.row, part.name, marked=not is_marked
        ),
    )
    if part.examples:
        st.html(examples_html(kept, part, dark=is_dark()), width=_STRIP_PX)


def _note(place: Place, item: PickedItem, answer: Answer) -> None:
    key = f"note-{place.pick}-{place.reviewer}-{item.row}"
    st.session_state[key] = answer.note
    st.text_area(
        "Note",
        key=key,
        height=96,
        max_chars=records.MAX_NOTE,
        placeholder="For whoever reads this review",
        on_change=lambda: records.annotate(
            place.pick, place.reviewer, item.row, st.session_state[key]
        ),
    )


def _ways_out(kept: KeptPick, place: Place, item: PickedItem) -> None:
    """To the summary at any time, and to the whole explanation."""
    choice = kept.choice
    with st.container(horizontal=True):
        st.button(
            "Summary",
            key="to-summary",
            type="tertiary",
            icon=":material/checklist:",
            on_click=partial(go, place, END),
        )
        if choice is not None and st.button(
            "Open in Explain",
            key=f"explain-{item.row}",
            type="tertiary",
            icon=":material/open_in_new:",
        ):
            open_screen("explain", choice.opened(item.row).params())
