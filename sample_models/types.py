"""What a built-in task is: data, models, examples and, where one is planted, the flaw.

Importing this package is cheap: data and models are made when first asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import LimeError
from lime_engine.image.perturber import ImagePerturber
from lime_engine.many.instances import by_position
from lime_engine.settings import Mode
from lime_engine.subjects import Subject
from lime_engine.types import PredictFn

Kind = Literal["text", "image", "table"]
Split = Literal["train", "test", "field"]


class TaskUnavailable(LimeError):
    """The task's data is not on this machine and cannot be fetched; says what is missing."""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Instances with their labels.

    `instances` has n items: texts, uint8 images (h, w) or (h, w, 3), made when they are asked for
    (a sequence of them), or the rows of a pandas data frame. `labels` is an int array (n,),
    indices into the task's class names.
    """

    instances: Any
    labels: NDArray[np.int64]

    def instance(self, row: int) -> Any:
        """The text, the image (h, w, …), or a data frame of the one row."""
        return by_position(self.instances)[row]


@dataclass(frozen=True, slots=True, eq=False)
class TaskData:
    """Train and test as the models' makers saw them, and field: what real use looks like."""

    train: Labelled
    test: Labelled
    field: Labelled

    def split(self, name: Split) -> Labelled:
        match name:
            case "train":
                return self.train
            case "test":
                return self.test
            case "field":
                return self.field


@dataclass(frozen=True, slots=True)
class Improver:
    """How a model is made anew without what should not matter.

    `retrain(parts)` fits the same kind of model on the same training data without these parts
    (words as they stand in a text, columns by name), so that it cannot see them (slow). `parts()`
    are all that could be taken out; empty where taking single ones out has no meaning. `summary`
    says in one plain sentence what is done.
    """

    summary: str
    retrain: Callable[[frozenset[str]], PredictFn[Any]]
    parts: Callable[[], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model of a task: `summary` is one plain sentence; `load` fits or reads it (slow).

    `improver` is None where the app cannot train the model again. `ignores_case` says of a model
    of texts that capitals make no difference to it.
    """

    key: str
    name: str
    summary: str
    load: Callable[[], PredictFn[Any]]
    improver: Improver | None = None
    ignores_case: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """An instance worth opening: row `row` of split `split`, with a short plain title."""

    split: Split
    row: int
    title: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """A planted (or known) flaw.

    `planted(split, row, subject)` are the components of that item, taken apart as `subject`, that
    carry it: words, superpixels that are mostly flaw, columns.
    """

    summary: str
    planted: Callable[[Split, int, Subject], frozenset[int]]


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Task:
    """A task: what a model is asked, in plain words (`question`), about one kind of instance.

    `is_here` says, at once and without the network, whether the data is on this machine, as
    embedded data always is. `image` is how its images are taken apart unless a person chooses
    otherwise. `mode` is "multilabel" where each class is a yes or no on its own.
    """

    key: str
    kind: Kind
    title: str
    question: str
    summary: str
    source: str
    class_names: tuple[str, ...]
    models: tuple[ModelCard, ...]
    examples: tuple[Example, ...]
    data: Callable[[], TaskData]
    is_here: Callable[[], bool] = _always
    flaw: Flaw | None = None
    image: ImagePerturber = field(default_factory=ImagePerturber)
    mode: Mode = "classification"

    def model(self, key: str) -> ModelCard:
        """The model with this key; `KeyError` if the task has none such."""
        return {card.key: card for card in self.models}[key]
