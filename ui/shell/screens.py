"""Going from one screen to another."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ui.shell.presenting.lock import in_url

Way = tuple[str, str, Mapping[str, str]]  # a button's label, the screen it opens, and its URL
_SCREENS = "screens"
_LEAVE_FOR = "leave-for"
_VISIT = "visit"


def register(screens: Mapping[str, Any]) -> None:
    """Remember this session's pages by name; called by `ui.main` at every run."""
    st.session_state[_SCREENS] = dict(screens)


def open_screen(name: str, params: Mapping[str, str] | None = None) -> None:
    """Go to a screen as a new visitor would, or with these parameters in its URL."""
    st.switch_page(st.session_state[_SCREENS][name], query_params={**(params or {}), **in_url()})


def leave_for(name: str, params: Mapping[str, str] | None = None) -> None:
    """Go to a screen when the page runs next; for callbacks, which no rerun can swallow."""
    st.session_state[_LEAVE_FOR] = name, params


def ways_on(ways: Sequence[Way], key: str, noting: Callable[[], object] | None = None) -> None:
    """A button for each way, the first one the main one; `key` begins those of the buttons.

    `noting` is done when somebody takes one.
    """

    def go(screen: str, params: Mapping[str, str]) -> None:
        if noting is not None:
            noting()
        leave_for(screen, params)

    with st.container(horizontal=True):
        for number, (label, screen, params) in enumerate(ways):
            st.button(
                label,
                key=f"{key}-{number}-{screen}",
                type="primary" if number == 0 else "secondary",
                on_click=go,
                args=(screen, params),
            )


def arrive(screen: str) -> None:
    """Note which screen is shown; called by `ui.main` before it runs."""
    number, last = st.session_state.get(_VISIT, (0, screen))
    st.session_state[_VISIT] = number + (last != screen), screen


def visit() -> int:
    """A number that changes with every way from one screen to another."""
    number: int = st.session_state.get(_VISIT, (0, ""))[0]
    return number


def leave() -> None:
    """Go where a callback wanted to go; called by `ui.main` before a page runs."""
    wanted = st.session_state.pop(_LEAVE_FOR, None)
    if wanted is not None:
        open_screen(*wanted)
