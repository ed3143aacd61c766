"""The items that are compared: the most telling ones as cards, and the list of all in a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import assert_never

import streamlit as st

from lime_engine.overlap import Overlap
from lime_engine.subjects import TabularSubject, TextSubject, subject_from_dict
from ui.compare import wording as told
from ui.compare.choice import SIDES, CompareChoice
from ui.compare.order import listed
from ui.compare.panels import table
from ui.compare.panels.overview import answers, list_only, which_feature
from ui.compare.place import COMPARE, about_all, open_item
from ui.compare.values import Answered, AnsweredItem, Compared, PairedItem
from ui.compare.work import explaining, in_small
from ui.explain.panels.image import told_if_filled
from ui.figures import markup, palette
from ui.figures.palette import counted
from ui.pick.figures import thumbnails
from ui.pick.values import Reason
from ui.shell.controls import HALF_A_PHONE_PX, is_one_of, keyed, segments, select
from ui.shell.waiting import fetch
from ui.shell.widgets import is_dark
from ui.shell.wording import NOUNS, Nouns, percent, plain
from ui.workshop.item import Item

N_CARDS = 3
_PICTURE_PX = 150  # two beside each other on a phone
_MOST_VALUES = 12
_ORDER_PX, _FEATURE_PX = 215, HALF_A_PHONE_PX  # all in one line beside the figure
_SHOWS = {"reasons": "Same answer, different reasons", "answers": "Different answers", "all": "All"}


def item_list(choice: CompareChoice, answered: Answered, compared: Compared | None) -> None:
    """The most telling of what is listed; then what is listed, in which order; a page of it."""
    noun = NOUNS[choice.task.kind]
    found, known = listed(choice, answered, compared), told.overlaps_of(answered, compared)
    smalls = _in_small(choice, answered)
    _head(choice, answered, compared, len(found))
    if found:
        telling = listed(replace(choice, order="overlap"), answered, compared)[:N_CARDS]
        for item, column in zip(telling, st.columns(N_CARDS), strict=False):
            pair = None if compared is None else explaining.paired_item(choice, item.row)
            with column.container(border=True, height="stretch", gap="xsmall"):
                _card(choice, answered, item, pair, known.get(item.row), smalls.get(item.row))
    narrowing, shown = st.columns([2, 5], gap="large")
    with narrowing:
        answers(choice, answered)
    with shown:
        _controls(choice, answered, compared)
        st.caption(f"Listed: {len(found):,} of {counted(len(answered.items), noun.item)}.")
        if not found:
            show = "answers" if compared is None else choice.show
            nothing = told.nothing_listed(show, _is_narrowed(choice), noun, answered, len(known))
            st.write(plain(nothing))
        else:
            n_pages = max(1, ceil(len(found) / table.PAGE))
            page = min(choice.page, n_pages)
            first = (page - 1) * table.PAGE
            rows = found[first : first + table.PAGE]
            table.table(choice, answered, rows, known, smalls)
            if n_pages > 1:
                last = first + len(rows)
                _pages(choice, n_pages, page, f"{first + 1:,} to {last:,} of {len(found):,}")
        if choice.show == "reasons" and known:
            _unsteady(noun, known.values())


def _in_small(choice: CompareChoice, answered: Answered) -> Mapping[int, in_small.Small]:
    """The items in small by row, as far as they are at hand; meanwhile it says what is done."""
    found: dict[int, in_small.Small] = {}
    for block in in_small.blocks([item.row for item in answered.items]):
        smalls = fetch(
            in_small.IN_SMALL,
            in_small.block_id(choice, block),
            in_small.in_small,
            choice.params(),
            block,
            affinity=choice.pair(0)[0].affinity,
            what=f"Reading the {NOUNS[choice.task.kind].item}s",
        )
        if smalls is None:
            break
        found |= zip(block, smalls, strict=True)
    return found


def _head(
    choice: CompareChoice, answered: Answered, compared: Compared | None, n_found: int
) -> None:
    """How many of how many are listed, and what the list is narrowed to."""
    noun = NOUNS[choice.task.kind]
    n = counted(len(answered.items), noun.item)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        most = "The most telling of the " if n_found > N_CARDS else ""
        st.markdown(f"**{most}{n_found:,} listed** of {n}", width="content")
        _filters(choice, answered, compared)


def _is_narrowed(choice: CompareChoice) -> bool:
    return choice.cell is not None or bool(choice.feature)


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
    # What the default, "reasons", shows depends on what is known. Each name always stands for the
    # same option: a browser that tells it late means that one.
    shows, show = dict(_SHOWS), choice.show
    usual = "reasons" if compared is not None else "answers"
    if compared is None:
        del shows["reasons"]
        show = "all" if show == "all" else usual
    has_overlaps = compared is not None and show != "answers"
    orders = told.order_names(
        choice.names,
        has_overlaps=has_overlaps,
        has_labels=answered.board.n_labelled > 0,
        are_sure=choice.are_sure,
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        segments(
            "Which ones",
            {each: shows[each] for each in _SHOWS if each in shows},
            show,
            lambda told: COMPARE.write(show="reasons" if told == usual else told, page=1),
            name="compare-show",
            wrap=True,
            help="Two models can be right together and lean on different things: that shows only "
            f"in their reasons. {told.IN_COMMON_HELP}",
        )
        select(
            "Order",
            orders,
            choice.order if choice.order in orders else next(iter(orders)),
            lambda told: COMPARE.write(order=told, page=1),
            name="compare-order",
            width=_ORDER_PX,
        )
        if compared is not None and compared.leans:
            which_feature(choice, compared, width=_FEATURE_PX)


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


def _card(
    choice: CompareChoice,
    answered: Answered,
    item: AnsweredItem,
    pair: PairedItem | None,
    overlap: Overlap | None,
    small: in_small.Small,
) -> None:
    """An item with what both say and why; before that is known, the item itself."""
    noun, about = NOUNS[choice.task.kind], about_all(choice)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(f"**{noun.Item} {item.row + 1}**", width="content")
        st.button(
            "Open",
            key=about.key(f"open-{item.row}"),
            on_click=about.act(open_item),
            args=(item.row,),
        )
    st.markdown("  \n".join(_said(choice, answered, item)))
    if overlap is not None:
        _overlap(overlap)
    if pair is None:
        st.html(_as_it_is(choice, answered, small, dark=is_dark()))
        return
    if pair.pictures is not None:
        told_if_filled(Item(choice.source, item.row), briefly=True)
    beside = st.container(horizontal=True, gap="xsmall") if pair.pictures else st.container()
    for side in SIDES:
        with beside.container(width=_PICTURE_PX if pair.pictures else "stretch", gap="xxsmall"):
            answer = answered.names[item.answers[side]]
            st.caption(plain(f"{choice.names[side]}: for {answer}"))
            st.html(small_reasons(pair, side, dark=is_dark()))


def _as_it_is(
    choice: CompareChoice, answered: Answered, small: in_small.Small, *, dark: bool
) -> str:
    """An item that is not explained, as HTML; nothing while it is not at hand."""
    if small is None:
        return ""
    match choice.task.kind:
        case "text":
            return f'<div style="overflow-wrap:anywhere">{markup.text_html(small)}</div>'
        case "image":
            return markup.picture_html(small, "The picture", width_px=_PICTURE_PX)
        case "table":
            quiet = palette.quiet_colour(dark)
            values = zip(answered.columns, small, strict=False)
            lines = (
                f'<span style="color:{quiet}">{markup.text_html(column)}</span> '
                f"{markup.text_html('missing' if value is None else str(value))}"
                for column, value in list(values)[:_MOST_VALUES]
            )
            return f'<div style="overflow-wrap:anywhere">{" · ".join(lines)}</div>'
        case unreachable:
            assert_never(unreachable)


def _said(choice: CompareChoice, answered: Answered, item: AnsweredItem) -> list[str]:
    """What both say, and what the data say; Markdown."""
    lines = [
        f"{plain(name)}: **{plain(answered.names[answer])}**"
        + ("" if sure is None else f", {percent(sure)}")
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


def small_reasons(item: PairedItem, side: int, *, dark: bool) -> str:
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
