"""Class names from the notes in an ONNX file. Runs in the child only."""

import ast
import json
from collections.abc import Iterable
from typing import Any, Final

from model_adapters.settings import MAX_CLASSES
from model_adapters.strings import clean

_KEYS: Final = (
    "classes class_names classnames class_labels labels label_names names categories id2label "
    "idx_to_class class_to_idx"
).split()
_MAX_TEXT: Final = 2_000_000  # characters that are looked at


def class_names(notes: Iterable[tuple[str, str]], n_classes: int) -> tuple[tuple[str, ...], str]:
    """The names of `n_classes` classes, and a sentence where they come from.

    The names are empty when the notes hold none, or not as many as there are classes.
    """
    by_key = {clean(k).lower().replace(" ", "_").replace("-", "_"): v for k, v in notes}
    for key in _KEYS:
        if not 0 < len(by_key.get(key, "")) <= _MAX_TEXT:
            continue
        names = [clean(name) for name in _listed(by_key[key])]
        if len(names) == n_classes:
            filled = tuple(name or f"class {i}" for i, name in enumerate(names))
            return filled, f'The file names the classes, under "{key}".'
        if names:
            return (), (
                f'The file names {len(names)} classes under "{key}", but the network gives '
                f"{n_classes}; so they are numbered."
            )
    return (), "The file does not name the classes, so they are numbered."


def _listed(text: str) -> list[Any]:
    """A JSON or Python list or dictionary, lines, or a list with commas -> the names in order."""
    if text.lstrip()[:1] in ("[", "{", "("):
        value = _parsed(text)
        if isinstance(value, dict):
            value = _in_order(value)
        is_list = isinstance(value, list | tuple) and len(value) <= MAX_CLASSES
        return list(value) if is_list and all(isinstance(v, str | int) for v in value) else []
    parts = text.splitlines() if "\n" in text.strip() else text.split(",")
    names = [part.strip() for part in parts if part.strip()]
    return names if 2 <= len(names) <= MAX_CLASSES else []


def _parsed(text: str) -> Any:
    for parse in (json.loads, ast.literal_eval):  # the second reads values only, runs nothing
        try:
            return parse(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
    return None


def _in_order(value: dict[Any, Any]) -> list[Any] | None:
    """{0: "cat", 1: "dog"}, {"0": "cat", ...} or {"cat": 0, ...} -> ["cat", "dog"]."""
    for pairs in (value.items(), ((b, a) for a, b in value.items())):
        numbered = {int(i): name for i, name in pairs if str(i).isdecimal() and len(str(i)) < 9}
        if len(numbered) == len(value) and set(numbered) == set(range(len(value))):
            return [numbered[i] for i in range(len(numbered))]
    return None
