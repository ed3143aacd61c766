"""What a person chose to look at, as the URL says it: a copied link shows the same to someone else.

The URL is the one place where a choice lives; widgets show it and write it (`ui.controls`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from lime_engine.settings import SELECTIONS, SURROGATES, LimeSettings
from lime_engine.text import TextPerturber
from sample_models import Task, tasks
from ui.item import Item
from ui.work import Request

N_SAMPLES = (500, 1000, 2000, 5000, 10_000)
MAX_FEATURES = 20
MAX_SEED = 999
# Half, as it is, and double the default width of texts; None is the default.
WIDTHS: dict[str, float | None] = {"narrow": 12.5, "standard": None, "wide": 50.0}
PERTURBERS = {
    "words": TextPerturber(),
    "places": TextPerturber(together=False),
    "characters": TextPerturber(level="character"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One explanation to show: which text, model and class, made how, with which words off.

    `target` None is the class that the model answers with; `off` are components switched off.
    """

    task: Task
    item: Item
    model: str
    target: int | None = None
    features: int = 6
    samples: int = 2000
    width: str = "standard"
    selection: str = "auto"
    surrogate: str = "ridge"
    components: str = "words"
    seed: int = 0
    guess_first: bool = False
    off: tuple[int, ...] = ()
    problems: tuple[str, ...] = field(default=(), compare=False)

    @property
    def request(self) -> Request:
        """What the workers need to know of this choice."""
        settings = LimeSettings(
            n_samples=self.samples,
            n_features=self.features,
            kernel_width=WIDTHS[self.width],
            selection=self.selection,
            surrogate=self.surrogate,
            seed=self.seed,
        )
        return Request(
            self.task.key,
            self.model,
            self.item,
            settings,
            PERTURBERS[self.components],
            self.target,
        )

    def within(self, n_components: int) -> "Choice":
        """The same choice without switched-off components that its text does not have."""
        return replace(self, off=tuple(i for i in self.off if i < n_components))

    def params(self) -> dict[str, str]:
        """The URL's parameters; what is at its default is left out."""
        written = {"task": self.task.key, "item": str(self.item), "model": self.model}
        if self.target is not None:
            written["class"] = str(self.target)
        for name in _PLAIN:
            if getattr(self, name) != _DEFAULTS[name]:
                written[name] = str(getattr(self, name))
        if self.guess_first:
            written["guess"] = "1"
        if self.off:
            written["off"] = ".".join(str(component) for component in self.off)
        return written


_PLAIN = ("features", "samples", "width", "selection", "surrogate", "components", "seed")
_DEFAULTS: dict[str, Any] = {f.name: f.default for f in fields(Choice)}
_ALLOWED: dict[str, Any] = {
    "features": range(1, MAX_FEATURES + 1),
    "samples": N_SAMPLES,
    "width": tuple(WIDTHS),
    "selection": SELECTIONS,
    "surrogate": SURROGATES,
    "components": tuple(PERTURBERS),
    "seed": range(MAX_SEED + 1),
}


def first_choice(task: Task) -> Choice:
    """The task's demo: its first example, its first model."""
    example = task.examples[0]
    return Choice(task, Item(example.split, example.row), task.models[0].key)


def read_choice(params: Mapping[str, str]) -> Choice:
    """The choice that a URL's parameters name.

    What a link names and we do not have is replaced by the default and told in `problems`.
    """
    problems: list[str] = []

    def known(name: str, what: str, found: bool, instead: str) -> bool:
        if name in params and not found:
            problems.append(f"The link asks for the {what} “{params[name][:40]}”, {instead}")
        return found

    catalogue = tasks()
    has_task = known(
        "task", "task", params.get("task") in catalogue, "which does not exist. Showing another."
    )
    task = catalogue[params["task"]] if has_task else next(iter(catalogue.values()))
    start = first_choice(task)
    item = Item.parse(params.get("item", ""))
    if not known("item", "text", item is not None, "which is no text of ours. Showing an example."):
        item = start.item
    models = [card.key for card in task.models]
    has_model = known(
        "model",
        "model",
        params.get("model") in models,
        f"which this task does not have. Showing {task.models[0].name}.",
    )
    chosen: dict[str, Any] = {}
    for name in _PLAIN:
        if name not in params:
            continue
        value: Any = params[name]
        if isinstance(_DEFAULTS[name], int):
            value = int(value) if re.fullmatch(r"\d{1,6}", value) else None
        if known(name, name, value in _ALLOWED[name], "which is not offered. Using the default."):
            chosen[name] = value
    labels = [str(i) for i in range(len(task.class_names))]
    has_class = known(
        "class",
        "class",
        params.get("class") in labels,
        "which this task does not have. Showing the class that the model answers with.",
    )
    off = params.get("off", "")
    readable = re.fullmatch(r"\d{1,6}(\.\d{1,6})*", off) is not None
    known("off", "switched-off words", readable or not off, "which cannot be read.")
    return Choice(
        task=task,
        item=item or start.item,
        model=params["model"] if has_model else start.model,
        target=int(params["class"]) if has_class else None,
        guess_first=params.get("guess") == "1",
        off=tuple(dict.fromkeys(int(i) for i in off.split("."))) if readable else (),
        problems=tuple(problems),
        **chosen,
    )
