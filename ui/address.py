"""The choice in the URL, where a link, a reload and the browser's history find it.

It is written by callbacks, before the page runs again; widgets take their values from it.

Every message of the browser brings along its URL and the values of all its widgets. One that was
sent in the moment before the page's last answer arrived there (a second quick click, a figure that
tells its width) still has the old ones, which would undo what has just been done.
"""

import time
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from ui.choice import Choice, read_choice

ECHO_SECONDS = 2.0  # such a message is here by then
_LAST = "last-choice"
_WRITTEN = "written-choice"


@dataclass(frozen=True, slots=True)
class _Written:
    """What was written a moment ago, when, and what the browser may still believe."""

    params: dict[str, str]
    at: float
    urls: tuple[dict[str, str], ...]  # those it was written over
    values: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # of fields, as widgets had it


def current_choice() -> Choice:
    """The choice in the URL; in a bare one, as the menu leaves it, what was looked at last."""
    if not st.query_params and _LAST in st.session_state:
        st.query_params.from_dict(st.session_state[_LAST])
    choice = _read()
    st.session_state[_LAST] = choice.params()
    return choice


def write_choice(**changes: Any) -> None:
    """Change the choice in the URL; for callbacks of what is not itself a part of it."""
    _write(changes, told_by="")


def follow_widget(**changes: Any) -> None:
    """Change the choice as its widget tells, that of the first field; for its `on_change`.

    A value that the widget had until a moment ago, when something else changed it, is not news.
    """
    told_by = next(iter(changes))
    written = _just_written()
    if written is None or changes[told_by] not in written.values.get(told_by, ()):
        _write(changes, told_by)


def toggle_off(component: int) -> None:
    """Switch a component off, or on again; for callbacks."""
    off = _read().off
    if component in off:
        write_choice(off=tuple(i for i in off if i != component))
    else:
        write_choice(off=(*off, component))


def undo_off() -> None:
    """Switch the component that was switched off last on again; for callbacks."""
    write_choice(off=_read().off[:-1])


def edit_value(column: int, value: Any, original: Any) -> None:
    """Change a row's value, or change it back; for its widget's callback."""
    written = _just_written()
    for before in written.values.get("edits", ()) if written else ():
        if dict(before).get(column, original) == value:
            return  # not news, as in `follow_widget`
    edits = dict(_read().edits)
    edits.pop(column, None)
    if value != original:
        edits[column] = value
    follow_widget(edits=tuple(edits.items()))


def _write(changes: dict[str, Any], told_by: str) -> None:
    choice = _read()
    written = _just_written()
    urls = (*(written.urls if written else ()), st.query_params.to_dict())
    values = dict(written.values) if written else {}
    for name, value in changes.items():
        before = choice.n_samples if name == "samples" else getattr(choice, name)
        if name == told_by:
            values.pop(name, None)
        elif value != before:
            values[name] = (*values.get(name, ()), before)
    st.query_params.from_dict(replace(choice, **changes).params())
    st.session_state[_WRITTEN] = _Written(st.query_params.to_dict(), time.monotonic(), urls, values)


def _read() -> Choice:
    """The choice in the URL, or the one written over it a moment ago."""
    written = _just_written()
    if written and st.query_params.to_dict() in written.urls:
        st.query_params.from_dict(written.params)
    return read_choice(st.query_params.to_dict())


def _just_written() -> _Written | None:
    written: _Written | None = st.session_state.get(_WRITTEN)
    recent = written and time.monotonic() - written.at < ECHO_SECONDS
    return written if recent else None
