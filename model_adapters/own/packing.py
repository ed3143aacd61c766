"""Texts and rows on their way to the child: numbers as bytes, words as JSON; nothing is executed.

A column arrives as an array of float64, int64 or bool, or as a list of strings, None where one is
missing.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import InputError

Column = NDArray[Any] | list[str | None]


def packed_texts(texts: Sequence[str]) -> tuple[dict[str, Any], bytes]:
    """The header and the body that `unpacked` reads: one column."""
    return {"n": len(texts), "columns": ["words"]}, _words([list(texts)])


def packed_rows(frame: Any, columns: Sequence[str]) -> tuple[dict[str, Any], bytes]:
    """These columns of a data frame, in this order.

    Raises
    ------
    InputError
        If the frame lacks one.
    """
    kinds, numbers, words = [], [], []
    for name in columns:
        if name not in frame:
            have = ", ".join(map(str, list(frame)[:20]))
            raise InputError(
                f"The model needs the column “{name}”, which these rows do not have: they have "
                f"{have}. Bring rows with it, or say which column takes its place."
            )
        column = frame[name]
        kind = column.dtype.kind
        if kind in "iufb":
            kinds.append({"f": "float64", "b": "bool"}.get(kind, "int64"))
            numbers.append(column.to_numpy(dtype=np.float64))
        else:
            kinds.append("words")
            missing = column.isna().tolist()
            values = column.astype(object).tolist()
            words.append([None if m else str(v) for v, m in zip(values, missing, strict=True)])
    body = b"".join(np.ascontiguousarray(each).astype("<f8").tobytes() for each in numbers)
    return {"n": len(frame), "columns": kinds}, body + (_words(words) if words else b"")


def unpacked(header: dict[str, Any], body: bytes | bytearray) -> list[Column]:
    """The columns that were packed."""
    n, kinds = header["n"], header["columns"]
    n_numbers = sum(kind != "words" for kind in kinds)
    numbers = iter(np.frombuffer(body, "<f8", n * n_numbers).reshape(n_numbers, n))
    rest = bytes(body[n * n_numbers * 8 :])
    words = iter(json.loads(rest.decode("utf-8", "surrogatepass")) if rest else [])
    return [next(words) if kind == "words" else next(numbers).astype(kind) for kind in kinds]


def _words(columns: Sequence[Sequence[str | None]]) -> bytes:
    return json.dumps(columns, ensure_ascii=False).encode("utf-8", "surrogatepass")
