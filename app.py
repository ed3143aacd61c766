"""The ASGI application: the Streamlit screens, what stands before them, `/ready`, the workers.

`streamlit run app.py` starts it. The script is in `ui/`, not here: beside a folder `pages/`,
Streamlit's own page discovery would answer the first request to a deep link with a blank page.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ui.shell.doors import KnownHosts, Room, SecurityHeaders, make_room, own_names
from ui.upload.quota import UploadQuota

if TYPE_CHECKING:
    from ui.workshop.jobs import Workers


def _start_workers() -> "Workers":
    # Here, because it imports the engine: the server need not wait for it.
    from ui.explain.demos import workers_with_demos

    return workers_with_demos()


@asynccontextmanager
async def _lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
    starting = asyncio.create_task(asyncio.to_thread(_start_workers))
    yield {"workers": starting}
    workers = await starting
    from ui.workshop import runs

    runs.stop_all()
    workers.close()


async def _ready(_: Request) -> JSONResponse:
    """Whether a computation would start at once: every worker process has answered."""
    starting = app.state["workers"]
    ready = starting.done() and starting.result().ready
    return JSONResponse(
        {"ready": ready}, 200 if ready else 503, headers={"Cache-Control": "no-store"}
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
    routes=[Route("/ready", _ready)],
)
