"""All tasks: the built-in ones, what people brought, and models trained again here."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from typing import Any, cast

import numpy as np

from lime_engine.errors import InputError
from lime_engine.types import PredictFn
from model_adapters import Network, NetworkSettings, asked_in_words, load_network
from sample_models import (
    BroughtAnswers,
    Improver,
    Labelled,
    ModelCard,
    Task,
    TaskData,
    load_data,
    load_model,
    tasks,
)
from ui.figures.palette import counted, printable, shorten
from ui.workshop.store import KEPT_SO_LONG, store
from ui.workshop.trained.data import GONE as DATA_GONE
from ui.workshop.trained.task import find_data_task, is_data_key

MAX_ROUNDS = 20
MAX_PARTS = 200  # a round
MAX_PART_LENGTH = 60  # characters
_OWN = "own-"
_ROUNDS = "rounds-"
_NAMED, _LONGEST_NAMED = 3, 20  # of what was taken out, in a model's name
_SPEED = "network-speed"  # the store's entries
_LOADED_AT_ONCE = 2  # networks that people brought, a worker
_running: dict[str, Network] = {}


def keep_network(
    network_id: str, name: str, settings: NetworkSettings, seconds: float = 0.0
) -> str:
    """Keep how to ask a network that is in the store; returns the key of its task.

    `seconds` is how long it takes for a picture, which is kept beside the card: measured again, it
    is another number, and the network still the same one.
    """
    if seconds:
        store().write(_SPEED, store().key(_SPEED, network_id), json.dumps(seconds).encode())
    card = {"name": name, "network": network_id, "settings": asdict(settings)}
    entry_id = store().put("network-card", json.dumps(card).encode())
    store().made(network_id, entry_id)
    return _OWN + entry_id


@dataclass(frozen=True, slots=True)
class Rounds:
    """What was taken out of a task's model: words or columns, round by round."""

    task: str
    model: str
    rounds: tuple[tuple[str, ...], ...] = ()

    def removed(self, number: int) -> frozenset[str]:
        """All that the model of this round does without; round 0 is the model as it was."""
        return frozenset(part for parts in self.rounds[:number] for part in parts)

    def model_key(self, number: int) -> str:
        """The key of this round's model."""
        return f"round-{number}" if number else self.model


def keep_rounds(task_key: str, model_key: str, rounds: Sequence[Sequence[str]]) -> str:
    """Keep what is taken out of a task's model; returns the key of a task of its own.

    Raises
    ------
    InputError
        If the model cannot be trained again here, or there is too much, or nothing, to take out.
    """
    kept = Rounds(task_key, model_key, tuple(_checked(parts) for parts in rounds))
    if len(kept.rounds) > MAX_ROUNDS:
        raise InputError(
            f"This would be round {len(kept.rounds)}; there can be {MAX_ROUNDS}. Undo the last "
            "round, and take out more at once."
        )
    if _rounds_task("", kept) is None:
        raise InputError(
            f"The model “{model_key}” of “{task_key}” cannot be trained again here. Choose one "
            "of texts or tables."
        )
    return _ROUNDS + store().put("rounds", json.dumps(asdict(kept)).encode())


def rounds_of(task_key: str) -> Rounds | None:
    """What `keep_rounds` kept under this key; None for other tasks, and if it is gone."""
    if not task_key.startswith(_ROUNDS):
        return None
    raw = store().read("rounds", task_key.removeprefix(_ROUNDS))
    if raw is None:
        return None
    found = json.loads(raw)
    rounds = tuple(tuple(parts) for parts in found["rounds"])
    return Rounds(found["task"], found["model"], rounds)


@dataclass(frozen=True, slots=True)
class Entry:
    """One of a task's models, or one of another task, on the task's items.

    `class_names` are those that the model knows, `seconds` is how long it takes for one item where
    that was measured, else 0; `data` and `predict` are made once a process. `brought` are the
    answers of one that cannot be asked. `batch` is how many items it is asked about at a time,
    whatever there are; 1 for any number.
    """

    task: Task
    class_names: tuple[str, ...]
    seconds: float
    data: Callable[[], TaskData]
    predict: Callable[[], PredictFn[Any]]
    brought: BroughtAnswers | None = None
    batch: int = 1


