"""Models that people brought or found here: kept, and asked as any other model is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from lime_engine.errors import InputError
from lime_engine.types import FloatArray, PredictFn
from model_adapters import ModelSettings, NetworkError, OwnModel, installed, load_model
from model_adapters.endpoints.hosts import listed
from ui.workshop.store import store

MODEL, CARD, _SPEED = "model", "model-card", "model-speed"  # the store's entries
_AT_ONCE: Final = 2  # models that run at a time, a worker: as many as are compared
_running: dict[str, OwnModel] = {}


@dataclass(frozen=True, slots=True)
class OwnCard:
    """A model that was brought: what it is called, the store's id of it, how to ask it.

    What is kept under that id is a file, or of a model behind an address and of an installed one
    where it is found.
    """

    name: str
    model: str
    settings: ModelSettings


def keep_own(card: OwnCard, seconds: float) -> str:
    """Keep it; returns the id that opens it.

    `seconds` is how long it takes for an item, which is kept beside the card: measured again, it is
    another number, and the model still the same one.
    """
    store().write(_SPEED, store().key(_SPEED, card.model), json.dumps(seconds).encode())
    own_id = store().put(CARD, json.dumps(asdict(card)).encode())
    store().made(card.model, own_id)
    return own_id


def seconds_of_own(card: OwnCard) -> float:
    """How long it takes for an item, as far as that is known; else 0."""
    raw = store().read(_SPEED, store().key(_SPEED, card.model))
    return 0.0 if raw is None else float(json.loads(raw))


def read_own(own_id: str) -> OwnCard | None:
    """What `keep_own` kept under this id; None if it, or the model's file, is gone."""
    raw = store().read(CARD, own_id)
    if raw is None:
        return None
    found = json.loads(raw)
    if not store().use(MODEL, found["model"]):
        return None
    return OwnCard(str(found["name"]), found["model"], settings_of(found["settings"]))


def settings_of(values: Mapping[str, Any]) -> ModelSettings:
    """Settings after a way through JSON."""
    lists = {name: tuple(values[name]) for name in ("columns", "class_names")}
    return ModelSettings(**{**values, **lists})


def operators_mistakes() -> list[str]:
    """What is wrong with what the operator has named for this server, a sentence each."""
    found = []
    for read in (installed, listed):
        try:
            read()
        except NetworkError as error:
            found.append(str(error))
    return found


def start(model_id: str, settings: ModelSettings) -> OwnModel:
    """Start a process that runs a model of the store.

    Raises
    ------
    InputError
        If its file is no longer in the store.
    NetworkError
        As `model_adapters.load_model`.
    """
    data = store().read(MODEL, model_id)
    if data is None:
        raise InputError(
            "The file of this model is no longer on this server. Bring it again under Upload."
        )
    return load_model(data, settings)


def load_own(own_id: str, class_names: Sequence[str]) -> PredictFn[Any]:
    """The model, running, with its classes in this order; the last few used run on.

    Raises
    ------
    InputError
        If it is gone.
    NetworkError
        As `model_adapters.load_model`.
    """
    card = read_own(own_id)
    if card is None:
        raise InputError(
            "This model is no longer on this server: what is brought is kept for 30 days after its "
            "last use. Bring it again under Upload."
        )
    order = [card.settings.class_names.index(name) for name in class_names]

    def predict(items: Any) -> FloatArray:
        return np.ascontiguousarray(_running_one(own_id, card)(items)[:, order])

    _running_one(own_id, card)
    return predict


def _running_one(own_id: str, card: OwnCard) -> OwnModel:
    running = _running.pop(own_id, None)
    if running is None:
        running = start(card.model, card.settings)
    _running[own_id] = running  # the last used stands last
    while len(_running) > _AT_ONCE:
        _running.pop(next(iter(_running))).close()
    return running
