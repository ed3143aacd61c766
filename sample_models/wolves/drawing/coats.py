"""The coats of wolf and husky."""

from dataclasses import dataclass

import numpy as np

from sample_models.wolves.drawing.canvas import Colour, chosen, mix, varied

_HUSKY_BACKS: tuple[Colour, ...] = (
    (44, 46, 54), (58, 60, 68), (98, 104, 116), (126, 130, 140), (158, 92, 54), (122, 74, 50),
)  # fmt: skip
_WOLF_COATS: tuple[Colour, ...] = (
    (146, 126, 102), (164, 134, 98), (132, 124, 114), (150, 138, 120), (116, 102, 88),
    (172, 148, 116),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coat:
    """The colours of an animal. `mask` is how much of the face is `pale`: 0 wolf, 1 husky."""

    husky: bool
    back: Colour
    main: Colour
    pale: Colour
    legs: Colour
    eye: Colour
    ear: Colour

    def far(self, colour: Colour) -> Colour:
        """The colour on the side turned away."""
        return mix(colour, (52, 50, 66), 0.36)


def coat_of(wolf: bool, rng: np.random.Generator) -> Coat:
    """A coat as wolves, or huskies, have them."""
    if wolf:
        main = chosen(rng, _WOLF_COATS)
        pale = varied(rng, mix(main, (238, 222, 194), 0.66), 4.0)
        back = mix(main, (62, 56, 54), rng.uniform(0.42, 0.62))
        eye = chosen(rng, ((238, 176, 44), (226, 154, 40), (214, 186, 70)))
        legs = varied(rng, mix(main, (206, 170, 124), 0.5), 4.0)
        return Coat(False, back, main, pale, legs, eye, mix(main, (90, 66, 58), 0.55))
    back = chosen(rng, _HUSKY_BACKS)
    pale = varied(rng, (244, 243, 241), 3.0)
    eye = chosen(rng, ((88, 176, 236), (120, 196, 244), (72, 154, 226)))
    main = mix(back, pale, rng.uniform(0.06, 0.2))
    return Coat(True, back, main, pale, pale, eye, mix(back, (226, 178, 170), 0.62))
