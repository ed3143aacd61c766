"""Jobs for the tests: importable, because worker processes import them by name."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lime_engine.errors import Cancelled, InputError
from lime_engine.types import Explanation, FloatArray, PredictFn
from ui.workshop.jobs import Report
from ui.workshop.worker import SPENT, limit_memory


class KeywordOnlyError(InputError):
    """Of a shape that pickle cannot make again."""

    def __init__(self, *, row: int) -> None:
        super().__init__(f"Row {row} is empty.")


def double(number: int, *, report: Report) -> int:
    return 2 * number


def process_id(*, report: Report) -> int:
    return os.getpid()


def niceness(*, report: Report) -> int:
    return os.nice(0)


def note(log: Path, line: str, *, report: Report) -> None:
    with log.open("a") as file:
        file.write(line + "\n")


def hold(running: Path, release: Path, *, report: Report) -> int:
    """Say that it runs and half is done; then go on until released or asked to stop."""
    running.write_text(str(os.getpid()))
    report(0.5)
    while not release.exists():
        if report.should_stop():
            running.with_suffix(".stopped").touch()
            raise Cancelled("Asked to stop.")
        time.sleep(0.005)
    report(1.0)
    return os.getpid()


def never_look(running: Path, *, report: Report) -> None:
    running.write_text(str(os.getpid()))
    while True:
        pass


def die(*, report: Report) -> None:
    os._exit(7)


def raise_input_error(*, report: Report) -> None:
    raise InputError("The text is empty. Write something.")


def raise_unpicklable_error(*, report: Report) -> None:
    raise KeywordOnlyError(row=3)


def raise_foreign_error(*, report: Report) -> None:
    raise ZeroDivisionError("secret /path/of/the/server")


def unpicklable_result(*, report: Report) -> object:
    return lambda: None


class Unreadable:
    """Pickles in the worker and cannot be read by the app."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return int, ("not a number",)


def unreadable_result(*, report: Report) -> object:
    return Unreadable()


def end_as_spent(*, report: Report) -> None:
    os._exit(SPENT)


def refused_memory(*, report: Report) -> None:
    raise MemoryError


def take_memory(n_bytes: int, *, report: Report | None) -> None:
    """Take so much, piece by piece, and keep it."""
    kept: list[bytes] = []
    while sum(map(len, kept)) < n_bytes:
        kept.append(b"x" * 20_000_000)
    while True:
        time.sleep(1)


def peak_memory(*, report: Report) -> int:
    """The most that this process has had, in bytes."""
    status = Path("/proc/self/status").read_text()
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line)


def load_hungry() -> PredictFn[Sequence[str]]:
    """A model that takes what memory there is when it reads of hunger, in a worker of a run."""
    limit_memory(500_000_000)

    def predict(texts: Sequence[str]) -> FloatArray:
        if any("hungry" in text for text in texts):
            take_memory(600_000_000, report=None)
        return np.full((len(texts), 2), 0.5)

    return predict


def note_explained(texts: list[str], text: str, explanation: Explanation) -> int:
    return texts.index(text)
