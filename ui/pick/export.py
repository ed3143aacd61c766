"""What is taken away from a pick: its items, why they were picked, and the model's reasons."""

from collections.abc import Sequence
from typing import Any

from lime_engine.subjects import subject_from_dict
from sample_models.types import Kind
from ui.explain.sheet import ITEM, REASONS, Column, Sheet, cells_of, columns_in, of_item, reasons
from ui.pick.choice import PickChoice
from ui.pick.values import Picked, PickedItem
from ui.workshop.item import Item

_PLACE = Column(
    "pick", "The place in the pick, from 1: the order in which they add the most.", True
)
_ANSWER = (
    Column("model_says", "The model's answer."),
    Column("probability", "How sure the model is of that, 0 to 1.", True),
    Column("reasons", f"The model's reasons: {REASONS}"),
)
_ADDS = (
    Column("adds", "What no item before it in the pick has among its reasons."),
    Column("gain", "What it adds to the share of all that the model uses, 0 to 1.", True),
)
_LABEL = Column("data_says", "The label in the data; empty if there is none.")


def columns_of(kind: Kind, items: Sequence[PickedItem]) -> list[Column]:
    """What `cells` are: which item, what it is, what the model says and why."""
    return [ITEM, *of_item(kind, _names(items)), *_ANSWER]


def cells(
    kind: Kind, items: Sequence[PickedItem], source: str, class_names: Sequence[str]
) -> list[list[Any]]:
    """A line an item."""
    names, lines = _names(items), []
    for item in items:
        subject = None if item.subject is None else subject_from_dict(item.subject)
        lines.append(
            [
                str(Item(source, item.row)),
                *cells_of(kind, subject, names),
                class_names[item.target],
                f"{item.probabilities[item.target]:.4f}",
                reasons((reason.part, reason.weight) for reason in item.reasons),
            ]
        )
    return lines


def _names(items: Sequence[PickedItem]) -> Sequence[str]:
    return columns_in(item.subject for item in items)


def sheet(choice: PickChoice, picked: Picked, budget: int) -> Sheet:
    """One line a pick.

    Labels are only where wrong answers were asked for: otherwise a review would begin with them.
    """
    kind, names, items = choice.task.kind, choice.task.class_names, picked.items[:budget]
    has_labels = choice.favour == "wrong"
    lines = []
    told = cells(kind, items, choice.source, names)
    for number, (item, own) in enumerate(zip(items, told, strict=True), start=1):
        label = "" if item.label is None else names[item.label]
        lines.append(
            [
                number,
                *own,
                "; ".join(picked.features[feature].name for feature in item.adds),
                f"{item.gain:.4f}",
                *([label] if has_labels else []),
            ]
        )
    columns = [_PLACE, *columns_of(kind, items), *_ADDS, *([_LABEL] if has_labels else [])]
    return Sheet(columns, lines)
