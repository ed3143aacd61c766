"""What a person chose to look at, as the URL says it: a copied link shows the same to someone else.

The URL is the one place where a choice lives; widgets show it and write it (`ui.shell.controls`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from lime_engine.settings import SELECTIONS, SURROGATES, LimeSettings
from lime_engine.text import TextPerturber
from sample_models import Task, tasks
from ui.shell.fields import (
    NOT_READ,
    Fields,
    changed_fields,
    number,
    one_of,
    read_edits,
    read_off,
    written_changes,
)
from ui.workshop.catalogue import find_task
from ui.workshop.item import Item
from ui.workshop.request import (
    FEW_SAMPLES,
    N_SAMPLES,
    Edits,
    Request,
    TableView,
    View,
    suitable_samples,
)
from ui.workshop.trained.task import ONLY_SCORED

Samples = int | Literal["auto"]
AUTO: Literal["auto"] = "auto"  # until it is settled what is shown
MAX_FEATURES = 20
MAX_SEED = 999
WIDTHS = {"narrow": 0.5, "standard": 1.0, "wide": 2.0}  # times the default kernel width
WORDS = {
    "words": TextPerturber(),
    "places": TextPerturber(together=False),
    "characters": TextPerturber(level="character"),
}
# What differs from the task's own way of taking pictures apart.
REGIONS: dict[str, dict[str, Any]] = {
    "standard": {},
    "coarse": {"segmentation": "slic", "n_segments": 20},
    "fine": {"segmentation": "slic", "n_segments": 120},
    "colours": {"segmentation": "quickshift"},
    "edges": {"segmentation": "felzenszwalb"},
    "squares": {"segmentation": "grid", "n_segments": 64},
}
FILLS: dict[str, dict[str, Any]] = {
    "standard": {},
    "mean": {"fill": "mean"},
    "blur": {"fill": "blur"},
    "grey": {"fill": 128.0},
    "black": {"fill": 0.0},
    "white": {"fill": 255.0},
}
CASES = ("auto", "written", "ignored")
BINS = ("quartile", "decile", "entropy")
PICTURES = ("auto", "colours", "only")  # as suits the picture, unless somebody has chosen
CHARTS = ("each", "sum")
NOT_ASKABLE = (
    "of whose models only the answers were brought: they can be scored under Compare, not "
    "explained. Showing another."
)
_NOT_OFFERED = "which is not offered. Using the default."


@dataclass(frozen=True, slots=True)
class Choice:
    """One explanation to show: which item, model and class, made how, with what changed.

    `target` None is the class that the model answers with, `samples` None the number that suits
    the kind, AUTO as many as it takes. `off` are words or regions switched off, `edits` a row's
    values that were changed. Of `components` and `case` (texts), `regions`, `fill` and `picture`
    (images) and `bins` (tables) only those of the task's kind have a meaning. `chart` is how the
    weights are drawn: each on its own, or adding up to the answer.
    """

    task: Task
    item: Item
    model: str
    target: int | None = None
    features: int = 6
    samples: Samples | None = None
    width: str = "standard"
    selection: str = "auto"
    surrogate: str = "ridge"
    components: str = "words"
    case: str = "auto"
    regions: str = "standard"
    fill: str = "standard"
    picture: str = "auto"
    bins: str = "quartile"
    chart: str = "each"
    seed: int = 0
    guess_first: bool = False
    off: tuple[int, ...] = ()
    edits: Edits = ()
    problems: tuple[str, ...] = field(default=(), compare=False)

    @property
    def n_samples(self) -> Samples:
        """How many copies are asked about; a tree cannot tell when they are enough."""
        wanted = None if self.samples == AUTO and self.surrogate == "tree" else self.samples
        return wanted or suitable_samples(self.task.kind, self.seconds)

    @property
    def seconds(self) -> float:
        """How long the model takes for one copy, where that was measured; else 0."""
        return self.task.model(self.model).seconds

    @property
    def view(self) -> View:
        """How the item is taken apart."""
        match self.task.kind:
            case "text":
                ignored = self.task.model(self.model).ignores_case
                ignored = {"auto": ignored, "written": False, "ignored": True}[self.case]
                words = WORDS[self.components]  # of which each place on its own has a case anyway
                return replace(words, ignore_case=ignored and words.together)
            case "image":
                return replace(self.task.image, **REGIONS[self.regions], **FILLS[self.fill])
            case "table":
                return TableView(self.bins)  # type: ignore[arg-type]

    @property
    def request(self) -> Request:
        """What the workers need to know of this choice."""
        settings = LimeSettings(
            n_samples=self.n_samples,
            n_features=self.features,
            selection=self.selection,
            surrogate=self.surrogate,
            seed=self.seed,
            mode=self.task.mode,
        )
        return Request(
            self.task.key,
            self.model,
            self.item,
            settings,
            self.view,
            WIDTHS[self.width],
            self.target,
        )

    @property
    def is_changed(self) -> bool:
        """Whether something is switched off or edited."""
        return bool(self.off or self.edits)

    def within(self, n_components: int) -> "Choice":
        """The same choice without changes to components that its item does not have."""
        off, edits = changes_within(self.task, self.off, self.edits, n_components)
        return replace(self, off=off, edits=edits)

    def params(self) -> dict[str, str]:
        """The URL's parameters; what is at its default is left out."""
        written = {"task": self.task.key, "item": str(self.item), "model": self.model}
        if self.target is not None:
            written["class"] = str(self.target)
        written |= changed_fields(self, tuple(_ALLOWED))
        if self.guess_first:
            written["guess"] = "1"
        return written | written_changes(self.off, self.edits)


