"""Places without snow: meadow, autumn forest, shore, garden, rocky hills, a room."""

import numpy as np

from sample_models.wolves.drawing.canvas import (
    GRASS,
    LEAF,
    ROCK,
    SAND,
    SIZE,
    SKY,
    WALL,
    WATER,
    WOOD,
    Canvas,
    Colour,
    chosen,
    mix,
    smooth,
    varied,
)
from sample_models.wolves.drawing.land import (
    SKIES,
    Setting,
    far_hills,
    mountain_range,
    ridge,
    rolling_ground,
    scattered_trees,
)
from sample_models.wolves.drawing.plants import birch, bush, flower, leafy_tree, rock, tuft


def meadow(canvas: Canvas, s: Setting, rng: np.random.Generator) -> None:
    if rng.random() < 0.4:
        mountain_range(canvas, s, rng, snowy=False)
    far_hills(canvas, s, rng, (112, 156, 92), GRASS)
    scattered_trees(
        s,
        rng,
        int(rng.integers(0, 4)),
        lambda x, y, h: leafy_tree(
            canvas, rng, x, y - 10, h * 0.6, chosen(rng, ((84, 138, 74), (108, 152, 76)))
        ),
    )
    near = chosen(rng, ((122, 166, 78), (140, 172, 86), (104, 152, 78)))
    rolling_ground(canvas, s, rng, s.hazy(near, 0.25), near, GRASS)
    blades(canvas, s, rng, near, 34)
    bloom = chosen(rng, ((250, 246, 240), (240, 128, 122), (246, 206, 84), (176, 140, 220)))
    for y in np.sort(rng.uniform(s.horizon + 12, SIZE, 26)):
        flower(canvas, rng, rng.uniform(0, SIZE), y, 0.8 + 1.8 * (y - s.horizon) / 90, bloom)


def blades(
    canvas: Canvas, s: Setting, rng: np.random.Generator, colour: Colour, count: int
) -> None:
    for y in np.sort(rng.uniform(s.horizon + 8, SIZE, count)):
        size = 3 + 6 * (y - s.horizon) / 90
        tuft(canvas, rng, rng.uniform(0, SIZE), y, size, size, mix(colour, (40, 84, 50), 0.22), 5)


def autumn_forest(canvas: Canvas, s: Setting, rng: np.random.Generator) -> None:
    far_hills(canvas, s, rng, (190, 142, 96), LEAF)
    floor = chosen(rng, ((178, 132, 84), (164, 128, 88), (150, 132, 84)))
    rolling_ground(canvas, s, rng, s.hazy(floor, 0.3), floor, GRASS)
    reds: tuple[Colour, ...] = ((216, 126, 56), (198, 92, 52), (228, 168, 68), (178, 132, 62))
    scattered_trees(
        s,
        rng,
        9,
        lambda x, y, h: leafy_tree(
            canvas, rng, x, y, h * 1.05, s.hazy(chosen(rng, reds), 0.3 - 0.25 * h / 110)
        ),
    )
    for x in rng.uniform(0, SIZE, int(rng.integers(0, 3))):
        birch(canvas, rng, x, s.horizon + rng.uniform(16, 30), rng.uniform(3, 5))
    for y in np.sort(rng.uniform(s.horizon + 14, SIZE, 60)):
        size = 0.8 + 1.6 * (y - s.horizon) / 90
        canvas.oval(rng.uniform(0, SIZE), y, size, size * 0.6, chosen(rng, reds), LEAF)


def shore(canvas: Canvas, s: Setting, rng: np.random.Generator) -> None:
    far_hills(canvas, s, rng, (104, 134, 128), LEAF)
    water = s.hazy(chosen(rng, ((74, 144, 170), (92, 152, 180), (84, 136, 150))), 0.15)
    edge = s.horizon + (SIZE - s.horizon) * rng.uniform(0.36, 0.5)
    canvas.fade(s.hazy(water, 0.5), water, s.horizon, edge + 12, WATER)
    for y in rng.uniform(s.horizon + 2, edge, 16):
        x, long = rng.uniform(0, SIZE), rng.uniform(6, 24)
        canvas.line(np.array([[x, y], [x + long, y]]), 0.8, mix(water, (255, 255, 255), 0.4), WATER)
    sand = chosen(rng, ((226, 204, 160), (214, 190, 150), (206, 196, 172)))
    canvas.shape(ridge(rng, edge - 2, 3, 4), mix(water, (255, 255, 255), 0.6), WATER)
    wet = ridge(rng, edge + 1, 3, 4)
    canvas.shape(wet, mix(sand, (120, 100, 80), 0.25), SAND)
    canvas.shape(wet + np.array([0.0, 5.0]), sand, SAND)
    for _ in range(12):
        x, y = rng.uniform(0, SIZE), rng.uniform(edge + 14, SIZE)
        canvas.oval(
            x, y, rng.uniform(1, 3), rng.uniform(0.8, 1.6), varied(rng, (168, 156, 142), 14), ROCK
        )
    if rng.random() < 0.6:
        x = rng.choice((rng.uniform(0, 30), rng.uniform(162, 192)))
        tuft(canvas, rng, x, edge + 16, 26, 40, (132, 146, 84), 12)


