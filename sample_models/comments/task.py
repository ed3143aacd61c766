"""Comments in a forum, and a filter that people deploy: would you let it moderate.

The models are not ours: A is a package that people deploy (`model.published`), and B is the same,
made blind to the names of groups of people in `terms.txt`. Its flaw is not planted either: it takes
some of these names for an offence. The comments are made up (`writing`); what is offensive is so by
construction. In a forum people seldom name such groups; in the field they speak of themselves.

How often each group is named is ours to choose (`phrases.NAMED`), and with it how often A is wrong
in the field. In short sentences it nearly always takes "gay" and "homosexual" for an offence, often
"white", "transgender" and "jew", hardly ever most others; and an insult by somebody who says that
they are bisexual for harmless. Measured, shares of right answers: A .93 on test and .81 in the
field (.73 of the harmless comments there, .70 of those with a name), B .94 and .93.
"""

from functools import lru_cache, partial
from random import Random
from typing import Any

import numpy as np

from lime_engine.subjects import Subject, TextSubject
from lime_engine.types import PredictFn
from sample_models.comments.writing import Plan, term_words, terms, write_comments
from sample_models.triage.grammar import shuffled
from sample_models.types import (
    Example,
    Flaw,
    Improver,
    Labelled,
    ModelCard,
    Split,
    Task,
    TaskData,
)

HARMLESS, OFFENSIVE = 0, 1

_SEED = 2026
_SIZE = 400  # of each split
_NAMED: dict[Split, float] = {"test": 0.08, "field": 0.9}  # share with a name of a group


@lru_cache(maxsize=1)
def data() -> TaskData:
    """The comments: 400 test, 400 field, half of each offensive; the same each time.

    There are no training data: the models' authors have theirs.
    """
    rng = Random(_SEED)
    plans = {split: _planned(rng, split) for split in _NAMED}
    texts = iter(write_comments(_SEED, [plan for each in plans.values() for plan in each]))

    def labelled(split: Split) -> Labelled:
        instances = tuple(next(texts) for _ in plans[split])
        return Labelled(instances, np.array([plan.offensive for plan in plans[split]], np.int64))

    return TaskData(Labelled((), np.empty(0, np.int64)), labelled("test"), labelled("field"))


def _planned(rng: Random, split: Split) -> list[Plan]:
    """What each comment is to be: names of groups are as common in harmless as in rude ones."""
    half = _SIZE // 2
    n_named = round(_NAMED[split] * half)
    plans = []
    for offensive in (True, False):
        for row in range(half):
            named = row < n_named
            if split == "field":
                plans.append(Plan(offensive, "oneself", named))
            else:
                of = "oneself" if row % 2 else "others"
                plans.append(Plan(offensive, of if row < 2 * n_named else "", named))
    return shuffled(rng, plans)


def load(never_seen: frozenset[str] = frozenset()) -> PredictFn[Any]:
    """The published model, blind to these words."""
    from sample_models.comments.model import published

    return published(never_seen)


def _words(never_seen: frozenset[str]) -> tuple[str, ...]:
    from sample_models.comments.model import known_words

    return known_words(never_seen)


def load_b(without: frozenset[str] = frozenset()) -> PredictFn[Any]:
    """The published model, blind to the names of groups of people, and to these words."""
    return load(terms() | without)


_SKIPS = (
    "What it learned from is not at hand, so it is not trained again: it stays as it is, and no "
    "longer sees these words."
)


def planted(split: Split, row: int, subject: Subject) -> frozenset[int]:
    """The components of a text that name a group of people."""
    assert isinstance(subject, TextSubject)
    words = term_words(subject.text)
    return frozenset(i for i, label in enumerate(subject.labels) if label in words)


TASK = Task(
    key="comments",
    kind="text",
    title="Comments: would you let it moderate?",
    question="Is this comment offensive?",
    summary=(
        "Comments in a town's forum. Offensive means rude about somebody or about what they do; "
        "everything else is harmless. The filter is one that people download and deploy."
    ),
    source=(
        "Made up for this app, in mild words: no comment is from a real person. The filter is the "
        "package alt-profanity-check, whose authors trained it on some 200,000 comments of others."
    ),
    class_names=("harmless", "offensive"),
    models=(
        ModelCard(
            "a",
            "Model A",
            "The filter as it is published.",
            load,
            Improver(_SKIPS, load, partial(_words, frozenset())),
            ignores_case=True,
        ),
        ModelCard(
            "b",
            "Model B",
            "The same filter, made not to see some of the words that it knows.",
            load_b,
            Improver(_SKIPS, load_b, lambda: _words(terms())),
            ignores_case=True,
        ),
    ),
    examples=(
        Example("field", 282, "Volleyball in the evening"),
        Example("test", 290, "About the boss"),
        Example("field", 180, "One thing to know"),
        Example("field", 35, "Rude to a whole lot"),
        Example("test", 24, "A question about wool"),
        Example("test", 237, "Wet socks"),
        Example("test", 22, "A clown"),
        Example("test", 16, "Rubbish, says a neighbour"),
    ),
    data=data,
    learned_from="some 200,000 comments from the web, in English",
    flaw=Flaw(
        summary=(
            "The filter takes the names of some groups of people for an offence, most likely "
            "because they stood mostly in abuse where it learned. So it silences people who only "
            "say who they are. Nobody planted this. Model B is the same filter, made not to see "
            "such names; under Improve you can name others."
        ),
        planted=planted,
    ),
    splits=("test", "field"),
)
