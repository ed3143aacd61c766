"""A limit on the memory that reading one file may take, in the worker that reads it."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from lime_engine.errors import InputError

MAX_MEMORY = 700_000_000  # bytes, on top of what the process has
_SECONDS = 0.02  # between two looks; in one, less than `MAX_MEMORY` is added
_STATUS = Path("/proc/self/statm")  # pages: all of the address space, and those that are there


@contextlib.contextmanager
def bounded_memory(most: int = MAX_MEMORY) -> Iterator[None]:
    """Let what runs in it take this many bytes more of memory, where the system tells how many.

    In the main thread of a process on Linux, that is in a worker.

    Raises
    ------
    InputError
        If it takes more.
    """
    try:
        with _watched(most):
            yield
    except MemoryError as error:
        raise InputError(
            "Reading this file takes more memory than a file may have here. Bring a smaller part "
            "of it."
        ) from error


@contextlib.contextmanager
def _watched(most: int) -> Iterator[None]:
    """Look again and again; a limit of the system's stands behind, for one that is too sudden.

    Not the limit alone: Python 3.11 that has no memory left for an exception tries for ever.
    """
    if not _STATUS.exists() or threading.current_thread() is not threading.main_thread():
        yield
        return
    import resource

    page = os.sysconf("SC_PAGE_SIZE")
    space, there = (int(n) * page for n in _STATUS.read_bytes().split()[:2])

    def look(_number: int, _frame: FrameType | None) -> None:
        if int(_STATUS.read_bytes().split()[1]) * page > there + most:
            raise MemoryError

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limits = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    before = signal.signal(signal.SIGALRM, look)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (min([space + 2 * most, *limits]), hard))
        signal.setitimer(signal.ITIMER_REAL, _SECONDS, _SECONDS)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
