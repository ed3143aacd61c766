"""Explaining many items: in the background, watched, cancelled, and resumed.

A run is shared by everybody who asks for the same work, and goes on when nobody watches:
what it has explained is in the store for whoever comes next. One run works at a time; it has
worker processes of its own, so that single explanations need not wait for it.
"""

import contextlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Protocol

from lime_engine import Outcome
from lime_engine.errors import Cancelled, LimeError, in_words
from lime_engine.many.workers import Processes
from ui.workshop.store import Store, store
from ui.workshop.worker import SPENT, TOO_MUCH

DASK = "LIME_LAB_DASK"  # the address of a cluster's scheduler, such as tcp://host:8786
RUN_KIND = "run"
CONNECT_SECONDS = 10.0
PATIENCE_SECONDS = 30.0  # with a scheduler that is silent or has no worker
_LOOK_SECONDS = 0.5  # at the cluster
_KEPT_SECONDS = 60.0  # processes, for a next run: to start them and load a model takes seconds
_REMEMBERED = 50  # runs that have ended
_AFTER = (1, 3, 10)  # items what there is so far is shown; then whenever there are twice as many
_SPENT = f"EXIT({SPENT})"  # how a pool of processes tells what one of them ended with

State = Literal["waiting", "running", "done", "failed", "cancelled"]
_log = logging.getLogger(__name__)
_runs: dict[str, "Run"] = {}
_working = threading.Lock()
_changing = threading.Lock()


class Work(Protocol):
    """What a run does with each of some items.

    What it makes of a row is in the store as (`kind`, `entry_id(row)`); `run_id` is the store's id
    of what the whole run ends in.
    """

    @property
    def kind(self) -> str: ...

    @property
    def run_id(self) -> str: ...

    def entry_id(self, row: int) -> str: ...

    def outcomes(
        self, rows: Sequence[int], executor: Executor | None, should_stop: Callable[[], bool]
    ) -> Generator[Outcome[int], None, None]:
        """Do these rows and keep what comes of them; the outcomes' `row` is the place in `rows`."""


