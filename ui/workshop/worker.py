"""The worker process's side of `ui.workshop.jobs`: it computes one job after the other.

Messages to it are jobs (a pickled function with its arguments) or `STOP`; messages from it are
pickled pairs of a kind (ready, progress, done, failed) and a value.
"""

from __future__ import annotations

import functools
import json
import logging
import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing import connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any, NamedTuple

from lime_engine.errors import MOST_TOLD, LimeError, cut
from ui.workshop.store import store

STOP = b""
GONE = (EOFError, OSError)  # what a pipe raises when the other side has ended
MAX_MEMORY = 2_000_000_000  # bytes: models and data are kept, up to 1 GB is for an explanation
BEHIND = 5  # niceness: pages answer everybody, a worker one; runs over many items come last
SPENT = 77  # the exit code of a process that needs more
TOO_MUCH = (
    f"This takes more memory than the {MAX_MEMORY / 1e9:g} GB that one computation may have here, "
    "and was stopped. Ask about fewer copies, or bring a smaller text, picture or table."
)
_LOOK_SECONDS = 0.05  # between two looks at the memory; in one, some hundred MB are written
_STATUS = Path("/proc/self/statm")  # in pages: all of the address space, and what is there

_log = logging.getLogger(__name__)


class WorkerError(LimeError):
    """The computation failed for a reason the viewer cannot mend; the log has the details."""


class Unkept(NamedTuple):
    """A result that is not in the store, and why it could not be kept there."""

    value: Any
    why: str


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
    if hasattr(os, "nice"):
        os.nice(BEHIND)
    limit_memory()
    threading.Thread(target=_end_with_the_app, name="app", daemon=True).start()
    report = Report(pipe)
    try:
        pipe.send_bytes(pickle.dumps(("ready", None)))
        while True:
            message = pipe.recv_bytes()
            if message != STOP:  # a stop that arrived after its job had ended
                pipe.send_bytes(_outcome(message, report))
    except GONE:
        return


@functools.cache
def limit_memory(most: int = MAX_MEMORY) -> None:
    """End this process, with the exit code `SPENT`, when it takes more; where the system tells.

    A thread that looks again and again. The engine bounds what an explanation needs before it
    begins; this is for what nobody has counted. A limit of the system's stands behind it, for what
    is too sudden: alone it would not do, for Python 3.11 that has no memory left for an exception
    tries for ever.
    """
    if not _STATUS.exists():
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limits = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min([2 * most, *limits]), hard))
    threading.Thread(target=_end_when_spent, args=(most,), name="memory", daemon=True).start()


def _end_when_spent(most: int) -> None:
    page = os.sysconf("SC_PAGE_SIZE")
    with _STATUS.open("rb", buffering=0) as status:
        while True:
            status.seek(0)
            if int(status.read(200).split()[1]) * page > most:
                os._exit(SPENT)
            time.sleep(_LOOK_SECONDS)


def _end_with_the_app() -> None:
    """The app may be killed while a job computes that does not look at its pipe."""
    if (app := multiprocessing.parent_process()) is not None:
        app.join()
        os._exit(1)


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
        if isinstance(error, MemoryError):
            return WorkerError(TOO_MUCH)
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
    """`function(*args, report=report)`, its JSON kept in the store as entry `entry_id`.

    It comes back as `Unkept` if the store cannot keep it.
    """
    value = function(*args, report=report)
    error = store().try_write(kind, entry_id, json.dumps(value).encode())
    return value if error is None else Unkept(value, str(error))
