"""A file as a lock between threads and processes."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Only one at a time is inside, of all threads and processes. Not to be entered twice.

    Raises
    ------
    OSError
        If the file can neither be opened nor made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b"):  # closing it ends the lock, also when the process dies
        _lock(handle)
        yield


def _lock(handle: int) -> None:
    """Wait until nobody else has locked this file, and lock it until it is closed."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
