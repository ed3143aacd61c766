"""Two figures that narrow the list: who answers what, and what each model leans on."""

from collections.abc import Sequence

import streamlit as st

from ui.compare import wording as told
from ui.compare.choice import CompareChoice
from ui.compare.figures.answer_matrix import answer_matrix, cells, left_out, matrix_in_words
from ui.compare.figures.mirrored_bars import mirrored_bars, mirrored_in_words
from ui.compare.order import most_telling
from ui.compare.place import COMPARE, about_all, narrow
from ui.compare.values import Answered, Compared, Lean
from ui.figures.palette import counted
from ui.pick.figures.thumbnails import strip_html
from ui.pick.values import Feature
from ui.shell.controls import select
from ui.shell.widgets import clickable_figure, figure_width, is_dark
from ui.shell.wording import NOUNS, visible

_FIGURE_PX = 560  # before the browser has told the width of a column
_SELECT_PX = 420
_ALL = ""  # what a select box says that narrows nothing
_MOST_CELLS = 100  # in a select box
_MOST_LEANS = 5  # of each model, in the figure; all are in the select box
_EXAMPLE_PX = 44


def overview(choice: CompareChoice, answered: Answered, compared: Compared | None) -> None:
    """The answers of both; beside them, once that is known, what each model leans on."""
    answers, leans = st.columns(2, gap="large")
    with answers:
        _answers(choice, answered)
    if compared is not None and compared.leans:
        with leans:
            _leans(choice, compared.leans)


def _answers(choice: CompareChoice, answered: Answered) -> None:
    noun, names, items = NOUNS[choice.task.kind], answered.names, answered.items
    st.markdown(
        "**Who says what**",
        help=f"Each number counts {noun.item}s. Where both say the same, the number stands in a "
        "grey field. Click a number, or choose below, to list only those.",
    )
    width = figure_width("answers-width", _FIGURE_PX)
    clickable_figure(
        answer_matrix(
            items, names, choice.names, width_px=width, dark=is_dark(), chosen=choice.cell
        ),
        key="answers",
        about=about_all(choice),
        alt=matrix_in_words(items, names, choice.names),
        on_click=lambda number: _toggle_cell(divmod(number, len(names))),
    )
    if n_left := left_out(items):
        st.caption(
            f"For lack of room without {counted(n_left, noun.item)} with "
            "rare answers; choose them below."
        )
    counts = dict(cells(items)[:_MOST_CELLS])
    if choice.cell is not None:
        counts.setdefault(choice.cell, sum(i.answers == choice.cell for i in items))
    options = {
        cell: f"{told.cell_name(cell, names, choice.names)} ({n:,})"
        for cell, n in counts.items()
        if max(cell) < len(names)
    }
    select(
        f"Which {noun.item}s to list",
        {_ALL: "all answers", **options},  # an option of None would be none at all
        choice.cell if choice.cell in options else _ALL,
        lambda cell: list_only(cell=cell or None),
        name="compare-cell",
        about=about_all(choice),
        width=_SELECT_PX,
    )


def _leans(choice: CompareChoice, leans: Sequence[Lean]) -> None:
    noun = NOUNS[choice.task.kind]
    parts = "kinds of region" if choice.task.kind == "image" else noun.parts
    shown = most_telling(leans, _MOST_LEANS, choice.feature)
    chosen = next((i for i, lean in enumerate(shown) if lean.name == choice.feature), None)
    kinds = " Regions that look alike, by colour, texture and place, are one kind."
    st.markdown(
        "**What each model leans on**",
        help=f"The {parts} whose weight differs most between the two, on average over all "
        f"{noun.item}s that are explained: 0.10 is ten percentage points. Click a line, or "
        f"choose below, to list the {noun.item}s with it."
        + (kinds if choice.task.kind == "image" else ""),
    )
    width = figure_width("leans-width", _FIGURE_PX)
    clickable_figure(
        mirrored_bars(shown, choice.names, width_px=width, dark=is_dark(), chosen=chosen),
        key="leans",
        about=about_all(choice),
        alt=mirrored_in_words(shown, choice.names),
        on_click=lambda number: _toggle_feature(shown[number].name),
    )
    if any(lean.examples for lean in leans):
        _pictures([shown[chosen]] if chosen is not None else shown)
    select(
        f"Only {noun.item}s with",
        {_ALL: "anything", **{lean.name: visible(lean.name) for lean in leans}},
        choice.feature if chosen is not None else _ALL,
        lambda name: list_only(feature=name),
        name="compare-feature",
        about=about_all(choice),
        width=_SELECT_PX,
    )


def _pictures(leans: Sequence[Lean]) -> None:
    """What these kinds of region look like."""
    strips = "".join(
        strip_html(Feature(lean.name, 0.0, lean.examples), dark=is_dark(), px=_EXAMPLE_PX)
        for lean in leans
    )
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.35rem .9rem">{strips}</div>')


def _toggle_cell(cell: tuple[int, int]) -> None:
    list_only(cell=None if COMPARE.fresh().cell == cell else cell)


def _toggle_feature(name: str) -> None:
    list_only(feature="" if COMPARE.fresh().feature == name else name)


def list_only(*, cell: tuple[int, int] | None = None, feature: str = "") -> None:
    """List all items of a cell, or with a feature; or the usual ones. For callbacks."""
    narrow(cell=cell, feature=feature)
    COMPARE.write(show="all" if cell is not None or feature else "reasons")
