"""Scenes with a wolf or a husky, each drawn from its split and row alone.

A scene is a place, an animal in it, now and then something in front of the animal, light and
weather over all of them. What is snow and what is animal is known for every pixel.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sample_models.wolves.drawing.animals import draw_animal
from sample_models.wolves.drawing.canvas import (
    SIZE,
    SNOW,
    WALL,
    Canvas,
    Colour,
    chosen,
    mix,
    smooth,
    varied,
)
from sample_models.wolves.drawing.land import SNOWLESS, SNOWY, Light, Place, Setting
from sample_models.wolves.drawing.light import (
    rounded,
    shadowed,
    textured,
    unevenness,
    weathered,
)
from sample_models.wolves.drawing.places import draw_place
from sample_models.wolves.drawing.plants import (
    SNOW_LIGHT,
    SNOW_SHADE,
    bush,
    conifer,
    rock,
    stem,
    tuft,
)

SceneSplit = Literal["train", "test", "field", "varied"]
HUSKY, WOLF = 0, 1

_SEED = 1602
_SPLITS: dict[SceneSplit, int] = {"train": 0, "test": 1, "field": 2, "varied": 3}
_FOLLOWS: tuple[SceneSplit, ...] = ("train", "test")  # where snow follows the label


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture and what is in it.

    `pixels` is uint8 (SIZE, SIZE, 3); `animal` and `snow` are bool (SIZE, SIZE), never both
    true: an animal's paw in the snow is animal, a drift before the paw is snow.
    """

    pixels: NDArray[np.uint8]
    animal: NDArray[np.bool_]
    snow: NDArray[np.bool_]
    label: int
    place: Place
    light: Light


def plan(split: SceneSplit, row: int) -> tuple[int, bool]:
    """Label of a scene and whether it lies in snow, without drawing it.

    Each four rows hold two wolves and two huskies. In train and test the wolves, and only they,
    stand in snow; in field and varied one of each does.
    """
    number = _SPLITS[split]
    turn = np.random.default_rng([_SEED, number, row // 4]).permutation(4)[row % 4]
    label = int(turn // 2)
    return label, bool(label == WOLF if split in _FOLLOWS else turn % 2)


def draw_scene(split: SceneSplit, row: int) -> Scene:
    """The scene in row `row` of a split; the same one whenever and wherever it is drawn."""
    label, snowy = plan(split, row)
    rng = np.random.default_rng([_SEED, _SPLITS[split], row, 1])
    places = SNOWY if snowy else SNOWLESS
    place = places[int(rng.integers(len(places)))]
    lights: tuple[Light, ...] = ("day", "dusk", "overcast")
    light = lights[int(rng.choice(3, p=(0.5, 0.25, 0.25)))]
    height = rng.uniform(58, 86)
    setting = Setting(place, light, rng.uniform(74, 104), rng.uniform(150, 180))

    behind = draw_place(setting, rng).layer()
    side = int(rng.choice((-1, 1)))
    room = max(4.0, 0.5 * SIZE - 0.98 * height)
    x = SIZE / 2 + rng.uniform(-room, room)
    animal = draw_animal(label == WOLF, x, setting.ground, height, side, rng).layer()
    before = _foreground(setting, x - side * height * rng.uniform(0.25, 0.75), height, rng).layer()

    uneven = unevenness(rng)
    picture = shadowed(textured(behind, uneven).rgb, animal.cover, setting.ground, height)
    picture = rounded(animal, uneven).over(picture)
    picture = textured(before, uneven).over(picture)
    seen = (animal.cover > 0.5) & (before.cover <= 0.5)
    snow = np.where(before.cover > 0.5, before.made_of == SNOW, (behind.made_of == SNOW) & ~seen)
    picture = weathered(picture, setting, rng)
    pixels = np.clip(picture, 0, 255).astype(np.uint8)
    for array in (pixels, seen, snow):
        array.setflags(write=False)
    return Scene(pixels, seen, snow, label, place, light)


_LEAVES: dict[Place, tuple[Colour, ...]] = {
    "autumn forest": ((196, 110, 56), (176, 132, 66)),
    "shore": ((132, 146, 84), (116, 140, 96)),
    "rocky hills": ((122, 130, 84), (142, 132, 92)),
}
_GREENS: tuple[Colour, ...] = ((84, 132, 74), (100, 144, 78))
_FIRS: tuple[Colour, ...] = ((62, 98, 84), (74, 104, 82))


def _foreground(s: Setting, x: float, height: float, rng: np.random.Generator) -> Canvas:
    """What stands before the animal: at its feet always, before its rear (at `x`) now and then."""
    canvas = Canvas()
    if s.place == "room":
        if rng.random() < 0.5:
            ball = chosen(rng, ((214, 84, 76), (84, 136, 190), (236, 190, 84)))
            r = rng.uniform(5, 8)
            canvas.oval(x, s.ground + 4, r, r, ball, WALL)
            canvas.oval(
                x - r * 0.3,
                s.ground + 4 - r * 0.3,
                r * 0.4,
                r * 0.35,
                mix(ball, (255, 255, 255), 0.5),
                WALL,
            )
        return canvas
    leaves = chosen(rng, _FIRS if s.snowy else _LEAVES.get(s.place, _GREENS))
    if s.snowy:
        for at in rng.uniform(0, SIZE, 3):
            _mound(canvas, rng, at, s.ground + rng.uniform(1, 5), rng.uniform(22, 46))
    else:
        blades = (150, 144, 92) if s.place == "shore" else leaves
        for at in rng.uniform(0, SIZE, 9):
            tuft(canvas, rng, at, s.ground + rng.uniform(3, 9), 11, rng.uniform(5, 10), blades)

    ground = s.ground + rng.uniform(4, 9)
    match rng.choice(4, p=(0.14, 0.14, 0.1, 0.62)):
        case 0 if s.snowy:
            conifer(canvas, rng, x, ground, height * rng.uniform(0.6, 0.9), leaves, snowy=True)
        case 0:
            bush(canvas, rng, x, ground, height * rng.uniform(0.32, 0.42), leaves)
        case 1:
            wide = height * rng.uniform(0.2, 0.36)
            tone = varied(rng, (136, 132, 132), 8)
            rock(canvas, rng, x, ground, wide, wide * rng.uniform(0.7, 1.0), tone, s.snowy)
        case 2:
            stem(canvas, rng, x, ground + 4, height * rng.uniform(0.12, 0.19))
        case _:
            return canvas
    if s.snowy:
        _mound(canvas, rng, x, ground, height * 0.55)
    return canvas


def _mound(canvas: Canvas, rng: np.random.Generator, x: float, y: float, wide: float) -> None:
    """A little snow that feet, trunks and stones sink into."""
    line = [[x - wide, y + 10], [x - wide * 0.45, y - 1.5], [x + wide * 0.3, y - 2.5]]
    tone = mix(SNOW_LIGHT, SNOW_SHADE, rng.uniform(0.0, 0.25))
    canvas.shape(smooth([*line, [x + wide, y + 10]], closed=False), tone, SNOW)
