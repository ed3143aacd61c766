"""The items in small, as a list shows them before anything is explained."""

from collections.abc import Iterator, Sequence
from typing import Any, assert_never

from lime_engine.subjects import Value
from sample_models.types import Kind
from ui.compare.choice import CompareChoice, read_comparison
from ui.figures import palette, pixels
from ui.workshop.asking import batches
from ui.workshop.case import Case
from ui.workshop.jobs import Report
from ui.workshop.request import store_id

IN_SMALL = "in-small"  # the store's entries
BLOCK = 500  # items in an entry
MOST_COLUMNS = 40
_LONGEST = 200  # characters of a text
_PICTURE_PX = 72

Small = Any  # the beginning of a text, a picture as data URI, a row's values


def blocks(rows: Sequence[int]) -> list[list[int]]:
    """These rows as they are kept together."""
    return [list(rows[start : start + BLOCK]) for start in range(0, len(rows), BLOCK)]


def block_id(choice: CompareChoice, block: Sequence[int]) -> str:
    """The store's id of a block: of the items alone, whichever models are asked about them."""
    return store_id(IN_SMALL, choice.task.key, choice.source, repr(list(block)))


def in_small(params: dict[str, str], rows: Sequence[int], *, report: Report) -> list[Small]:
    """These items in small, in this order.

    Raises
    ------
    InputError
        If an item is gone.
    """
    choice = read_comparison(params)
    case = Case(choice.requests_of_one()[0])
    found: list[Small] = []
    for batch, _ in batches(case, rows, report):
        found += shrunk(choice.task.kind, batch)
    return found


def shrunk(kind: Kind, batch: Any) -> Iterator[Small]:
    """Each instance of a batch, as models take it, in small."""
    match kind:
        case "text":
            yield from map(_beginning, batch)
        case "image":
            for picture in batch:
                small = pixels.displayed(picture, _PICTURE_PX)
                yield pixels.data_uri(small, "photograph")
        case "table":
            shown = batch.iloc[:, :MOST_COLUMNS]
            yield from (list(map(_value, row)) for row in shown.itertuples(index=False, name=None))
        case unreachable:
            assert_never(unreachable)


def _beginning(text: str) -> str:
    words = palette.printable(" ".join(text[: 4 * _LONGEST].split()))
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _value(value: Any) -> Value:
    plain = value.item() if hasattr(value, "item") else value
    if plain is None or plain != plain:
        return None
    return plain if isinstance(plain, bool | int | float) else palette.printable(str(plain))
