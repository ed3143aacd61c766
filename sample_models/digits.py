"""Handwritten digits, eight by eight pixels: two kinds of model, nothing planted.

The images come in the order in which they were collected, a writer at a time as it seems, so the
last third is by other hands than the rest. It is the field here: what a model meets that was made
and tested on the writing of some people and is then given to others.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine.image.perturber import ImagePerturber
from lime_engine.types import PredictFn
from sample_models.types import Example, Labelled, ModelCard, Task, TaskData

_SEED = 1998
_TRAIN, _TEST = 800, 400  # drawn from the first 1,200 of 1,797; the others are the field
_INK = 16  # the darkest value as the images come


@lru_cache(maxsize=1)
def data() -> TaskData:
    """The images, uint8 (8, 8), ink 255 on paper 0: 800 train, 400 test, 597 field."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = np.rint(digits.images * (255 / _INK)).astype(np.uint8)
    images.setflags(write=False)
    labels = digits.target.astype(np.int64)
    mixed = np.random.default_rng(_SEED).permutation(_TRAIN + _TEST)

    def labelled(rows: NDArray[np.int64]) -> Labelled:
        chosen = images[rows]
        chosen.setflags(write=False)
        return Labelled(chosen, labels[rows])

    return TaskData(
        train=labelled(mixed[:_TRAIN]),
        test=labelled(mixed[_TRAIN:]),
        field=labelled(np.arange(_TRAIN + _TEST, len(images))),
    )


def load_logistic() -> PredictFn[Any]:
    """Fit a logistic regression on the pixels."""
    from sklearn.linear_model import LogisticRegression

    return _fit(LogisticRegression(max_iter=1000))


def load_forest() -> PredictFn[Any]:
    """Fit a random forest on the pixels."""
    from sklearn.ensemble import RandomForestClassifier

    return _fit(RandomForestClassifier(n_estimators=150, random_state=0))


def _fit(classifier: Any) -> PredictFn[Any]:
    train = data().train
    classifier.fit(_rows(train.instances), train.labels)

    def predict(images: Any) -> NDArray[np.float64]:
        return np.asarray(classifier.predict_proba(_rows(images)), dtype=np.float64)

    return predict


def _rows(images: Any) -> NDArray[np.float64]:
    """Images (n, 8, 8) with values 0..255 -> (n, 64) with values 0..1."""
    pixels = np.asarray(images, dtype=np.float64)
    return pixels.reshape(len(pixels), -1) / 255


TASK = Task(
    key="digits",
    kind="image",
    title="Handwritten digits",
    question="Which digit is this?",
    summary=(
        "Digits written by hand, scanned and shrunk to eight by eight pixels. The models learned "
        "from the first two thirds of the collection. Field is the last third, unchanged: it "
        "seems to be the writing of other people, and both models do worse on it."
    ),
    source=(
        "Real images: Optical Recognition of Handwritten Digits by E. Alpaydin and C. Kaynak, "
        "UCI Machine Learning Repository, 1998; the 1,797 that come with scikit-learn."
    ),
    class_names=tuple("0123456789"),
    models=(
        ModelCard(
            "logistic",
            "Logistic regression",
            "Adds up the pixels, each with a weight of its own for every digit.",
            load_logistic,
        ),
        ModelCard(
            "forest",
            "Random forest",
            "Lets 150 decision trees vote, each asking about a few pixels in turn.",
            load_forest,
        ),
    ),
    examples=(
        Example("field", 295, "A stem with a flag"),
        Example("test", 163, "A thick stem with a flag"),
        Example("test", 3, "A curl that closes at the bottom"),
        Example("field", 99, "A hook on a long foot"),
        Example("test", 201, "A triangle on a stem"),
        Example("field", 587, "A sharp corner and a belly"),
    ),
    data=data,
    image=ImagePerturber(segmentation="grid", n_segments=64, fill=0),
    learned_from="digits written by hand, eight by eight pixels",
)
