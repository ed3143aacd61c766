"""The screen Upload: bring texts, pictures or rows, and an image network of one's own."""

import streamlit as st

from ui.explain.choice import Choice
from ui.pick.choice import MAX_CANDIDATES, PickChoice
from ui.shell.notices import remark
from ui.shell.screens import open_screen
from ui.shell.wording import NOUNS
from ui.upload.controls import BRING
from ui.workshop.item import Item

KINDS = {"text": "Texts", "image": "Pictures", "table": "Rows of a table"}


def render() -> None:
    """Show the screen."""
    st.title("Bring your own", anchor=False)
    st.write("See what a model's answer to it leans on. Nobody without your link sees it.")
    kind = st.segmented_control(
        "What do you bring?",
        tuple(KINDS),
        default="text",
        required=True,
        format_func=KINDS.__getitem__,
        key="upload-kind",
        persist_state="session",
    )
    task, source, n = BRING[kind]()
    with st.container(horizontal=True):
        # Never disabled: a click on it is also what ends the typing.
        explain = st.button("Explain", type="primary")
        pick = n > 1 and st.button("Pick the most telling ones")
    if not (explain or pick):
        return
    if task is None or source is None:
        noun = NOUNS[kind].item
        remark(f"There is nothing to explain yet: bring a {noun} that can be read, above.")
    elif explain:
        open_screen("explain", Choice(task, Item(source(), 0), task.models[0].key).params())
    else:
        chosen = PickChoice(task, task.models[0].key, source(), min(n, MAX_CANDIDATES))
        open_screen("pick", chosen.params())
