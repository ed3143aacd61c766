"""Reviews counted and merged: what one person says of a pick, and what several agree on."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ui.pick.values import Picked
from ui.review.records import VERDICTS, Review, parts_of


@dataclass(frozen=True, slots=True)
class MarkedPart:
    """A part that was marked in `n` of the `of` items that have it among their reasons."""

    part: str
    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Votes:
    """How many of those who `judged` items with a part have `marked` it."""

    part: str
    marked: int
    judged: int

    @property
    def is_out(self) -> bool:
        """Whether more than half did; a tie is not a majority."""
        return 2 * self.marked > self.judged


def votes(picked: Picked, reviews: Sequence[Review]) -> tuple[Votes, ...]:
    """What people say of each part that somebody marked, the most marked first.

    Who judged an item with this part among its reasons has a vote, and who marked it in one of
    them or more votes against it.
    """
    judged, marked = Counter[str](), Counter[str]()
    for review in reviews:
        answered = [item for item in picked.items if item.row in review]
        judged.update({reason.part for item in answered for reason in item.reasons})
        marked.update({part for item in answered for part in review[item.row].marks})
    found = [Votes(p, marked[p], judged[p]) for p in _all_parts(picked) if marked[p]]
    return tuple(sorted(found, key=lambda each: -each.marked))


def agreed(picked: Picked, reviews: Sequence[Review]) -> tuple[str, ...]:
    """The parts that should not matter, by majority, the most marked first."""
    return tuple(each.part for each in votes(picked, reviews) if each.is_out)


def counts(reviews: Iterable[Review]) -> dict[str, int]:
    """How often each verdict was given, in the order of `VERDICTS`."""
    given = Counter(answer.verdict for review in reviews for answer in review.values())
    return {verdict: given[verdict] for verdict in VERDICTS}


def marked_parts(picked: Picked, review: Review) -> tuple[MarkedPart, ...]:
    """The parts that a review marked, those in most items first."""
    found = Counter(part for answer in review.values() for part in answer.marks)
    shown = Counter(
        part for item in picked.items for part in {reason.part for reason in item.reasons}
    )
    named = [
        MarkedPart(part, found[part], shown[part]) for part in _all_parts(picked) if found[part]
    ]
    return tuple(sorted(named, key=lambda marked: -marked.n))


def verdicts_on(row: int, reviews: Sequence[Review]) -> dict[str, int]:
    """How many gave which verdict on an item; only those given."""
    given = counts([{row: review[row]} for review in reviews if row in review])
    return {verdict: n for verdict, n in given.items() if n}


def is_agreed(verdicts: Mapping[str, int]) -> bool:
    """Whether two or more have judged, and all said the same."""
    return len(verdicts) == 1 and sum(verdicts.values()) > 1


def _all_parts(picked: Picked) -> tuple[str, ...]:
    """Each part once, in the order in which the items show them."""
    every = [part.name for item in picked.items for part in parts_of(picked, item)]
    return tuple(dict.fromkeys(every))
