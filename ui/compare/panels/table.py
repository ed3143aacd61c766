"""The list of items as one table: sorted by a click on a column's head; a row opens."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from lime_engine.overlap import Overlap
from ui.compare import wording as told
from ui.compare.choice import SIDES, CompareChoice
from ui.compare.panels.sight import into_sight
from ui.compare.place import COMPARE, left_row, open_item
from ui.compare.values import Answered, AnsweredItem
from ui.compare.work.in_small import Small
from ui.figures.palette import printable, shorten
from ui.shell.wording import NOUNS, Nouns, plain

if TYPE_CHECKING:
    import pandas as pd

PAGE = 1000
_HEIGHT_PX = 420
_ROW_PX, _PICTURE_ROW_PX = 36, 64
_HEAD_PX = 38
_TEXT_PX, _COMMON_PX = 250, 112  # all columns of a text fit beside the answers
_LONGEST = 60  # characters of a name at the head of a column
_WRONG = "✗ "


def table(
    choice: CompareChoice,
    answered: Answered,
    items: Sequence[AnsweredItem],
    known: Mapping[int, Overlap],
    smalls: Mapping[int, Small],
) -> None:
    """These items, a row each; the one that was opened last is marked, and in sight again."""
    noun = NOUNS[choice.task.kind]
    frame = as_frame(choice, answered, items, known, smalls)
    rows = [item.row for item in items]
    visit, left = left_row(choice)
    marked = [rows.index(left)] if left in rows else []
    # A table that lists others is another one: what is told of its rows is about these.
    about = COMPARE.about(choice, "comparison_id", "n", "show", "order", "cell", "feature", "page")
    key = about.key(f"items-{len(rows)}-{visit}")
    row_px = _PICTURE_ROW_PX if choice.task.kind == "image" else _ROW_PX
    with st.container(key="compare-table"):
        st.dataframe(
            frame,
            key=key,
            hide_index=True,
            height=min(_HEIGHT_PX, _HEAD_PX + row_px * len(rows)),
            row_height=row_px,
            column_config=_columns(
                choice,
                answered,
                list(frame.columns),
                key=f"{key}-open",
                on_click=about.act(partial(_open_named, f"{key}-open", rows, noun)),
            ),
            on_select=about.act(partial(_open_selected, key, rows, marked)),
            selection_mode="single-row",
            selection_default={"selection": {"rows": marked, "columns": [], "cells": []}},
            alt=f"The {noun.item}s that are listed, with what both models say",
        )
    if marked:
        into_sight("compare-table", f"{key}-{left}", top=row_px * marked[0])


def as_frame(
    choice: CompareChoice,
    answered: Answered,
    items: Sequence[AnsweredItem],
    known: Mapping[int, Overlap],
    smalls: Mapping[int, Small],
) -> "pd.DataFrame":
    """What the table says: the item, what both answer and how sure, the label, the reasons.

    The columns have keys of their own, for what they are called may be the same.
    """
    import pandas as pd  # takes a while: not before there is something to list

    noun, names = NOUNS[choice.task.kind], [printable(name) for name in answered.names]
    found: dict[str, list[Any]] = {"item": [name_of(noun, item.row) for item in items]}
    is_table = choice.task.kind == "table"
    if not is_table and any(item.row in smalls for item in items):
        found["small"] = [smalls.get(item.row) for item in items]
    for side in SIDES:
        found[f"answer-{side}"] = [
            ("" if item.label in (None, item.answers[side]) else _WRONG) + names[item.answers[side]]
            for item in items
        ]
        found[f"sure-{side}"] = [_percent(item.sure[side]) for item in items]
    if any(item.label is not None for item in items):
        found["label"] = ["" if item.label is None else names[item.label] for item in items]
    if known:
        states = [known.get(item.row) for item in items]
        found["reasons"] = [
            "" if each is None else told.REASONS[each.state].removesuffix(" reasons")
            for each in states
        ]
        found["common"] = [
            None if each is None or (share := told.told_in_common(each)) is None else 100 * share
            for each in states
        ]
    if is_table:
        for number, _ in enumerate(answered.columns):
            values = [_at(smalls.get(item.row), number) for item in items]
            if any(value is not None for value in values):
                found[f"value-{number}"] = _of_one_type(values)
    return pd.DataFrame(found)


def name_of(noun: Nouns, row: int) -> str:
    """What an item is called."""
    return f"{noun.Item} {row + 1}"


def _at(values: Small, number: int) -> Any:
    return values[number] if values is not None and number < len(values) else None


def _of_one_type(values: Sequence[Any]) -> list[Any]:
    """Numbers as they are; anything else as text, for a column has one type."""
    there = [value for value in values if value is not None]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in there):
        return list(values)
    return ["" if value is None else str(value) for value in values]


def _columns(
    choice: CompareChoice,
    answered: Answered,
    shown: Sequence[str],
    *,
    key: str,
    on_click: Callable[..., None],
) -> dict[str, Any]:
    """How each column that is shown is called and drawn."""
    kinds = st.column_config
    found: dict[str, Any] = {
        "item": kinds.ButtonColumn(
            "Open", type="secondary", pinned=True, key=key, on_click=on_click
        ),
        "small": kinds.TextColumn("Text", width=_TEXT_PX),
        "label": kinds.TextColumn("In the data"),
        "reasons": kinds.TextColumn("Reasons", help=told.IN_COMMON_HELP),
        "common": kinds.ProgressColumn(
            "In common", width=_COMMON_PX, format="%.0f%%", min_value=0, max_value=100
        ),
    }
    if choice.task.kind == "image":
        found["small"] = kinds.ImageColumn("Picture", width=_PICTURE_ROW_PX + 16)
    for side, name in zip(SIDES, map(_head, choice.names), strict=True):
        found[f"answer-{side}"] = kinds.TextColumn(name)
        found[f"sure-{side}"] = kinds.NumberColumn(
            "sure", format="%.0f%%", help=plain(f"How sure {name} is")
        )
    for number, name in enumerate(map(_head, answered.columns)):
        found[f"value-{number}"] = kinds.Column(name)
    return {column: found[column] for column in shown}


def _head(name: str) -> str:
    return shorten(printable(name), _LONGEST)


def _open_selected(key: str, rows: Sequence[int], marked: Sequence[int]) -> None:
    """A row is marked, or the mark of the one that was open is taken away: it opens (again)."""
    told_of = st.session_state.get(key)
    chosen = list(told_of["selection"]["rows"]) if told_of else []
    for at in (chosen or marked)[:1]:
        if isinstance(at, int) and 0 <= at < len(rows):
            open_item(rows[at])


def _open_named(key: str, rows: Sequence[int], noun: Nouns) -> None:
    """The button with an item's name is pressed: its label tells which, however it is sorted."""
    click = st.session_state.get(key)
    named = {name_of(noun, row): row for row in rows}
    row = named.get(click["label"]) if click else None
    if row is not None:
        open_item(row)


def _percent(sure: float | None) -> float | None:
    return None if sure is None else 100 * sure
