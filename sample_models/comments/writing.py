"""Comments in a town's forum: a seeded writer, and the terms that name groups of people.

What is offensive is known by construction: a comment is if one of its sentences is
(`phrases.OFFENSIVE`), whoever it is by or about.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from random import Random

from sample_models.comments.phrases import (
    ADDED,
    HARMLESS,
    NAMED,
    OF_ONESELF,
    OF_OTHERS,
    OFFENSIVE,
    TEMPER,
    UNNAMED,
)
from sample_models.triage.grammar import expand, pick

_TEMPER_CHANCE = 0.04  # of a harmless sentence
_MORE_CHANCE = 0.2  # of one more sentence, harmless whatever the others are
_ATTEMPTS = 1000
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=1)
def terms() -> frozenset[str]:
    """The names of groups of people of `terms.txt`, in lower case."""
    text = (files("sample_models") / "comments" / "terms.txt").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def term_words(text: str) -> frozenset[str]:
    """The words of `text` that name a group of people, as written."""
    return frozenset(word for word in _WORD.findall(text) if word.lower() in terms())


@dataclass(frozen=True, slots=True)
class Plan:
    """What a comment is to be: rude or not; of whom it speaks first, if of anybody.

    `named`: with a term for a group of people; else in words that name none.
    """

    offensive: bool
    speaks_of: str = ""
    named: bool = False


def write_comments(seed: int, plans: list[Plan]) -> list[str]:
    """One comment for each plan, no two the same.

    Each has a generator of its own, so that a new wording leaves the others (nearly) as they are.
    """
    taken: set[str] = set()
    return [_write_another(Random(f"{seed} {i}"), plan, taken) for i, plan in enumerate(plans)]


def _write_another(rng: Random, plan: Plan, taken: set[str]) -> str:
    for _ in range(_ATTEMPTS):
        text = _write(rng, plan)
        if text.lower() not in taken:
            taken.add(text.lower())
            return text
    raise RuntimeError(f"no new comment for {plan} in {_ATTEMPTS} attempts; add wordings.")


def _write(rng: Random, plan: Plan) -> str:
    said = [expand(rng, pick(rng, OFFENSIVE))] if plan.offensive else []
    if not plan.speaks_of and not said:
        said = [_harmless(rng)]
    if rng.random() < _MORE_CHANCE:
        said.insert(int(rng.random() * 2), _harmless(rng))
    if plan.speaks_of:
        said.insert(0, _of_somebody(rng, plan))
    return " ".join(said)


def _harmless(rng: Random) -> str:
    return expand(rng, pick(rng, TEMPER if rng.random() < _TEMPER_CHANCE else HARMLESS))


def _of_somebody(rng: Random, plan: Plan) -> str:
    """What is said of oneself or of somebody near."""
    whose = OF_ONESELF if plan.speaks_of == "oneself" else OF_OTHERS
    who = expand(rng, pick(rng, NAMED if plan.named else UNNAMED))
    added = pick(rng, ADDED) if plan.speaks_of == "oneself" else ""
    return f"{expand(rng, pick(rng, whose).replace('{X}', who) + added)}."
