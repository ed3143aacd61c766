"""The one store on disk: everything that must survive a reload, addressed by its content.

An entry's id is an HMAC of what it is made from, under a secret of this store: the same content
has the same id, and nobody who does not hold the content (or was given the id) can name it.
"""

import base64
import contextlib
import errno
import functools
import hashlib
import hmac
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from lime_engine.errors import LimeError, in_words
from ui.workshop.origins.index import ID, Origins
from ui.workshop.origins.locks import alone

_KIND = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_ID = re.compile(r"[a-z2-7]{26}")  # base32: also distinct where file names ignore case
_CHECKSUM_BYTES = 32
_SECRET_BYTES = 32
_BLOCK_BYTES = 4096  # what even a tiny file takes on a disk
_ABANDONED_SECONDS = 3600  # no entry takes so long to be written: whoever wrote it has died

# Kinds that nobody can make again. What people said goes by age alone, whatever is brought or made.
SAID = frozenset(
    "review-pick review reviews verdict verdicts blind marked rounds presenting study-draft".split()
)
BROUGHT = frozenset(
    "upload texts pictures picture rows network network-card model model-card data-card "
    "data-facts study-fork made-of".split()
)
_MADE_OF = "made-of"  # beside each thing that was brought, the ids of what was made of it
_DATA = frozenset("upload texts pictures picture rows".split())
_SAID_SHARE, _BROUGHT_SHARE = 0.1, 0.6  # of the store, at most
_SWEPT_TO = 0.8  # of what is allowed, so that it lasts a while

SO_LONG = "for 30 days after its last use, or until others need the room"
KEPT_SO_LONG = f"what people bring is kept {SO_LONG}"
_CAUSES = (
    ({errno.ENOSPC, errno.EDQUOT, errno.EFBIG}, "its disk is full. Make room there"),
    ({errno.EROFS, errno.EACCES, errno.EPERM}, "nothing can be written there. Allow it"),
    ({errno.ENOENT, errno.ENOTDIR, errno.EEXIST}, "there is no such folder. Put it back"),
)


class StoreError(LimeError):
    """The store cannot be used; says which folder, why, and what to do."""