@dataclass(eq=False)
class Run:
    """One run, as its viewers see it: `n_done` of the rows `todo`; `failed` are (row, why).

    `explained` are the rows that are, in the order in which they came to be; `n_before` of them
    were when it started.
    """

    work: Work
    todo: Sequence[int]
    explained: list[int] = field(default_factory=list)
    n_before: int = 0
    state: State = "waiting"
    failed: list[tuple[int, str]] = field(default_factory=list)
    n_done: int = 0
    error: str = ""
    took: list[float] = field(default_factory=list)  # seconds, each of its worker
    cluster: "Cluster | None" = None  # whose workers explain
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "cancelled")

    def should_stop(self) -> bool:
        """Whether somebody asked for it, or going on would lead to nothing."""
        return (
            self.stop.is_set()
            or (self.cluster is not None and self.cluster.trouble() is not None)
            or store().has_lost_source(self.work.run_id)
        )

    @property
    def n_all(self) -> int:
        """All items that were asked for, whoever has explained or will explain them."""
        return self.n_before + len(self.todo)

    @property
    def rate(self) -> float | None:
        """Items a second; None before the first few.

        The first item of each worker takes longer, and tells little of the others: so many, the
        longest, do not count. But for the shortest of these, which is hardly longer where items
        differ more than first ones do: it counts for twice what the others took at most.
        """
        n_hands = (os.cpu_count() or 1) if self.cluster is None else self.cluster.n_workers
        n_hands = max(1, min(n_hands, len(self.todo)))
        if len(self.took) < max(3, min(n_hands + 1, len(self.todo) // 2)):
            return None
        in_order = sorted(self.took)
        counted, longest = in_order[:-n_hands], in_order[-n_hands:]
        if counted:
            counted = [*counted, min(longest[0], 2 * sum(counted) / len(counted))]
        else:
            counted = longest
        return n_hands * len(counted) / max(sum(counted), 1e-9)

    @property
    def seconds_left(self) -> float | None:
        return None if self.rate is None else (len(self.todo) - self.n_done) / self.rate

    def so_far(self) -> dict[str, Any] | None:
        """The first of the explained rows, as `ended` tells all of them; None before the first.

        The same ones until there are many more: what is made of them serves so long.
        """
        n_there = len(self.explained)
        if n_there < _AFTER[0]:
            return None
        n = max(n for n in _AFTER if n <= n_there)
        while n >= _AFTER[-1] and 2 * n <= n_there:
            n *= 2
        return {
            "rows": sorted(self.explained[:n]),
            "failed": [],
            "lost": [],
            "is_going": True,
        }

    def count(self, outcome: Outcome[int]) -> None:
        """Note what became of one of the rows."""
        if outcome.seconds > 0:
            self.took.append(outcome.seconds)
        row = self.todo[outcome.row]
        if outcome.error is None:
            self.explained.append(row)
        else:
            why = TOO_MUCH if _SPENT in outcome.error else outcome.error
            self.failed.append((row, why))
        self.n_done += 1


def running(work: Work) -> Run | None:
    """The run of this work in this server, however it ended; None if there was none."""
    return _runs.get(work.run_id)


def ended(work: Work) -> dict[str, Any] | None:
    """The explained `rows` of this work and those that `failed`, (row, why).

    `lost` are those of which nothing is kept any more, damaged or dropped, and which can be
    explained again. None before a run has ended, or somebody has settled for what there was.
    """
    raw = store().read(RUN_KIND, work.run_id)
    if raw is None:
        return None
    found = json.loads(raw)
    there = {row: store().use(work.kind, entry_id) for row, entry_id in found["rows"]}
    return {
        "rows": [row for row, is_there in there.items() if is_there],
        "failed": found["failed"],
        "lost": [row for row, is_there in there.items() if not is_there],
    }


class Lost(LimeError):
    """What a run has kept of some items cannot be read any more."""

    def __init__(self, n: int) -> None:
        self.n = n
        super().__init__(
            f"What was kept of {n:,} of the items is damaged, or has made room for others. Try "
            "again: they are then counted as not explained, and can be explained again."
        )

    def __reduce__(self) -> tuple[type["Lost"], tuple[int]]:
        return Lost, (self.n,)


def explained_rows(work: Work, rows: Sequence[int]) -> list[int]:
    """Which of these items have been explained, by whatever run; in ascending order."""
    return sorted(row for row in rows if store().has(work.kind, work.entry_id(row)))


def start(work: Work, rows: Sequence[int]) -> Run:
    """Explain those of these items that are not explained yet, in this order.

    Joins a run that does.
    """
    with _changing:
        run = _runs.get(work.run_id)
        if run is None or run.ended:
            known = explained_rows(work, rows)
            is_known = set(known)
            todo = [row for row in rows if row not in is_known]
            run = Run(work, todo, explained=known, n_before=len(known))
            _runs[work.run_id] = run
            for old in [k for k, other in _runs.items() if other.ended][:-_REMEMBERED]:
                del _runs[old]
            threading.Thread(target=_run, args=(run, rows), name="run", daemon=True).start()
        return run


def settle_for(work: Work, rows: Sequence[int]) -> None:
    """Take those of these items that are explained by now for all.

    Raises
    ------
    StoreError
        If that cannot be kept.
    """
    _end(work, rows, ())


def stop_all() -> None:
    """Cancel every run: the server ends. What they have explained is kept."""
    for run in list(_runs.values()):
        run.stop.set()
    _hands.let_go()


def _end(work: Work, rows: Sequence[int], failed: Sequence[tuple[int, str]]) -> None:
    """Keep what a run ended in."""
    explained = [(row, work.entry_id(row)) for row in explained_rows(work, rows)]
    result = {"rows": explained, "failed": sorted(failed)}
    store().write(RUN_KIND, work.run_id, json.dumps(result).encode())


def _run(run: Run, rows: Sequence[int]) -> None:
    while not _working.acquire(timeout=0.2):
        if run.stop.is_set():
            run.state = "cancelled"
            return
    try:
        run.state = "running"
        _explain(run)
        _end(run.work, rows, run.failed)
        run.state = "done"
    except Cancelled:
        run.state = "cancelled"
    except LimeError as error:
        run.error, run.state = str(error), "failed"
    except Exception as error:
        _log.error("A run failed.", exc_info=error)
        run.error = (
            f"The run stopped on an unexpected {type(error).__name__}. What was explained is kept; "
            "start it again to go on. If it happens again, the server's log has the details."
        )
        run.state = "failed"
    finally:
        _working.release()


def _explain(run: Run) -> None:
    if not run.todo:
        return
    store().check()
    with (
        _executor(run) as executor,
        contextlib.closing(run.work.outcomes(run.todo, executor, run.should_stop)) as outcomes,
    ):
        for outcome in outcomes:
            run.count(outcome)
            if outcome.error is not None:
                store().check()  # or all the others would fail for the same reason


@contextlib.contextmanager
def _executor(run: Run) -> Iterator[Executor]:
    """The cluster, if there is one, else processes of this machine."""
    address = os.environ.get(DASK)
    if not address:
        with _hands.at_work() as executor:
            yield executor
        return
    with Cluster(address) as cluster:
        run.cluster = cluster
        try:
            yield cluster.executor
        except Exception as error:
            if not run.stop.is_set() and (trouble := cluster.trouble()):
                raise LimeError(trouble) from error
            raise


class _Hands:
    """Processes of this machine, kept for a while after a run that has ended well."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[Processes, Store] | None = None

    @contextlib.contextmanager
    def at_work(self) -> Iterator[Processes]:
        """For one run: those that are kept, if there are some and the store is theirs."""
        of = store()  # now: it may be another one when the run ends
        kept = self._swapped(None)
        if kept is not None and kept[1] is not of:
            kept[0].shutdown()
            kept = None
        processes = Processes() if kept is None else kept[0]
        try:
            yield processes
        except BaseException:  # some may still be at it
            processes.shutdown()
            raise
        self._swapped((processes, of))
        timer = threading.Timer(_KEPT_SECONDS, self.let_go, [processes])
        timer.daemon = True
        timer.start()

    def let_go(self, of: Processes | None = None) -> None:
        """End those that are kept, or these, if it is they."""
        with self._lock:
            if self._kept is not None and of in (None, self._kept[0]):
                self._kept[0].shutdown()
                self._kept = None

    def _swapped(self, kept: tuple[Processes, Store] | None) -> tuple[Processes, Store] | None:
        with self._lock:
            before, self._kept = self._kept, kept
            return before


_hands = _Hands()


class Cluster:
    """The Dask cluster whose scheduler is at `address`, for use in a `with`; it is listened to.

    Dask itself waits for a scheduler or a worker without end, and without a word.

    Raises
    ------
    LimeError
        If it does not answer, or Dask is not installed.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client

            client: Any = Client(address, timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]
        except ImportError as error:
            raise LimeError(
                f"{DASK} is set to {address}, but Dask is not installed: "
                "pip install -r requirements-dask.txt, or unset it."
            ) from error
        except (OSError, ValueError, TypeError) as error:  # the last for TLS without its files
            raise LimeError(
                f"The cluster at {address} ({DASK}) does not answer: {in_words(error)}. Start its "
                "scheduler, or unset the variable to use this machine."
            ) from error
        self.address = address
        self._client = client
        self.executor: Executor = client.get_executor()
        self.n_workers = 0  # as far as is known
        self._heard = self._manned = time.monotonic()
        self._trouble: str | None = None
        self._closed = threading.Event()
        threading.Thread(target=self._listen, name="cluster", daemon=True).start()

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closed.set()
        with contextlib.suppress(OSError):  # also of one that is silent
            self._client.close()

    @property
    def has_workers(self) -> bool:
        return self.n_workers > 0

    def trouble(self) -> str | None:
        """Why nothing more will come from it, and what to do; None while it is well."""
        self._trouble = self._trouble or self._found()
        return self._trouble

    def _found(self) -> str | None:
        now = time.monotonic()
        if self._client.status != "running":
            cause = "has gone: the connection to it was lost"
        elif now - self._heard > PATIENCE_SECONDS:
            cause = f"has not answered for {now - self._heard:.0f} seconds"
        elif now - self._manned > PATIENCE_SECONDS:
            return (
                f"The cluster at {self.address} ({DASK}) has no workers. Start some with dask "
                "worker, then go on; or unset the variable to use this machine. What is explained "
                "is kept."
            )
        else:
            return None
        return (
            f"The scheduler of the cluster at {self.address} ({DASK}) {cause}. See that it and its "
            "workers run, then go on; or unset the variable to use this machine. What is explained "
            "is kept."
        )

    def _listen(self) -> None:
        """Ask the scheduler now and then; it may be silent without end."""
        while not self._closed.is_set():
            try:
                n_workers = self._client.scheduler_info(n_workers=0)["n_workers"]
            except Exception as error:  # of any kind, while the connection ends
                _log.debug("The scheduler could not be asked.", exc_info=error)
            else:
                self._heard, self.n_workers = time.monotonic(), int(n_workers)
                if n_workers:
                    self._manned = self._heard
            self._closed.wait(_LOOK_SECONDS)
