import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lime_engine.errors import Cancelled, InputError
from tests.conditions import PATIENCE, is_alive, until
from tests.server import ROOT
from tests.ui.workshop import job_functions as jobs
from ui.workshop.jobs import Job, WorkerError, Workers


@pytest.fixture(scope="module")
def shared() -> Iterator[Workers]:
    # No job is ended that would have looked, and no viewer let go who would have.
    pool = Workers(2, grace_seconds=PATIENCE, lease_seconds=PATIENCE)
    yield pool
    pool.close()


@pytest.fixture
def impatient() -> Iterator[Workers]:
    pool = Workers(1, grace_seconds=0.2, lease_seconds=PATIENCE)
    yield pool
    pool.close()


@pytest.fixture
def single() -> Iterator[Workers]:
    pool = Workers(1, grace_seconds=PATIENCE, lease_seconds=PATIENCE)
    yield pool
    pool.close()


@pytest.fixture
def forgetful() -> Iterator[Workers]:
    pool = Workers(1, grace_seconds=PATIENCE, lease_seconds=0.5)
    yield pool
    pool.close()


class Held:
    """A job that runs until it is released."""

    def __init__(self, pool: Workers, folder: Path, name: str, affinity: str = "any") -> None:
        self.running, self.release_file = folder / f"{name}.running", folder / f"{name}.release"
        self.job: Job[int] = self.submit(pool, name, affinity)

    def submit(self, pool: Workers, key: str, affinity: str = "any") -> Job[int]:
        return pool.submit(key, jobs.hold, self.running, self.release_file, affinity=affinity)

    def until_running(self) -> int:
        until(lambda: self.running.exists() and self.running.read_text())
        return int(self.running.read_text())

    def release(self) -> None:
        self.release_file.touch()


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Callable[..., Held]]:
    held: list[Held] = []

    def start(pool: Workers, name: str, affinity: str = "any") -> Held:
        held.append(Held(pool, tmp_path, name, affinity))
        return held[-1]

    yield start
    for one in held:
        one.release()


def test_result_of_another_process(shared: Workers) -> None:
    assert shared.submit("double", jobs.double, 21, affinity="any").result() == 42
    assert shared.submit("pid", jobs.process_id, affinity="any").result() != os.getpid()


def test_ready_once_every_process_has_answered(shared: Workers) -> None:
    until(lambda: shared.ready)


def test_progress_and_states(single: Workers, hold: Callable[..., Held]) -> None:
    first = hold(single, "first")
    first.until_running()
    second = single.submit("second", jobs.double, 1, affinity="any")
    until(lambda: first.job.fraction == 0.5)
    assert (first.job.state, second.state, second.fraction) == ("running", "waiting", None)
    assert not second.wait(0.01)
    first.release()
    assert second.wait(PATIENCE)
    assert (first.job.state, first.job.fraction, second.state) == ("done", 1.0, "done")


def test_own_errors_keep_type_and_message(shared: Workers) -> None:
    job = shared.submit("own", jobs.raise_input_error, affinity="any")
    with pytest.raises(InputError, match=r"^The text is empty\. Write something\.$"):
        job.result()
    assert job.state == "failed"


def test_own_error_that_does_not_pickle_keeps_its_message(shared: Workers) -> None:
    job = shared.submit("unpicklable", jobs.raise_unpicklable_error, affinity="any")
    with pytest.raises(WorkerError, match=r"^Row 3 is empty\.$"):
        job.result()


def test_foreign_error_becomes_a_sentence_without_its_details(shared: Workers) -> None:
    job = shared.submit("foreign", jobs.raise_foreign_error, affinity="any")
    with pytest.raises(WorkerError, match="unexpected ZeroDivisionError") as caught:
        job.result()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("function", [jobs.unpicklable_result, jobs.unreadable_result])
def test_result_that_does_not_travel_fails_the_job_only(
    shared: Workers, function: Callable[..., object]
) -> None:
    with pytest.raises(WorkerError):
        shared.submit("result", function, affinity="any").result()
    assert shared.submit("after", jobs.double, 1, affinity="any").result() == 2


def test_function_that_does_not_pickle_is_refused_at_once(shared: Workers) -> None:
    with pytest.raises((AttributeError, TypeError, OSError), match=r"pickle|lambda"):
        shared.submit("lambda", lambda report: None, affinity="any")
    assert shared.submit("lambda", jobs.double, 1, affinity="any").result() == 2


