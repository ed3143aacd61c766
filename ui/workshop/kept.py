"""What people bring, as the store keeps it: for pages and for workers, which have no Streamlit."""

import io
import json
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine.subjects import Value
from sample_models.types import Kind
from ui.workshop.store import store

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


def was_filled(source: str, row: int) -> bool:
    """Whether this picture of a set was seen through in places, which are white now."""
    found = _read("pictures", source)
    return found is not None and row < len(found) and bool(found[row].get("filled"))


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


def keep_texts(texts: Sequence[str]) -> str:
    """Keep texts; returns the id that opens them."""
    return store().put("texts", json.dumps({"texts": list(texts)}).encode())


def keep_pictures(pictures: Pictures, filled: Collection[int] = ()) -> str:
    """Keep a set of pictures that are in the store already; returns the id that opens the set.

    `filled` are the numbers of those that were seen through in places, which are white now.
    """
    entries: list[dict[str, Any]] = [
        {"id": entry_id, "name": name} | ({"filled": True} if i in filled else {})
        for i, (name, entry_id) in enumerate(pictures)
    ]
    return store().put("pictures", json.dumps(entries).encode())


def keep_rows(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> str:
    """Keep rows, each as long as there are columns; returns the id that opens them."""
    content = {"columns": list(columns), "rows": [list(row) for row in rows]}
    return store().put("rows", json.dumps(content, allow_nan=False).encode())


def n_own(kind: Kind, source: str) -> int:
    """How many texts, pictures or rows are kept under this id; 0 if none (any more)."""
    try:
        return _count(kind, source)
    except KeyError:
        return 0


@lru_cache(maxsize=256)
def _count(kind: Kind, source: str) -> int:
    found: Sequence[Any] | None
    match kind:
        case "text":
            found = texts(source)
        case "image":
            found = pictures(source)
        case "table":
            table = rows(source)
            found = None if table is None else table[1]
    if found is None:
        raise KeyError(source)  # an exception is not cached
    return len(found)


def pixels_of(png: bytes) -> NDArray[np.uint8]:
    """The pixels of a kept picture: (h, w) if it is grey, else (h, w, 3)."""
    from PIL.PngImagePlugin import PngImageFile

    with PngImageFile(io.BytesIO(png)) as image:
        return np.asarray(image, dtype=np.uint8)
