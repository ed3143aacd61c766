"""The ASGI application: the Streamlit screens, security headers, `/ready`, and the workers.

`streamlit run app.py` starts it. The script is in `ui/`, not here: beside a folder `pages/`,
Streamlit's own page discovery would answer the first request to a deep link with a blank page.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.upload.quota import UploadQuota

if TYPE_CHECKING:
    from ui.workshop.jobs import Workers

_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",  # Streamlit's and Plotly's styles are inline
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # ids in our URLs open people's content
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """Adds the headers to every HTTP response; websockets and streams pass through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def _start_workers() -> "Workers":
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
    middleware=[Middleware(SecurityHeaders), Middleware(UploadQuota)],
    routes=[Route("/ready", _ready)],
)
