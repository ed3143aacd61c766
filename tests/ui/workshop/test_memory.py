"""A worker's memory has a limit: what needs more ends with a sentence, and a fresh one goes on."""

import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest

from lime_engine import LimeSettings, Outcome, TextPerturber, explain_many
from tests.conditions import until
from tests.ui.workshop import job_functions as jobs
from ui.workshop import runs
from ui.workshop.jobs import WorkerError, Workers
from ui.workshop.store import store
from ui.workshop.worker import MAX_MEMORY, SPENT, TOO_MUCH

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux")
ROOT = Path(__file__).parents[3]
LIMITED = """
from ui.workshop.worker import limit_memory
limit_memory(300_000_000)
limit_memory(300_000_000)  # a worker that loads a second model
{}
"""


@pytest.fixture
def single() -> Iterator[Workers]:
    pool = Workers(1)
    yield pool
    pool.close()


def limited(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LIMITED.format(code)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "code",
    [
        "kept = [bytearray(b'x' * 1_000_000) for _ in range(500)]\nwhile True: pass",
        "import numpy\nkept = numpy.ones(50_000_000)\nwhile True: pass",  # in one piece
        "def deeper():\n    kept.append('x' * 100_000)\n    deeper()\n"
        "kept = []\nwhile True:\n    try: deeper()\n    except RecursionError: pass",
    ],
)
def test_a_process_that_takes_more_ends(code: str) -> None:
    assert limited(code).returncode == SPENT


def test_what_is_too_sudden_is_refused() -> None:
    found = limited("try: b'x' * 1_000_000_000\nexcept MemoryError: print('refused')")
    assert (found.returncode, found.stdout) == (0, "refused\n")


def test_what_fits_is_left_alone() -> None:
    assert limited("kept = bytearray(b'x' * 50_000_000)\nprint(len(kept))").stdout == "50000000\n"


def test_a_job_that_took_too_much_says_so_and_the_next_one_runs(single: Workers) -> None:
    for too_much in (jobs.end_as_spent, jobs.refused_memory):
        with pytest.raises(WorkerError) as caught:
            single.submit("much", too_much, affinity="any").result()
        assert str(caught.value) == TOO_MUCH
        assert single.submit("after", jobs.double, 1, affinity="any").result() == 2
    assert "fewer copies" in TOO_MUCH


@dataclass(frozen=True)
class Hungry:
    """A run over three texts, of which one makes the model take more than its worker may have."""

    kind: ClassVar[str] = "hungry"
    run_id: ClassVar[str] = "a" * 26

    def entry_id(self, row: int) -> str:
        return store().key(self.kind, str(row))

    def outcomes(
        self, rows: Sequence[int], executor: Executor | None, should_stop: Callable[[], bool]
    ) -> Generator[Outcome[int], None, None]:
        texts = ["a quiet day", "a hungry day", "another day"]
        settings = LimeSettings(n_samples=50)
        return explain_many(
            [texts[row] for row in rows],
            jobs.load_hungry,
            TextPerturber(),
            settings,
            executor,
            keep=partial(jobs.note_explained, texts),
            should_stop=should_stop,
        )


def test_an_item_that_takes_too_much_is_listed_with_the_cause() -> None:
    run = runs.start(Hungry(), range(3))
    until(lambda: run.ended)
    assert (run.state, run.n_done) == ("done", 3)
    assert run.failed == [(1, TOO_MUCH)]


@pytest.mark.long
def test_a_job_that_takes_too_much_is_ended(single: Workers) -> None:
    before = single.submit("pid", jobs.process_id, affinity="any").result()
    with pytest.raises(WorkerError, match=r"more memory than the 2 GB"):
        single.submit("much", jobs.take_memory, MAX_MEMORY + 100_000_000, affinity="any").result()
    assert single.submit("pid", jobs.process_id, affinity="any").result() != before
