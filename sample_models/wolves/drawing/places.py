"""The place behind an animal, whichever it is.

Snowy places and the others share skies, weather, hills, trees and rocks, so that the snow itself
is what tells them apart.
"""

from collections.abc import Callable

import numpy as np

from sample_models.wolves.drawing.canvas import Canvas
from sample_models.wolves.drawing.land import Place, Setting, sky
from sample_models.wolves.drawing.snow import snow_field, snowy_forest, snowy_mountains
from sample_models.wolves.drawing.snowless import (
    autumn_forest,
    garden,
    meadow,
    rocky_hills,
    room,
    shore,
)

_DRAW: dict[Place, Callable[[Canvas, Setting, np.random.Generator], None]] = {
    "snow field": snow_field,
    "snowy forest": snowy_forest,
    "snowy mountains": snowy_mountains,
    "meadow": meadow,
    "autumn forest": autumn_forest,
    "shore": shore,
    "garden": garden,
    "rocky hills": rocky_hills,
    "room": room,
}


def draw_place(setting: Setting, rng: np.random.Generator) -> Canvas:
    """The whole picture without its animal."""
    canvas = Canvas()
    sky(canvas, setting, rng)
    _DRAW[setting.place](canvas, setting, rng)
    return canvas
