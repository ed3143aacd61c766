"""Pictures as people should see them, and where their superpixels lie."""

import base64
import io
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lime_engine.subjects import ImageSubject
from ui.figures.outlines import Bytes

MOST_PX = 768  # longest side of what is sent to a browser
TINY_PX = 64  # pictures up to this size are shown as squares, one a pixel
_DIM = 64  # a picture of numbers up to 255 is at least this bright somewhere
_CHECKER = (255, 226)  # behind transparent pixels


def displayed(
    pixels: NDArray[Any], longest_px: int | None = None, *, like: NDArray[Any] | None = None
) -> Bytes:
    """An image of any type and range as bytes to look at.

    Bytes, floats between 0 and 1, and numbers up to 255 are shown as they are meant; of any other
    range (digits from 0 to 16, 16-bit scans, standardised values) the largest becomes white and
    zero, or the least if there are negative values, black. Transparent pixels show a pale checker.

    Parameters
    ----------
    pixels : array of shape (h, w), (h, w, 1), (h, w, 3) or (h, w, 4)
        Grey, RGB or RGBA.
    longest_px : int, optional
        Longest side of the result: larger pictures are shrunk to it, tiny ones enlarged to squares
        of whole pixels that reach about as far. By default the size is kept.
    like : array, optional
        The image whose range counts, for perturbed copies: by default `pixels`.

    Returns
    -------
    uint8 array of shape (height, width, 3)

    Raises
    ------
    ValueError
        If it has any other shape, or no pixels.
    """
    image = _with_channels(pixels)
    low, high = _range(_with_channels(pixels if like is None else like)[..., :3])
    rgb = _as_bytes(image[..., :3], low, high)
    if rgb.shape[2] == 1:
        rgb = np.repeat(rgb, 3, axis=2)
    if image.shape[2] == 4:
        rgb = _on_checker(rgb, image[..., 3])
    if longest_px is None:
        return rgb
    return resized(rgb, *canvas(rgb.shape[0], rgb.shape[1], longest_px))


