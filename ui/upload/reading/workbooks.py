"""The first sheet of an Excel workbook, as lines of text, within bounds.

A workbook is a zip of XML: what it declares to unpack to is checked before any of it is, and it
is read row by row, as values, without formulas. Whoever reads it limits the memory.
"""

import contextlib
import datetime
import io
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from lime_engine.errors import InputError
from ui.upload.reading.zips import MAX_MEMBERS

MAX_UNPACKED = 120_000_000  # bytes of XML: half a minute of work
MAX_SHEET_ROWS = 110_000  # also those without anything in them, which cost a few bytes each


@contextlib.contextmanager
def opened_sheet(label: str, data: bytes) -> Iterator[tuple[Iterator[list[str]], list[str]]]:
    """The lines of the first sheet that is not hidden, and a sentence if there are others.

    Rows after `MAX_SHEET_ROWS` are not read.

    Raises
    ------
    InputError
        If the workbook is damaged, locked, or unpacks to too much; also while lines are taken.
    """
    _check_size(label, data)
    with warnings.catch_warnings(), _only_sentences(label):
        warnings.simplefilter("ignore")  # about what is not read: drawings, rules, extensions
        from openpyxl import load_workbook  # takes a while to load

        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise InputError(f"“{label}” has no sheet that can be seen. Bring one with a table.")
        remarks = []
        if len(sheets) > 1:
            remarks.append(
                f"“{label}” has {len(sheets):,} sheets; the first, “{sheets[0].title[:40]}”, was "
                "read. To read another, save it in a file of its own."
            )
        sheets[0].reset_dimensions()  # what the file says of them
        yield _lines(sheets[0].iter_rows(max_row=MAX_SHEET_ROWS, values_only=True)), remarks


@contextlib.contextmanager
def _only_sentences(label: str) -> Iterator[None]:
    try:
        yield
    except (InputError, MemoryError):
        raise
    except Exception as error:  # openpyxl raises whatever comes up in it
        raise InputError(
            f"“{label}” cannot be read as a workbook: it is damaged or locked. Save it again as "
            ".xlsx without a password, or as CSV."
        ) from error


def _check_size(label: str, data: bytes) -> None:
    import zipfile

    with _only_sentences(label), zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        total = sum(member.file_size for member in members)
        usual = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others have no bound on memory
        if any(member.compress_type not in usual for member in members):
            raise ValueError("packed in an unusual way")
    if total > MAX_UNPACKED or len(members) > MAX_MEMBERS:
        raise InputError(
            f"“{label}” would grow to {total / 1e6:,.0f} MB when it is unpacked; at most "
            f"{MAX_UNPACKED // 1_000_000} MB are read. Keep only the sheet and the columns that "
            "are needed, or save it as CSV."
        )


def _lines(rows: Iterator[Sequence[Any]]) -> Iterator[list[str]]:
    for row in rows:
        if row.count(None) == len(row):
            continue
        last = next((i for i in range(len(row), 0, -1) if row[i - 1] not in (None, "")), 0)
        yield [written(value) for value in row[:last]]


def written(value: Any) -> str:
    """A cell as CSV would have it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
