"""Pictures: read as they look, or refused in a sentence, within bounds of memory and work."""

import functools
import io
import pickle
import stat
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageOps, PngImagePlugin

from lime_engine.errors import InputError
from ui.upload.reading import pictures, zips
from ui.upload.reading.pictures import (
    MAX_BYTES,
    MAX_PICTURES,
    MAX_SIDE,
    MAX_ZIP_BYTES,
    NotRead,
    Picture,
    pictures_in,
    read_picture,
)
from ui.upload.reading.text_files import texts_in
from ui.workshop.kept import pixels_of

ROOT = Path(__file__).parents[3]
WELCOME = "PNG, JPEG, WebP and TIFF are welcome"
MODEL = "A network is brought after the pictures: choose “A network of your own (ONNX)”"


def scene(height: int = 24, width: int = 32, channels: int = 3) -> NDArray[np.uint8]:
    """A picture whose corners all differ."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), (x + y) % 256]
    return np.stack(planes[:channels], axis=-1).astype(np.uint8)


def file_of(image: Image.Image | NDArray[Any], kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(
        buffer, format=kind, **options
    )
    return buffer.getvalue()


def zip_of(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int, depth: int, colour: int, raw: bytes, *more: bytes) -> bytes:
    """A PNG by hand, `raw` with its filter bytes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    body = b"".join(more) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + body


def read_pictures(name: str, data: bytes) -> tuple[list[Picture], list[str]]:
    found = list(pictures_in(name, data))
    left_out = [each.why for each in found if isinstance(each, NotRead)]
    return [each for each in found if isinstance(each, Picture)], left_out


def refusal(name: str, data: bytes, read: Callable[[str, bytes], Any] = read_pictures) -> str:
    with pytest.raises(InputError) as caught:
        read(name, data)
    return str(caught.value)


# ---- what a picture looks like ----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_lossless_pixels_come_back(kind: str) -> None:
    found = read_picture("a.x", file_of(scene(), kind, lossless=True))
    assert np.array_equal(pixels_of(found.png), scene())
    assert (found.name, found.width, found.height, found.was_shrunk) == ("a.x", 32, 24, False)


def test_grey_stays_grey_and_a_palette_becomes_rgb() -> None:
    grey = scene()[..., 0]
    assert np.array_equal(pixels_of(read_picture("g", file_of(grey)).png), grey)
    bits = Image.fromarray(grey > 99)
    assert np.array_equal(pixels_of(read_picture("1", file_of(bits)).png), (grey > 99) * 255)
    palette = Image.fromarray(scene()).quantize(16)
    read = pixels_of(read_picture("p", file_of(palette)).png)
    assert np.array_equal(read, np.asarray(palette.convert("RGB")))
    jpeg = read_picture("j", file_of(grey, "JPEG", quality=95))
    assert np.abs(pixels_of(jpeg.png).astype(int) - grey).max() < 12


def test_sixteen_bits_become_eight() -> None:
    values = np.arange(24 * 32, dtype=np.uint16).reshape(24, 32) * 85
    assert np.array_equal(pixels_of(read_picture("g", file_of(values)).png), values >> 8)
    rgb = np.stack([values, values[::-1], values.T.reshape(24, 32)], axis=-1)
    raw = b"".join(b"\0" + row.astype(">u2").tobytes() for row in rgb)
    data = png_of(32, 24, 16, 2, raw)
    assert np.array_equal(pixels_of(read_picture("c", data).png), rgb >> 8)
    with_alpha = np.stack([values, np.full_like(values, 65535)], axis=-1)
    raw = b"".join(b"\0" + row.astype(">u2").tobytes() for row in with_alpha)
    read = pixels_of(read_picture("la", png_of(32, 24, 16, 4, raw)).png)
    assert np.array_equal(read, values >> 8)


