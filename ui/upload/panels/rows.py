"""Bringing rows of a table: a CSV file checked against a task's columns, or a form for one."""

from collections.abc import Sequence

import streamlit as st

from lime_engine.errors import InputError
from lime_engine.subjects import Value
from sample_models import Task
from ui.explain.columns import column_field, task_columns
from ui.shell.notices import problem, remark
from ui.shell.waiting import NO_FILE, notice
from ui.shell.wording import cell, plain
from ui.upload.reading.rows import checked_row, far_outside, rows_of
from ui.upload.reading.text_files import MAX_MB, read_table
from ui.workshop.column import Column

FORM, CSV = "Fill in one row", "A table (.csv)"
PREVIEW_ROWS = 5

Rows = tuple[tuple[str, ...], list[tuple[Value, ...]]]


def rows(task: Task) -> Rows | None:
    """The columns' names and the rows that were brought; None if there are none (yet)."""
    columns = task_columns(task)
    if columns is None:
        return None
    way = st.segmented_control(
        "How",
        (FORM, CSV),
        default=FORM,
        required=True,
        key="upload-rows-way",
        persist_state="session",
        label_visibility="collapsed",
    )
    found = _form(task, columns) if way == FORM else _file(columns)
    return None if found is None else (tuple(column.name for column in columns), found)


def _form(task: Task, columns: Sequence[Column]) -> list[tuple[Value, ...]] | None:
    """One row, which starts as a typical one."""
    st.caption("It starts with what is typical in the training data; change what you know.")
    with st.container(horizontal=True, gap="small"):
        values = {
            column.name: column_field(
                column, f"row-{task.key}-{i}", column.typical, persist_state="session"
            )
            for i, column in enumerate(columns)
        }
    try:
        row = checked_row(values, columns)
    except InputError as error:
        problem(str(error))
        return None
    for line in far_outside([row], columns):
        remark(line)
    return [row]


def _file(columns: Sequence[Column]) -> list[tuple[Value, ...]] | None:
    names = ", ".join(column.name for column in columns)
    file = st.file_uploader(
        "A CSV file whose first line names the columns, UTF-8, at most 10 MB",
        type="csv",
        key="upload-rows-csv",
        max_upload_size=MAX_MB,
        help=plain(f"It needs these columns, in any order: {names}."),
    )
    if file is None:
        notice(NO_FILE)
        st.caption(plain(f"Columns: {names}."))
        return None
    try:
        found, left_out = rows_of(read_table(file.name, file.getvalue()), columns)
    except InputError as error:
        problem(str(error))
        return None
    for line in left_out:
        remark(line)
    st.caption(f"{len(found):,} rows.")
    st.dataframe(
        {
            column.name: [cell(row[i]) for row in found[:PREVIEW_ROWS]]
            for i, column in enumerate(columns)
        },
        width="stretch",
    )
    return found
