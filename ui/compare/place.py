"""Where somebody is in a comparison, in the URL."""

from collections.abc import Mapping
from secrets import token_hex
from typing import Any

import streamlit as st

from ui.compare import verdicts
from ui.compare.choice import MAX_FEATURE, NAMES, CompareChoice, read_comparison
from ui.shell.address import About, Address
from ui.shell.notices import keeping
from ui.workshop.item import Item
from ui.workshop.kept import lineage

_WHO = "comparing-person"
_OPEN, _LEFT = "compared-item-open", "compared-item-left"  # keys
_CLOSED: dict[str, Any] = {"row": None, "target": None, "off": (), "edits": ()}


def _read(params: Mapping[str, str]) -> CompareChoice:
    choice = read_comparison(params)
    if not choice.who:
        choice = choice.for_person(st.session_state.setdefault(_WHO, token_hex(8)))
    return choice


COMPARE: Address[CompareChoice] = Address("compare", NAMES, _read)


def about_all(choice: CompareChoice) -> About:
    """What an act on the list, or on what narrows it, is about."""
    return COMPARE.about(choice, "comparison_id")


def about_item(choice: CompareChoice) -> About:
    """What an act on the open item is about."""
    return COMPARE.about(choice, "comparison_id", "row")


def about_numbers(choice: CompareChoice) -> About:
    """What an act is about that calls parts by their numbers, which are of the answer explained."""
    return COMPARE.about(choice, "comparison_id", "row", "target", "matches")


def open_item(row: int) -> None:
    """Open one item; for callbacks. It counts as looked at once it is shown."""
    say_chosen(COMPARE.fresh())
    COMPARE.write(**_CLOSED | {"row": row})


def open_version(item: Item) -> None:
    """Open what a text was made of, or an edit of it; for callbacks."""
    COMPARE.write(**_CLOSED | {"source": item.source, "row": item.row})


def close_item() -> None:
    """Back to the list, from an edit to that of what it was made of; for callbacks."""
    choice = COMPARE.fresh()
    root = Item(choice.source, choice.row or 0)
    if choice.task.kind == "text":
        root = lineage(root)[0]
    COMPARE.write(**_CLOSED, source=root.source)


def note_open(choice: CompareChoice) -> None:
    """The open item is on the screen: the list, when it comes back, begins there."""
    st.session_state[_OPEN] = (choice.comparison_id, choice.row)


def left_row(choice: CompareChoice) -> tuple[int, int | None]:
    """The item that was open last, in this comparison, and the number of that visit."""
    visit, what = st.session_state.get(_LEFT, (0, None))
    if (left := st.session_state.pop(_OPEN, None)) is not None:
        visit, what = st.session_state[_LEFT] = visit + 1, left
    return visit, what[1] if what and what[0] == choice.comparison_id else None


def narrow(*, cell: tuple[int, int] | None = None, feature: str = "") -> None:
    """List only the items of a cell, or those with a feature; for callbacks."""
    if cell is not None:
        _look("cell", f"{cell[0]}.{cell[1]}")
    if feature:
        feature = feature[:MAX_FEATURE]
        _look("feature", feature)
    COMPARE.write(cell=cell, feature=feature, page=1, **_CLOSED)


def _look(kind: str, what: str) -> None:
    choice = COMPARE.fresh()
    say_chosen(choice)
    look(choice, kind, what)


@keeping
def look(choice: CompareChoice, kind: str, what: str = "") -> None:
    """Record that this was on the screen."""
    verdicts.look(choice.verdicts_id, choice.who, kind, what)


def question_key(choice: CompareChoice, *, last: bool) -> str:
    """The keys of the widgets in which a verdict is given begin so."""
    return f"verdict-{'after' if last else 'before'}-{choice.comparison_id}"


def chosen(choice: CompareChoice, *, last: bool) -> str | None:
    """The word that is chosen, committed or not."""
    word = st.session_state.get(f"{question_key(choice, last=last)}-word")
    return word if word in verdicts.WORDS else None  # a radio may tell a label


@keeping
def say_chosen(choice: CompareChoice, *, last: bool = False) -> None:
    """Keep what is chosen as what is said; for callbacks.

    Whoever goes on to the reasons without committing has answered all the same.
    """
    word = chosen(choice, last=last)
    if word is not None:
        why = st.session_state.get(f"{question_key(choice, last=last)}-why")
        verdicts.say(choice.verdicts_id, choice.who, word, why or "", last=last)
        COMPARE.write(who=choice.who)  # a reload finds what was said by it
