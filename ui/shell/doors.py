"""What stands before the app, for every request: known hosts, room for one more, safe headers.

Each is an ASGI middleware.
"""

import asyncio
import contextlib
import errno
import ipaddress
import logging
import os
import socket
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
_SHOWN = 60  # characters of a host's name
_BY_SESSION = 4  # descriptors that a session holds, about
_OF_ITS_OWN = 200  # descriptors for the workers, the store and what is being loaded
_TO_GO_ON = 64  # descriptors that the sessions there are may still need
_UNBOUNDED = 10**6  # descriptors, where there is no limit
_NONE_LEFT = (errno.EMFILE, errno.ENFILE)
_REPEATED_SECONDS = 60.0

_log = logging.getLogger(__name__)


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


class KnownHosts:
    """Answers only to addresses that are this server's.

    A page elsewhere can have its own name point to this machine (DNS rebinding) and would then be
    of the same origin as the app. It cannot do so with a number: addresses without a name are
    this server's, as are `localhost`, the machine's own name, and those in `names`.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        self._names = {"localhost", *(name.lower() for name in names if name)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            host = _host(scope)
            if not self._knows(host):
                message = (
                    f"This server does not answer to “{host[:_SHOWN]}”. Whoever runs it can name "
                    "its address: PUBLIC_URL=https://the.address"
                )
                await _refuse(scope, receive, send, message, 421)
                return
        await self._app(scope, receive, send)

    def _knows(self, host: str) -> bool:
        if host in self._names or host.endswith(".localhost"):
            return True
        with contextlib.suppress(ValueError):
            ipaddress.ip_address(host)
            return True
        return False


class Room:
    """Says that the server is full before it is: each session holds a few descriptors.

    `room` is how many sessions may be open at the same time, `left` tells how many descriptors are:
    browsers hold some for the files of a page as well.
    """

    def __init__(self, app: ASGIApp, room: int, left: Callable[[], int] | None = None) -> None:
        self._app, self._room, self._left = app, room, left or descriptors_left
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_session = scope["type"] == "websocket"
        if (is_session or _is_page(scope)) and self._is_full():
            message = (
                f"This server is full: {self._open} pages are open. Close one, or try again in a "
                "few minutes."
            )
            await _refuse(scope, receive, send, message, 503)
            return
        self._open += is_session
        try:
            await self._app(scope, receive, send)
        finally:
            self._open -= is_session

    def _is_full(self) -> bool:
        return self._open >= self._room or self._left() < _TO_GO_ON


def descriptors_left() -> int:
    """How many more files and connections this process can open."""
    limit = _limit()
    if limit >= _UNBOUNDED:
        return limit
    try:
        return limit - len(os.listdir("/dev/fd"))
    except OSError as error:
        return 0 if error.errno in _NONE_LEFT else _UNBOUNDED


def _limit() -> int:
    """How many descriptors this process may have."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return _UNBOUNDED
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _UNBOUNDED if soft == resource.RLIM_INFINITY else soft


def mind_the_log(loop: asyncio.AbstractEventLoop) -> None:
    """Say once a minute that no descriptors are left for whoever knocks.

    The event loop would say it thousands of times a second, each time on a page of the log.
    """
    told_at: float | None = None

    def tell(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal told_at
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in _NONE_LEFT:
            loop.default_exception_handler(context)
        elif told_at is None or loop.time() - told_at > _REPEATED_SECONDS:
            told_at = loop.time()
            _log.error(
                "This server is full: of the %d files and connections that it may have open "
                "(ulimit -n), none is left. Raise the limit, or put a proxy before it.",
                _limit(),
            )

    loop.set_exception_handler(tell)


def own_names() -> list[str]:
    """What this server is called: by HOST, by PUBLIC_URL, and by the machine."""
    public = urlsplit(os.environ.get("PUBLIC_URL", "")).hostname or ""
    return [os.environ.get("HOST", ""), public, socket.gethostname(), socket.getfqdn()]


def make_room() -> int:
    """Raise the limit of open files as far as it goes; returns for how many sessions it is."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return 10_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):  # macOS: not as far as it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return max(1, (_limit() - _OF_ITS_OWN) // _BY_SESSION)


def _host(scope: Scope) -> str:
    """The host that was asked for, without its port."""
    raw = next((value for name, value in scope["headers"] if name == b"host"), b"")
    host = raw.decode("latin-1").lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_page(scope: Scope) -> bool:
    """Whether a browser wants to open a page, which would become a session."""
    return scope["type"] == "http" and any(
        name == b"accept" and b"text/html" in value for name, value in scope["headers"]
    )


async def _refuse(scope: Scope, receive: Receive, send: Send, message: str, status: int) -> None:
    if scope["type"] == "websocket":
        await receive()  # the request to connect
        await send({"type": "websocket.close", "code": 1013, "reason": message[:60]})
        return
    await PlainTextResponse(message, status)(scope, receive, send)
