"""The texts, pictures and rows that people bring: kept in the store, and counted by pages.

`ui.kept` reads them, for the workers; it has no Streamlit.
"""

import json
from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lime_engine.subjects import Value
from sample_models.types import Kind
from ui import kept
from ui.store import store

Keep = Callable[[], str]  # keeps something that was brought; returns the id that opens it


def keep_texts(texts: Sequence[str]) -> str:
    """Keep texts; returns the id that opens them."""
    return store().put("texts", json.dumps({"texts": list(texts)}).encode())


def keep_pictures(pictures: kept.Pictures) -> str:
    """Keep a set of pictures that are in the store already; returns the id that opens the set."""
    entries = [{"id": entry_id, "name": name} for name, entry_id in pictures]
    return store().put("pictures", json.dumps(entries).encode())


def keep_rows(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> str:
    """Keep rows, each as long as there are columns; returns the id that opens them."""
    content = {"columns": list(columns), "rows": [list(row) for row in rows]}
    return store().put("rows", json.dumps(content, allow_nan=False).encode())


def keep_file(kind: str, file: UploadedFile) -> str:
    """Keep an uploaded file; returns the id that opens it. Its bytes are read only once."""
    kept_ids: dict[str, str] = st.session_state.setdefault("kept-files", {})
    if file.file_id not in kept_ids:
        kept_ids[file.file_id] = store().put(kind, file.getvalue())
    return kept_ids[file.file_id]


def n_own(kind: Kind, source: str) -> int:
    """How many texts, pictures or rows are kept under this id; 0 if none (any more)."""
    try:
        return _count(kind, source)
    except KeyError:
        return 0


@st.cache_resource(max_entries=256, ttl=3600, show_spinner=False)
def _count(kind: Kind, source: str) -> int:
    match kind:
        case "text":
            found = kept.texts(source)
        case "image":
            found = kept.pictures(source)
        case "table":
            rows = kept.rows(source)
            found = None if rows is None else rows[1]
    if found is None:
        raise KeyError(source)  # an exception is not cached
    return len(found)
