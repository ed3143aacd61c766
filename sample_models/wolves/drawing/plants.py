"""Things that grow or lie about: trees, bushes, grass, flowers, rocks."""

import numpy as np

from sample_models.wolves.drawing.canvas import (
    GRASS,
    LEAF,
    ROCK,
    SNOW,
    WOOD,
    Canvas,
    Colour,
    Points,
    mix,
    smooth,
    varied,
)

SNOW_LIGHT: Colour = (246, 249, 253)
SNOW_SHADE: Colour = (196, 211, 233)
_BARK: Colour = (104, 80, 64)


def conifer(
    canvas: Canvas,
    rng: np.random.Generator,
    x: float,
    ground: float,
    height: float,
    colour: Colour,
    snowy: bool,
) -> None:
    """A fir in tiers; snowy ones carry snow on every tier."""
    trunk = height * 0.035
    foot = np.array([[x - trunk, ground], [x - trunk, ground - height * 0.2]])
    canvas.shape(
        np.concatenate([foot, foot[::-1] * (-1, 1) + (2 * x, 0)]), mix(_BARK, colour, 0.3), WOOD
    )
    tiers = int(rng.integers(4, 6))
    for tier in range(tiers):
        low = ground - height * (0.1 + 0.72 * tier / tiers)
        top = max(low - height * (0.42 - 0.03 * tier), ground - height)
        half = height * 0.25 * (1 - 0.8 * tier / tiers) * rng.uniform(0.92, 1.08)
        tone = mix(colour, (255, 255, 255), 0.05 * tier)
        canvas.shape(_skirt(rng, x, top, low, half, 7), tone, LEAF)
        shade = np.array([[x, top], [x + half, low], [x + half * 0.15, low + half * 0.12]])
        canvas.shape(shade, mix(tone, (24, 34, 60), 0.2), LEAF)
        if snowy:
            share = rng.uniform(0.45, 0.68)
            cap = _skirt(
                rng, x - half * 0.05, top - 0.5, top + (low - top) * share, half * share, 7
            )
            canvas.shape(cap, mix(SNOW_LIGHT, SNOW_SHADE, 0.2), SNOW)


def _skirt(
    rng: np.random.Generator, x: float, top: float, low: float, half: float, points: int
) -> Points:
    """A triangle with a hem of teeth."""
    spots = np.linspace(1.0, -1.0, points)
    hem = low + half * (0.18 - 0.12 * np.abs(spots) + rng.uniform(-0.07, 0.07, points))
    hem[1::2] -= half * 0.24
    return np.concatenate([[[x, top]], np.stack([x + spots * half, hem], axis=1)])


def leafy_tree(
    canvas: Canvas, rng: np.random.Generator, x: float, ground: float, height: float, colour: Colour
) -> None:
    """A trunk and a crown of round clumps, lighter towards the light."""
    wide = height * 0.045
    bole = [
        [x, ground + 1, wide],
        [x + rng.normal(0, 1), ground - height * 0.3, wide * 0.8],
        [x, ground - height * 0.6, wide * 0.4],
    ]
    canvas.limb(bole, varied(rng, _BARK), WOOD)
    for layer, tone in enumerate(
        (mix(colour, (30, 34, 56), 0.28), colour, mix(colour, (255, 246, 190), 0.22))
    ):
        for _ in range(7 - layer):
            spread = 0.2 - 0.035 * layer
            cx = x + rng.normal(0.0, spread * 0.75) * height - layer * height * 0.025
            cy = ground - height * (0.66 + rng.uniform(-0.16, 0.16) + 0.04 * layer)
            r = height * rng.uniform(0.1, 0.16) * (1 - 0.22 * layer)
            canvas.oval(cx, cy, r, r * 0.92, tone, LEAF)


def birch(canvas: Canvas, rng: np.random.Generator, x: float, ground: float, wide: float) -> None:
    """A pale trunk that leaves the picture at the top."""
    lean = rng.normal(0.0, 5.0)
    trunk = np.array(
        [
            [x - wide, ground],
            [x - wide * 0.75 + lean, -4],
            [x + wide * 0.75 + lean, -4],
            [x + wide, ground],
        ]
    )
    canvas.shape(trunk, (226, 224, 216), WOOD)
    canvas.shape(
        trunk[[3, 2, 2, 3]] + ((0, 0), (0, 0), (-wide * 0.6, 0), (-wide * 0.8, 0)),
        (190, 188, 186),
        WOOD,
    )
    for y in np.arange(4, ground - 4, 9) + rng.uniform(-3, 3):
        at = x + lean * (1 - y / ground) + rng.choice((-1, 1)) * wide * 0.45
        canvas.oval(
            at, y + rng.uniform(-3, 3), wide * rng.uniform(0.25, 0.5), 0.8, (74, 70, 72), WOOD
        )


