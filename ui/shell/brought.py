"""What this session has brought: networks to choose from."""

import streamlit as st

from sample_models import Task
from ui.workshop.catalogue import find_task

_BROUGHT = "networks-brought"


def remember_network(task_key: str) -> None:
    """Offer the task of a network that was brought in this session's menus."""
    st.session_state.setdefault(_BROUGHT, {})[task_key] = None


def networks() -> list[Task]:
    """The tasks of the networks that this session brought, as far as they are still here."""
    found = [find_task(key) for key in st.session_state.get(_BROUGHT, {})]
    return [task for task in found if task is not None]
