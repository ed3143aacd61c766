"""Work that takes longer than a click: run in worker processes, shared, watched and cancelled.

`Workers` has a few slots. A slot is one process plus one thread on this side that speaks to it
over a pipe and otherwise sleeps; nothing but that thread touches the pipe. A process, not a
thread, because a busy thread slows every page, and because only a process can be ended by force
when a model does not look at the stop signal or takes the interpreter down with it.
"""

from __future__ import annotations

import functools
import logging
import multiprocessing
import os
import pickle
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from multiprocessing import connection
from typing import Any, Generic, Literal, TypeVar

from lime_engine.errors import Cancelled
from ui.workshop.worker import GONE, SPENT, STOP, TOO_MUCH, Report, WorkerError, serve

__all__ = ["Job", "Report", "State", "WorkerError", "Workers", "workers"]

T = TypeVar("T")
State = Literal["waiting", "running", "done", "failed", "cancelled"]

_log = logging.getLogger(__name__)
_SPAWN = multiprocessing.get_context("spawn")
LEASE_SECONDS = 10.0  # a viewer who gives no sign of life for so long has gone, or, whose page is
OPEN_SECONDS = 90.0  # open, for so long: browsers let a hidden page look once a minute
_LOOK_SECONDS = 0.5  # at the leases
_DIED = "The worker process that computed this ended unexpectedly; try again."


class _Work:
    """One computation, shared by all viewers that asked for it."""

    def __init__(self, key: str | None, payload: bytes, affinity: str) -> None:
        self.key, self.payload, self.affinity = key, payload, affinity
        self.viewers = 0
        self.state: State = "waiting"
        self.fraction: float | None = None
        self.value: Any = None  # the result, or the error to raise
        self.finished = threading.Event()

    def finish(self, state: State, value: Any) -> None:
        self.state, self.value = state, value
        self.finished.set()


class _Viewer:
    """Somebody who waits for a computation, as long as there are signs of life."""

    def __init__(self, work: _Work, is_open: Callable[[], bool]) -> None:
        self.work, self._is_open = work, is_open
        self.seen = time.monotonic()
        self.lapsed = False
        self.leave: Callable[[], object]

    def waits(self, lease_seconds: float) -> bool:
        """Whether there was a sign of life lately."""
        silent = time.monotonic() - self.seen
        return silent < lease_seconds or (silent < OPEN_SECONDS and self._is_open())


class Job(Generic[T]):
    """One viewer's view of a computation.

    Look at it (`wait`) every few seconds as long as the result is wanted: a job that is left,
    forgotten, or not looked at (its page was closed) no longer counts, and a computation without
    viewers is cancelled.
    """

    def __init__(self, viewer: _Viewer, drop_viewer: Callable[[_Viewer], None]) -> None:
        self._viewer, self._work = viewer, viewer.work
        self._leave = weakref.finalize(self, drop_viewer, viewer)  # runs once, whoever calls it
        self._leave.atexit = False
        viewer.leave = self._leave

    @property
    def lapsed(self) -> bool:
        """Whether it no longer counts because nobody looked at it: submit it again."""
        return self._viewer.lapsed

    @property
    def state(self) -> State:
        """`waiting` for a worker, `running`, or how it ended."""
        return self._work.state

    @property
    def fraction(self) -> float | None:
        """How much is done, 0 to 1; None before the first report."""
        return self._work.fraction

    def wait(self, seconds: float) -> bool:
        """Wait for the end at most this long; True when it has ended, however it ended."""
        self._viewer.seen = time.monotonic() + seconds
        ended = self._work.finished.wait(seconds)
        self._viewer.seen = time.monotonic()
        return ended

    def result(self) -> T:
        """The value, waiting for it without limit.

        Raises
        ------
        LimeError
            The worker's own error with its type and message, `Cancelled`, or `WorkerError`.
        """
        while not self.wait(_LOOK_SECONDS):
            pass
        if self._work.state != "done":
            raise self._work.value
        value: T = self._work.value
        return value

    def leave(self) -> None:
        """This viewer no longer waits; the last one to leave cancels the computation."""
        self._leave()


