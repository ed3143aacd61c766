"""Files and pasted text that people bring, turned into texts or into a sentence about why not."""

import csv
import io
from dataclasses import dataclass

from lime_engine.errors import InputError
from lime_engine.text import TextPerturber
from ui.figures.palette import counted

MAX_TEXTS = 5000
MAX_CHARACTERS = 100_000  # of one text
MAX_BYTES = 10_000_000  # of a file
MAX_MB = MAX_BYTES // 1_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: the names of its columns, and its rows, each as long as the header."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def checked_text(text: str) -> str:
    """The text itself, if it can be explained.

    Raises
    ------
    InputError
        If it is empty, has no words, or is too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"The text has {len(text):,} characters; at most {MAX_CHARACTERS:,} can be explained "
            "at once. Shorten it to the part that matters."
        )
    TextPerturber().check(text)
    return text


def decoded(name: str, data: bytes) -> str:
    """The text of a file.

    Raises
    ------
    InputError
        If it is empty, too large, or not UTF-8 (or UTF-16 with a byte order mark).
    """
    if len(data) > MAX_BYTES:
        raise InputError(
            f"“{name}” has {len(data) / 1e6:.1f} MB; at most {MAX_BYTES // 1_000_000} MB are "
            "accepted. Split it, or keep only the column with the texts."
        )
    if not data.strip():
        raise InputError(f"“{name}” is empty. Choose a file with text in it.")
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"“{name}” is not UTF-8 text (byte 0x{data[error.start]:02X} at position "
            f"{error.start:,}). Save it with the encoding UTF-8 and choose it again."
        ) from error
    if "\0" in text:
        raise InputError(
            f"“{name}” is not a text file (it has zero bytes). Save it as plain text or CSV."
        )
    return text


def read_table(name: str, data: bytes) -> Table:
    """A CSV file with a header line; comma, semicolon, tab or | between the columns.

    Raises
    ------
    InputError
        As `decoded`; or if there is no row under the header, or a row has more cells than it.
    """
    text = decoded(name, data)
    csv.field_size_limit(MAX_BYTES)
    first_line = text.splitlines()[0]
    separator = max(",;\t|", key=first_line.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise InputError(
            f"“{name}” cannot be read as CSV ({error}). Check that every quoted text ends with a "
            "quote, or save the file again as CSV."
        ) from error
    header, *body = [line for line in lines if any(cell.strip() for cell in line)] or [[]]
    if not body:
        raise InputError(
            f"“{name}” has a header but no rows under it. The first line must name the columns, "
            "and the texts follow below."
        )
    for number, line in enumerate(body, start=2):
        if len(line) > len(header):
            raise InputError(
                f"Row {number} of “{name}” has {counted(len(line), 'cell')}, but the header "
                f"names {counted(len(header), 'column')}. Put texts that contain "
                f"“{separator}” in quotes."
            )
    names = [cell.strip() or f"column {i}" for i, cell in enumerate(header, start=1)]
    unique = [n if names.count(n) == 1 else f"{n} ({i})" for i, n in enumerate(names, start=1)]
    padded = (tuple(line) + ("",) * (len(header) - len(line)) for line in body)
    return Table(tuple(unique), tuple(padded))


def texts_of(table: Table, column: str) -> tuple[list[str], int]:
    """The texts of a column that can be explained, and how many rows were left out.

    Raises
    ------
    InputError
        If there is no such column, or nothing in it can be explained.
    """
    if column not in table.columns:
        raise InputError(
            f"The file has no column “{column}”. Its columns are "
            f"{', '.join(f'“{c}”' for c in table.columns)}; choose one of them."
        )
    at = table.columns.index(column)
    texts = []
    for row in table.rows:
        try:
            texts.append(checked_text(row[at]))
        except InputError:
            continue
    if not texts:
        raise InputError(
            f"Column “{column}” has no text with words in it. Choose the column with the texts."
        )
    return texts[:MAX_TEXTS], len(table.rows) - len(texts[:MAX_TEXTS])
