"""Which of the items that are compared are listed, and in which order."""

from collections.abc import Callable, Mapping, Sequence

from lime_engine.overlap import Overlap
from ui.compare import wording as told
from ui.compare.choice import CompareChoice
from ui.compare.values import Answered, AnsweredItem, Compared, Lean
from ui.figures.linked import LEAST_SHARE

N_TELLING = 10  # items that are explained before the others
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
        "sure-1": lambda item: (-(item.sure[0] or 0.0), item.row),
        "sure-2": lambda item: (-(item.sure[1] or 0.0), item.row),
    }


def own_strongest(leans: Sequence[Lean], side: int, most: int) -> list[Lean]:
    """The features that this model leans on most, the strongest first; at most so many."""
    return _largest(leans, lambda lean: lean.means[side], most)


def furthest_apart(leans: Sequence[Lean], most: int) -> list[Lean]:
    """The features whose weights differ most between both, the largest difference first."""
    return _largest(leans, lambda lean: abs(lean.means[0] - lean.means[1]), most)


def _largest(leans: Sequence[Lean], size: Callable[[Lean], float], most: int) -> list[Lean]:
    """Those of which this is largest; without what is practically nothing beside the strongest."""
    least = LEAST_SHARE * max((mean for lean in leans for mean in lean.means), default=0.0)
    found = [lean for lean in leans if size(lean) > 0 and size(lean) >= least]
    return sorted(found, key=lambda lean: (-size(lean), lean.name))[:most]


def telling_first(rows: Sequence[int], answered: Answered) -> list[int]:
    """The rows to explain: those on which the models are furthest apart, then as they are drawn.

    So there is something to see before all are explained; which ones these are stays as it was.
    """
    distances = {item.row: item.distance for item in answered.items}
    telling = sorted(rows, key=lambda row: -distances.get(row, 0.0))[:N_TELLING]
    return list(dict.fromkeys((*telling, *rows)))
