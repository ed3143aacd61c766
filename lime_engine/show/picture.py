"""A picture with the regions that count, as bytes for a page."""

import base64
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine.subjects import ImageSubject, PixelArray

Bytes = NDArray[np.uint8]  # (h, w, 3)
MOST_PX = 640  # of the longer side
_PALE = 0.65  # towards white, of what does not count
_COLOURS = {True: (230, 97, 1), False: (94, 60, 153)}
_DASH = 4  # pixels
_EDGE, _SMALL = 2, 100  # pixels: how wide an outline is, unless the picture is small


def marked(subject: ImageSubject, weights: dict[int, float]) -> Bytes:
    """The picture, pale but for the regions with weights, which have an outline each.

    Orange and solid for positive weights, purple and dashed for negative ones.
    """
    every = -(-max(subject.segments.shape) // MOST_PX)
    pixels = displayed(subject.pixels)[::every, ::every]
    segments = subject.segments[::every, ::every]
    signs = np.zeros(subject.n_components, dtype=int)
    for i, weight in weights.items():
        signs[i] = (weight > 0) - (weight < 0)
    of_pixel = signs[segments]
    pale = (_PALE * 255 + (1 - _PALE) * pixels).astype(np.uint8)
    found = np.where((of_pixel != 0)[..., None], pixels, pale)
    edge = np.zeros(segments.shape, dtype=bool)
    height, width = segments.shape
    for step in range(1, 1 + (_EDGE if min(height, width) > _SMALL else 1)):
        across = segments[:, step:] != segments[:, :-step]
        down = segments[step:] != segments[:-step]
        edge[:, step:] |= across
        edge[:, :-step] |= across
        edge[step:] |= down
        edge[:-step] |= down
    y, x = np.indices((height, width))
    dashes = (x + y) // _DASH % 2 == 0
    found[edge & (of_pixel > 0)] = _COLOURS[True]
    found[edge & (of_pixel < 0) & dashes] = _COLOURS[False]
    return np.ascontiguousarray(found)


def places(subject: ImageSubject, components: Sequence[int]) -> list[tuple[float, float]]:
    """Where each of these regions is, (x, y) from 0 to 1: its pixel next to its middle."""
    height, width = subject.segments.shape
    found = []
    for component in components:
        y, x = np.nonzero(subject.segments == component)
        nearest = np.argmin((y - y.mean()) ** 2 + (x - x.mean()) ** 2)
        found.append(((float(x[nearest]) + 0.5) / width, (float(y[nearest]) + 0.5) / height))
    return found


def displayed(pixels: PixelArray) -> Bytes:
    """Any picture as bytes: 0 to 255 and 0 to 1 as they are, other ranges stretched."""
    colours = pixels[..., None] if pixels.ndim == 2 else pixels
    rgb: Any = np.repeat(colours[..., :1], 3, axis=2) if colours.shape[2] < 3 else colours[..., :3]
    if rgb.dtype == np.uint8:
        return np.asarray(rgb)
    rgb = rgb.astype(float)
    low, high = float(rgb.min()), float(rgb.max())
    if low >= 0 and high <= 255:
        low, high = 0.0, 1.0 if high <= 1 else 255.0
    scaled = (rgb - low) / (high - low) if high > low else np.zeros_like(rgb)
    return np.asarray(np.rint(255 * scaled), dtype=np.uint8)


def data_uri(picture: Bytes) -> str:
    """The picture in an address, as PNG."""
    height, width = picture.shape[:2]
    lines = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # each begins with its filter, none
    lines[:, 1:] = picture.reshape(height, -1)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines.tobytes(), 6)),
        (b"IEND", b""),
    ]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
