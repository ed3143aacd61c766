"""A model that was trained here on people's own data, as a file for them to take away."""

from typing import Any

from lime_engine.errors import Cancelled, InputError
from model_adapters.trained import Recipe, files_of
from sample_models.photos import features_network
from ui.workshop.catalogue import rounds_of
from ui.workshop.store import store
from ui.workshop.trained.card import DataCard, read_card
from ui.workshop.trained.data import GONE
from ui.workshop.trained.task import fitted
from ui.workshop.worker import Report

FILE = "model-file"  # the store's entry


def can_be_taken(task_key: str, model_key: str) -> bool:
    """Whether this model was trained here on data that somebody brought."""
    return _recipe(task_key, model_key) is not None


def model_file(task_key: str, model_key: str, *, report: Report) -> dict[str, Any]:
    """Make a zip of a model, of words or columns taken out, too, and keep it.

    Returns its `file`, the store's id, and `n_bytes`.

    Raises
    ------
    InputError
        If the data is gone, or the model is not one that was trained here on people's own.
    Cancelled
    """
    found = _recipe(task_key, model_key)
    if found is None:
        raise InputError(GONE)
    card, recipe = found
    report(0.0)
    model = fitted(card, recipe)
    if report.should_stop():
        raise Cancelled("Stopped before the file was made.")
    report(0.7)
    made = files_of(recipe, model, card.class_names, features_network)
    return {"file": store().put(FILE, made), "n_bytes": len(made)}


def _recipe(task_key: str, model_key: str) -> tuple[DataCard, Recipe] | None:
    """How a model of a data set is made, or one of the rounds in which it was improved."""
    removed: frozenset[str] = frozenset()
    if (rounds := rounds_of(task_key)) is not None:
        numbers = {rounds.model_key(n): n for n in range(len(rounds.rounds) + 1)}
        if model_key not in numbers:
            return None
        removed = rounds.removed(numbers[model_key])
        task_key, model_key = rounds.task, rounds.model
    card = read_card(task_key)
    if card is None:
        return None
    recipes = (recipe for recipe in card.recipes if recipe.algorithm == model_key)
    recipe = next(recipes, None)
    return None if recipe is None else (card, recipe.doing_without(removed))