def entry_of(task_key: str, model_key: str) -> Entry:
    """What there is under these keys; that of the model as in `find_model`.

    Raises
    ------
    InputError
        As `task_of`.
    """
    task = owner = task_of(task_key)
    if "/" in model_key:
        owner_key, _, model_key = model_key.rpartition("/")
        owner = task_of(owner_key)
    card = next((card for card in owner.models if card.key == model_key), None)
    loading, names = partial(load, owner, model_key), owner.class_names_of(model_key)
    if card is None:
        return Entry(task, names, 0.0, partial(_data, task), loading)
    batch = (card.asked or {}).get("batch") or 1
    return Entry(task, names, card.seconds, partial(_data, task), loading, card.brought, batch)


def data_of(task_key: str) -> TaskData:
    """The task's data, made once a process; of models trained again here that of their task.

    Raises
    ------
    TaskUnavailable
        As `sample_models.load_data`.
    InputError
        As `task_of`.
    """
    return _data(task_of(task_key))


def _data(task: Task) -> TaskData:
    return load_data(task.key) if task.key in tasks() else task.data()


def has_data(task_key: str) -> bool:
    """Whether the task has labelled data: for a network that someone brought there is none."""
    task = find_task(task_key)
    return task is not None and bool(task.splits)


def find_task(key: str) -> Task | None:
    """The task with this key; None if there is none (any more)."""
    if key.startswith(_ROUNDS):
        rounds = rounds_of(key)
        return None if rounds is None else _rounds_task(key, rounds)
    if is_data_key(key):
        return find_data_task(key)
    if not key.startswith(_OWN):
        return tasks().get(key)
    raw = store().read("network-card", key.removeprefix(_OWN))
    return None if raw is None else _own_task(key, json.loads(raw))


def task_of(key: str) -> Task:
    """As `find_task`.

    Raises
    ------
    InputError
        If there is no such task.
    """
    task = find_task(key)
    if task is None and key.startswith(_ROUNDS):
        raise InputError(
            "This model, which was trained again here, is no longer on this server: what was taken "
            "out is kept for 30 days after its last use. Start again under Improve."
        )
    if task is None and is_data_key(key):
        raise InputError(DATA_GONE)
    if task is None:
        raise InputError(
            f"This network is no longer on this server: {KEPT_SO_LONG}. Bring it again under "
            "Upload."
        )
    return task


def find_model(task: Task, key: str) -> tuple[Task, ModelCard] | None:
    """A model with the task it belongs to; None if there is none (any more).

    `key` is that of a model of `task`, or "task/model" for one of another task.
    """
    owner: Task | None = task
    if "/" in key:
        task_key, _, key = key.rpartition("/")
        owner = find_task(task_key)
    card = next((card for card in owner.models if card.key == key), None) if owner else None
    return None if owner is None or card is None else (owner, card)


def load(task: Task, model_key: str) -> PredictFn[Any]:
    """The predict function of one of the task's models, loaded once a process.

    Raises
    ------
    InputError
        If a network that someone brought is no longer in the store.
    LimeError
        As `sample_models.load_model` and `model_adapters.load_network`.
    """
    if task.key in tasks():
        return load_model(task.key, model_key)
    if not task.key.startswith(_OWN):
        return task.model(model_key).load()
    running = _running.pop(task.key, None)
    if running is None:
        running = cast("Network", task.models[0].load())
    _running[task.key] = running  # the last used stands last
    while len(_running) > _LOADED_AT_ONCE:
        _running.pop(next(iter(_running))).close()
    return running


@lru_cache(maxsize=6)
def retrained(task_key: str, model_key: str, removed: frozenset[str]) -> PredictFn[Any]:
    """A task's model trained again without these parts, once a process (seconds).

    Raises
    ------
    InputError
        If the model cannot be trained again here, or is gone.
    LimeError
        As its improver.
    """
    if not removed:
        return load(task_of(task_key), model_key)
    return improver_of(task_key, model_key).retrain(removed)


def improver_of(task_key: str, model_key: str) -> Improver:
    """How a task's model is trained again.

    Raises
    ------
    InputError
        If it cannot be, or is gone.
    """
    found = find_model(task_of(task_key), model_key)
    if found is None or found[1].improver is None:
        raise InputError(
            f"The model “{model_key}” cannot be trained again here. Choose another model."
        )
    return found[1].improver