def test_leaving_stops_a_job_that_looks_and_keeps_its_process(
    single: Workers, hold: Callable[..., Held]
) -> None:
    held = hold(single, "held")
    process = held.until_running()
    held.job.leave()
    assert held.job.wait(0)
    with pytest.raises(Cancelled):
        held.job.result()
    until(held.running.with_suffix(".stopped").exists)
    assert single.submit("pid", jobs.process_id, affinity="any").result() == process


def test_leaving_ends_a_job_that_never_looks(impatient: Workers, tmp_path: Path) -> None:
    running = tmp_path / "running"
    job = impatient.submit("deaf", jobs.never_look, running, affinity="any")
    until(lambda: running.exists() and running.read_text())
    process = int(running.read_text())
    job.leave()
    assert job.state == "cancelled"
    until(lambda: not is_alive(process))
    assert impatient.submit("pid", jobs.process_id, affinity="any").result() != process


def test_forgotten_job_is_cancelled(single: Workers, hold: Callable[..., Held]) -> None:
    held = hold(single, "held")
    held.until_running()
    del held.job  # as when a session is discarded
    gc.collect()
    until(held.running.with_suffix(".stopped").exists)


def test_a_viewer_who_does_not_look_any_more_is_let_go(
    forgetful: Workers, hold: Callable[..., Held]
) -> None:
    held = hold(forgetful, "held")  # and never looked at, though its session lives
    after = forgetful.submit("after", jobs.double, 21, affinity="any")
    assert after.result() == 42  # the worker is free
    assert held.job.lapsed
    assert held.job.state == "cancelled"
    assert not after.lapsed


def test_those_who_look_keep_what_others_have_left(
    forgetful: Workers, hold: Callable[..., Held]
) -> None:
    held = hold(forgetful, "same")
    looking = held.submit(forgetful, "same")
    with ThreadPoolExecutor(1) as other:
        ended = other.submit(looking.wait, PATIENCE)
        until(lambda: held.job.lapsed)
        state = looking.state, looking.lapsed
        held.release()
        assert ended.result()
    assert state in (("waiting", False), ("running", False))
    assert looking.result() > 0


def test_an_open_page_may_be_silent_for_longer(
    forgetful: Workers, hold: Callable[..., Held], tmp_path: Path
) -> None:
    pages = {"first": True, "second": True}
    both = {
        name: forgetful.submit(
            name,
            jobs.hold,
            tmp_path / f"{name}.running",
            tmp_path / f"{name}.release",
            affinity="any",
            is_open=lambda name=name: pages[name],
        )
        for name in pages
    }
    pages["second"] = False
    until(lambda: both["second"].lapsed)
    assert not both["first"].lapsed
    pages["first"] = False
    until(lambda: both["first"].lapsed)


def test_one_who_was_let_go_and_comes_back_begins_again(
    forgetful: Workers, hold: Callable[..., Held]
) -> None:
    held = hold(forgetful, "held")
    until(lambda: held.job.lapsed)
    held.release()
    again = held.submit(forgetful, "held")
    assert again.result() > 0
    assert not again.lapsed


APP = """
import sys
from pathlib import Path
from tests.ui.workshop import job_functions as jobs
from ui.workshop.jobs import Workers
if __name__ == "__main__":
    pool = Workers(1)
    job = pool.submit("deaf", jobs.never_look, Path(sys.argv[1]), affinity="any")
    job.result()
"""


def test_a_worker_ends_with_an_app_that_is_killed_whatever_it_computes(tmp_path: Path) -> None:
    script, running = tmp_path / "app.py", tmp_path / "running"
    script.write_text(APP)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, script, running], env=environment) as app:
        until(lambda: running.exists() and running.read_text())
        app.kill()
    until(lambda: not is_alive(int(running.read_text())))


def test_dying_process_fails_its_job_only(shared: Workers, hold: Callable[..., Held]) -> None:
    neighbour = hold(shared, "neighbour")
    neighbour.until_running()
    with pytest.raises(WorkerError, match="ended unexpectedly; try again"):
        shared.submit("die", jobs.die, affinity="any").result()
    assert shared.submit("after", jobs.double, 1, affinity="any").result() == 2
    neighbour.release()
    assert neighbour.job.result() > 0


