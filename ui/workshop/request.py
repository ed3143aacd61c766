"""Which explanation: all that determines it, as the workers and the store know it."""

import functools
import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from lime_engine.evaluation import MAX_BATCH
from lime_engine.image.perturber import ImagePerturber
from lime_engine.settings import LimeSettings, Mode
from lime_engine.subjects import Value
from lime_engine.text import TextPerturber
from sample_models import Task
from sample_models.types import Kind
from ui.workshop.item import Item
from ui.workshop.store import store

# How many copies can be asked about: each of them continues a run of the one before, from what
# suits the kind on.
N_SAMPLES = (500, 1000, 2000, 5000, 10_000)
DEFAULT_SAMPLES = {"text": 2000, "image": 1000, "table": 2000}
# Of each of many items: how many copies, and the reasons that count.
SAMPLES_OF_MANY = 500
FEATURES_OF_MANY = {"text": 10, "image": 6, "table": 6}
# A model that is slow, as a network that somebody brought may be, is asked about fewer.
FEW_SAMPLES = (100, 200)
FIRST_LOOK = 200  # copies of a picture: what they say is shown while the others are asked about
STEP_SECONDS = 1.0  # what a batch should take: so soon is progress seen, and a cancel noticed
USUAL_SECONDS = 300  # what an explanation may take unless somebody wants more,
MOST_SECONDS = 1800  # and then
_HELD_OUT = 1.1  # of the copies: those that are asked about besides, for how well it fits
Bins = Literal["quartile", "decile", "entropy"]


@dataclass(frozen=True, slots=True)
class TableView:
    """How the numbers of a table are put into bins; the rest is learned from the training rows."""

    bins: Bins = "quartile"


View = TextPerturber | ImagePerturber | TableView


def standard_view(task: Task, *, ignore_case: bool) -> View:
    """How items are taken apart where nobody chooses: as suits the task and its models."""
    match task.kind:
        case "text":
            return TextPerturber(ignore_case=ignore_case)
        case "image":
            return task.image
        case "table":
            return TableView()


def name_in(view: View, label: str) -> str:
    """The name of a component that several items may have in common."""
    return view.name_of(label) if isinstance(view, TextPerturber) else label


def seconds_of(n_samples: int, seconds: float) -> float:
    """How long an explanation takes whose model needs so many `seconds` for each copy."""
    return _HELD_OUT * n_samples * seconds


def suitable_samples(kind: Kind, seconds: float) -> int:
    """How many copies suit this kind; fewer for a model that needs long for each."""
    offered = [n for n in (*FEW_SAMPLES, *N_SAMPLES) if n <= DEFAULT_SAMPLES[kind]]
    return max((n for n in offered if seconds_of(n, seconds) <= USUAL_SECONDS), default=offered[0])


def batch_size(seconds: float, batch: int = 1) -> int | None:
    """How many copies a model is asked about at most at once that needs so long for each.

    None: as many as it answers in a moment, which is found out on the way. One that insists on a
    `batch` gets it full: the same time goes for half of one.
    """
    n = int(STEP_SECONDS / seconds) if seconds > 0 else MAX_BATCH
    return max(1, n // batch) * batch if n < MAX_BATCH else None


def settings_of_many(kind: Kind, mode: Mode) -> LimeSettings:
    """How each of many items is explained: quickly."""
    return LimeSettings(
        n_samples=SAMPLES_OF_MANY,
        n_features=FEATURES_OF_MANY[kind],
        held_out=0.0,  # how well each one fits is seen on the screen Explain
        mode=mode,
    )


@dataclass(frozen=True, slots=True)
class Request:
    """One explanation to make; nothing that it does not depend on.

    `view` says how the instance is taken apart; `width` is the kernel width as a multiple of the
    view's default.
    """

    task: str
    model: str
    item: Item
    settings: LimeSettings
    view: View
    width: float
    target: int | None

    @property
    def affinity(self) -> str:
        """What a worker should have loaded already."""
        return f"{self.task}/{self.model}"

    def asking(self) -> "Request":
        """The request for what the model is asked, which neither class nor K nor fit change.

        Unless it is asked until it is settled which K of that class are shown.
        """
        if self.settings.n_samples == "auto":
            return self
        settings = replace(self.settings, n_features=1, selection="auto", surrogate="ridge")
        return replace(self, target=None, settings=settings)

    def sooner(self) -> "Request | None":
        """The request for a first look, which this one continues; None where there is none."""
        n = self.settings.n_samples
        if not isinstance(self.view, ImagePerturber) or n == "auto" or n <= FIRST_LOOK:
            return None
        return replace(self, settings=replace(self.settings, n_samples=FIRST_LOOK))

    def alone(self) -> "Request":
        """The request for single answers, which no setting changes."""
        return replace(self, target=None, width=1.0, settings=LimeSettings(mode=self.settings.mode))

    def store_id(self, kind: str, *more: str) -> str:
        """The store's id of what is made of this request, by this code."""
        return store_id(kind, json.dumps(asdict(self)), *more)


@functools.cache
def code_fingerprint() -> str:
    """Changes whenever a result could: hash of the code and of the pinned packages."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256((root / "requirements.txt").read_bytes())
    for package in ("lime_engine", "model_adapters", "sample_models", "trust_study", "ui"):
        for path in sorted((root / package).rglob("*.*")):
            if path.suffix in (".py", ".txt", ".onnx"):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def store_id(kind: str, *parts: Any) -> str:
    """The store's id of what this code makes of these parts."""
    return store().key(kind, code_fingerprint(), *parts)


Edits = tuple[tuple[int, Value], ...]  # column -> its new value
