"""What is kept of a data set that models are trained on: how, and on what; no model."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from model_adapters.trained.recipe import Recipe
from model_adapters.trained.splitting import By
from sample_models.types import Example, Kind
from ui.workshop.store import store

CARD, FACTS = "data-card", "data-facts"  # the store's entries
PREFIX = "data-"  # of the task's key


@dataclass(frozen=True, slots=True)
class DataCard:
    """A data set with two recipes: what they are made of, and what is held out, follows from it.

    Attributes
    ----------
    name, kind, question
        What it is called, what its items are, and what the models are asked.
    source, field
        The store's ids of what was brought, and of what real use looks like; the latter may be "".
    class_names
        The classes, from the labels.
    recipes
        How each model is made; none where there is nothing to compare but answers that were
        brought with the data.
    seed, share, by, column
        What is held out: about `share` percent, at random, or by the groups or times in a column.
    dropped
        Columns that no model sees, nor anybody asks about.
    own
        The store's ids of models that were brought: they judge all items, and nothing is learned.
    """

    name: str
    kind: Kind
    question: str
    source: str
    class_names: tuple[str, ...]
    recipes: tuple[Recipe, ...]
    seed: int = 0
    share: int = 25
    by: By = "random"
    column: str = ""
    dropped: tuple[str, ...] = ()
    field: str = ""
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found out when the models were trained: examples to open, seconds for an item."""

    examples: tuple[Example, ...]
    seconds: tuple[float, ...]


def keep_card(card: DataCard) -> str:
    """Keep it; returns the key of its task."""
    content = asdict(card) | {"recipes": [recipe.to_dict() for recipe in card.recipes]}
    if not card.own:  # the id is that of the time before them
        del content["own"]
    card_id = store().put(CARD, json.dumps(content).encode())
    for of in filter(None, (card.source, card.field, *card.own)):
        store().made(of, card_id)
    return PREFIX + card_id


def read_card(task_key: str) -> DataCard | None:
    """What `keep_card` kept under this key; None for other tasks, and if it is gone."""
    raw = _read(CARD, task_key)
    if raw is None:
        return None
    recipes = tuple(Recipe.from_dict(each) for each in raw["recipes"])
    lists = {name: tuple(raw[name]) for name in ("class_names", "dropped")}
    lists["own"] = tuple(raw.get("own", ()))
    return DataCard(**{**raw, **lists, "recipes": recipes})


def keep_facts(task_key: str, facts: Facts) -> None:
    """Keep them beside the card: measured again they are others, and the task still the same."""
    store().write(FACTS, _id(task_key), json.dumps(asdict(facts)).encode())


def read_facts(task_key: str) -> Facts | None:
    """What was found out; None before that, or if it is gone."""
    raw = store().read(FACTS, _id(task_key))
    if raw is None:
        return None
    found = json.loads(raw)
    examples = tuple(Example(**each) for each in found["examples"])
    return Facts(examples, tuple(found["seconds"]))


def _read(kind: str, task_key: str) -> Any:
    if not task_key.startswith(PREFIX):
        return None
    raw = store().read(kind, task_key.removeprefix(PREFIX))
    return None if raw is None else json.loads(raw)


def _id(task_key: str) -> str:
    return store().key(FACTS, task_key)
