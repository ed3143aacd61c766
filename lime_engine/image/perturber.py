"""Images: which superpixels can be switched off, and the image without them."""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import InputError, SettingsError
from lime_engine.image.superpixels import (
    SEGMENTATIONS,
    SegmentationFn,
    checked_pixels,
    superpixels,
)
from lime_engine.kernels import cosine_distance, exponential_kernel
from lime_engine.samplers import MaskLaw
from lime_engine.subjects import ImageSubject, PixelArray
from lime_engine.types import Design, MaskArray, plain_array

DEFAULT_KERNEL_WIDTH = 0.25  # for the cosine distance
FILLS = ("mean", "blur")
MAX_BATCH_BYTES = 16_000_000
_BLUR = 0.06  # standard deviation as a share of the image's longer side
_WORD = 8  # bytes that are switched at once


@dataclass(frozen=True, slots=True)
class ImagePerturber:
    """Cuts an image into superpixels and paints some of them over.

    Images are (h, w), (h, w, 1), (h, w, 3) or (h, w, 4), of any number type and range; the model
    gets them in the same type and range. A fourth channel (alpha) is left as it is.

    Parameters
    ----------
    segmentation : {"slic", "quickshift", "felzenszwalb", "grid"} or callable
        See `superpixels.superpixels`. "quickshift" has the parameters of `lime`.
    n_segments : int, at least 1
        About how many superpixels "slic" and "grid" make.
    fill : {"mean", "blur"}, number, or one number a colour channel
        What a superpixel that is off looks like: its mean colour, the image out of focus, or this
        colour (in the image's own range).

    Raises
    ------
    SettingsError
        If a parameter is outside its range.
    """

    segmentation: str | SegmentationFn = "slic"
    n_segments: int = 50
    fill: str | float | tuple[float, ...] = "mean"

    def __post_init__(self) -> None:
        if isinstance(self.segmentation, np.ndarray):
            raise SettingsError(
                f"segmentation is an array of shape {self.segmentation.shape}; pass a function "
                "from pixels to ids, such as lambda pixels: ids."
            )
        if not callable(self.segmentation) and self.segmentation not in SEGMENTATIONS:
            raise SettingsError(
                f"segmentation is {self.segmentation!r}; use one of {', '.join(SEGMENTATIONS)}, or "
                "a function from pixels to ids."
            )
        if isinstance(self.n_segments, bool) or not isinstance(self.n_segments, int | np.integer):
            raise SettingsError(f"n_segments is {self.n_segments!r}; it must be a whole number.")
        if self.n_segments < 1:
            raise SettingsError(f"n_segments is {self.n_segments}; it must be at least 1.")
        object.__setattr__(self, "n_segments", int(self.n_segments))
        object.__setattr__(self, "fill", _checked_fill(self.fill))

    def components(self, instance: PixelArray) -> ImageSubject:
        """The image with its superpixels.

        Raises
        ------
        InputError
            If it is no image of numbers, or painting superpixels over would change nothing.
        """
        pixels = checked_pixels(instance)
        subject = ImageSubject(
            pixels.copy(), superpixels(pixels, self.segmentation, self.n_segments)
        )
        if np.array_equal(self._filled(subject), pixels):
            raise InputError(
                f"Filling superpixels with {self._fill_in_words()} leaves this image as it is "
                f"(its values go from {pixels.min():g} to {pixels.max():g}), so no region can be "
                "switched off. Choose another fill, a coarser segmentation, or another image."
            )
        return subject

    def default_kernel_width(self, subject: ImageSubject) -> float:
        """In cosine distance: 0.25, as `lime` has it."""
        return DEFAULT_KERNEL_WIDTH

    def law(self, subject: ImageSubject, kernel_width: float | None) -> MaskLaw:
        """Each superpixel is off with probability 1/2; exponential kernel of cosine distance."""
        d = subject.n_components
        # Exact for any d: whole numbers divided once, where 2.0**d would overflow.
        sizes = np.array([comb(d, s) / 2**d for s in range(d + 1)])
        width = DEFAULT_KERNEL_WIDTH if kernel_width is None else kernel_width
        kernel = exponential_kernel(cosine_distance(np.arange(d + 1), d), width)
        return MaskLaw(sizes / sizes.sum(), kernel)

    def realiser(self, subject: ImageSubject) -> Callable[[Design], NDArray[Any]]:
        """Paints the image as each of n masks leaves it, (n, h, w, …) like the image itself."""
        pixels = np.ascontiguousarray(subject.pixels)
        switch = _Switch(subject.segments, pixels.nbytes // subject.segments.size)
        shown, hidden = switch.words(pixels), switch.words(self._filled(subject))
        difference = shown ^ hidden

        def realise(design: Design) -> NDArray[Any]:
            written = np.empty((len(design), len(shown)), dtype=np.uint64)
            for row, mask in zip(written, design.masks, strict=True):
                switch.off(mask, out=row)
                row &= difference
                row ^= shown
            flat = written.view(np.uint8)[:, : pixels.nbytes].view(pixels.dtype)
            return flat.reshape(len(design), *pixels.shape)

        return realise

    def max_batch(self, subject: ImageSubject) -> int:
        return max(1, MAX_BATCH_BYTES // subject.pixels.nbytes)

    def _filled(self, subject: ImageSubject) -> NDArray[Any]:
        """The image with everything off."""
        pixels = subject.pixels
        colours = pixels[..., :3] if pixels.ndim == 3 else pixels[..., None]
        if self.fill == "mean":
            filled = _mean_colours(colours, subject)
        elif self.fill == "blur":
            from scipy.ndimage import gaussian_filter

            sigma = max(1.0, _BLUR * max(pixels.shape[:2]))
            filled = gaussian_filter(colours.astype(float), sigma, mode="nearest", axes=(0, 1))
        else:
            filled = np.broadcast_to(self._colour(colours.shape[2]), colours.shape)
        whole = pixels.copy() if pixels.ndim == 3 else pixels[..., None].copy()
        if pixels.dtype.kind in "ui":
            limits = np.iinfo(pixels.dtype)
            filled = np.clip(np.rint(filled), limits.min, limits.max)
        whole[..., : colours.shape[2]] = filled
        return np.ascontiguousarray(whole.reshape(pixels.shape))

    def _colour(self, n_channels: int) -> NDArray[np.float64]:
        colour = np.atleast_1d(np.asarray(self.fill, dtype=float))
        if colour.shape not in ((1,), (n_channels,)) or not np.isfinite(colour).all():
            raise SettingsError(
                f"fill is {self.fill!r}, but the image has {n_channels} colour "
                f"channel{'s' if n_channels > 1 else ''}. Give one finite number, or one a channel."
            )
        return colour

    def _fill_in_words(self) -> str:
        names = {"mean": "their mean colour", "blur": "the blurred image"}
        return names.get(str(self.fill), f"the colour {self.fill}")


def _checked_fill(fill: Any) -> str | float | tuple[float, ...]:
    """A name, a number, or one a channel: numbers as plain ones, from whatever holds them."""
    if isinstance(fill, str) and fill in FILLS:
        return fill
    try:
        numbers = plain_array(fill)
        fits = numbers.ndim < 2 and numbers.size > 0 and numbers.dtype.kind in "uif"
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise SettingsError(
            f"fill is {fill!r}; use one of {', '.join(FILLS)}, a number, or one number a channel."
        )
    plain: float | list[float] = numbers.tolist()
    return tuple(plain) if isinstance(plain, list) else plain


def _mean_colours(colours: NDArray[Any], subject: ImageSubject) -> NDArray[np.float64]:
    """Every pixel has the mean colour of its superpixel, (h, w, channels)."""
    ids = subject.segments.ravel()
    sizes = np.bincount(ids)
    means = np.stack(
        [np.bincount(ids, channel.ravel()) / sizes for channel in np.moveaxis(colours, -1, 0)],
        axis=-1,
    )
    return np.asarray(means[subject.segments])


class _Switch:
    """Says for each byte of an image whether its superpixel is off, eight bytes at a time.

    Most groups of eight neighbouring bytes lie in one superpixel and take its state from a table;
    the others are put together from the two or more that meet in them. For 1,000 masks of a large
    image this is several times faster than looking the superpixel of every pixel up.
    """

    def __init__(self, segments: NDArray[np.intp], bytes_per_pixel: int) -> None:
        owners = np.repeat(segments.ravel(), bytes_per_pixel)
        self._padding = -len(owners) % _WORD
        groups = np.pad(owners, (0, self._padding), mode="edge").reshape(-1, _WORD)
        self._first = np.ascontiguousarray(groups[:, 0])
        self._mixed = np.flatnonzero((groups != groups[:, :1]).any(axis=1))
        mixed = groups[self._mixed]
        # One entry for each superpixel in a mixed group: where in `mixed`, which, its bytes.
        entries = []
        for byte in range(_WORD):
            fresh = np.flatnonzero((mixed[:, :byte] != mixed[:, byte, None]).all(axis=1))
            owner = mixed[fresh, byte]
            covers = np.where(mixed[fresh] == owner[:, None], 0xFF, 0).astype(np.uint8)
            entries.append((fresh, owner, covers.view(np.uint64)[:, 0]))
        where, owner, covers = (np.concatenate(part) for part in zip(*entries, strict=True))
        order = np.argsort(where, kind="stable")
        self._owner, self._covers = owner[order], covers[order]
        self._starts = np.searchsorted(where[order], np.arange(len(self._mixed)))

    def words(self, pixels: NDArray[Any]) -> NDArray[np.uint64]:
        """The bytes of an image in groups of eight."""
        raw = np.ascontiguousarray(pixels).reshape(-1).view(np.uint8)
        return np.pad(raw, (0, self._padding)).view(np.uint64)

    def off(self, mask: MaskArray, out: NDArray[np.uint64]) -> None:
        """Into `out`: all bits set in the bytes of superpixels whose mask is False."""
        state = np.where(mask, np.uint64(0), ~np.uint64(0))
        np.take(state, self._first, out=out, mode="clip")
        if len(self._mixed):
            bytes_off = state[self._owner] & self._covers
            out[self._mixed] = np.bitwise_or.reduceat(bytes_off, self._starts)
