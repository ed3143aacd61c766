"""A small drawing kit: smooth outlines on a canvas that remembers what each spot is made of.

Points are float arrays (n, 2) of x and y in picture pixels (0..SIZE, y downwards). Shapes are
drawn `SCALE` times larger and averaged down, which is what makes their edges clean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageChops, ImageDraw

SIZE = 192
SCALE = 3

Points = NDArray[np.float64]
Picture = NDArray[np.float32]
Colour = tuple[int, int, int]

# What a spot is made of; the texture laid over a picture depends on it.
NOTHING, SKY, SNOW, GRASS, SAND, WATER, WOOD, LEAF, ROCK, WALL = range(10)
FUR, FAR_FUR, TAIL, HEAD = range(10, 14)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """The colour `share` of the way from `a` to `b`."""
    red, green, blue = (round(p + (q - p) * share) for p, q in zip(a, b, strict=True))
    return red, green, blue


def varied(rng: np.random.Generator, colour: Colour, spread: float = 8.0) -> Colour:
    """`colour`, a little lighter or darker, warmer or cooler."""
    light, warm = rng.normal(0.0, spread), rng.normal(0.0, spread / 2)
    red, green, blue = colour
    return _level(red + light + warm), _level(green + light), _level(blue + light - warm)


def _level(value: float) -> int:
    return min(255, max(0, round(value)))


def chosen(rng: np.random.Generator, options: Sequence[Colour]) -> Colour:
    """One of the colours, slightly varied."""
    return varied(rng, options[int(rng.integers(len(options)))], 5.0)


@lru_cache(maxsize=4)
def _basis(steps: int) -> NDArray[np.float64]:
    t = np.linspace(0.0, 1.0, steps, endpoint=False)
    return 0.5 * np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2], 1
    )


def smooth(points: ArrayLike, closed: bool = True, steps: int = 6) -> Points:
    """A curve through `points` (Catmull-Rom), `steps` points for each piece.

    Any number of columns is carried along, so a width can travel with its point.
    """
    p = np.asarray(points, np.float64)
    ends = (p[-1:], p[:2]) if closed else (p[:1], p[-1:])
    padded = np.concatenate([ends[0], p, ends[1]])
    windows = np.stack([padded[i : len(padded) - 3 + i] for i in range(4)], axis=1)
    curve = np.einsum("sk,nkc->nsc", _basis(steps), windows).reshape(-1, p.shape[1])
    return curve if closed else np.concatenate([curve, p[-1:]])


def ragged(
    rng: np.random.Generator, line: Points, depth: float, spacing: float, lean: float = 0.5
) -> Points:
    """The open line with tufts like the edge of a coat: spikes of up to `depth`.

    With y upwards they stand on the right of someone walking along the line (with y downwards,
    on the left), and lean forwards by `lean`.
    """
    gaps = line[1:] - line[:-1]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(gaps[:, 0], gaps[:, 1]))])
    count = max(2, 2 * round(along[-1] / spacing / 2) + 1)
    where = np.linspace(0.0, along[-1], count)
    even = np.stack([np.interp(where, along, line[:, axis]) for axis in (0, 1)], axis=1)
    ahead = tangents(even)
    out = rng.uniform(0.5, 1.0, (count, 1)) * depth
    out[::2] = 0.0
    out[-1] = 0.0
    result: Points = even + (ahead[:, ::-1] * (1, -1) + lean * ahead) * out
    return result


def tangents(line: Points) -> Points:
    """Unit vectors along the line, one for each of its points."""
    ahead = np.empty_like(line)
    ahead[1:-1] = line[2:] - line[:-2]
    ahead[0], ahead[-1] = line[1] - line[0], line[-1] - line[-2]
    ahead /= np.hypot(ahead[:, 0], ahead[:, 1])[:, None] + 1e-9
    return ahead


def field(rng: np.random.Generator, across: int, down: int) -> Picture:
    """A smooth random field (SIZE, SIZE), about standard normal, with so many bumps each way."""
    grid = rng.standard_normal((down + 1, across + 1)).astype(np.float32)
    image = Image.fromarray(grid).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    return np.asarray(image) * np.float32(1.3)


@dataclass(frozen=True, slots=True)
class Layer:
    """A canvas averaged down: premultiplied `rgb` (SIZE, SIZE, 3), `cover` 0..1, `made_of`."""

    rgb: Picture
    cover: Picture
    made_of: NDArray[np.uint8]

    def over(self, below: Picture) -> Picture:
        """This layer laid on a picture."""
        result: Picture = self.rgb + below * (1.0 - self.cover[..., None])
        return result


class Canvas:
    """An image of four bands: red, green, blue and the material, drawn in one stroke."""

    def __init__(self) -> None:
        self.image = Image.new("RGBX", (SIZE * SCALE, SIZE * SCALE), (0, 0, 0, NOTHING))
        self._pen = ImageDraw.Draw(self.image)

    def shape(self, points: Points, colour: Colour, made_of: int) -> None:
        """A filled polygon."""
        self._pen.polygon((points * SCALE).ravel().tolist(), fill=(*colour, made_of))

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour, made_of: int) -> None:
        """A filled ellipse around (x, y)."""
        box = ((x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE)
        self._pen.ellipse(box, fill=(*colour, made_of))

    def line(self, points: Points, width: float, colour: Colour, made_of: int) -> None:
        """An open line of one width."""
        thick = max(1, round(width * SCALE))
        self._pen.line((points * SCALE).ravel().tolist(), fill=(*colour, made_of), width=thick)

    def limb(self, spine: ArrayLike, colour: Colour, made_of: int) -> None:
        """A rounded limb along `spine` (n, 3): x, y and half the width there."""
        p = smooth(spine, closed=False, steps=3) * SCALE
        middle, r = p[:, :2], p[:, 2:]
        across = tangents(middle)[:, ::-1] * (-1, 1) * r
        left, right = middle - across, middle + across
        for quad in np.concatenate([left[:-1], left[1:], right[1:], right[:-1]], axis=1).tolist():
            self._pen.polygon(quad, fill=(*colour, made_of))
        for disc in np.concatenate([middle - r, middle + r], axis=1).tolist():
            self._pen.ellipse(disc, fill=(*colour, made_of))

    def within(self, made_of: int, points: Points, colour: Colour) -> None:
        """A polygon that is seen only where the topmost thing is made of this."""
        at = points * SCALE
        low = np.clip(at.min(axis=0), 0, SIZE * SCALE - 1).astype(int)
        high = np.clip(at.max(axis=0) + 2, low + 1, SIZE * SCALE).astype(int)
        box = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
        material = self.image.crop(box).getchannel(3)
        clip = material.point([255 * (value == made_of) for value in range(256)])
        stencil = Image.new("L", clip.size)
        ImageDraw.Draw(stencil).polygon((at - low).ravel().tolist(), fill=255)
        self.image.paste((*colour, made_of), box, ImageChops.darker(stencil, clip))

    def fade(self, top: Colour, bottom: Colour, y0: float, y1: float, made_of: int) -> None:
        """A band over the whole width whose colour goes from `top` at y0 to `bottom` at y1."""
        first, last = round(y0 * SCALE), round(y1 * SCALE)
        share = np.linspace(0.0, 1.0, max(1, last - first))[:, None]
        rows = np.asarray(top) * (1 - share) + np.asarray(bottom) * share
        for y, (red, green, blue) in enumerate(rows.round().astype(int).tolist(), first):
            self._pen.line((0, y, SIZE * SCALE, y), fill=(red, green, blue, made_of))

    def layer(self) -> Layer:
        """The canvas at SIZE; a spot's material is the one at its centre."""
        half = SCALE // 2
        rgb = np.asarray(self.image.reduce(SCALE))[..., :3].astype(np.float32)
        material = self.image.getchannel(3)
        drawn = material.point([0] + [255] * 255).reduce(SCALE)
        cover = np.asarray(drawn, np.float32)
        made_of = np.asarray(material)[half::SCALE, half::SCALE].copy()
        return Layer(rgb, cover / np.float32(255), made_of)
