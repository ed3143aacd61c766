"""What a person chose to pick from, as the URL says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sample_models import Task, tasks
from ui.explain.choice import Choice, read_askable
from ui.shell.fields import Fields, changed_fields, one_of
from ui.workshop.item import Item, read_source
from ui.workshop.request import (
    FEATURES_OF_MANY,
    SAMPLES_OF_MANY,
    Request,
    settings_of_many,
    standard_view,
)
from ui.workshop.sample import sampled

MAX_BUDGET = 30
MAX_CANDIDATES = 10_000
CANDIDATES = (50, 100, 200, 400, 1000, 2000, 5000, 10_000)  # of those there are
FAVOURS = ("nothing", "wrong", "classes", "unsure", "disagreement")
SHARES = (25, 50, 75, 100)  # percent of the picks
_ALLOWED: dict[str, Any] = {
    "n": range(1, MAX_CANDIDATES + 1),
    "budget": range(1, MAX_BUDGET + 1),
    "favour": FAVOURS,
    "share": SHARES,
}
NAMES = frozenset({"task", "model", "source", *_ALLOWED})  # in a URL


@dataclass(frozen=True, slots=True)
class PickChoice:
    """Which model's answers to pick from: `n` of the items of `source`, at random.

    `source` is a split or the store's id of what someone brought. `favour` names the items of
    which at least `share` percent of the picks are to be.
    """

    task: Task
    model: str
    source: str = "test"
    n: int = 100
    budget: int = 8
    favour: str = "nothing"
    share: int = 50
    problems: tuple[str, ...] = field(default=(), compare=False)

    def rows(self, n_there: int) -> list[int]:
        """The candidates among the items there are, in the order in which they are drawn."""
        return sampled(n_there, self.n)

    def request(self, row: int) -> Request:
        """What the workers need to know to explain one of the candidates."""
        task = self.task
        settings = settings_of_many(task.kind, task.mode)
        item = Item(self.source, row)
        view = standard_view(task, ignore_case=task.model(self.model).ignores_case)
        return Request(task.key, self.model, item, settings, view, 1.0, None)

    def opened(self, row: int) -> Choice:
        """The same explanation on the screen Explain."""
        return Choice(
            self.task,
            Item(self.source, row),
            self.model,
            samples=SAMPLES_OF_MANY,
            features=FEATURES_OF_MANY[self.task.kind],
        )

    @property
    def rival(self) -> str | None:
        """The model that may disagree: the task's first other one; None if there is none."""
        return next((card.key for card in self.task.askable if card.key != self.model), None)

    def params(self) -> dict[str, str]:
        """The URL's parameters; what is at its default is left out."""
        written = {"task": self.task.key, "model": self.model}
        return written | changed_fields(self, ("source", *_ALLOWED))


def first_pick(task: Task) -> PickChoice:
    """The pick that a task's screen opens with."""
    return PickChoice(task, task.askable[0].key)


def read_pick(params: Mapping[str, str]) -> PickChoice:
    """The pick that a URL's parameters name; what it names and we do not have is in `problems`."""
    fields = Fields(params)
    task = read_askable(fields) or next(iter(tasks().values()))
    models = [card.key for card in task.askable]
    found: dict[str, Any] = {
        "model": fields.read("model", one_of(models)) or models[0],
        "source": fields.read("source", partial(read_source, splits=task.splits), "data"),
        **{name: fields.read(name, one_of(allowed)) for name, allowed in _ALLOWED.items()},
    }
    known: dict[str, Any] = {name: value for name, value in found.items() if value is not None}
    return PickChoice(task, problems=tuple(fields.problems), **known)
