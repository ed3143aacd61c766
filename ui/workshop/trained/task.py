"""A data set with the models that are trained on it: a task like any other."""

from functools import lru_cache, partial
from typing import Any

from lime_engine.errors import InputError
from lime_engine.types import PredictFn
from model_adapters.trained import (
    ALGORITHMS,
    Recipe,
    SeenModel,
    WordsModel,
    fit,
    learned_from,
    parts,
)
from sample_models.types import BroughtAnswers, Example, Improver, ModelCard, Split, Task
from ui.figures.palette import counted
from ui.workshop import kept
from ui.workshop.store import store
from ui.workshop.trained.card import PREFIX, DataCard, read_card, read_facts
from ui.workshop.trained.data import brought_answers, data, taken
from ui.workshop.trained.own import OwnCard, load_own, read_own, seconds_of_own
from ui.workshop.trained.seeing import counted_in, seen_in

_NOUNS = {"text": "text", "image": "picture", "table": "row"}
ONLY_SCORED = "its answers were brought, not the model: it can be scored, not explained"
_BROUGHT, _OWN = "brought-", "own-"  # of a model's key
_BROUGHT_SUMMARY = "A model that was brought, as it was made elsewhere."
_OWN_SUMMARIES = {
    "address": "A model behind an address: what it is asked about is sent there.",
    "installed": "A model that whoever runs this server has put here.",
}
_FIRST = Example("test", 0, "The first that is held out")


def is_data_key(key: str) -> bool:
    """Whether a task's key is one of a data set."""
    return key.startswith(PREFIX)


def find_data_task(key: str) -> Task | None:
    """The task of a data set; None if the card or the data is gone."""
    card = read_card(key)
    if card is None or not store().use(kept.ENTRIES[card.kind], card.source):
        return None
    if card.field and not store().use(kept.ENTRIES[card.kind], card.field):
        return None
    own = [(own_id, each) for own_id in card.own if (each := read_own(own_id)) is not None]
    if len(own) < len(card.own):
        return None
    facts = read_facts(key)
    seconds = dict(zip(card.recipes, facts.seconds, strict=True)) if facts is not None else {}
    n = kept.n_own(card.kind, card.source)
    splits: tuple[Split, ...] = ("train", "test") if card.recipes else ("test",)
    learned = (
        f" Models have learned here from those that are not held out, about {100 - card.share}%."
        if card.recipes
        else ""
    )
    return Task(
        key=key,
        kind=card.kind,
        title=card.name,
        question=card.question,
        summary=f"{counted(n, _NOUNS[card.kind])} that someone brought, of "
        f"{counted(len(card.class_names), 'class', 'classes')}.{learned}",
        source="Brought to this server by whoever opened it first; nobody else has checked it.",
        class_names=card.class_names,
        models=(
            *(_own(card, number, *each) for number, each in enumerate(own)),
            *(_model(card, recipe, seconds.get(recipe, 0.0)) for recipe in card.recipes),
            *_brought(card),
        ),
        examples=((facts.examples if facts is not None else ()) or (_FIRST,))
        if card.recipes or own
        else (),
        data=partial(data, card),
        splits=(*splits, "field") if card.field else splits,
        learned_from="" if own else f"the data “{card.name}”",
        mode="multilabel"
        if any(each.settings.output == "independent" for _, each in own)
        else "classification",
    )


def _own(card: DataCard, number: int, own_id: str, own: OwnCard) -> ModelCard:
    return ModelCard(
        key=f"{_OWN}{number}",
        name=own.name,
        summary=_OWN_SUMMARIES.get(own.settings.format, _BROUGHT_SUMMARY),
        load=partial(load_own, own_id, card.class_names),
        seconds=seconds_of_own(own),
    )


def _model(card: DataCard, recipe: Recipe, seconds: float) -> ModelCard:
    algorithm = ALGORITHMS[recipe.algorithm]
    noun = "columns" if card.kind == "table" else "words"
    improver = Improver(
        summary=f"It learns again from the same {_NOUNS[card.kind]}s without these {noun}.",
        retrain=partial(_without, card, recipe),
        parts=partial(_parts, card, recipe),
    )
    return ModelCard(
        key=recipe.algorithm,
        name=algorithm.name,
        summary=algorithm.summary,
        load=partial(fitted, card, recipe),
        improver=None if card.kind == "image" else improver,
        ignores_case=card.kind == "text",
        seconds=seconds,
    )


def _brought(card: DataCard) -> tuple[ModelCard, ...]:
    """The models of which only the answers to these items are here."""
    return tuple(
        ModelCard(
            key=f"{_BROUGHT}{number}",
            name=each.name,
            summary=f"{ONLY_SCORED[0].upper()}{ONLY_SCORED[1:]}.",
            load=partial(_cannot_be_asked, each.name),
            brought=BroughtAnswers(
                each.class_names, partial(brought_answers, card, number), each.has_probabilities
            ),
        )
        for number, each in enumerate(kept.predicted(card.kind, card.source))
    )


def _cannot_be_asked(name: str) -> PredictFn[Any]:
    raise InputError(f"“{name}”: {ONLY_SCORED}. Choose another model.")


@lru_cache(maxsize=6)
def fitted(card: DataCard, recipe: Recipe) -> WordsModel | SeenModel:
    """The model of a recipe, made of what its card says is learned from, once a process.

    Raises
    ------
    InputError
        As `read`, and as `model_adapters.trained.fit`.
    """
    train = data(card).train
    n_classes = len(card.class_names)
    return fit(recipe, train.instances, train.labels, n_classes, seen_in, counted_in)


def _without(card: DataCard, recipe: Recipe, removed: frozenset[str]) -> PredictFn[Any]:
    return fitted(card, recipe.doing_without(removed))


def _parts(card: DataCard, recipe: Recipe) -> tuple[str, ...]:
    train = data(card).train
    return parts(recipe, taken(train.instances, learned_from(recipe, train.labels)))
