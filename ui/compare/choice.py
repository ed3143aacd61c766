"""Which two models a person compares, and what of it they look at, as the URL says it."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

from lime_engine.errors import InputError
from lime_engine.settings import LimeSettings, Mode
from sample_models import ModelCard, Task, tasks
from ui.compare.matching import Match, Matching, by_name, matching
from ui.compare.verdicts import read_verdict
from ui.explain.choice import Choice
from ui.shell.fields import (
    Fields,
    changed_fields,
    number,
    one_of,
    read_edits,
    read_off,
    written_changes,
)
from ui.workshop.catalogue import find_model, find_task
from ui.workshop.item import Item, read_source
from ui.workshop.request import (
    FEATURES_OF_MANY,
    Edits,
    Request,
    settings_of_many,
    standard_view,
    store_id,
    suitable_samples,
)
from ui.workshop.sample import sampled
from ui.workshop.store import KEPT_SO_LONG, store

MAX_ITEMS = 2000  # that are explained
MAX_SCORED = 5000  # that both models answer: some minutes for the slowest of the built-in models
USUAL_AMOUNT = 100
AMOUNTS = (50, 100, 200, 300, 500, 1000, 2000)  # of the items there are, to explain
SHOWS = ("reasons", "answers", "all")  # same answer, different reasons; different answers; all
SURE = ("sure-1", "sure-2")  # how sure each model is
ORDERS = ("overlap", "distance", "label", *SURE)
BOARDS = ("scores", "costs", "classes", "curves", "calibration", "slices")
COSTS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)  # of a miss, in false alarms
USUAL_COST = 5
WORDS, WORD, COLUMN = "words", "word:", "column:"  # what slices are by: all words; one; a column
MAX_FEATURE = 1000  # characters of a name
PAIR = "pair"  # the store's entries of explained items
SIDES = (0, 1)
_BLIND = "blind"
_HALF = "abcdefghijklmnop"  # of the characters that an id begins with
_TOKEN = re.compile(r"[a-z0-9]{16}")
_WHICH = ("source", "n")  # items are compared
_LOOKED_AT = (
    *("show", "order", "feature", "page", "row", "target", "who"),
    *("board", "cost", "miss", "by"),
)
NAMES = frozenset(
    {"task", "a", "b", "map-a", "map-b", "cell", "off", "edits", _BLIND, *_WHICH, *_LOOKED_AT}
)  # in a URL


@dataclass(frozen=True, slots=True)
class CompareChoice:
    """Two models on the items of `source`, `n` of them explained, and what is looked at.

    `models` are keys of the task's models, or "task/model" for one of another task; side 0 stands
    left or first. `matches` are the classes of each model as they were matched by hand with those
    of the task, None where the names do it. `show` says which items are listed, `cell` (an answer
    of each side) or `feature` narrows them; `row` is the item that is open, with what is switched
    `off` or edited in it, and `target` the answer that it is explained for. `board` says which part
    of the scores is shown: what the mistakes cost if to miss answer `miss` costs so many (`cost`)
    false alarms, or the slices `by` the class, what a model is sure of, words or a column.

    `blind` is the store's id of a comparison without names; `who` the token of the person whose
    verdict it is. `is_shared`: each person has the sides of it in an order of their own.
    """

    task: Task
    models: tuple[str, str]
    source: str = "test"
    n: int = USUAL_AMOUNT
    matches: tuple[Match | None, Match | None] = (None, None)
    show: str = "reasons"
    order: str = "overlap"
    cell: tuple[int, int] | None = None
    feature: str = ""
    page: int = 1
    row: int | None = None
    target: int | None = None
    off: tuple[int, ...] = ()
    edits: Edits = ()
    blind: str = ""
    who: str = ""
    board: str = BOARDS[0]
    cost: int = USUAL_COST
    miss: int | None = None
    by: str = "class"
    is_shared: bool = False
    problems: tuple[str, ...] = field(default=(), compare=False)

    @property
    def ignores_case(self) -> bool:
        """Whether both models take a word in capitals for the same word."""
        found = [find_model(self.task, model) for model in self.models]
        return all(each is not None and each[1].ignores_case for each in found)

    @property
    def mode(self) -> Mode:
        """How both are asked: "multilabel" if that is how one of them answers."""
        return "multilabel" if ["multilabel"] in self._modes else "classification"

    @property
    def _modes(self) -> list[list[Mode]]:
        """Of each model; empty for one that is gone."""
        found = [find_model(self.task, model) for model in self.models]
        return [[] if each is None else [each[0].mode] for each in found]

    @property
    def seconds(self) -> float:
        """How long both models take for one copy, as far as that was measured."""
        found = [find_model(self.task, model) for model in self.models]
        return sum(each[1].seconds for each in found if each is not None)

    @property
    def only_scored(self) -> tuple[str, ...]:
        """What those of both are called that cannot be asked: only their answers are here."""
        found = [find_model(self.task, model) for model in self.models]
        return tuple(
            name
            for name, each in zip(self.names, found, strict=True)
            if each is not None and each[1].brought is not None
        )

    @property
    def are_sure(self) -> tuple[bool, bool]:
        """Whether each model says how sure it is."""
        first, second = (find_model(self.task, model) for model in self.models)
        return _is_sure(first), _is_sure(second)

    @property
    def is_swapped(self) -> bool:
        """Whether what is kept of explained pairs has the sides the other way round.

        Kept in one order, it serves both, and which one was explained first tells nothing.
        """
        return self.models[0] > self.models[1]

    def scored(self, n_there: int) -> list[int]:
        """The items among those there are that both models answer: all, as far as that goes."""
        return sorted(sampled(n_there, MAX_SCORED))

    def rows(self, n_there: int) -> list[int]:
        """Those of them that are explained, at random, in the order in which they are drawn."""
        return sampled(n_there, self.n)

    def pair(self, row: int) -> tuple[Request, Request]:
        """What the workers need to know to explain one of many items, in the order it is kept."""
        first, second = self._requests(row, settings_of_many(self.task.kind, self.mode))
        return (second, first) if self.is_swapped else (first, second)

    def requests_of_one(self) -> tuple[Request, Request]:
        """The same for the item that is open, which is asked about as in Explain, side by side."""
        settings = LimeSettings(
            n_samples=suitable_samples(self.task.kind, self.seconds),
            n_features=FEATURES_OF_MANY[self.task.kind],
            mode=self.mode,
        )
        return self._requests(self.row or 0, settings)

    def _requests(self, row: int, settings: LimeSettings) -> tuple[Request, Request]:
        item = Item(self.source, row)
        view = standard_view(self.task, ignore_case=self.ignores_case)
        first, second = (
            Request(self.task.key, model, item, settings, view, 1.0, None) for model in self.models
        )
        return first, second

    def pair_id(self, row: int) -> str:
        """The store's id of what both explanations of one of many items say."""
        return pair_id(self.pair(0), row)

    @property
    def matching(self) -> Matching:
        """The answers that are compared.

        Raises
        ------
        InputError
            As `class_matching.matching`, and if a model is gone.
        """
        ours = self.task.class_names
        found = []
        for model, by_hand in zip(self.models, self.matches, strict=True):
            names = self.class_names(model)
            own = by_name(ours, names) if by_hand is None else by_hand
            # A link may say anything.
            fits = len(own) == len(names) and all(p is None or p < len(ours) for p in own)
            found.append(own if fits else by_name(ours, names))
        first, second = ("multilabel" in modes for modes in self._modes)
        return matching(ours, self.names, found, (first, second))

    def class_names(self, model: str) -> tuple[str, ...]:
        """The classes of one of the models; `InputError` if it is gone."""
        found = find_model(self.task, model)
        if found is None:
            raise InputError(
                f"One of these models is no longer on this server: {KEPT_SO_LONG}. Choose "
                "another, or bring it again under Upload."
            )
        return found[0].class_names_of(found[1].key)

    def for_person(self, who: str) -> "CompareChoice":
        """The same as this person sees it: what is shared has its sides in their order."""
        if not self.is_shared or not self.is_other_way(who):
            return replace(self, who=who)
        first, second = self.models
        return replace(
            self, who=who, models=(second, first), matches=(self.matches[1], self.matches[0])
        )

    def is_other_way(self, who: str) -> bool:
        """Whether the sides are the other way round for that person than for this one.

        Drawn by lot for each, of what nobody outside knows.
        """
        mine, theirs = (
            store().key("sides", self.blind, each)[0] in _HALF for each in (self.who, who)
        )
        return self.is_shared and mine != theirs

    @property
    def verdicts_id(self) -> str:
        """The store's id of what verdicts are on: one for all people, however the sides stand."""
        if not self.is_shared:
            return self.comparison_id
        return store().key(
            "comparison", self.task.key, *sorted(self.models), self.source, self.blind
        )

    @property
    def comparison_id(self) -> str:
        """The store's id of what is compared, side by side, whatever is looked at.

        Nor does it matter how many items are explained: the standard stands in the place of `n`,
        which was a part of it once, so that what was said then is found.
        """
        parts = self.task.key, *self.models, self.source, str(USUAL_AMOUNT), self.blind
        return store().key("comparison", *parts)

    @property
    def is_blind(self) -> bool:
        """Whether the names are hidden now: until this person's last word."""
        return bool(self.blind) and read_verdict(self.verdicts_id, self.who).after is None

    @property
    def names(self) -> tuple[str, str]:
        """What the two models are called on the screen."""
        if self.is_blind:
            return "Model 1", "Model 2"
        found = []
        for model in self.models:
            here = find_model(self.task, model)
            found.append("A model that is gone" if here is None else here[1].name)
        if found[0] == found[1]:
            found = [f"{name} ({number})" for number, name in enumerate(found, start=1)]
        return found[0], found[1]

    def opened(self, side: int) -> Choice | None:
        """The open item's explanation by one of the models, on the screen Explain.

        None for a model of another task on data that it does not have, and for one that cannot be
        asked.
        """
        item = Item(self.source, self.row or 0)
        found = find_model(self.task, self.models[side])
        if found is None or (found[0].key != self.task.key and not item.is_own):
            return None
        if found[1].brought is not None:
            return None
        owner, card = found
        return Choice(owner, item, card.key, features=FEATURES_OF_MANY[self.task.kind])

    def params(self) -> dict[str, str]:
        """The URL's parameters; what is at its default is left out."""
        if self.blind:  # no word of what is compared, nor on which data
            written = {_BLIND: self.blind}
        else:
            written = {"task": self.task.key, "a": self.models[0], "b": self.models[1]}
            for name, match in zip(("map-a", "map-b"), self.matches, strict=True):
                if match is not None:
                    written[name] = ".".join("-" if p is None else str(p) for p in match)
            written |= changed_fields(self, _WHICH)
        written |= changed_fields(self, _LOOKED_AT)
        if self.cell is not None:
            written["cell"] = f"{self.cell[0]}.{self.cell[1]}"
        return written | written_changes(self.off, self.edits)