def garden(canvas: Canvas, s: Setting, rng: np.random.Generator) -> None:
    hedge = chosen(rng, ((72, 124, 74), (88, 134, 70)))
    for x in rng.uniform(0, SIZE, 3):
        leafy_tree(canvas, rng, x, s.horizon, rng.uniform(50, 78), mix(hedge, (140, 180, 90), 0.35))
    for x in np.arange(-6, SIZE + 12, 15):
        bush(canvas, rng, x + rng.normal(0, 2), s.horizon + 4, rng.uniform(14, 19), hedge)
    lawn = chosen(rng, ((132, 178, 92), (118, 168, 88)))
    rolling_ground(canvas, s, rng, mix(lawn, (255, 255, 220), 0.12), lawn, GRASS)
    paint = chosen(rng, ((240, 236, 226), (176, 128, 92), (132, 156, 170)))
    for x in np.arange(rng.uniform(-8, 0), SIZE + 8, 10):
        post = [
            [x, s.horizon + 14],
            [x, s.horizon - 12],
            [x + 3, s.horizon - 16],
            [x + 6, s.horizon - 12],
            [x + 6, s.horizon + 14],
        ]
        canvas.shape(np.array(post), paint, WOOD)
    for y in (s.horizon - 5, s.horizon + 6):
        canvas.line(np.array([[-2, y], [SIZE + 2, y]]), 2.6, mix(paint, (60, 50, 60), 0.18), WOOD)
    bloom = chosen(rng, ((232, 104, 120), (250, 190, 90), (190, 132, 214)))
    for x in rng.uniform(0, SIZE, 22):
        flower(canvas, rng, x, s.horizon + rng.uniform(14, 22), rng.uniform(1.6, 2.4), bloom)


def rocky_hills(canvas: Canvas, s: Setting, rng: np.random.Generator) -> None:
    mountain_range(canvas, s, rng, snowy=False)
    soil = chosen(rng, ((178, 158, 122), (164, 150, 130), (156, 152, 108)))
    far_hills(canvas, s, rng, soil, ROCK)
    rolling_ground(canvas, s, rng, s.hazy(soil, 0.3), soil, SAND)
    stone = chosen(rng, ((142, 136, 132), (160, 140, 122), (128, 130, 136)))
    for y in np.sort(rng.uniform(s.horizon + 4, s.horizon + 46, 8)):
        wide = 4 + (y - s.horizon) * 0.36 * rng.uniform(0.6, 1.4)
        rock(
            canvas,
            rng,
            rng.uniform(0, SIZE),
            y,
            wide,
            wide * rng.uniform(0.6, 0.9),
            varied(rng, stone, 7),
        )
    blades(canvas, s, rng, mix(soil, (150, 160, 90), 0.5), 14)


def room(canvas: Canvas, s: Setting, rng: np.random.Generator) -> None:
    wall = chosen(
        rng, ((232, 214, 190), (198, 212, 206), (226, 200, 190), (206, 206, 222), (240, 232, 214))
    )
    floor_y = s.horizon + 18
    canvas.fade(mix(wall, (255, 255, 255), 0.12), wall, 0, floor_y + 2, WALL)
    wood = chosen(rng, ((186, 138, 96), (164, 118, 84), (206, 166, 122)))
    canvas.fade(mix(wood, (60, 40, 40), 0.15), wood, floor_y, SIZE, WOOD)
    for board in np.arange(-180, SIZE + 190, 30):
        canvas.line(
            np.array([[96 + (board - 96) * 0.6, floor_y], [96 + (board - 96) * 1.5, SIZE]]),
            0.8,
            mix(wood, (60, 40, 40), 0.3),
            WOOD,
        )
    canvas.line(np.array([[0, floor_y], [SIZE, floor_y]]), 4, mix(wall, (255, 255, 255), 0.5), WALL)
    x, y = rng.uniform(14, 112), rng.uniform(10, 24)
    pane, bar = SKIES[s.light][0], mix(wall, (255, 255, 255), 0.7)
    canvas.shape(np.array([[x, y], [x + 62, y], [x + 62, y + 58], [x, y + 58]]), bar, WALL)
    for dx in (4, 33):
        glass = np.array(
            [[x + dx, y + 4], [x + dx + 25, y + 4], [x + dx + 25, y + 54], [x + dx, y + 54]]
        )
        canvas.shape(glass, mix(*pane, 0.4), SKY)
        canvas.shape(
            np.concatenate(
                [
                    [glass[3]],
                    smooth([glass[3] - (0, 14), glass[3] + (12, -20), glass[2] - (0, 12)], False),
                    [glass[2]],
                ]
            ),
            (122, 164, 110),
            LEAF,
        )
    drape = chosen(rng, ((206, 120, 104), (104, 142, 156), (222, 178, 104)))
    for left, right in ((x - 9.0, x + 7.0), (x + 55.0, x + 71.0)):
        canvas.shape(
            np.array([[left, y - 4], [right, y - 4], [right - 2, y + 66], [left + 1, y + 66]]),
            drape,
            WALL,
        )
    side = 178.0 if x < 62 else 16.0
    pot = np.array(
        [
            [side - 9, floor_y - 8],
            [side + 9, floor_y - 8],
            [side + 6, floor_y + 12],
            [side - 6, floor_y + 12],
        ]
    )
    for angle in np.linspace(-1.1, 1.1, 7):
        leaf = [
            [side, floor_y - 8, 1.5],
            [side + np.sin(angle) * 14, floor_y - 26, 4.5],
            [side + np.sin(angle) * 26, floor_y - 30 - 14 * np.cos(angle), 1],
        ]
        canvas.limb(leaf, varied(rng, (88, 140, 92), 10), LEAF)
    canvas.shape(pot, (196, 112, 82), WALL)
    rug = chosen(rng, ((176, 92, 88), (92, 124, 150), (214, 178, 120)))
    canvas.oval(96, s.ground + 1, 88, 21, rug, WALL)
    canvas.oval(96, s.ground + 1, 78, 17, mix(rug, (255, 244, 224), 0.35), WALL)
    canvas.oval(96, s.ground + 1, 72, 15, rug, WALL)
