"""The places in snow: a field, a forest, mountains."""

import numpy as np

from sample_models.wolves.drawing.canvas import LEAF, SIZE, SNOW, Canvas, chosen, mix, varied
from sample_models.wolves.drawing.land import (
    Setting,
    far_hills,
    mountain_range,
    ridge,
    scattered_trees,
)
from sample_models.wolves.drawing.plants import (
    SNOW_LIGHT,
    SNOW_SHADE,
    birch,
    conifer,
    rock,
    tuft,
)


def snow_ground(canvas: Canvas, s: Setting, rng: np.random.Generator) -> None:
    for step in range(5):
        y = s.horizon + (SIZE - s.horizon) * (0.0, 0.14, 0.36, 0.6, 0.84)[step]
        tone = mix(
            SNOW_SHADE, SNOW_LIGHT, (0.45, 0.75, 0.55, 0.9, 0.65)[step] + rng.uniform(-0.12, 0.1)
        )
        canvas.shape(ridge(rng, y, 3.0 + step, 5), tone, SNOW)
    if rng.random() < 0.55:  # somebody's tracks
        x0, x1 = rng.uniform(0, SIZE, 2)
        for step, t in enumerate(np.linspace(0.05, 1.1, 15) ** 1.5):
            x = x0 + (x1 - x0) * t + (1 if step % 2 else -1) * (1 + 3 * t)
            size = 0.8 + 2.2 * t
            canvas.oval(
                x, s.horizon + (SIZE - s.horizon) * t, size * 1.2, size * 0.7, (166, 184, 214), SNOW
            )


def snow_field(canvas: Canvas, s: Setting, rng: np.random.Generator) -> None:
    far_hills(canvas, s, rng, SNOW_LIGHT, SNOW)
    far = int(rng.integers(3, 9))
    for x in rng.uniform(0, SIZE, far):
        conifer(canvas, rng, x, s.horizon + 2, rng.uniform(12, 24), s.hazy((60, 92, 84), 0.3), True)
    snow_ground(canvas, s, rng)
    for _ in range(int(rng.integers(1, 4))):
        x, y = rng.uniform(0, SIZE), rng.uniform(s.horizon + 10, SIZE - 16)
        tuft(canvas, rng, x, y, 9, 9, (176, 156, 116))


def snowy_forest(canvas: Canvas, s: Setting, rng: np.random.Generator) -> None:
    far_hills(canvas, s, rng, (128, 150, 158), LEAF)
    snow_ground(canvas, s, rng)
    green = chosen(rng, ((52, 92, 80), (62, 100, 78), (66, 92, 98)))
    scattered_trees(
        s,
        rng,
        11,
        lambda x, y, h: conifer(canvas, rng, x, y, h, s.hazy(green, 0.4 - 0.4 * h / 110), True),
    )
    if rng.random() < 0.4:
        birch(
            canvas,
            rng,
            rng.choice((rng.uniform(4, 40), rng.uniform(152, 188))),
            s.horizon + 26,
            4.5,
        )


def snowy_mountains(canvas: Canvas, s: Setting, rng: np.random.Generator) -> None:
    mountain_range(canvas, s, rng, snowy=True)
    snow_ground(canvas, s, rng)
    for _ in range(int(rng.integers(1, 5))):
        x, y = rng.uniform(0, SIZE), rng.uniform(s.horizon + 6, s.horizon + 40)
        wide = 5 + (y - s.horizon) * 0.3
        rock(canvas, rng, x, y, wide, wide * 0.8, varied(rng, (122, 124, 136)), snowy=True)
