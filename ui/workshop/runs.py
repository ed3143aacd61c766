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
from typing import Any, Literal, Protocol

from lime_engine import Outcome
from lime_engine.errors import Cancelled, LimeError, in_words
from ui.workshop.store import store

DASK = "LIME_LAB_DASK"  # the address of a cluster's scheduler, such as tcp://host:8786
RUN_KIND = "run"
_CONNECT_SECONDS = 10
_REMEMBERED = 50  # runs that have ended

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
    """One run, as its viewers see it: `n_done` of the rows `todo`; `failed` are (row, why)."""

    work: Work
    todo: Sequence[int]
    state: State = "waiting"
    failed: list[tuple[int, str]] = field(default_factory=list)
    n_done: int = 0
    error: str = ""
    started: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "cancelled")

    @property
    def rate(self) -> float | None:
        """Items a second; None before the first few."""
        if self.started is None or self.n_done < 3:
            return None
        return self.n_done / (time.monotonic() - self.started)

    @property
    def seconds_left(self) -> float | None:
        return None if self.rate is None else (len(self.todo) - self.n_done) / self.rate


def running(work: Work) -> Run | None:
    """The run of this work in this server, however it ended; None if there was none."""
    return _runs.get(work.run_id)


def ended(work: Work) -> dict[str, Any] | None:
    """The explained `rows` of this work and those that `failed`, (row, why).

    None before a run has ended, or somebody has settled for what there was.
    """
    raw = store().read(RUN_KIND, work.run_id)
    return None if raw is None else dict(json.loads(raw))


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
            known = set(explained_rows(work, rows))
            run = Run(work, [row for row in rows if row not in known])
            _runs[work.run_id] = run
            for old in [k for k, other in _runs.items() if other.ended][:-_REMEMBERED]:
                del _runs[old]
            threading.Thread(target=_run, args=(run, rows), name="run", daemon=True).start()
        return run


def settle_for(work: Work, rows: Sequence[int]) -> None:
    """Take those of these items that are explained by now for all."""
    _end(work, rows, ())


def stop_all() -> None:
    """Cancel every run: the server ends. What they have explained is kept."""
    for run in list(_runs.values()):
        run.stop.set()


def _end(work: Work, rows: Sequence[int], failed: Sequence[tuple[int, str]]) -> None:
    result = {"rows": explained_rows(work, rows), "failed": sorted(failed)}
    store().write(RUN_KIND, work.run_id, json.dumps(result).encode())


def _run(run: Run, rows: Sequence[int]) -> None:
    while not _working.acquire(timeout=0.2):
        if run.stop.is_set():
            run.state = "cancelled"
            return
    try:
        run.state = "running"
        run.started = time.monotonic()
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
    with (
        _executor() as executor,
        contextlib.closing(run.work.outcomes(run.todo, executor, run.stop.is_set)) as outcomes,
    ):
        for outcome in outcomes:
            run.n_done += 1
            if outcome.error is not None:
                run.failed.append((run.todo[outcome.row], outcome.error))


@contextlib.contextmanager
def _executor() -> Iterator[Executor | None]:
    """The cluster, if there is one; None is `explain_many`'s own pool of processes."""
    address = os.environ.get(DASK)
    if not address:
        yield None
        return
    try:
        from distributed import Client

        client: Any = Client(address, timeout=_CONNECT_SECONDS)  # type: ignore[no-untyped-call]
    except ImportError as error:
        raise LimeError(
            f"{DASK} is set to {address}, but Dask is not installed: "
            "pip install -r requirements-dask.txt, or unset it."
        ) from error
    except (OSError, ValueError) as error:
        raise LimeError(
            f"The cluster at {address} ({DASK}) does not answer: {in_words(error)}. Start its "
            "scheduler, or unset the variable to use this machine."
        ) from error
    with client:
        yield client.get_executor()
