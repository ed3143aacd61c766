"""The photographs: the middle square of some that come with scikit-image and scikit-learn.

They are read from the packages' own folders; nothing is downloaded.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import in_words
from sample_models.types import TaskUnavailable

SIDE = 300  # pixels: as many as the smallest has


@dataclass(frozen=True, slots=True)
class Photograph:
    """A photograph in a package: its title, and the name of what is in it.

    `label` is None where ImageNet has no class for that, as for a rocket without a weapon.
    """

    package: str
    path: str
    title: str
    label: str | None = None


PHOTOGRAPHS = (
    Photograph("skimage", "data/chelsea.png", "A cat looks past the camera", "tabby"),
    Photograph("skimage", "data/coffee.png", "A cup with a spoon", "espresso"),
    Photograph("skimage", "data/rocket.jpg", "A rocket at dusk"),
    Photograph("skimage", "data/camera.png", "A man films in a park", "tripod"),
    Photograph("skimage", "data/motorcycle_left.png", "A motorcycle in a garage"),
    Photograph("sklearn", "datasets/images/china.jpg", "A tower above a lake", "palace"),
    Photograph("sklearn", "datasets/images/flower.jpg", "A dahlia"),
    Photograph("skimage", "data/astronaut.png", "An astronaut before a flag"),
)


@lru_cache(maxsize=1)
def pictures() -> NDArray[np.uint8]:
    """All of `PHOTOGRAPHS`, (n, SIDE, SIDE, 3), not to be written to.

    Raises
    ------
    TaskUnavailable
        If one is not in its package.
    """
    found = np.stack([_square(photograph) for photograph in PHOTOGRAPHS])
    found.setflags(write=False)
    return found


def _square(photograph: Photograph) -> NDArray[np.uint8]:
    from PIL import Image

    try:
        with (
            files(photograph.package).joinpath(photograph.path).open("rb") as file,
            Image.open(file) as image,
        ):
            side = min(image.size)
            left, top = ((length - side) // 2 for length in image.size)
            square = image.convert("RGB").crop((left, top, left + side, top + side))
    except (ImportError, OSError) as error:
        raise TaskUnavailable(
            f"The photograph {photograph.path} is not in the package {photograph.package} "
            f"({in_words(error)}). Install the packages again: make install."
        ) from error
    return np.asarray(square.resize((SIDE, SIDE), Image.Resampling.BICUBIC), dtype=np.uint8)
