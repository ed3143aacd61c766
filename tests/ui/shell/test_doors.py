"""What stands before the app: for known hosts only, and never fuller than it can be."""

import asyncio
import errno
import os
import subprocess
import sys
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.server import Server
from ui.shell.doors import KnownHosts, Room, make_room, mind_the_log, own_names

NUMBERS = ["127.0.0.1:8501", "10.1.2.3", "[::1]:8501", "[fe80::1]"]


async def inner(scope: Scope, receive: Receive, send: Send) -> None:
    """An app of one page and one kind of session."""
    if scope["type"] == "http":
        await PlainTextResponse("page")(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.accept"})
    await receive()  # until it is closed


def get(app: ASGIApp, host: str = "localhost", accept: str = "text/html,*/*") -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/", headers={"host": host, "accept": accept})

    return asyncio.run(ask())


class Session:
    """A websocket that a browser opens, and closes."""

    def __init__(self, app: ASGIApp, host: str = "localhost") -> None:
        self._scope: Any = {"type": "websocket", "headers": [(b"host", host.encode())]}
        self._app = app
        self._told: asyncio.Queue[Message] = asyncio.Queue()
        self._sent: asyncio.Queue[Message] = asyncio.Queue()

    async def open(self) -> str:
        self._told.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(
            self._app(self._scope, self._told.get, self._sent.put)  # type: ignore[arg-type]
        )
        return str((await self._sent.get())["type"])

    async def close(self) -> None:
        self._told.put_nowait({"type": "websocket.disconnect"})
        await self._task


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8501", "LocalHost:1", "a.localhost", "lab.example:443", "machine"],
)
def test_its_own_names_are_answered(host: str) -> None:
    assert get(KnownHosts(inner, ["Lab.example", "machine", ""]), host).text == "page"


@pytest.mark.parametrize("host", NUMBERS)
def test_a_number_cannot_be_rebound(host: str) -> None:
    assert get(KnownHosts(inner, []), host).text == "page"


@pytest.mark.parametrize(
    "host", ["evil.example", "lab.example.evil.example", "1.2.3.4.evil.example", "", "localhost."]
)
def test_other_names_are_refused_for_pages_and_sessions(host: str) -> None:
    app = KnownHosts(inner, ["lab.example"])
    refused = get(app, host)
    assert refused.status_code == 421
    assert "PUBLIC_URL" in refused.text
    assert asyncio.run(Session(app, host).open()) == "websocket.close"


def test_a_long_name_is_cut() -> None:
    assert len(get(KnownHosts(inner, []), "x" * 5000).text) < 250


def test_the_names_are_what_host_and_public_url_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "lab.local")
    monkeypatch.setenv("PUBLIC_URL", "https://trust.example:444/lab")
    assert {"lab.local", "trust.example"} <= set(own_names())


def test_the_running_server_refuses_a_foreign_host_and_says_so(server: Server) -> None:
    refused = httpx.get(server.url, headers={"host": "evil.example"})
    assert refused.status_code == 421
    assert "default-src" in refused.headers["content-security-policy"]
    assert httpx.get(server.url).status_code == 200


def test_a_full_server_says_so_until_somebody_leaves() -> None:
    app = Room(inner, 2)

    async def crowd() -> list[str]:
        first, second, third = (Session(app) for _ in range(3))
        said = [await session.open() for session in (first, second, third)]
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for accept in ("text/html", "*/*"):  # the latter: files of pages that are open already
                said.append((await client.get("/", headers={"accept": accept})).text)
            await first.close()
            said.append((await client.get("/", headers={"accept": "text/html"})).text)
        await second.close()
        return said

    said = asyncio.run(crowd())
    assert said[:3] == ["websocket.accept", "websocket.accept", "websocket.close"]
    assert "full: 2 pages are open" in said[3]
    assert said[4:] == ["page", "page"]


def test_a_server_is_full_when_few_descriptors_are_left() -> None:
    left = 1000
    app = Room(inner, 1000, lambda: left)
    assert get(app).text == "page"
    left = 20
    refused = get(app)
    assert refused.status_code == 503
    assert "This server is full" in refused.text
    assert get(app, accept="*/*").text == "page"
    assert asyncio.run(Session(app).open()) == "websocket.close"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_what_is_left_of_the_descriptors_is_counted() -> None:
    code = (
        "import os, resource\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))\n"
        "from ui.shell.doors import descriptors_left\n"
        "before = descriptors_left()\n"
        "held = [os.open(os.devnull, os.O_RDONLY) for _ in range(100)]\n"
        "print(200 < before < 256, before - descriptors_left())\n"
        "while descriptors_left(): os.open(os.devnull, os.O_RDONLY)\n"
        "print(descriptors_left())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.split() == ["True", "100", "0"], run.stderr


def test_knocking_in_vain_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def knocked() -> None:
        loop = asyncio.get_running_loop()
        mind_the_log(loop)
        full = OSError(errno.EMFILE, "Too many open files")
        for _ in range(2048):  # as asyncio does within a second
            loop.call_exception_handler({"message": "socket.accept()", "exception": full})
        loop.call_exception_handler({"message": "other", "exception": OSError("something else")})

    asyncio.run(knocked())
    full, other = [record.getMessage() for record in caplog.records]
    assert full.startswith("This server is full")
    assert "other" in other


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_the_soft_limit_of_open_files_is_raised() -> None:
    code = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, 1024))\n"
        "from ui.shell.doors import make_room\n"
        "print(make_room(), resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "206 (1024, 1024)", run.stderr
    assert make_room() >= 1
