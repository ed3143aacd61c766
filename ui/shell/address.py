"""The choice in the URL, where a link, a reload and the browser's history find it.

It is written by callbacks, before the page runs again; widgets take their values from it.

Every message of the browser brings along its URL and the values of all its widgets. One that was
sent in the moment before the page's last answer arrived there (a second quick click, a figure that
tells its width) still has the old ones, which would undo what has just been done.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeVar

import streamlit as st

ECHO_SECONDS = 2.0  # such a message is here by then


class InUrl(Protocol):
    """A frozen dataclass that can be written as a URL's parameters."""

    def params(self) -> dict[str, str]: ...


T = TypeVar("T", bound=InUrl)


@dataclass(frozen=True, slots=True)
class _Written:
    """What was written a moment ago, when, and what the browser may still believe."""

    params: dict[str, str]
    at: float
    urls: tuple[dict[str, str], ...]  # those it was written over
    values: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # of fields, as widgets had it


@dataclass(frozen=True, slots=True)
class Address(Generic[T]):
    """The choice that a screen's URL holds.

    `read` makes it of the URL's parameters, which have these `names`; `shown(choice, field)` is
    the value that the field's widget has.
    """

    screen: str
    names: frozenset[str]
    read: Callable[[Mapping[str, str]], T]
    shown: Callable[[T, str], Any] = getattr

    def current(self) -> T:
        """The choice in the URL; without one there, what was looked at last.

        The menu leaves a bare URL; Streamlit, on the way to another screen, one with the parameters
        of that screen in the browser's history.
        """
        last = f"last-{self.screen}"
        is_ours = st.query_params and self.names.issuperset(st.query_params)
        if not is_ours and last in st.session_state:
            st.query_params.from_dict(st.session_state[last])
        choice = self.fresh()
        st.session_state[last] = choice.params()
        return choice

    def write(self, **changes: Any) -> None:
        """Change the choice in the URL; for callbacks of what is not itself a part of it."""
        self._write(changes, told_by="")

    def follow(self, **changes: Any) -> None:
        """Change the choice as its widget tells, that of the first field; for its `on_change`.

        A value that the widget had until a moment ago, when something else changed it, is no news.
        """
        told_by = next(iter(changes))
        if changes[told_by] not in self.believed(told_by):
            self._write(changes, told_by)

    def believed(self, name: str) -> tuple[Any, ...]:
        """What the browser may still believe a field to be, though it was changed a moment ago."""
        written = self._just_written()
        return written.values.get(name, ()) if written else ()

    def fresh(self) -> T:
        """The choice in the URL, or the one written over it a moment ago."""
        written = self._just_written()
        if written and st.query_params.to_dict() in written.urls:
            st.query_params.from_dict(written.params)
        return self.read(st.query_params.to_dict())

    def _write(self, changes: dict[str, Any], told_by: str) -> None:
        choice: Any = self.fresh()
        written = self._just_written()
        urls = (*(written.urls if written else ()), st.query_params.to_dict())
        values = dict(written.values) if written else {}
        for name, value in changes.items():
            before = self.shown(choice, name)
            if name == told_by:
                values.pop(name, None)
            elif value != before:
                values[name] = (*values.get(name, ()), before)
        st.query_params.from_dict(replace(choice, **changes).params())
        st.session_state[self._key] = _Written(
            st.query_params.to_dict(), time.monotonic(), urls, values
        )

    def _just_written(self) -> _Written | None:
        written: _Written | None = st.session_state.get(self._key)
        recent = written and time.monotonic() - written.at < ECHO_SECONDS
        return written if recent else None

    @property
    def _key(self) -> str:
        return f"written-{self.screen}"
