"""A pick, as the screens know it: which items, in which order, and what each of them shows.

Plain values, made by `ui.pick.work.choosing` in a worker and read from its JSON by the pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Feature:
    """What items can have in common: a word, a bin of a column, a visual word.

    `share` is its importance as a part of that of all features, 0 to 1. `examples` are pictures
    (data URIs) of superpixels that a visual word stands for; empty for texts and tables.
    """

    name: str
    share: float
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A component among an item's reasons.

    `index` is its number in the item, `feature` that in `Picked.features`; `part` is what could be
    taken out of the model: the word, the column, the visual word.
    """

    index: int
    feature: int
    part: str
    weight: float


@dataclass(frozen=True, slots=True)
class PickedItem:
    """One pick: row `row` of its data, with its label there or None.

    `target` is the class that the model answers with, `reasons` are its reasons, strongest first;
    `adds` are the features that no earlier pick showed, the most important first, and `gain` is
    their share of all that the model uses. `picture` (images) is a data URI; `subject` (texts and
    rows) is the item taken apart, as `lime_engine.subjects.subject_to_dict` writes it.
    """

    row: int
    label: int | None
    probabilities: tuple[float, ...]
    target: int
    reasons: tuple[Reason, ...]
    adds: tuple[int, ...]
    gain: float
    picture: str | None
    subject: dict[str, Any] | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether the model's answer is known to be wrong."""
        return self.label is not None and self.label != self.target


@dataclass(frozen=True, slots=True)
class Picked:
    """The picks in their order; any first part is the pick with that budget.

    `shares[k]` is the share of all that the model uses that the first k + 1 picks show;
    `random_mean`, `random_low` and `random_high` (5% to 95%) are that of k + 1 random items.
    `n_items` were explained, `n_empty` of them have no reasons; `failed` are (row, why).
    `n_favoured` are those of the kind that was favoured, None if none was.
    """

    features: tuple[Feature, ...]
    items: tuple[PickedItem, ...]
    shares: tuple[float, ...]
    random_mean: tuple[float, ...]
    random_low: tuple[float, ...]
    random_high: tuple[float, ...]
    n_items: int
    n_empty: int
    n_favoured: int | None
    failed: tuple[tuple[int, str], ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Picked":
        """From what `dataclasses.asdict` made of one, also after a way through JSON."""
        features = tuple(
            Feature(f["name"], f["share"], tuple(f["examples"])) for f in data["features"]
        )
        items = tuple(
            PickedItem(
                **{
                    **item,
                    "probabilities": tuple(item["probabilities"]),
                    "reasons": tuple(Reason(**reason) for reason in item["reasons"]),
                    "adds": tuple(item["adds"]),
                }
            )
            for item in data["items"]
        )
        lists = {
            name: tuple(data[name])
            for name in ("shares", "random_mean", "random_low", "random_high")
        }
        return cls(
            features=features,
            items=items,
            n_items=data["n_items"],
            n_empty=data["n_empty"],
            n_favoured=data["n_favoured"],
            failed=tuple((row, why) for row, why in data["failed"]),
            **lists,
        )
