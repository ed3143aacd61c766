"""Files and pasted text that people bring, turned into texts or into a sentence about why not."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lime_engine.errors import InputError
from lime_engine.text import TextPerturber
from ui.figures.palette import counted
from ui.shell.wording import listed
from ui.upload.reading.encodings import text_of
from ui.upload.reading.headers import shown_name
from ui.upload.reading.kinds import is_workbook
from ui.upload.reading.workbooks import opened_sheet

MAX_TEXTS = 5000
MAX_CHARACTERS = 100_000  # of one text
MAX_BYTES = 10_000_000  # of a file
MAX_MB = MAX_BYTES // 1_000_000
MAX_COLUMNS = 2000
MAX_NAME = 200  # characters of a column's name
MAX_ROWS = 10_000  # that are read; more than are used, for some may be left out
MAX_CELLS = 2_000_000  # rows times columns; with its place a cell takes 60 bytes or more

_SEPARATOR_LINE = re.compile(r'\s*"?sep=([,;\t|])"?[,;\t| ]*(\r\n|\r|\n)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts: the names of its columns, and its rows, each as long as the header.

    `remarks` are sentences about how it was read.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...] = ()


def checked_text(text: str) -> str:
    """The text itself, if it can be explained.

    Raises
    ------
    InputError
        If it is empty, has no words, is too long, or is not whole.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"The text has {len(text):,} characters; at most {MAX_CHARACTERS:,} can be explained "
            "at once. Shorten it to the part that matters."
        )
    if half := re.search("[\ud800-\udfff]", text):
        raise InputError(
            f"The text has half a character in it, at position {half.start() + 1:,}. Copy it again."
        )
    TextPerturber().check(text)
    return text


def decoded(name: str, data: bytes) -> tuple[str, list[str]]:
    """The text of a file; and a sentence if its encoding had to be guessed.

    Raises
    ------
    InputError
        If it is empty, too large, or no text in an encoding that can be told.
    """
    label = checked_size(name, data)
    text, remarks = text_of(label, data)
    if not text.strip():
        raise InputError(f"“{label}” is empty. Choose a file with text in it.")
    return text, remarks


def checked_size(name: str, data: bytes) -> str:
    """What to call a file that has a size to be read.

    Raises
    ------
    InputError
        If it is too large.
    """
    label = shown_name(name)
    if len(data) > MAX_BYTES:
        raise InputError(
            f"“{label}” has {len(data) / 1e6:.1f} MB; at most {MAX_MB} MB are "
            "accepted. Split it, or keep only the column with the texts."
        )
    return label


def read_table(name: str, data: bytes) -> Table:
    """A table with a header line: CSV, or the first sheet of an Excel workbook.

    CSV has comma, semicolon, tab or | between the columns, or what its first line names
    (``sep=;``). What is beyond `MAX_ROWS` or `MAX_CELLS` is not read, and a remark says so.

    Raises
    ------
    InputError
        As `decoded`; or if it has too many columns or no row under the header, or a row has more
        cells than it; or if a workbook is damaged or too large.
    """
    if is_workbook(data):
        label = checked_size(name, data)
        with opened_sheet(label, data) as (lines, remarks):
            return _table(label, lines, "", remarks)
    text, remarks = decoded(name, data)
    label = shown_name(name)
    if named := _SEPARATOR_LINE.match(text):
        separator, text = named[1], text[named.end() :]
    else:
        separator = max(",;\t|", key=_first_line(text).count)
    return _table(label, _csv_lines(label, text, separator), separator, remarks)


def _first_line(text: str) -> str:
    """The first line with something in it, without what is quoted."""
    start = len(text) - len(text.lstrip())
    end = re.compile(r"[\r\n]|$").search(text, start)
    return re.sub('"[^"]*"', "", text[start : end.start() if end else None])


def _csv_lines(label: str, text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_BYTES)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    except csv.Error as error:
        raise InputError(
            f"“{label}” cannot be read as CSV ({error}). Check that every quoted text ends with a "
            "quote, or save the file again as CSV."
        ) from error


def _table(label: str, lines: Iterator[list[str]], separator: str, remarks: Sequence[str]) -> Table:
    """The table that these lines are, the first of them its header, and no more than is allowed."""
    filled = (line for line in lines if any(cell.strip() for cell in line))
    header = next(filled, [])
    n_columns = len(header)
    if n_columns > MAX_COLUMNS:
        raise InputError(
            f"“{label}” has {n_columns:,} columns; at most {MAX_COLUMNS:,} are read. Keep only "
            "those that are needed."
        )
    rows: list[tuple[str, ...]] = []
    remarks = list(remarks)
    for line in filled:
        if len(rows) == min(MAX_ROWS, MAX_CELLS // n_columns):
            remarks.append(
                f"Only the first {len(rows):,} rows of “{label}” were read: no more are taken of a "
                f"file with {n_columns:,} columns."
            )
            break
        if len(line) > n_columns:
            remedy = (
                f"Put texts that contain “{separator}” in quotes."
                if separator
                else "Give each column a name."
            )
            raise InputError(
                f"Row {len(rows) + 2:,} of “{label}” has {counted(len(line), 'cell')}, but the "
                f"header names {counted(n_columns, 'column')}. {remedy}"
            )
        rows.append((*line, *[""] * (n_columns - len(line))))
    if not rows:
        raise InputError(
            f"“{label}” has a header but no rows under it. The first line must name the columns, "
            "and the texts follow below."
        )
    return Table(_names(header), tuple(rows), tuple(remarks))


def _names(header: Sequence[str]) -> tuple[str, ...]:
    """What the columns are called: each has a name, and none the name of another."""
    names = [cell.strip()[:MAX_NAME] or f"column {i}" for i, cell in enumerate(header, start=1)]
    counts = Counter(names)
    taken = {name for name, n in counts.items() if n == 1}
    unique = []
    for i, name in enumerate(names, start=1):
        own = name if counts[name] == 1 else f"{name} ({i})"
        while counts[name] > 1 and own in taken:
            own += f" ({i})"
        taken.add(own)
        unique.append(own)
    return tuple(unique)


def longest_column(table: Table) -> str:
    """The column with the longest texts."""
    lengths = [0] * len(table.columns)
    for row in table.rows:
        for i, cell in enumerate(row):
            lengths[i] += len(cell)
    return table.columns[lengths.index(max(lengths))]


def texts_of(table: Table, column: str) -> tuple[list[str], int]:
    """The texts of a column that can be explained, and how many rows were left out.

    Raises
    ------
    InputError
        If there is no such column, or nothing in it can be explained.
    """
    if column not in table.columns:
        raise InputError(
            f"The file has no column {listed([column])}. Its columns are "
            f"{listed(table.columns)}; choose one of them."
        )
    at = table.columns.index(column)
    texts: list[str] = []
    for row in table.rows:
        if len(texts) == MAX_TEXTS:
            break
        try:
            texts.append(checked_text(row[at]))
        except InputError:
            continue
    if not texts:
        raise InputError(
            f"Column {listed([column])} has no text with words in it. Choose the column with the "
            "texts."
        )
    return texts, len(table.rows) - len(texts)
