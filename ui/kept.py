"""What people bring, as the store keeps it: for pages and for workers, which have no Streamlit."""

import json
from typing import Any

from lime_engine.subjects import Value
from ui.store import store

Pictures = tuple[tuple[str, str], ...]  # the name of each, and the id that `picture_png` opens
Rows = tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]  # the columns' names, and the rows


def texts(source: str) -> tuple[str, ...] | None:
    """The texts kept under this id; None if there are none (any more)."""
    found = _read("texts", source)
    return None if found is None else tuple(found["texts"])


def pictures(source: str) -> Pictures | None:
    """The pictures kept under this id; None if there are none (any more)."""
    found = _read("pictures", source)
    return None if found is None else tuple((each["name"], each["id"]) for each in found)


def picture_png(entry_id: str) -> bytes | None:
    """One picture of a set; None if it is there no more."""
    return store().read("picture", entry_id)


def rows(source: str) -> Rows | None:
    """The rows kept under this id; None if there are none (any more)."""
    found = _read("rows", source)
    if found is None:
        return None
    return tuple(found["columns"]), tuple(tuple(row) for row in found["rows"])


def _read(kind: str, source: str) -> Any:
    raw = store().read(kind, source)
    return None if raw is None else json.loads(raw)
