"""A question and its answer: bounded in time, in bytes and in tries."""

import email.utils
import errno
import pickle
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from model_adapters import NetworkError
from model_adapters.endpoints import client as asking
from model_adapters.endpoints import hosts
from model_adapters.endpoints.client import Client, RefusedError
from model_adapters.endpoints.hosts import LISTED
from tests.model_adapters.endpoints.servers import listed


@pytest.fixture
def client() -> Iterator[Client]:
    found = Client()
    yield found
    found.close()


@contextmanager
def raw(monkeypatch: pytest.MonkeyPatch, says: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that is no HTTP server: it does this with each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        monkeypatch.setenv(LISTED, f"127.0.0.1:{port}")

        def run() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    says(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{port}/"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(
    status: int, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(asking.time, "sleep", waits.append)
    busy = iter([status, status])

    def answers(*_: Any) -> tuple[int, Any]:
        return next(busy, 200), {"fine": True}

    with listed(monkeypatch, answers, more={"Retry-After": "3"}) as server:
        assert client.post(f"{server.origin}/", b"{}", 100) == {"fine": True}
    assert waits == [3, 3]
    assert len(server.asked) == 3


def test_it_is_not_asked_for_ever(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(asking.time, "sleep", waits.append)
    with (
        listed(monkeypatch, lambda *_: (503, {})) as server,
        pytest.raises(RefusedError, match=r"busy at each of 4 tries \(503\)"),
    ):
        client.get(f"{server.origin}/")
    assert len(server.asked) == asking.TRIES
    assert waits == sorted(waits)
    assert sum(waits) < 10


@pytest.mark.parametrize(
    ("told", "waited"),
    [("3600", None), ("inf", 0.5), ("-5", 0.0), ("soon", 0.5), ("date", None), ("past", 0.0)],
)
def test_what_the_server_says_of_waiting_is_bounded(
    told: str, waited: float | None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(asking.time, "sleep", waits.append)
    now = time.time()
    dates = {"date": now + 900, "past": now - 900}
    told = email.utils.formatdate(dates[told], usegmt=True) if told in dates else told
    busy = iter([503])
    with listed(
        monkeypatch, lambda *_: (next(busy, 200), {}), more={"Retry-After": told}
    ) as server:
        if waited is None:
            with pytest.raises(NetworkError, match=r"come back in [\d,]+ seconds"):
                client.get(f"{server.origin}/")
            assert not waits
        else:
            client.get(f"{server.origin}/")
            assert waits == [waited]


def test_an_answer_has_a_bound(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with listed(monkeypatch, lambda *_: (200, [0] * 400)) as server:
        assert client.post(f"{server.origin}/", b"{}", 1200) == [0] * 400
        with pytest.raises(NetworkError, match="more than 1,000 bytes"):
            client.post(f"{server.origin}/", b"{}", 1000)
        assert client.post(f"{server.origin}/", b"{}", 1200) == [0] * 400  # it goes on


def test_an_answer_without_end_is_cut_off(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def says(connection: socket.socket) -> None:
        connection.recv(10_000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                connection.sendall(b"1000\r\n" + b"0" * 4096 + b"\r\n")
        except OSError:
            pass

    with (
        raw(monkeypatch, says) as url,
        pytest.raises(NetworkError, match="more than 1,000,000 bytes"),
    ):
        client.get(url)


@pytest.mark.parametrize("part", ["nothing", "headers", "body"])
def test_what_trickles_in_has_a_time_of_its_own(
    part: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "SECONDS", 0.4)
    gone = threading.Event()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    trickles = {"nothing": b"", "headers": b"X", "body": b" "}[part]

    def says(connection: socket.socket) -> None:
        connection.recv(10_000)
        connection.sendall(head if part == "body" else head[:20])
        try:
            while not gone.wait(0.05):
                connection.sendall(trickles)
        except OSError:
            pass

    with raw(monkeypatch, says) as url:
        start = time.monotonic()
        with pytest.raises(NetworkError, match=r"did not answer within 0\.4 seconds"):
            client.get(url)
        gone.set()
        assert time.monotonic() - start < 20  # of a body that would take 5000 s


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "broke off"),
        (b"", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "is no JSON"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"[" * 9000, "is no JSON"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", "packs its"),
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", r"who asks \(401\)"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", r"refused the question \(204\)"),
        (b'HTTP/1.1 500 No\r\nContent-Length: 26\r\n\r\n{"message": "<b>\\u001bno"}', "“<b> no”"),
    ],
)
def test_whatever_a_server_says_is_a_sentence(
    sent: bytes, says: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(10_000)
        connection.sendall(sent)

    with raw(monkeypatch, answer) as url, pytest.raises(NetworkError, match=says):
        client.get(url)


def test_of_a_long_refusal_the_end_is_told_where_the_reason_stands(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "Failed to predict data '" + "0 1.5\n" * 90_000 + "'. Error: Model is missing job"
    with (
        listed(monkeypatch, lambda *_: (400, {"message": told})) as server,
        pytest.raises(RefusedError, match=r"“Failed to predict.* … .*missing job”") as caught,
    ):
        client.get(f"{server.origin}/")
    assert len(str(caught.value)) < 450


def reset(connection: socket.socket) -> None:
    """Hang up so that the other side hears of it."""
    connection.recv(10_000)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(connection: socket.socket) -> None:
    connection.recv(10_000)


def answer_plainly(connection: socket.socket) -> None:
    connection.recv(10_000)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize(
    ("scheme", "does", "says"),
    [
        ("http", reset, "broke off in the middle of an answer"),
        ("https", reset, r"127\.0\.0\.1:\d+ broke off before a connection stood"),
        ("https", hang_up, r"127\.0\.0\.1:\d+ broke off before a connection stood"),
        ("https", answer_plainly, "it speaks no TLS.*write http://"),
    ],
)
def test_a_connection_that_breaks_is_told_in_plain_words(
    scheme: str,
    does: Callable[[socket.socket], None],
    says: str,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with raw(monkeypatch, does) as url, pytest.raises(NetworkError, match=says) as caught:
        client.get(url.replace("http", scheme))
    assert not re.search(r"Errno|SSL|\.c:", str(caught.value))


def test_a_server_that_is_not_there(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    monkeypatch.setenv(LISTED, f"127.0.0.1:{port}")
    says = rf"^Nothing answers at 127\.0\.0\.1:{port}: is the server running\? "
    with pytest.raises(NetworkError, match=says):
        client.get(f"http://127.0.0.1:{port}/")


def test_a_connection_that_is_not_taken_has_a_time_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "CONNECT_SECONDS", 0.2)
    client = Client()
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening:
        port = listening.getsockname()[1]
        monkeypatch.setenv(LISTED, f"127.0.0.1:{port}")
        says = rf"127\.0\.0\.1:{port} did not take a connection within 0\.2 seconds.*firewall"
        with pytest.raises(NetworkError, match=says):
            client.get(f"https://127.0.0.1:{port}/")  # taken, but nobody speaks TLS
        with pytest.raises(NetworkError, match=says):
            client.get(f"http://127.0.0.1:{port}/")  # that one waits there: no more are taken
    client.close()


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.EHOSTUNREACH, "No way leads from here to models.internal:80"),
        (errno.ENETUNREACH, "No way leads from here to models.internal:80"),
        (errno.EACCES, r"^models.internal:80 cannot be reached\. Check"),
    ],
)
def test_a_network_without_a_way_there(
    number: int, says: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*_: Any, **__: Any) -> Any:
        raise OSError(number, "whatever the system says")

    monkeypatch.setenv(LISTED, "models.internal:80")
    monkeypatch.setattr(
        hosts.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("192.0.2.1", 80))]
    )
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NetworkError, match=says) as caught:
        client.get("http://models.internal/")
    assert "system" not in str(caught.value)


def test_a_name_that_nobody_knows(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setenv(LISTED, "models.internal:80")
    monkeypatch.setattr(hosts.socket, "getaddrinfo", unknown)
    with pytest.raises(NetworkError, match=r"^The host “models\.internal” is not known here"):
        client.get("http://models.internal/")


def test_a_refusal_survives_the_way_from_a_worker() -> None:
    error = pickle.loads(pickle.dumps(RefusedError("No.", 404)))
    assert (str(error), error.status) == ("No.", 404)
