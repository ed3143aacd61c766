"""What people bring, in a process of its own: looked into, begun, begun again, and ended."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np

from lime_engine.types import FloatArray
from model_adapters.errors import NetworkError
from model_adapters.isolation import Child, Serves
from model_adapters.settings import Limits

Facts = TypeVar("Facts")


def described(data: bytes, limits: Limits, serves: Serves, read: Callable[[Any], Facts]) -> Facts:
    """What `read` makes of that which a process finds out about a file.

    Raises
    ------
    NetworkError
        If the file cannot be used, or what is found makes no sense.
    """
    child = Child(limits, serves)
    try:
        answer, _ = child.ask({"do": "inspect"}, data, limits.load_seconds)
        return read(answer["facts"])
    except NetworkError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
        raise NetworkError(
            f"The file could not be described. Export the {child.noun} again."
        ) from None
    finally:
        child.end()


class Running(ABC):
    """Something that answers in a process of its own.

    The process ends with `close()`, or when this object or the program goes. After a failure the
    next call starts a fresh one. Calls from several threads wait for each other.
    """

    def __init__(self, data: bytes, limits: Limits, serves: Serves) -> None:
        self._data = data
        self._limits = limits
        self._serves = serves
        self._lock = threading.Lock()
        self._closed = False
        self._child = self._started()

    @property
    def pid(self) -> int:
        """The number of the process that answers at the moment."""
        return self._child.pid

    def close(self) -> None:
        """End the process; it cannot be asked any more."""
        self._closed = True
        self._child.kill()  # who is asking in another thread stops waiting
        with self._lock:
            self._child.end()

    @abstractmethod
    def _started(self) -> Child:
        """A process that is ready to answer."""

    def _loaded(self, request: dict[str, Any]) -> tuple[Child, dict[str, Any]]:
        """A process that has loaded the file, and what it said to that."""
        child = Child(self._limits, self._serves)
        try:
            answer, _ = child.ask(request, self._data, self._limits.load_seconds)
        except NetworkError:
            child.end()
            raise
        return child, answer

    @contextmanager
    def _asked_alone(self) -> Iterator[None]:
        """While nobody else asks, with a process that lives."""
        with self._lock:
            if self._closed:
                raise NetworkError(f"The {self._child.noun} has been closed. Load it again.")
            if not self._child.is_alive:
                self._child = self._started()
            yield

    def _numbers(self, body: bytes | bytearray, n: int, columns: int) -> FloatArray:
        """The answers (n, columns) as they were sent."""
        if len(body) != n * columns * 8:
            self._child.end()
            raise NetworkError(f"The {self._child.noun} gave too few answers. Export it again.")
        return np.frombuffer(body, "<f8").reshape(n, columns)
