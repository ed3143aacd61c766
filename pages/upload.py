"""The screen Upload: bring texts, pictures or rows, and an image network of one's own."""

import streamlit as st

from ui.explain.choice import Choice
from ui.pick.choice import MAX_CANDIDATES, PickChoice
from ui.shell.notices import remark
from ui.shell.screens import open_screen, visit
from ui.shell.waiting import noticing
from ui.shell.wording import NOUNS
from ui.upload.controls import BRING
from ui.workshop.item import Item

_WANTED = "upload-wanted"  # a screen, the kind of what is to be opened there, and the visit
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
    with noticing() as to_come:
        task, source, n = BRING[kind]()
    with st.container(horizontal=True):
        # Never disabled: a click on it is also what ends the typing.
        st.button("Explain", type="primary", on_click=_want, args=("explain", kind))
        if n > 1:
            st.button("Pick the most telling ones", on_click=_want, args=("pick", kind))
    screen, *of = st.session_state.get(_WANTED, (None,))
    if of != [kind, visit()]:
        return
    if task is not None and source is not None:
        del st.session_state[_WANTED]
        if screen == "explain":
            open_screen("explain", Choice(task, Item(source(), 0), task.models[0].key).params())
        chosen = PickChoice(task, task.models[0].key, source(), min(n, MAX_CANDIDATES))
        open_screen("pick", chosen.params())
    elif to_come.reason:
        _wait(to_come.reason)
    else:
        del st.session_state[_WANTED]
        noun = "network" if source is not None else NOUNS[kind].item
        remark(f"There is nothing to explain yet: bring a {noun} that can be read, above.")


def _want(screen: str, kind: str) -> None:
    """Go to a screen with what is brought, as soon as it is read; for callbacks."""
    st.session_state[_WANTED] = screen, kind, visit()


def _wait(reason: str) -> None:
    """Say that a click was heard, and what it waits for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(f"{reason} Then this goes on by itself.", width="stretch")
        st.button("Stay here", on_click=lambda: st.session_state.pop(_WANTED, None))