def test_what_is_seen_through_is_white() -> None:
    rgba = np.dstack([scene(), np.full((24, 32), 255, np.uint8)])
    rgba[:12, ..., 3] = 0
    rgba[12:18, ..., 3] = 51  # a fifth
    expected = np.where(rgba[..., 3:] == 255, scene(), 255)
    expected[12:18] = np.round(255 - (255.0 - scene()[12:18]) / 5)
    for kind in ("PNG", "WEBP"):
        data = file_of(rgba, kind, **({"lossless": True, "exact": True} if kind == "WEBP" else {}))
        read = pixels_of(read_picture("a", data).png).astype(int)
        assert np.abs(read - expected).max() <= 1
    grey = pixels_of(read_picture("la", file_of(Image.fromarray(rgba).convert("LA"))).png)
    assert grey.ndim == 2
    assert (grey[:12] == 255).all()


def test_a_transparent_colour_is_white_too() -> None:
    palette = Image.fromarray(scene()).quantize(4)
    index = np.asarray(palette)
    colours = np.asarray(palette.convert("RGB"))
    one = pixels_of(read_picture("p", file_of(palette, transparency=2)).png)
    assert np.array_equal(one, np.where(index[..., None] == 2, 255, colours))
    several = pixels_of(read_picture("p", file_of(palette, transparency=b"\0\xff\0\xff")).png)
    assert np.array_equal(several, np.where(index[..., None] % 2 == 0, 255, colours))
    grey = np.full((8, 8), 7, np.uint8)
    grey[0] = 9
    read = pixels_of(read_picture("g", file_of(Image.fromarray(grey), transparency=7)).png)
    assert np.array_equal(read, np.where(grey == 7, 255, 9))
    wide = np.full((8, 8), 0x1234, np.uint16)
    wide[0] = 0x1299
    raw = b"".join(b"\0" + row.astype(">u2").tobytes() for row in wide)
    data = png_of(8, 8, 16, 0, raw, chunk(b"tRNS", b"\x12\x34"))
    assert np.array_equal(pixels_of(read_picture("w", data).png)[:, 0], [0x12] + [255] * 7)
    rgb = np.repeat(wide[..., None], 3, axis=2)
    rgb[0] = 0x9999
    raw = b"".join(b"\0" + row.astype(">u2").tobytes() for row in rgb)
    data = png_of(8, 8, 16, 2, raw, chunk(b"tRNS", b"\x12\x34" * 3))
    assert np.array_equal(pixels_of(read_picture("w", data).png)[:, 0, 0], [0x99] + [255] * 7)


