"""A table's columns on the screen: what they hold, and a field to enter a value."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from lime_engine.subjects import Value
from sample_models import Task
from ui.explain.work import evidence
from ui.shell.address import About
from ui.shell.controls import is_one_of, keyed, told_apart
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
        affinity=f"{task.key}/{task.askable[0].key}",
        what="Reading the columns",
    )
    if found is None:
        return None
    return [Column(**column) for column in found]


def column_field(column: Column, key: str, value: Value, **options: Any) -> Value:
    """A field for one value, which starts with `value`; returns what is in it.

    A number, or one of the categories; None where it is missing.
    """
    choices = _choices(column, value)
    st.session_state.setdefault(key, _as_told(column, choices, value))
    _draw(column, choices, key=key, label=plain(column.name), **options)
    return _as_value(column, choices, st.session_state[key])


def edited_field(
    column: Column,
    name: str,
    value: Value,
    write: Callable[[Value], None],
    *,
    about: About,
    label: str,
    help: str,
) -> None:
    """The same field, but it always shows `value`, and writes what a person makes of it.

    `label` is Markdown.
    """
    choices = _choices(column, value)

    def offers(told: Any) -> bool:
        if column.kind == "category":
            return is_one_of(told, range(len(choices)))
        return told is None or (isinstance(told, int | float) and math.isfinite(told))

    keyed(
        name,
        _as_told(column, choices, value),
        lambda key, changed: _draw(
            column, choices, key=key, label=label, help=help, on_change=changed
        ),
        lambda told: write(_as_value(column, choices, told)),
        offers=offers,
        about=about,
    )


def _choices(column: Column, value: Value) -> list[Value]:
    choices: list[Value] = list(column.categories)
    if value not in choices:
        choices.append(value)  # missing, or a category that a link names
    if column.can_be_missing and None not in choices:
        choices.append(None)
    return choices


def _as_told(column: Column, choices: Sequence[Value], value: Value) -> float | int | None:
    """The value as the widget has it. Categories go by number: to Streamlit, None is no choice."""
    return choices.index(value) if column.kind == "category" else _number(value)


def _as_value(column: Column, choices: Sequence[Value], told: Any) -> Value:
    value: Value = choices[told] if column.kind == "category" else told
    return value


def _draw(column: Column, choices: Sequence[Value], *, label: str, **options: Any) -> None:
    if column.kind == "category":
        named = told_apart({i: cell(choice) for i, choice in enumerate(choices)})
        st.selectbox(label, list(named), format_func=named.__getitem__, width=FIELD_PX, **options)
    else:
        st.number_input(
            label,
            value=None,
            step=_step(column),
            format="%.0f" if column.whole else "%.6g",
            placeholder="missing",
            width=FIELD_PX,
            **options,
        )


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _step(column: Column) -> float:
    """What one press on + changes: about a twentieth of the training range, a round number."""
    if column.low is None or column.high is None or column.high <= column.low:
        return 1.0
    step = 10.0 ** math.floor(math.log10((column.high - column.low) / 20))
    return max(1.0, step) if column.whole else step
