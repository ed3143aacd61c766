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

from ui.shell.brought import remember_ids
from ui.shell.notices import problem
from ui.shell.waiting import NO_FILE, notice
from ui.shell.wording import plain
from ui.upload.panels.data_sets import close
from ui.upload.panels.too_large import too_large
from ui.upload.reading.headers import shown_name
from ui.upload.wording import size_in_words
from ui.workshop.store import StoreError, store

MAX_SESSION_MB = 300  # of all that one session has brought and not removed
MAX_FILES = 200  # in one place
LISTED = 3  # with a button each
_MB = 1024**2  # the larger of the two that browsers count in
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
    refused = too_large(widget, key=f"{key}-too-large", turn=turn, max_mb=max_mb)
    problems = (
        *(_too_large(name, n_bytes, max_mb) for name, n_bytes in refused.files),
        *st.session_state.get(_PROBLEMS, {}).get(key, ()),
    )
    for line in problems[:LISTED]:
        problem(line)
    brought = _brought().get(key, ())
    if not brought and (refused.is_one_coming or not problems):
        notice(NO_FILE)
    if len(brought) > LISTED:
        total = size_in_words(sum(file.n_bytes for file in brought))
        remove = partial(_keep, key, kind, ())
        _line(f"{len(brought):,} files, {total}", f"{key}-remove", remove, "all")
    else:
        for i, file in enumerate(brought):
            said = f"{plain(shown_name(file.name))}, {size_in_words(file.n_bytes)}"
            others = tuple(other for other in brought if other != file)
            _line(said, f"{key}-remove-{i}", partial(_keep, key, kind, others))
    return brought


def is_empty(*places: str) -> bool:
    """Whether none of these places has a file."""
    return not any(_brought().get(key) for key in places)


def forget() -> None:
    """Have no file in any place any more."""
    for key in (_BROUGHT, _PROBLEMS):
        st.session_state.pop(key, None)


def bring(key: str, name: str, data: bytes) -> None:
    """Have this file in a place, as if it had been given to the uploader there."""
    _keep(key, "upload", (Brought(name, store().put("upload", data), len(data)),))


def _line(said: str, key: str, remove: Callable[[], None], which: str = "") -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(said, width="content")
        st.button(f"Remove {which}".strip(), key=key, type="tertiary", on_click=remove)


def _brought() -> dict[str, tuple[Brought, ...]]:
    found: dict[str, tuple[Brought, ...]] = st.session_state.setdefault(_BROUGHT, {})
    return found


def _keep(key: str, kind: str, brought: Sequence[Brought]) -> None:
    """Have these in this place; others there are the first to go when the store needs room."""
    before = _brought().get(key, ())
    _brought()[key] = tuple(brought)
    remember_ids(*(file.upload_id for file in brought))
    if kind == "upload":
        close()  # what is brought now is shown, not what was before; a model is asked about either
    st.session_state.setdefault(_PROBLEMS, {})[key] = ()
    held = {file.upload_id for place in _brought().values() for file in place}
    for file in before:
        if file.upload_id not in held:
            store().release(kind, file.upload_id)


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
            try:
                found = Brought(file.name, store().put(kind, file.getvalue()), file.size)
                _keep(key, kind, tuple(dict.fromkeys((*others, found))))
            except StoreError as error:
                problems.append(f"“{shown_name(file.name)}” was not kept. {error}")
        _release(file)
    st.session_state.setdefault(_PROBLEMS, {})[key] = tuple(problems)
    st.session_state[_TURNS][key] += 1


def _refused(file: UploadedFile, key: str, others: Sequence[Brought], max_mb: int) -> str | None:
    """Why a file is not taken beside these others in its place; None if it is."""
    label = f"“{shown_name(file.name)}”"
    if file.size > max_mb * _MB:
        return _too_large(file.name, file.size, max_mb)
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


def _too_large(name: str, n_bytes: int, max_mb: int) -> str:
    size = size_in_words(n_bytes)
    return f"“{shown_name(name)}” has {size}; at most {max_mb} MB are accepted."


def _release(file: UploadedFile) -> None:
    context = get_script_run_ctx()
    held = None if context is None else context.uploaded_file_mgr
    if context is not None and isinstance(held, MemoryUploadedFileManager):
        held.remove_file(context.session_id, file.file_id)
