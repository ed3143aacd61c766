"""Figures that narrow the list: what each model leans on, and who answers what."""

from collections.abc import Sequence

import streamlit as st

from ui.compare import wording as told
from ui.compare.choice import SIDES, CompareChoice
from ui.compare.figures.answer_matrix import answer_matrix, cells, left_out, matrix_in_words
from ui.compare.figures.mirrored_bars import mirrored_bars, mirrored_in_words
from ui.compare.figures.own_bars import own_bars, own_in_words
from ui.compare.order import furthest_apart, own_strongest
from ui.compare.place import COMPARE, about_all, narrow
from ui.compare.values import Answered, Compared, Lean
from ui.figures.palette import counted
from ui.shell.controls import select
from ui.shell.widgets import clickable_figure, figure_width, is_dark
from ui.shell.wording import NOUNS, plain, visible

_FIGURE_PX, _LEANS_PX, _APART_PX = 300, 338, 434  # before the browser has told its column
_SELECT_PX = 420
_ALL = ""  # what a select box says that narrows nothing
_MOST_CELLS = 100  # in a select box
_MOST_LEANS = 5  # of each model and of the differences, in the figures; all are in the select box


def answers(choice: CompareChoice, answered: Answered) -> None:
    """How often who says what; a click lists only those."""
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


def leans(choice: CompareChoice, compared: Compared) -> None:
    """What each model leans on most, each by itself; then where they differ most."""
    if not compared.leans:
        return
    noun = NOUNS[choice.task.kind]
    of = {"image": "kinds of region", "table": "columns"}.get(choice.task.kind, noun.parts)
    kinds = " Regions that look alike, by colour and texture, are one kind."
    st.markdown(
        "**What each model leans on**",
        help=f"The mean weight of {of}, either sign, over all {noun.item}s that are explained: "
        "0.10 is ten percentage points. What is practically nothing beside the strongest is left "
        f"out. Click a line, or choose it above the list, to see the {noun.item}s with it."
        + (kinds if choice.task.kind == "image" else ""),
    )
    strongest = [own_strongest(compared.leans, side, _MOST_LEANS) for side in SIDES]
    *own, apart = st.columns([4, 4, 5], gap="large")
    for side, column in zip(SIDES, own, strict=True):
        with column:
            _own(choice, strongest[side], side, strongest[1 - side])
    with apart:
        _apart(choice, furthest_apart(compared.leans, _MOST_LEANS))


def _own(choice: CompareChoice, shown: Sequence[Lean], side: int, beside: Sequence[Lean]) -> None:
    name, width = choice.names[side], figure_width(f"leans-{side}-width", _LEANS_PX)
    st.caption(plain(f"{name} leans most on"))
    if not shown:
        st.caption("nothing that counts beside what the other leans on.")
        return
    clickable_figure(
        own_bars(
            shown,
            side,
            choice.names,
            beside=beside,
            width_px=width,
            dark=is_dark(),
            chosen=_place_of(choice, shown),
        ),
        key=f"leans-{side + 1}",
        about=about_all(choice),
        alt=f"{name} leans most on {own_in_words(shown, side)}",
        on_click=lambda number: _toggle_feature(shown[number].name),
    )


def _apart(choice: CompareChoice, shown: Sequence[Lean]) -> None:
    width = figure_width("leans-width", _APART_PX)
    st.caption("They differ most on")
    if not shown:
        st.caption("nothing: both lean on the same, and as much.")
        return
    clickable_figure(
        mirrored_bars(
            shown,
            choice.names,
            width_px=width,
            dark=is_dark(),
            chosen=_place_of(choice, shown),
        ),
        key="leans",
        about=about_all(choice),
        alt=mirrored_in_words(shown, choice.names),
        on_click=lambda number: _toggle_feature(shown[number].name),
    )


def _place_of(choice: CompareChoice, shown: Sequence[Lean]) -> int | None:
    return next((i for i, lean in enumerate(shown) if lean.name == choice.feature), None)


def which_feature(choice: CompareChoice, compared: Compared, *, width: int) -> None:
    """Which of all these the listed items are to have."""
    names = {lean.name: visible(lean.name) for lean in compared.leans}
    select(
        f"Only {NOUNS[choice.task.kind].item}s with",
        {_ALL: "anything", **names},
        choice.feature if choice.feature in names else _ALL,
        lambda name: list_only(feature=name),
        name="compare-feature",
        about=about_all(choice),
        width=width,
    )


def _toggle_cell(cell: tuple[int, int]) -> None:
    list_only(cell=None if COMPARE.fresh().cell == cell else cell)


def _toggle_feature(name: str) -> None:
    list_only(feature="" if COMPARE.fresh().feature == name else name)


def list_only(*, cell: tuple[int, int] | None = None, feature: str = "") -> None:
    """List all items of a cell, or with a feature; or the usual ones. For callbacks."""
    narrow(cell=cell, feature=feature)
    COMPARE.write(show="all" if cell is not None or feature else "reasons")
