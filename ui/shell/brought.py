"""What this session has brought: networks and data sets to choose from."""

import threading

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from sample_models import Task
from ui.workshop.catalogue import find_task

_NETWORKS, _DATA = "networks-brought", "data-brought"
_IDS, _EDITS, _OPENED = "ids-brought", "edits-brought", "ids-opened"
_held: dict[str, set[str]] = {}  # by session, the ids of what it has brought
_locked = threading.Lock()


def remember_ids(*entry_ids: str) -> None:
    """Note what this session has put into the store, which goes when it deletes its data."""
    st.session_state.setdefault(_IDS, set()).update(entry_ids)
    own = {*entry_ids} - st.session_state.get(_OPENED, set())
    with _locked:
        _held.setdefault(_session(), set()).update(own)


def remember_opened(entry_id: str) -> None:
    """Note what a link names: it goes with the rest, also when whoever brought it deletes it."""
    st.session_state.setdefault(_OPENED, set()).add(entry_id)
    remember_ids(entry_id)


def remember_edit(entry_id: str) -> None:
    """The same of an edit of something, which somebody else may have brought."""
    st.session_state.setdefault(_EDITS, set()).add(entry_id)


def ids() -> frozenset[str]:
    """The store's ids of what this session has brought, also of what it has removed since."""
    return frozenset(st.session_state.get(_IDS, ()))


def edits() -> frozenset[str]:
    """The store's ids of what this session has made by editing."""
    return frozenset(st.session_state.get(_EDITS, ()))


def of_others() -> frozenset[str]:
    """Of `ids` those that somebody has brought, too, whose page is open: the same files.

    Not what somebody has opened by a link.
    """
    with _locked:
        for session in [each for each in _held if each != _session() and not _is_open(each)]:
            del _held[session]
        others = [held for session, held in _held.items() if session != _session()]
        return ids() & frozenset().union(*others)


def forget() -> None:
    """Offer nothing any more that was brought."""
    for which in (_NETWORKS, _DATA, _IDS, _EDITS, _OPENED):
        st.session_state.pop(which, None)
    with _locked:
        _held.pop(_session(), None)


def _session() -> str:
    run = get_script_run_ctx(suppress_warning=True)
    return run.session_id if run is not None else ""


def _is_open(session: str) -> bool:
    return Runtime.exists() and Runtime.instance().is_active_session(session)


def remember_network(task_key: str) -> None:
    """Offer the task of a network that was brought in this session's menus."""
    st.session_state.setdefault(_NETWORKS, {})[task_key] = None


def remember_data(task_key: str) -> None:
    """Offer the task of a data set, with the models trained on it, in this session's menus."""
    st.session_state.setdefault(_DATA, {})[task_key] = None


def networks() -> list[Task]:
    """The tasks of the networks that this session brought, as far as they are still here."""
    return _found(_NETWORKS)


def data_sets() -> list[Task]:
    """The tasks of the data sets that models were trained on, as far as they are still here."""
    return _found(_DATA)


def _found(which: str) -> list[Task]:
    found = [find_task(key) for key in st.session_state.get(which, {})]
    return [task for task in found if task is not None]
