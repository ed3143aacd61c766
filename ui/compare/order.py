"""Which of the items that are compared are listed, and in which order."""

from collections.abc import Callable, Mapping, Sequence

from lime_engine.overlap import Overlap
from ui.compare import wording as told
from ui.compare.choice import CompareChoice
from ui.compare.values import Answered, AnsweredItem, Compared, Lean

_STATES = ("different", "unclear", "same")  # the order in a list


def listed(
    choice: CompareChoice, answered: Answered, compared: Compared | None
) -> list[AnsweredItem]:
    """The items that the choice shows, in its order; those that tie in the order of the data.

    Of the items that are alike in their answers, "reasons" shows only those whose reasons are
    certainly different; before it is explained, it shows different answers. What has no overlap
    (an item with two answers), or no label, comes last.
    """
    known = told.overlaps_of(answered, compared)

    def is_shown(item: AnsweredItem) -> bool:
        if choice.show == "reasons" and compared is not None:
            return item.row in known and known[item.row].state == "different"
        return choice.show == "all" or not item.is_alike

    wanted = _rows_with(choice, compared)
    found = [
        item
        for item in answered.items
        if is_shown(item)
        and (choice.cell is None or item.answers == choice.cell)
        and (wanted is None or item.row in wanted)
    ]
    return sorted(found, key=_orders(known)[choice.order])


def _rows_with(choice: CompareChoice, compared: Compared | None) -> set[int] | None:
    if not choice.feature or compared is None:
        return None
    return {row for lean in compared.leans if lean.name == choice.feature for row in lean.rows}


def _orders(
    known: Mapping[int, Overlap],
) -> dict[str, Callable[[AnsweredItem], tuple[float, ...]]]:
    def by_overlap(item: AnsweredItem) -> tuple[float, ...]:
        overlap = known.get(item.row)
        if overlap is None:
            return (len(_STATES), -item.distance, item.row)
        share = told.in_common(overlap)
        return (_STATES.index(overlap.state), 2.0 if share is None else share, item.row)

    return {
        "overlap": by_overlap,
        "distance": lambda item: (-item.distance, item.row),
        "label": lambda item: (item.label is None, item.label or 0, item.row),
        "sure-1": lambda item: (-item.sure[0], item.row),
        "sure-2": lambda item: (-item.sure[1], item.row),
    }


def most_telling(leans: Sequence[Lean], most: int, feature: str = "") -> list[Lean]:
    """The first `most` features on which each model leans more, and the one with this name."""
    first = [lean for lean in leans if lean.means[0] > lean.means[1]]
    second = [lean for lean in leans if lean.means[0] <= lean.means[1]]
    drawn = [*first[:most], *second[:most]]
    return [lean for lean in leans if lean in drawn or lean.name == feature]
