"""Runs on a real cluster whose scheduler or workers fail, and what is said of it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sample_models import tasks
from tests.conditions import until
from tests.server import ROOT
from ui.pick.choice import PickChoice
from ui.pick.work.explaining import Explaining
from ui.workshop import runs

N = 300
WORK = Explaining(PickChoice(tasks()["triage"], "a", n=N))


class Scheduler:
    """`dask scheduler` as a process of its own, on this machine alone."""

    def __init__(self, folder: Path, ends: ExitStack) -> None:
        self._folder, self._ends = folder, ends
        file = folder / "scheduler.json"
        self.process = self._started(
            "scheduler", "--host=127.0.0.1", "--port=0", f"--scheduler-file={file}"
        )
        until(lambda: self.process.poll() is not None or file.exists())
        self.address = str(json.loads(file.read_text())["address"])

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self._started(
            "worker", self.address, "--host=127.0.0.1", "--nthreads=1", "--no-nanny"
        )

    def _started(self, kind: str, *options: str) -> subprocess.Popen[bytes]:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        log = self._ends.enter_context((self._folder / f"{kind}.log").open("wb"))
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", kind, *options, "--no-dashboard"],
            cwd=self._folder,
            env={**os.environ, "PYTHONPATH": path},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        self._ends.callback(process.wait)
        self._ends.callback(process.kill)
        return process


@pytest.fixture
def scheduler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scheduler]:
    with ExitStack() as ends:
        found = Scheduler(tmp_path, ends)
        monkeypatch.setenv(runs.DASK, found.address)
        yield found
        runs.stop_all()


def under_way() -> runs.Run:
    """The run, once some of it is explained."""
    run = runs.start(WORK, range(N))
    until(lambda: run.n_done >= 3 or run.ended)
    assert not run.ended, run.error
    return run


def ended_for(run: runs.Run, cause: str, address: str) -> None:
    """It has failed with a sentence, and what was explained is kept for the next run."""
    until(lambda: run.ended)
    assert run.state == "failed"
    assert cause in run.error
    assert address in run.error
    assert "What is explained is kept" in run.error
    assert "unset the variable to use this machine" in run.error
    assert len(runs.explained_rows(WORK, range(N))) >= run.n_done


def test_a_scheduler_that_is_killed_ends_the_run_with_a_sentence(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler.start_worker()
    run = under_way()
    scheduler.process.kill()
    ended_for(run, "has gone: the connection to it was lost", scheduler.address)
    assert 3 <= run.n_done < N
    monkeypatch.delenv(runs.DASK)
    again = runs.start(WORK, range(N))
    assert len(again.todo) <= N - run.n_done
    again.stop.set()
    until(lambda: again.ended)


@pytest.mark.long
def test_a_scheduler_that_is_silent_ends_the_run_with_a_sentence(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler.start_worker()
    run = under_way()
    monkeypatch.setattr(runs, "PATIENCE_SECONDS", 3)
    scheduler.process.send_signal(signal.SIGSTOP)
    ended_for(run, "has not answered for", scheduler.address)


@pytest.mark.long
def test_a_cluster_without_workers_is_said_so_and_one_that_comes_is_used(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs.start(WORK, range(N))
    until(lambda: run.cluster is not None)
    assert run.cluster is not None
    assert not run.cluster.has_workers
    worker = scheduler.start_worker()
    until(lambda: run.n_done >= 3)
    assert run.cluster.has_workers
    monkeypatch.setattr(runs, "PATIENCE_SECONDS", 3)
    worker.kill()
    ended_for(run, "has no workers", scheduler.address)
    assert "dask worker" in run.error


def test_a_run_that_waits_for_workers_can_be_cancelled(scheduler: Scheduler) -> None:
    run = runs.start(WORK, range(N))
    until(lambda: run.cluster is not None)
    run.stop.set()
    until(lambda: run.ended)
    assert (run.state, run.error) == ("cancelled", "")
