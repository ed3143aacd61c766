"""Waiting for what is to come true, in tests that have other processes at work."""

import os
import time
from collections.abc import Callable

PATIENCE = 300.0  # seconds; only what is broken takes this long


def until(condition: Callable[[], object]) -> None:
    """Wait for the condition."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.005)


def is_alive(process: int) -> bool:
    """Whether there is a process with this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
