"""Files and pasted text that people bring, turned into texts or into a sentence about why not."""

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from lime_engine.errors import InputError
from lime_engine.text import TextPerturber
from ui.figures.palette import counted
from ui.shell.wording import listed
from ui.upload.reading.cells import DayOrMonth
from ui.upload.reading.encodings import text_of
from ui.upload.reading.headers import shown_name
from ui.upload.reading.kinds import DOCUMENTS, is_named_as_a_model, is_workbook, kind_of
from ui.upload.reading.records import is_json, is_parquet, json_lines, parquet_lines
from ui.upload.reading.workbooks import opened_sheet
from ui.upload.reading.zips import folder_of, is_zip, members, opened_zip, safe_path, unpacked

MAX_TEXTS = 100_000
MAX_CHARACTERS = 100_000  # of one text
MAX_BYTES = 50_000_000  # of a file
MAX_MB = MAX_BYTES // 1_000_000
MAX_COLUMNS = 2000
MAX_NAME = 200  # characters of a column's name
MAX_ROWS = 100_000  # that are read
MAX_CELLS = 3_000_000  # rows times columns; with its place a cell takes 60 bytes or more

_TABLES = (".csv", ".tsv", ".jsonl", ".json")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "“|”"}
_SEPARATOR_LINE = re.compile(r'\s*"?sep=([,;\t|])"?[,;\t| ]*(\r\n|\r|\n)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How a file is to be read where somebody says so; by default as it looks.

    Attributes
    ----------
    encoding
        A key of `encodings.ENCODINGS`.
    separator
        Between the columns of CSV: a key of `SEPARATORS`.
    decimal
        The sign before the decimals of a number: "." or ",".
    has_header
        Whether the first line names the columns.
    first
        What comes first in dates that do not begin with the year, where both may.
    numbers, categories, dates
        Columns of these kinds, whatever they look like.
    apart
        Whether labels that are only spelled differently, as ok and OK, are different ones.
    """

    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None
    has_header: bool = True
    first: DayOrMonth | None = None
    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    apart: bool = False


AS_IT_LOOKS = ReadAs()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts: the names of its columns, and its rows, each as long as the header.

    `remarks` are sentences about how it was read, `form` is what the file is; `first_row` is the
    number of the first row in the file, `how` what somebody has said of it.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...] = ()
    form: str = ""
    first_row: int = 2
    how: ReadAs = AS_IT_LOOKS


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


@dataclass(frozen=True, slots=True)
class FoundText:
    """A text with the folder that it lies in, if in a zip; `remarks` are about its encoding."""

    text: str
    folder: str
    remarks: tuple[str, ...]


def texts_in(name: str, data: bytes) -> Iterator[FoundText | str]:
    """The text of a file, or those of a zip; and a sentence about each file that was left out.

    Raises
    ------
    InputError
        If the file cannot be read; or the zip, or nothing in it.
    """
    kind = kind_of(data)
    if not is_zip(data) or (kind is not None and kind.name in DOCUMENTS):
        text, remarks = decoded(name, data)
        yield FoundText(checked_text(text), "", tuple(remarks))
        return
    label, n_read = _data_name(name), 0
    left_out: list[str] = []
    with opened_zip(label, data) as archive:
        for member in members(label, archive):
            try:
                path = safe_path(member.filename)
                text, remarks = decoded(path, unpacked(path, archive, member))
                if path.casefold().endswith(_TABLES):
                    raise InputError(
                        f"“{path}” is a table, not one text. Unpack it, and bring it under “Texts "
                        "in a table”."
                    )
                found = FoundText(checked_text(text), folder_of(member.filename), tuple(remarks))
            except InputError as error:
                left_out.append(str(error))
                yield left_out[-1]
            else:
                n_read += 1
                yield found
    if not n_read:
        why = " ".join(left_out[:3]) or "Zip text files (.txt)."
        raise InputError(f"“{label}” has no text in it that can be read. {why}")


def decoded(name: str, data: bytes) -> tuple[str, list[str]]:
    """The text of a file; and a sentence if its encoding had to be guessed.

    Raises
    ------
    InputError
        If it is empty, too large, or no text in an encoding that can be told.
    """
    text, remarks, _ = _decoded(name, data, None)
    return text, remarks


def _decoded(name: str, data: bytes, encoding: str | None) -> tuple[str, list[str], str]:
    """As `decoded`, in the encoding that somebody says; and what the encoding is called."""
    label = checked_size(name, data)
    text, remarks, called = text_of(label, data, encoding)
    if not text.strip():
        raise InputError(f"“{label}” is empty. Choose a file with text in it.")
    return text, remarks, called


def checked_size(name: str, data: bytes) -> str:
    """What to call a file that has a size to be read.

    Raises
    ------
    InputError
        If it is too large, or is called as models are.
    """
    label = _data_name(name)
    if len(data) > MAX_BYTES:
        raise InputError(
            f"“{label}” has {len(data) / 1e6:.1f} MB; at most {MAX_MB} MB are "
            "accepted. Split it, or keep only the column with the texts."
        )
    return label


def _data_name(name: str) -> str:
    """What to call a file of data.

    Raises
    ------
    InputError
        If it is called as models are.
    """
    label = shown_name(name)
    if is_named_as_a_model(label):
        raise InputError(
            f"“{label}” is a model, by its name. A model is brought after what it is asked about: "
            "choose texts or a table here, and below them is a place for “A model of your own”."
        )
    return label


def read_table(name: str, data: bytes, how: ReadAs = AS_IT_LOOKS) -> Table:
    """A table with a header line: CSV, JSON Lines, Parquet, or the first sheet of a workbook.

    CSV has comma, semicolon, tab or | between the columns, or what its first line names
    (``sep=;``), unless it is said in `how`. What is beyond `MAX_ROWS` or `MAX_CELLS` is not read,
    and a remark says so.

    Raises
    ------
    InputError
        As `decoded`; or if it has too many columns or no row under the header, or a row has more
        cells than it; or if a workbook or Parquet file is damaged or too large.
    """
    label = checked_size(name, data)
    if is_workbook(data):
        with opened_sheet(label, data) as (lines, remarks):
            return _table(label, lines, "", remarks, "an Excel workbook", how)
    if is_parquet(data):
        named_always = replace(how, has_header=True)
        lines = parquet_lines(label, data, MAX_COLUMNS)
        return _table(label, lines, "", (), "a Parquet file", named_always)
    text, remarks, encoding = _decoded(name, data, how.encoding)
    if is_json(text):
        named_always = replace(how, has_header=True)
        lines = json_lines(label, text, MAX_ROWS)
        return _table(label, lines, "", remarks, f"JSON Lines, {encoding}", named_always)
    if named := _SEPARATOR_LINE.match(text):
        separator, text = named[1], text[named.end() :]
    else:
        separator = max(SEPARATORS, key=_first_line(text).count)
    separator = how.separator or separator
    form = f"CSV with {SEPARATORS[separator]}, {encoding}"
    return _table(label, _csv_lines(label, text, separator), separator, remarks, form, how)


def _first_line(text: str) -> str:
    """The first line with something in it, without what is quoted."""
    start = len(text) - len(text.lstrip())
    end = re.compile(r"[\r\n]|$").search(text, start)
    return re.sub('"[^"]*"', "", text[start : end.start() if end else None])


def _csv_lines(label: str, text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_BYTES)
    try:
        lines = (match[0] for match in _LINE.finditer(text))  # no copy of the whole
        yield from csv.reader(lines, delimiter=separator, strict=True)
    except csv.Error as error:
        raise InputError(
            f"“{label}” cannot be read as CSV ({error}). Check that every quoted text ends with a "
            "quote, or save the file again as CSV."
        ) from error


def _table(
    label: str,
    lines: Iterator[list[str]],
    separator: str,
    remarks: Sequence[str],
    form: str,
    how: ReadAs,
) -> Table:
    """The table that these lines are, the first of them its header, and no more than is allowed."""
    filled: Iterator[list[str]] = (line for line in lines if any(cell.strip() for cell in line))
    header = next(filled, [])
    n_columns = len(header)
    if not how.has_header and header:
        filled, header = chain([header], filled), [""] * n_columns
    first_row = 2 if how.has_header else 1
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
                f"Row {len(rows) + first_row:,} of “{label}” has {counted(len(line), 'cell')}, but "
                f"the {'header names' if how.has_header else 'first row has'} "
                f"{counted(n_columns, 'column')}. {remedy}"
            )
        rows.append((*line, *[""] * (n_columns - len(line))))
    if not rows:
        raise InputError(
            f"“{label}” has a header but no rows under it. The first line must name the columns, "
            "and the texts follow below."
        )
    return Table(_names(header), tuple(rows), tuple(remarks), form, first_row, how)


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


def longest_column(table: Table, among: Collection[str]) -> str:
    """The one of these columns with the longest texts."""
    places = [i for i, name in enumerate(table.columns) if name in among]
    return table.columns[max(places, key=lambda i: sum(len(row[i]) for row in table.rows))]


def texts_of(table: Table, column: str) -> tuple[list[str], list[int]]:
    """The texts of a column that can be explained, and the numbers of their rows.

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
    numbers: list[int] = []
    for number, row in enumerate(table.rows):
        if len(texts) == MAX_TEXTS:
            break
        try:
            texts.append(checked_text(row[at]))
        except InputError:
            continue
        numbers.append(number)
    if not texts:
        raise InputError(
            f"Column {listed([column])} has no text with words in it. Choose the column with the "
            "texts."
        )
    return texts, numbers
