"""Reviews of a pick: what people say of its items one by one, and how it is kept.

A pick under review is a snapshot in the store, and so it stays what it was whatever later runs and
later code would pick. A review is one person's answers to it, found by a token that its URL has.
`ui.review.merging` counts and merges them.
"""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

from sample_models.types import Kind
from ui.pick.choice import PickChoice, read_pick
from ui.pick.values import Picked, PickedItem
from ui.workshop.catalogue import find_task
from ui.workshop.store import store

VERDICTS = {
    "right_reason": "Right, for the right reason",
    "wrong_reason": "Right, for the wrong reason",
    "wrong": "Wrong",
    "unsure": "Cannot tell",
}
MAX_NOTE = 1000  # characters
MAX_REVIEWS = 200  # of one pick that are merged: those that began first
_TOKEN = re.compile(r"[a-z0-9]{16}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person says of one item.

    `first` is the verdict given before the label of the data was shown, `verdict` the one that
    stands; `marks` are the parts that should not matter, `note` is kept as it was typed.
    """

    verdict: str
    first: str
    marks: tuple[str, ...] = ()
    note: str = ""


Review = Mapping[int, Answer]  # by the item's row; only what has a verdict


@dataclass(frozen=True, slots=True)
class KeptPick:
    """A pick as it was when its review began; enough to read a review without its task.

    `params` are those of the screen Pick.
    """

    params: Mapping[str, str]
    picked: Picked
    kind: Kind
    title: str
    question: str
    model: str
    class_names: tuple[str, ...]

    @property
    def choice(self) -> PickChoice | None:
        """What was picked from; None if the task is no longer on this server."""
        choice = read_pick(self.params)
        return None if choice.problems or find_task(self.params["task"]) is None else choice

    @property
    def items(self) -> tuple[PickedItem, ...]:
        return self.picked.items


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an item, as it can be marked: all its reasons that stand for the same part."""

    name: str
    weight: float
    times: int
    examples: tuple[str, ...]


# --- The pick -----------------------------------------------------------------------------------


def keep_pick(choice: PickChoice, picked: Picked) -> str:
    """Keep what is to be reviewed, the first `choice.budget` items; the same pick, the same id."""
    n = choice.budget
    items = picked.items[:n]
    used = {reason.feature for item in items for reason in item.reasons}
    features = tuple(
        feature if number in used else replace(feature, examples=())
        for number, feature in enumerate(picked.features)
    )
    cut = replace(
        picked,
        features=features,
        items=items,
        shares=picked.shares[:n],
        random_mean=picked.random_mean[:n],
        random_low=picked.random_low[:n],
        random_high=picked.random_high[:n],
    )
    task = choice.task
    content = {
        "params": choice.params(),
        "picked": asdict(cut),
        "kind": task.kind,
        "title": task.title,
        "question": task.question,
        "model": task.model(choice.model).name,
        "class_names": task.class_names,
    }
    return store().put("review-pick", json.dumps(content, sort_keys=True).encode())


def read_kept_pick(pick_id: str) -> KeptPick | None:
    """The pick with this id; None if there is none (any more)."""
    raw = store().read("review-pick", pick_id)
    if raw is None:
        return None
    content = json.loads(raw)
    content["picked"] = Picked.from_dict(content["picked"])
    content["class_names"] = tuple(content["class_names"])
    return KeptPick(**content)


def without_labels(kept: KeptPick) -> KeptPick:
    """The same, as it is told while labels are hidden."""
    items = tuple(replace(item, label=None) for item in kept.picked.items)
    return replace(kept, picked=replace(kept.picked, items=items))


def parts_of(picked: Picked, item: PickedItem) -> tuple[Part, ...]:
    """What can be marked in an item, strongest first."""
    found: dict[str, Part] = {}
    for reason in item.reasons:
        examples = picked.features[reason.feature].examples
        part = found.get(reason.part, Part(reason.part, 0.0, 0, examples))
        found[reason.part] = replace(part, weight=part.weight + reason.weight, times=part.times + 1)
    return tuple(sorted(found.values(), key=lambda part: -abs(part.weight)))


# --- One review ---------------------------------------------------------------------------------


def new_reviewer() -> str:
    """A token that nobody else has."""
    return secrets.token_hex(8)


def is_reviewer(text: str) -> bool:
    """Whether this, from a URL perhaps, can be a token."""
    return _TOKEN.fullmatch(text) is not None


def read_review(pick_id: str, reviewer: str) -> Review:
    """The answers so far."""
    raw = store().read("review", store().key("review", pick_id, reviewer))
    if raw is None:
        return {}
    return {
        int(row): Answer(a["verdict"], a["first"], tuple(a["marks"]), a["note"])
        for row, a in json.loads(raw)["answers"].items()
    }


def next_to_judge(picked: Picked, review: Review) -> int | None:
    """The number, from 0, of the first item without a verdict; None if there is none."""
    return next((i for i, item in enumerate(picked.items) if item.row not in review), None)


def judge(pick_id: str, reviewer: str, row: int, verdict: str) -> None:
    """Give a verdict on an item, or another one."""
    if verdict not in VERDICTS:
        raise ValueError(f"{verdict!r} is not a verdict; there are {', '.join(VERDICTS)}.")
    _change(
        pick_id,
        reviewer,
        row,
        lambda a: Answer(verdict, verdict) if a is None else replace(a, verdict=verdict),
    )


def mark(pick_id: str, reviewer: str, row: int, part: str, *, marked: bool) -> None:
    """Say that a part of a judged item should not matter, or take it back."""

    def change(answer: Answer | None) -> Answer | None:
        if answer is None:
            return None
        others = tuple(name for name in answer.marks if name != part)
        return replace(answer, marks=(*others, part) if marked else others)

    _change(pick_id, reviewer, row, change)


def annotate(pick_id: str, reviewer: str, row: int, note: str) -> None:
    """Write the note of a judged item, as it was typed."""
    _change(
        pick_id, reviewer, row, lambda a: None if a is None else replace(a, note=note[:MAX_NOTE])
    )


def _change(
    pick_id: str, reviewer: str, row: int, change: Callable[[Answer | None], Answer | None]
) -> None:
    with store().locked():
        answers = dict(read_review(pick_id, reviewer))
        changed = change(answers.get(row))
        if changed is None:
            return
        answers[row] = changed
        content = {"answers": {str(row): asdict(answer) for row, answer in answers.items()}}
        entry_id = store().key("review", pick_id, reviewer)
        store().write("review", entry_id, json.dumps(content).encode())
        reviewers = _reviewers(pick_id)
        if reviewer not in reviewers and len(reviewers) < MAX_REVIEWS:
            entry_id = store().key("reviews", pick_id)
            store().write("reviews", entry_id, json.dumps([*reviewers, reviewer]).encode())


# --- All reviews of a pick ----------------------------------------------------------------------


def all_reviews(pick_id: str) -> dict[str, Review]:
    """Everybody's answers by their token, those who began first before the others."""
    found = {token: read_review(pick_id, token) for token in _reviewers(pick_id)}
    return {token: review for token, review in found.items() if review}


def _reviewers(pick_id: str) -> list[str]:
    raw = store().read("reviews", store().key("reviews", pick_id))
    return [] if raw is None else [str(token) for token in json.loads(raw)]
