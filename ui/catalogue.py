"""All tasks there are: the built-in ones, and one for each network that someone brought."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, cast

import numpy as np

from lime_engine.errors import InputError
from lime_engine.types import PredictFn
from model_adapters import Network, NetworkSettings, load_network
from sample_models import Labelled, ModelCard, Task, TaskData, load_model, tasks
from ui.store import store

_OWN = "own-"
_LOADED_AT_ONCE = 2  # networks that people brought, a worker
_running: dict[str, Network] = {}


def keep_network(network_id: str, name: str, settings: NetworkSettings) -> str:
    """Keep how to ask a network that is in the store; returns the key of its task."""
    card = {"name": name, "network": network_id, "settings": asdict(settings)}
    return _OWN + store().put("network-card", json.dumps(card).encode())


def find_task(key: str) -> Task | None:
    """The task with this key; None if there is none (any more)."""
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
    if task is None:
        raise InputError(
            "This network is no longer on this server: what people bring is kept for 30 days after "
            "its last use. Bring it again under Upload."
        )
    return task


def predict_of(task_key: str, model_key: str) -> PredictFn[Any]:
    """The predict function of a task's model, loaded once a process.

    Raises
    ------
    InputError
        If a network that someone brought is no longer in the store.
    LimeError
        As `sample_models.load_model` and `model_adapters.load_network`.
    """
    if not task_key.startswith(_OWN):
        return load_model(task_key, model_key)
    running = _running.pop(task_key, None)
    if running is None:
        running = cast("Network", task_of(task_key).models[0].load())
    _running[task_key] = running  # the last used stands last
    while len(_running) > _LOADED_AT_ONCE:
        _running.pop(next(iter(_running))).close()
    return running


def _own_task(key: str, card: Mapping[str, Any]) -> Task:
    name, names = str(card["name"]), tuple(card["settings"]["class_names"])
    load = partial(load_kept_network, card["network"], card["settings"])
    nothing = Labelled((), np.empty(0, dtype=np.int64))
    return Task(
        key=key,
        kind="image",
        title=name,
        question="What does this network see?",
        summary=f"A network that someone brought. It knows {len(names):,} classes.",
        source="Brought to this server by whoever opened it first; nobody else has checked it.",
        class_names=names,
        models=(ModelCard("own", name, "The network as it was brought.", load),),
        examples=(),
        data=lambda: TaskData(nothing, nothing, nothing),
        is_here=lambda: True,
        flaw=None,
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
    names = tuple(settings["class_names"])
    return load_network(data, NetworkSettings(**{**settings, "class_names": names}))