_ALLOWED: dict[str, Any] = {
    "features": range(1, MAX_FEATURES + 1),
    "samples": (*FEW_SAMPLES, *N_SAMPLES, AUTO),
    "width": tuple(WIDTHS),
    "selection": SELECTIONS,
    "surrogate": SURROGATES,
    "components": tuple(WORDS),
    "case": CASES,
    "regions": tuple(REGIONS),
    "fill": tuple(FILLS),
    "picture": PICTURES,
    "bins": BINS,
    "chart": CHARTS,
    "seed": range(MAX_SEED + 1),
}
NAMES = frozenset(
    {"task", "item", "model", "class", "guess", "off", "edits", *_ALLOWED}
)  # in a URL


def first_choice(task: Task) -> Choice:
    """The task's demo: its first example, its first model."""
    example = task.examples[0]
    return Choice(task, Item(example.split, example.row), task.askable[0].key)


def read_askable(fields: Fields) -> Task | None:
    """The task that a URL names, if any of its models can be asked; else that is told."""
    task = fields.read("task", find_task)
    if task is not None and not task.askable:
        fields.miss("task", instead=NOT_ASKABLE)
        return None
    return task


def read_choice(params: Mapping[str, str]) -> Choice:
    """The choice that a URL's parameters name.

    What a link names and we do not have is replaced by the default and told in `problems`.
    """
    fields = Fields(params)
    item = Item.parse(fields.text("item"))
    task = find_task(fields.text("task"))
    if task is not None and not task.askable:
        fields.miss("task", instead=NOT_ASKABLE)
        task, item = next(iter(tasks().values())), None
    if task is not None and item is not None and not item.is_among(task.splits):
        item = None
    if task is not None and not task.examples and item is None:
        task = None  # a network that someone brought, without a picture for it
    if task is None:
        task = next(iter(tasks().values()))
        if "task" in fields:
            fields.lack("task", instead="which is not here. Showing another.")
            item = None
    if item is None and "item" in fields:
        fields.miss("item", instead="which is not here. Showing an example.")
    model = fields.read(
        "model",
        one_of([card.key for card in task.askable]),
        instead=f"{_no_model(task, fields.text('model'))}. Showing {task.askable[0].name}.",
    )
    plain = {
        name: fields.read(name, one_of(allowed), instead=_NOT_OFFERED)
        for name, allowed in _ALLOWED.items()
    }
    target = fields.read(
        "class",
        number(0, len(task.class_names) - 1),
        instead="which this task does not have. Showing the class that the model answers with.",
    )
    off = fields.read("off", read_off, "switched-off parts", NOT_READ)
    edits = fields.read("edits", read_edits, "edited values", NOT_READ)
    return Choice(
        task=task,
        item=item or first_choice(task).item,
        model=model or task.askable[0].key,
        target=target,
        guess_first=fields.text("guess") == "1",
        off=off or (),
        edits=edits or (),
        problems=tuple(fields.problems),
        **{name: value for name, value in plain.items() if value is not None},
    )


def _no_model(task: Task, key: str) -> str:
    """Why the task's model with this key cannot be shown."""
    if any(card.key == key for card in task.models):
        return f"but {ONLY_SCORED}"
    return "which this task does not have"


def changes_within(
    task: Task, off: tuple[int, ...], edits: Edits, n_components: int
) -> tuple[tuple[int, ...], Edits]:
    """What is off and edited, without what an item of so many components does not have."""
    if task.kind == "table":
        return (), tuple(edit for edit in edits if edit[0] < n_components)
    return tuple(i for i in off if i < n_components), ()