def _is_sure(found: tuple[Task, ModelCard] | None) -> bool:
    brought = None if found is None else found[1].brought
    return brought is None or brought.has_probabilities


def pair_id(requests: tuple[Request, Request], row: int) -> str:
    """`CompareChoice.pair_id`, from the `pair` of its first item."""
    return store_id(PAIR, _written(requests), str(row))


@lru_cache(maxsize=64)
def _written(requests: tuple[Request, Request]) -> str:
    return json.dumps([asdict(request) for request in requests])


def first_comparison(task: Task) -> CompareChoice:
    """The comparison that a task's screen opens with: its first two models."""
    keys = [card.key for card in task.models]
    return CompareChoice(task, (keys[0], keys[1] if len(keys) > 1 else keys[0]))


def blinded(choice: CompareChoice) -> CompareChoice:
    """The same comparison without names, the sides shuffled for each person; kept in the store."""
    order = secrets.choice([(0, 1), (1, 0)])  # from which that of each person is told by lot
    content = {
        "task": choice.task.key,
        "models": [choice.models[side] for side in order],
        "matches": [choice.matches[side] for side in order],
        "source": choice.source,
        "n": choice.n,
        "shared": True,
        "salt": secrets.token_hex(8),  # or the id, a hash of the content, could be guessed
    }
    blind = store().put(_BLIND, json.dumps(content).encode())
    return _of_blind(blind, content, choice.task).for_person(choice.who)


