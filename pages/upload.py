"""The screen Upload: bring a text of your own, or a file of them."""

import streamlit as st

from lime_engine.errors import InputError
from lime_engine.text import TextPerturber
from sample_models import Task, tasks
from ui.choice import Choice
from ui.item import Item
from ui.notices import problem, remark
from ui.reading import MAX_TEXTS, checked_text, decoded, read_table, texts_of
from ui.screens import open_explanation
from ui.texts import keep_texts
from ui.wording import plain

PASTE, TEXT_FILE, TABLE = "Paste a text", "A text file (.txt)", "A table (.csv)"
PREVIEW_ROWS = 5
PREVIEW_CHARACTERS = 600


def render() -> None:
    """Show the screen."""
    st.title("Bring your own text", anchor=False)
    st.write("See which words a model's answer to it leans on. Nobody without your link sees it.")
    way = st.segmented_control(
        "How",
        (PASTE, TEXT_FILE, TABLE),
        default=PASTE,
        required=True,
        key="upload-way",
        persist_state="session",
        label_visibility="collapsed",
    )
    texts = {PASTE: _pasted, TEXT_FILE: _text_file, TABLE: _table}[way]()
    task = _task()
    # Never disabled: a click on it is also what ends the typing.
    if st.button("Explain", type="primary"):
        if texts is None:
            remark("There is nothing to explain yet: bring a text with words in it, above.")
            return
        open_explanation(Choice(task, Item(keep_texts(texts), 0), task.models[0].key))


def _pasted() -> list[str] | None:
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


def _text_file() -> list[str] | None:
    file = st.file_uploader("A text file, UTF-8, at most 10 MB", type="txt", key="upload-txt")
    if file is None:
        return None
    try:
        text = checked_text(decoded(file.name, file.getvalue()))
    except InputError as error:
        problem(str(error))
        return None
    _count(text)
    st.text(text[:PREVIEW_CHARACTERS] + ("…" if len(text) > PREVIEW_CHARACTERS else ""))
    return [text]


def _table() -> list[str] | None:
    file = st.file_uploader(
        "A CSV file whose first line names the columns, UTF-8, at most 10 MB",
        type="csv",
        key="upload-csv",
    )
    if file is None:
        return None
    try:
        table = read_table(file.name, file.getvalue())
    except InputError as error:
        problem(str(error))
        return None
    longest = max(
        table.columns, key=lambda c: sum(len(r[table.columns.index(c)]) for r in table.rows)
    )
    column = st.selectbox(
        "Column with the texts",
        table.columns,
        index=table.columns.index(longest),
        help="Proposed: the column with the longest texts.",
    )
    try:
        texts, left_out = texts_of(table, column)
    except InputError as error:
        problem(str(error))
        return None
    st.caption(f"{len(texts):,} texts from {len(table.rows):,} rows.")
    if left_out:
        remark(
            f"Left out: {left_out:,}, because they are empty, have no words, are too long, or come "
            f"after the first {MAX_TEXTS:,}."
        )
    st.dataframe({column: texts[:PREVIEW_ROWS]}, width="stretch")
    return texts


def _task() -> Task:
    catalogue = tasks()
    key = st.selectbox(
        "What should be asked about it?",
        list(catalogue),
        format_func=lambda k: f"{catalogue[k].question} ({catalogue[k].title})",
        key="upload-task",
        persist_state="session",
        help="The models are the built-in ones of that task; you can switch between them later.",
    )
    return catalogue[key]


def _count(text: str) -> None:
    subject = TextPerturber().components(text)
    n_words = sum(len(places) for places in subject.spans)
    st.caption(
        plain(f"{n_words:,} words, {subject.n_components:,} different; {len(text):,} characters.")
    )
