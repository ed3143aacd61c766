"""A skops file looked into before skops sees it: names, sizes, kinds. Runs in the child only."""

import io
import json
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from model_adapters.errors import NetworkError
from model_adapters.strings import clean

MAX_UNPACKED: Final = 400_000_000
MAX_SCHEMA: Final = 60_000_000
MAX_FILES: Final = 100_000
_PACKAGES: Final = frozenset("builtins collections functools numpy scipy sklearn".split())
_AGAIN: Final = (
    'Write the file again with skops.io.dump(model, "model.skops"), and bring it as it is.'
)


@dataclass(frozen=True, slots=True)
class Archive:
    """What a skops file says of itself: all kinds of objects in it, and the versions it names."""

    kinds: frozenset[str]
    scikit_learn: str
    skops: str


def opened(data: bytes | bytearray) -> Archive:
    """Check a skops file as the zip archive it is; nothing of it is made into an object.

    Raises
    ------
    NetworkError
        If it is no zip archive, is damaged, unpacks to too much, or has names or links that skops
        does not write.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            if "schema.json" not in {entry.filename for entry in entries}:
                raise NetworkError(f"This zip archive holds no skops model. {_AGAIN}")
            if archive.getinfo("schema.json").file_size > MAX_SCHEMA:
                raise NetworkError(
                    f"The file's description has more than {MAX_SCHEMA / 1e6:.0f} MB. Bring a "
                    "smaller model, for example with fewer words (max_features)."
                )
            schema = json.loads(archive.read("schema.json"))
    except NetworkError:
        raise
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        raise _damaged() from None
    except Exception as error:  # zlib.error and what else a broken archive makes it raise
        if isinstance(error, MemoryError | RecursionError):
            raise
        raise _damaged() from None
    if not isinstance(schema, dict):
        raise _damaged()
    return _described(schema)


def foreign(archive: Archive) -> list[str]:
    """The kinds of objects that are of no package whose kinds can be allowed at all."""
    return sorted(kind for kind in archive.kinds if kind.partition(".")[0] not in _PACKAGES)


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_FILES or len(set(names)) != len(names):
        raise NetworkError(f"The archive has too many files, or one name twice. {_AGAIN}")
    for entry in entries:
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        if is_link or "/" in entry.filename or "\\" in entry.filename or entry.is_dir():
            what = "a link" if is_link else "a path"
            raise NetworkError(
                f"“{clean(entry.filename)}” in the archive is {what}, which skops does not write. "
                f"{_AGAIN}"
            )
        if entry.filename.endswith((".pkl", ".pickle", ".joblib")) or entry.flag_bits & 1:
            raise NetworkError(
                f"“{clean(entry.filename)}” in the archive is a pickle, which can run any code "
                f"when opened, or is encrypted. {_AGAIN}"
            )
    if (total := sum(entry.file_size for entry in entries)) > MAX_UNPACKED:
        raise NetworkError(
            f"The file unpacks to {total / 1e6:,.0f} MB; {MAX_UNPACKED / 1e6:,.0f} MB are "
            "possible. Bring a smaller model, such as a forest of fewer or shallower trees."
        )


def _described(schema: dict[str, Any]) -> Archive:
    kinds, versions = set(), []
    for node in _nodes(schema):
        module, name = node.get("__module__"), node.get("__class__")
        if isinstance(module, str) and isinstance(name, str):
            kinds.add(clean(f"{module}.{name}", 200))
        version = node.get("_sklearn_version")
        if isinstance(version, dict) and isinstance(version.get("content"), str):
            versions.append(version["content"].strip('"'))
    made = clean(versions[0], 20) if versions else ""
    return Archive(frozenset(kinds), made, clean(schema.get("_skops_version", ""), 20))


def _nodes(root: Any) -> Iterator[dict[str, Any]]:
    waiting = [root]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _damaged() -> NetworkError:
    return NetworkError(f"The skops file is damaged or incomplete. {_AGAIN}")
