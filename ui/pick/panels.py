"""The parts of the screen Pick, in reading order."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from lime_engine.subjects import TabularSubject, TextSubject, subject_from_dict
from ui.explain.panels.image import told_if_filled
from ui.explain.sheet import as_csv, codebook
from ui.figures.palette import counted
from ui.pick.choice import PickChoice, first_pick
from ui.pick.export import sheet
from ui.pick.figures import coverage, thumbnails
from ui.pick.figures import matrix as pick_matrix
from ui.pick.place import PICK
from ui.pick.values import Picked, PickedItem
from ui.pick.work import choosing
from ui.pick.work.explaining import Explaining
from ui.shell import running, wording
from ui.shell.controls import whole_number
from ui.shell.notices import remark
from ui.shell.screens import leave_for
from ui.shell.widgets import clickable_figure, downloads, figure, figure_width, is_dark
from ui.shell.wording import NOUNS, plain
from ui.workshop.item import Item
from ui.workshop.request import store_id

_PICKED_FROM = ("task", "model", "source", "n", "favour", "share")
CURVE_PX, MATRIX_PX = 464, 1040  # before the browser has told its width


def explained(choice: PickChoice, n_there: int) -> dict[str, Any] | None:
    """The run of the candidates, once it has ended; meanwhile what there is to see and do."""
    noun, rows = NOUNS[choice.task.kind], choice.rows(n_there)
    n = len(rows)
    drawn = "" if n == n_there else f", drawn at random from the {n_there:,},"
    return running.explained(
        Explaining(choice),
        rows,
        noun,
        start=f"Explain {counted(n, noun.item)} and pick",
        settle="Pick from",
        intro=f"Every one of {counted(n, noun.item)}{drawn} is explained, and those that together "
        "show the most of what the model uses are picked for you to look at."
        + running.takes_long(n, choice.task.model(choice.model).seconds, noun),
    )


def pick(choice: PickChoice, n_there: int, run: dict[str, Any]) -> Picked | None:
    """The pick from the explained items, and what is missing among them."""
    rows, failed = run["rows"], run["failed"]
    noun = NOUNS[choice.task.kind]
    running.missing(Explaining(choice), choice.rows(n_there), run, noun, what="the pick")
    params = replace(choice, budget=first_pick(choice.task).budget).params()
    found = running.made_of(
        run,
        repr(params),
        "pick",
        store_id("pick", repr(sorted(params.items())), repr(rows), repr(failed)),
        choosing.picked,
        params,
        rows,
        failed,
        affinity=choice.request(0).affinity,
        what="Picking",
    )
    return None if found is None else Picked.from_dict(found)


def headline(
    choice: PickChoice, picked: Picked, review: Callable[[PickChoice, Picked], None]
) -> int:
    """How much the pick shows, the slider for its size, and what to do with it: the budget.

    `review` begins a review of the picks.
    """
    noun = NOUNS[choice.task.kind]
    n = len(picked.items)
    budget = min(choice.budget, n)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader(_shown(picked, budget, noun.item), anchor=False)
        if n > 1:
            whole_number(
                st.slider,
                f"How many {noun.item}s you will look at",
                1,
                n,
                budget,
                lambda told: PICK.write(budget=told),
                name="pick-budget",
                help="The order stays: one more adds to those before it.",
            )
        for line in _remarks(choice, picked, budget):
            st.caption(line)
        st.button(
            f"Review {_these(budget)}",
            type="primary",
            icon=":material/rate_review:",
            on_click=review,
            args=(replace(choice, budget=budget), picked),
        )
    if n > 1:
        with right:
            width = figure_width("coverage", CURVE_PX)
            drawing = coverage.coverage_curve(picked, budget, width=width, dark=is_dark())
            figure(drawing, key="coverage-chart", alt=coverage.coverage_in_words(picked, budget))
    return budget


def _these(budget: int) -> str:
    return "this one" if budget == 1 else f"these {budget}"


def _shown(picked: Picked, budget: int, noun: str) -> str:
    share = wording.percent(round(picked.shares[budget - 1], 9))
    if picked.n_items == 1:
        return f"There is one {noun}: it is the pick."
    these = f"This one {noun} shows" if budget == 1 else f"These {budget} {noun}s show"
    at_random = wording.percent(picked.random_mean[budget - 1])
    return f"{these} {share} of what the model uses; {budget} at random would show {at_random}."


def _remarks(choice: PickChoice, picked: Picked, budget: int) -> list[str]:
    """What else there is to know about the pick, in sentences."""
    noun = NOUNS[choice.task.kind].item
    lines = []
    n = len(picked.items)
    others = picked.n_items - n
    if picked.shares[-1] > 1 - 1e-9 and others > 0:
        lines.append(
            f"All reasons that any of the {picked.n_items:,} {noun}s has are in "
            f"{'this one' if n == 1 else f'these {n}'}: the others add nothing new."
        )
    if picked.n_empty:
        lines.append(
            f"{picked.n_empty:,} of {counted(picked.n_items, noun)} "
            f"{'has' if picked.n_empty == 1 else 'have'} no reasons: the model answers the same "
            "whatever is switched off."
        )
    if picked.n_favoured is not None and choice.favour in ("wrong", "disagreement"):
        wrong = sum(item.is_wrong for item in picked.items[:budget])
        n = picked.n_favoured
        found = {
            "wrong": f"{counted(n, 'wrong answer')} among the {noun}s, {wrong} of them in the pick",
            "disagreement": f"{counted(n, noun)} on which the other model answers differently",
        }[choice.favour]
        lines.append(f"There {'is' if n == 1 else 'are'} {found}.")
    return lines


def nothing(choice: PickChoice, picked: Picked) -> None:
    """No explanation has a reason, or there is none at all."""
    noun = NOUNS[choice.task.kind].item
    if picked.n_items == 0:
        remark(f"No {noun} could be explained, so there is nothing to pick from.")
        return
    remark(
        f"Nothing to choose by: in none of {counted(picked.n_items, noun)} does the model's answer "
        "change, whatever is switched off. Try another model, or other data."
    )


def listed(choice: PickChoice, picked: Picked, budget: int) -> None:
    """Every pick in small, with what it adds; each opens."""
    if choice.task.kind == "image":
        st.caption(
            "Regions that look alike in several pictures, by colour, texture and place, are one "
            "kind. (Grouping them is this app's own addition to the method.)"
        )
    for number, item in enumerate(picked.items[:budget], start=1):
        with st.container(border=True):
            said, shown, button = st.columns([2, 6, 1], vertical_alignment="center")
            with said:
                _answer(choice, item, number)
            with shown:
                small, adds = (
                    _small(choice, item),
                    thumbnails.adds_html(item, picked, dark=is_dark()),
                )
                if choice.task.kind == "image":
                    small_side, adds_side = st.columns([1, 2], vertical_alignment="center")
                    with small_side:
                        st.html(small)
                        told_if_filled(Item(choice.source, item.row), briefly=True)
                    adds_side.html(adds)
                else:
                    st.html(small + adds)
            button.button(
                "Open",
                key=f"open-{item.row}",
                width="stretch",
                on_click=leave_for,
                args=("explain", choice.opened(item.row).params()),
            )


def _answer(choice: PickChoice, item: PickedItem, number: int) -> None:
    names = choice.task.class_names
    answer, sure = wording.headline(item.probabilities, names)
    st.markdown(f"**{number}.** {plain(answer)}, {sure}")
    # Otherwise a review would begin with the answers.
    if choice.favour == "wrong" and item.is_wrong and item.label is not None:
        st.caption(f"Wrong: the data say {plain(names[item.label])}.")


def _small(choice: PickChoice, item: PickedItem) -> str:
    if item.subject is None:
        answer, _ = wording.headline(item.probabilities, choice.task.class_names)
        return thumbnails.picture_small(
            item, width_px=160, alt=f"A picture; the model says {answer}"
        )
    subject = subject_from_dict(item.subject)
    if isinstance(subject, TextSubject):
        return thumbnails.text_small(subject, item, dark=is_dark())
    assert isinstance(subject, TabularSubject)
    return thumbnails.row_small(subject, item, dark=is_dark())


def matrix(choice: PickChoice, picked: Picked, budget: int) -> None:
    """Items by features, in the order of the pick; a click opens the item."""
    noun = NOUNS[choice.task.kind]
    with st.expander(f"Which {noun.item} shows which {noun.parts}", key="pick-matrix"):
        width, dark, kind = figure_width("matrix", MATRIX_PX), is_dark(), choice.task.kind
        names = choice.task.class_names
        drawing = pick_matrix.pick_matrix(picked, budget, names, width=width, dark=dark, kind=kind)
        left_out = pick_matrix.features_left_out(picked, budget, width=width, kind=kind)
        left_out = left_out.removeprefix("and ")
        st.caption(
            f"One line a {noun.item}, in the order of the pick. Each new one adds columns: that is "
            "why it was picked. Click a line to open it."
            + (f" Not shown for lack of room: {left_out}." if left_out else "")
        )
        clickable_figure(
            drawing,
            key="matrix",
            about=PICK.about(choice, *_PICKED_FROM),
            alt=pick_matrix.matrix_in_words(picked, budget, names, kind),
            on_click=lambda number: leave_for(
                "explain", choice.opened(picked.items[number - 1].row).params()
            ),
        )


def take_away(choice: PickChoice, picked: Picked, budget: int) -> None:
    """Downloads, made when they are asked for."""
    with st.container(horizontal=True):
        downloads(
            f"pick-{choice.task.key}-{choice.model}",
            {
                "CSV": (".csv", lambda: as_csv(sheet(choice, picked, budget))),
                "Codebook": ("-codebook.csv", lambda: codebook(sheet(choice, picked, budget))),
            },
        )
