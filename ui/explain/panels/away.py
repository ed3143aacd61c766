"""The model itself to take away, if it was trained here: made when somebody wants it."""

from typing import Any

import streamlit as st

from sample_models import Task
from ui.shell.notices import remark
from ui.shell.waiting import fetch
from ui.shell.wording import plain
from ui.workshop.request import store_id
from ui.workshop.store import store
from ui.workshop.trained.away import FILE, can_be_taken, model_file

MADE = "model-away"  # the store's entry: which file was made
_WANTED, _AGAIN = "away-wanted", "away-again"


def model_to_take(task: Task, model: str) -> None:
    """A button that makes the file of a model, and then the one that downloads it.

    Nothing for a model that was not trained here on data that somebody brought.
    """
    if not can_be_taken(task.key, model):
        return
    name = plain(task.model(model).name)
    turns: dict[tuple[str, str], int] = st.session_state.setdefault(_AGAIN, {})
    made_as = store_id(MADE, task.key, model, str(turns.get((task.key, model), 0)))
    if not store().has(MADE, made_as) and st.session_state.get(_WANTED) != made_as:
        st.button(
            f"The model “{name}” as a file",
            key=f"away-{task.key}-{model}",
            icon=":material/deployed_code:",
            on_click=_want,
            args=(made_as,),
        )
        return
    found: dict[str, Any] | None = fetch(
        MADE,
        made_as,
        model_file,
        task.key,
        model,
        affinity=f"{task.key}/{model}",
        what="Making the file of the model",
    )
    if found is None:
        return
    if not store().use(FILE, found["file"]):  # others needed the room
        turns[task.key, model] = turns.get((task.key, model), 0) + 1
        remark("The file that was made of this model is gone. Make it again.")
        return
    st.download_button(
        f"{name}, {found['n_bytes'] / 1e6:.1f} MB",
        lambda: store().read(FILE, found["file"]) or b"",
        f"model-{model}.zip",
        mime="application/zip",
        icon=":material/download:",
        key=f"away-file-{task.key}-{model}",
        on_click="ignore",
        help="The model, and a short Python script that asks it. Nothing in it is pickled.",
    )


def _want(made_as: str) -> None:
    st.session_state[_WANTED] = made_as
