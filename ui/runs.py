"""Explaining all candidates of a pick: in the background, watched, cancelled, and resumed.

A run is shared by everybody who asks for the same candidates, and goes on when nobody watches:
what it has explained is in the store for whoever comes next. One run works at a time; it has
worker processes of its own, so that single explanations need not wait for it.
"""

import contextlib
import json
import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from lime_engine import explain_many
from lime_engine.errors import Cancelled, LimeError
from ui.catalogue import task_of
from ui.item import Item
from ui.pick_choice import PickChoice
from ui.picking import KIND, ItemPerturber, keep, load_politely
from ui.request import code_fingerprint, store_id
from ui.store import store

DASK = "LIME_LAB_DASK"  # the address of a cluster's scheduler, such as tcp://host:8786
RUN_KIND = "run"
_CONNECT_SECONDS = 10
_REMEMBERED = 50  # runs that have ended

State = Literal["waiting", "running", "done", "failed", "cancelled"]
_log = logging.getLogger(__name__)
_runs: dict[str, "Run"] = {}
_working = threading.Lock()
_changing = threading.Lock()


@dataclass(eq=False)
class Run:
    """One run, as its viewers see it: `n_done` of the rows `todo`; `failed` are (row, why)."""

    choice: PickChoice
    todo: Sequence[int]
    n_kept: int  # explained before this run
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


def run_id(choice: PickChoice) -> str:
    """The id of what a run of these candidates ends in; what is favoured is no part of it."""
    return store_id(RUN_KIND, choice.request(0).store_id(KIND), str(choice.n))


def running(choice: PickChoice) -> Run | None:
    """The run of these candidates in this server, however it ended; None if there was none."""
    return _runs.get(run_id(choice))


def ended(choice: PickChoice) -> dict[str, Any] | None:
    """The explained `rows` of these candidates and those that `failed`, (row, why).

    None before a run has ended, or somebody has settled for what there was.
    """
    raw = store().read(RUN_KIND, run_id(choice))
    return None if raw is None else dict(json.loads(raw))


def explained_rows(choice: PickChoice, n: int) -> list[int]:
    """Which of the first n items have been explained, by whatever run."""
    return [row for row in range(n) if store().has(KIND, choice.request(row).store_id(KIND))]


def start(choice: PickChoice, n: int) -> Run:
    """Explain those of the first n items that are not explained yet; joins a run that does."""
    key = run_id(choice)
    with _changing:
        run = _runs.get(key)
        if run is None or run.ended:
            known = set(explained_rows(choice, n))
            todo = [row for row in range(n) if row not in known]
            run = _runs[key] = Run(choice, todo, len(known))
            for old in [k for k, other in _runs.items() if other.ended][:-_REMEMBERED]:
                del _runs[old]
            threading.Thread(target=_work, args=(run, n), name="run", daemon=True).start()
        return run


def settle_for(choice: PickChoice, n: int) -> None:
    """Pick from those of the first n items that are explained by now."""
    _end(choice, n, ())


def stop_all() -> None:
    """Cancel every run: the server ends. What they have explained is kept."""
    for run in list(_runs.values()):
        run.stop.set()


def _end(choice: PickChoice, n: int, failed: Sequence[tuple[int, str]]) -> None:
    result = {"rows": explained_rows(choice, n), "failed": sorted(failed)}
    store().write(RUN_KIND, run_id(choice), json.dumps(result).encode())


def _work(run: Run, n: int) -> None:
    while not _working.acquire(timeout=0.2):
        if run.stop.is_set():
            run.state = "cancelled"
            return
    try:
        run.state = "running"
        run.started = time.monotonic()
        _explain(run)
        _end(run.choice, n, run.failed)
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
    choice = run.choice
    request = choice.request(0)
    if not run.todo:
        return
    with _executor() as executor:
        outcomes = explain_many(
            [Item(choice.source, row) for row in run.todo],
            partial(load_politely, request.task, request.model),
            ItemPerturber(request.task, request.view),
            request.settings,
            executor,
            class_names=task_of(request.task).class_names,
            keep=partial(keep, request, code_fingerprint()),
            should_stop=run.stop.is_set,
        )
        with contextlib.closing(outcomes):
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
            f"The cluster at {address} ({DASK}) does not answer: {error}. Start its scheduler, or "
            "unset the variable to use this machine."
        ) from error
    with client:
        yield client.get_executor()
