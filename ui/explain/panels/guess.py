"""Your guess first: the person's own answer, before the model's is shown."""

import streamlit as st

from lime_engine.subjects import ImageSubject, Subject, TabularSubject, TextSubject
from ui.explain.choice import Choice
from ui.figures import markup, pixels
from ui.shell import wording
from ui.shell.notices import remark
from ui.shell.widgets import is_dark

PICTURE_PX = 420
MANY = 20  # answers, beyond which they are chosen from a list


def committed_guess(choice: Choice) -> int | None:
    """The answer that this person has committed for this item; None if they have not."""
    return st.session_state.get(_key(choice))


def ask_for_a_guess(choice: Choice, subject: Subject) -> None:
    """The item alone, and the person's own answer to it."""
    names = choice.task.class_names
    match subject:
        case TextSubject():
            st.html(markup.as_html(subject.text, (), {}, dark=is_dark()))
        case ImageSubject():
            shown = pixels.displayed(subject.pixels)
            uri = pixels.data_uri(shown, "photograph")
            st.html(markup.picture_html(uri, "The picture", width_px=PICTURE_PX))
        case TabularSubject():
            st.html(markup.row_table(subject, {}, dark=is_dark()))
    with st.form("guess", border=False):
        numbers = range(len(names))

        def named(number: int) -> str:
            return wording.plain(names[number])

        if len(names) > MANY:
            given = st.selectbox("Your answer", numbers, index=None, format_func=named)
        else:
            given = st.radio("Your answer", numbers, index=None, format_func=named, horizontal=True)
        if not st.form_submit_button("Commit, and show the model's answer", type="primary"):
            return
    if given is None:
        remark("Choose an answer first; a hunch is enough.")
        return
    st.session_state[_key(choice)] = given
    st.rerun()


def _key(choice: Choice) -> str:
    return f"guess-{choice.task.key}-{choice.item}"
