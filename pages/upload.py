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
from ui.pick_choice import MAX_CANDIDATES, PickChoice
from ui.screens import open_explanation, open_screen
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
    task, source, n = {"text": _texts, "image": _pictures, "table": _rows}[kind]()
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
        open_explanation(Choice(task, Item(source(), 0), task.models[0].key))
    else:
        chosen = PickChoice(task, task.models[0].key, source(), min(n, MAX_CANDIDATES))
        open_screen("pick", chosen.params())


Brought = tuple[Task | None, brought.Keep | None, int]  # the last: how many there are


def _texts() -> Brought:
    found = texts()
    task = _task("text")
    if found is None:
        return task, None, 0
    return task, lambda: brought.keep_texts(found), len(found)


def _pictures() -> Brought:
    found = pictures()
    task = _task("image", OWN)
    if task is None:
        task = network(found)
    if found is None:
        return task, None, 0
    return task, lambda: brought.keep_pictures(found), len(found)


def _rows() -> Brought:
    task = _task("table")  # first: what the rows must have depends on it
    found = None if task is None else rows(task)
    if found is None:
        return task, None, 0
    return task, lambda: brought.keep_rows(*found), len(found[1])


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
