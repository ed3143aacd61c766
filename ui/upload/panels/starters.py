"""Small files to begin with: brought in by a click, or taken away as templates."""

import base64
from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from sample_models.starters import STARTERS, Starter
from sample_models.types import Kind
from ui.shell.waiting import fetch
from ui.upload import work
from ui.upload.panels.files import bring, is_empty
from ui.workshop.jobs import workers
from ui.workshop.request import store_id

_WANTED = "starter-wanted"

Start = tuple[str, Mapping[str, str]]  # the place that the file goes to, and widgets' values there


def starters(kind: Kind, starts: Mapping[str, Start]) -> None:
    """Offer the files of a kind by their keys, unless something is brought already."""
    if not is_empty(*{place for place, _ in starts.values()}):
        return
    st.caption(f"Nothing at hand? Try {'one of these' if len(starts) > 1 else 'this'}.")
    wanted: str = st.session_state.get(_WANTED, "")
    if wanted in starts:
        content = fetch(*_asked(wanted), affinity="uploads", what="Making the file")
        if content is not None:
            st.session_state.pop(_WANTED, None)
            bring(starts[wanted][0], STARTERS[wanted].file, base64.b64decode(content))
            st.rerun()
    with st.container(horizontal=True, gap="small", key=f"starters-{kind}"):
        for key, (_, values) in starts.items():
            _tile(STARTERS[key], values)


def _tile(starter: Starter, values: Mapping[str, str]) -> None:
    with st.container(border=True, width=400, gap="small", key=f"starter-{starter.key}"):
        with st.container(gap=None):
            st.markdown(f"**{starter.title}**")
            st.caption(starter.line)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                f"Try {starter.file}",
                key=f"try-{starter.key}",
                on_click=_want,
                args=(starter.key, values),
            )
            st.download_button(
                "Download",
                partial(made, starter.key),
                starter.file,
                key=f"download-{starter.key}",
                type="tertiary",
                icon=":material/download:",
                help="To see how such a file looks, or to fill in one of your own.",
                on_click="ignore",
            )


def _want(key: str, values: Mapping[str, str]) -> None:
    st.session_state[_WANTED] = key
    st.session_state.update(values)


def _asked(key: str) -> tuple[Any, ...]:
    return "starter", store_id("starter", key), work.starter, key


def made(key: str) -> bytes:
    """The file, made by a worker, in the thread of a download."""
    job = workers().submit(f"starter-{key}", work.starter, key, affinity="uploads")
    return base64.b64decode(job.result())
