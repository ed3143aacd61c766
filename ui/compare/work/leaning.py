"""What each of two models leans on, over all items that are explained."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lime_engine import visual_words
from lime_engine.types import FloatArray
from ui.compare.order import furthest_apart, own_strongest
from ui.compare.values import Lean

N_LEANS = 10  # features that each model leans on most, and that they differ on most
N_KINDS = 16  # visual words: few enough for each to be seen as a kind of thing
N_EXAMPLES = 5  # superpixels that show what a visual word is

Record = dict[str, Any]


def leans(found: Sequence[tuple[int, Record]]) -> tuple[Lean, ...]:
    """The features with the largest mean |weight| for either model, or the most different ones.

    `found` are the rows with what is kept of them (`ui.compare.work.explaining.keep`). What an item
    does not have weighs nothing in it; what it has several times, as regions of a kind, counts
    together. The strongest come first; none is among them that is practically nothing.
    """
    names = _features([record for _, record in found])
    sums: dict[str, FloatArray] = {}
    places: dict[str, list[tuple[float, int, int]]] = {}
    for (row, record), own in zip(found, names, strict=True):
        for place, (name, pair) in enumerate(zip(own, record["weights"], strict=True)):
            size = np.abs(pair["weights"])
            sums[name] = sums.get(name, np.zeros(2)) + size
            if any(pair["shown"]):
                places.setdefault(name, []).append((-float(size.max()), row, place))
    records = dict(found)

    def lean(name: str) -> Lean:
        strongest = sorted(places.get(name, []))
        first, second = (sums[name] / len(found)).tolist()
        shown = [
            records[row]["examples"][place]
            for _, row, place in strongest[:N_EXAMPLES]
            if "examples" in records[row]
        ]
        rows = tuple(dict.fromkeys(row for _, row, _ in strongest))
        return Lean(name, (first, second), rows, tuple(shown))

    every = [lean(name) for name in sums]
    wanted = {
        each.name
        for some in (
            *(own_strongest(every, side, N_LEANS) for side in (0, 1)),
            furthest_apart(every, N_LEANS),
        )
        for each in some
    }
    return tuple(
        sorted(
            (each for each in every if each.name in wanted),
            key=lambda each: (-max(each.means), each.name),
        )
    )


def _features(records: Sequence[Record]) -> list[list[str]]:
    """What the items' components are called in all items.

    Words by their spelling as it is met first, values by their column, whatever their bin;
    superpixels by the visual words they are.
    """
    described = [np.array(record["looks"]) for record in records if record.get("looks")]
    if described:
        kinds = visual_words(np.concatenate(described), n_words=N_KINDS, merge_alike=True)
        words = iter(kinds.tolist())
        return [[f"kind {next(words) + 1}" for _ in record["weights"]] for record in records]
    spelling: dict[str, str] = {}
    return [
        [
            pair["part"]
            if pair["part"] != pair["label"]  # a column, whose bin is the label
            else spelling.setdefault(pair["name"], pair["label"])
            for pair in record["weights"]
        ]
        for record in records
    ]
