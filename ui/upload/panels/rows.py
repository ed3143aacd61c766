"""Bringing rows of a table: a CSV file checked against a task's columns, or a form for one."""

from collections.abc import Callable, Sequence

import streamlit as st

from lime_engine.errors import InputError
from sample_models import Task
from ui.explain.columns import column_field, task_columns
from ui.figures.palette import counted
from ui.shell.notices import problem, remark
from ui.shell.waiting import fetch
from ui.shell.wording import plain
from ui.upload import work
from ui.upload.panels.files import files
from ui.upload.reading.rows import checked_row, far_outside
from ui.upload.reading.text_files import MAX_MB
from ui.workshop import kept
from ui.workshop.column import Column
from ui.workshop.request import store_id

FORM, CSV = "Fill in one row", "A table (.csv, .xlsx)"

Found = tuple[Callable[[], str], int]  # keeps them and returns the id that opens them; how many


def rows(task: Task) -> Found | None:
    """The rows that were brought; None if there are none (yet)."""
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
    return _form(task, columns) if way == FORM else _file(columns)


def _form(task: Task, columns: Sequence[Column]) -> Found | None:
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
    return lambda: kept.keep_rows([column.name for column in columns], [row]), 1


def _file(columns: Sequence[Column]) -> Found | None:
    names = ", ".join(column.name for column in columns)
    brought = files(
        "A CSV file or an Excel workbook whose first line names the columns, at most 10 MB",
        key="upload-rows-csv",
        max_mb=MAX_MB,
        help=plain(f"It needs these columns, in any order: {names}."),
    )
    if not brought:
        st.caption(plain(f"Columns: {names}."))
        return None
    name, upload_id, _ = brought[0]
    found = fetch(
        "rows-read",
        store_id("rows-read", name, upload_id, repr(columns)),
        work.rows,
        name,
        upload_id,
        columns,
        affinity="uploads",
        what="Reading the table",
    )
    if found is None:
        return None
    if "problem" in found:
        problem(found["problem"])
        return None
    for line in found["remarks"]:
        remark(line)
    n = found["n"]
    st.caption(f"{counted(n, 'row')}.")
    st.dataframe(
        {column.name: [row[i] for row in found["preview"]] for i, column in enumerate(columns)},
        width="stretch",
    )
    return lambda: str(found["source"]), n
