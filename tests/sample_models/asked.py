"""What the tests of all tasks ask of a task: its items, its models' answers, and their truth.

Run as a script with a task's key, it prints the fingerprint that another process finds.
"""

import hashlib
import os
import subprocess
import sys
from typing import Any

import numpy as np

from lime_engine import LimeSettings, TabularPerturber, TextPerturber, explain
from sample_models import Task, load_data, load_model, tasks
from sample_models.types import Split

SPLITS: tuple[Split, ...] = ("train", "test", "field")
DRAWN = 60  # pictures that are drawn when asked for: so many of a split stand for all


def some(task: Task, split: Split, n: int | None = None) -> tuple[Any, Any]:
    """The first n items of a split (all, or of pictures to be drawn some), and their labels."""
    part = load_data(task.key).split(split)
    items = part.instances
    if task.kind == "image" and not isinstance(items, np.ndarray):
        items = np.stack(list(items[: n or DRAWN]))
    elif n is not None:
        items = items[:n]
    return items, part.labels[: len(items)]


def accuracy(task: Task, model: str, split: Split) -> float:
    items, labels = some(task, split)
    return float((load_model(task.key, model)(items).argmax(axis=1) == labels).mean())


def on_examples(task: Task) -> dict[str, tuple[int, ...]]:
    """Of each example, by its title: the true answer, then that of each model."""
    found = {}
    for example in task.examples:
        part = load_data(task.key).split(example.split)
        item = part.instance(example.row)
        batch = item if task.kind == "table" else [item] if task.kind == "text" else item[None]
        said = (int(load_model(task.key, card.key)(batch).argmax()) for card in task.models)
        found[example.title] = (int(part.labels[example.row]), *said)
    return found


def leaning(task: Task, model: str, n: int) -> float:
    """Share of n test items with much of the flaw in whose explanation it is a reason.

    They are those of the first 40 with the most flawed parts; of more, where so few have any. It is
    a reason when it is among the five strongest and not practically nothing, and in a picture when
    it has half of the weight.
    """
    assert task.flaw is not None
    data, predict = load_data(task.key), load_model(task.key, model)
    perturber: Any = task.image
    if task.kind != "image":
        text = task.kind == "text"
        perturber = TextPerturber() if text else TabularPerturber.learn(data.train.instances)

    def planted(row: int) -> frozenset[int]:
        assert task.flaw is not None
        subject = perturber.components(data.test.instance(row))
        return task.flaw.planted("test", row, subject)

    looked_at: dict[int, frozenset[int]] = {}
    for row in range(len(data.test.labels)):
        if row >= 40 and sum(map(bool, looked_at.values())) >= n:
            break
        looked_at[row] = planted(row)
    flawed = sorted(looked_at.items(), key=lambda one: -len(one[1]))
    settings = LimeSettings(n_samples=300, n_features=5, held_out=0.0)
    hits: list[bool] = []
    for row, parts in flawed[:n]:
        weights = explain(data.test.instance(row), predict, perturber, settings).weights
        on_flaw = sum(abs(weight.weight) for weight in weights if weight.index in parts)
        total = sum(abs(weight.weight) for weight in weights)
        hits.append(on_flaw >= total / 2 if task.kind == "image" else on_flaw > total / 1000)
    return float(np.mean(hits))


def fingerprint(key: str) -> str:
    """All items, their labels, and the models' answers about a few."""
    task, found = tasks()[key], hashlib.sha256()
    for split in SPLITS:
        items, labels = some(task, split)
        match task.kind:
            case "text":
                found.update(repr(items).encode())
            case "image":
                found.update(items.tobytes())
            case "table":
                found.update(items.to_csv().encode())
        found.update(labels.tobytes())
    items, _ = some(task, "test", 20)
    for card in task.models:
        found.update(np.round(load_model(key, card.key)(items), 6).tobytes())
    return found.hexdigest()


def fingerprint_elsewhere(key: str) -> str:
    """What another process finds, which hashes otherwise and shares no model with this one."""
    return subprocess.run(
        [sys.executable, "-m", "tests.sample_models.asked", key],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


if __name__ == "__main__":
    print(fingerprint(sys.argv[1]))
