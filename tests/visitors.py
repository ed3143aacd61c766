"""Sessions without a browser: websockets that speak Streamlit's protocol as its page does."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.conditions import PATIENCE

HEADLINE = b"The model says"
OPEN_WITHIN = 10.0  # seconds in which all have come
HEALTH_EVERY = 0.1


def _connected(url: str) -> connect:
    """The socket of a page of the server at this address."""
    return connect(
        url.replace("http", "ws") + "/_stcore/stream",
        origin=Origin(url),
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
        open_timeout=None,
        ping_interval=None,
    )


def _asking(screen: str, query: str) -> BackMsg:
    """What asks for a run of the script."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_name = screen
    return message


class Visitor:
    """One session: a websocket, and the polls that the page was asked for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.runs = 0
        self.polls = 0

    async def explained(self, page: str, query: str) -> float:
        """Seconds from the first request to the drawn explanation."""
        start = time.perf_counter()
        async with _connected(self.url) as socket:
            await socket.send(_asking(page, query).SerializeToString())
            polls: dict[str, asyncio.Task[None]] = {}
            is_there = False

            def stop(fragments: Iterable[str]) -> None:
                for fragment in fragments:
                    if (task := polls.pop(fragment, None)) is not None:
                        task.cancel()

            try:
                async for data in socket:
                    assert isinstance(data, bytes)
                    is_there = is_there or HEADLINE in data
                    message = ForwardMsg.FromString(data)
                    match message.WhichOneof("type"):
                        case "new_session":
                            self.runs += 1
                            if not message.metadata.run.fragment_ids:
                                stop(list(polls))
                        case "auto_rerun":
                            fragment = message.auto_rerun.fragment_id
                            stop([fragment])
                            polls[fragment] = asyncio.create_task(
                                self._poll(
                                    socket, page, query, fragment, message.auto_rerun.interval
                                )
                            )
                        case "stop_auto_rerun":
                            stop(message.stop_auto_rerun.fragment_ids)
                        case "script_finished" if is_there:
                            return time.perf_counter() - start
            finally:
                stop(list(polls))
        raise ConnectionError("the server ended the session before the explanation was there")

    async def _poll(
        self, socket: ClientConnection, page: str, query: str, fragment: str, seconds: float
    ) -> None:
        while True:
            await asyncio.sleep(seconds)
            self.polls += 1
            message = _asking(page, query)
            message.rerun_script.fragment_id = fragment
            message.rerun_script.is_auto_rerun = True
            await socket.send(message.SerializeToString())


async def health(url: str, is_over: asyncio.Event) -> float:
    """Ask again and again whether the server lives; the longest wait for an answer, in seconds."""
    slowest = 0.0
    async with httpx.AsyncClient(timeout=None) as client:
        while not is_over.is_set():
            start = time.perf_counter()
            await client.get(f"{url}/_stcore/health")
            slowest = max(slowest, time.perf_counter() - start)
            await asyncio.sleep(HEALTH_EVERY)
    return slowest


@dataclass(frozen=True)
class Crowd:
    """How long each of a crowd waited, and what it asked of the server."""

    waits: list[float]  # seconds to the explanation
    slowest_health: float  # seconds
    runs: int
    polls: int


async def crowd(url: str, queries: list[str]) -> Crowd:
    """Everybody opens Explain with a query of their own, within `OPEN_WITHIN` seconds."""
    visitors = [Visitor(url) for _ in queries]
    is_over = asyncio.Event()
    watching = asyncio.create_task(health(url, is_over))

    async def come(number: int) -> float:
        await asyncio.sleep(OPEN_WITHIN * number / len(queries))
        return await visitors[number].explained("explain", queries[number])

    waits = await asyncio.gather(*(come(number) for number in range(len(queries))))
    is_over.set()
    runs, polls = (sum(getattr(v, what) for v in visitors) for what in ("runs", "polls"))
    return Crowd(list(waits), await watching, runs, polls)


@dataclass
class Run:
    """One run of the script, as the browser would have seen it."""

    seconds: float = 0.0
    is_waiting: bool = False  # it polls for a result
    buttons: dict[str, str] = field(default_factory=dict)  # label to id
    query: str | None = None  # another address, if it went there
    told: bytes = b""  # all messages


class Session:
    """A session that shows one screen."""

    def __init__(self, socket: ClientConnection, screen: str, query: str) -> None:
        self._socket, self._screen, self._query = socket, screen, query

    async def run(self, press: str = "") -> Run:
        """Ask for the screen, with the button of this id pressed."""
        message = _asking(self._screen, self._query)
        if press:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = press, True
        run, start = Run(), time.perf_counter()
        await self._socket.send(message.SerializeToString())
        async for data in self._socket:
            assert isinstance(data, bytes)
            run.told += data
            answer = ForwardMsg.FromString(data)
            match answer.WhichOneof("type"):
                case "auto_rerun":
                    run.is_waiting = True
                case "page_info_changed":
                    run.query = answer.page_info_changed.query_string
                case "delta" if answer.delta.new_element.WhichOneof("type") == "button":
                    button = answer.delta.new_element.button
                    run.buttons[button.label] = button.id
                case "script_finished":
                    run.seconds = time.perf_counter() - start
                    return run
        raise ConnectionError("the server ended the session")

    async def settled(self, press: str = "") -> Run:
        """Ask until there is nothing to wait for any more."""
        deadline = time.monotonic() + PATIENCE
        run = await self.run(press)
        while run.is_waiting:
            assert time.monotonic() < deadline, "what the screen waits for never came"
            await asyncio.sleep(0.3)
            run = await self.run()
        return run


@contextlib.asynccontextmanager
async def session(url: str, screen: str, query: str) -> AsyncIterator[Session]:
    async with _connected(url) as socket:
        yield Session(socket, screen, query)
