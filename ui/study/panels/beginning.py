"""Where a study begins."""

import streamlit as st

from sample_models import Task, tasks
from ui.shell.brought import data_sets
from ui.shell.notices import keeping
from ui.shell.screens import leave_for
from ui.shell.wording import plain
from ui.study.draft import Draft, begin
from ui.study.place import STUDY
from ui.study.work.preparing import MOST_LABELS


def beginning() -> None:
    """What a study is, and where its items come from: one click each."""
    st.write(
        "People say what they think, see the model's answer with or without an explanation, and "
        "answer again, on their phones. What comes of it is whether they trust the right answers."
    )
    own = [task for task in data_sets() if task.askable]
    for task in [*own, *tasks().values()]:
        if task.is_here() and task.splits and len(task.class_names) <= MOST_LABELS:
            _offer(task, is_own=task in own)
    with st.container(horizontal=True):
        st.button("Use your own data", on_click=leave_for, args=("upload",))
        st.button("Choose items with Pick", on_click=leave_for, args=("pick",))
        st.button("Where two models disagree", on_click=leave_for, args=("compare",))


def _offer(task: Task, *, is_own: bool) -> None:
    words, button = st.columns([4, 1], vertical_alignment="center")
    words.markdown(f"**{plain(task.title)}**")
    words.caption(plain("Your data set." if is_own else task.question))
    button.button(
        "Make a study",
        key=f"study-of-{task.key}",
        width="stretch",
        on_click=keeping(_begin),
        # Real use where there is some: right and wrong answers are needed.
        args=(task.key, task.askable[0].key, task.splits[-1], task.title),
    )


def _begin(task: str, model: str, source: str, title: str) -> None:
    STUDY.write(draft=begin(Draft(task, model, source, title=title)), host="")
