"""The ASGI application: Streamlit's screens, what stands before them, `/ready`, studies, workers.

`streamlit run app.py` starts it. The script is in `ui/`, not here: beside a folder `pages/`,
Streamlit's own page discovery would answer the first request to a deep link with a blank page.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from trust_study.web.door import StudyPages
from ui.shell.doors import (
    KnownHosts,
    Room,
    SecurityHeaders,
    make_room,
    mind_the_log,
    own_names,
)
from ui.upload.quota import UploadQuota

if TYPE_CHECKING:
    from ui.workshop.jobs import Workers


def _start_workers() -> "Workers":
    # Here, because it imports the engine: the server need not wait for it.
    from ui.explain.demos import workers_with_demos
    from ui.workshop.trained.own import operators_mistakes

    if (why := _why_not_kept()) is not None:
        logging.getLogger(__name__).error("%s", why)
    for mistake in operators_mistakes():
        logging.getLogger(__name__).error("%s", mistake)
    return workers_with_demos()


def _why_not_kept() -> str | None:
    """Why nothing can be kept at the moment, in a sentence; None if it can."""
    from ui.workshop.store import StoreError, store

    try:
        store().check()
    except StoreError as error:
        return str(error)
    return None


@asynccontextmanager
async def _lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
    mind_the_log(asyncio.get_running_loop())
    starting = asyncio.create_task(asyncio.to_thread(_start_workers))
    yield {"workers": starting}
    workers = await starting
    from ui.workshop import runs

    runs.stop_all()
    workers.close()


async def _ready(_: Request) -> JSONResponse:
    """Whether a computation would start at once, and what comes of it be kept.

    Every worker process has answered, and the store can be written.
    """
    starting = app.state["workers"]
    why = await asyncio.to_thread(_why_not_kept)
    ready = why is None and starting.done() and starting.result().ready
    return JSONResponse(
        {"ready": ready} if why is None else {"ready": ready, "why": why},
        200 if ready else 503,
        headers={"Cache-Control": "no-store"},
    )


app = st.App(
    "ui/main.py",
    lifespan=_lifespan,
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(KnownHosts, own_names()),
        Middleware(Room, make_room()),
        Middleware(UploadQuota),
    ],
    routes=[Route("/ready", _ready), Mount("/s", StudyPages())],
)