def _of_blind(blind: str, content: Mapping[str, Any], task: Task) -> CompareChoice:
    first, second = content["models"]
    matches = tuple(None if match is None else tuple(match) for match in content["matches"])
    return CompareChoice(
        task,
        (first, second),
        source=content["source"],
        n=content["n"],
        matches=(matches[0], matches[1]),
        blind=blind,
        is_shared=content.get("shared", False),  # before that one order was kept for all
    )


def read_comparison(params: Mapping[str, str]) -> CompareChoice:
    """The comparison that a URL's parameters name.

    What a link names and we do not have is replaced by the default and told in `problems`.
    """
    fields = Fields(params)
    choice = fields.read(_BLIND, _of_kept, "comparison") or _of_names(fields)
    looked_at: dict[str, Any] = {
        "show": fields.read("show", one_of(SHOWS)),
        "order": fields.read("order", one_of(ORDERS)),
        "row": fields.read("row", number(0, 10**6)),
        "page": fields.read("page", number(1, 10**4)),
        "target": fields.read("target", number(0, 10**4)),
        "board": fields.read("board", one_of(BOARDS)),
        "cost": fields.read("cost", one_of(COSTS)),
        "miss": fields.read("miss", number(0, 10**4)),
        "by": fields.read("by", _read_by),
        "cell": fields.read("cell", _read_cell),
        "off": fields.read("off", read_off, "switched-off parts"),
        "edits": fields.read("edits", read_edits, "edited values"),
    }
    who = fields.text("who")
    return replace(
        choice.for_person(who if _TOKEN.fullmatch(who) else ""),
        feature=fields.text("feature")[:MAX_FEATURE],
        problems=tuple(fields.problems),
        **{name: value for name, value in looked_at.items() if value is not None},
    )


