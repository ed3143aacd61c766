"""Bringing rows of a table: checked against a task, filled in, or with columns of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

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
from ui.upload.panels.found import (
    Found,
    chosen,
    column_box,
    columns_told,
    found_of,
    label_too_told,
    labels_told,
    preview,
    proposed,
)
from ui.upload.panels.predictions import predicted_as, predictions_box, predictions_told
from ui.upload.panels.read_as import (
    are_apart,
    how_in_key,
    how_it_was_read,
    kinds_box,
    problem_told,
    read_as,
    spellings_told,
)
from ui.upload.reading.columns import ColumnFacts
from ui.upload.reading.rows import checked_row, far_outside
from ui.upload.reading.text_files import MAX_MB
from ui.workshop import kept
from ui.workshop.column import Column
from ui.workshop.request import store_id

FORM, CSV = "Fill in one row", "A table (.csv, .xlsx)"
POINTED = {  # by whether it is an id; the others are times
    True: "Every value occurs once, so it can only be learnt by heart.",
    False: "It tells when rather than why: leave it out unless that is what counts.",
}
_FILE = f"CSV, JSON Lines, Parquet or an Excel workbook, with named columns, at most {MAX_MB} MB"


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
    return _form(task, columns) if way == FORM else _file(columns, task.key)


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
    return Found(lambda: kept.keep_rows([column.name for column in columns], [row]), 1)


def _file(columns: Sequence[Column], task: str) -> Found | None:
    names = ", ".join(column.name for column in columns)
    brought = files(
        _FILE,
        key="upload-rows-csv",
        max_mb=MAX_MB,
        help=plain(f"It needs these columns, in any order: {names}. One more may have labels."),
    )
    if not brought:
        st.caption(plain(f"Columns: {names}."))
        return None
    name, upload_id, _ = brought[0]
    how = read_as(upload_id)
    at = f"{task}-{upload_id}{how_in_key(how)}"
    key = f"rows-label-{at}"
    of = chosen(at, label=key, predicted=f"predicted-{at}")
    predicted = predicted_as(at, of["predicted"])
    read = fetch(
        "rows-read",
        store_id("rows-read", name, upload_id, repr(columns), repr(of), repr(predicted), repr(how)),
        work.rows,
        name,
        upload_id,
        columns,
        of["label"],
        predicted,
        how,
        affinity="uploads",
        what="Reading the table",
    )
    if read is None:
        return None
    if "problem" in read:
        problem_told(read["problem"], how)
        with how_it_was_read(upload_id, how, read):
            pass
        return None
    proposed(at, of, read)
    if read["others"]:
        column_box(
            "Column with the labels",
            read["others"],
            read["label"],
            key=key,
            help="What is right, as far as it is known: one of the columns that the model does "
            "not know.",
            optional=True,
        )
        label_too_told(read)
        predictions_told(at, read | {"columns": read["others"]})
    for line in read["remarks"]:
        remark(line)
    found = _shown(read, name, upload_id)
    with how_it_was_read(upload_id, how, read):
        predictions_box(at, read | {"columns": read["others"]})
    return found


def own_table() -> Found | None:
    """The rows of a table with columns of its own; None if there are none (yet)."""
    brought = files(_FILE, key="upload-rows-csv", max_mb=MAX_MB)
    if not brought:
        return None
    name, upload_id, _ = brought[0]
    how = read_as(upload_id)
    at = f"{upload_id}{how_in_key(how)}"
    keys = {
        "label": f"own-label-{at}",
        "left_out": f"own-out-{at}",
        "predicted": f"predicted-{at}",
    }
    of = chosen(f"own-{at}", **keys)
    predicted = predicted_as(at, of["predicted"])
    left_out = None if of["left_out"] is None else tuple(of["left_out"])
    read = fetch(
        "own-rows-read",
        store_id("own-rows-read", name, upload_id, repr(of), repr(predicted), repr(how)),
        work.own_rows,
        name,
        upload_id,
        of["label"],
        left_out,
        predicted,
        how,
        affinity="uploads",
        what="Reading the table",
    )
    if read is None:
        return None
    if "columns" in read:
        proposed(f"own-{at}", of, read)
        with st.container(horizontal=True, gap="small"):
            column_box(
                "Column with the labels",
                read["columns"],
                read["label"],
                key=keys["label"],
                help="What is right. Proposed: a column called so, or with few different values.",
                optional=True,
            )
            st.multiselect(
                "Columns to leave out",
                read["columns"],
                default=read["left_out"],
                key=keys["left_out"],
                persist_state="session",
                width=420,
                help="Proposed: those in which every value occurs once.",
            )
        label_too_told(read)
        predictions_told(at, read)
        for each in (ColumnFacts(**facts) for facts in read["facts"]):
            is_other = each.name == read["label"] or each.name in read["predicted"]
            if (each.is_id or each.is_time) and not is_other:
                is_out = each.name in read["left_out"]
                said = "left out" if is_out else "used"
                st.caption(plain(f"“{each.name}” is {said}. {POINTED[each.is_id]}"))
    for line in read.get("remarks", ()):
        remark(line)
    found = None
    if "problem" in read:
        problem_told(read["problem"], how)
        spellings_told(upload_id, read)
    else:
        found = _shown(read, name, upload_id)
    with how_it_was_read(upload_id, how, read):
        if "columns" in read:
            kinds_box(upload_id, how, read["facts"])
            predictions_box(at, read)
            uses = dict.fromkeys(read["columns"], "a column to judge by")
            uses |= dict.fromkeys(read["left_out"], "left out")
            uses |= dict.fromkeys(read["predicted"], "prediction") | {read["label"]: "label"}
            columns_told(read["facts"], uses)
    return found


def _shown(read: Mapping[str, Any], file: str, upload_id: str) -> Found:
    """How many rows there are, with which labels, and some of them."""
    found = found_of(read, [(file, upload_id)], are_apart=are_apart(upload_id))
    st.caption(f"{counted(found.n, 'row')}.")
    labels_told(found)
    spellings_told(upload_id, read)
    preview("table", read["source"])
    return found
