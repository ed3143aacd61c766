"""How a run tells of itself: its rate against workers of known speed, and its counts."""

import heapq
import os
import queue
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from lime_engine import Outcome
from lime_engine.errors import Cancelled
from tests.conditions import is_alive, until
from ui.shell.running import under_way
from ui.workshop import runs
from ui.workshop.runs import Run
from ui.workshop.store import store


class Step:
    """A run whose items are explained when the test says so."""

    kind: ClassVar[str] = "step"
    run_id: ClassVar[str] = "b" * 26

    def __init__(self) -> None:
        self.next: queue.Queue[int] = queue.Queue()

    def entry_id(self, row: int) -> str:
        return store().key(self.kind, str(row))

    def outcomes(
        self, rows: Sequence[int], executor: Executor | None, should_stop: Callable[[], bool]
    ) -> Generator[Outcome[int], None, None]:
        for place, row in enumerate(rows):
            while self.next.empty():
                if should_stop():
                    raise Cancelled("Stopped.")
            self.next.get()
            store().write(self.kind, self.entry_id(row), b"explained")
            yield Outcome(place, row, None, 1.0)


def finish(work: Step, run: Run, n: int) -> None:
    """Let so many more be explained."""
    wanted = run.n_done + n
    for _ in range(n):
        work.next.put(1)
    until(lambda: run.n_done == wanted)


def arrivals(n_workers: int, loads: float, seconds: Sequence[float]) -> list[tuple[float, float]]:
    """When each item is there, and how long it took: each worker takes the next one when free.

    The first one of each takes ten times as long.
    """
    free = [loads] * n_workers
    found = []
    for place, each in enumerate(seconds):
        took = each * (10 if place < n_workers else 1)
        at = heapq.heappop(free) + took
        heapq.heappush(free, at)
        found.append((at, took))
    return sorted(found)


@pytest.mark.parametrize("n_workers", [1, 2, 4, 8])
@pytest.mark.parametrize("loads", [0.0, 60.0])
def test_the_rate_is_right_within_a_factor_of_two_after_an_item_of_each_worker_and_one(
    n_workers: int, loads: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs.os, "cpu_count", lambda: n_workers)
    rng = np.random.default_rng(n_workers)
    for _ in range(20):
        seconds = rng.uniform(0.8, 1.2, 60)
        run = Run(Step(), range(60))
        for place, (_, took) in enumerate(arrivals(n_workers, loads, seconds.tolist())):
            run.count(Outcome(place, place, None, took))
            if run.n_done > max(2, n_workers):
                assert run.rate is not None
                assert n_workers / 2 <= run.rate <= 2 * n_workers  # items of a second each
            else:
                assert run.rate is None


