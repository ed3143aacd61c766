"""Jobs for the tests: importable, because worker processes import them by name."""

import os
import time
from pathlib import Path

from lime_engine.errors import Cancelled, InputError
from ui.workshop.jobs import Report


class KeywordOnlyError(InputError):
    """Of a shape that pickle cannot make again."""

    def __init__(self, *, row: int) -> None:
        super().__init__(f"Row {row} is empty.")


def double(number: int, *, report: Report) -> int:
    return 2 * number


def process_id(*, report: Report) -> int:
    return os.getpid()


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
