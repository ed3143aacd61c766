"""What a file that should be a picture says of itself, read without a decoder."""

import re
import struct
import unicodedata
from typing import NamedTuple

from lime_engine.errors import InputError
from ui.upload.reading.kinds import is_named_as_a_model, kind_of

MAX_SIDE = 512  # of what is kept: beyond it superpixels get slower, not better
MIN_SIDE = 8  # of what is kept; a smaller picture cannot be cut into regions
MAX_BYTES = 10_000_000  # of one picture
MAX_PIXELS = 40_000_000  # of one picture; more than the sensors of most cameras
MAX_PASSES = 50  # of a progressive JPEG; each is as much work as the whole picture
MAX_NAME = 80

MODELS = (
    "A network is brought after the pictures: choose “A network of your own (ONNX)” under “What "
    "should be asked about it?”."
)
WELCOME = "PNG, JPEG, WebP and TIFF are welcome; save it as one of these and choose it again."
_JPEG_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # neither stuffing, restart nor filling

# Width, height, packing, way up, width and height of a tile.
_TIFF_TAGS = frozenset((0x100, 0x101, 0x103, 0x112, 0x142, 0x143))
# Not packed, fax, LZW, JPEG, deflate, PackBits, deflate of old.
_TIFF_PACKINGS = frozenset((1, 2, 3, 4, 5, 7, 8, 32773, 32946))


class Header(NamedTuple):
    """The kind of a picture, and its size in pixels, as declared."""

    kind: str
    width: int
    height: int


def shown_name(name: str) -> str:
    """A file's name without what would break a line, hide or reorder what is shown."""
    kept = "".join(" " if c.isspace() else c for c in name)
    kept = "".join(c for c in kept if unicodedata.category(c)[0] != "C")
    kept = " ".join(kept.split())
    return (kept if len(kept) <= MAX_NAME else "…" + kept[1 - MAX_NAME :]) or "picture"


def checked_header(label: str, data: bytes) -> Header:
    """What the file says it is.

    Raises
    ------
    InputError
        If it is empty, too large, no PNG, JPEG, WebP or TIFF, or has too many or too few pixels.
    """
    if not data:
        raise InputError(
            f"“{label}” is empty (0 bytes). Perhaps it was not fully saved; export it again."
        )
    if len(data) > MAX_BYTES:
        raise InputError(
            f"“{label}” has {len(data) / 1e6:.1f} MB; at most {MAX_BYTES // 1_000_000} MB are "
            "accepted. Save it smaller, or as JPEG."
        )
    try:
        header, passes = _read(label, data)
    except InputError:
        raise
    except (struct.error, ValueError, KeyError) as error:
        raise InputError(damaged(label)) from error
    if header is None:
        remedy = MODELS if is_named_as_a_model(label) else WELCOME
        raise InputError(f"“{label}” is {_guess(label, data)}. {remedy}")
    width, height = header.width, header.height
    if not width or not height or passes > MAX_PASSES:
        raise InputError(damaged(label))
    size = f"“{label}” has {width:,} × {height:,} pixels"
    if width * height > MAX_PIXELS:
        raise InputError(
            f"{size}, {width * height / 1e6:,.0f} million; at most {MAX_PIXELS // 1_000_000} "
            "million are accepted. Make it smaller and choose it again."
        )
    if min(kept_size(width, height)) < MIN_SIDE:
        raise InputError(
            f"{size}: too narrow to be cut into regions. Choose one with at least {MIN_SIDE} on "
            f"each side that is not more than {MAX_SIDE // MIN_SIDE} times as long as wide."
        )
    return header


def _read(label: str, data: bytes) -> tuple[Header | None, int]:
    """Kind and size as declared, read without a decoder; and the passes of a JPEG."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Header("PNG", *struct.unpack_from(">II", data, 16)), 1
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg_header(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Header("WebP", *_webp_size(data)), 1
    if data[:4] in (b"II*\0", b"MM\0*"):
        return Header("TIFF", *_tiff_size(label, data)), 1
    return None, 0


def _jpeg_header(data: bytes) -> tuple[Header, int]:
    """From marker to marker: a byte that looks like one inside a segment is not one."""
    width = height = passes = 0
    at = 2
    while match := _JPEG_MARKER.search(data, at):
        code, at = match[0][1], match.end()
        if code == 0xD9:  # the end; cameras append films and depth maps
            break
        if code in (0x01, 0xD8):  # the two without a length
            continue
        if 0xC0 <= code <= 0xCF and code not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 3)
        passes += code == 0xDA
        at += int(struct.unpack_from(">H", data, at)[0])
    return Header("JPEG", width, height), passes


def _webp_size(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", data, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            width, high, height, higher = struct.unpack_from("<HBHB", data, 24)
            return (high << 16 | width) + 1, (higher << 16 | height) + 1
        case other:
            raise ValueError(f"unknown chunk {other!r}")


def _tiff_size(label: str, data: bytes) -> tuple[int, int]:
    """The size of the first page, upright, if it is packed in a usual way."""
    order = "<" if data.startswith(b"II") else ">"
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    (n_entries,) = struct.unpack_from(f"{order}H", data, start)
    tags: dict[int, int] = {}
    for i in range(n_entries):
        tag, form, count = struct.unpack_from(f"{order}HHI", data, start + 2 + 12 * i)
        if tag in _TIFF_TAGS and form in (3, 4) and count == 1 and tag not in tags:
            (tags[tag],) = struct.unpack_from(
                order + ("H" if form == 3 else "I"), data, start + 10 + 12 * i
            )
    width, height = tags[0x100], tags[0x101]
    if tags.get(0x103, 1) not in _TIFF_PACKINGS:
        raise InputError(
            f"“{label}” is a TIFF picture packed in a way this app does not read. Save it again, "
            "not packed, or as PNG."
        )
    if tags.get(0x142, 0) * tags.get(0x143, 0) > MAX_PIXELS:  # memory is taken for a whole tile
        raise ValueError("a tile larger than any picture")
    return (height, width) if tags.get(0x112) in (5, 6, 7, 8) else (width, height)


def _guess(label: str, data: bytes) -> str:
    """What a file that is none of these may be."""
    if kind := kind_of(data):
        return kind.name
    start = data[:4096]
    try:
        is_text = b"\0" not in start and bool(start[:-3].decode() or len(start) < 4)
    except UnicodeDecodeError:
        is_text = False
    if not is_text:
        return "not a picture this app can read"
    posing = re.search(r"\.(png|jpe?g|webp|tiff?)$", label, re.IGNORECASE)
    return "a text file" + (", whatever its name says" if posing else "")


def kept_size(width: int, height: int, side: int = MAX_SIDE) -> tuple[int, int]:
    """The size in which a picture is kept, of at most so many pixels a side."""
    scale = min(1.0, side / max(width, height))
    return round(width * scale), round(height * scale)


def damaged(label: str) -> str:
    """The sentence about a file that a decoder gave up on."""
    return (
        f"“{label}” begins like a picture but cannot be read to its end: it is damaged or "
        "incomplete. Download or export it again, and choose the new file."
    )
