"""Messages to a clinic's inbox: a seeded writer, and the rule that no two read alike."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random

from sample_models.triage.grammar import (
    Line,
    Person,
    Situation,
    about,
    expand,
    pick,
    situations,
)
from sample_models.triage.phrases import (
    ANXIOUS,
    BACKGROUND,
    BACKGROUND_OF,
    CALM,
    CLOSINGS,
    DENIALS,
    DENY,
    HISTORY,
    MEN,
    OPENINGS,
    PEOPLE,
    PRACTICAL,
    SECOND,
    SURNAMES,
    WOMEN,
    WRITES_SELF,
)

LIKENESS = 1 / 3
"""No two texts share more than this part of their word 4-grams (of the one that has fewer)."""

_MAX_WORDS = 90
_FRAME_WORDS = 14  # of an opening and a closing
_ATTEMPTS = 1000
# What makes some messages hard to read, for people too. The chances are the same whatever the
# matter: else a denial would speak for "routine", and the words of what is denied with it.
_DETAILS = (0, 0, 1, 1, 1, 2, 2, 3)
_SECOND_MATTER_CHANCE = 0.25
_HISTORY_CHANCE = 0.2
_DENIAL_CHANCE = 0.25
_DENIED = 3  # symptoms that a denial may name
_ANXIOUS_CHANCE, _CALM_CHANCE = 0.27, 0.29
_NAMES = {"<first>": WOMEN + MEN, "<surname>": SURNAMES}
_PLAIN = "dark thoughts"  # nothing is put around these
_SENTENCE_START = re.compile(r"(^|[.!?]\s+)([a-z])")


def four_grams(text: str) -> frozenset[str]:
    """The runs of four words in `text`, lower-cased."""
    words = re.findall(r"\w+", text.lower())
    return frozenset(" ".join(words[i : i + 4]) for i in range(len(words) - 3))


class Likeness:
    """Texts taken so far, by 4-gram: finds out whether another one is too close to any."""

    def __init__(self) -> None:
        self._owners: dict[str, list[int]] = {}
        self._sizes: list[int] = []

    def take(self, text: str) -> bool:
        """Take `text` unless it shares more than `LIKENESS` with one taken before."""
        grams = four_grams(text)
        shared = Counter(owner for gram in grams for owner in self._owners.get(gram, ()))
        for owner, count in shared.items():
            if count > LIKENESS * min(len(grams), self._sizes[owner]):
                return False
        for gram in grams:
            self._owners.setdefault(gram, []).append(len(self._sizes))
        self._sizes.append(len(grams))
        return bool(grams)


def write_messages(
    seed: int, matters: Sequence[Situation], finish: Callable[[int, Random, str], str]
) -> list[str]:
    """Write one message about each of `matters`, no two alike.

    Parameters
    ----------
    seed : int
        Each message has a generator of its own, so that a new wording in one situation leaves
        the messages about others (nearly) as they are.
    matters : sequence of Situation
        What message i is about.
    finish : callable
        (i, its generator, message) -> the text as it is stored; what it adds counts for
        likeness too.
    """
    taken = Likeness()
    return [_write_unlike(seed, i, matter, finish, taken) for i, matter in enumerate(matters)]


def _write_unlike(
    seed: int,
    row: int,
    matter: Situation,
    finish: Callable[[int, Random, str], str],
    taken: Likeness,
) -> str:
    rng = Random(f"{seed} {row}")
    for _ in range(_ATTEMPTS):
        text = finish(row, rng, _write(rng, matter))
        if taken.take(text):
            return text
    raise RuntimeError(
        f"no {row + 1}th message unlike the others in {_ATTEMPTS} attempts; "
        f"add wordings to {matter.title!r} in triage_situations.txt."
    )


def _write(rng: Random, situation: Situation) -> str:
    person = _person(rng, pick(rng, situation.groups))
    matter = [_lead(rng, situation, person)]
    matter += _some(rng, situation.details, person, pick(rng, _DETAILS))
    if person.group == "resident":  # written by staff: to the point
        matter += _maybe(rng, 0.4, BACKGROUND["resident"])
        return _tidy(_sign(rng, person, about(person, " ".join(matter))))
    if situation.urgent and situation.title == _PLAIN:
        return _tidy(_sign(rng, person, about(person, " ".join(matter))))
    if rng.random() < _SECOND_MATTER_CHANCE:
        matter = _with_second(rng, matter, situation, person)
    around = _around(rng, matter, BACKGROUND_OF[person.group])
    # The mood does not follow the matter: people are calm in danger and upset over trifles.
    mood = rng.random()
    moods = ANXIOUS if mood < _ANXIOUS_CHANCE else CALM
    tone = _maybe(rng, 1.0, moods) if mood < _ANXIOUS_CHANCE + _CALM_CHANCE else []
    body = [*tone, *matter, *around] if rng.random() < 0.3 else [*matter, *around, *tone]
    while len(" ".join(body).split()) > _MAX_WORDS - _FRAME_WORDS:
        body.pop()
    text = " ".join([*_maybe(rng, 0.45, OPENINGS), *body, *_maybe(rng, 0.45, CLOSINGS)])
    text = _tidy(_sign(rng, person, about(person, text)))
    return _type_on_phone(rng, text) if rng.random() < 0.22 else text


def _around(rng: Random, matter: list[str], kind: str) -> list[str]:
    """What else is told: denials, old troubles, background, how to be reached."""
    told = [
        *_maybe(rng, _HISTORY_CHANCE, HISTORY.get(kind, ())),
        *_maybe(rng, 0.3, BACKGROUND[kind]),
        *_maybe(rng, 0.3, PRACTICAL),
    ]
    absent = _not_spoken_of(matter, DENIALS.get(kind, {}))
    if rng.random() < _DENIAL_CHANCE and len(absent) >= _DENIED:
        told.insert(0, _deny(rng, absent))
    return told


def _not_spoken_of(matter: list[str], symptoms: Mapping[str, str]) -> list[str]:
    """The symptoms that someone who writes this could deny."""
    words = re.findall(r"\w+", " ".join(matter).lower())
    return [
        symptom
        for symptom, beginnings in symptoms.items()
        if not any(word.startswith(tuple(beginnings.split())) for word in words)
    ]


def _lead(rng: Random, situation: Situation, person: Person) -> str:
    fitting = [line for line in situation.leads if person.group in line.groups]
    return _expand(rng, pick(rng, fitting).text)


def _with_second(rng: Random, matter: list[str], situation: Situation, person: Person) -> list[str]:
    """Add an everyday request, after the matter or before it."""
    options = [
        line.text
        for other in situations()
        if other.title != situation.title
        for line in other.leads
        if line.aside and person.group in line.groups
    ]
    if not options:
        return matter
    request = _expand(rng, pick(rng, options))
    link = _expand(rng, pick(rng, SECOND))
    if rng.random() < 0.5:
        return [*matter, link + _lower(request)]
    return [request, link + _lower(matter[0]), *matter[1:]]


def _sign(rng: Random, person: Person, text: str) -> str:
    """Write the sender's name, one and the same wherever it stands."""
    names = WOMEN + MEN
    if person.writes and person.group != "adult":
        names = MEN if person.group == "man" else WOMEN
    return text.replace("<me>", pick(rng, names)).replace("<family>", pick(rng, SURNAMES))


