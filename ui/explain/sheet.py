"""A table to take away, as CSV: what every column is stands in a codebook beside it."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lime_engine.subjects import Subject, TabularSubject, TextSubject, Value
from sample_models.types import Kind

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # to a spreadsheet


@dataclass(frozen=True, slots=True)
class Column:
    """What is in a column, in a sentence. `is_number`: what is in it are numbers of our own."""

    name: str
    meaning: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines with a cell for each of the columns."""

    columns: Sequence[Column]
    lines: Sequence[Sequence[Any]]


ITEM = Column("item", "The item: its data and its number there, from 0.")


def as_csv(sheet: Sheet) -> str:
    """One line with the columns' names, then the others."""
    cells = (
        [
            cell if column.is_number or not isinstance(cell, str) else as_text(cell)
            for column, cell in zip(sheet.columns, line, strict=True)
        ]
        for line in sheet.lines
    )
    return _written([as_text(column.name) for column in sheet.columns], cells)


def codebook(sheet: Sheet) -> str:
    """One line a column: what it is called, and what is in it."""
    lines = ([as_text(column.name), as_text(column.meaning)] for column in sheet.columns)
    return _written(["column", "what is in it"], lines)


def as_text(value: str) -> str:
    """Text from people, for a table: it stays text, also to a spreadsheet."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _written(head: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(head)
    writer.writerows(lines)
    return buffer.getvalue()


def of_item(kind: Kind, columns: Sequence[str] = ()) -> list[Column]:
    """The columns that tell what an item is; `columns` are those of a row."""
    match kind:
        case "text":
            return [Column("text", "The text that the model was asked about.")]
        case "image":
            return [Column("picture", "The name of the picture's file, if it was brought as one.")]
        case "table":
            return [Column(f"value of {name}", f"What the row has as {name}.") for name in columns]


def columns_in(subjects: Iterable[Mapping[str, Any] | None]) -> Sequence[str]:
    """The columns of the first that is a row, of items as `subject_to_dict` writes them."""
    found = (each["columns"] for each in subjects if each is not None and "columns" in each)
    return tuple(next(found, ()))


def cells_of(kind: Kind, subject: Subject | None, columns: Sequence[str] = ()) -> list[Any]:
    """What is in those columns, of an item that was taken apart; empty where that is not kept."""
    match subject:
        case TextSubject():
            return [subject.text]
        case TabularSubject():
            return [value_cell(value) for value in subject.values]
        case _:
            return ["" for _ in of_item(kind, columns)]


def value_cell(value: Value) -> Value:
    """A row's value: a whole number as one, and nothing where it is missing."""
    if value is None:
        return ""
    return int(value) if isinstance(value, float) and value.is_integer() else value


REASONS = (
    "the strongest parts of the item, each with its weight, as a JSON list. A weight of 0.10 "
    "raises the probability of the answer by 10 points, one below 0 lowers it."
)


def reasons(found: Iterable[tuple[str, float]]) -> str:
    """Parts with their weights, in one cell."""
    return json.dumps([[part, round(weight, 4)] for part, weight in found], ensure_ascii=False)
