"""Which two models a person compares, and what of it they look at, as the URL says it."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import lru_cache
from typing import Any

from lime_engine.errors import InputError
from lime_engine.settings import LimeSettings, Mode
from lime_engine.text import TextPerturber
from sample_models import Task, tasks
from ui.compare.matching import Match, Matching, by_name, matching
from ui.compare.verdicts import read_verdict
from ui.explain.choice import Choice, read_edits, read_off
from ui.workshop.catalogue import find_model, find_task
from ui.workshop.item import Item
from ui.workshop.request import DEFAULT_SAMPLES, Edits, Request, TableView, View, store_id
from ui.workshop.store import store

MAX_ITEMS = 2000
AMOUNTS = (50, 100, 200, 300, 500, 1000, 2000)  # of the items there are
N_SAMPLES = 500  # copies of each of many items
N_FEATURES = {"text": 10, "image": 6, "table": 6}  # reasons of an item that count
SHOWS = ("reasons", "answers", "all")  # same answer, different reasons; different answers; all
ORDERS = ("overlap", "distance", "label", "sure-1", "sure-2")
MAX_FEATURE = 1000  # characters of a name
PAIR = "pair"  # the store's entries of explained items
SIDES = (0, 1)
_BLIND = "blind"
_TOKEN = re.compile(r"[a-z0-9]{16}")
_PLAIN = ("source", "n", "show", "order", "feature", "page", "row", "target", "who")
NAMES = frozenset(
    {"task", "a", "b", "map-a", "map-b", "cell", "off", "edits", _BLIND, *_PLAIN}
)  # in a URL


@dataclass(frozen=True, slots=True)
class CompareChoice:
    """Two models on the first `n` items of `source`, and what is looked at.

    `models` are keys of the task's models, or "task/model" for one of another task; side 0 stands
    left or first. `matches` are the classes of each model as they were matched by hand with those
    of the task, None where the names do it. `show` says which items are listed, `cell` (an answer
    of each side) or `feature` narrows them; `row` is the item that is open, with what is switched
    `off` or edited in it, and `target` the answer that it is explained for.

    `blind` is the store's id of a comparison without names; `who` the token of the person whose
    verdict it is.
    """

    task: Task
    models: tuple[str, str]
    source: str = "test"
    n: int = 100
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
    problems: tuple[str, ...] = field(default=(), compare=False)

    @property
    def view(self) -> View:
        """How items are taken apart: as suits the task."""
        match self.task.kind:
            case "text":
                found = [find_model(self.task, model) for model in self.models]
                both = all(each is not None and each[1].ignores_case for each in found)
                return TextPerturber(ignore_case=both)
            case "image":
                return self.task.image
            case "table":
                return TableView()

    @property
    def mode(self) -> Mode:
        """How both are asked: "multilabel" if that is how one of them answers."""
        owners = [found[0] for model in self.models if (found := find_model(self.task, model))]
        return "multilabel" if "multilabel" in [task.mode for task in owners] else "classification"

    @property
    def is_swapped(self) -> bool:
        """Whether what is kept of explained pairs has the sides the other way round.

        Kept in one order, it serves both, and which one was explained first tells nothing.
        """
        return self.models[0] > self.models[1]

    def pair(self, row: int) -> tuple[Request, Request]:
        """What the workers need to know to explain one of many items, in the order it is kept."""
        settings = LimeSettings(
            n_samples=N_SAMPLES,
            n_features=N_FEATURES[self.task.kind],
            held_out=0.0,
            mode=self.mode,
        )
        first, second = self._requests(row, settings)
        return (second, first) if self.is_swapped else (first, second)

    def requests_of_one(self) -> tuple[Request, Request]:
        """The same for the item that is open, which is asked about as in Explain, side by side."""
        settings = LimeSettings(
            n_samples=DEFAULT_SAMPLES[self.task.kind],
            n_features=N_FEATURES[self.task.kind],
            mode=self.mode,
        )
        return self._requests(self.row or 0, settings)

    def _requests(self, row: int, settings: LimeSettings) -> tuple[Request, Request]:
        item = Item(self.source, row)
        first, second = (
            Request(self.task.key, model, item, settings, self.view, 1.0, None)
            for model in self.models
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
        return matching(ours, self.names, found)

    def class_names(self, model: str) -> tuple[str, ...]:
        """The classes of one of the models; `InputError` if it is gone."""
        found = find_model(self.task, model)
        if found is None:
            raise InputError(
                "One of these models is no longer on this server: what people bring is kept for "
                "30 days after its last use. Choose another, or bring it again under Upload."
            )
        return found[0].class_names

    @property
    def comparison_id(self) -> str:
        """The store's id of what is compared: verdicts are on this, whatever is looked at."""
        parts = self.task.key, *self.models, self.source, str(self.n), self.blind
        return store().key("comparison", *parts)

    @property
    def is_blind(self) -> bool:
        """Whether the names are hidden now: until this person's last word."""
        return bool(self.blind) and read_verdict(self.comparison_id, self.who).after is None

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

        None for a model of another task on data that it does not have.
        """
        item = Item(self.source, self.row or 0)
        found = find_model(self.task, self.models[side])
        if found is None or (found[0].key != self.task.key and not item.is_own):
            return None
        owner, card = found
        return Choice(owner, item, card.key, features=N_FEATURES[self.task.kind])

    def params(self) -> dict[str, str]:
        """The URL's parameters; what is at its default is left out."""
        if self.blind:  # no word of what is compared, nor on which data
            written = {_BLIND: self.blind}
        else:
            written = {"task": self.task.key, "a": self.models[0], "b": self.models[1]}
            for name, match in zip(("map-a", "map-b"), self.matches, strict=True):
                if match is not None:
                    written[name] = ".".join("-" if p is None else str(p) for p in match)
        for name in _PLAIN:
            if self.blind and name in ("source", "n"):
                continue
            if getattr(self, name) != _STANDARD[name]:
                written[name] = str(getattr(self, name))
        if self.cell is not None:
            written["cell"] = f"{self.cell[0]}.{self.cell[1]}"
        if self.off:
            written["off"] = ".".join(str(component) for component in self.off)
        if self.edits:
            written["edits"] = json.dumps(self.edits, separators=(",", ":"), ensure_ascii=False)
        return written


