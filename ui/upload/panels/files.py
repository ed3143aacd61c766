"""An uploader whose files go to the store as they arrive; what was brought stands below it.

Streamlit keeps what it was given in the server's memory for as long as the widget shows it. Here
the widget is empty again once its files are in the store.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ui.shell.notices import problem
from ui.shell.waiting import NO_FILE, notice
from ui.shell.wording import plain
from ui.upload.reading.headers import shown_name
from ui.upload.wording import size_in_words
from ui.workshop.store import store

MAX_SESSION_MB = 300  # of all that one session has brought and not removed
MAX_FILES = 200  # in one place
LISTED = 3  # with a button each
_BROUGHT, _PROBLEMS, _TURNS = "files-brought", "files-problems", "files-turns"


class Brought(NamedTuple):
    """A file in the store."""

    name: str
    upload_id: str
    n_bytes: int


def files(
    label: str,
    *,
    key: str,
    max_mb: int,
    kind: str = "upload",
    several: bool = False,
    help: str | None = None,
) -> tuple[Brought, ...]:
    """An uploader for files of any type, and those it was given, kept in the store as `kind`.

    Each may have `max_mb` megabytes. Without `several` a new file takes the place of the old one.
    """
    turn = st.session_state.setdefault(_TURNS, {}).setdefault(key, 0)
    widget = f"{key}-{turn}"
    st.file_uploader(
        label,
        accept_multiple_files=several,
        key=widget,
        max_upload_size=max_mb,
        on_change=_take,
        args=(widget, key, kind, max_mb, several),
        help=help,
    )
    problems = st.session_state.get(_PROBLEMS, {}).get(key, ())
    for line in problems[:LISTED]:
        problem(line)
    brought = _brought().get(key, ())
    if not brought and not problems:
        notice(NO_FILE)
    if len(brought) > LISTED:
        total = size_in_words(sum(file.n_bytes for file in brought))
        _line(f"{len(brought):,} files, {total}", f"{key}-remove", partial(_keep, key, ()), "all")
    else:
        for i, file in enumerate(brought):
            said = f"{plain(shown_name(file.name))}, {size_in_words(file.n_bytes)}"
            others = tuple(other for other in brought if other != file)
            _line(said, f"{key}-remove-{i}", partial(_keep, key, others))
    return brought


def _line(said: str, key: str, remove: Callable[[], None], which: str = "") -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(said, width="content")
        st.button(f"Remove {which}".strip(), key=key, type="tertiary", on_click=remove)


def _brought() -> dict[str, tuple[Brought, ...]]:
    found: dict[str, tuple[Brought, ...]] = st.session_state.setdefault(_BROUGHT, {})
    return found


def _keep(key: str, brought: Sequence[Brought]) -> None:
    _brought()[key] = tuple(brought)
    st.session_state.setdefault(_PROBLEMS, {})[key] = ()


def _take(widget: str, key: str, kind: str, max_mb: int, several: bool) -> None:
    """Put what the widget has into the store, and out of memory."""
    value: Any = st.session_state[widget]
    given = value if isinstance(value, list) else [value]
    given = [file for file in given if isinstance(file, UploadedFile)]
    if not given:
        return
    problems = []
    for file in given:
        others = _brought().get(key, ()) if several else ()
        if why := _refused(file, key, others, max_mb):
            problems.append(why)
        else:
            found = Brought(file.name, store().put(kind, file.getvalue()), file.size)
            _keep(key, tuple(dict.fromkeys((*others, found))))
        _release(file)
    st.session_state.setdefault(_PROBLEMS, {})[key] = tuple(problems)
    st.session_state[_TURNS][key] += 1


def _refused(file: UploadedFile, key: str, others: Sequence[Brought], max_mb: int) -> str | None:
    """Why a file is not taken beside these others in its place; None if it is."""
    label = f"“{shown_name(file.name)}”"
    if file.size > max_mb * 1024**2:
        return f"{label} has {size_in_words(file.size)}; at most {max_mb} MB are accepted."
    if len(others) >= MAX_FILES:
        return f"{label} was not kept: at most {MAX_FILES} files are taken. Bring them in a zip."
    elsewhere = (each for place, kept in _brought().items() if place != key for each in kept)
    total = file.size + sum(each.n_bytes for each in (*others, *elsewhere))
    if total > MAX_SESSION_MB * 1_000_000:
        return (
            f"{label} was not kept: with it you would have brought {size_in_words(total)}, and "
            f"{MAX_SESSION_MB} MB is the most at a time. Remove something, also of other kinds."
        )
    return None


def _release(file: UploadedFile) -> None:
    context = get_script_run_ctx()
    held = None if context is None else context.uploaded_file_mgr
    if context is not None and isinstance(held, MemoryUploadedFileManager):
        held.remove_file(context.session_id, file.file_id)
