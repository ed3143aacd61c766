"""The screen Upload: bring texts, pictures or rows, and an image network of one's own."""

import streamlit as st

from sample_models import Task, tasks
from ui import brought
from ui.bring_network import network
from ui.bring_pictures import pictures
from ui.bring_rows import rows
from ui.bring_texts import texts
from ui.choice import Choice
from ui.item import Item
from ui.notices import remark
from ui.screens import open_explanation
from ui.wording import NOUNS

KINDS = {"text": "Texts", "image": "Pictures", "table": "Rows of a table"}
OWN = "A network of your own (ONNX)"


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
    task, source = {"text": _texts, "image": _pictures, "table": _rows}[kind]()
    # Never disabled: a click on it is also what ends the typing.
    if st.button("Explain", type="primary"):
        if task is None or source is None:
            noun = NOUNS[kind].item
            remark(f"There is nothing to explain yet: bring a {noun} that can be read, above.")
            return
        open_explanation(Choice(task, Item(source(), 0), task.models[0].key))


def _texts() -> tuple[Task | None, brought.Keep | None]:
    found = texts()
    task = _task("text")
    return task, None if found is None else lambda: brought.keep_texts(found)


def _pictures() -> tuple[Task | None, brought.Keep | None]:
    found = pictures()
    task = _task("image", OWN)
    if task is None:
        task = network(found)
    return task, None if found is None else lambda: brought.keep_pictures(found)


def _rows() -> tuple[Task | None, brought.Keep | None]:
    task = _task("table")  # first: what the rows must have depends on it
    found = None if task is None else rows(task)
    return task, None if found is None else lambda: brought.keep_rows(*found)


def _task(kind: str, *others: str) -> Task | None:
    """What is asked about it: one of the built-in tasks, or None for one of the `others`."""
    found = {key: task for key, task in tasks().items() if task.kind == kind}
    names = {key: f"{task.question} ({task.title})" for key, task in found.items()}
    key = st.selectbox(
        "What should be asked about it?",
        [*found, *others],
        format_func=lambda k: names.get(k, k),
        key=f"upload-task-{kind}",
        persist_state="session",
        help="The models are the built-in ones of that task; you can switch between them later.",
    )
    return found.get(key)
