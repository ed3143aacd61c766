"""Your guess first: the person's own answer, before the model's is shown."""

from typing import Any

import streamlit as st

from lime_engine.subjects import ImageSubject, Subject, TabularSubject, TextSubject
from ui.explain.choice import Choice
from ui.figures import markup, pixels
from ui.shell import wording
from ui.shell.controls import is_one_of, told_apart
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
    key = _key(choice)
    with st.form(f"{key}-form", border=False):
        named = told_apart({i: wording.plain(name) for i, name in enumerate(names)})
        answers: dict[str, Any] = {"index": None, "format_func": named.__getitem__}
        if len(names) > MANY:
            st.selectbox("Your answer", list(named), key=f"{key}-given", **answers)
        else:
            st.radio("Your answer", list(named), key=f"{key}-given", horizontal=True, **answers)
        st.form_submit_button(
            "Commit, and show the model's answer",
            key=f"{key}-commit",
            type="primary",
            on_click=_commit,
            args=(key, len(names)),
        )
    if st.session_state.get(f"{key}-asked"):
        remark("Choose an answer first; a hunch is enough.")


def _commit(key: str, n_answers: int) -> None:
    """Keep the guess for the item that it is about, whatever is shown by now."""
    given = st.session_state.get(f"{key}-given")
    st.session_state[f"{key}-asked"] = True
    if is_one_of(given, range(n_answers)):
        st.session_state[key] = given


def _key(choice: Choice) -> str:
    return f"guess-{choice.task.key}-{choice.item}"
