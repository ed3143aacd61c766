"""What an explanation paints over a picture: tints, outlines, hatching."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine.subjects import ImageSubject
from ui.figures import palette
from ui.figures.linked import telling
from ui.figures.outlines import Bytes, bands, dashes, resized_segments
from ui.figures.pixels import MOST_PX, canvas, displayed, is_smooth, resized

_STRONGEST, _FAINTEST = 0.62, 0.14  # how much of the picture a tint covers
_VEIL = {False: (150, 154, 160), True: (84, 88, 94)}  # over what is off; by darkness of the page
_LINE = 5  # width of an outline in pixels, with the white beside it
_DASH = 26  # length of a dash and its gap
_MEASURED_PX = 96  # longest side of the picture whose colours are measured
JUST_VISIBLE = 2.3  # between two colours, in units of CIELAB
SWALLOWED = 2.0  # contrast of tints below which the picture's own colours swallow them


class _Paint:
    """An overlay in the making: a number for each pixel, and a colour for each number."""

    def __init__(
        self, segments: NDArray[Any], n_segments: int, colours: Mapping[int, tuple[int, ...]]
    ) -> None:
        # The colour of the other superpixels is number 0, nothing.
        self.colours: list[tuple[int, ...]] = [(0, 0, 0, 0), *colours.values()]
        numbers = np.zeros(n_segments, dtype=np.uint16)
        numbers[list(colours)] = np.arange(1, len(colours) + 1)
        self.pixels = numbers[segments]

    def put(self, where: NDArray[np.bool_], colour: tuple[int, ...]) -> None:
        self.colours.append(colour)
        np.putmask(self.pixels, where, len(self.colours) - 1)

    def rgba(self) -> Bytes:
        packed = np.array(self.colours, dtype=np.uint8).view(np.uint32)[:, 0]
        return np.asarray(packed[self.pixels].view(np.uint8).reshape(*self.pixels.shape, 4))


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _painted(
    subject: ImageSubject,
    weights: Mapping[int, float],
    tints: Mapping[int, tuple[int, ...]],
    off: Collection[int],
    dark: bool,
    size: tuple[int, int],
) -> Bytes:
    """Tints and outlines, (height, width, 4)."""
    segments = segments_at(subject, size)
    gone = {i for i in off if 0 <= i < subject.n_components}
    lit = counting(weights, off)
    paint = _Paint(
        segments, subject.n_components, {**tints, **dict.fromkeys(gone, (*_VEIL[dark], 214))}
    )
    chosen = np.zeros(subject.n_components, dtype=np.uint8)
    chosen[list(gone)] = 3
    for i, weight in lit.items():
        chosen[i] = 1 if weight > 0 else 2
    kind = chosen[segments]
    before, after, rings = bands(segments, kind, _LINE)
    if gone:
        diagonal = np.add.outer(*(np.arange(n, dtype=np.int16) for n in size)) % 14 < 4
        paint.put((kind == 3) & diagonal, (*(c + 66 for c in _VEIL[dark]), 235))
    # A light line beside a dark one shows on any picture.
    paint.put(after, (255, 255, 255, 96))
    paint.put(before, (0, 0, 0, 72))
    paint.put(rings > 0, (255, 255, 255, 225))
    core = (rings > 1) & (rings < _LINE)
    paint.put(core & (kind == 1), (*_rgb(palette.POSITIVE), 255))
    if any(weight < 0 for weight in lit.values()):
        negative = [i for i, weight in lit.items() if weight < 0]
        dashed = dashes(subject.segments, segments, negative, _DASH, 2 * _LINE, is_smooth(subject))
        paint.put(core & (kind == 2) & dashed, (*_rgb(palette.NEGATIVE), 255))
    return paint.rgba()


def counting(weights: Mapping[int, float], off: Collection[int]) -> dict[int, float]:
    """The weights that tell something, of superpixels that are on."""
    return {i: w for i, w in telling(weights).items() if i not in off}


def tinted(
    subject: ImageSubject,
    weights: Mapping[int, float],
    *,
    scale: float,
    off: Collection[int] = (),
    dark: bool = False,
    longest_px: int = MOST_PX,
) -> Bytes:
    """What lies over the picture: superpixels tinted by weight, and outlines.

    Orange with a solid outline speaks for the answer, purple with a dashed one against it; the
    tint is as strong as ``|weight| / scale``. Superpixels that are off are hatched grey; the
    others keep their colours between fine lines.

    Returns
    -------
    uint8 array of shape (height, width, 4)
        Of the size that `canvas` says.
    """
    tints = {i: tint_of(weight, scale) for i, weight in counting(weights, off).items()}
    size = overlay_size(subject, longest_px)
    return _painted(subject, weights, tints, off, dark, size)


def tint_of(weight: float, scale: float) -> tuple[int, int, int, int]:
    """The colour over a superpixel, and how much of it, from 0 to 255."""
    share = min(1.0, abs(weight) / scale) if scale > 0 else 1.0
    alpha = round(255 * (_FAINTEST + (_STRONGEST - _FAINTEST) * share))
    return (*_rgb(palette.POSITIVE if weight > 0 else palette.NEGATIVE), alpha)


def tint_contrast(subject: ImageSubject, weights: Mapping[int, float], scale: float) -> float:
    """How far the tints lie from the picture's own colours, in spreads of those.

    In the plane of hue and chroma (a* and b* of CIELAB): by how much a tint moves the pixels that
    it covers, the mean over all that are tinted, against the root mean square distance of the
    picture's pixels from their own mean. Grey pictures have no spread but a just visible one.
    Infinite where nothing is tinted.
    """
    from skimage.color import rgb2lab

    picture = displayed(subject.pixels)
    height, width = picture.shape[:2]
    size = canvas(height, width, _MEASURED_PX)
    rgb, segments = resized(picture, *size) / 255, segments_at(subject, size)
    tints = np.zeros((subject.n_components, 4))
    for i, weight in counting(weights, ()).items():
        tints[i] = np.array(tint_of(weight, scale)) / 255
    covers = tints[segments]
    tinted_ones = covers[..., 3] > 0
    if not tinted_ones.any():
        return float("inf")
    alpha = covers[..., 3:]
    own, after = (rgb2lab(c)[..., 1:] for c in (rgb, (1 - alpha) * rgb + alpha * covers[..., :3]))
    moved = np.linalg.norm(after - own, axis=-1)[tinted_ones].mean()
    spread = np.sqrt(((own - own.mean(axis=(0, 1))) ** 2).sum(axis=-1).mean())
    return float(moved / max(spread, JUST_VISIBLE))


def only_what_counts(
    subject: ImageSubject,
    weights: Mapping[int, float],
    *,
    off: Collection[int] = (),
    dark: bool = False,
    longest_px: int = MOST_PX,
) -> Bytes:
    """The superpixels that count in their own colours, the rest grey and faded.

    Those that speak for the answer have a solid outline, those against it a dashed one: both
    count. What is off is hatched grey.

    Returns
    -------
    uint8 array of shape (height, width, 3)
        Of the size that `canvas` says.
    """
    from PIL import Image

    size = overlay_size(subject, longest_px)
    picture = Image.fromarray(resized(displayed(subject.pixels), *size))
    counts = np.zeros(subject.n_components, dtype=np.uint8)
    counts[list(counting(weights, off))] = 255
    mask = Image.fromarray(counts[segments_at(subject, size)])
    # Grey of the same brightness, with little contrast, on the dark or the pale side.
    faded = picture.convert("L").point([c // 4 + (44 if dark else 172) for c in range(256)])
    shown = Image.composite(picture, faded.convert("RGB"), mask)
    over = Image.fromarray(_painted(subject, weights, {}, off, dark, size))
    shown.paste(over, mask=over)
    return np.asarray(shown)


def overlay_size(subject: ImageSubject, longest_px: int) -> tuple[int, int]:
    """Height and width of an overlay: also enlarges middling pictures, so that lines are fine."""
    height, width = subject.segments.shape
    if not is_smooth(subject):
        return canvas(height, width, longest_px)
    share = longest_px / max(height, width)
    return max(1, round(height * share)), max(1, round(width * share))


def segments_at(subject: ImageSubject, size: tuple[int, int]) -> NDArray[Any]:
    """The ids of the superpixels at the size of a drawing."""
    return resized_segments(subject.segments, *size, is_smooth(subject))
