"""Waiting for what is to come true, in tests that have other processes at work."""

import os
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 300.0  # seconds; only what is broken takes this long


def until(condition: Callable[[], object]) -> None:
    """Wait for the condition."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.005)


def is_alive(process: int) -> bool:
    """Whether a process with this number runs: one that nobody has buried does not."""
    stat = Path(f"/proc/{process}/stat")  # where there is such a thing
    try:
        if stat.exists():
            return stat.read_text().rpartition(")")[2].split()[0] not in "ZX"
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
