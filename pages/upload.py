"""The screen Upload: bring a text of your own, or a file of them."""

import streamlit as st

from sample_models import Task, tasks
from ui.bring import pasted, table, text_file
from ui.choice import Choice
from ui.item import Item
from ui.notices import remark
from ui.screens import open_explanation
from ui.texts import keep_texts

PASTE, TEXT_FILE, TABLE = "Paste a text", "A text file (.txt)", "A table (.csv)"


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
    texts = {PASTE: pasted, TEXT_FILE: text_file, TABLE: table}[way]()
    task = _task()
    # Never disabled: a click on it is also what ends the typing.
    if st.button("Explain", type="primary"):
        if texts is None:
            remark("There is nothing to explain yet: bring a text with words in it, above.")
            return
        open_explanation(Choice(task, Item(keep_texts(texts), 0), task.models[0].key))


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
