"""The list of the items that are compared: what it is of, and each of them in small."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

import streamlit as st

from lime_engine.overlap import Overlap
from lime_engine.subjects import TabularSubject, TextSubject, subject_from_dict
from ui.compare import wording as told
from ui.compare.choice import SIDES, CompareChoice
from ui.compare.order import listed
from ui.compare.panels.overview import list_only
from ui.compare.place import COMPARE, about_all, open_item
from ui.compare.values import Answered, AnsweredItem, Compared, PairedItem
from ui.compare.work import explaining
from ui.figures import markup, palette
from ui.pick.figures import thumbnails
from ui.pick.values import Reason
from ui.shell.controls import is_one_of, keyed, segments, select
from ui.shell.widgets import is_dark
from ui.shell.wording import NOUNS, Nouns, percent, plain

PAGE = 10
_PICTURE_PX = 160
_ORDER_PX = 300
_SHOWS = {"reasons": "Same answer, different reasons", "answers": "Different answers", "all": "All"}


def item_list(choice: CompareChoice, answered: Answered, compared: Compared | None) -> None:
    """What is listed, in which order and narrowed to what; a page of it."""
    noun = NOUNS[choice.task.kind]
    found, known = listed(choice, answered, compared), told.overlaps_of(answered, compared)
    _controls(choice, answered, compared)
    _filters(choice, answered, compared)
    if not found:
        show = "answers" if compared is None else choice.show
        is_narrowed = choice.cell is not None or bool(choice.feature)
        st.write(plain(told.nothing_listed(show, is_narrowed, noun, answered, len(known))))
    n_pages = max(1, ceil(len(found) / PAGE))
    page = min(choice.page, n_pages)
    first = (page - 1) * PAGE
    for item in found[first : first + PAGE]:
        pair = None if compared is None else explaining.paired_item(choice, item.row)
        _line(choice, answered, item, pair, known.get(item.row))
    if n_pages > 1:
        _pages(
            choice,
            n_pages,
            page,
            f"{first + 1:,} to {min(first + PAGE, len(found)):,} of {len(found):,}",
        )
    if choice.show == "reasons" and known:
        _unsteady(noun, known.values())


def _pages(choice: CompareChoice, n_pages: int, page: int, where: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        keyed(
            "compare-page",
            page,
            lambda key, changed: st.pagination(n_pages, key=key, on_change=changed),
            lambda told: COMPARE.write(page=told),
            offers=lambda told: is_one_of(told, range(1, n_pages + 1)),
            about=COMPARE.about(choice, "comparison_id", "show", "order", "cell", "feature"),
        )
        st.caption(where, width="content")


def _controls(choice: CompareChoice, answered: Answered, compared: Compared | None) -> None:
    # What the default shows depends on what is known; it keeps its value, as the choice does.
    shows, show = dict(_SHOWS), choice.show
    if compared is None:
        shows["reasons"] = shows.pop("answers")
        show = "all" if show == "all" else "reasons"
    has_overlaps = compared is not None and show != "answers"
    orders = told.order_names(
        choice.names, has_overlaps=has_overlaps, has_labels=answered.board.n_labelled > 0
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        segments(
            "Which ones",
            {each: shows[each] for each in _SHOWS if each in shows},
            show,
            lambda told: COMPARE.write(show=told, page=1),
            name="compare-show",
            wrap=True,
            help="Two models can be right together and lean on different things: that shows only "
            f"in their reasons. {told.IN_COMMON_HELP}",
        )
        select(
            "Order",
            orders,
            choice.order if choice.order in orders else "overlap",
            lambda told: COMPARE.write(order=told, page=1),
            name="compare-order",
            width=_ORDER_PX,
        )


def _filters(choice: CompareChoice, answered: Answered, compared: Compared | None) -> None:
    """What the list is narrowed to; a click takes it away."""
    only, about = [], about_all(choice)
    if choice.cell is not None and max(choice.cell) < len(answered.names):
        only.append(told.cell_name(choice.cell, answered.names, choice.names))
    if choice.feature and compared is not None:
        only.append(f"{choice.feature} is a reason")
    for number, what in enumerate(only):
        st.button(
            plain(f"Only: {what}"),
            key=about.key(f"only-{number}"),
            icon=":material/close:",
            icon_position="right",
            on_click=about.act(list_only),
            help="Show the others again",
        )


def _line(
    choice: CompareChoice,
    answered: Answered,
    item: AnsweredItem,
    pair: PairedItem | None,
    overlap: Overlap | None,
) -> None:
    title, about = f"**{NOUNS[choice.task.kind].Item} {item.row + 1}**", about_all(choice)
    lines = _said(choice, answered, item)
    with st.container(border=True):
        if pair is None:
            *said, button = st.columns([1, 2, 2, 2, 1], vertical_alignment="center")
            for column, line in zip(said, [title, *lines], strict=False):
                column.markdown(line)
        else:
            told_of, shown, button = st.columns([3, 9, 1.3], vertical_alignment="center")
            with told_of:
                st.markdown("  \n".join([title, *lines]))
                if overlap is not None:
                    _overlap(overlap)
            for side, column in zip(SIDES, shown.columns(2, gap="medium"), strict=True):
                with column:
                    answer = answered.names[item.answers[side]]
                    st.caption(plain(f"{choice.names[side]}: for {answer}"))
                    st.html(small(pair, side, dark=is_dark()))
        button.button(
            "Open",
            key=about.key(f"open-{item.row}"),
            width="stretch",
            on_click=about.act(open_item),
            args=(item.row,),
        )


def _said(choice: CompareChoice, answered: Answered, item: AnsweredItem) -> list[str]:
    """What both say, and what the data say; Markdown."""
    lines = [
        f"{plain(name)}: **{plain(answered.names[answer])}**, {percent(sure)}"
        for name, answer, sure in zip(choice.names, item.answers, item.sure, strict=True)
    ]
    if item.label is not None:
        lines.append(f"In the data: {plain(answered.names[item.label])}")
    return lines


def _overlap(overlap: Overlap) -> None:
    """How alike the reasons are, in words and as a small bar."""
    (state, common), share = told.how_alike(overlap), told.in_common(overlap)
    if overlap.state == "unclear":
        st.caption(state, help=told.UNCLEAR_HELP)
    elif share is not None:
        quiet = palette.quiet_colour(is_dark())
        st.html(
            f'<div style="color:{quiet};font-size:.875rem">{state}<br>'
            f"{markup.bar(share, dark=is_dark())} {common}</div>"
        )
    else:
        st.caption(state)


@dataclass(frozen=True, slots=True)
class _Side:
    reasons: Sequence[Reason]


def small(item: PairedItem, side: int, *, dark: bool) -> str:
    """The item with one model's reasons in small, as HTML; one colour scale for both models."""
    scale = palette.colour_scale(abs(r.weight) for reasons in item.reasons for r in reasons)
    own = _Side(item.reasons[side])
    if item.pictures is not None:
        alt = "The picture with the regions that count"
        return markup.picture_html(item.pictures[side], alt, width_px=_PICTURE_PX)
    subject = None if item.subject is None else subject_from_dict(item.subject)
    match subject:
        case TextSubject():
            return thumbnails.text_small(subject, own, dark=dark, scale=scale)
        case TabularSubject():
            return thumbnails.row_small(subject, own, dark=dark, scale=scale)
        case _:
            return ""


def _unsteady(noun: Nouns, overlaps: Iterable[Overlap]) -> None:
    """Those of which it cannot be told are not passed over in silence."""
    n = sum(overlap.state == "unclear" for overlap in overlaps)
    if n:
        items = f"one more {noun.item}" if n == 1 else f"{n:,} more {noun.item}s"
        st.caption(
            f"On {items} the reasons are too unsteady to tell; see “All”.", help=told.UNCLEAR_HELP
        )
