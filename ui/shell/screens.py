"""Going from one screen to another."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

_SCREENS = "screens"
_LEAVE_FOR = "leave-for"


def register(screens: Mapping[str, Any]) -> None:
    """Remember this session's pages by name; called by `ui.main` at every run."""
    st.session_state[_SCREENS] = dict(screens)


def open_screen(name: str, params: Mapping[str, str] | None = None) -> None:
    """Go to a screen as a new visitor would, or with these parameters in its URL."""
    st.switch_page(st.session_state[_SCREENS][name], query_params=params)


def leave_for(name: str, params: Mapping[str, str]) -> None:
    """Go to a screen when the page runs next; for callbacks, which no rerun can swallow."""
    st.session_state[_LEAVE_FOR] = name, params


def leave() -> None:
    """Go where a callback wanted to go; called by `ui.main` before a page runs."""
    wanted = st.session_state.pop(_LEAVE_FOR, None)
    if wanted is not None:
        open_screen(*wanted)
