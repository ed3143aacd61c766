"""What a built-in task is: data, models, examples and, where one is planted, the flaw.

Importing this package is cheap: data and models are made when first asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import LimeError
from lime_engine.image.perturber import ImagePerturber
from lime_engine.many.instances import by_position
from lime_engine.settings import Mode
from lime_engine.subjects import Subject
from lime_engine.types import FloatArray, PredictFn

Kind = Literal["text", "image", "table"]
Split = Literal["train", "test", "field"]
SPLITS: tuple[Split, ...] = ("train", "test", "field")


class TaskUnavailable(LimeError):
    """The task's data is not on this machine and cannot be fetched; says what is missing."""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Instances with their labels.

    `instances` has n items: texts, uint8 images (h, w) or (h, w, 3), made when they are asked for
    (a sequence of them), or the rows of a pandas data frame. `labels` is an int array (n,),
    indices into the task's class names, -1 where nobody has given one.
    """

    instances: Any
    labels: NDArray[np.int64]

    def instance(self, row: int) -> Any:
        """The text, the image (h, w, …), or a data frame of the one row."""
        return by_position(self.instances)[row]


@dataclass(frozen=True, slots=True, eq=False)
class TaskData:
    """Train and test as the models' makers saw them, and field: what real use looks like.

    What a task does not have (`Task.splits`) is empty.
    """

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
    (words as they stand in a text, columns by name), so that it cannot see them (slow). Of a task
    without training data it is the model as it is, which no longer sees them. `parts()`
    are all that could be taken out; empty where taking single ones out has no meaning. `summary`
    says in one plain sentence what is done.
    """

    summary: str
    retrain: Callable[[frozenset[str]], PredictFn[Any]]
    parts: Callable[[], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class BroughtAnswers:
    """What a model elsewhere has answered, in place of the model: for scores, not for reasons.

    `answers(source, rows)` are its probabilities (len(rows), len(class_names)) for these items of a
    split, or of what was brought; `InputError` for items of which they are not known. If it gave
    only its answers, each has probability 1, and `has_probabilities` is False.
    """

    class_names: tuple[str, ...]
    answers: Callable[[str, Sequence[int]], FloatArray]
    has_probabilities: bool = True


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model of a task: `summary` is one plain sentence; `load` fits or reads it (slow).

    `improver` is None where the app cannot train the model again. `ignores_case` says of a model
    of texts that capitals make no difference to it. `seconds` is how long it takes to answer about
    one instance, where that was measured; else 0. `brought` stands for a model of
    which only its answers are here: it cannot be loaded. `asked` says in plain values how a network
    that somebody brought is asked, such as how pixels go in.
    """

    key: str
    name: str
    summary: str
    load: Callable[[], PredictFn[Any]]
    improver: Improver | None = None
    ignores_case: bool = False
    seconds: float = 0.0
    brought: BroughtAnswers | None = None
    asked: Mapping[str, Any] | None = None


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
    otherwise. `mode` is "multilabel" where each class is a yes or no on its own. `learned_from`
    says in a few words what its models have met, and nothing else: "drawings of wolves". `splits`
    are those of its data that are at hand: models that others trained come without their training
    data. `only_what_counts` says that its pictures are shown grey but for that, unless a person
    chooses otherwise.
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
    learned_from: str = ""
    splits: tuple[Split, ...] = SPLITS
    only_what_counts: bool = False

    @property
    def has_training_data(self) -> bool:
        """Whether what its models have learned from is at hand."""
        return "train" in self.splits

    @property
    def askable(self) -> tuple[ModelCard, ...]:
        """Those of its models that can be asked; of the others only their answers are here."""
        return tuple(card for card in self.models if card.brought is None)

    def class_names_of(self, key: str) -> tuple[str, ...]:
        """The classes that one of its models knows, as it calls them."""
        card = next((card for card in self.models if card.key == key), None)
        return card.brought.class_names if card and card.brought else self.class_names

    def model(self, key: str) -> ModelCard:
        """The model with this key; `KeyError` if the task has none such."""
        return {card.key: card for card in self.models}[key]
