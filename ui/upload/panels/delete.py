"""Deleting all that this session has brought, and what was made of it, from the disk."""

import streamlit as st

from ui.figures.palette import counted
from ui.shell import brought
from ui.shell.notices import keeping, remark
from ui.shell.waiting import leave_all
from ui.upload.panels import data_sets, files, found
from ui.workshop import kept
from ui.workshop.store import store

_DELETED = "data-deleted"


def delete_my_data() -> None:
    """A button, folded, that deletes it; and that it was deleted."""
    n, n_left = st.session_state.pop(_DELETED, (None, 0))
    if n is not None:
        remark(
            f"Deleted: what you brought and all that was made of it, {counted(n, 'file')} of this "
            "server. Links to it do not open any more."
        )
    if n_left:
        remark("Left are files that somebody else has brought, too, and is at work with.")
    if not brought.ids() | brought.edits():
        return
    with st.popover("Delete my data", icon=":material/delete:", type="tertiary"):
        st.write(
            "All that you have brought or opened by a link in this visit is deleted from this "
            "server: files, networks and models, and the explanations, picks and reviews that were "
            "made of them. Whoever has a link to them finds nothing. Studies that were launched "
            "with them keep their items. This cannot be undone."
        )
        st.button("Delete it now", key="delete-my-data", type="primary", on_click=_delete)


@keeping
def _delete() -> None:
    leave_all()
    left = brought.of_others()
    n = store().forget(brought.ids() - left, brought.edits())
    st.session_state[_DELETED] = n, len(left)
    kept.forget_read()
    found.forget_read()
    files.forget()
    data_sets.forget()
    brought.forget()
