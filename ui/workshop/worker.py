"""The worker process's side of `ui.workshop.jobs`: it computes one job after the other.

Messages to it are jobs (a pickled function with its arguments) or `STOP`; messages from it are
pickled pairs of a kind (ready, progress, done, failed) and a value.
"""

from __future__ import annotations

import json
import logging
import pickle
import signal
from collections.abc import Callable
from multiprocessing import connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

from lime_engine.errors import MOST_TOLD, LimeError, cut
from ui.workshop.store import store

STOP = b""
GONE = (EOFError, OSError)  # what a pipe raises when the other side has ended

_log = logging.getLogger(__name__)


class WorkerError(LimeError):
    """The computation failed for a reason the viewer cannot mend; the log has the details."""


class Report:
    """What a running job tells its viewers (progress), and hears from them (stop).

    Passed to the job's function as `report`; to be used from the thread it was called in.
    """

    def __init__(
        self, pipe: connection.Connection[Any, Any], start: float = 0.0, end: float = 1.0
    ) -> None:
        self._pipe, self._start, self._end = pipe, start, end

    def __call__(self, fraction: float) -> None:
        """Say how much is done, 0 to 1."""
        done = self._start + (self._end - self._start) * float(fraction)
        self._pipe.send_bytes(pickle.dumps(("progress", done)))

    def part(self, start: float, end: float) -> Report:
        """The report of a part of the job, which is from `start` to `end` of the whole."""
        width = self._end - self._start
        return Report(self._pipe, self._start + width * start, self._start + width * end)

    def should_stop(self) -> bool:
        """Whether nobody waits for the result any more, or the app itself has gone."""
        return self._pipe.poll()


def serve(pipe: connection.Connection[Any, Any]) -> None:
    """Compute one job after the other until the app closes the pipe (the worker's main)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the app's business, which ends us
    report = Report(pipe)
    try:
        pipe.send_bytes(pickle.dumps(("ready", None)))
        while True:
            message = pipe.recv_bytes()
            if message != STOP:  # a stop that arrived after its job had ended
                pipe.send_bytes(_outcome(message, report))
    except GONE:
        return


def _outcome(payload: bytes, report: Report) -> bytes | memoryview:
    try:
        function, args = pickle.loads(payload)
        return ForkingPickler.dumps(("done", function(*args, report=report)))
    except Exception as error:
        return pickle.dumps(("failed", _portable(error)))


def _portable(error: Exception) -> LimeError:
    """The error itself when it is one of ours and survives the pipe; else a plain sentence."""
    if not isinstance(error, LimeError):
        _log.error("A job failed.", exc_info=error)
        return WorkerError(
            f"The computation stopped on an unexpected {type(error).__name__}. Try again; "
            "if it happens again, the server's log has the details."
        )
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return WorkerError(cut(str(error), MOST_TOLD))
    return error


def store_result(
    kind: str, entry_id: str, function: Callable[..., Any], *args: Any, report: Report
) -> Any:
    """`function(*args, report=report)`, its JSON kept in the store as entry `entry_id`."""
    value = function(*args, report=report)
    store().write(kind, entry_id, json.dumps(value).encode())
    return value
