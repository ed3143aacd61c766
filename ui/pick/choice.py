"""What a person chose to pick from, as the URL says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lime_engine.settings import LimeSettings
from lime_engine.text import TextPerturber
from sample_models import Task, tasks
from ui.explain.choice import Choice
from ui.workshop.catalogue import find_task
from ui.workshop.item import Item
from ui.workshop.request import Request, TableView, View

MAX_BUDGET = 30
MAX_CANDIDATES = 10_000
CANDIDATES = (50, 100, 200, 400, 1000, 2000, 5000, 10_000)  # of those there are
N_SAMPLES = 500
N_FEATURES = {"text": 10, "image": 6, "table": 6}  # reasons of an item that count
FAVOURS = ("nothing", "wrong", "classes", "unsure", "disagreement")
SHARES = (25, 50, 75, 100)  # percent of the picks
SOURCES = ("test", "field", "train")
NAMES = frozenset({"task", "model", "source", "n", "budget", "favour", "share"})  # in a URL


@dataclass(frozen=True, slots=True)
class PickChoice:
    """Which model's answers to pick from: the first `n` items of `source`.

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

    @property
    def view(self) -> View:
        """How items are taken apart: as suits the task."""
        match self.task.kind:
            case "text":
                return TextPerturber(ignore_case=self.task.model(self.model).ignores_case)
            case "image":
                return self.task.image
            case "table":
                return TableView()

    def request(self, row: int) -> Request:
        """What the workers need to know to explain one of the candidates."""
        settings = LimeSettings(
            n_samples=N_SAMPLES,
            n_features=N_FEATURES[self.task.kind],
            held_out=0.0,  # how well each one fits is seen on the screen Explain
            mode=self.task.mode,
        )
        item = Item(self.source, row)
        return Request(self.task.key, self.model, item, settings, self.view, 1.0, None)

    def opened(self, row: int) -> Choice:
        """The same explanation on the screen Explain."""
        return Choice(
            self.task,
            Item(self.source, row),
            self.model,
            samples=N_SAMPLES,
            features=N_FEATURES[self.task.kind],
        )

    @property
    def rival(self) -> str | None:
        """The model that may disagree: the task's first other one; None if there is none."""
        return next((card.key for card in self.task.models if card.key != self.model), None)

    def params(self) -> dict[str, str]:
        """The URL's parameters; what is at its default is left out."""
        written = {"task": self.task.key, "model": self.model}
        standard = PickChoice(self.task, self.model)
        for name in ("source", "n", "budget", "favour", "share"):
            if getattr(self, name) != getattr(standard, name):
                written[name] = str(getattr(self, name))
        return written


def first_pick(task: Task) -> PickChoice:
    """The pick that a task's screen opens with."""
    return PickChoice(task, task.models[0].key)


def read_pick(params: Mapping[str, str]) -> PickChoice:
    """The pick that a URL's parameters name; what it names and we do not have is in `problems`."""
    problems: list[str] = []

    def known(name: str, what: str, found: bool) -> bool:
        if name in params and not found:
            problems.append(
                f"The link asks for the {what} “{params[name][:40]}”, which is not here. "
                "Using the default."
            )
        return found

    task = find_task(params.get("task", ""))
    known("task", "task", task is not None)
    choice = first_pick(task or next(iter(tasks().values())))
    if known("model", "model", params.get("model") in [card.key for card in choice.task.models]):
        choice = replace(choice, model=params["model"])
    source = params.get("source", choice.source)
    if known("source", "data", Item.parse(str(Item(source, 0))) is not None):
        choice = replace(choice, source=source)
    allowed: dict[str, Any] = {
        "n": range(1, MAX_CANDIDATES + 1),
        "budget": range(1, MAX_BUDGET + 1),
        "favour": FAVOURS,
        "share": SHARES,
    }
    for name, values in allowed.items():
        if name not in params:
            continue
        text = params[name]
        value: Any = int(text) if name != "favour" and text.isdecimal() and len(text) < 7 else text
        if known(name, name, value in values):
            choice = replace(choice, **{name: value})
    return replace(choice, problems=tuple(problems))
