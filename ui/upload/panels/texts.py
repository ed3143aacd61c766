"""Three ways to bring texts: pasted, a text file, a table; each with its preview and its errors."""

import streamlit as st

from lime_engine.errors import InputError
from lime_engine.text import TextPerturber
from ui.shell.notices import problem, remark
from ui.shell.waiting import NO_FILE, notice
from ui.shell.wording import plain
from ui.upload.reading.text_files import (
    MAX_MB,
    MAX_TEXTS,
    checked_text,
    decoded,
    read_table,
    texts_of,
)

PASTE, TEXT_FILE, TABLE = "Paste a text", "A text file (.txt)", "Texts in a table (.csv)"
PREVIEW_ROWS = 5
PREVIEW_CHARACTERS = 600


def texts() -> list[str] | None:
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


def pasted() -> list[str] | None:
    """The one text that was typed or pasted."""
    text = st.text_area("Your text", height=220, key="upload-text", persist_state="session")
    if not text:
        return None
    try:
        checked_text(text)
    except InputError as error:
        problem(str(error))
        return None
    _count(text)
    return [text]


def text_file() -> list[str] | None:
    """The one text of a .txt file."""
    file = st.file_uploader(
        "A text file, UTF-8, at most 10 MB", type="txt", key="upload-txt", max_upload_size=MAX_MB
    )
    if file is None:
        notice(NO_FILE)
        return None
    try:
        text = checked_text(decoded(file.name, file.getvalue()))
    except InputError as error:
        problem(str(error))
        return None
    _count(text)
    st.text(text[:PREVIEW_CHARACTERS] + ("…" if len(text) > PREVIEW_CHARACTERS else ""))
    return [text]


def table() -> list[str] | None:
    """The texts of one column of a CSV file."""
    file = st.file_uploader(
        "A CSV file whose first line names the columns, UTF-8, at most 10 MB",
        type="csv",
        key="upload-csv",
        max_upload_size=MAX_MB,
    )
    if file is None:
        notice(NO_FILE)
        return None
    try:
        found = read_table(file.name, file.getvalue())
    except InputError as error:
        problem(str(error))
        return None
    longest = max(
        found.columns, key=lambda c: sum(len(r[found.columns.index(c)]) for r in found.rows)
    )
    column = st.selectbox(
        "Column with the texts",
        found.columns,
        index=found.columns.index(longest),
        help="Proposed: the column with the longest texts.",
    )
    try:
        texts, left_out = texts_of(found, column)
    except InputError as error:
        problem(str(error))
        return None
    st.caption(f"{len(texts):,} texts from {len(found.rows):,} rows.")
    if left_out:
        remark(
            f"Left out: {left_out:,}, because they are empty, have no words, are too long, or come "
            f"after the first {MAX_TEXTS:,}."
        )
    st.dataframe({column: texts[:PREVIEW_ROWS]}, width="stretch")
    return texts


def _count(text: str) -> None:
    subject = TextPerturber().components(text)
    n_words = sum(len(places) for places in subject.spans)
    st.caption(
        plain(f"{n_words:,} words, {subject.n_components:,} different; {len(text):,} characters.")
    )
