"""Table rows that people bring, checked against the columns a model was trained on."""

import re
from collections.abc import Mapping, Sequence

from lime_engine.errors import InputError
from lime_engine.subjects import Value
from ui.shell.wording import listed
from ui.upload.reading.cells import Raw, Refused, reader, writes_decimal_commas
from ui.upload.reading.text_files import Table
from ui.workshop.column import Column

__all__ = ["FAR", "MAX_ROWS", "Column", "checked_row", "far_outside", "rows_of"]

MAX_ROWS = 100_000
UNKNOWN = "The model does not know "  # begins the sentence about other columns
MAX_TOLD = 5  # rows about which there is a sentence of its own
FAR = 0.5  # of the training range's width beyond it: the model has seen nothing like it


def rows_of(
    table: Table, columns: Sequence[Column]
) -> tuple[list[tuple[Value, ...]], list[int], list[int], list[str]]:
    """The rows of a file in the order of the model's columns, and which of the table's they are.

    Then which of the table's columns those are, and sentences about what was done. A number is a
    float, or an int where the column is `whole`; a category is one of the column's `categories`; a
    missing value is None.

    Raises
    ------
    InputError
        If the file lacks a column, or no row of it can be read.
    """
    places, remarks = _places(table.columns, columns)
    with_comma = table.how.decimal == ","
    if table.how.decimal is None:
        with_comma = writes_decimal_commas(
            cells[place]
            for column, place in zip(columns, places, strict=True)
            if column.kind == "number"
            for cells in table.rows
        )
    readers = [reader(column, with_comma) for column in columns]
    rows: list[tuple[Value, ...]] = []
    numbers: list[int] = []  # of the rows in the file; the header is row 1
    n_refused, told = 0, []
    for number, cells in enumerate(table.rows, start=table.first_row):
        if len(rows) == MAX_ROWS:
            n_more = len(table.rows) + table.first_row - number
            remarks.append(
                f"Only the first {MAX_ROWS:,} rows are used; {n_more:,} more were not read."
            )
            break
        values: list[Value] = []
        for column, place, read in zip(columns, places, readers, strict=True):
            try:
                values.append(read(cells[place]))
            except Refused as refusal:
                n_refused += 1
                if n_refused <= MAX_TOLD:
                    told.append(f"Row {number:,}, column “{column.name}”: {refusal.why()}")
                break
        else:
            rows.append(tuple(values))
            numbers.append(number)
    if not rows:
        raise InputError(" ".join(["No row of the file can be read.", *told[:3]]))
    if n_refused:
        remarks.append(f"{n_refused:,} {'row was' if n_refused == 1 else 'rows were'} left out:")
        remarks += told
    if n_refused > MAX_TOLD:
        remarks.append(f"And {n_refused - MAX_TOLD:,} more.")
    remarks += far_outside(rows, columns, numbers)
    return rows, [number - table.first_row for number in numbers], places, remarks


def checked_row(values: Mapping[str, Raw], columns: Sequence[Column]) -> tuple[Value, ...]:
    """One row, typed: values by column name, in the order of the model's columns, as `rows_of`.

    Raises
    ------
    InputError
        If a column is missing or unknown, or for all values that are none of their column's.
    """
    names = [column.name for column in columns]
    if missing := [name for name in names if name not in values]:
        raise InputError(f"Nothing is given for {_all(missing)}. Give a value for each column.")
    if unknown := [name for name in values if name not in names]:
        raise InputError(
            f"The model has no column {_all(unknown)}. Its columns are {_all(names)}; leave out "
            "the others."
        )
    row: list[Value] = []
    problems = []
    for column in columns:
        try:
            row.append(reader(column)(values[column.name]))
        except Refused as refusal:
            problems.append(f"Column “{column.name}”: {refusal.why()}")
    if problems:
        raise InputError(" ".join(problems))
    return tuple(row)


def far_outside(
    rows: Sequence[Sequence[Value]], columns: Sequence[Column], numbers: Sequence[int] = ()
) -> list[str]:
    """A sentence for each column in which values lie far outside the training range.

    `numbers` are what the rows are called; without them only the value is named.
    """
    remarks = []
    for at, column in enumerate(columns):
        if column.kind != "number" or column.low is None or column.high is None:
            continue
        margin = FAR * (column.high - column.low)
        far = [
            (i, value)
            for i, row in enumerate(rows)
            if isinstance(value := row[at], int | float)
            and not column.low - margin <= value <= column.high + margin
        ]
        if far:
            i, first = far[0]
            where = f" in row {numbers[i]:,}" if numbers else ""
            do = "do" if len(far) > 2 else "does"
            more = f", as {do} {len(far) - 1:,} more" if len(far) > 1 else ""
            remarks.append(
                f"Column “{column.name}”: {first:.6g}{where} lies far outside what the "
                f"model was trained on ({column.low:.6g} to {column.high:.6g}){more}. It was "
                "kept; do not lean on what the model says there."
            )
    return remarks


def _places(header: Sequence[str], columns: Sequence[Column]) -> tuple[list[int], list[str]]:
    """Where in the file each column is; exact names first, then those that only look different."""
    places = {c.name: header.index(c.name) for c in columns if c.name in header}
    free = [i for i, name in enumerate(header) if name not in places]
    wanted = [column.name for column in columns if column.name not in places]
    alike = []
    for name in wanted:
        found = [i for i in free if _plain(header[i]) == _plain(name)]
        rivals = [other for other in wanted if _plain(other) == _plain(name)]
        if len(found) > 1 or (found and len(rivals) > 1):
            raise InputError(
                f"The file's {_all([header[i] for i in found])} may each be the model's "
                f"{_all(rivals)}. Name the columns exactly as the model does."
            )
        if found:
            places[name] = found[0]
            alike.append(f"“{header[found[0]]}” as “{name}”")
    if missing := [name for name in wanted if name not in places]:
        raise InputError(
            f"The file has no column {_all(missing)}, which the model needs. It has "
            f"{_all(list(header))}. Add what is missing, or rename the columns."
        )
    remarks = [f"Columns were read under a similar name: {', '.join(alike)}."] if alike else []
    if extra := [name for i, name in enumerate(header) if i not in places.values()]:
        remarks.append(f"{UNKNOWN}{_all(extra)}: left aside.")
    return [places[column.name] for column in columns], remarks


def _plain(name: str) -> str:
    return re.sub(r"[\s_]+", "", name).casefold()


def _all(names: Sequence[str]) -> str:
    return listed(names, at_most=len(names))