def test_it_is_told_whether_anything_was_seen_through() -> None:
    rgba = np.dstack([scene(), np.full((24, 32), 255, np.uint8)])
    palette = Image.fromarray(scene()).quantize(4)
    grey = np.full((8, 8), 7, np.uint16)
    opaque = [scene(), rgba, scene()[..., 0], grey, palette, Image.fromarray(rgba).convert("LA")]
    assert not any(read_picture("a", file_of(image)).was_filled for image in opaque)
    assert not read_picture("a", file_of(scene(), transparency=(1, 2, 3))).was_filled  # not there
    rgba[-1, -1, 3] = 254
    for image in (Image.fromarray(rgba), Image.fromarray(rgba).convert("LA")):
        assert read_picture("a", file_of(image)).was_filled
        assert read_picture("a", file_of(image, "TIFF")).was_filled
    assert read_picture("a", file_of(palette, transparency=2)).was_filled
    assert read_picture("a", file_of(grey, transparency=7)).was_filled
    large = np.full((1300, 1300, 4), 255, np.uint8)
    large[0, 0, 3] = 0  # in the first of many parts
    assert read_picture("a", file_of(large)).was_filled


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_pictures_stand_upright(orientation: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = file_of(
        scene(), kind, exif=exif, **({"quality": 95} if kind in ("JPEG", "WEBP") else {})
    )
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    found = read_picture("a", data)
    assert np.array_equal(pixels_of(found.png), expected)
    assert (found.height, found.width) == expected.shape[:2]
    assert found.height == (32 if orientation > 4 else 24)


@pytest.mark.parametrize("packing", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16"])
def test_tiffs_of_every_usual_kind(mode: str, packing: str) -> None:
    colours = Image.fromarray(scene())
    grey16 = np.arange(24 * 32, dtype=np.uint16).reshape(24, 32) * 85
    image = Image.fromarray(grey16) if mode == "I;16" else colours.convert(mode)
    if packing == "jpeg" and mode not in ("L", "RGB"):
        return  # not one of its kinds
    peer = (
        np.asarray(image.convert("L" if mode in ("1", "LA") else "RGB"))
        if mode != "I;16"
        else (grey16 >> 8)
    )
    read = pixels_of(read_picture("a.tif", file_of(image, "TIFF", compression=packing)).png)
    if mode == "L":
        peer = np.asarray(image)
    assert np.abs(read.astype(int) - peer).max() <= (40 if packing == "jpeg" else 1)


def test_tiffs_of_scanners_and_microscopes() -> None:
    values = np.arange(24 * 32, dtype=np.uint16).reshape(24, 32) * 85
    big_endian = tiff_of(32, 24, 16, values.astype(">u2").tobytes(), order=">")
    assert np.array_equal(pixels_of(read_picture("a", big_endian).png), values >> 8)
    white_is_0 = file_of(values, "TIFF", tiffinfo={262: 0})
    assert np.array_equal(pixels_of(read_picture("a", white_is_0).png), 255 - (values >> 8))
    for image in (values.astype(np.int32), values.astype(np.float32)):
        assert "numbers of 12 or 32 bits" in refusal("a.tif", file_of(image, "TIFF"))
    twelve = tiff_of(32, 24, 12, bytes(32 * 24 * 12 // 8))
    assert "numbers of 12 or 32 bits" in refusal("a.tif", twelve)
    pages = file_of(scene(), "TIFF", save_all=True, append_images=[Image.new("RGB", (9, 9), "red")])
    assert np.array_equal(pixels_of(read_picture("a", pages).png), scene())


def tiff_of(
    width: int, height: int, bits: int, raw: bytes, *more: tuple[int, int], order: str = "<"
) -> bytes:
    """A grey TIFF by hand; `more` are tags of its directory with their values."""
    tags = {256: width, 257: height, 258: bits, 259: 1, 262: 1, 273: 0, 277: 1, 278: height}
    tags |= {279: len(raw), **dict(more)}
    start = 8 + 2 + 12 * len(tags) + 4
    tags[273] = start
    entries = b"".join(
        struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in sorted(tags.items())
    )
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    return head + struct.pack(f"{order}H", len(tags)) + entries + bytes(4) + raw


def test_damaged_metadata_does_not_matter() -> None:
    for exif in (
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0garbage",
        b"Exif\0\0MM\0*\0\0\0\x08\0\x09",
    ):
        found = read_picture("a", file_of(scene(), "JPEG", exif=exif))
        assert pixels_of(found.png).shape == (24, 32, 3)


def test_cmyk_becomes_rgb() -> None:
    cmyk = Image.fromarray(scene()).convert("CMYK")
    read = pixels_of(read_picture("a", file_of(cmyk, "JPEG", quality=100)).png)
    assert np.abs(read.astype(int) - scene()).mean() < 6


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_of_an_animation_the_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (16, 12), colour) for colour in ("red", "green", "blue")]
    options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {}
    data = file_of(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert (pixels_of(read_picture("a", data).png) == (255, 0, 0)).all()


def test_a_jpeg_with_a_second_picture_in_it() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 12), "red").save(
        buffer, format="MPO", save_all=True, append_images=[Image.new("RGB", (9, 9), "blue")]
    )
    read = pixels_of(read_picture("a.jpg", buffer.getvalue()).png)
    assert read.shape == (12, 16, 3)
    assert (read[..., 0] > 250).all()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("size", "kept"), [((2000, 1500), (512, 384)), ((700, 3333), (108, 512)),
     ((513, 512), (512, 511))],
)  # fmt: skip
def test_large_pictures_are_shrunk(kind: str, size: tuple[int, int], kept: tuple[int, int]) -> None:
    large = Image.fromarray(scene(60, 80)).resize(size, Image.Resampling.BICUBIC)
    options = {} if kind == "TIFF" else {"quality": 95}
    found = read_picture("a", file_of(large, kind, **options))
    assert (found.width, found.height, found.was_shrunk) == (*size, True)
    peer = np.asarray(large.resize(kept, Image.Resampling.BOX)).astype(int)
    read = pixels_of(found.png).astype(int)
    assert read.shape == (kept[1], kept[0], 3)
    assert np.abs(read - peer).mean() < 2.5


