"""The choice in the URL, where a link, a reload and the browser's history find it.

It is written by callbacks, before the page runs again; widgets take their values from it
(`ui.shell.controls`).

Every message of the browser brings along its URL. One that was sent before the page's last answer
arrived there (a second quick click, a figure that tells its width) still has the old one, which
would undo what has just been done.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.shell.presenting import lock, locks

ECHO_SECONDS = 2.0  # after the page's answer, a message that was sent before it is here by then


class InUrl(Protocol):
    """A frozen dataclass that can be written as a URL's parameters."""

    def params(self) -> dict[str, str]: ...


T = TypeVar("T", bound=InUrl)


def params_in_url() -> dict[str, str]:
    """The parameters of the screen in the URL: all but the presenter's lock."""
    told: dict[str, str] = st.query_params.to_dict()
    return {name: value for name, value in told.items() if name != lock.NAME}


def write_params(params: Mapping[str, str]) -> None:
    """Write these into the URL; the presenter's lock stays."""
    st.query_params.from_dict({**params, **lock.in_url()})


class Echo:
    """Whether a message may still be from before a change of the page.

    It may until a while after the first run that has shown the change to its end.
    """

    def __init__(self) -> None:
        self._shown_at: float | None = None
        st.session_state.setdefault(_UNSEEN, []).append(self)

    def may_come(self) -> bool:
        return self._shown_at is None or time.monotonic() - self._shown_at < ECHO_SECONDS

    def shown(self) -> None:
        self._shown_at = time.monotonic()


_UNSEEN = "changes-not-shown-yet"


def answered() -> None:
    """The page has run to its end, and the browser has all that changed; called by `ui.main`."""
    for change in st.session_state.pop(_UNSEEN, ()):
        change.shown()


@dataclass(frozen=True, slots=True)
class _Written:
    """What was written, and over which URLs, while messages may still have those."""

    params: dict[str, str]
    urls: tuple[dict[str, str], ...]
    echo: Echo


@dataclass(frozen=True, slots=True)
class About:
    """What an act is about: the values of some of a choice's fields, when its widget was drawn.

    The widget's key names it, so that a late message tells which one it means.
    """

    values: tuple[str, ...]
    now: Callable[[], tuple[str, ...]]

    def key(self, name: str) -> str:
        """A widget's key: the browser's messages have it, also when the page has moved on."""
        return "-".join((name, *self.values))

    def is_there(self) -> bool:
        """Whether it still is what the screen shows."""
        return self.values == self.now()

    def act(self, do: Callable[..., Any]) -> Callable[..., None]:
        """`do`, for a callback: it is done to this, or not at all."""

        def done(*args: Any, **kwargs: Any) -> None:
            if self.is_there():
                do(*args, **kwargs)

        return done


@dataclass(frozen=True, slots=True)
class Address(Generic[T]):
    """The choice that a screen's URL holds.

    `read` makes it of the URL's parameters, which have these `names`.
    """

    screen: str
    names: frozenset[str]
    read: Callable[[Mapping[str, str]], T]

    def current(self) -> T:
        """The choice in the URL; without one there, what was looked at last.

        The menu leaves a bare URL; Streamlit, on the way to another screen, one with the parameters
        of that screen in the browser's history.
        """
        last = f"last-{self.screen}"
        told = params_in_url()
        is_ours = told and self.names.issuperset(told)
        if not is_ours and last in st.session_state:
            write_params(st.session_state[last])
        choice = self.fresh()
        st.session_state[last] = choice.params()
        return choice

    def about(self, choice: T, *fields: str) -> About:
        """What an act on this choice is about: these fields' values together."""

        def values(of: T) -> tuple[str, ...]:
            found = [getattr(of, name) for name in fields]
            return tuple(str(getattr(value, "key", value)) for value in found)

        return About(values(choice), lambda: values(self.fresh()))

    def write(self, **changes: Any) -> None:
        """Change the choice in the URL; for callbacks."""
        choice: Any = self.fresh()
        written = self._just_written()
        urls = (*(written.urls if written else ()), params_in_url())
        write_params(replace(choice, **changes).params())
        st.session_state[self._key] = _Written(params_in_url(), urls, Echo())

    def fresh(self) -> T:
        """The choice in the URL, or the one written over it a moment ago."""
        written = self._just_written()
        if written and params_in_url() in written.urls:
            write_params(written.params)
        choice = self.read(params_in_url())
        return locks.without_spoilers(choice) if lock.is_locked() else choice

    def _just_written(self) -> _Written | None:
        run = get_script_run_ctx(suppress_warning=True)
        if run is not None and run.is_history_navigation:  # somebody went back to that URL
            st.session_state.pop(self._key, None)
        written: _Written | None = st.session_state.get(self._key)
        return written if written and written.echo.may_come() else None

    @property
    def _key(self) -> str:
        return f"written-{self.screen}"
