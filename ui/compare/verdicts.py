"""What a person says which model they would deploy, before and after the explanations.

A verdict is one person's, found by the comparison's id and a token that their URL has.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from ui.workshop.store import store

WORDS = ("first", "second", "either", "neither", "unsure")  # what can be said
MAX_WHY = 1000  # characters
MAX_PEOPLE = 500  # whose verdicts on one comparison are counted: those who said something first
MAX_LOOKED = 500  # things looked at that are kept


@dataclass(frozen=True, slots=True)
class Said:
    """One of `WORDS`, why (as it was typed), and when (UTC, ISO 8601)."""

    word: str
    why: str
    when: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one person says of one comparison.

    `before` is None if they went on without saying anything. `looked_at` is what they opened, in
    order: ("item", row), ("cell", "0.1"), ("feature", name), ….
    """

    before: Said | None = None
    after: Said | None = None
    looked_at: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What several people say: how often each of `WORDS`, of those who have said their last word.

    `moved` are (word before, last word, how many), of those who said something before and then
    something else, the most frequent first; `n_same` said the same again.
    """

    n: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: tuple[tuple[str, str, int], ...]
    n_same: int

    @property
    def n_moved(self) -> int:
        return sum(n for _, _, n in self.moved)


def tally(verdicts: Iterable[Verdict]) -> Tally:
    """Count them, as far as they have a last word."""
    said = [each for each in verdicts if each.after is not None]
    before = Counter(each.before.word for each in said if each.before)
    after = Counter(each.after.word for each in said if each.after)
    ways = Counter((v.before.word, v.after.word) for v in said if v.before and v.after)
    return Tally(
        len(said),
        tuple(before[word] for word in WORDS),
        tuple(after[word] for word in WORDS),
        tuple((was, now, n) for (was, now), n in ways.most_common() if was != now),
        sum(n for (was, now), n in ways.items() if was == now),
    )


def other_way(verdict: Verdict) -> Verdict:
    """The same, told by somebody who has the sides the other way round."""
    swapped = {"first": "second", "second": "first"}

    def turned(said: Said | None) -> Said | None:
        return said and replace(said, word=swapped.get(said.word, said.word))

    return replace(verdict, before=turned(verdict.before), after=turned(verdict.after))


def all_verdicts(comparison_id: str) -> dict[str, Verdict]:
    """Everybody's by their token, those who said something first before the others."""
    return {who: read_verdict(comparison_id, who) for who in _people(comparison_id)}


def _people(comparison_id: str) -> list[str]:
    raw = store().read("verdicts", store().key("verdicts", comparison_id))
    return [] if raw is None else [str(who) for who in json.loads(raw)]


def read_verdict(comparison_id: str, who: str) -> Verdict:
    """What this person has said so far."""
    raw = store().read("verdict", _entry(comparison_id, who))
    if raw is None:
        return Verdict()
    found = json.loads(raw)
    said = {name: found[name] and Said(**found[name]) for name in ("before", "after")}
    return Verdict(**said, looked_at=tuple((kind, what) for kind, what in found["looked_at"]))


def say(comparison_id: str, who: str, word: str, why: str, *, last: bool) -> None:
    """Say which to deploy, before the explanations or as the `last` word. The first one stands.

    Nothing is recorded as said before once something has been looked at.
    """
    if word not in WORDS:
        raise ValueError(f"{word!r} is not a verdict; there are {', '.join(WORDS)}.")
    said = Said(word, why[:MAX_WHY], f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")

    def change(verdict: Verdict) -> Verdict:
        if last:
            return verdict if verdict.after else replace(verdict, after=said)
        is_late = verdict.before or verdict.after or verdict.looked_at
        return verdict if is_late else replace(verdict, before=said)

    _change(comparison_id, who, change)


def look(comparison_id: str, who: str, kind: str, what: str) -> None:
    """Record that an item, a cell or a feature was looked at; once, and not after the last word."""

    def change(verdict: Verdict) -> Verdict:
        seen = verdict.looked_at
        if verdict.after or (kind, what) in seen or len(seen) >= MAX_LOOKED:
            return verdict
        return replace(verdict, looked_at=(*seen, (kind, what)))

    _change(comparison_id, who, change)


def _change(comparison_id: str, who: str, change: Callable[[Verdict], Verdict]) -> None:
    with store().locked():
        before = read_verdict(comparison_id, who)
        after = change(before)
        if after != before:
            content = json.dumps(asdict(after)).encode()
            store().write("verdict", _entry(comparison_id, who), content)
            people = _people(comparison_id)
            has_said = after.before is not None or after.after is not None
            if has_said and who not in people and len(people) < MAX_PEOPLE:
                content = json.dumps([*people, who]).encode()
                store().write("verdicts", store().key("verdicts", comparison_id), content)


def _entry(comparison_id: str, who: str) -> str:
    return store().key("verdict", comparison_id, who)
