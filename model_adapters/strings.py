"""Strings from a file are data: bounded, on one line, without control characters."""

import unicodedata
from typing import Final

MAX_NAME: Final = 80  # characters of one class name, operator name, producer


def clean(text: object, limit: int = MAX_NAME) -> str:
    """The text as one line of at most `limit` characters.

    Control, format (also those that turn the writing direction), surrogate and unassigned
    characters become spaces; runs of spaces become one.
    """
    head = str(text)[: 8 * limit]  # whatever its length, only the beginning is looked at
    plain = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in head)
    line = " ".join(plain.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