def _of_names(fields: Fields) -> CompareChoice:
    """What is compared, as a URL names it."""
    choice = first_comparison(fields.read("task", find_task) or next(iter(tasks().values())))
    models = list(choice.models)
    for side, name in enumerate(("a", "b")):
        found = fields.read(name, partial(find_model, choice.task), "model")
        models[side] = fields.text(name) if found else models[side]
    reader = partial(read_source, splits=choice.task.splits)
    return replace(
        choice,
        models=(models[0], models[1]),
        matches=(_read_match(fields.text("map-a")), _read_match(fields.text("map-b"))),
        source=fields.read("source", reader, "data") or choice.source,
        n=fields.read("n", number(1, MAX_ITEMS), "number of items") or choice.n,
    )


def _of_kept(blind: str) -> CompareChoice | None:
    raw = store().read(_BLIND, blind)
    if raw is None:
        return None
    content = json.loads(raw)
    task = find_task(content["task"])
    return None if task is None else _of_blind(blind, content, task)


def _read_match(text: str) -> Match | None:
    """The match that `CompareChoice.params` wrote so."""
    if not re.fullmatch(r"(-|[0-9]{1,4})(\.(-|[0-9]{1,4}))*", text):
        return None
    return tuple(None if part == "-" else int(part) for part in text.split("."))


def _read_cell(text: str) -> tuple[int, int] | None:
    cell = re.fullmatch(r"([0-9]{1,4})\.([0-9]{1,4})", text)
    return (int(cell[1]), int(cell[2])) if cell else None


def _read_by(text: str) -> str | None:
    is_named = any(text.startswith(kind) and text != kind for kind in (WORD, COLUMN))
    return text[:MAX_FEATURE] if text in ("class", *SURE, WORDS) or is_named else None