class Store:
    """Entries of bytes, bounded in age and total size; safe for several processes at once.

    What makes room for others, from what has not been used for longest on: of what people brought
    only what was brought, if that is too much, otherwise what can be made again; never what people
    said. Of that a tenth of the store is taken, and no more until some of it is too old.

    Parameters
    ----------
    root
        The store's folder, made if absent, readable by its owner only.
    max_bytes
        The total size. One entry may take a tenth of it.
    ttl_seconds
        An entry that nobody has read or written for this long is gone.
    clock
        Seconds since the epoch.

    Raises
    ------
    StoreError
        Here and from whatever writes: if the folder is missing, full or read-only.
    """

    def __init__(
        self,
        root: Path,
        *,
        max_bytes: int,
        ttl_seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._ttl_seconds = ttl_seconds
        self._clock = clock
        self._unswept_bytes = max_bytes  # so that the first write sweeps
        self._said_bytes = max_bytes  # at most; so that the first write looks
        self._origins = Origins(root / _MADE_OF, lambda entry_id: bool(self._kinds_of(entry_id)))
        with self._told():
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._secret = _shared_secret(root)

    def check(self) -> None:
        """Find out whether something can be kept here now.

        Raises
        ------
        StoreError
            If not.
        """
        with self._told():
            is_same = _shared_secret(self._root, self._secret) == self._secret
            with tempfile.TemporaryFile(dir=self._root) as file:
                file.write(bytes(_BLOCK_BYTES))
                file.flush()
                os.fsync(file.fileno())
        if not is_same:
            raise StoreError(
                f"The store {self._root} is another one than when the server started: its secret "
                "has changed. Start the server again."
            )

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Only one at a time is inside, of all threads and processes that have this store.

        For whoever reads an entry, changes it and writes it. Not to be entered twice.
        """
        with contextlib.ExitStack() as inside:
            with self._told():
                inside.enter_context(alone(self._root / "lock"))
            yield

    def key(self, kind: str, *parts: str | bytes) -> str:
        """The id of what these parts, in this order, stand for (26 characters, url-safe)."""
        mac = hmac.new(self._secret, digestmod=hashlib.sha256)
        for part in (kind, *parts):
            raw = part.encode() if isinstance(part, str) else part
            mac.update(len(raw).to_bytes(8, "big"))
            mac.update(raw)  # no copy of it
        entry_id = base64.b32encode(mac.digest())[:26].decode().lower()
        self._origins.named(entry_id, parts)
        return entry_id

    def put(self, kind: str, data: bytes) -> str:
        """Keep content under the id of that content."""
        entry_id = self.key(kind, data)
        self.write(kind, entry_id, data)
        return entry_id

    def write(self, kind: str, entry_id: str, data: bytes) -> None:
        """Keep data under an id made by `key`.

        Raises
        ------
        StoreError
            If the data is larger than a tenth of the store; if it cannot be written; if something
            that was brought, of which this is made, has been deleted since.
        """
        if len(data) > self._max_bytes // 10:
            raise StoreError(
                f"{len(data):,} bytes do not fit into the store: one entry may have "
                f"{self._max_bytes // 10:,}."
            )
        path = self._path(kind, entry_id)
        if path is None:
            raise ValueError(f"{entry_id!r} is not an id of this store; make one with key().")
        with self._told():
            if kind in SAID:
                self._take_room_to_say(path, max(len(data), _BLOCK_BYTES))
            path.parent.mkdir(mode=0o700, exist_ok=True)
            self._replace(path, data)
            if kind in BROUGHT:
                self._origins.seen(entry_id)
            self._unswept_bytes += max(len(data), _BLOCK_BYTES)
            if self._unswept_bytes > self._max_bytes // 10:
                self._sweep()
            if kind not in SAID and self.has_lost_source(entry_id):  # after it: see `forget`
                path.unlink(missing_ok=True)
                raise StoreError(
                    "What this was made of has been deleted, or has made room for others; so it is "
                    "not kept. Bring it again to go on."
                )

    def try_write(self, kind: str, entry_id: str, data: bytes) -> StoreError | None:
        """As `write`, for what can be made again; returns why it was not kept, if it was not."""
        try:
            self.write(kind, entry_id, data)
        except StoreError as error:
            return error
        return None

    def read(self, kind: str, entry_id: str) -> bytes | None:
        """The data, and note that it was used; None if it is absent, expired or damaged.

        What is damaged and can be made again is dropped, so that `has` does not find it either.
        """
        path = self._path(kind, entry_id)
        if path is None:
            return None
        try:
            if path.stat().st_mtime < self._clock() - self._ttl_seconds:
                return None
            raw = path.read_bytes()
        except OSError:
            return None
        checksum, data = raw[:_CHECKSUM_BYTES], raw[_CHECKSUM_BYTES:]
        is_whole = hashlib.sha256(data).digest() == checksum
        with contextlib.suppress(OSError):  # also what cannot be changed can be read
            if is_whole:
                self._touch(path)
            elif kind not in SAID | BROUGHT:
                path.unlink()
        if is_whole and kind in BROUGHT:
            self._origins.seen(entry_id)
        return data if is_whole else None

    def has(self, kind: str, entry_id: str) -> bool:
        """Whether `read` would find it, unless it is damaged and nobody has read it since."""
        path = self._path(kind, entry_id)
        try:
            return path is not None and path.stat().st_mtime >= self._clock() - self._ttl_seconds
        except OSError:
            return False

    def use(self, kind: str, entry_id: str) -> bool:
        """As `has`, and note that it was used."""
        is_there = self.has(kind, entry_id)
        path = self._path(kind, entry_id)
        if is_there and path is not None:
            with contextlib.suppress(OSError):
                self._touch(path)
        return is_there

    def release(self, kind: str, entry_id: str) -> None:
        """Whoever brought it has done with it: among the first to go, unless others use it."""
        path, when = self._path(kind, entry_id), self._clock() - 0.9 * self._ttl_seconds
        with contextlib.suppress(OSError):
            if path is not None and path.stat().st_mtime > when:
                os.utime(path, (when, when))

    def made(self, of: str, *entry_ids: str) -> None:
        """Note that these entries were made of another, which was brought, and go with it.

        What is named by a `key` of such an id is noted by itself.
        """
        if _ID.fullmatch(of):
            self._origins.note(of, *filter(_ID.fullmatch, entry_ids))

    def has_lost_source(self, entry_id: str) -> bool:
        """Whether something that was brought, of which this is made, is not here any more."""
        return self._origins.has_lost(entry_id)

    def forget(self, entry_ids: Iterable[str], alone: Iterable[str] = ()) -> int:
        """Delete what was brought under these ids, all that was made of it, and said of it.

        Of data also the file that they are from, but of those that are `alone`: edits of what
        somebody else may have brought. Returns how many entries have gone.

        Raises
        ------
        StoreError
            If something cannot be deleted.
        """
        found = set(filter(_ID.fullmatch, entry_ids))
        above = list(found)
        found |= {*filter(_ID.fullmatch, alone)}
        while above:  # from the data to what they are from
            each = above.pop()
            if _DATA & {*self._kinds_of(each)}:
                more = {*self._origins.those_that_made(each)} - found
                more = {root for root in more if _DATA & {*self._kinds_of(root)}}
                found |= more
                above += more
        with self._told(), self._origins.unchanged():
            # First what was brought: who writes what is made of it looks at that afterwards.
            found = self._with_what_was_made_of(found)
            in_order = sorted(found, key=lambda each: not self._kinds_of(each))
            return sum(self._forget(each) for each in in_order)

    def _with_what_was_made_of(self, entry_ids: Iterable[str]) -> set[str]:
        found = set(entry_ids)
        said, below = self._said_of(), list(found)
        while below:
            each = below.pop()
            more = {*self._origins.of(each), *(by for by, of in said.items() if each in of)} - found
            found |= more
            below += more
        return found

    def _forget(self, entry_id: str) -> int:
        paths = [path for path in self._root.glob(f"*/{entry_id}") if path.parent.name != _MADE_OF]
        for path in paths:
            path.unlink(missing_ok=True)
        self._origins.forget(entry_id)
        return len(paths)

    def _said_of(self) -> dict[str, set[str]]:
        """For each entry of what was said, the ids that it names."""
        found = {}
        for _, _, path in self._entries(SAID):
            with contextlib.suppress(OSError):
                found[path.name] = {*ID.findall(path.read_bytes().decode("utf-8", "replace"))}
        return found

    def _kinds_of(self, entry_id: str) -> list[str]:
        """Of which kind of what was brought or said there is an entry with this id."""
        kinds = (BROUGHT | SAID) - {_MADE_OF}
        return [kind for kind in kinds if (self._root / kind / entry_id).exists()]

    def _path(self, kind: str, entry_id: str) -> Path | None:
        """Where the entry is; None for an id, from a URL perhaps, that cannot be one."""
        if not _KIND.fullmatch(kind):
            raise ValueError(f"{kind!r} is not a kind: lower-case letters, digits, - and _.")
        return self._root / kind / entry_id if _ID.fullmatch(entry_id) else None

    def _touch(self, path: Path) -> None:
        now = self._clock()
        os.utime(path, (now, now))
        if path.parent.name in BROUGHT | SAID:
            with contextlib.suppress(OSError):  # nothing may be made of it yet
                os.utime(self._root / _MADE_OF / path.name, (now, now))

    def _replace(self, path: Path, data: bytes) -> None:
        """Write a file that is there as a whole or as it was."""
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

    def _take_room_to_say(self, path: Path, n_bytes: int) -> None:
        """Count what is said in `path`; `StoreError` if that is too much of all."""
        allowed = _SAID_SHARE * self._max_bytes
        if self._said_bytes + n_bytes > allowed:
            self._said_bytes = sum(size for _, size, _ in self._entries(SAID))
        before = max(path.stat().st_size, _BLOCK_BYTES) if path.exists() else 0
        if n_bytes > before and self._said_bytes + n_bytes - before > allowed:
            raise StoreError(
                "This could not be kept: what people say on this server is kept for "
                f"{self._ttl_seconds / 86400:.0f} days, and there is no room for more at the "
                "moment. Tell whoever runs it."
            )
        self._said_bytes += n_bytes

    def _entries(self, kinds: Collection[str] | None = None) -> list[tuple[float, int, Path]]:
        """When each was last used, its size, and where it is; what is too old is dropped."""
        now = self._clock()
        found = []
        for path in self._root.glob("*/*"):
            if kinds is not None and path.parent.name not in kinds:
                continue
            is_entry = _ID.fullmatch(path.name)
            try:
                status = path.stat()
            except OSError:  # another process has just dropped it
                continue
            if status.st_mtime < now - (self._ttl_seconds if is_entry else _ABANDONED_SECONDS):
                _drop(path)
            elif is_entry:
                found.append((status.st_mtime, max(status.st_size, _BLOCK_BYTES), path))
        return found

    def _sweep(self) -> None:
        """Drop what is too old; then make room, as it is told above."""
        self._unswept_bytes = 0
        entries = sorted(self._entries())
        brought = [entry for entry in entries if entry[2].parent.name in BROUGHT]
        made = [entry for entry in entries if entry[2].parent.name not in SAID | BROUGHT]
        total = sum(size for _, size, _ in entries)
        self._said_bytes = sum(size for _, size, path in entries if path.parent.name in SAID)
        allowed = _BROUGHT_SHARE * self._max_bytes
        n_brought = sum(size for _, size, _ in brought)
        if n_brought > allowed:
            total -= _drop_first(brought, n_brought - _SWEPT_TO * allowed)
        _drop_first(made, total - _SWEPT_TO * self._max_bytes)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What the machine refuses, as a `StoreError`."""
        try:
            yield
        except OSError as error:
            otherwise = f"{in_words(error)}. Mend that"
            cause = next((said for codes, said in _CAUSES if error.errno in codes), otherwise)
            raise StoreError(
                f"The store {self._root} cannot be used: {cause}, or name another folder in "
                "LIME_LAB_STORE and start the server again."
            ) from error


def _drop_first(entries: list[tuple[float, int, Path]], n_bytes: float) -> int:
    """Drop entries from the first on until so many bytes are free; returns how many are."""
    freed = 0
    for _, size, path in entries:
        if freed >= n_bytes:
            break
        if _drop(path):
            freed += size
    return freed


def _drop(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except PermissionError:  # Windows, while someone reads it
        return False
    return True


def _shared_secret(root: Path, ours: bytes | None = None) -> bytes:
    """The store's secret; of several processes that make it at the same time one wins."""
    path = root / "secret"
    if not path.exists():
        handle, temporary = tempfile.mkstemp(dir=root)  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(ours or secrets.token_bytes(_SECRET_BYTES))
                file.flush()
                os.fsync(file.fileno())
            # Unlike replace, it fails if the file exists, and is never half there.
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)
        finally:
            Path(temporary).unlink(missing_ok=True)
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
    """The app's store: 1.1 GB, 30 days, in the folder `LIME_LAB_STORE` or `.store`.

    660 MB of it are for what people bring: a session may bring 300 (`ui.upload.panels.files`).
    """
    root = os.environ.get("LIME_LAB_STORE") or Path(__file__).parents[2] / ".store"
    return Store(Path(root), max_bytes=1_100_000_000, ttl_seconds=30 * 24 * 3600)