class Workers:
    """A fixed number of worker processes and the queue before them.

    Parameters
    ----------
    n_slots
        How many jobs run at the same time.
    grace_seconds
        How long a cancelled job may take to notice before its process is ended by force.
    lease_seconds
        How long a viewer counts who does not look at the job.
    """

    def __init__(
        self, n_slots: int, *, grace_seconds: float = 2.0, lease_seconds: float = LEASE_SECONDS
    ) -> None:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, "1")  # inherited: the slots already use all the cores
        # Re-entrant, because the garbage collector may drop a viewer while we hold it.
        self._changed = threading.Condition(threading.RLock())
        self._active: dict[str | None, _Work] = {}  # waiting or running, by key
        self._pending: deque[_Work] = deque()
        self._preloads: deque[_Work] = deque()
        self._preloading: _Work | None = None
        self._idle: set[_Slot] = set()
        self._viewers: set[_Viewer] = set()
        self._lease_seconds = lease_seconds
        self._closed = False
        self._slots = [_Slot(self, number, grace_seconds) for number in range(n_slots)]
        for slot in self._slots:
            slot.thread.start()
        threading.Thread(target=self._end_leases, name="leases", daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether every worker process has answered once."""
        return all(slot.answered for slot in self._slots)

    def submit(
        self,
        key: str,
        function: Callable[..., T],
        *args: Any,
        affinity: str,
        is_open: Callable[[], bool] = lambda: False,
    ) -> Job[T]:
        """Compute `function(*args, report=Report)` in a worker process.

        Parameters
        ----------
        key
            Names the computation: a job with the key of one that waits or runs shares it.
        function
            Importable from a module; it and its arguments and result must pickle.
        affinity
            What is costly to load first (a model's key): an idle worker that has it is preferred.
        is_open
            Whether the viewer's page is still connected, so that a long silence may mean little.
        """
        with self._changed:
            work = self._active.get(key)
            if work is None:
                work = _Work(key, pickle.dumps((function, args)), affinity)
                self._enqueue(self._pending, work)
                self._active[key] = work
            work.viewers += 1
            viewer = _Viewer(work, is_open)
            job: Job[T] = Job(viewer, self._drop_viewer)
            self._viewers.add(viewer)
            self._changed.notify_all()  # there are leases to look at
        return job

    def preload(self, function: Callable[..., object], *args: Any, affinity: str) -> None:
        """Run this when nobody waits for anything else, one at a time; its result is dropped."""
        self._enqueue(self._preloads, _Work(None, pickle.dumps((function, args)), affinity))

    def close(self) -> None:
        """Cancel everything and end the processes."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            for work in list(self._active.values()):
                self._cancel(work)
        for slot in self._slots:
            slot.end_process()
        for slot in self._slots:
            slot.thread.join()

    def _enqueue(self, queue: deque[_Work], work: _Work) -> None:
        with self._changed:
            if self._closed:
                raise WorkerError("The app is shutting down. Try again when it has restarted.")
            queue.append(work)
            self._changed.notify_all()

    def _end_leases(self) -> None:
        """Let go of who waits no longer: a closed page says nothing, its session lives on."""
        with self._changed:
            while not self._closed:
                self._changed.wait(_LOOK_SECONDS if self._viewers else None)
                for viewer in list(self._viewers):
                    if viewer.work.finished.is_set():
                        self._viewers.discard(viewer)
                    elif not viewer.waits(self._lease_seconds):
                        viewer.lapsed = True
                        viewer.leave()

    def _drop_viewer(self, viewer: _Viewer) -> None:
        with self._changed:
            self._viewers.discard(viewer)
            work = viewer.work
            work.viewers -= 1
            if work.viewers == 0 and not work.finished.is_set():
                self._cancel(work)

    def _cancel(self, work: _Work) -> None:
        # A waiting one stays in the queue, to be skipped: the queue may be in use (see _changed).
        work.finish("cancelled", Cancelled("This computation was cancelled. Start it again."))
        self._active.pop(work.key, None)
        for slot in self._slots:
            if slot.work is work:
                slot.wake()
        self._changed.notify_all()  # the next in the queue may suit another idle slot

    def next_work(self, slot: _Slot) -> _Work | None:
        """Block until there is work that suits this idle slot best; None when closed."""
        with self._changed:
            self._idle.add(slot)
            while not self._closed:
                work = self._head()
                if work is not None and slot is max(self._idle, key=lambda s: s.suits(work)):
                    self._idle.remove(slot)
                    self._take(work)
                    slot.work = work
                    return work
                self._changed.wait()
            return None

    def _head(self) -> _Work | None:
        while self._pending and self._pending[0].state == "cancelled":
            self._pending.popleft()
        if self._pending:
            return self._pending[0]
        return self._preloads[0] if self._preloads and self._preloading is None else None

    def _take(self, work: _Work) -> None:
        if work.key is None:
            self._preloading = self._preloads.popleft()
        else:
            self._pending.popleft()
        work.state = "running"
        self._changed.notify_all()  # as above

    def end_work(self, slot: _Slot, work: _Work, state: State, value: Any) -> None:
        """Note how the slot's work ended."""
        with self._changed:
            slot.work = None
            if not work.finished.is_set():  # else it was cancelled, and stays so
                work.finish(state, value)
                self._active.pop(work.key, None)
            if work is self._preloading:
                self._preloading = None
                self._changed.notify_all()


class _Slot:
    """One worker process, replaced when it ends, and the thread that speaks to it."""

    def __init__(self, pool: Workers, number: int, grace_seconds: float) -> None:
        self._pool, self._number, self._grace_seconds = pool, number, grace_seconds
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: connection.Connection[Any, Any] | None = None
        self._woken, self._waker = _SPAWN.Pipe(duplex=False)
        self._seen: set[str] = set()  # affinities of this process
        self.work: _Work | None = None
        self.answered = False
        self.thread = threading.Thread(target=self._run, name=f"worker-{number}", daemon=True)

    def suits(self, work: _Work) -> tuple[bool, int, int]:
        """Sort key, total: has it loaded, has loaded little else, else the first."""
        return work.affinity in self._seen, -len(self._seen), -self._number

    def wake(self) -> None:
        """Make the thread look at the state of its work."""
        self._waker.send_bytes(b"!")

    def end_process(self) -> None:
        """End the process by force."""
        if (process := self._process) is not None:
            process.kill()

    def _run(self) -> None:
        try:
            self._connect()
            while (work := self._pool.next_work(self)) is not None:
                try:
                    state, value = self._compute(work)
                except GONE:
                    process = self._process
                    self._disconnect()
                    if work.state != "cancelled":  # else we ended it ourselves
                        _log.warning("A worker process ended during a job; it is replaced.")
                    is_spent = process is not None and process.exitcode == SPENT
                    state, value = "failed", WorkerError(TOO_MUCH if is_spent else _DIED)
                self._pool.end_work(self, work, state, value)
                self._connect()
        finally:
            self._disconnect()

    def _connect(self) -> connection.Connection[Any, Any] | None:
        """The pipe to a live process, started if need be; None if it ended at once."""
        if self._process is not None and not self._process.is_alive():
            self._disconnect()
        if self._pipe is None:
            ours, theirs = _SPAWN.Pipe()
            process = _SPAWN.Process(target=serve, args=(theirs,), daemon=True)
            try:
                with theirs:  # closed here, so that reading fails when the process ends
                    process.start()
                self._process, self._pipe = process, ours
                ours.recv_bytes()
                self.answered = True
            except GONE:
                self._disconnect()
        return self._pipe

    def _disconnect(self) -> None:
        if self._process is not None and self._pipe is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
        self._process = self._pipe = None
        self._seen.clear()

    def _compute(self, work: _Work) -> tuple[State, Any]:
        pipe = self._connect()
        if pipe is None:
            raise EOFError
        self._seen.add(work.affinity)
        pipe.send_bytes(work.payload)
        deadline: float | None = None
        while True:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready = connection.wait([pipe, self._woken], left)
            if pipe in ready:
                kind, value = _unpickled(pipe.recv_bytes())
                if kind != "progress":
                    return kind, value
                work.fraction = value
            elif not ready:  # it had its time to notice the stop
                self._disconnect()
                return "cancelled", None
            if self._woken in ready:
                self._woken.recv_bytes()
                if work.state == "cancelled":  # else the wake was for the work before
                    pipe.send_bytes(STOP)
                    deadline = time.monotonic() + self._grace_seconds


def _unpickled(message: bytes) -> tuple[Any, Any]:
    try:
        kind, value = pickle.loads(message)
    except Exception as error:
        _log.error("A job's result could not be read.", exc_info=error)
        return "failed", WorkerError("The result of the computation could not be read; try again.")
    return kind, value


_first_call = threading.Lock()


@functools.cache
def _workers() -> Workers:
    return Workers(max(2, min(os.cpu_count() or 2, 8)))  # a worker with a model takes 200 MB or so


def workers() -> Workers:
    """The app's worker processes, started at the first call."""
    with _first_call:
        return _workers()
