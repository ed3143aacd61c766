"""The texts that people bring: kept in the store, read again."""

import json

import streamlit as st

from ui.store import store


def keep_texts(texts: list[str]) -> str:
    """Keep texts; returns the id that opens them."""
    return store().put("texts", json.dumps({"texts": texts}).encode())


def own_texts(source: str) -> tuple[str, ...] | None:
    """The texts kept under this id; None if there are none (any more)."""
    try:
        return _read(source)
    except KeyError:
        return None


@st.cache_resource(max_entries=32, ttl=3600, show_spinner=False)
def _read(source: str) -> tuple[str, ...]:
    raw = store().read("texts", source)
    if raw is None:
        raise KeyError(source)  # an exception is not cached
    return tuple(json.loads(raw)["texts"])
