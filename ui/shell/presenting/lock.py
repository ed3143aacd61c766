"""The lock of this session: in every address, until the presenter reveals what it hides."""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from ui.shell.browsing import ONES_OWN
from ui.shell.notices import keeping
from ui.shell.presenting import locks

NAME, TOKEN = "lock", "present"  # in a URL: for everybody, and for the presenter
POLL_SECONDS = 2.0
_LOCK, _TOKEN = "presenters-lock", "presenters-token"


def enter() -> None:
    """Take the lock from the URL, or put it there; called by `ui.main` at every run."""
    token = st.query_params.get(TOKEN, "")
    if TOKEN in st.query_params:
        del st.query_params[TOKEN]  # nobody reads it off the presenter's wall
    if locks.is_token(token):
        st.session_state[_TOKEN] = token
        st.session_state[_LOCK] = locks.id_of(token)
    for name, value in in_url().items():
        if st.query_params.get(name) != value:
            st.query_params[name] = value


def in_url() -> dict[str, str]:
    """The lock's part of every address; empty without one."""
    told = st.query_params.get(NAME, "")
    if locks.is_id(told):
        if told != st.session_state.get(_LOCK):
            st.session_state.pop(_TOKEN, None)  # another presenter's
        st.session_state[_LOCK] = told
    lock = st.session_state.get(_LOCK)
    return {} if lock is None else {NAME: lock}


def is_locked() -> bool:
    """Whether what gives the answers away is hidden now."""
    lock = in_url().get(NAME)
    return lock is not None and not locks.is_revealed(lock)


def begin_button() -> None:
    """What makes this session the presenter's."""
    if not in_url():
        st.button(
            "Present to a room",
            type="tertiary",
            icon=":material/lock:",
            on_click=keeping(_begin),
            help="Makes a link for the room behind which nothing gives the answers away (labels, "
            "what is known of the models, how they do in real use) until you reveal it.",
        )


def _begin() -> None:
    token = locks.new_lock()
    st.session_state[_TOKEN], st.session_state[_LOCK] = token, locks.id_of(token)


def banner() -> None:
    """That something is hidden, on every screen; to the presenter also how to reveal it."""
    lock = in_url().get(NAME)
    if lock is None:
        return
    is_shut = not locks.is_revealed(lock)
    token = st.session_state.get(_TOKEN)
    if token is None:
        if is_shut:
            _watch(lock)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        icon, state = ("lock", "Locked") if is_shut else ("lock_open", "Revealed")
        st.caption(f":material/{icon}: {state} for everybody with your link.", width="content")
        with st.popover("Links", type="tertiary"):
            st.caption("For the room, to this screen:")
            here = {name: v for name, v in st.query_params.items() if name not in ONES_OWN}
            st.code(_link({**here, NAME: lock}), language=None)
            st.caption("For you alone, to reveal from elsewhere:")
            st.code(_link({TOKEN: token}), language=None)
        if is_shut:
            show = keeping(locks.reveal)
            st.button("Reveal", icon=":material/visibility:", on_click=show, args=(token,))


def _link(params: Mapping[str, str]) -> str:
    return f"{(st.context.url or '').split('?')[0]}?{urlencode(params)}"


@st.fragment(run_every=POLL_SECONDS)
def _watch(lock: str) -> None:
    """Shows everything as soon as it is revealed."""
    if locks.is_revealed(lock):
        st.rerun()
    st.caption(
        ":material/lock: Labels, and what is known of the models, are hidden until the presenter "
        "reveals them."
    )
