"""Texture, volume, shadow, light and weather: what is laid over the flat shapes."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from sample_models.wolves.drawing.canvas import (
    GRASS,
    HEAD,
    LEAF,
    ROCK,
    SAND,
    SIZE,
    SKY,
    SNOW,
    WATER,
    WOOD,
    Layer,
    Picture,
    field,
)
from sample_models.wolves.drawing.land import Light, Setting

# How strongly fine and broad unevenness shows, in grey levels.
_FINE = np.zeros(256, np.float32)
_FINE[[SNOW, GRASS, SAND, WATER, WOOD, LEAF, ROCK]] = (1.6, 4.5, 3.5, 2.5, 3.0, 5.5, 5.0)
_BROAD = np.zeros(256, np.float32)
_BROAD[[SKY, SNOW, GRASS, SAND, WATER, WOOD, LEAF, ROCK]] = (1.5, 4.5, 5, 4, 3, 2, 4, 5)

_FUR = np.full(256, 3.0, np.float32)
_FUR[HEAD] = 1.2

_TINTS: dict[Light, tuple[float, float, float]] = {
    "day": (1.02, 1.01, 0.98),
    "dusk": (1.0, 0.88, 0.86),
    "overcast": (0.95, 0.965, 0.985),
}


def _blurred(cover: Picture, radius: float) -> Picture:
    image = Image.fromarray((cover * 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.float32) / np.float32(255)


def unevenness(rng: np.random.Generator) -> tuple[Picture, Picture]:
    """A fine and a broad random field, for `textured`."""
    return field(rng, 80, 64), field(rng, 11, 18)


def textured(layer: Layer, uneven: tuple[Picture, Picture]) -> Layer:
    """Each material with its own unevenness; snow glitters here and there."""
    fine, broad = uneven
    change = fine * _FINE[layer.made_of] + broad * _BROAD[layer.made_of]
    snow = layer.made_of == SNOW
    change[snow & (fine > 3.3)] += 22.0
    change *= layer.cover
    rgb = layer.rgb + change[..., None]
    rgb[..., 2] -= np.where(snow, 0.6 * np.minimum(change, 0), 0.0)  # hollows in snow are blue
    return Layer(rgb, layer.cover, layer.made_of)


def rounded(animal: Layer, uneven: tuple[Picture, Picture]) -> Layer:
    """The animal lit from above, with fur."""
    soft = _blurred(animal.cover, 5.0)
    down, across = np.gradient(soft, axis=0), np.gradient(soft, axis=1)
    light = 1.0 + np.clip(2.6 * down + 0.9 * across, -0.26, 0.16)
    fur = uneven[0][:, ::-1] * _FUR[animal.made_of] * animal.cover
    return Layer(animal.rgb * light[..., None] + fur[..., None], animal.cover, animal.made_of)


def shadowed(picture: Picture, cover: Picture, ground: float, height: float) -> Picture:
    """The picture with the animal's soft shadow on the ground."""
    feet = np.flatnonzero(cover[round(ground - 0.3 * height) :].max(axis=0) > 0.5)
    if not len(feet):
        return picture
    middle, half = (feet[0] + feet[-1]) / 2, (feet[-1] - feet[0]) / 2 + 6
    y, x = np.ogrid[:SIZE, :SIZE]
    away = ((x - middle) / half) ** 2 + ((y - ground + 1) / (0.075 * height)) ** 2
    dark = 0.5 * np.exp(-(away**2)).astype(np.float32)
    result: Picture = picture * (1 - dark[..., None] * np.array([0.9, 0.82, 0.6], np.float32))
    return result


def weathered(picture: Picture, setting: Setting, rng: np.random.Generator) -> Picture:
    """The picture in its light, in haze, rain or, where there is snow, snowfall."""
    picture = picture * np.array(_TINTS[setting.light], np.float32)
    if setting.place == "room":
        return picture
    weather = rng.random()
    if weather < 0.16:
        y = np.abs(np.arange(SIZE) - setting.horizon)
        veil = (0.08 + 0.26 * np.exp(-((y / 46) ** 2))).astype(np.float32)[:, None, None]
        hazy: Picture = picture + (np.array([226, 226, 226], np.float32) - picture) * veil
        return hazy
    if weather < 0.34:
        return _falling(picture, rng, flakes=setting.snowy)
    return picture


def _falling(picture: Picture, rng: np.random.Generator, flakes: bool) -> Picture:
    veil = Image.new("L", (SIZE * 2, SIZE * 2))
    pen = ImageDraw.Draw(veil)
    if flakes:
        for x, y, r in zip(
            *rng.uniform(0, SIZE * 2, (2, 130)), rng.uniform(1.0, 3.2, 130), strict=True
        ):
            pen.ellipse((x - r, y - r, x + r, y + r), fill=230)
    else:
        for x, y, long in zip(
            *rng.uniform(0, SIZE * 2, (2, 110)), rng.uniform(10, 26, 110), strict=True
        ):
            pen.line((x, y, x - long * 0.25, y + long), fill=120, width=1)
    share = np.asarray(veil.reduce(2), np.float32)[..., None] / np.float32(255)
    grey = picture * np.float32(1.0 if flakes else 0.94)
    result: Picture = grey + (np.array([246, 249, 253], np.float32) - grey) * share
    return result