def bush(
    canvas: Canvas, rng: np.random.Generator, x: float, ground: float, wide: float, colour: Colour
) -> None:
    """A low round bush."""
    dark, light = mix(colour, (26, 30, 52), 0.3), mix(colour, (255, 246, 190), 0.2)
    for tone, lift, share in ((dark, 0.1, 1.0), (colour, 0.34, 0.82), (light, 0.58, 0.5)):
        for spot in np.linspace(-0.72, 0.72, 5) * share:
            r = wide * rng.uniform(0.28, 0.38) * (0.55 + 0.45 * share)
            y = ground - r * 0.8 - lift * wide * (1.15 - abs(spot))
            canvas.oval(x + spot * wide, y, r, r * 0.95, tone, LEAF)
    tuft(canvas, rng, x, ground + 1, wide * 1.6, wide * 0.16, mix(colour, (30, 34, 40), 0.25), 12)


def tuft(
    canvas: Canvas,
    rng: np.random.Generator,
    x: float,
    ground: float,
    wide: float,
    tall: float,
    colour: Colour,
    count: int = 7,
) -> None:
    """Blades of grass that fan out."""
    for spot in np.linspace(-0.5, 0.5, count):
        foot = x + spot * wide * 0.6
        tip = np.array(
            [x + spot * wide + rng.normal(0, 1.0), ground - tall * rng.uniform(0.6, 1.0)]
        )
        blade = np.array([[foot - 0.9, ground], tip, [foot + 0.9, ground]])
        canvas.shape(blade, varied(rng, colour, 9.0), GRASS)


def flower(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, colour: Colour
) -> None:
    """A stem and a small bloom."""
    canvas.line(
        np.array([[x, y], [x + rng.normal(0, 0.6), y - size * 2.2]]), 0.7, (76, 122, 62), GRASS
    )
    for angle in np.arange(5) * 1.2566:
        canvas.oval(
            x + np.cos(angle) * size * 0.55,
            y - size * 2.2 + np.sin(angle) * size * 0.45,
            size * 0.45,
            size * 0.4,
            colour,
            LEAF,
        )
    canvas.oval(x, y - size * 2.2, size * 0.35, size * 0.3, (250, 214, 92), LEAF)


def rock(
    canvas: Canvas,
    rng: np.random.Generator,
    x: float,
    ground: float,
    wide: float,
    tall: float,
    colour: Colour,
    snowy: bool = False,
) -> None:
    """A boulder with a lit and a shaded side; a snowy one wears a cap."""
    angle = np.linspace(np.pi, 0.0, 8)
    bulge = rng.uniform(0.82, 1.06, 8)
    rim = np.stack([x + np.cos(angle) * wide * bulge, ground - np.sin(angle) * tall * bulge], 1)
    whole = np.concatenate([rim, [[x + wide * 0.9, ground + 2], [x - wide * 0.9, ground + 2]]])
    canvas.shape(whole, colour, ROCK)
    ridge = np.array([[x + wide * 0.1, ground - tall * 0.5], [x + wide * 0.3, ground + 2]])
    canvas.shape(
        np.concatenate([rim[4:], [[x + wide * 0.9, ground + 2]], ridge[::-1]]),
        mix(colour, (44, 46, 70), 0.3),
        ROCK,
    )
    canvas.shape(
        np.concatenate([rim[2:5], [(x - wide * 0.1, ground - tall * 0.55)]]),
        mix(colour, (255, 250, 235), 0.25),
        ROCK,
    )
    if snowy:
        cap = np.concatenate([rim - (0, 1.0), np.zeros((7, 2))])
        spots = np.linspace(0.9, -0.9, 7)
        cap[8:, 0] = x + spots * wide
        cap[8:, 1] = ground - tall * (
            0.86 * np.sqrt(1 - spots**2) - rng.uniform(-0.04, 0.14, 7) - 0.1
        )
        cap[[0, 7], 1] = ground - tall * 0.2
        canvas.shape(smooth(cap[1:], steps=4), mix(SNOW_LIGHT, SNOW_SHADE, 0.1), SNOW)


def stem(canvas: Canvas, rng: np.random.Generator, x: float, ground: float, wide: float) -> None:
    """The lower part of a big dark trunk, near the onlooker."""
    bark = varied(rng, (112, 90, 74), 8.0)
    left = np.array(
        [
            [x - wide * 1.5, ground + 3],
            [x - wide * 1.05, ground - 12],
            [x - wide, 60],
            [x - wide * 0.9, -4],
        ]
    )
    outline = np.concatenate(
        [smooth(left, False), smooth(left[::-1] * (-1, 1) + (2 * x, 0), False)]
    )
    canvas.shape(outline, bark, WOOD)
    canvas.shape(
        np.concatenate(
            [outline[len(outline) // 2 :], outline[len(outline) // 2 :][::-1] - (wide * 0.9, 0)]
        ),
        mix(bark, (30, 26, 44), 0.3),
        WOOD,
    )
    for _ in range(9):
        cx, cy = x + rng.uniform(-0.7, 0.7) * wide, rng.uniform(0, ground - 10)
        canvas.line(
            np.array([[cx, cy], [cx + rng.normal(0, 0.5), cy + rng.uniform(6, 16)]]),
            0.9,
            mix(bark, (30, 26, 30), 0.5),
            WOOD,
        )
