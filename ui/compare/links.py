"""The way from other screens to a comparison of what is seen there."""

import streamlit as st

from sample_models import Task
from ui.compare.choice import MAX_ITEMS, CompareChoice
from ui.explain.choice import Choice
from ui.pick.choice import PickChoice
from ui.shell.screens import leave_for


def compare_button(comparison: CompareChoice) -> None:
    """A quiet button that opens the comparison."""
    st.button(
        "Compare with another model",
        key="compare-with",
        type="tertiary",
        icon=":material/compare_arrows:",
        on_click=leave_for,
        args=("compare", comparison.params()),
    )


def of_item(choice: Choice) -> CompareChoice:
    """This item by this model and another one, among all the others."""
    models = _with(choice.task, choice.model)
    return CompareChoice(choice.task, models, choice.item.source, row=choice.item.row)


def of_pick(choice: PickChoice) -> CompareChoice:
    """The items that are picked from, by this model and another one."""
    n = min(choice.n, MAX_ITEMS)
    return CompareChoice(choice.task, _with(choice.task, choice.model), choice.source, n)


def compare_rounds(task: Task, models: tuple[str, str]) -> None:
    """Open the comparison of a model with what it was before; for callbacks."""
    leave_for("compare", CompareChoice(task, models).params())


def _with(task: Task, model: str) -> tuple[str, str]:
    """The model beside the first other one of the task; beside itself where there is none."""
    return model, PickChoice(task, model).rival or model
