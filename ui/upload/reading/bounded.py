"""A limit on the memory that reading one file may take, in the worker that reads it."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from lime_engine.errors import InputError

MAX_MEMORY = 1_000_000_000  # bytes, on top of what the process has


@contextlib.contextmanager
def bounded_memory(most: int = MAX_MEMORY) -> Iterator[None]:
    """Let what runs in it take this many bytes more of memory, where the system knows how.

    Raises
    ------
    InputError
        If it needs more.
    """
    try:
        with _address_space(most):
            yield
    except MemoryError as error:
        raise InputError(
            "Reading this file takes more memory than a file may have here. Bring a smaller part "
            "of it."
        ) from error


@contextlib.contextmanager
def _address_space(most: int) -> Iterator[None]:
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (ImportError, OSError):  # not Linux: the other bounds do their part
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * os.sysconf("SC_PAGE_SIZE") + most
    wanted = min([wanted, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)])
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
