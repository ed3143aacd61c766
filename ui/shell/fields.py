"""Reading the fields of a screen's URL, and writing them; pure, also for the workers.

A link may say anything. Nothing here raises: what cannot be read, or is not here any more, is told
in a sentence, and the screen shows its default instead.
"""

import json
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from lime_engine.subjects import Value
from ui.workshop.request import Edits
from ui.workshop.store import KEPT_SO_LONG

T = TypeVar("T")

NOT_HERE = "which is not here. Using the default."
NOT_READ = "which cannot be read."
GONE = f"What this address names is not here any more: {KEPT_SO_LONG}."
INSTEAD = "Showing another."
_KEPT = re.compile(r"([a-z]+-)?[a-z2-7]{26}(?P<model>/.*)?", re.DOTALL)  # what the store has named
_SHOWN = 40  # characters of what a link asks for
_MAX_EDITS_LENGTH = 4000  # characters in a URL
_MAX_SIZE = 2.0**63  # of a number: beyond it no column of a table has one


class Fields:
    """A URL's parameters; `problems` are sentences about those that we do not have."""

    def __init__(self, params: Mapping[str, str]) -> None:
        # Half a surrogate pair, which JavaScript lets through, cannot be written anywhere.
        self._params = {
            name: text.encode(errors="replace").decode() for name, text in params.items()
        }
        self.problems: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self._params

    def text(self, name: str) -> str:
        """What the parameter says, empty without it."""
        return self._params.get(name, "")

    def read(
        self,
        name: str,
        reader: Callable[[str], T | None],
        what: str | None = None,
        instead: str = NOT_HERE,
    ) -> T | None:
        """What `reader` makes of the parameter; None without it, and if the reader knows none.

        The latter is told: "The link asks for the `what` “...”, `instead`", or as `lack` has it.
        """
        if name not in self._params:
            return None
        found = reader(self._params[name])
        if found is None:
            self.lack(name, what, instead)
        return found

    def lack(self, name: str, what: str | None = None, instead: str = NOT_HERE) -> None:
        """Tell that there is nothing (any more) under what the parameter says.

        What people brought or made is told of once, without the store's name for it. All else that
        the link says is of that, and says nothing any more, unless it is only one of two models.
        """
        kept = _KEPT.fullmatch(self._params[name])
        if kept is None:
            self.miss(name, what, instead)
            return
        if not kept["model"]:
            self._params, self.problems = {}, []
        if (said := f"{GONE} {INSTEAD}") not in self.problems:
            self.problems.append(said)

    def miss(self, name: str, what: str | None = None, instead: str = NOT_HERE) -> None:
        """Tell that what the parameter names cannot be had, and why."""
        asked = self._params[name][:_SHOWN]
        self.problems.append(f"The link asks for the {what or name} “{asked}”, {instead}")


def one_of(allowed: Collection[Any]) -> Callable[[str], Any]:
    """A reader of these values, each as it is written with `str`."""
    if isinstance(allowed, range):
        return number(allowed.start, allowed.stop - 1)
    by_text = {str(value): value for value in allowed}
    return by_text.get


def number(least: int, most: int) -> Callable[[str], int | None]:
    """A reader of whole numbers from `least` to `most`."""

    def read(text: str) -> int | None:
        if not re.fullmatch(r"[0-9]{1,7}", text):
            return None
        return int(text) if least <= int(text) <= most else None

    return read


def changed_fields(choice: Any, names: Sequence[str]) -> dict[str, str]:
    """These fields of a frozen dataclass as they are written, without those at their default."""
    defaults = {field.name: field.default for field in fields(choice)}
    values = {name: getattr(choice, name) for name in names}
    return {name: str(value) for name, value in values.items() if value != defaults[name]}


def written_changes(off: tuple[int, ...], edits: Edits) -> dict[str, str]:
    """What is switched off and edited in an item, as `read_off` and `read_edits` read it."""
    written = {}
    if off:
        written["off"] = ".".join(str(component) for component in off)
    if edits:
        written["edits"] = json.dumps(edits, separators=(",", ":"), ensure_ascii=False)
    return written


def read_off(text: str) -> tuple[int, ...] | None:
    """The components that `written_changes` wrote so; None for anything else."""
    if not text:
        return ()
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})*", text):
        return None
    return tuple(dict.fromkeys(int(i) for i in text.split(".")))


def read_edits(text: str) -> Edits | None:
    """The edits that `written_changes` wrote so; None for anything else."""
    try:
        found = json.loads(text) if len(text) <= _MAX_EDITS_LENGTH else None
    except (ValueError, RecursionError):
        return None
    edits: dict[int, Value] = {}
    for pair in found if isinstance(found, list) else [None]:
        match pair:
            case [int() as column, value] if (
                not isinstance(column, bool) and 0 <= column < _MAX_SIZE and _is_value(value)
            ):
                edits[column] = value
            case _:
                return None
    return tuple(edits.items())


def _is_value(value: Any) -> bool:
    """Whether this can stand in a cell of a table: finite, and fit to be written anywhere."""
    match value:
        case bool() | None:
            return True
        case int():
            return abs(value) < _MAX_SIZE
        case float():
            return math.isfinite(value)
        case str():
            return not re.search("[\ud800-\udfff]", value)
        case _:
            return False