def _rounds_task(key: str, kept: Rounds) -> Task | None:
    """The task with the model as it was, and one model for each round."""
    base = find_task(kept.task)
    card = next((c for c in base.models if c.key == kept.model), None) if base else None
    if base is None or card is None or card.improver is None:
        return None
    again = "trained again" if base.has_training_data else "as it is, but"
    later = [
        ModelCard(
            kept.model_key(number),
            f"{card.name}, round {number}: {_without(base, kept.rounds[:number])}",
            f"{card.name}, {again} without what was taken out up to round {number}.",
            partial(retrained, base.key, card.key, kept.removed(number)),
            ignores_case=card.ignores_case,
            seconds=card.seconds,
        )
        for number in range(1, len(kept.rounds) + 1)
    ]
    before = replace(card, load=partial(load, base, card.key))
    return replace(base, key=key, models=(before, *later), data=partial(_data, base))


def _without(base: Task, rounds: Sequence[Sequence[str]]) -> str:
    """What was taken out of a model in these rounds, in short; what went last first."""
    if base.kind == "image":
        return "with other backgrounds"
    parts = list(dict.fromkeys(part for each in reversed(rounds) for part in each))
    named = ", ".join(shorten(printable(part), _LONGEST_NAMED) for part in parts[:_NAMED])
    more = len(parts) - _NAMED
    return f"without {named}{f' and {more:,} more' if more > 0 else ''}"


def _checked(parts: Sequence[str]) -> tuple[str, ...]:
    """The parts of a round, each once, without space around them; `InputError` if they are many."""
    found = tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if not found:
        raise InputError("Nothing is named to be taken out. Name at least one word or column.")
    if len(found) > MAX_PARTS:
        raise InputError(
            f"{len(found):,} are to be taken out at once; a round can take {MAX_PARTS}. Leave the "
            "others for the next round."
        )
    longest = max(found, key=len)
    if len(longest) > MAX_PART_LENGTH:
        raise InputError(
            f"“{longest[:30]}…” has {len(longest):,} characters; a word can have "
            f"{MAX_PART_LENGTH}. Name single words, not a text."
        )
    return found


def _own_task(key: str, card: Mapping[str, Any]) -> Task:
    name, names = str(card["name"]), tuple(card["settings"]["class_names"])
    load = partial(load_kept_network, card["network"], card["settings"])
    speed = store().read(_SPEED, store().key(_SPEED, card["network"]))
    seconds = 0.0 if speed is None else float(json.loads(speed))
    nothing = Labelled((), np.empty(0, dtype=np.int64))
    asked = settings_of_network(card["settings"])
    own = ModelCard(
        "own",
        name,
        f"The network as it was brought. {asked_in_words(asked)}",
        load,
        seconds=seconds,
        asked={key: value for key, value in asdict(asked).items() if key != "class_names"},
    )
    return Task(
        key=key,
        kind="image",
        title=name,
        question="What does this network see?",
        summary="A network that someone brought. It knows "
        f"{counted(len(names), 'class', 'classes')}.",
        source="Brought to this server by whoever opened it first; nobody else has checked it.",
        class_names=names,
        models=(own,),
        examples=(),
        data=lambda: TaskData(nothing, nothing, nothing),
        mode="multilabel" if card["settings"].get("output") == "independent" else "classification",
        splits=(),
    )


def load_kept_network(network_id: str, settings: Mapping[str, Any]) -> Network:
    """Start a network of the store; `settings` are a `NetworkSettings` as JSON.

    Raises
    ------
    InputError
        If its file is no longer in the store.
    NetworkError
        As `model_adapters.load_network`.
    """
    data = store().read("network", network_id)
    if data is None:
        raise InputError(
            "The file of this network is no longer on this server. Bring it again under Upload."
        )
    return load_network(data, settings_of_network(settings))


def settings_of_network(values: Mapping[str, Any]) -> NetworkSettings:
    """Settings after a way through JSON."""
    lists = {name: tuple(values.get(name, ())) for name in ("class_names", "mean", "std")}
    return NetworkSettings(**{**values, **lists})
