"""Pictures of any size and colour -> the network's size and channels, values 0 to 255."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import InputError
from model_adapters.settings import Fit

Pixels = NDArray[np.uint8] | NDArray[np.float32]
_GREY: Final = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as Pillow's "L"
_BARS: Final = 114  # the grey that networks which want a letterbox were trained with
_SLACK: Final = 1e-6  # rounding beyond 0 and 1 that is not a mistake


def checked(images: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
    """The images as one array (n, h, w) or (n, h, w, 1 | 3 | 4), uint8 or float.

    Raises
    ------
    InputError
        If they have another shape or type.
    """
    try:
        array = np.asarray(images)
    except ValueError:
        raise InputError(
            "The pictures have different sizes. Bring them to one size, or ask about one at a time."
        ) from None
    is_stack = array.ndim == 3 or (array.ndim == 4 and array.shape[3] in (1, 3, 4))
    if not is_stack or 0 in array.shape[1:]:
        raise InputError(
            f"Pictures of shape {array.shape} cannot be shown to a network. Give (n, height, "
            "width) or (n, height, width, channels) with 1, 3 or 4 channels."
        )
    if array.dtype != np.uint8 and not np.issubdtype(array.dtype, np.floating):
        raise InputError(
            f"Pictures of type {array.dtype} have no known range. Give uint8 (0 to 255) or "
            "floating point (0 to 1)."
        )
    return array


def fitted(
    images: NDArray[Any], height: int, width: int, channels: int, fit: Fit = "stretch"
) -> Pixels:
    """Pictures as `checked` returns them -> (n, height, width, channels), values 0 to 255.

    uint8 stays uint8, floating point (0 to 1) becomes float32. Transparent pictures are laid on
    white. The whole picture is resized, bilinear with antialias; what has the right size and
    channels already is not touched. In a "letterbox" it keeps its shape, between grey bars.

    Raises
    ------
    InputError
        If floating-point values are outside 0 to 1.
    """
    pixels = images if images.ndim == 4 else images[..., None]
    if pixels.dtype != np.uint8:
        pixels = _from_unit(pixels)
    if pixels.shape[3] == 4:
        pixels = _on_white(pixels)
    if pixels.shape[3] == 3 and channels == 1:
        pixels = _like(pixels, pixels @ _GREY)[..., None]
    if pixels.shape[1:3] != (height, width):
        resized = _resized if fit == "stretch" else _between_bars
        pixels = resized(pixels, height, width)
    if pixels.shape[3] < channels:
        pixels = np.repeat(pixels, channels, axis=3)
    return np.ascontiguousarray(pixels)


def _from_unit(values: NDArray[Any]) -> NDArray[np.float32]:
    low, high = (values.min(), values.max()) if values.size else (0.0, 1.0)
    if not (low >= -_SLACK and high <= 1 + _SLACK):  # also when one is not a number
        raise InputError(
            f"Pictures in floating point have values from {low:.3g} to {high:.3g}; they must be "
            "from 0 to 1. Divide by 255, or give uint8."
        )
    pixels: NDArray[np.float32] = values.astype(np.float32) * np.float32(255)
    return pixels


def _on_white(pixels: NDArray[Any]) -> NDArray[Any]:
    opacity = pixels[..., 3:] / 255.0
    return _like(pixels, 255.0 + (pixels[..., :3] - 255.0) * opacity)


def _like(pixels: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
    """The values in the number type of the pixels, rounded if that is uint8."""
    return (np.rint(values) if pixels.dtype == np.uint8 else values).astype(pixels.dtype)


def _between_bars(pixels: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    scale = min(height / pixels.shape[1], width / pixels.shape[2])
    inner = [max(1, round(scale * size)) for size in pixels.shape[1:3]]
    whole = np.full((len(pixels), height, width, pixels.shape[3]), _BARS, pixels.dtype)
    top, left = (height - inner[0]) // 2, (width - inner[1]) // 2
    whole[:, top : top + inner[0], left : left + inner[1]] = _resized(pixels, *inner)
    return whole


def _resized(pixels: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    from PIL import Image  # here, because most pictures have the right size already

    size = (width, height)
    if pixels.dtype == np.uint8:
        out = np.empty((len(pixels), height, width, pixels.shape[3]), np.uint8)
        for picture, place in zip(pixels, out, strict=True):
            whole = Image.fromarray(picture if picture.shape[2] == 3 else picture[..., 0])
            resized = np.asarray(whole.resize(size, Image.Resampling.BILINEAR))
            place[...] = resized.reshape(place.shape)
        return out
    planes = np.moveaxis(pixels, 3, 1).reshape(-1, *pixels.shape[1:3])
    resized = np.empty((len(planes), height, width), np.float32)
    for plane, place in zip(planes, resized, strict=True):
        place[...] = np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BILINEAR))
    return np.moveaxis(resized.reshape(len(pixels), -1, height, width), 1, 3)