def test_a_shrunk_edge_does_not_bleed_from_what_is_not_seen() -> None:
    rgba = np.zeros((1100, 1100, 4), np.uint8)  # unseen black
    rgba[300:800, 300:800] = (255, 255, 255, 255)
    assert pixels_of(read_picture("a", file_of(rgba)).png).min() == 255


def test_what_is_kept_has_no_metadata_and_is_the_same_each_time() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Ann", zip=True)
    exif = Image.Exif()
    exif[0x010E] = "at home"
    data = file_of(scene(), pnginfo=info, exif=exif, icc_profile=b"p" * 200, dpi=(72, 72))
    found = read_picture("a", data)
    with Image.open(io.BytesIO(found.png)) as image:
        assert image.info == {}
        assert (image.format, image.mode) == ("PNG", "RGB")
    assert found == read_picture("a", data)


# ---- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "“x.png” is empty (0 bytes)"),
        (b"PK\x03\x04\0\0xl/workbook.xml", f"“x.png” is an Excel workbook. {WELCOME}"),
        (b"PK\x03\x04\0\0word/document.xml", f"“x.png” is a Word document. {WELCOME}"),
        (b"just words", f"“x.png” is a text file, whatever its name says. {WELCOME}"),
        ("Zürich ✓".encode() * 1000, "is a text file"),
        (b"\0\1\2\3" * 9, f"“x.png” is not a picture this app can read. {WELCOME}"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', f"an SVG drawing. {WELCOME}"),
        (b'<?xml version="1.0"?>\n<!-- x -->\n<svg></svg>', "an SVG drawing"),
        (b"<!doctype html><script>alert(1)</script>", "is a text file, whatever its name says"),
        (b"%PDF-1.7\n\xff", f"a PDF document. {WELCOME}"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", f"a HEIC picture. {WELCOME}"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "an AVIF picture"),
        (file_of(scene(), "GIF"), f"a GIF picture. {WELCOME}"),
        (file_of(scene(), "BMP"), f"a BMP picture. {WELCOME}"),
        (b"II+\0" + bytes(60), f"a TIFF picture. {WELCOME}"),  # of the large kind
        (file_of(scene(), "ICO"), "not a picture this app can read"),
        (b"\x89PNG\r\n\x1a\n", "damaged or incomplete"),
        (b"\xff\xd8\xff", "damaged or incomplete"),
        (b"RIFF\0\0\0\0WEBPVP9 ", "damaged or incomplete"),
        (b"a" * (MAX_BYTES + 1), "10.0 MB; at most 10 MB"),
        (file_of(scene(1, 300)), "300 × 1 pixels: too narrow"),
        (file_of(scene(7, 7)), "7 × 7 pixels: too narrow"),
        (file_of(scene(20, 3000)), "3,000 × 20 pixels: too narrow"),
        (png_of(30000, 30000, 8, 2, b""), "30,000 × 30,000 pixels, 900 million; at most 40 "),
        (png_of(0, 10, 8, 2, b""), "damaged or incomplete"),
        (png_of(32, 24, 8, 9, b"\0" * 99), "damaged or incomplete"),
        (png_of(32, 24, 8, 2, b"\0" * 99), "damaged or incomplete"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_a_sentence(data: bytes, says: str) -> None:
    message = refusal("x.png", data)
    assert says in message
    assert message.startswith("“x.png” ")
    assert message.endswith(".")


def huge_jpeg() -> bytes:
    data = bytearray(file_of(scene(), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65000, 65000)
    return bytes(data)


def huge_webp(lossless: bool) -> bytes:
    data = bytearray(file_of(scene(), "WEBP", lossless=lossless))
    if lossless:
        data[21:25] = struct.pack("<I", 16383 | 16383 << 14)
    else:
        data[26:30] = struct.pack("<HH", 16383, 16383)
    return bytes(data)


def huge_extended_webp() -> bytes:
    extended = b"VP8X" + struct.pack("<IIHBHB", 10, 0, 0xFFFF, 0, 0xFFFF, 0)
    body = b"WEBP" + extended + file_of(scene(), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    "data",
    [png_of(30000, 30000, 1, 0, b""), huge_jpeg(), huge_webp(True), huge_webp(False),
     huge_extended_webp(), tiff_of(30000, 30000, 8, b""), tiff_of(30000, 30000, 8, b"", order=">")],
)  # fmt: skip
def test_too_many_pixels_are_refused_before_a_decoder_sees_them(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_READERS", {})
    assert "at most 40 million" in refusal("a", data)


@pytest.mark.parametrize(
    "tags", [((322, 30000), (323, 30000)), ((259, 34925),), ((259, 50001),)]
)  # fmt: skip
def test_tiffs_with_huge_tiles_or_rare_packings_are_refused_before_a_decoder_sees_them(
    tags: tuple[tuple[int, int], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_READERS", {})
    says = "packed in a way" if tags[0][0] == 259 else "damaged or incomplete"
    assert says in refusal("a", tiff_of(32, 24, 8, bytes(32 * 24), *tags))


def test_a_second_header_cannot_change_the_size() -> None:
    second = chunk(b"IHDR", struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0))
    data = png_of(32, 24, 8, 2, b"\0" * (97 * 24), second)
    assert "damaged" in refusal("a", data)


def test_a_jpeg_of_endless_passes_is_refused_and_bytes_that_look_like_one_are_not() -> None:
    data = file_of(scene(), "JPEG", progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    assert "damaged" in refusal("a", data[:-2] + scan * 50 + data[-2:])
    comment = b"\xff\xfe" + struct.pack(">H", 2 + 120) + b"\xff\xda" * 60
    film = b"\xff\xda\0\0" * 60
    found = read_picture("a", data[:2] + comment + data[2:] + film)
    assert pixels_of(found.png).shape == (24, 32, 3)


WHOLE = {
    "PNG": file_of(np.random.default_rng(0).integers(0, 255, (24, 32, 3), dtype=np.uint8)),
    "JPEG": file_of(scene(), "JPEG", progressive=True),
    "WEBP": file_of(scene(), "WEBP"),
    "TIFF": file_of(scene(), "TIFF", compression="tiff_lzw"),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_half_a_picture_is_never_taken_for_a_whole_one(kind: str) -> None:
    data = WHOLE[kind]
    whole = read_picture("a", data)
    accepted = []
    for n in [*range(1, len(data) - 40, 7), *range(len(data) - 40, len(data))]:
        try:
            assert read_picture("a", data[:n]) == whole
            accepted.append(n)
        except InputError:
            continue
    assert all(n > len(data) - 24 for n in accepted)  # only marks of the end are lacking


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(WHOLE)), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)))
)
def test_damage_ends_in_a_picture_or_in_a_sentence(kind: str, hits: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE[kind])
    for at, value in hits:
        data[at % len(data)] = value
    try:
        found = read_picture("a", bytes(data))
    except InputError:
        return
    assert max(pixels_of(found.png).shape) <= MAX_SIDE


def test_no_other_decoder_is_ever_loaded() -> None:
    code = (
        "import sys\n"
        "from ui.upload.reading.pictures import pictures_in\n"
        "for data in sys.stdin.buffer.read().split(b'--cut--'):\n"
        "    try: list(pictures_in('a', data))\n"
        "    except ValueError: pass\n"
        "names = 'Eps Psd Ico Wmf Mpo Avif Jpeg2K'.split()\n"
        "print([name for name in names if f'PIL.{name}ImagePlugin' in sys.modules])"
    )
    others = [b"8BPS", b"II*\0", b"II+\0", b"%!PS", b"\0\0\0\x0cjP  ", b"words", b"\0\0\1\0"]
    run = subprocess.run(
        [sys.executable, "-c", code],
        input=b"--cut--".join([*WHOLE.values(), *others]),
        cwd=ROOT,
        capture_output=True,
    )
    assert run.stdout.strip() == b"[]", run.stderr


# ---- names ------------------------------------------------------------------------------------


def test_names_are_fit_to_be_shown() -> None:
    data = file_of(scene())
    assert read_picture("a\u202egnp.exe\n\x1b[31m\ud800", data).name == "agnp.exe [31m"
    assert read_picture("\u200b", data).name == "picture"
    long = read_picture("x" * 300 + ".png", data).name
    assert len(long) == 80
    assert long.startswith("…x")
    assert long.endswith("x.png")


@given(st.text())
def test_any_name_is_shown_in_one_line(name: str) -> None:
    shown = read_picture(name, WHOLE["PNG"]).name
    assert 0 < len(shown) <= 80
    assert shown.encode().decode().splitlines() == [shown]


# ---- zips -------------------------------------------------------------------------------------


def test_a_single_picture_is_a_set_of_one() -> None:
    found, left_out = read_pictures("a.png", WHOLE["PNG"])
    assert (found, left_out) == ([read_picture("a.png", WHOLE["PNG"])], [])


def test_good_pictures_are_kept_and_the_rest_is_told() -> None:
    data = zip_of(
        ("wolf/", b""),
        ("wolf/1.png", WHOLE["PNG"]),
        ("__MACOSX/wolf/._1.png", b"x"),
        (".DS_Store", b"x"),
        (".git/a.png", WHOLE["PNG"]),
        ("notes.txt", b"words"),
        ("./2.jpg", WHOLE["JPEG"]),
        ("inner.zip", zip_of(("3.png", WHOLE["PNG"]))),
        ("bad.webp", WHOLE["WEBP"][:-9]),
        ("folder\\4.webp", WHOLE["WEBP"]),
        ("empty.png", b""),
    )
    found, left_out = read_pictures("set.zip", data)
    assert [each.name for each in found] == ["wolf/1.png", "2.jpg", "folder/4.webp"]
    assert [pixels_of(each.png).shape for each in found] == [(24, 32, 3)] * 3
    named = [line.split("”")[0] for line in left_out]
    assert named == ["“notes.txt", "“inner.zip", "“bad.webp", "“empty.png"]
    assert "is a text file" in left_out[0]
    assert "a zip inside the zip" in left_out[1]


@pytest.mark.parametrize(
    "path",
    ["/etc/a.png", "../../a.png", "x/../../a.png", "c:a.png", "..\\a.png", "//h/a.png"],
)  # fmt: skip
def test_paths_out_of_the_zip_are_not_read(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> bytes:
        raise AssertionError("was read")

    monkeypatch.setattr(pictures, "unpacked", never)
    message = refusal("set.zip", zip_of((path, WHOLE["PNG"])))
    assert "a.png” was not read: its path leads out of the zip" in message
    assert ".." not in message


def test_a_link_in_a_zip_is_not_followed_nor_read_as_a_file() -> None:
    link = zipfile.ZipInfo("a.png")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "“a.png” is a link to a file" in refusal("set.zip", buffer.getvalue())
    with zipfile.ZipFile(buffer, "w") as archive:
        link.filename = "a.txt"
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match=r"“a\.txt” is a link to a file"):
        list(texts_in("set.zip", buffer.getvalue()))


def test_equal_names_are_two_pictures() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zip_of(("a.png", WHOLE["PNG"]), ("a.png", file_of(scene())))
    found, left_out = read_pictures("set.zip", data)
    assert [each.name for each in found] == ["a.png", "a.png"]
    assert np.array_equal(pixels_of(found[1].png), scene())
    assert left_out == []


def test_zips_without_a_picture() -> None:
    assert "no picture in it" in refusal("set.zip", zip_of())
    assert "no picture in it" in refusal("set.zip", zip_of((".a.png", WHOLE["PNG"])))
    message = refusal("set.zip", zip_of(("a.txt", b"words"), ("b.txt", b"words")))
    assert "no picture in it that can be read. “a.txt” is a text file" in message
    assert "“set.zip” is not a zip" in refusal("set.zip", WHOLE["PNG"])
    assert "“set.zip” is empty" in refusal("set.zip", b"")


def test_damaged_zips() -> None:
    data = zip_of(("a.png", WHOLE["PNG"]))
    for n in (4, 30, len(data) // 2, len(data) - 10):
        assert "cannot be opened as a zip" in refusal("set.zip", data[:n])
    at = data.index(WHOLE["PNG"][-20:]) if WHOLE["PNG"][-20:] in data else 60
    broken = data[:at] + b"\xff" * 8 + data[at + 8 :]
    assert "“a.png” is damaged: it is not what the zip says" in refusal("set.zip", broken)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6))
def test_any_damage_to_a_zip_ends_in_pictures_or_in_a_sentence(hits: list[tuple[int, int]]) -> None:
    data = bytearray(zip_of(("a.png", WHOLE["PNG"]), ("b.txt", b"words")))
    for at, value in hits:
        data[at % len(data)] = value
    try:
        found, _ = read_pictures("set.zip", bytes(data))
    except InputError:
        return
    assert len(found) <= 1


def test_locked_and_unusually_packed_files_are_left_out() -> None:
    data = bytearray(zip_of(("a.png", WHOLE["PNG"]), ("b.png", WHOLE["PNG"])))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    found, left_out = read_pictures("set.zip", bytes(data))
    assert [each.name for each in found] == ["b.png"]
    assert left_out == ["“a.png” is locked with a password. Zip it again without one."]
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        other = zip_of(("a.png", WHOLE["PNG"]), method=method)
        assert "packed in a way this app does not read" in refusal("set.zip", other)


def test_only_so_many_pictures_files_and_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    small = file_of(scene(8, 8))
    many = zip_of(*((f"{i}.png", small) for i in range(MAX_PICTURES + 12)))
    found, left_out = read_pictures("set.zip", many)
    assert len(found) == MAX_PICTURES
    assert left_out == ["Only the first 5,000 pictures are read; 12 more files were left out."]
    crowd = zip_of(*((f"{i}.png", b"") for i in range(zips.MAX_MEMBERS + 1)))
    assert "more than 12,000 files" in refusal("set.zip", crowd)
    assert "a zip may have 100 MB" in refusal("set.zip", b"PK\x03\x04" + bytes(MAX_ZIP_BYTES))
    monkeypatch.setattr(pictures, "MAX_ZIP_PIXELS", 64 * 3)
    found, left_out = read_pictures("set.zip", many)
    assert len(found) == 3
    assert "“3.png” was left out: together" in left_out[0]


def test_of_many_pictures_each_is_kept_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MANY", 2)
    large, narrow = file_of(scene(300, 400)), file_of(scene(512, 12))
    two, _ = read_pictures("set.zip", zip_of(("a.png", large), ("b.png", narrow)))
    assert [pixels_of(each.png).shape[:2] for each in two] == [(300, 400), (512, 12)]
    files = [("a.png", large), ("b.png", narrow), ("c.png", large)]
    three, _ = read_pictures("set.zip", zip_of(*files))
    assert [pixels_of(each.png).shape[:2] for each in three] == [(168, 224), (512, 12), (168, 224)]
    assert [each.was_shrunk for each in three] == [True, False, True]


# ---- bombs: a law of memory, not of time ------------------------------------------------------


def with_declared_size(data: bytes, size: int, *, local: bool, central: bool) -> bytes:
    """The zip with another uncompressed size written over the one of its first file."""
    changed = bytearray(data)
    for wanted, signature, at in ((local, b"PK\x03\x04", 22), (central, b"PK\x01\x02", 24)):
        if wanted:
            place = changed.index(signature) + at
            changed[place : place + 4] = struct.pack("<I", size)
    return bytes(changed)


@functools.cache
def zeros(n_megabytes: int) -> bytes:
    """A zip of one file of zeros, made without having them all in memory."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.png", "w") as file,
    ):
        for _ in range(n_megabytes):
            file.write(bytes(1_000_000))
    return buffer.getvalue()


def overlapping(n: int, kernel: bytes, declared: int) -> bytes:
    """A zip in which all entries of the directory share one local file."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(kernel) + packer.flush()
    crc = zlib.crc32(kernel)
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, crc, len(packed), declared, 5, 0)
    body = b"PK\x03\x04" + common + b"a.png" + packed
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0)
    directory = (entry + b"a.png") * n
    end = struct.pack("<HHHHIIH", 0, 0, n, n, len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def peak_of(read: Callable[[], Any]) -> int:
    tracemalloc.start()
    try:
        read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def lying(size: int, *, local: bool, central: bool) -> bytes:
    return with_declared_size(zeros(1000), size, local=local, central=central)


@pytest.mark.parametrize("name", ["net.onnx", "NET.ONNX", "model.skops", "model.pt"])
def test_a_model_among_pictures_is_told_its_place(name: str) -> None:
    said = f"“{name}” is not a picture this app can read. {MODEL}"
    assert said in refusal(name, b"\x08\x0a\x12\xff\0 pytorch")


BOMBS: dict[str, Callable[[], bytes]] = {  # made where they are thrown: they take seconds
    "a gigabyte of zeros": lambda: zeros(1000),
    "that says it is small": lambda: lying(1000, local=True, central=True),
    "that says so outside": lambda: lying(1000, local=False, central=True),
    "that says so inside": lambda: lying(1000, local=True, central=False),
    "that says it is just right": lambda: lying(9_999_999, local=True, central=True),
    "overlapping": lambda: overlapping(1900, bytes(9_000_000), 9_000_000),
    "overlapping, lying": lambda: overlapping(1900, bytes(9_000_000), 900_000),
    "bzip2": lambda: zip_of(("a.png", bytes(90_000_000)), method=zipfile.ZIP_BZIP2),
    "a long directory": lambda: b"PK\x03\x04" + (b"PK\x01\x02" + bytes(42)) * 600_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_refused_in_little_memory(bomb: str) -> None:
    data = BOMBS[bomb]()
    assert len(data) < MAX_ZIP_BYTES
    assert peak_of(lambda: refusal("set.zip", data)) < 40_000_000


def test_a_bomb_takes_the_process_no_more_memory_than_it_says() -> None:
    """Also what Python does not count: zlib's and the decoders' own."""
    code = (
        "import pickle, resource, sys\n"
        "def most(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "from ui.upload.reading.pictures import pictures_in\n"
        "bombs = pickle.load(sys.stdin.buffer)\n"
        "before = most()\n"
        "for data in bombs:\n"
        "    try: list(pictures_in('set.zip', data))\n"
        "    except ValueError as error: print(most() - before)\n"
    )
    unit = 1 if sys.platform == "darwin" else 1024
    bombs = [*(made() for made in BOMBS.values()), png_of(30000, 30000, 8, 2, b"")]
    bombs.append(huge_extended_webp())
    run = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(bombs), cwd=ROOT, capture_output=True
    )
    taken = [int(each) * unit for each in run.stdout.split()]
    assert len(taken) == len(bombs), run.stderr
    assert max(taken) < 100_000_000, taken
