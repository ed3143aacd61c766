"""What this session has brought: files that are kept already, and networks to choose from."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from sample_models import Task
from ui.workshop.catalogue import find_task
from ui.workshop.store import store

_BROUGHT = "networks-brought"


def keep_file(kind: str, file: UploadedFile) -> str:
    """Keep an uploaded file; returns the id that opens it. Its bytes are read only once."""
    kept_ids: dict[str, str] = st.session_state.setdefault("kept-files", {})
    if file.file_id not in kept_ids:
        kept_ids[file.file_id] = store().put(kind, file.getvalue())
    return kept_ids[file.file_id]


def remember_network(task_key: str) -> None:
    """Offer the task of a network that was brought in this session's menus."""
    st.session_state.setdefault(_BROUGHT, {})[task_key] = None


def networks() -> list[Task]:
    """The tasks of the networks that this session brought, as far as they are still here."""
    found = [find_task(key) for key in st.session_state.get(_BROUGHT, {})]
    return [task for task in found if task is not None]
