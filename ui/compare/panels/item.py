"""One item with two explanations: what both models say, why, and the ways on from here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from lime_engine import Comparison
from lime_engine.overlap import Overlap
from lime_engine.subjects import TextSubject
from ui.compare.choice import SIDES, CompareChoice
from ui.compare.matching import Matching
from ui.compare.panels.reasons import Names, Reasons, Said, held_together, reasons_of, side_by_side
from ui.compare.panels.what_if import after_edits, bars, headline, what_if
from ui.compare.place import (
    COMPARE,
    about_item,
    close_item,
    look,
    note_open,
    open_item,
    open_version,
)
from ui.compare.values import Answered, AnsweredItem
from ui.compare.wording import IN_COMMON_HELP, UNCLEAR_HELP, how_alike, no_reasons
from ui.compare.work import explaining
from ui.explain import wording as told
from ui.explain.choice import changes_within
from ui.explain.panels import common
from ui.explain.panels.image import told_if_filled
from ui.explain.panels.rewriting import edits_so_far, rewrite
from ui.figures import markup
from ui.shell.controls import HALF_A_PHONE_PX, select
from ui.shell.notices import remark
from ui.shell.screens import leave_for
from ui.shell.waiting import fetch, may_begin
from ui.shell.wording import NOUNS, Nouns, duration, plain
from ui.workshop.item import Item
from ui.workshop.request import seconds_of, store_id
from ui.workshop.store import store

_PICTURE_PX = 400  # of one without reasons
_KIND = "compare-item"  # the store's entries
# Keys are of no use where there is no keyboard.
_STYLE = """<style>
@media (hover: none) {
  .st-key-item-steps kbd { display: none }
  .st-key-item-steps button { min-height: 2.9rem }
}
</style>"""


def item_view(choice: CompareChoice, answered: Answered, listed: Sequence[int]) -> None:
    """One item, from what both say to what they would say if it were different.

    `listed` are the rows of the list that it was opened from, in their order.
    """
    noun, names, matching = NOUNS[choice.task.kind], choice.names, choice.matching
    note_open(choice)
    _steps(choice, listed)
    item = next((item for item in answered.items if item.row == choice.row), None)
    if item is None:
        remark(f"This {noun.item} is not among the {len(answered.items):,} that are compared.")
        return
    if choice.only_scored:
        _without_reasons(choice, answered, item)
        return
    target = target_of(choice, item, matching)
    head, drawn = st.columns([2, 3], gap="medium")
    with head:
        told = headline(names, matching.names, item.answers, item.sure)
        st.subheader(plain(told), anchor=False)
        if item.label is not None:
            st.caption(plain(f"In the data it is labelled {matching.names[item.label]}."))
        alike, edited = st.container(), st.container()
    is_short = len(matching.names) == 2
    with drawn:  # kept free until it is there
        answers = st.container(height=common.ANSWER_PX if is_short else "content", border=False)
    _why(choice, matching, target, noun)
    comparison = _explained(choice, matching, target)
    if comparison is None:
        return
    if choice.task.kind == "image":
        told_if_filled(Item(choice.source, item.row))
    reasons = reasons_of(comparison, names, matching, target)
    off, edits = changes_within(choice.task, choice.off, choice.edits, reasons.subject.n_components)
    choice = replace(choice, off=off, edits=edits)
    with alike:
        _how_alike(choice, item, reasons)
    if isinstance(reasons.subject, TextSubject) and not choice.blind:  # its address has no data
        own, about = Item(choice.source, choice.row or 0), about_item(choice)
        rewrite(reasons.subject.text, own, open_version, about=about)
        edits_so_far(own, open_version, about=about, name="compare-versions")
    after = _two_explanations(choice, reasons)
    with answers:
        bars(reasons, after)
    with edited:
        st.caption(plain(after_edits(choice, reasons, after)))
    _ways_out(choice, names)
    look(choice, "item", str(choice.row))


def _without_reasons(choice: CompareChoice, answered: Answered, item: AnsweredItem) -> None:
    """What both say of the item, as it is, where at least one of them cannot be asked."""
    names = choice.names
    st.subheader(plain(headline(names, answered.names, item.answers, item.sure)), anchor=False)
    if item.label is not None:
        st.caption(plain(f"In the data it is labelled {answered.names[item.label]}."))
    request = choice.requests_of_one()[0]
    found = fetch(
        "item-as-it-is",
        store_id("item-as-it-is", choice.task.key, str(request.item)),
        explaining.item_as_it_is,
        request,
        affinity=request.affinity,
        what=f"Reading the {NOUNS[choice.task.kind].item}",
    )
    if found is not None:
        _as_it_is(found)
    st.caption(plain(no_reasons(choice.only_scored)))
    _ways_out(choice, names)


def _as_it_is(found: Mapping[str, Any]) -> None:
    if "text" in found:
        st.html(f'<div style="white-space:pre-wrap">{markup.text_html(found["text"])}</div>')
    elif "picture" in found:
        st.html(markup.picture_html(found["picture"], "The picture", width_px=_PICTURE_PX))
    else:
        st.dataframe(
            {"column": found["columns"], "value": found["values"]},
            hide_index=True,
            width="content",
        )


def _two_explanations(choice: CompareChoice, reasons: Reasons) -> tuple[Said, Said] | None:
    """Why, and what if; returns what both say to a change."""
    if not reasons.paired:
        side_by_side(choice, reasons)
        return what_if(choice, reasons)
    if choice.task.kind == "table":  # one list for both, which leaves room beside it
        why, chart = st.columns(2, gap="medium")
        with why:
            side_by_side(choice, reasons)
        with chart:
            held_together(reasons)
        return what_if(choice, reasons)
    side_by_side(choice, reasons)
    chart, change = st.columns([3, 2], gap="medium")
    with chart:
        held_together(reasons)
    with change:
        return what_if(choice, reasons)


def _steps(choice: CompareChoice, listed: Sequence[int]) -> None:
    """Back to the list, and to the item before and after."""
    st.html(_STYLE)
    with st.container(
        key="item-steps",
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    ):
        st.button(
            "Back to the list",
            key="to-list",
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=close_item,
        )
        if choice.row not in listed:
            return
        at = listed.index(choice.row)
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            _step(choice, "Previous", "Left", listed, at - 1)
            st.caption(f"{at + 1:,} of {len(listed):,}", width="content")
            _step(choice, "Next", "Right", listed, at + 1)


def _step(choice: CompareChoice, label: str, key: str, listed: Sequence[int], to: int) -> None:
    is_there, about = 0 <= to < len(listed), about_item(choice)
    st.button(
        label,
        key=about.key(label.lower()),
        shortcut=key,
        disabled=not is_there,
        on_click=about.act(partial(open_item, listed[to])) if is_there else None,
    )


def targets_of(matching: Matching) -> list[int]:
    """The compared answers that at least one of the models has a class for."""
    return [
        answer
        for answer in range(len(matching.names))
        if any(matching.own_class(side, answer) is not None for side in SIDES)
    ]


def target_of(choice: CompareChoice, item: AnsweredItem, matching: Matching) -> int:
    """The answer whose reasons are shown: the chosen one, else what the first model says."""
    offered = targets_of(matching)
    wanted = (choice.target, *item.answers, *offered)
    return next(answer for answer in wanted if answer in offered)


def _why(choice: CompareChoice, matching: Matching, target: int, noun: Nouns) -> None:
    """Which answer the reasons are for, the same for both models; and how to read them."""
    positive = plain(matching.names[target])
    negative = plain(told.other_than(target, matching.names, choice.mode))
    clicking = f" Click a {noun.part} to switch it off for both."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**Why: the {noun.parts} that speak for**",
            help=f"Orange with a solid line: it pushes the answer towards {positive}. Purple with "
            f"a dashed line: towards {negative}. The stronger the colour, the more, on one scale "
            f"for both models.{'' if choice.task.kind == 'table' else clicking}",
            width="content",
        )
        select(
            "Reasons for",
            {answer: matching.names[answer] for answer in targets_of(matching)},
            target,
            lambda answer: COMPARE.write(target=answer),
            name="compare-target",
            about=about_item(choice),
            width=HALF_A_PHONE_PX,
            label_visibility="collapsed",
        )


def _explained(choice: CompareChoice, matching: Matching, target: int) -> Comparison | None:
    """Both explanations, for this answer where a model has it."""
    requests = choice.requests_of_one()
    targets = (matching.own_class(0, target), matching.own_class(1, target))
    parts = [
        request.store_id(_KIND, str(own)) for request, own in zip(requests, targets, strict=True)
    ]
    # Without the blind's id, a known comparison would tell its models.
    entry_id = store_id(_KIND, *parts, choice.blind)
    takes = seconds_of(int(requests[0].settings.n_samples), choice.seconds)
    if not store().has(_KIND, entry_id) and not may_begin(
        entry_id,
        takes,
        f"One of these models is slow: this takes {duration(takes)}.",
        [("Ask both models", entry_id, lambda: None)],
    ):
        return None
    found = fetch(
        _KIND,
        entry_id,
        explaining.one_item,
        requests,
        targets,
        affinity=requests[0].affinity,
        what=f"Asking both models about copies of this {NOUNS[choice.task.kind].item}",
    )
    if found is None:
        return None
    comparison = Comparison.from_dict(found["comparison"])
    if why := told.lowered(comparison.explanations[0], requests[0].settings.n_samples):
        remark(why)
    return comparison


def _how_alike(choice: CompareChoice, item: AnsweredItem, reasons: Reasons) -> None:
    """How alike the reasons are, where both models give some for this answer."""
    if reasons.paired:
        found = overlap_shown(choice, item, reasons)
        told = ": ".join(filter(None, how_alike(found)))
        unclear = found.state == "unclear"
        st.markdown(f"**{plain(told)}**", help=UNCLEAR_HELP if unclear else IN_COMMON_HELP)


def overlap_shown(choice: CompareChoice, item: AnsweredItem, reasons: Reasons) -> Overlap:
    """What the list says of this item; of another answer, or unlisted, what is found here.

    Here other copies are asked about than for the list: two numbers for one thing.
    """
    listed = explaining.paired_item(choice, item.row) if item.is_alike else None
    if listed is None or reasons.target != item.answers[0]:
        return reasons.comparison.overlap
    return listed.overlap


def _ways_out(choice: CompareChoice, names: Names) -> None:
    """To each model's whole explanation, unless that would tell its name."""
    if choice.is_blind:
        return
    with st.container(horizontal=True):
        for side in SIDES:
            opened = choice.opened(side)
            if opened is not None:
                st.button(
                    plain(f"Open {names[side]} in Explain"),
                    key=f"explain-{side}",
                    type="tertiary",
                    icon=":material/open_in_new:",
                    on_click=partial(leave_for, "explain", opened.params()),
                )
