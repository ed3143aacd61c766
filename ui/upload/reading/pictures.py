"""Pictures that people bring, read into small PNGs, or into a sentence about why not.

Nothing a file says is believed before it is checked: a picture's size is read from its header
before anything is decoded, a zip's sizes before and while its files are unpacked. Nothing is
written to disk.
"""

import io
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from PIL import Image, ImageChops, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from lime_engine.errors import InputError
from ui.upload.reading.headers import (
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    MIN_SIDE,
    WELCOME,
    Header,
    checked_header,
    damaged,
    kept_size,
    shown_name,
)
from ui.upload.reading.kinds import DOCUMENTS, kind_of
from ui.upload.reading.zips import (
    MAX_ZIP_BYTES,
    folder_of,
    is_zip,
    members,
    opened_zip,
    safe_path,
    unpacked,
)

__all__ = [
    "MAX_BYTES",
    "MAX_PICTURES",
    "MAX_PIXELS",
    "MAX_SIDE",
    "MAX_ZIP_BYTES",
    "NotRead",
    "Picture",
    "pictures_in",
    "read_picture",
]

MAX_PICTURES = 5000
MANY = 500  # files in a zip, from which on its pictures are kept smaller
SMALL_SIDE = 224  # which networks ask for most often
MAX_ZIP_PIXELS = 2_000_000_000  # decoded, of all its pictures: about a minute of work

