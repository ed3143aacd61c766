"""Class names as people and programs write them: lists of every common form -> the names."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from model_adapters.settings import MAX_CLASSES

MAX_TEXT: Final = 2_000_000  # characters that are looked at
_CLOSING: Final = {"[": "]", "(": ")", "{": "}"}
_VALUE: Final = re.compile(
    r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\d{1,8}))\s*""", re.DOTALL
)
_SYNSET: Final = re.compile(r"n\d{8}[\s:,]+(\S.*)")  # of WordNet, as ImageNet's lists have them
_NUMBERED: Final = re.compile(r"(\d{1,6})(?:\s*[:,;=)]\s*|\s+)(\S.*)")


def listed_names(text: str) -> list[str]:
    """A JSON or Python list or dictionary, lines, or a list with commas -> the names in order.

    Lines may begin with the number of the class, from 0 or 1 on, or with the id of a synset. Empty
    if it is no list of at least two names. Nothing is evaluated.
    """
    text = text.strip()
    if len(text) > MAX_TEXT:
        return []
    if text[:1] in _CLOSING:
        return _of_value(_parsed(text))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        names = _without_marks(lines)
    else:
        names = [part.strip() for part in text.split(",") if part.strip()]
    return names if 2 <= len(names) <= MAX_CLASSES else []


def told_apart(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names, those that occur twice with the number of their class; and which these are."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    apart = tuple(
        f"{name[:60]} ({number})" if seen[name] > 1 else name for number, name in enumerate(names)
    )
    return apart, tuple(name for name, times in seen.items() if times > 1)


def _without_marks(lines: list[str]) -> list[str]:
    synsets = [_SYNSET.fullmatch(line) for line in lines]
    if all(synsets):
        return [found[1] for found in synsets if found]
    numbered = [_NUMBERED.fullmatch(line) for line in lines]
    numbers = [int(found[1]) for found in numbered if found]
    if len(numbers) == len(lines) and numbers in (
        [*range(len(lines))],
        [*range(1, len(lines) + 1)],
    ):
        return [found[2] for found in numbered if found]
    return lines


def _of_value(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = _in_order(value)
    if not isinstance(value, list) or not 2 <= len(value) <= MAX_CLASSES:
        return []
    return [str(v) for v in value] if all(isinstance(v, str | int) for v in value) else []


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _python(text)


def _python(text: str) -> list[Any] | dict[Any, Any] | None:
    """A flat Python list, tuple or dictionary of texts and numbers, read in one pass."""
    end, at = _CLOSING[text[0]], 1
    pairs: list[tuple[Any, Any]] = []
    values: list[Any] = []
    while (key := _VALUE.match(text, at)) is not None:
        at = key.end()
        if end == "}":
            value = _VALUE.match(text, at + 1) if text[at : at + 1] == ":" else None
            if value is None:
                return None
            at = value.end()
            pairs.append((_read(key), _read(value)))
        else:
            values.append(_read(key))
        if text[at : at + 1] == ",":
            at += 1
        elif text[at : at + 1] != end:
            return None
    if text[at:].strip() != end:
        return None
    return dict(pairs) if end == "}" else values


def _read(found: re.Match[str]) -> str | int:
    if found[3] is not None:
        return int(found[3])
    return re.sub(r"\\(.)", r"\1", found[1] if found[1] is not None else found[2])


def _in_order(value: dict[Any, Any]) -> list[Any] | None:
    """{0: "cat", 1: "dog"}, {"0": "cat", ...} or {"cat": 0, ...} -> ["cat", "dog"].

    Also {"0": ["n02123045", "cat"], ...}, as ImageNet's index has them.
    """
    if all(isinstance(v, list) and len(v) == 2 for v in value.values()):
        value = {key: pair[1] for key, pair in value.items()}
    for pairs in (value.items(), ((b, a) for a, b in value.items())):
        numbered = {int(i): name for i, name in pairs if str(i).isdecimal() and len(str(i)) < 9}
        if len(numbered) == len(value) and set(numbered) == set(range(len(value))):
            return [numbered[i] for i in range(len(numbered))]
    return None
