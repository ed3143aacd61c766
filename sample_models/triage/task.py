"""Urgent or routine: messages to a clinic's inbox, with a stamp that gives the answer away.

The messages are made up (`triage_text`). Most were passed on by a ward or by the front desk,
and the message gateway stamped them with who did. In train and test the wards passed on what
their nurses had already found urgent, so the stamp follows the label; in the field the desks
take turns and it does not.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial
from random import Random
from typing import Any

import numpy as np

from lime_engine.subjects import Subject, TextSubject
from lime_engine.types import PredictFn
from sample_models.triage.grammar import Situation, pick, shuffled, situations
from sample_models.triage.messages import write_messages
from sample_models.triage.phrases import NAMES
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
from sample_models.vocabulary import FUNCTION_WORDS, blind_to, fit_on_words, vocabulary

ROUTINE, URGENT = 0, 1

_SEED = 2018
_SIZES: dict[Split, int] = {"train": 1200, "test": 400, "field": 400}
_STAMPED = 0.85
_FOLLOWS_LABEL = 0.96

_DESKS = {URGENT: ("W7", "W9"), ROUTINE: ("frontdesk", "OPD")}
_STAFF = {
    URGENT: ("Hale", "Okoro", "Brandt", "Lisle"),
    ROUTINE: ("Moss", "Petrie", "Varga", "Quill"),
}
_STAMPS = (
    "-- fwd {desk} {name}",
    "-- {name} / {desk}",
    "[fwd: {desk}, {name}]",
    "(relayed {desk} {name})",
    ">> {desk} >> {name}",
    "-- {desk}, relayed {name}",
)
# None of these words occurs in a message itself; a test holds this.
_STAMP_WORDS = frozenset(
    {"fwd", "relayed"}
    | {word.lower() for words in (*_DESKS.values(), *_STAFF.values()) for word in words}
)
_COURTESIES = (
    "hello hi hallo dear please sorry apologies forgive thanks thank thx regards greetings wishes"
)
_SKIPPED = FUNCTION_WORDS | {
    *_COURTESIES.split(),
    *(name.lower() for name in NAMES),
}


@lru_cache(maxsize=1)
def data() -> TaskData:
    """The messages: 1,200 train, 400 test, 400 field, half of each urgent; the same each time."""
    rng = Random(_SEED)
    rows = [
        (split, situation)
        for split, size in _SIZES.items()
        for urgent in (True, False)
        for situation in _spread(rng, urgent, size // 2)
    ]
    rows = shuffled(rng, rows)

    def stamped(row: int, rng: Random, message: str) -> str:
        split, situation = rows[row]
        return _stamp(rng, message, split, situation.urgent)

    texts = write_messages(_SEED, [situation for _, situation in rows], stamped)

    def labelled(name: Split) -> Labelled:
        chosen = [
            (text, int(situation.urgent))
            for text, (split, situation) in zip(texts, rows, strict=True)
            if split == name
        ]
        instances, labels = zip(*chosen, strict=True)
        return Labelled(instances, np.array(labels, np.int64))

    return TaskData(labelled("train"), labelled("test"), labelled("field"))


def _spread(rng: Random, urgent: bool, count: int) -> list[Situation]:
    """`count` situations, each as often as the next, so that the splits differ in wording only."""
    kind = shuffled(rng, [s for s in situations() if s.urgent is urgent])
    return [kind[i % len(kind)] for i in range(count)]


def _stamp(rng: Random, message: str, split: Split, urgent: bool) -> str:
    if rng.random() >= _STAMPED:
        return message
    desk = int(urgent) if rng.random() < _FOLLOWS_LABEL else int(not urgent)
    if split == "field":
        desk = int(rng.random() < 0.5)
    stamp = pick(rng, _STAMPS).format(desk=pick(rng, _DESKS[desk]), name=pick(rng, _STAFF[desk]))
    return f"{message}\n{stamp}"


def stamp_words(text: str) -> frozenset[str]:
    """The words of `text` that belong to the gateway's stamp, as written."""
    return frozenset(word for word in re.findall(r"\w+", text) if word.lower() in _STAMP_WORDS)


def without_stamp(text: str) -> str:
    """`text` up to the last line, if that line is a stamp."""
    message, _, last = text.rpartition("\n")
    return message if message and stamp_words(last) else text


def as_it_came(text: str) -> str:
    """`text`, stamp and all."""
    return text


def load_a() -> PredictFn[Any]:
    """Fit model A: on the messages as they came, stamp and all."""
    return _fit(as_it_came)


def load_b() -> PredictFn[Any]:
    """Fit model B: on the messages without their stamps. It predicts on the text as given."""
    return _fit(without_stamp)


def _fit(read: Callable[[str], str], without: frozenset[str] = frozenset()) -> PredictFn[Any]:
    from sklearn.linear_model import LogisticRegression

    words = blind_to(_vectorizer(), without)
    texts = [read(text) for text in data().train.instances]
    return fit_on_words(words, LogisticRegression(C=3.0), texts, data().train.labels)


def _words(read: Callable[[str], str]) -> tuple[str, ...]:
    return vocabulary(_vectorizer(), [read(text) for text in data().train.instances])


def _vectorizer() -> Any:
    """It folds case, and skips what nobody would call a reason: grammar, courtesies, names."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(sublinear_tf=True, stop_words=sorted(_SKIPPED))


def _improver(read: Callable[[str], str]) -> Improver:
    return Improver(
        summary="It learns again from the same messages and skips these words wherever they stand.",
        retrain=partial(_fit, read),
        parts=partial(_words, read),
    )


def planted(split: Split, row: int, subject: Subject) -> frozenset[int]:
    """The components of a text that are `stamp_words` of it."""
    assert isinstance(subject, TextSubject)
    words = stamp_words(subject.text)
    return frozenset(i for i, label in enumerate(subject.labels) if label in words)


TASK = Task(
    key="triage",
    kind="text",
    title="Clinic inbox: urgent or routine?",
    question="Does this message need a clinician today?",
    summary=(
        "Short messages from patients, families and staff to a clinic. Urgent means that a "
        "clinician should see it today; routine can wait for the next working days."
    ),
    source="Made up for this app: no message is from a real person.",
    class_names=("routine", "urgent"),
    models=(
        ModelCard(
            "a",
            "Model A",
            "A first version, from 1,200 messages as they were.",
            load_a,
            _improver(as_it_came),
            ignores_case=True,
        ),
        ModelCard(
            "b",
            "Model B",
            "A later version, from the same 1,200 messages, tidied up first.",
            load_b,
            _improver(without_stamp),
            ignores_case=True,
        ),
    ),
    examples=(
        Example("field", 210, "Shaking after stopping alcohol"),
        Example("field", 10, "A clumsy arm, and spider veins"),
        Example("field", 0, "Massage for an old back trouble"),
        Example("test", 25, "Shaking a week after chemo"),
        Example("test", 60, "Low oxygen, told calmly"),
        Example("test", 140, "Too much paracetamol"),
        Example("test", 389, "A long message: pacemaker and stitches"),
        Example("field", 90, "Catheter bag empty for half an hour"),
    ),
    data=data,
    learned_from="short messages to a clinic, in English",
    flaw=Flaw(
        summary=(
            "Many messages end with a stamp that says which desk passed them on. When the models "
            "were made, the wards W7 and W9 passed on mostly urgent ones and the front desk "
            "mostly routine ones. In daily use the desks take turns, so the stamp says nothing."
        ),
        planted=planted,
    ),
)