def canvas(height: int, width: int, longest_px: int = MOST_PX) -> tuple[int, int]:
    """Height and width at which a picture is drawn, its longest side (about) `longest_px`.

    Only tiny pictures (whole squares a pixel) and large ones change their size.
    """
    side = max(height, width)
    if side <= TINY_PX:
        times = max(1, longest_px // side)
        return height * times, width * times
    share = min(1.0, longest_px / side)
    return max(1, round(height * share)), max(1, round(width * share))


def _with_channels(pixels: NDArray[Any]) -> NDArray[Any]:
    image = np.asarray(pixels)
    image = image[..., None] if image.ndim == 2 else image
    if image.ndim != 3 or image.shape[2] not in (1, 3, 4) or image.size == 0:
        raise ValueError(
            f"The image has the shape {np.shape(pixels)}. Pass (height, width), or (height, width, "
            "channels) with 1 (grey), 3 (RGB) or 4 (RGBA) channels."
        )
    return image


def _range(values: NDArray[Any]) -> tuple[float, float]:
    """What is black and what is white."""
    if values.dtype == np.uint8:
        return 0.0, 255.0
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        values = values[np.isfinite(values)]
    if values.size == 0:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if low >= 0 and values.dtype.kind == "f" and high <= 1:
        return 0.0, 1.0
    if low >= 0 and _DIM <= high <= 255:
        return 0.0, 255.0
    return min(low, 0.0), high


def _as_bytes(values: NDArray[Any], low: float, high: float) -> Bytes:
    if values.dtype == np.uint8 and (low, high) == (0.0, 255.0):
        return np.asarray(values)
    share = (values.astype(np.float64) - low) / (high - low if high > low else 1.0)
    share = np.nan_to_num(share, nan=0.0, posinf=1.0, neginf=0.0)
    return np.asarray(np.rint(np.clip(share, 0, 1) * 255), dtype=np.uint8)


def _on_checker(rgb: Bytes, alpha: NDArray[Any]) -> Bytes:
    most = float(alpha.max())
    wide = alpha.dtype.kind in "ui" and most > 255
    full = np.iinfo(alpha.dtype).max if wide else 255 if alpha.dtype == np.uint8 or most > 1 else 1
    share = np.clip(alpha[..., None] / full, 0, 1)
    rows, columns = (np.arange(n) // max(1, max(rgb.shape) // 32) for n in rgb.shape[:2])
    squares = np.array(_CHECKER)[(rows[:, None] + columns) % 2]
    return np.asarray(np.rint(rgb * share + squares[..., None] * (1 - share)), dtype=np.uint8)


def resized(rgb: Bytes, height: int, width: int) -> Bytes:
    """Whole squares for tiny pictures, smooth otherwise."""
    from PIL import Image

    if rgb.shape[:2] == (height, width):
        return rgb
    tiny = max(rgb.shape[:2]) <= TINY_PX
    how = Image.Resampling.NEAREST if tiny else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(rgb).resize((width, height), how, reducing_gap=2.0))


def is_smooth(subject: ImageSubject) -> bool:
    """Whether this is a picture rather than a few squares, each a pixel."""
    return bool(max(subject.segments.shape) > TINY_PX)


def data_uri(picture: Bytes, kind: Literal["photograph", "overlay"]) -> str:
    """A picture as ``data:`` URI: JPEG for photographs, PNG for what has few colours or alpha."""
    from PIL import Image

    buffer = io.BytesIO()
    few = _few_colours(picture)
    if few is not None:
        numbers, colours = few
        image = Image.frombytes("P", numbers.shape[::-1], numbers.tobytes())
        image.putpalette(np.ascontiguousarray(colours[:, :3]).tobytes())
        clear = {"transparency": colours[:, 3].tobytes()} if picture.shape[2] == 4 else {}
        image.save(buffer, "PNG", compress_level=4, **clear)
        form = "png"
    elif kind == "photograph" and picture.shape[2] == 3:
        Image.fromarray(picture).save(buffer, "JPEG", quality=85)
        form = "jpeg"
    else:
        Image.fromarray(picture).save(buffer, "PNG", compress_level=3)
        form = "png"
    return f"data:image/{form};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _few_colours(picture: Bytes) -> tuple[Bytes, Bytes] | None:
    """The number of each pixel's colour and the colours, (n, 4), if there are at most 256."""
    if picture.shape[2] == 3:
        sample = picture[:: max(1, len(picture) // 8)].reshape(-1, 3).astype(np.uint32)
        if len(np.unique(sample @ np.array([1, 256, 65536], dtype=np.uint32))) > 256:
            return None  # a photograph: no need to look at all of it
        picture = np.dstack([picture, np.full(picture.shape[:2], 255, dtype=np.uint8)])
    packed = np.ascontiguousarray(picture).view(np.uint32)[..., 0]
    for odd in (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35):
        # Each colour into a slot of its own: much faster than sorting all pixels.
        slot = (packed * np.uint32(odd)) >> np.uint32(18)
        slots = np.zeros(1 << 14, dtype=np.uint32)
        slots[slot] = packed
        if np.array_equal(slots[slot], packed):
            used = np.zeros(1 << 14, dtype=bool)
            used[slot] = True
            if used.sum() > 256:
                return None
            number = np.cumsum(used) - 1
            return number.astype(np.uint8)[slot], slots[used].view(np.uint8).reshape(-1, 4)
    return None


class Place(NamedTuple):
    """Where a superpixel lies, in words and as its middle, and its share of the picture's area."""

    words: str
    x: float  # 0 left to 1 right
    y: float  # 0 top to 1 bottom
    share: float


_WORDS = (
    ("upper left", "top", "upper right"),
    ("left", "centre", "right"),
    ("lower left", "bottom", "lower right"),
)
_LONG = 0.21  # standard deviation, in widths, of what runs along most of an edge (all of it: .29)


@lru_cache(maxsize=4)  # asked for several times in one run of a page
def superpixel_places(subject: ImageSubject) -> tuple[Place, ...]:
    """Where each superpixel lies: "upper left", "centre", "along the bottom", "all over"."""
    height, width = subject.segments.shape
    ids = subject.segments.ravel()
    sizes = np.bincount(ids)

    def middle_and_spread(at: NDArray[np.float64]) -> tuple[Any, Any]:
        mean = np.bincount(ids, at) / sizes
        return mean, np.sqrt(np.maximum(np.bincount(ids, at**2) / sizes - mean**2, 0))

    rows = np.repeat((np.arange(height) + 0.5) / height, width)
    columns = np.tile((np.arange(width) + 0.5) / width, height)
    (y, tall), (x, wide) = middle_and_spread(rows), middle_and_spread(columns)
    places = []
    for i in range(len(sizes)):
        words = _WORDS[min(2, int(3 * y[i]))][min(2, int(3 * x[i]))]
        if wide[i] > _LONG and tall[i] > _LONG:
            words = "all over"
        elif (words in ("top", "bottom") and wide[i] > _LONG) or (
            words in ("left", "right") and tall[i] > _LONG
        ):
            words = f"along the {words}"
        places.append(Place(words, float(x[i]), float(y[i]), float(sizes[i] / len(ids))))
    return tuple(places)


def region_names(subject: ImageSubject, numbers: Mapping[int, int] | None = None) -> list[str]:
    """A name for each superpixel that says where to look: "region 12, upper left".

    Those with one of the `numbers` that stand in the picture are called by it: "1: lower left".
    """
    called = {i: f"{number}: " for i, number in (numbers or {}).items()}
    return [
        called.get(i, f"{label}, ") + place.words
        for i, (label, place) in enumerate(
            zip(subject.labels, superpixel_places(subject), strict=True)
        )
    ]
