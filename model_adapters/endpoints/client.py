"""One question to a server and its answer: bounded in time, in bytes and in tries."""

import json
import math
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpcore
import httpx

from model_adapters.endpoints.failures import why_unreached
from model_adapters.endpoints.hosts import PORTS
from model_adapters.endpoints.transport import Clock, PinnedTransport
from model_adapters.errors import NetworkError
from model_adapters.strings import clean

SECONDS: Final = 60.0  # for one request and its answer
CONNECT_SECONDS: Final = 5.0
TRIES: Final = 4  # of a server that says it is busy
LONGEST_WAIT: Final = 10.0  # seconds between two of them
MAX_QUESTION: Final = 8_000_000  # bytes
MAX_TOLD: Final = 1_000_000  # bytes of an answer that holds no predictions
_MOST_SAID: Final = 1_000  # characters of each end of what a server says of an error
_BUSY: Final = (429, 503)
_AGAIN: Final = "Check that it runs, and try again."


class RefusedError(NetworkError):
    """The server has answered, and not with what it was asked for; `status` is the answer's."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status

    def __reduce__(self) -> tuple[Any, ...]:
        return RefusedError, (str(self), self.status)


class Client:
    """Asks servers for JSON; nothing is remembered between two questions but open connections."""

    def __init__(self) -> None:
        self._clock = Clock()
        self._http = httpx.Client(
            transport=PinnedTransport(self._clock),
            trust_env=False,  # no proxy, no password of this machine's
            follow_redirects=False,
            timeout=httpx.Timeout(SECONDS, connect=CONNECT_SECONDS),
            # A packed answer could unpack to any size.
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def get(self, url: str) -> Any:
        """What the server tells at this URL; raises as `post`."""
        return self._ask("GET", url, None, MAX_TOLD)

    def post(self, url: str, question: bytes, most: int) -> Any:
        """The answer, of at most `most` bytes, to a question in JSON.

        Raises
        ------
        RefusedError
            If the server says no.
        NetworkError
            If it cannot be reached, takes too long, or answers too much or no JSON.
        """
        return self._ask("POST", url, question, most)

    def _ask(self, method: str, url: str, question: bytes | None, most: int) -> Any:
        broken = False
        for number in range(1, TRIES + 1):
            try:
                status, headers, body = self._once(method, url, question, most)
            except (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError):
                if broken:
                    raise NetworkError(
                        f"The server broke off in the middle of an answer. {_AGAIN}"
                    ) from None
                broken = True  # a connection that it had closed in the meantime: once more
                continue
            if status not in _BUSY or number == TRIES:
                break
            time.sleep(_wait(headers.get("retry-after"), number))
        self._http.cookies.clear()
        if status != 200:
            raise RefusedError(_refusal(status, body), status)
        return _parsed(body)

    def _once(
        self, method: str, url: str, question: bytes | None, most: int
    ) -> tuple[int, httpx.Headers, bytes]:
        self._clock.start(SECONDS)
        told = {} if question is None else {"Content-Type": "application/json"}
        try:
            with self._http.stream(method, url, content=question, headers=told) as answer:
                if answer.headers.get("content-encoding", "identity") != "identity":
                    raise NetworkError(
                        "The server packs its answers although it was asked not to. Turn its "
                        "compression off."
                    )
                body = bytearray()
                for part in answer.iter_raw():
                    body += part
                    if len(body) > most:
                        raise NetworkError(
                            f"The answer has more than {most:,} bytes, which is more than one "
                            "number per class for each item takes. Give the address of a "
                            "classifier."
                        )
                return answer.status_code, answer.headers, bytes(body)
        except (httpcore.ConnectTimeout, httpcore.ConnectError) as error:
            asked = httpx.URL(url)
            port = asked.port or PORTS[asked.scheme]
            raise NetworkError(why_unreached(error, asked.host, port, CONNECT_SECONDS)) from None
        except httpcore.TimeoutException:
            raise NetworkError(
                f"The server did not answer within {SECONDS:g} seconds. Give it fewer or shorter "
                "items, or a faster machine."
            ) from None
        except (httpcore.UnsupportedProtocol, httpcore.LocalProtocolError, httpx.InvalidURL):
            raise NetworkError("The address cannot be asked. Write it anew.") from None


def _wait(told: str | None, number: int) -> float:
    """The seconds until the next try, as the server says, or twice as long each time."""
    seconds = 0.25 * 2.0**number
    if told is not None:
        seconds = _seconds(told.strip(), seconds)
    if seconds > LONGEST_WAIT:
        raise NetworkError(
            f"The server is busy, and says to come back in {seconds:,.0f} seconds. Try again then."
        )
    return max(0.0, seconds)


def _seconds(told: str, otherwise: float) -> float:
    """What Retry-After says: seconds, or a time."""
    try:
        found = float(told)
    except ValueError:
        try:
            then = parsedate_to_datetime(told)
        except ValueError:
            return otherwise
        if then.tzinfo is None:
            return otherwise
        found = (then - datetime.now(UTC)).total_seconds()
    return found if math.isfinite(found) else otherwise


def _refusal(status: int, body: bytes) -> str:
    if 300 <= status < 400:
        return (
            "The address leads on to another one (a redirect), which is not followed. Give the "
            "address where the model is; its host must be listed too."
        )
    if status in (401, 403):
        return (
            f"The server wants to know who asks ({status}), which cannot be told from here. Let "
            "this server in by its address, or put a proxy before the model that has the key."
        )
    if status in _BUSY:
        return f"The server was busy at each of {TRIES} tries ({status}). Try again later."
    said = _told(body)
    words = f": “{said}”" if said else ""
    return f"The server refused the question ({status}){words}. Check the address and the data."


def _told(body: bytes) -> str:
    """The server's own words, where they are where such servers have them."""
    try:
        found = json.loads(body[:MAX_TOLD])
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "message", "detail"):
        if isinstance(found, dict) and isinstance(found.get(name), str):
            said = clean(found[name][:_MOST_SAID] + found[name][_MOST_SAID:][-_MOST_SAID:], 5000)
            # MLflow repeats the data before it says what is wrong with them.
            return said if len(said) <= 300 else f"{said[:60]} … {said[-240:]}"
    return ""


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NetworkError(
            "The server's answer is no JSON. Give the address of a model, such as "
            "http://models.internal:8080/v2/models/churn, or .../invocations of MLflow."
        ) from None