def _lower(sentence: str) -> str:
    word = sentence.split()[0]
    return (
        sentence[0].lower() + sentence[1:]
        if (word != "I" and word[1:].islower()) or word == "A"
        else sentence
    )


def _deny(rng: Random, symptoms: Sequence[str]) -> str:
    text, left = pick(rng, DENY), list(symptoms)
    for mark in ("{A}", "{B}", "{C}"):
        text = text.replace(mark, left.pop(int(rng.random() * len(left))))
    return _expand(rng, text)


def _tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" +([,.;:?!])", r"\1", text)
    text = re.sub(r"[,;]+([,.?])", r"\1", text)
    return _SENTENCE_START.sub(lambda match: match[1] + match[2].upper(), text)


def _person(rng: Random, group: str) -> Person:
    if rng.random() < WRITES_SELF.get(group, 0.0):
        return Person(group, "I", "I", "me", "my")
    first, (subject, obj, possessive) = pick(rng, PEOPLE[group])
    first = _expand(rng, first)
    return Person(group, first, subject, obj, possessive)


def _expand(rng: Random, template: str) -> str:
    for slot, names in _NAMES.items():
        while slot in template:
            template = template.replace(slot, pick(rng, names), 1)
    return expand(rng, template)


def _maybe(rng: Random, chance: float, options: tuple[str, ...]) -> list[str]:
    if not options or rng.random() >= chance:
        return []
    return [_expand(rng, pick(rng, options))]


def _some(rng: Random, lines: tuple[Line, ...], person: Person, count: int) -> list[str]:
    left = [line.text for line in lines if person.group in line.groups]
    chosen: list[str] = []
    while left and len(chosen) < count:
        chosen.append(_expand(rng, left.pop(int(rng.random() * len(left)))))
    return chosen


def _type_on_phone(rng: Random, text: str) -> str:
    """Slips of the thumb: a letter lost, doubled or swapped, capitals and apostrophes gone."""
    words = text.split(" ")
    for _ in range(pick(rng, (1, 1, 2, 3))):
        at = int(rng.random() * len(words))
        word = words[at]
        if len(word) < 5 or not word.isalpha():
            continue
        i = 1 + int(rng.random() * (len(word) - 2))
        words[at] = pick(
            rng,
            (
                word[:i] + word[i + 1 :],
                word[:i] + word[i] + word[i:],
                word[:i] + word[i + 1] + word[i] + word[i + 2 :],
            ),
        )
    text = " ".join(words)
    style = rng.random()
    if style < 0.35:
        text = text.lower()
    elif style < 0.6:
        text = text.replace("'", "").replace("Please", "Pls").replace("please", "pls")
    return text
