"""One list of answers for two models whose classes may have different names."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from lime_engine.errors import InputError
from lime_engine.types import FloatArray, IntArray

ELSE = "anything else"
Match = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """`names` are the answers that are compared: those of the data, and `ELSE` where it is needed.

    `sides` hold, for each class of model 1 and of model 2, the number of its answer in `names`;
    `has_else` says that the last of these is `ELSE`. `independent` says of which model each class
    is a yes or no of its own: its probabilities do not add up.
    """

    names: tuple[str, ...]
    sides: tuple[tuple[int, ...], tuple[int, ...]]
    has_else: bool
    independent: tuple[bool, bool] = (False, False)

    def answers(self, side: int, probabilities: FloatArray) -> IntArray:
        """What the model answers to each item, (n,), from its own probabilities (n, classes)."""
        own = np.array(self.sides[side], dtype=np.intp)
        return np.asarray(own[np.argmax(probabilities, axis=1)])

    def joint(self, side: int, probabilities: FloatArray) -> FloatArray:
        """The model's probabilities of the compared answers, (n, len(names)).

        Of several classes that stand for one answer the sum, or that of the strongest yes.
        """
        found = np.zeros((len(probabilities), len(self.names)))
        put = np.maximum if self.independent[side] else np.add
        put.at(found.T, np.array(self.sides[side], dtype=np.intp), np.asarray(probabilities).T)
        return found

    def distances(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """How far apart two models are, (n,), 0 to 1, from what `joint` says of each.

        Half the summed difference (total variation); where probabilities do not add up, the largest
        difference on one answer that both models know, which for two answers is the same.
        """
        apart: FloatArray = np.abs(first - second)
        if not any(self.independent):
            return np.asarray(apart.sum(axis=1) / 2)
        both = [
            answer
            for answer in range(len(self.names))
            if all(self.own_class(side, answer) is not None for side in (0, 1))
        ]
        return np.asarray(apart[:, both].max(axis=1, initial=0.0))

    def own_class(self, side: int, answer: int) -> int | None:
        """The model's class for a compared answer; None if it has none, or for `ELSE`."""
        is_else = self.has_else and answer == len(self.names) - 1
        if is_else or answer not in self.sides[side]:
            return None
        return self.sides[side].index(answer)


def by_name(ours: Sequence[str], theirs: Sequence[str]) -> Match:
    """For each class of a model, the class of the data with the same name; None if there is none.

    Case, and what is not a letter or digit, makes no difference where the names are still told
    apart without them, as “>50K” and “<=50K” are not.
    """
    found: list[int | None] = [None] * len(theirs)
    for key, most in ((str, len(ours)), (_key, 1)):
        places = _alike(ours, key, set(range(len(ours))) - set(found))
        unmatched = {number for number, place in enumerate(found) if place is None}
        for name, numbers in _alike(theirs, key, unmatched).items():
            if len(numbers) == len(places.get(name, ())) <= most:
                for number, place in zip(numbers, places[name], strict=True):
                    found[number] = place
    return tuple(found)


def _alike(
    names: Sequence[str], key: Callable[[str], str], among: Collection[int]
) -> dict[str, list[int]]:
    """The numbers of those among the names that have the same key."""
    found: dict[str, list[int]] = {}
    for number in sorted(among):
        found.setdefault(key(names[number]), []).append(number)
    return found


def matching(
    ours: Sequence[str],
    models: Sequence[str],
    matches: Sequence[Match],
    independent: tuple[bool, bool] = (False, False),
) -> Matching:
    """The compared answers, from each model's match with the classes of the data.

    `models` are the models' names, for the refusal; `independent` as in `Matching`.

    Raises
    ------
    InputError
        If a model has no class in common with the data.
    """
    for name, match in zip(models, matches, strict=True):
        if all(place is None for place in match):
            raise InputError(
                f"{name} has no answer in common with these data, which know {_listed(ours)}: "
                "nothing that it says could be compared. Match at least one of its classes by "
                "hand, or choose another model."
            )
    needs_else = any(place is None for match in matches for place in match)
    names = (*ours, ELSE) if needs_else else tuple(ours)
    last = len(names) - 1
    first, second = (tuple(last if p is None else p for p in match) for match in matches)
    return Matching(names, (first, second), needs_else, independent)


def _key(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum()) or name


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:4])
    return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown
