"""Locks as they are kept, and what is left of a choice behind one; pure.

The presenter has a token, everybody else the lock's id, which is made of it: only who has the token
can reveal.
"""

import re
from dataclasses import is_dataclass, replace
from secrets import token_hex
from typing import Any, TypeVar

from sample_models import Task
from ui.workshop.store import store

KIND = "presenting"
HIDDEN = "What it is like is told at the reveal."
SHUT = "Real use is hidden until the reveal: these are the test data."
_TOKEN, _ID = re.compile(r"[a-f0-9]{16}"), re.compile(r"[a-z2-7]{26}")
_REVEALED = b"revealed"
_BY_LABEL = ("favour", "wrong", "nothing"), ("order", "label", "overlap")  # chosen; what instead

T = TypeVar("T")


def new_lock() -> str:
    """Make a lock; returns the presenter's token."""
    token = token_hex(8)
    store().write(KIND, id_of(token), b"locked")
    return token


def is_token(text: str) -> bool:
    """Whether this, from a URL perhaps, can be a token."""
    return _TOKEN.fullmatch(text) is not None


def is_id(text: str) -> bool:
    """Whether this, from a URL perhaps, can be a lock's id."""
    return _ID.fullmatch(text) is not None


def id_of(token: str) -> str:
    """The id of the lock that this token opens."""
    return store().key(KIND, token)


def is_revealed(lock: str) -> bool:
    """Whether the presenter has; not of a lock that is there no more."""
    return store().read(KIND, lock) == _REVEALED


def reveal(token: str) -> None:
    """Show everything to everybody who has the lock's link."""
    store().write(KIND, id_of(token), _REVEALED)


def without_spoilers(choice: T) -> T:
    """What a screen is about, without what gives the answers away.

    Of its task: what is known of the models, the flaw, real use, and titles that name a label. And
    nothing is chosen by labels.
    """
    if not is_dataclass(choice) or isinstance(choice, type):
        return choice
    changes: dict[str, Any] = {}
    task = getattr(choice, "task", None)
    if isinstance(task, Task):
        changes["task"] = hidden(task)
        if getattr(choice, "source", None) == "field":
            changes["source"] = "test"
            changes["problems"] = (*getattr(choice, "problems", ()), SHUT)
    for name, of_labels, otherwise in _BY_LABEL:
        if getattr(choice, name, None) == of_labels:
            changes[name] = otherwise
    return replace(choice, **changes)


def hidden(task: Task) -> Task:
    """The task without what gives the answers away."""
    cards = tuple(
        replace(card, name=card.name.split(": without ")[0], summary=HIDDEN, improver=None)
        for card in task.models
    )
    examples = tuple(
        replace(example, title=f"Example {number}")
        for number, example in enumerate(task.examples, start=1)
    )
    splits = tuple(split for split in task.splits if split != "field")
    return replace(
        task,
        summary=task.question,
        source="",
        models=cards,
        examples=examples,
        flaw=None,
        splits=splits,
    )
