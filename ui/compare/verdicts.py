"""What a person says which model they would deploy, before and after the explanations.

A verdict is one person's, found by the comparison's id and a token that their URL has.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from ui.workshop.store import store

WORDS = ("first", "second", "either", "neither", "unsure")  # what can be said
MAX_WHY = 1000  # characters
MAX_LOOKED = 500  # things looked at that are kept
_LOCK = threading.Lock()  # the server is one process: nobody else writes verdicts


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
    with _LOCK:
        before = read_verdict(comparison_id, who)
        after = change(before)
        if after != before:
            content = json.dumps(asdict(after)).encode()
            store().write("verdict", _entry(comparison_id, who), content)


def _entry(comparison_id: str, who: str) -> str:
    return store().key("verdict", comparison_id, who)
