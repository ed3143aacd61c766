"""Connections to listed hosts only: the number that was checked is the number connected to."""

import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

import httpcore
import httpx

from model_adapters.endpoints.hosts import resolved

_AT_MOST: Final = 4  # connections that are kept


class Clock:
    """How long one request and its answer may still take, whatever trickles in."""

    def __init__(self) -> None:
        self._end = 0.0

    def start(self, seconds: float) -> None:
        """The time begins to run."""
        self._end = time.monotonic() + seconds

    def left(self, timeout: float | None) -> float:
        """As much of a time-out as is left.

        Raises
        ------
        httpcore.ReadTimeout
            If nothing is.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole answer is up")
        return left if timeout is None else min(timeout, left)


class PinnedTransport(httpx.BaseTransport):
    """httpx's way to the network, over connections that `hosts.resolved` allows."""

    def __init__(self, clock: Clock) -> None:
        trusted = httpx.create_ssl_context(trust_env=False)
        trusted.load_default_certs()  # the machine's own, as of a company
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusted,
            max_connections=_AT_MOST,
            keepalive_expiry=5.0,
            network_backend=_Backend(clock),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it; the answer's body is read by whoever gets it."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Backend(httpcore.NetworkBackend):
    """Looks a name up once a connection, and connects to what it found: name and key stay."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for number in resolved(f"[{host}]" if ":" in host else host, port):
            try:
                stream = self._network.connect_tcp(number, port, self._clock.left(timeout))
                return _Stream(stream, self._clock)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Stream(httpcore.NetworkStream):
    """A connection on which no wait is longer than what is left of the time."""

    def __init__(self, stream: httpcore.NetworkStream, clock: Clock) -> None:
        self._stream, self._clock = stream, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.left(timeout))

    def start_tls(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(*args, **kwargs), self._clock)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
