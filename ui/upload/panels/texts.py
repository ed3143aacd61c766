"""Three ways to bring texts: pasted, text files, a table; each with its preview and its errors."""

import streamlit as st

from lime_engine.errors import InputError
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
    problem_told,
    read_as,
    spellings_told,
)
from ui.upload.reading.text_files import MAX_MB, checked_text
from ui.upload.reading.zips import MAX_ZIP_BYTES
from ui.workshop import kept
from ui.workshop.request import store_id

PASTE, TEXT_FILE, TABLE = ("Paste a text", "Text files (.txt, .zip)", "Texts in a table")
WAY = "upload-way"  # the widget's key
MAX_ZIP_MB = MAX_ZIP_BYTES // 1_000_000


def texts() -> Found | None:
    """The texts that were brought in one of the three ways; None if there are none yet."""
    st.session_state.setdefault(WAY, PASTE)  # no default: one that is set would be complained of
    way = st.segmented_control(
        "How",
        (PASTE, TEXT_FILE, TABLE),
        required=True,
        key=WAY,
        persist_state="session",
        label_visibility="collapsed",
    )
    return {PASTE: pasted, TEXT_FILE: text_files, TABLE: table}[way or PASTE]()


def pasted() -> Found | None:
    """The one text that was typed or pasted."""
    text = st.text_area("Your text", height=160, key="upload-text", persist_state="session")
    if not text:
        return None
    try:
        checked_text(text)
    except InputError as error:
        problem(str(error))
        return None
    _count(*work.counts_of(text))
    return Found(lambda: kept.keep_texts([text]), 1)


def text_files() -> Found | None:
    """The texts of .txt files, or of zips of them, whose folders are labels."""
    brought = files(
        f"Text files, or a zip of them of at most {MAX_ZIP_MB} MB",
        several=True,
        key="upload-txt",
        max_mb=MAX_ZIP_MB,
        help="In a zip, the names of the folders are taken as labels.",
    )
    if not brought:
        return None
    named = tuple((file.name, file.upload_id) for file in brought)
    first = named[0][1]
    read = fetch(
        "text-read",
        store_id("text-read", repr(named), repr(are_apart(first))),
        work.text_files,
        named,
        are_apart(first),
        affinity="uploads",
        what="Reading the file" if len(named) == 1 else "Reading the files",
    )
    if read is None:
        return None
    if "problem" in read:
        problem(read["problem"])
        return None
    for line in read["remarks"]:
        remark(line)
    found = found_of(read, named, are_apart=are_apart(first))
    if read["counts"] is not None:
        _count(*read["counts"])
    else:
        st.caption(f"{counted(found.n, 'text')}.")
    labels_told(found)
    spellings_told(first, read)
    preview("text", read["source"])
    return found


def table() -> Found | None:
    """The texts of one column of a table, with the labels in another."""
    brought = files(
        f"CSV, JSON Lines, Parquet or an Excel workbook, with named columns, at most {MAX_MB} MB",
        key="upload-csv",
        max_mb=MAX_MB,
    )
    if not brought:
        return None
    name, upload_id, _ = brought[0]
    how = read_as(upload_id)
    at = f"{upload_id}{how_in_key(how)}"
    keys = {
        "column": f"text-column-{at}",
        "label": f"label-column-{at}",
        "predicted": f"predicted-{at}",
    }
    of = chosen(at, **keys)
    predicted = predicted_as(at, of["predicted"])
    read = fetch(
        "texts-read",
        store_id("texts-read", name, upload_id, repr(of), repr(predicted), repr(how)),
        work.texts,
        name,
        upload_id,
        of["column"],
        of["label"],
        predicted,
        how,
        affinity="uploads",
        what="Reading the table",
    )
    if read is None:
        return None
    if "columns" in read:
        proposed(at, of, read)
        with st.container(horizontal=True, gap="small"):
            column_box(
                "Column with the texts",
                read["columns"],
                read["column"],
                key=keys["column"],
                help="Proposed: of the columns with texts that are no labels, the longest.",
            )
            column_box(
                "Column with the labels",
                read["columns"],
                read["label"],
                key=keys["label"],
                help="What is right, as far as it is known. Proposed: a column called so, or with "
                "few different values.",
                optional=True,
            )
        label_too_told(read)
        predictions_told(at, read)
    for line in read.get("remarks", ()):
        remark(line)
    if "problem" in read:
        problem_told(read["problem"], how)
        spellings_told(upload_id, read)
    else:
        found = found_of(read, [(name, upload_id)], are_apart=how.apart)
        st.caption(f"{counted(found.n, 'text')} from {counted(read['n_rows'], 'row')}.")
        labels_told(found)
        spellings_told(upload_id, read)
        preview("text", read["source"])
    with how_it_was_read(upload_id, how, read):
        if "columns" in read:
            predictions_box(at, read)
            uses = dict.fromkeys(read["predicted"], "prediction")
            columns_told(read["facts"], uses | {read["label"]: "label", read["column"]: "text"})
    return None if "problem" in read else found


def _count(n_words: int, n_different: int, n_characters: int) -> None:
    st.caption(
        plain(
            f"{counted(n_words, 'word')}, {n_different:,} different; "
            f"{counted(n_characters, 'character')}."
        )
    )