_READERS: dict[str, type[ImageFile.ImageFile]] = {
    "PNG": PngImageFile,
    "JPEG": JpegImageFile,
    "WebP": WebPImageFile,
    "TIFF": TiffImageFile,
}
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_GREY_16 = ("I;16", "I;16B")
_ONE_AT_A_TIME = threading.Lock()  # 40 million pixels take up to 0.7 GB while they are decoded


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept.

    Attributes
    ----------
    name
        What the file was called, fit to be shown.
    png
        RGB or grey, 8 bit, upright, on white, no metadata, at most `MAX_SIDE` pixels a side.
    width, height
        Of the file, upright.
    was_shrunk
        Whether `png` has fewer pixels than the file.
    was_filled
        Whether parts of it were seen through, which are white in `png`.
    folder
        In which it lies in a zip; empty if in none.
    """

    name: str
    png: bytes
    width: int
    height: int
    was_shrunk: bool
    was_filled: bool = False
    folder: str = ""


@dataclass(frozen=True, slots=True)
class NotRead:
    """What was left out of a zip, in a sentence; with name and content of a file that is there."""

    why: str
    name: str = ""
    content: bytes | None = None


def _nobody(_: float) -> None:
    """Nobody is told how much is done."""


def read_picture(name: str, data: bytes) -> Picture:
    """A PNG, JPEG, WebP or TIFF picture; of several frames or pages the first.

    Raises
    ------
    InputError
        If the file is empty, too large, damaged, none of these, or has too many or too few pixels.
    """
    label = shown_name(name)
    return _decoded(label, checked_header(label, data), data)


def pictures_in(
    name: str, data: bytes, most: int = MAX_PICTURES, report: Callable[[float], None] = _nobody
) -> Iterator[Picture | NotRead]:
    """A picture, or those of a zip; and what was left out of the zip, and why.

    Of more than `MANY` pictures each is kept with `SMALL_SIDE` pixels a side at most.

    Raises
    ------
    InputError
        As `read_picture`; or if the zip is damaged, too large, unpacks to too much, or has no
        picture in it that can be read.
    """
    if not is_zip(data):
        if data and name.lower().endswith(".zip"):
            raise InputError(f"“{shown_name(name)}” is not a zip. Zip the pictures again.")
        yield read_picture(name, data)
        return
    label = shown_name(name)
    kind = kind_of(data)
    if kind is not None and kind.name in DOCUMENTS:  # which are zips as well
        raise InputError(f"“{label}” is {kind.name}. {WELCOME}")
    left_out: list[str] = []
    n_read = n_over = n_pixels = 0
    with opened_zip(label, data) as archive:
        inside = members(label, archive)
        side = SMALL_SIDE if len(inside) > MANY else MAX_SIDE
        for number, member in enumerate(inside):
            if n_read == most:
                n_over += 1
                continue
            report(number / len(inside))
            content = None
            try:
                path = safe_path(member.filename)
                content = unpacked(path, archive, member)
                header = checked_header(path, content)
                n_pixels += header.width * header.height
                if n_pixels > MAX_ZIP_PIXELS:
                    n_pixels -= header.width * header.height
                    raise InputError(
                        f"“{path}” was left out: together the pictures of a zip may have "
                        f"{MAX_ZIP_PIXELS // 1_000_000:,} million pixels. Bring it on its own."
                    )
                picture = _decoded(path, header, content, side)
            except InputError as error:
                left_out.append(str(error))
                yield NotRead(str(error), member.filename, content)
            else:
                n_read += 1
                yield replace(picture, folder=folder_of(member.filename))
    if not n_read:
        why = " ".join(left_out[:3]) or "Zip PNG, JPEG, WebP or TIFF."
        raise InputError(f"“{label}” has no picture in it that can be read. {why}")
    if n_over:
        yield NotRead(
            f"Only the first {most:,} pictures are read; {n_over:,} more files were left out."
        )


def _decoded(label: str, header: Header, data: bytes, side: int = MAX_SIDE) -> Picture:
    """The picture, shrunk while its parts are flattened: no second copy of all its pixels."""
    if min(kept_size(header.width, header.height, side)) < MIN_SIDE:
        side = MAX_SIDE
    try:
        # Not `Image.open`, which also tries other formats of pictures inside a JPEG.
        with _ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about metadata, which is not kept
            with _READERS[header.kind](io.BytesIO(data)) as image:
                if image.size != header[1:]:
                    raise ValueError(f"declared {header[1:]}, has {image.size}")
                if image.mode in ("I", "F") or _bits(image) == (12,):
                    raise InputError(
                        f"“{label}” is made of numbers of 12 or 32 bits, or with a sign. Save it "
                        "with 8 or 16 bits a colour."
                    )
                small, transpose, was_filled = _flattened(image, data, side)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # decoders raise whatever comes up in them
        raise InputError(damaged(label)) from error
    width, height = header.width, header.height
    if transpose is not None:
        small = small.transpose(transpose)
        if transpose in (_UPRIGHT[5], _UPRIGHT[6], _UPRIGHT[7], _UPRIGHT[8]):
            width, height = height, width
    png = io.BytesIO()
    small.save(png, format="PNG")
    was_shrunk = max(width, height) > side
    return Picture(label, png.getvalue(), width, height, was_shrunk, was_filled)


def _flattened(
    image: ImageFile.ImageFile, data: bytes, side: int
) -> tuple[Image.Image, Image.Transpose | None, bool]:
    """The picture as 8-bit grey or RGB on white in the size that is kept; and two things about it.

    How to turn it, and whether any of the white is seen.
    """
    kept = kept_size(*image.size, side)
    if isinstance(image, JpegImageFile):
        image.draft(None, (2 * kept[0], 2 * kept[1]))  # decodes no more detail than is needed
    image.load()
    # 16-bit grey with alpha is read as RGBA; the header's colour type, 4, still tells.
    is_grey_rgba = isinstance(image, PngImageFile) and image.mode == "RGBA" and data[25] == 4
    mode = "L" if is_grey_rgba or image.mode in ("1", "L", "LA", "La", *_GREY_16) else "RGB"
    width, height = image.size
    k = max(1, max(width, height) // (2 * side))
    reduced = Image.new(mode, (ceil(width / k), ceil(height / k)))
    step = k * max(1, 1_000_000 // (width * k))
    was_filled = False
    for top in range(0, height, step):
        part = image.crop((0, top, width, min(top + step, height)))
        flat, is_filled = _on_white(part, mode)
        was_filled = was_filled or is_filled
        reduced.paste(flat.reduce(k), (0, top // k))
    if reduced.size != kept:
        box = (0, 0, width / k, height / k)
        reduced = reduced.resize(kept, Image.Resampling.LANCZOS, box)
    if isinstance(image, TiffImageFile) and image.mode == "I;16" and image.tag_v2.get(262) == 0:
        reduced = ImageChops.invert(reduced)  # in which 0 is white: the decoder has left it so
    return reduced, _turn(image), was_filled


def _bits(image: ImageFile.ImageFile) -> object:
    """Of each number in a TIFF."""
    return image.tag_v2.get(258) if isinstance(image, TiffImageFile) else None


def _on_white(part: Image.Image, mode: str) -> tuple[Image.Image, bool]:
    """The part without what is seen through, and whether there was such."""
    transparent = part.info.get("transparency")
    if part.mode in _GREY_16:
        values = np.asarray(part)
        grey = (values >> 8).astype(np.uint8)
        unseen = values == (transparent if isinstance(transparent, int) else -1)
        grey[unseen] = 255
        return Image.fromarray(grey), bool(unseen.any())
    if part.mode == "RGB" and transparent is not None and max(transparent) > 255:
        # A 16-bit colour, of which the decoder has kept the high bytes.
        part.info["transparency"] = tuple(value >> 8 for value in transparent)
    if part.mode == "La":
        part = part.convert("LA")  # which was stored darker where it is seen through
    if not part.has_transparency_data:
        return part.convert(mode), False
    part = part.convert("RGBA")
    flat = Image.new(mode, part.size, "white")
    seen = part.getchannel("A")
    flat.paste(part.convert(mode), (0, 0), seen)
    return flat, seen.histogram()[255] < part.width * part.height


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return _UPRIGHT.get(int(image.getexif().get(0x0112, 1)))
    except Exception:  # metadata may be damaged where the picture is not
        return None
