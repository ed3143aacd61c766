"""A table's columns on the screen: what they hold, and a field to enter a value."""

import math
from collections.abc import Callable
from typing import Any

import streamlit as st

from lime_engine.subjects import Value
from sample_models import Task
from ui.explain.work import evidence
from ui.shell.waiting import fetch
from ui.shell.wording import cell, plain
from ui.workshop.column import Column
from ui.workshop.request import store_id

FIELD_PX = 165  # two share a row on a phone


def task_columns(task: Task) -> list[Column] | None:
    """The columns of a task's training rows; None while they are being read."""
    found = fetch(
        "columns",
        store_id("columns", task.key),
        evidence.columns,
        task.key,
        affinity=f"{task.key}/{task.models[0].key}",
        what="Reading the columns",
    )
    if found is None:
        return None
    return [Column(**column) for column in found]


def column_field(
    column: Column,
    key: str,
    value: Value,
    *,
    label: str | None = None,
    help: str | None = None,
    on_change: Callable[[Value], None] | None = None,
    **options: Any,
) -> Value:
    """A field for one value: a number, or one of the categories; None where it is missing.

    With `on_change` the field always shows `value`, and tells what a person makes of it; without,
    it starts with `value`. `label` is Markdown, the column's name by default.
    """
    choices: list[Value] = list(column.categories)
    if value not in choices:
        choices.append(value)  # missing, or a category that a link names
    if column.can_be_missing and None not in choices:
        choices.append(None)
    start = choices.index(value) if column.kind == "category" else _number(value)
    if on_change is not None or key not in st.session_state:
        st.session_state[key] = start

    def entered() -> Value:
        state: Any = st.session_state[key]
        # Categories go by number: to Streamlit, None is "nothing chosen".
        value: Value = choices[state] if column.kind == "category" else state
        return value

    common: dict[str, Any] = {
        "key": key,
        "help": help,
        "width": FIELD_PX,
        "on_change": None if on_change is None else lambda: on_change(entered()),
        **options,
    }
    shown = label or plain(column.name)
    if column.kind == "category":
        st.selectbox(shown, range(len(choices)), format_func=lambda i: cell(choices[i]), **common)
    else:
        st.number_input(
            shown,
            value=None,
            step=_step(column),
            format="%.0f" if column.whole else "%.6g",
            placeholder="missing",
            **common,
        )
    return entered()


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _step(column: Column) -> float:
    """What one press on + changes: about a twentieth of the training range, a round number."""
    if column.low is None or column.high is None or column.high <= column.low:
        return 1.0
    step = 10.0 ** math.floor(math.log10((column.high - column.low) / 20))
    return max(1.0, step) if column.whole else step
