"""What the items that are compared are, for a table to take away."""

from collections.abc import Sequence
from typing import Any

from ui.compare.choice import read_comparison
from ui.explain.sheet import value_cell
from ui.workshop import kept
from ui.workshop.case import Case
from ui.workshop.item import Item
from ui.workshop.jobs import Report


def contents(
    params: dict[str, str], rows: Sequence[int], columns: Sequence[str], *, report: Report
) -> list[list[Any]]:
    """A text, the name of a picture's file, or the values in these columns, of each row.

    Raises
    ------
    InputError
        If what was brought is there no more.
    """
    choice = read_comparison(params)
    case = Case(choice.pair(0)[0])
    match case.task.kind:
        case "text":
            return [[case.items.instance(row)[0]] for row in rows]
        case "image":
            is_own = Item(choice.source, 0).is_own
            names = [name for name, _ in (kept.pictures(choice.source) or ())] if is_own else []
            return [[names[row] if row < len(names) else ""] for row in rows]
        case "table":
            found = (case.items.instance(row)[0] for row in rows)
            return [[_plain(one[name]) for name in columns] for one in found]


def _plain(value: Any) -> Any:
    """A value of a row, or the one in a column of a frame of one row; empty if missing."""
    one = value.iloc[0] if hasattr(value, "iloc") else value
    plain = one.item() if hasattr(one, "item") else one
    return "" if plain != plain else value_cell(plain)
