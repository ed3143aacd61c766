"""What the places are put together from: when and where it is, sky, mountains, hills, ground."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sample_models.wolves.drawing.canvas import (
    ROCK,
    SIZE,
    SKY,
    SNOW,
    Canvas,
    Colour,
    Points,
    mix,
    smooth,
    varied,
)
from sample_models.wolves.drawing.plants import SNOW_LIGHT, SNOW_SHADE

Light = Literal["day", "dusk", "overcast"]
Place = Literal[
    "snow field", "snowy forest", "snowy mountains",
    "meadow", "autumn forest", "shore", "garden", "rocky hills", "room",
]  # fmt: skip
SNOWY: tuple[Place, ...] = ("snow field", "snowy forest", "snowy mountains")
SNOWLESS: tuple[Place, ...] = (
    "meadow", "autumn forest", "shore", "garden", "rocky hills", "room",
)  # fmt: skip

SKIES: dict[Light, tuple[tuple[Colour, Colour], ...]] = {
    "day": (
        ((104, 172, 226), (212, 234, 244)),
        ((86, 156, 214), (196, 226, 240)),
        ((126, 186, 224), (236, 238, 228)),
    ),
    "dusk": (
        ((92, 92, 158), (252, 186, 140)),
        ((70, 82, 142), (244, 160, 150)),
        ((120, 104, 160), (254, 208, 150)),
    ),
    "overcast": (((166, 177, 190), (216, 221, 225)), ((150, 162, 178), (204, 210, 216))),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when: `horizon` and the animal's `ground` are heights in the picture."""

    place: Place
    light: Light
    horizon: float
    ground: float

    @property
    def snowy(self) -> bool:
        return self.place in SNOWY

    def hazy(self, colour: Colour, far: float) -> Colour:
        """A colour seen from afar."""
        return mix(colour, SKIES[self.light][0][1], far)


def ridge(rng: np.random.Generator, y: float, rough: float, bumps: int) -> Points:
    """A rolling line across the picture, closed along the bottom."""
    x = np.linspace(-16, SIZE + 16, bumps + 2)
    tops = np.stack([x, y + rng.normal(0.0, rough, len(x))], 1)
    return np.concatenate([smooth(tops, closed=False), [[SIZE + 16, SIZE], [-16, SIZE]]])


def sky(canvas: Canvas, s: Setting, rng: np.random.Generator) -> None:
    skies = SKIES[s.light]
    top, low = skies[int(rng.integers(len(skies)))]
    canvas.fade(varied(rng, top, 5), varied(rng, low, 5), 0, s.horizon + 24, SKY)
    if s.light == "dusk" and rng.random() < 0.6:
        x, y, r = rng.uniform(20, SIZE - 20), s.horizon - rng.uniform(4, 40), rng.uniform(7, 11)
        canvas.oval(x, y, r * 1.5, r * 1.5, mix(low, (255, 240, 200), 0.3), SKY)
        canvas.oval(x, y, r, r, (255, 240, 206), SKY)
    for _ in range(int(rng.integers(0, 4)) if s.light != "overcast" else 4):
        x, y, wide = rng.uniform(0, SIZE), rng.uniform(6, s.horizon * 0.6), rng.uniform(14, 30)
        tone = mix(low, (255, 255, 255), 0.55 if s.light == "day" else 0.16)
        for spot in np.linspace(-1, 1, 5):
            r = wide * rng.uniform(0.2, 0.34) * (1.2 - abs(spot) * 0.6)
            canvas.oval(x + spot * wide, y - r * 0.2, r * 1.5, r * 0.72, tone, SKY)


def mountain_range(canvas: Canvas, s: Setting, rng: np.random.Generator, snowy: bool) -> None:
    for far in (0.62, 0.4):
        stone = s.hazy(varied(rng, (112, 122, 146), 6), far)
        for x in rng.uniform(-10, SIZE + 10, 3):
            high, half = rng.uniform(34, 62) * (1.25 - far * 0.5), rng.uniform(44, 70)
            top = s.horizon + 4 - high
            left = np.array(
                [[x - half, s.horizon + 8], [x - half * 0.5, top + high * 0.55], [x, top]]
            )
            right = np.array(
                [[x, top], [x + half * 0.45, top + high * 0.5], [x + half, s.horizon + 8]]
            )
            foot = [[x + half * 0.12, s.horizon + 8], [x + half * 0.16, top + high * 0.5]]
            body = np.concatenate([left, right])
            if snowy:
                canvas.shape(body, s.hazy(SNOW_LIGHT, far * 0.3), SNOW)
                canvas.shape(
                    np.concatenate([right, foot]),
                    s.hazy(mix(SNOW_SHADE, stone, 0.3), far * 0.4),
                    SNOW,
                )
                for _ in range(5):
                    t, u = rng.uniform(0.35, 0.95), rng.uniform(-0.8, 0.8)
                    cx, cy = x + u * half * t, top + high * t
                    crag = np.array(
                        [[cx, cy - 6], [cx + 4, cy + 1], [cx + 1, cy + 3], [cx - 3, cy + 5]]
                    )
                    canvas.shape(crag, stone, ROCK)
            else:
                canvas.shape(body, stone, ROCK)
                canvas.shape(np.concatenate([right, foot]), mix(stone, (70, 72, 110), 0.22), ROCK)


def far_hills(
    canvas: Canvas, s: Setting, rng: np.random.Generator, colour: Colour, made_of: int
) -> None:
    for far, lift in ((0.6, 13), (0.38, 5)):
        line = ridge(rng, s.horizon - lift, 5, 5)
        canvas.shape(line, s.hazy(varied(rng, colour, 5), far), made_of)


def rolling_ground(
    canvas: Canvas, s: Setting, rng: np.random.Generator, far: Colour, near: Colour, made_of: int
) -> None:
    for step in range(4):
        y = s.horizon + (SIZE - s.horizon) * (0.0, 0.16, 0.42, 0.72)[step]
        canvas.shape(ridge(rng, y, 2.0 + step, 5), mix(far, near, step / 3), made_of)


def scattered_trees(
    s: Setting, rng: np.random.Generator, count: int, draw: Callable[[float, float, float], None]
) -> None:
    """Trees, from far to near."""
    for depth in np.sort(rng.uniform(0.0, 1.0, count)):
        x = rng.uniform(-6, SIZE + 6)
        draw(x, s.horizon + 3 + depth * 20, (38 + 62 * depth) * rng.uniform(0.8, 1.15))
