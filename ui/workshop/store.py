"""The one store on disk: everything that must survive a reload, addressed by its content.

An entry's id is an HMAC of what it is made from, under a secret of this store: the same content
has the same id, and nobody who does not hold the content (or was given the id) can name it.
"""

import base64
import functools
import hashlib
import hmac
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lime_engine.errors import LimeError

_KIND = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_ID = re.compile(r"[a-z2-7]{26}")  # base32: also distinct where file names ignore case
_CHECKSUM_BYTES = 32
_SECRET_BYTES = 32
_BLOCK_BYTES = 4096  # what even a tiny file takes on a disk


class StoreError(LimeError):
    """The store cannot be used; says which folder, why, and what to do."""


class Store:
    """Entries of bytes, bounded in age and total size; safe for several processes at once.

    Parameters
    ----------
    root
        The store's folder, made if absent, readable by its owner only.
    max_bytes
        The total size; beyond it the entries unused for longest are dropped. One entry may take
        a tenth of it.
    ttl_seconds
        An entry that nobody has read or written for this long is gone.
    clock
        Seconds since the epoch.
    """

    def __init__(
        self,
        root: Path,
        *,
        max_bytes: int,
        ttl_seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._root = root
        self._max_bytes = max_bytes
        self._ttl_seconds = ttl_seconds
        self._clock = clock
        self._secret = _shared_secret(root)
        self._unswept_bytes = max_bytes  # so that the first write sweeps

    def key(self, kind: str, *parts: str | bytes) -> str:
        """The id of what these parts, in this order, stand for (26 characters, url-safe)."""
        mac = hmac.new(self._secret, digestmod=hashlib.sha256)
        for part in (kind, *parts):
            raw = part.encode() if isinstance(part, str) else part
            mac.update(len(raw).to_bytes(8, "big"))
            mac.update(raw)  # no copy of it
        return base64.b32encode(mac.digest())[:26].decode().lower()

    def put(self, kind: str, data: bytes) -> str:
        """Keep content under the id of that content."""
        entry_id = self.key(kind, data)
        self.write(kind, entry_id, data)
        return entry_id

    def write(self, kind: str, entry_id: str, data: bytes) -> None:
        """Keep data under an id made by `key`.

        Raises
        ------
        ValueError
            If the data is larger than a tenth of the store.
        """
        if len(data) > self._max_bytes // 10:
            raise ValueError(
                f"{len(data)} bytes do not fit: one entry may have {self._max_bytes // 10}."
            )
        path = self._path(kind, entry_id)
        if path is None:
            raise ValueError(f"{entry_id!r} is not an id of this store; make one with key().")
        path.parent.mkdir(mode=0o700, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(data).digest())
                file.write(data)
            self._touch(Path(temporary))
            os.replace(temporary, path)
        except PermissionError:  # Windows, while someone reads the entry: then it is there already
            if not path.exists():
                raise
        finally:
            Path(temporary).unlink(missing_ok=True)
        self._unswept_bytes += max(len(data), _BLOCK_BYTES)
        if self._unswept_bytes > self._max_bytes // 10:
            self._sweep()

    def read(self, kind: str, entry_id: str) -> bytes | None:
        """The data, and note that it was used; None if it is absent, expired or damaged."""
        path = self._path(kind, entry_id)
        if path is None:
            return None
        try:
            if path.stat().st_mtime < self._clock() - self._ttl_seconds:
                return None
            raw = path.read_bytes()
            self._touch(path)
        except OSError:
            return None
        checksum, data = raw[:_CHECKSUM_BYTES], raw[_CHECKSUM_BYTES:]
        return data if hashlib.sha256(data).digest() == checksum else None

    def has(self, kind: str, entry_id: str) -> bool:
        """Whether `read` would find it, were it not damaged; notes nothing."""
        path = self._path(kind, entry_id)
        try:
            return path is not None and path.stat().st_mtime >= self._clock() - self._ttl_seconds
        except OSError:
            return False

    def _path(self, kind: str, entry_id: str) -> Path | None:
        """Where the entry is; None for an id, from a URL perhaps, that cannot be one."""
        if not _KIND.fullmatch(kind):
            raise ValueError(f"{kind!r} is not a kind: lower-case letters, digits, - and _.")
        return self._root / kind / entry_id if _ID.fullmatch(entry_id) else None

    def _touch(self, path: Path) -> None:
        now = self._clock()
        os.utime(path, (now, now))

    def _sweep(self) -> None:
        """Drop what is too old; then the longest unused, down to 80% so that it lasts a while.

        Files left behind by a process that died while writing age and go like entries.
        """
        self._unswept_bytes = 0
        oldest = self._clock() - self._ttl_seconds
        files = []
        for path in self._root.glob("*/*"):
            try:
                status = path.stat()
            except OSError:  # another process has just dropped it
                continue
            files.append((status.st_mtime, max(status.st_size, _BLOCK_BYTES), path))
        total = sum(size for _, size, _ in files)
        for last_used, size, path in sorted(files):
            if last_used >= oldest and total <= 0.8 * self._max_bytes:
                break
            try:
                path.unlink(missing_ok=True)
            except PermissionError:  # Windows, while someone reads it
                continue
            total -= size


def _shared_secret(root: Path) -> bytes:
    """The store's secret; of several processes that make it at the same time one wins."""
    path = root / "secret"
    if not path.exists():
        handle, temporary = tempfile.mkstemp(dir=root)  # mode 0600
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)  # unlike replace, fails if it exists, and is never half there
        except FileExistsError:
            pass
        finally:
            os.unlink(temporary)
    secret = path.read_bytes()
    if len(secret) != _SECRET_BYTES:
        raise StoreError(
            f"The secret of the store is damaged: {path} has {len(secret)} bytes instead of "
            f"{_SECRET_BYTES}. Put it back from a copy; or delete it, and the links to what is in "
            "the store no longer open."
        )
    return secret


@functools.cache
def store() -> Store:
    """The app's store: 1.1 GB, 30 days, in the folder `LIME_LAB_STORE` or `.store`."""
    root = os.environ.get("LIME_LAB_STORE") or Path(__file__).parents[2] / ".store"
    return Store(Path(root), max_bytes=1_100_000_000, ttl_seconds=30 * 24 * 3600)
