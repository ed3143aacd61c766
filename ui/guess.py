"""Your guess first: the person's own answer, before the model's is shown."""

import streamlit as st

from ui import wording
from ui.choice import Choice
from ui.figures.markup import as_html
from ui.notices import remark
from ui.widgets import is_dark


def committed_guess(choice: Choice) -> int | None:
    """The answer that this person has committed for this text; None if they have not."""
    return st.session_state.get(_key(choice))


def ask_for_a_guess(choice: Choice, text: str) -> None:
    """The text alone, and the person's own answer to it."""
    names = choice.task.class_names
    st.html(as_html(text, (), {}, dark=is_dark()))
    with st.form("guess", border=False):
        given = st.radio(
            "Your answer",
            range(len(names)),
            index=None,
            format_func=lambda i: wording.plain(names[i]),
            horizontal=True,
        )
        if not st.form_submit_button("Commit, and show the model's answer", type="primary"):
            return
    if given is None:
        remark("Choose an answer first; a hunch is enough.")
        return
    st.session_state[_key(choice)] = given
    st.rerun()


def _key(choice: Choice) -> str:
    return f"guess-{choice.task.key}-{choice.item}"
