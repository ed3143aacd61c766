"""The files of a zip that someone brings, unpacked in memory and within bounds.

A zip of a few kilobytes can declare, or be, gigabytes: what it declares is checked before any of
it is unpacked, and no file is unpacked beyond what was declared.
"""

import io
import re
import stat
import zipfile
from collections.abc import Sequence

from lime_engine.errors import InputError
from ui.upload.reading.headers import MAX_BYTES, shown_name
from ui.workshop.kept import Labels, as_labels, several

MAX_ZIP_BYTES = 100_000_000
MAX_UNPACKED = 200_000_000
MAX_RATIO = 100  # unpacked to packed, of a file beyond a megabyte; pictures hardly shrink
MAX_MEMBERS = 12_000  # of 5,000 pictures, what systems add to each, and folders


def opened_zip(label: str, data: bytes) -> zipfile.ZipFile:
    """The zip, still packed.

    Raises
    ------
    InputError
        If it is damaged or too large.
    """
    if len(data) > MAX_ZIP_BYTES:
        raise InputError(
            f"“{label}” has {len(data) / 1e6:.1f} MB; a zip may have "
            f"{MAX_ZIP_BYTES // 1_000_000} MB. Split it, or make what is in it smaller."
        )
    # Each entry of the directory begins so, and opening the zip takes memory for each.
    if data.count(b"PK\x01\x02") > MAX_MEMBERS:
        raise InputError(
            f"“{label}” has more than {MAX_MEMBERS:,} files in it. Zip only what is needed."
        )
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except MemoryError:
        raise
    except Exception as error:  # zipfile raises whatever comes up in it
        raise InputError(
            f"“{label}” cannot be opened as a zip: it is damaged or incomplete. Zip the files "
            "again."
        ) from error


def members(label: str, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of a zip that someone put there on purpose.

    Raises
    ------
    InputError
        If the zip says of itself that it unpacks to too much.
    """
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    tight = any(
        member.file_size > MAX_RATIO * max(member.compress_size, 1_000_000 // MAX_RATIO)
        for member in members
    )
    if total > MAX_UNPACKED or tight:
        raise InputError(
            f"“{label}” would grow to {total / 1e6:,.0f} MB when it is unpacked; at most "
            f"{MAX_UNPACKED // 1_000_000} MB, and {MAX_RATIO} times its size, are accepted. Zip "
            "only what is needed."
        )
    return [member for member in members if not _is_litter(member.filename)]


def _is_litter(path: str) -> bool:
    """Whether a member is a folder, or what systems add to folders."""
    parts = path.replace("\\", "/").split("/")
    hidden = any(part.startswith(".") and part not in (".", "..") for part in parts)
    return not parts[-1] or hidden or "__MACOSX" in parts


def safe_path(path: str) -> str:
    """A member's path, to be shown; nothing is ever written under it.

    Raises
    ------
    InputError
        If it leads out of the zip: who made it did not mean well.
    """
    parts = path.replace("\\", "/").split("/")
    if not parts[0] or ".." in parts or re.match("[A-Za-z]:", parts[0]):
        raise InputError(
            f"“{shown_name(parts[-1])}” was not read: its path leads out of the zip. Zip the "
            "folder again."
        )
    return shown_name("/".join(part for part in parts if part not in ("", ".")))


def unpacked(path: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """What is in a member; never more than it declares, and never more than `MAX_BYTES`.

    Raises
    ------
    InputError
        If it is locked, a link, packed in an unusual way, too large, damaged, or a zip itself.
    """
    if stat.S_ISLNK(member.external_attr >> 16):
        raise InputError(f"“{path}” is a link to a file, and not that file. Zip the file itself.")
    if member.flag_bits & 0x1:
        raise InputError(f"“{path}” is locked with a password. Zip it again without one.")
    # The others are unpacked without a bound on the memory they take.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(
            f"“{path}” is packed in a way this app does not read. Zip it again as your computer "
            "does by itself."
        )
    if member.file_size > MAX_BYTES:
        raise InputError(
            f"“{path}” has {member.file_size / 1e6:,.1f} MB; at most {MAX_BYTES // 1_000_000} MB "
            "are accepted. Save it smaller, or as JPEG."
        )
    try:
        with archive.open(member) as file:
            content = file.read(member.file_size + 1)
        if len(content) != member.file_size:
            raise ValueError(f"declared {member.file_size} bytes, has {len(content)}")
    except MemoryError:
        raise
    except Exception as error:  # as above
        raise InputError(
            f"“{path}” is damaged: it is not what the zip says it is. Zip it again."
        ) from error
    if is_zip(content):
        raise InputError(f"“{path}” is a zip inside the zip, which is not opened. Unpack it first.")
    return content


def is_zip(data: bytes) -> bool:
    """Whether this begins like a zip."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def folder_of(path: str) -> str:
    """The folder that a member lies in, cut; empty if in none."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    return shown_name(parts[-2]) if len(parts) > 1 else ""


def folder_labels(folders: Sequence[str], *, apart: bool = False) -> Labels | None:
    """The folders as labels, one an item; None if they tell nothing: one only, or one an item.

    Those that are spelled alike are one, unless they are to be kept `apart`.
    """
    labels = as_labels(filter(None, folders), apart=apart)
    names = sorted(set(labels.values()))
    if len(names) < 2 or len(names) > max(2, len(folders) // 2):
        return None
    numbers = {name: number for number, name in enumerate(names)}
    return Labels(tuple(names), tuple(numbers[labels[of]] if of else -1 for of in folders))


def folder_spellings(folders: Sequence[str]) -> list[list[str]]:
    """The spellings of each folder's name that has several, if these could be labels."""
    could_be = folder_labels(folders, apart=True) is not None
    return several(filter(None, folders)) if could_be else []
