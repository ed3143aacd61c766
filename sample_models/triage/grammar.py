"""The small grammar in which the clinic's messages are written: choices, numbers, persons.

`triage_situations.txt` says what can be written; this module reads it and turns one line of
it into one sentence about one person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from random import Random
from typing import TypeVar

T = TypeVar("T")

_CHOICE = re.compile(r"\{([^{}]*)\}")
_EITHER = re.compile(r"\{!((?:[^{}!]|\{[^{}]*\})*)!((?:[^{}!]|\{[^{}]*\})*)\}")  # one level deep
_SLOT = re.compile(r"<(?!me>|family>)([^<>]+)>")
_RANGE = re.compile(r"([\d.]+)-([\d.]+)")
_PERSON = re.compile(r"\$(S|s|o|p)(?!\w)")
# Which of the two a person is, is clear when they write themselves: "that is for me" goes.
_NAMED_ONLY = re.compile(
    r"(?:(?<=[.?!] )|^)(?:[A-Z][\w:]*(?: \w+){0,2} )?\$S\.\s*"
    r"|[,;]? (?:(?:that|it|this) (?:is|concerns)(?: for| about)?|of|concerning) \$S(?!\w)"
)
_AFTER_PREPOSITION = re.compile(
    r"\b(for|about|with|to|on|by|concerns|[Ii]t is|[Tt]h(?:is|at) is|scratched|bit) \$S(?!\w)"
)

_TIMES = {
    "since": "{since {this morning|early morning|breakfast|lunch|noon|supper|getting up|"
    "about <clock>|roughly <clock>|just after <clock>}|for {the last |}{two|three|four|five} hours|"
    "for half a day|all {morning|afternoon|evening}}",
    "since_long": "{for {months|some weeks|half a year}|since <month>|again since <month>}",
    "ago": "{twenty minutes|half an hour|forty minutes|an hour|an hour and a half|two hours|"
    "three hours|a good hour} ago",
    "clock": "{{six|seven|eight|nine|ten|eleven|one|two|three|four|five}|"
    "{half past|quarter past|quarter to|ten past|twenty to} "
    "{six|seven|eight|nine|ten|eleven|one|two|three|four|five}|<7-21>:{05|10|15|20|25|35|40|45|50}}",
    "day": "{Monday|Tuesday|Wednesday|Thursday|Friday}",
    "days": "{two|three|four|five|six|3|4|5} days",
    "weeks": "{ten days ago|two weeks ago|a fortnight ago|three weeks ago|last week|12 days ago}",
    "month": "{January|February|March|April|May|June|July|August|September|October|November|"
    "December}",
    "year": "20{14|15|16|17|18|19|20|21|22|23}",
    "year_old": "20{09|10|11|12|13|14|15|16|17}",
    "few": "{two|three|four|2|3|4}",
    "place": "{Kenya|Vietnam|Peru|India|Thailand|Tanzania|Brazil|Sri Lanka|Austria|Sweden}",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a message is about: how they are named first, and the words that follow from it."""

    group: str
    first: str
    subject: str
    object: str
    possessive: str

    @property
    def writes(self) -> bool:
        """Whether the person writes the message themselves."""
        return self.subject == "I"


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence to be written, the groups it fits, and whether it fits any other matter too."""

    text: str
    groups: frozenset[str]
    aside: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """One thing that people write about: first sentences, further sentences, whom it concerns."""

    title: str
    urgent: bool
    groups: tuple[str, ...]
    leads: tuple[Line, ...]
    details: tuple[Line, ...]


def pick(rng: Random, options: Sequence[T]) -> T:
    """One of `options`. Of `Random`, only `random()` is sure to stay the same between Pythons."""
    return options[int(rng.random() * len(options))]


def shuffled(rng: Random, items: Sequence[T]) -> list[T]:
    """The items in random order."""
    left = list(items)
    return [left.pop(int(rng.random() * len(left))) for _ in items]


@lru_cache(maxsize=1)
def situations() -> tuple[Situation, ...]:
    """All situations, in the order of the file."""
    text = (files("sample_models") / "triage_situations.txt").read_text(encoding="utf-8")
    blocks = re.findall(r"^== (.+)\n((?:[-*+] .+\n)+)", text, re.MULTILINE)
    return tuple(
        _situation(head, body, urgent)
        for head, body in blocks[1:]  # the first one explains the notation
        for urgent in (True, False)
        if head.split(" / ")[1] in ("either", "urgent" if urgent else "routine")
    )


def _situation(head: str, body: str, urgent: bool) -> Situation:
    title, _, who = head.split(" / ")
    groups = tuple(who.split())
    lines: dict[str, list[Line]] = {"-": [], "*": [], "+": []}
    for mark, only, text in re.findall(r"^(.) (?:\[([\w ]+)\] )?(.+)$", body, re.MULTILINE):
        text = _EITHER.sub(r"{\1}" if urgent else r"{\2}", text)
        lines[mark].append(Line(text, frozenset(only.split() or groups), mark == "*"))
    leads = (*lines["-"], *lines["*"])
    return Situation(title, urgent, groups, leads, tuple(lines["+"]))


def expand(rng: Random, template: str) -> str:
    """Choose among `{a|b}` and fill `<...>` until plain text (and `$` words) is left."""
    text = template
    while "{" in text or _SLOT.search(text):
        text = _CHOICE.sub(lambda match: pick(rng, match[1].split("|")), text)
        text = _SLOT.sub(lambda match: _fill(rng, match[1]), text)
    return text


def _fill(rng: Random, slot: str) -> str:
    bounds = _RANGE.fullmatch(slot)
    if bounds is None:
        return _TIMES[slot]
    low, high = bounds.groups()
    digits = len(low.partition(".")[2])
    value = float(low) + rng.random() * (float(high) - float(low))
    return f"{value:.{digits}f}"


def about(person: Person, text: str) -> str:
    """Put the person into expanded text: named at the first mention, a pronoun from then on."""
    third = not person.writes

    def only_names(match: re.Match[str]) -> str:
        known = person.writes or _PERSON.search(text, 0, match.start()) is not None
        return "" if known else match[0]

    text = _NAMED_ONLY.sub(only_names, text)
    first = _PERSON.search(text)
    if third and first is not None:
        name = _name(person, first[1])
        text = text[: first.start()] + name + text[first.end() :]
    text = _AFTER_PREPOSITION.sub(r"\1 $o", text)
    for mark, word in (
        ("S", person.subject),
        ("s", person.subject),
        ("o", person.object),
        ("p", person.possessive),
        ("have", "has" if third else "have"),
        ("is", "is" if third else "am"),
    ):
        text = re.sub(rf"\${mark}(?!\w)", word, text)
    return re.sub(r"~(e?s)\b", r"\1" if third else "", text)


def _name(person: Person, mark: str) -> str:
    if mark != "p":
        return person.first
    name = person.first.split(",")[0]
    return name + ("'" if name.endswith("s") else "'s")
