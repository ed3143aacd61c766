"""Cutting an image into superpixels, whatever its channels, type and range."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lime_engine.errors import InputError, cut
from lime_engine.subjects import PixelArray, SegmentArray
from lime_engine.types import plain_array

SEGMENTATIONS = ("slic", "quickshift", "felzenszwalb", "grid")
SegmentationFn = Callable[[PixelArray], Any]
_NO_RGB = ("P", "PA", "CMYK", "YCbCr", "HSV", "LAB")  # modes of Pillow: a palette, other colours
_MAX_COMPONENTS = 5000  # more could neither be seen nor told apart


def checked_pixels(pixels: PixelArray) -> PixelArray:
    """The image as an array, if it is one that can be explained.

    One of Pillow whose numbers are no shades of grey, red, green and blue is converted to RGB.

    Raises
    ------
    InputError
        If it is not (h, w), (h, w, 1), (h, w, 3) or (h, w, 4) finite numbers, or is empty.
    """
    try:
        if getattr(pixels, "mode", None) in _NO_RGB:
            pixels = pixels.convert("RGB")  # type: ignore[attr-defined]
        image = plain_array(pixels)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"The image is of type {type(pixels).__name__}, which is not an array of numbers "
            f"({cut(str(error))}). Pass (height, width) or (height, width, channels)."
        ) from error
    if image.dtype.kind not in "uif":
        raise InputError(
            f"The image is an array of {image.dtype}, not of numbers. Pass whole numbers "
            "(uint8: 0 to 255) or floats."
        )
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 3, 4)):
        raise InputError(
            f"The image has the shape {image.shape}. Pass (height, width) for grey, or "
            "(height, width, channels) with 1 (grey), 3 (RGB) or 4 (RGBA) channels, channels last."
        )
    if image.size == 0:
        raise InputError(f"The image is empty: its shape is {image.shape}.")
    if image.dtype.kind == "f" and not np.isfinite(image).all():
        bad = np.argwhere(~np.isfinite(image))
        row, column = bad[0][:2].tolist()
        raise InputError(
            f"The image has {len(bad):,} values that are not finite numbers, the first in row "
            f"{row}, column {column}. Fill them in, or choose another image."
        )
    return image


def superpixels(
    pixels: PixelArray, segmentation: str | SegmentationFn, n_segments: int
) -> SegmentArray:
    """Ids (h, w) of the superpixels, 0..d-1, each used at least once.

    Parameters
    ----------
    pixels : array
        As `checked_pixels` returns it.
    segmentation : {"slic", "quickshift", "felzenszwalb", "grid"} or callable
        A callable gets the pixels as they are and returns whole numbers (h, w), any of them.
    n_segments : int
        About how many superpixels "slic" and "grid" make; the others find their own number.

    Raises
    ------
    InputError
        If a callable returns anything else, or thousands of superpixels result.
    """
    if callable(segmentation):
        returned = segmentation(pixels)
        try:
            found = plain_array(returned)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"The segmentation returned {type(returned).__name__}, which is not an array "
                f"({cut(str(error))}); expected whole numbers with the shape {pixels.shape[:2]}."
            ) from error
        if found.shape != pixels.shape[:2] or found.dtype.kind not in "uib":
            raise InputError(
                f"The segmentation returned an array of {found.dtype} with the shape "
                f"{found.shape}; expected whole numbers with the shape {pixels.shape[:2]}."
            )
    elif segmentation == "grid":
        found = _grid(pixels.shape[0], pixels.shape[1], n_segments)
    else:
        found = _by_colour(as_rgb(pixels), segmentation, n_segments)
    ids, segments = np.unique(found, return_inverse=True)
    if len(ids) > _MAX_COMPONENTS:
        raise InputError(
            f"The image falls into {len(ids):,} superpixels; at most {_MAX_COMPONENTS:,} can be "
            "explained. Use a coarser segmentation or a smaller image."
        )
    return np.asarray(segments.reshape(found.shape), dtype=np.intp)


def _grid(height: int, width: int, n_segments: int) -> SegmentArray:
    """Cells of nearly equal size, as square as the numbers allow, never less than a pixel."""
    short, long = sorted((height, width))
    n_short = min(short, max(1, round((n_segments * short / long) ** 0.5)))
    n_long = min(long, max(1, round(n_segments / n_short)))
    n_rows, n_columns = (n_long, n_short) if height > width else (n_short, n_long)
    rows = np.arange(height) * n_rows // height
    columns = np.arange(width) * n_columns // width
    return np.asarray(rows[:, None] * n_columns + columns)


def _by_colour(rgb: Any, segmentation: str, n_segments: int) -> SegmentArray:
    from skimage import segmentation as skimage_segmentation

    known: Any = skimage_segmentation  # it ships no types
    match segmentation:
        case "slic":
            found = known.slic(rgb, n_segments=n_segments, compactness=10, sigma=1, start_label=0)
        case "quickshift":  # the parameters of `lime`
            found = known.quickshift(rgb, kernel_size=4, max_dist=200, ratio=0.2, rng=0)
        case _:
            least = max(20, rgb[..., 0].size // 500)  # pixels
            found = known.felzenszwalb(rgb, scale=200, sigma=0.8, min_size=least)
    return np.asarray(found)


def as_rgb(pixels: PixelArray) -> Any:
    """Three channels of floats in [0, 1], for the eye of a segmentation only."""
    grey = pixels[..., None] if pixels.ndim == 2 else pixels
    rgb = np.repeat(grey, 3, axis=2) if grey.shape[2] == 1 else grey[..., :3]
    if rgb.dtype == np.uint8:
        return rgb / 255
    rgb = rgb.astype(float)
    low, high = rgb.min(), rgb.max()
    if rgb.dtype.kind == "f" and low >= 0 and high <= 1:
        return rgb
    return (rgb - low) / (high - low) if high > low else np.zeros_like(rgb)