@pytest.mark.parametrize("slower_at_first", [1.0, 1.5, 2.0])
def test_so_it_is_as_a_rule_where_items_differ_much(
    slower_at_first: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As newsgroup posts do, which take 0.2 s or 1.5 s."""
    monkeypatch.setattr(runs.os, "cpu_count", lambda: 2)
    rng, n_right = np.random.default_rng(0), 0
    for _ in range(500):
        took = rng.lognormal(0.0, 0.5, 3)
        took[:2] *= slower_at_first
        run = Run(Step(), range(60))
        for place, seconds in enumerate(took):
            run.count(Outcome(place, place, None, seconds))
        assert run.rate is not None
        n_right += 0.5 <= run.rate * np.exp(0.5**2 / 2) / 2 <= 2  # times the mean, by two workers
    assert n_right >= 440  # without the shortest of the longest 330


def test_counts_are_of_all_items_also_after_going_on() -> None:
    work, rows = Step(), [7, 3, 5, 1, 9, 0, 2, 4, 6, 8]
    run = runs.start(work, rows)
    assert run.so_far() is None
    finish(work, run, 4)
    assert under_way(run).startswith("Explained 4 of 10")
    run.stop.set()
    until(lambda: run.ended)
    again = runs.start(work, rows)
    until(lambda: again.state == "running")
    assert under_way(again) == "Explained 4 of 10: loading the model"
    finish(work, again, 2)
    assert under_way(again).startswith("Explained 6 of 10")
    finish(work, again, 4)
    until(lambda: again.ended)
    assert again.n_before + again.n_done == again.n_all == len(rows)


def test_what_there_is_so_far_is_what_came_first_and_stays_for_a_while() -> None:
    work, rows = Step(), [7, 3, 5, *range(20, 60)]
    run, shown = runs.start(work, rows), {}
    for n in range(1, len(rows)):
        finish(work, run, 1)
        so_far = run.so_far()
        assert so_far is not None
        assert so_far["is_going"]
        assert set(so_far["rows"]) == set(rows[: len(so_far["rows"])])
        shown[n] = len(so_far["rows"])
    assert sorted(set(shown.values())) == [1, 3, 10, 20, 40]
    assert all(n // 4 < so_many <= n for n, so_many in shown.items())


def test_a_run_ends_when_its_data_are_deleted() -> None:
    source = store().put("texts", b"A diary that a run explains")

    class OfTheirs(Step):
        kind: ClassVar[str] = "step-of-theirs"
        run_id: ClassVar[str] = store().key("run", f"{source}-0")

        def entry_id(self, row: int) -> str:
            return store().key(self.kind, f"{source}-{row}")

    work = OfTheirs()
    run = runs.start(work, range(5))
    finish(work, run, 2)
    store().forget([source])
    until(lambda: run.ended)
    assert (run.state, run.n_done) == ("cancelled", 2)
    assert not any(store().has(work.kind, work.entry_id(row)) for row in range(5))


class Told:
    """A run whose items tell which process had them."""

    kind: ClassVar[str] = "process"

    def __init__(self, name: str) -> None:
        self.run_id = store().key("run", name)
        self.processes: set[int] = set()

    def entry_id(self, row: int) -> str:
        return store().key(self.kind, self.run_id, str(row))

    def outcomes(
        self, rows: Sequence[int], executor: Executor | None, should_stop: Callable[[], bool]
    ) -> Generator[Outcome[int], None, None]:
        assert executor is not None
        for place, _ in enumerate(rows):
            self.processes.add(executor.submit(os.getpid).result())
            if should_stop():
                raise Cancelled("Stopped.")
            yield Outcome(place, place, None, 1.0)

    def ran(self) -> set[int]:
        run = runs.start(self, range(4))
        until(lambda: run.ended)
        assert run.state == "done"
        return self.processes


def test_processes_are_kept_for_the_next_run_with_this_store(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = Told("first").ran() | Told("second").ran()
    assert len(before) <= (os.cpu_count() or 1)
    stopped = Told("stopped")
    runs.start(stopped, range(4)).stop.set()
    until(lambda: runs.running(stopped).ended)  # type: ignore[union-attr]
    until(lambda: not any(map(is_alive, before)))  # what was cancelled may still be at it
    before = Told("third").ran()
    with monkeypatch.context() as patch:
        patch.setenv("LIME_LAB_STORE", str(tmp_path))
        store.cache_clear()
        assert not before & Told("elsewhere").ran()
    store.cache_clear()
    runs.stop_all()
    until(lambda: not any(map(is_alive, before)))


def test_processes_are_of_the_store_that_they_began_with(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A run that ends after there is another store."""

    class Held(Told):
        def outcomes(
            self, rows: Sequence[int], executor: Executor | None, should_stop: Callable[[], bool]
        ) -> Generator[Outcome[int], None, None]:
            assert executor is not None
            self.processes.add(executor.submit(os.getpid).result())
            until(moved.is_set)
            yield from super().outcomes(rows, executor, should_stop)

    moved = threading.Event()
    held = Held("held")
    run = runs.start(held, range(4))
    until(lambda: bool(held.processes))
    with monkeypatch.context() as patch:
        patch.setenv("LIME_LAB_STORE", str(tmp_path))
        store.cache_clear()
        moved.set()
        until(lambda: run.ended)
        assert run.state == "done"
        assert not held.processes & Told("after").ran()
        runs.stop_all()
    store.cache_clear()


def test_kept_processes_go_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_KEPT_SECONDS", 0.1)
    processes = Told("short").ran()
    until(lambda: not any(map(is_alive, processes)))
