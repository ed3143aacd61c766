"""The model's answer and its explanation, ready to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from trust_study.frozen import Arm, Component, Item

LISTED = 8  # of the heaviest components have a bar
STRENGTHS = 4  # steps of colour


@dataclass(frozen=True, slots=True)
class Reason:
    """A component with a weight.

    Parameters
    ----------
    badge
        Its number in the picture and in the list; 0 if it is not listed.
    strength
        1 to `STRENGTHS`, beside the heaviest.
    percent
        The length of its bar beside the heaviest.
    """

    component: Component
    badge: int
    is_for: bool
    strength: int
    percent: int

    @property
    def outlines(self) -> list[str]:
        """The outlines of a picture's component, as points of an SVG polygon."""
        return [
            " ".join(f"{x:g},{y:g}" for x, y in zip(where[::2], where[1::2], strict=True))
            for where in self.component.where
        ]

    @property
    def middle(self) -> tuple[float, float]:
        """Where a picture's component has its badge: the middle of its longest outline."""
        longest = max(self.component.where, key=len)
        xs, ys = longest[::2], longest[1::2]
        return round(sum(xs) / len(xs), 1), round(sum(ys) / len(ys), 1)


def reasons(item: Item, arm: Arm) -> list[Reason]:
    """What is shown of the explanation in this arm, the heaviest first."""
    weights = item.weights.get(arm, ()) if arm != "answer" else ()
    found = [n for n in range(len(weights)) if weights[n] != 0]
    found.sort(key=lambda n: -abs(weights[n]))
    heaviest = abs(weights[found[0]]) if found else 1.0
    return [
        Reason(
            item.components[n],
            place + 1 if place < LISTED else 0,
            weights[n] > 0,
            max(1, round(STRENGTHS * abs(weights[n]) / heaviest)),
            max(1, round(100 * abs(weights[n]) / heaviest)),
        )
        for place, n in enumerate(found)
    ]


def pieces(text: str, reasons: Sequence[Reason]) -> list[tuple[str, Reason | None]]:
    """A text cut where components with a weight begin and end; the heavier has what they share."""
    owner: list[Reason | None] = [None] * len(text)
    for reason in reversed(reasons):
        for start, stop in reason.component.where:
            owner[int(start) : int(stop)] = [reason] * (int(stop) - int(start))
    cut: list[tuple[str, Reason | None]] = []
    for character, its in zip(text, owner, strict=True):
        if cut and cut[-1][1] is its:
            cut[-1] = (cut[-1][0] + character, its)
        else:
            cut.append((character, its))
    return cut
