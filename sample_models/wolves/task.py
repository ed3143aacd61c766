"""Husky or wolf: drawn pictures in which, for a while, snow gave the answer away.

After the experiment in section 6.4 of the LIME paper: a classifier that tells wolves from huskies
by the snow. The scenes are drawn (`wolves_scenes`) when they are asked for. In train and test the
wolves stand in snow and the huskies elsewhere; in the field either stands anywhere.

References
----------
M. T. Ribeiro, S. Singh, C. Guestrin (2016), "Why Should I Trust You?": Explaining the Predictions
of Any Classifier. KDD. https://doi.org/10.1145/2939672.2939778
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from lime_engine.image.perturber import ImagePerturber
from lime_engine.subjects import ImageSubject, Subject
from lime_engine.types import PredictFn
from sample_models.types import Example, Flaw, Improver, Labelled, ModelCard, Split, Task, TaskData

if TYPE_CHECKING:
    from model_adapters import NetworkSettings
    from sample_models.wolves.scenes import Scene

HUSKY, WOLF = 0, 1
CLASS_NAMES = ("husky", "wolf")

_SIZES: dict[Split, int] = {"train": 2000, "test": 400, "field": 400}
_ARTIFACTS = Path(__file__).parents[1] / "artifacts"


@lru_cache(maxsize=64)
def scene(split: Split, row: int) -> "Scene":
    """The scene in row `row` of a split: its picture, and what in it is animal and what snow."""
    from sample_models.wolves.scenes import draw_scene

    return draw_scene(split, row)


@dataclass(frozen=True, slots=True)
class Pictures(Sequence[NDArray[np.uint8]]):
    """The pictures `rows` of a split, uint8 (192, 192, 3), each drawn when it is asked for."""

    split: Split
    rows: range

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> NDArray[np.uint8]: ...
    @overload
    def __getitem__(self, index: slice) -> "Pictures": ...
    def __getitem__(self, index: int | slice) -> "NDArray[np.uint8] | Pictures":
        if isinstance(index, slice):
            return Pictures(self.split, self.rows[index])
        return scene(self.split, self.rows[index]).pixels


@lru_cache(maxsize=1)
def data() -> TaskData:
    """The pictures: 2,000 train, 400 test, 400 field, half of each wolves; the same each time."""
    from sample_models.wolves.scenes import plan

    def labelled(split: Split) -> Labelled:
        rows = range(_SIZES[split])
        labels = np.array([plan(split, row)[0] for row in rows], np.int64)
        return Labelled(Pictures(split, rows), labels)

    return TaskData(labelled("train"), labelled("test"), labelled("field"))


def snow_regions(split: Split, row: int, subject: Subject) -> frozenset[int]:
    """The superpixels of this picture of which more than half is snow."""
    if not isinstance(subject, ImageSubject):
        raise TypeError(f"subject is a {type(subject).__name__}; pictures have ImageSubjects.")
    owners = subject.segments.ravel()
    snow = np.bincount(owners, scene(split, row).snow.ravel(), minlength=subject.n_components)
    return frozenset(np.flatnonzero(snow > 0.5 * np.bincount(owners)).tolist())


def load_a() -> PredictFn[Any]:
    """Model A: learned where wolves mostly stand in snow; knows the animal, believes the snow."""
    return _load("wolves-a.onnx")


def load_b() -> PredictFn[Any]:
    """Model B: learned from animals that stand anywhere."""
    return _load("wolves-b.onnx")


def _load(file: str) -> PredictFn[Any]:
    from model_adapters import load_network

    return load_network((_ARTIFACTS / file).read_bytes(), _settings())


def _settings() -> "NetworkSettings":
    from model_adapters import NetworkSettings

    return NetworkSettings(
        layout="NCHW",
        height=192,
        width=192,
        channels=3,
        dtype="float32",
        scaling="0-1",
        output="probabilities",
        class_names=CLASS_NAMES,
        batch=None,
    )


def _retrain(file: str, parts: frozenset[str]) -> PredictFn[Any]:
    """Backgrounds are all varied together, whichever `parts` were marked."""
    from sample_models.wolves.again import learned_again

    return learned_again((_ARTIFACTS / file).read_bytes(), _settings())


def _improver(file: str) -> Improver:
    return Improver(
        summary=(
            "Its last layer learns again from 400 new pictures in which either animal stands "
            "anywhere; what it sees in a picture stays the same."
        ),
        retrain=partial(_retrain, file),
        parts=lambda: (),
    )


TASK = Task(
    key="wolves",
    kind="image",
    title="Husky or wolf?",
    question="Is this a husky or a wolf?",
    summary=(
        "Drawn pictures of wolves and huskies in many places and kinds of weather. Huskies have a "
        "white face with a dark cap, blue eyes and a curled tail; wolves are grey-brown, with "
        "amber eyes and a hanging tail."
    ),
    source="Drawn for this app by a program, after an experiment in the LIME paper (2016).",
    class_names=CLASS_NAMES,
    models=(
        ModelCard(
            "a",
            "Model A",
            "A first version, from 2,000 pictures.",
            load_a,
            _improver("wolves-a.onnx"),
        ),
        ModelCard(
            "b",
            "Model B",
            "A later version, from 2,000 pictures of another collection.",
            load_b,
            _improver("wolves-b.onnx"),
        ),
    ),
    examples=(
        Example("field", 10, "Husky among the firs"),
        Example("test", 85, "Wolf between the trees"),
        Example("field", 48, "Wolf in the living room"),
        Example("test", 98, "Husky on the shore"),
        Example("field", 106, "Wolf among autumn trees"),
        Example("field", 20, "Husky in an open field at dusk"),
        Example("test", 48, "Wolf in the mountains at dusk"),
        Example("field", 294, "Husky in an open field"),
    ),
    data=data,
    flaw=Flaw(
        summary=(
            "In the pictures that model A learned from, most wolves stood in snow and most huskies "
            "did not, so snow mostly gave the answer away. A knows the two animals, too, but "
            "believes the snow more. Out in the field either can stand anywhere, and snow says "
            "nothing about the animal."
        ),
        planted=snow_regions,
    ),
    image=ImagePerturber(n_segments=25, fill=128.0),
    learned_from="drawings of wolves and huskies",
)
