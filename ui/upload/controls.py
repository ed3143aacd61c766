"""What is brought, and what is asked about it: for each kind, the task and how to keep the data."""

from collections.abc import Callable

import streamlit as st

from sample_models import Task, tasks
from ui.upload.panels.network import network
from ui.upload.panels.pictures import pictures
from ui.upload.panels.rows import rows
from ui.upload.panels.texts import texts
from ui.workshop import kept

OWN = "A network of your own (ONNX)"
Keep = Callable[[], str]  # keeps something that was brought; returns the id that opens it
Brought = tuple[Task | None, Keep | None, int]  # the last: how many there are


def _texts() -> Brought:
    keep, n = texts() or (None, 0)
    return _task("text"), keep, n


def _pictures() -> Brought:
    found = pictures()
    task = _task("image", OWN)
    if task is None:
        task = network(found[0] if found is not None else None)
    if found is None:
        return task, None, 0
    return task, lambda: kept.keep_pictures(*found), len(found[0])


def _rows() -> Brought:
    task = _task("table")  # first: what the rows must have depends on it
    keep, n = (rows(task) if task is not None else None) or (None, 0)
    return task, keep, n


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


BRING: dict[str, Callable[[], Brought]] = {"text": _texts, "image": _pictures, "table": _rows}
