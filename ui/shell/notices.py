"""Short messages next to the thing they are about; their text is data, never markup."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from ui.shell.wording import plain
from ui.workshop.store import StoreError

P = ParamSpec("P")
_NOT_KEPT = "not-kept"


def problem(message: str) -> None:
    """Something that cannot be done, why, and what to do instead."""
    st.error(plain(message), icon=":material/error:")


def remark(message: str) -> None:
    """Something worth knowing that stops nobody."""
    st.warning(plain(message), icon=":material/info:")


def keeping(act: Callable[P, object]) -> Callable[P, None]:
    """`act`, mostly a callback's: if the store cannot keep what it is about, the page says why."""

    @wraps(act)
    def kept(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            act(*args, **kwargs)
        except StoreError as error:
            st.session_state[_NOT_KEPT] = f"What you did was not kept. {error}"

    return kept


def shown(page: Callable[[], None]) -> None:
    """Run a page; where the store fails, a sentence stands in place of what it was needed for."""
    _tell_what_is_not_kept()
    try:
        page()
    except StoreError as error:
        problem(str(error))
        st.button("Try again", key="again-with-the-store")
    _tell_what_is_not_kept()


def _tell_what_is_not_kept() -> None:
    if (why := st.session_state.pop(_NOT_KEPT, None)) is not None:
        problem(why)
