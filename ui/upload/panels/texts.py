"""Three ways to bring texts: pasted, a text file, a table; each with its preview and its errors."""

from collections.abc import Callable

import streamlit as st

from lime_engine.errors import InputError
from ui.figures.palette import counted
from ui.shell.notices import problem, remark
from ui.shell.waiting import fetch
from ui.shell.wording import plain
from ui.upload import work
from ui.upload.panels.files import files
from ui.upload.reading.text_files import MAX_MB, checked_text
from ui.workshop import kept
from ui.workshop.request import store_id

PASTE, TEXT_FILE, TABLE = ("Paste a text", "A text file (.txt)", "Texts in a table")

Found = tuple[Callable[[], str], int]  # keeps them and returns the id that opens them; how many


def texts() -> Found | None:
    """The texts that were brought in one of the three ways; None if there are none yet."""
    way = st.segmented_control(
        "How",
        (PASTE, TEXT_FILE, TABLE),
        default=PASTE,
        required=True,
        key="upload-way",
        persist_state="session",
        label_visibility="collapsed",
    )
    return {PASTE: pasted, TEXT_FILE: text_file, TABLE: table}[way]()


def pasted() -> Found | None:
    """The one text that was typed or pasted."""
    text = st.text_area("Your text", height=220, key="upload-text", persist_state="session")
    if not text:
        return None
    try:
        checked_text(text)
    except InputError as error:
        problem(str(error))
        return None
    _count(*work.counts_of(text))
    return lambda: kept.keep_texts([text]), 1


def text_file() -> Found | None:
    """The one text of a .txt file."""
    brought = files("A text file, at most 10 MB", key="upload-txt", max_mb=MAX_MB)
    if not brought:
        return None
    name, upload_id, _ = brought[0]
    found = fetch(
        "text-read",
        store_id("text-read", name, upload_id),
        work.text,
        name,
        upload_id,
        affinity="uploads",
        what="Reading the file",
    )
    if found is None:
        return None
    if "problem" in found:
        problem(found["problem"])
        return None
    for line in found["remarks"]:
        remark(line)
    _count(*found["counts"])
    st.text(found["preview"])
    return lambda: str(found["source"]), 1


def table() -> Found | None:
    """The texts of one column of a table."""
    brought = files(
        "A CSV file or an Excel workbook whose first line names the columns, at most 10 MB",
        key="upload-csv",
        max_mb=MAX_MB,
    )
    if not brought:
        return None
    name, upload_id, _ = brought[0]
    chosen: str | None = st.session_state.get(f"text-column-{upload_id}")
    found = fetch(
        "texts-read",
        store_id("texts-read", name, upload_id, chosen or ""),
        work.texts,
        name,
        upload_id,
        chosen,
        affinity="uploads",
        what="Reading the table",
    )
    if found is None:
        return None
    if "columns" in found:
        st.selectbox(
            "Column with the texts",
            found["columns"],
            index=found["columns"].index(found["column"]),
            key=f"text-column-{upload_id}",
            persist_state="session",  # it is not there while another column is being read
            help="Proposed: the column with the longest texts.",
        )
    for line in found.get("remarks", ()):
        remark(line)
    if "problem" in found:
        problem(found["problem"])
        return None
    st.caption(f"{counted(found['n'], 'text')} from {counted(found['n_rows'], 'row')}.")
    st.dataframe({found["column"]: found["preview"]}, width="stretch")
    return lambda: str(found["source"]), found["n"]


def _count(n_words: int, n_different: int, n_characters: int) -> None:
    st.caption(
        plain(
            f"{counted(n_words, 'word')}, {n_different:,} different; "
            f"{counted(n_characters, 'character')}."
        )
    )