def test_process_killed_while_idle_fails_no_job(single: Workers) -> None:
    process = single.submit("pid", jobs.process_id, affinity="any").result()
    until(lambda: single._idle)
    worker = single._slots[0]._process
    assert worker is not None
    worker.kill()
    worker.join()
    assert single.submit("pid", jobs.process_id, affinity="any").result() != process


def test_same_key_is_computed_once_and_lives_until_the_last_viewer(
    shared: Workers, hold: Callable[..., Held]
) -> None:
    held = hold(shared, "same")
    second = held.submit(shared, "same")
    process = held.until_running()
    held.job.leave()
    held.job.leave()  # twice counts once
    assert second.state == "running"
    held.release()
    assert second.result() == process


def test_finished_and_cancelled_jobs_are_computed_anew(
    single: Workers, tmp_path: Path, hold: Callable[..., Held]
) -> None:
    log = tmp_path / "log"
    for _ in range(2):
        single.submit("note", jobs.note, log, "done", affinity="any").result()
    assert log.read_text().split() == ["done", "done"]

    held = hold(single, "held")
    held.until_running()
    held.job.leave()
    again = held.submit(single, "held")
    held.release()
    assert again.result() > 0


def test_queue_keeps_its_order_and_skips_the_cancelled(
    single: Workers, tmp_path: Path, hold: Callable[..., Held]
) -> None:
    log = tmp_path / "log"
    held = hold(single, "held")
    held.until_running()
    queued = [single.submit(n, jobs.note, log, n, affinity="any") for n in ("a", "b", "c")]
    queued[1].leave()
    assert queued[1].state == "cancelled"
    held.release()
    queued[2].result()
    assert log.read_text().split() == ["a", "c"]


def test_idle_worker_that_has_the_model_is_preferred(
    shared: Workers, hold: Callable[..., Held]
) -> None:
    both = [hold(shared, "cat", "cat"), hold(shared, "dog", "dog")]
    cat, dog = (held.until_running() for held in both)
    for held in both:
        held.release()
        held.job.result()
    until(lambda: len(shared._idle) == 2)
    for model, process in [("dog", dog), ("dog", dog), ("cat", cat), ("dog", dog), ("cat", cat)]:
        assert shared.submit("pid", jobs.process_id, affinity=model).result() == process
        until(lambda: len(shared._idle) == 2)


def test_preloads_wait_for_everything_else_and_run_one_at_a_time(
    shared: Workers, tmp_path: Path, hold: Callable[..., Held]
) -> None:
    log = tmp_path / "log"
    busy = [hold(shared, "one"), hold(shared, "two")]
    for held in busy:
        held.until_running()
    loading, loaded = tmp_path / "loading", tmp_path / "loaded"
    shared.preload(jobs.hold, loading, loaded, affinity="model")
    shared.preload(jobs.note, log, "preloaded", affinity="other")
    asked = shared.submit("asked", jobs.note, log, "asked", affinity="any")

    busy[0].release()
    asked.result()
    until(loading.exists)
    busy[1].release()  # a free worker, yet the second preload waits for the first
    shared.submit("again", jobs.note, log, "again", affinity="any").result()
    assert log.read_text().split() == ["asked", "again"]
    loaded.touch()
    until(lambda: log.read_text().split() == ["asked", "again", "preloaded"])


def test_close_cancels_everything_and_ends_the_processes(hold: Callable[..., Held]) -> None:
    pool = Workers(
        1, grace_seconds=1e5, lease_seconds=PATIENCE
    )  # it waits for nothing, neither for this
    held = hold(pool, "held")  # nor for what nobody releases
    process = held.until_running()
    queued = pool.submit("queued", jobs.double, 1, affinity="any")
    pool.close()
    assert not is_alive(process)
    assert (held.job.state, queued.state) == ("cancelled", "cancelled")
    with pytest.raises(WorkerError, match="shutting down"):
        pool.submit("late", jobs.double, 1, affinity="any")


@pytest.mark.skipif(not hasattr(os, "nice"), reason="the system has no such order")
def test_pages_go_before_workers(shared: Workers) -> None:
    assert shared.submit("nice", jobs.niceness, affinity="any").result() > os.nice(0)