def pair_id(requests: tuple[Request, Request], row: int) -> str:
    """`CompareChoice.pair_id`, from the `pair` of its first item."""
    return store_id(PAIR, _written(requests), str(row))


@lru_cache(maxsize=64)
def _written(requests: tuple[Request, Request]) -> str:
    return json.dumps([asdict(request) for request in requests])


_STANDARD: dict[str, Any] = {f.name: f.default for f in fields(CompareChoice)}


def first_comparison(task: Task) -> CompareChoice:
    """The comparison that a task's screen opens with: its first two models."""
    keys = [card.key for card in task.models]
    return CompareChoice(task, (keys[0], keys[1] if len(keys) > 1 else keys[0]))


def blinded(choice: CompareChoice) -> CompareChoice:
    """The same comparison without names, the sides shuffled; kept in the store."""
    order = secrets.choice([(0, 1), (1, 0)])
    content = {
        "task": choice.task.key,
        "models": [choice.models[side] for side in order],
        "matches": [choice.matches[side] for side in order],
        "source": choice.source,
        "n": choice.n,
        "salt": secrets.token_hex(8),  # or the id, a hash of the content, could be guessed
    }
    blind = store().put(_BLIND, json.dumps(content).encode())
    return _of_blind(blind, content, choice.task)


def unblinded(choice: CompareChoice) -> CompareChoice:
    """The comparison under its models' names, in the order that it had without them."""
    return replace(choice, blind="", row=None, target=None, off=(), edits=())


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
    )


def read_comparison(params: Mapping[str, str]) -> CompareChoice:
    """The comparison that a URL's parameters name.

    What a link names and we do not have is replaced by the default and told in `problems`.
    """
    problems: list[str] = []

    def known(name: str, what: str, found: bool) -> bool:
        if name in params and not found:
            problems.append(
                f"The link asks for the {what} “{params[name][:40]}”, which is not here. "
                "Using the default."
            )
        return found

    choice = _blind_of(params)
    known(_BLIND, "comparison", choice is not None)
    if choice is None:
        task = find_task(params.get("task", ""))
        known("task", "task", task is not None)
        choice = first_comparison(task or next(iter(tasks().values())))
        models = list(choice.models)
        for side, name in enumerate(("a", "b")):
            if known(name, "model", find_model(choice.task, params.get(name, "")) is not None):
                models[side] = params[name]
        matches = [_read_match(params.get(name)) for name in ("map-a", "map-b")]
        choice = replace(choice, models=(models[0], models[1]), matches=(matches[0], matches[1]))
        source = params.get("source", choice.source)
        if known("source", "data", Item.parse(str(Item(source, 0))) is not None):
            choice = replace(choice, source=source)
        n = _number(params.get("n"), 1, MAX_ITEMS)
        if known("n", "number of items", n is not None) and n is not None:
            choice = replace(choice, n=n)
    looked_at: dict[str, Any] = {}
    for name, values in (("show", SHOWS), ("order", ORDERS)):
        if known(name, name, params.get(name) in values):
            looked_at[name] = params[name]
    for name, most in (("row", 10**6), ("page", 10**4), ("target", 10**4)):
        number = _number(params.get(name), 1 if name == "page" else 0, most)
        if known(name, name, number is not None):
            looked_at[name] = number
    cell = re.fullmatch(r"(\d{1,4})\.(\d{1,4})", params.get("cell", ""))
    if known("cell", "cell", cell is not None) and cell is not None:
        looked_at["cell"] = int(cell[1]), int(cell[2])
    off = read_off(params.get("off", ""))
    known("off", "switched-off parts", off is not None)
    edits = read_edits(params.get("edits", "[]"))
    known("edits", "edited values", edits is not None)
    who = params.get("who", "")
    return replace(
        choice,
        off=off or (),
        edits=edits or (),
        feature=params.get("feature", "")[:MAX_FEATURE],
        who=who if _TOKEN.fullmatch(who) else "",
        problems=tuple(problems),
        **looked_at,
    )


def _blind_of(params: Mapping[str, str]) -> CompareChoice | None:
    raw = store().read(_BLIND, params[_BLIND]) if _BLIND in params else None
    if raw is None:
        return None
    content = json.loads(raw)
    task = find_task(content["task"])
    return None if task is None else _of_blind(params[_BLIND], content, task)


def _read_match(text: str | None) -> Match | None:
    """The match that `CompareChoice.params` wrote so."""
    if text is None or not re.fullmatch(r"(-|\d{1,4})(\.(-|\d{1,4}))*", text):
        return None
    return tuple(None if part == "-" else int(part) for part in text.split("."))


def _number(text: str | None, least: int, most: int) -> int | None:
    """A whole number from a URL; None for anything else."""
    if text is None or not re.fullmatch(r"\d{1,7}", text):
        return None
    return int(text) if least <= int(text) <= most else None
