"""A list, beside everything that was brought, of the ids of what was made of it."""

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, NamedTuple

from ui.workshop.origins.locks import alone

ID: Final = re.compile(r"(?<![A-Za-z0-9])[a-z2-7]{26}(?![A-Za-z0-9])")
_REMEMBERED: Final = 100_000  # ids, of which this process knows already what they are made of


class _MadeOf(NamedTuple):
    """What was brought of which something is made: as it was named, and what that is from."""

    named: frozenset[str] = frozenset()
    all: frozenset[str] = frozenset()


class Origins:
    """Lists of ids in a folder, a file for each thing that was brought.

    Parameters
    ----------
    folder
        Where they are; made when there is the first.
    is_brought
        Whether an id is that of something that was brought.
    """

    def __init__(self, folder: Path, is_brought: Callable[[str], bool]) -> None:
        self._folder = folder
        self._is_brought = is_brought
        self._roots: dict[str, _MadeOf] = {}  # of what this process has named
        self._seen: set[str] = set()  # what was brought, and is here or was

    def seen(self, root: str) -> None:
        """This was brought, and is here now."""
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen.add(root)

    def named(self, made: str, parts: Iterable[str | bytes]) -> None:
        """An id stands for these parts: note it with what was brought that they name."""
        before = self._roots.get(made)
        if before is not None and all((self._folder / root).exists() for root in before.all):
            return
        named: set[str] = set()
        roots: set[str] = set()
        for part in parts:
            for found in ID.findall(part) if isinstance(part, str) else ():
                of_found = self._roots.get(found, _MadeOf())
                if found in self._seen or self._is_brought(found):
                    named.add(found)
                else:
                    named |= of_found.named
                roots |= of_found.all
        roots |= named
        if len(self._roots) >= _REMEMBERED:
            self._roots.clear()
        self._roots[made] = _MadeOf(frozenset(named), frozenset(roots))
        for root in roots:
            self.note(root, made)

    def has_lost(self, made: str) -> bool:
        """Whether of what was brought, and named, something is not here any more."""
        return not all(map(self._is_brought, self._roots.get(made, _MadeOf()).named))

    def note(self, root: str, *made: str) -> None:
        """These were made of something that was brought, if that is still here."""
        lines = "".join(f"{each}\n" for each in made if each != root)
        with contextlib.suppress(OSError):  # what cannot be noted cannot be kept either
            self._folder.mkdir(mode=0o700, exist_ok=True)
            with self.unchanged():
                if self._is_brought(root):
                    handle = os.open(
                        self._folder / root, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
                    )
                    with os.fdopen(handle, "w") as file:
                        file.write(lines)

    def unchanged(self) -> AbstractContextManager[None]:
        """Nobody else notes anything meanwhile. Not to be entered twice."""
        return alone(self._folder.with_suffix(".lock"))

    def of(self, root: str) -> frozenset[str]:
        """The ids of what was made of it."""
        try:
            return frozenset(ID.findall((self._folder / root).read_text()))
        except OSError:
            return frozenset()

    def those_that_made(self, made: str) -> Iterator[str]:
        """The ids of what was brought of which this was made."""
        for path in self._folder.glob("*"):
            if made in self.of(path.name):
                yield path.name

    def forget(self, root: str) -> None:
        """Drop its list."""
        with contextlib.suppress(OSError):
            (self._folder / root).unlink()
