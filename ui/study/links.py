"""The way from other screens to a study of what is seen there."""

from collections.abc import Callable

import streamlit as st

from ui.compare.choice import CompareChoice
from ui.compare.values import Answered
from ui.pick.choice import PickChoice
from ui.pick.values import Picked
from ui.review.records import KeptPick
from ui.shell.notices import keeping
from ui.shell.screens import leave_for
from ui.study.choice import StudyChoice
from ui.study.draft import Draft, begin

MOST = 40  # items taken over from another screen


def study_button(make: Callable[[], Draft]) -> None:
    """A quiet button that begins a study of what is on this screen."""
    st.button(
        "Make a study of these",
        key="make-study",
        type="tertiary",
        icon=":material/groups:",
        on_click=keeping(_begin),
        args=(make,),
    )


def of_pick(choice: PickChoice, picked: Picked, budget: int) -> Draft:
    """The picks, others of the same data beside them so that half of the answers are wrong."""
    rows = tuple(item.row for item in picked.items[:budget])
    return _draft(choice.task.key, choice.model, choice.source, rows, choice.task.title)


def of_review(kept: KeptPick) -> Draft | None:
    """The same of a pick under review; None if its task is no longer here."""
    choice = kept.choice
    if choice is None:
        return None
    return of_pick(choice, kept.picked, len(kept.items))


def of_comparison(choice: CompareChoice, answered: Answered) -> Draft | None:
    """Items on which the two models disagree, with the answers of the first one; None without any.

    None also for a model that cannot be asked why, and for a model of another task.
    """
    model = choice.models[0]
    if choice.is_blind or model not in {card.key for card in choice.task.askable}:
        return None
    apart = [item for item in answered.items if not item.is_alike]
    rows = tuple(item.row for item in sorted(apart, key=lambda item: -item.distance)[:MOST])
    return _draft(choice.task.key, model, choice.source, rows, choice.task.title) if rows else None


def _draft(task: str, model: str, source: str, rows: tuple[int, ...], title: str) -> Draft:
    return Draft(task, model, source, rows=rows, title=title)


def _begin(make: Callable[[], Draft]) -> None:
    leave_for("study", StudyChoice(draft=begin(make())).params())
