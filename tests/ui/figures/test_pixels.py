import base64
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lime_engine.image.perturber import ImagePerturber
from lime_engine.subjects import ImageSubject
from ui.figures import palette
from ui.figures.outlines import contours, dashes, resized_segments
from ui.figures.overlay import only_what_counts, tinted
from ui.figures.pixels import (
    canvas,
    data_uri,
    displayed,
    region_names,
    superpixel_places,
)

ORANGE, PURPLE = (0xE6, 0x61, 0x01), (0x5E, 0x3C, 0x99)
GREY = np.array([[0, 64], [128, 255]], dtype=np.uint8)
RNG = np.random.default_rng(0)


def squares(side=128, cells=4):
    """A colourful picture cut into cells × cells squares, numbered row by row."""
    step = side // cells
    ids = np.repeat(np.repeat(np.arange(cells**2).reshape(cells, cells), step, 0), step, 1)
    pixels = RNG.integers(0, 256, (side, side, 3), dtype=np.uint8)
    return ImageSubject(pixels, ids)


def opened(uri):
    kind, _, data = uri.partition(";base64,")
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert kind == f"data:image/{image.format.lower()}"
    return image


def middle(picture, cell, cells=4):
    """The pixels well inside one square."""
    step = picture.shape[0] // cells
    row, column = divmod(cell, cells)
    a = step // 4
    return picture[
        row * step + a : (row + 1) * step - a, column * step + a : (column + 1) * step - a
    ]


@pytest.mark.parametrize(
    "pixels",
    [
        GREY,
        GREY[..., None],
        np.dstack([GREY] * 3),
        np.dstack([GREY] * 3 + [np.full((2, 2), 255, dtype=np.uint8)]),
        GREY.astype(float),
        GREY.astype(np.int64),
        (GREY / 255).astype(np.float32),
        GREY.astype(np.uint16) * 257,
    ],
    ids="uint8 one-channel rgb rgba float int unit-float uint16".split(),
)
def test_one_picture_in_many_types_looks_the_same(pixels):
    shown = displayed(pixels)
    assert shown.dtype == np.uint8
    assert np.array_equal(shown, np.dstack([GREY] * 3))


def test_other_ranges_are_stretched_and_nothing_else_is():
    digit = np.array([[0.0, 4.0], [8.0, 16.0]])
    assert displayed(digit)[..., 0].ravel().tolist() == [0, 64, 128, 255]
    assert displayed(np.array([[-1.0, 0.0, 1.0]]))[0, :, 0].tolist() == [0, 128, 255]
    assert displayed(np.array([[0.0, 0.5]]))[0, :, 0].tolist() == [0, 128]  # dim is meant
    assert displayed(np.array([[0, 100]]))[0, :, 0].tolist() == [0, 100]
    assert displayed(np.array([[True, False]]))[0, :, 0].tolist() == [255, 0]
    assert displayed(np.full((2, 2), -3.0)).max() == 0
    assert displayed(np.array([[np.nan, 0.0, np.inf, 1.0]]))[0, :, 0].tolist() == [0, 0, 255, 255]


def test_a_copy_keeps_the_range_of_its_original():
    digit = np.array([[0.0, 16.0]])
    assert displayed(np.array([[0.0, 8.0]]), like=digit)[0, :, 0].tolist() == [0, 128]


def test_transparent_pixels_show_a_checker_and_opaque_ones_do_not():
    pixels = np.zeros((64, 64, 4), dtype=np.uint8)
    pixels[32:, :, 3] = 255
    shown = displayed(pixels)
    assert not shown[32:].any()
    assert {tuple(c) for c in shown[:32].reshape(-1, 3)} == {(255,) * 3, (226,) * 3}
    half = np.dstack([np.zeros((1, 1, 3)), np.full((1, 1, 1), 0.5)])
    assert displayed(half)[0, 0, 0] == 128


@pytest.mark.parametrize("shape", [(4,), (4, 4, 2), (4, 4, 5), (0, 4), (2, 4, 4, 3)])
def test_what_is_no_picture_is_refused(shape):
    with pytest.raises(ValueError, match="shape"):
        displayed(np.zeros(shape))


def test_tiny_pictures_become_squares_and_large_ones_are_shrunk():
    shown = displayed(np.arange(64, dtype=float).reshape(8, 8), 160)
    assert shown.shape == (160, 160, 3)
    blocks = shown[..., 0].reshape(8, 20, 8, 20)
    assert (blocks == blocks[:, :1, :, :1]).all()
    assert displayed(np.zeros((1000, 500)), 160).shape == (160, 80, 3)
    assert displayed(np.zeros((100, 90)), 160).shape == (100, 90, 3)
    assert canvas(8, 8)[0] >= 256
    assert max(canvas(2000, 1000)) == 768


def test_tints_have_the_colour_of_the_sign_and_the_strength_of_the_weight():
    over = tinted(squares(), {0: 0.2, 1: -0.2, 2: 0.1, 3: 0.0}, scale=0.2)
    assert over.shape == (768, 768, 4)
    inside = [np.unique(middle(over, i).reshape(-1, 4), axis=0) for i in range(5)]
    assert all(len(colours) == 1 for colours in inside)
    plus, minus, weak, zero, other = (tuple(colours[0].tolist()) for colours in inside)
    assert (plus[:3], minus[:3], weak[:3]) == (ORANGE, PURPLE, ORANGE)
    assert plus[3] == minus[3] > weak[3] > 0
    assert zero == other == (0, 0, 0, 0)


def test_a_shared_scale_gives_equal_weights_equal_tints():
    subject = squares()
    a = tinted(subject, {0: 0.1}, scale=0.5)
    b = tinted(subject, {0: 0.1, 5: -0.5}, scale=0.5)
    assert np.array_equal(middle(a, 0), middle(b, 0))


def edge_of(over, cell, colour):
    """How much of a square's outline has this colour, between 0 and 1."""
    step = over.shape[0] // 4
    row, column = divmod(cell, 4)
    top = over[row * step : row * step + 5, column * step + 10 : (column + 1) * step - 10]
    return float((top[..., :3] == colour).all(axis=2).any(axis=0).mean())


def test_outlines_are_solid_for_and_dashed_against():
    over = tinted(squares(), {5: 0.2, 6: -0.2}, scale=0.2)
    opaque = over.copy()
    opaque[over[..., 3] < 255] = 0  # the tint has the same colour
    assert edge_of(opaque, 5, ORANGE) == 1
    assert 0.4 < edge_of(opaque, 6, PURPLE) < 0.8
    assert edge_of(opaque, 9, ORANGE) == 0  # drawn inside its own superpixel only


def test_two_neighbours_against_both_stay_dashed():
    subject = squares()
    drawn = resized_segments(subject.segments, 512, 512, False)
    one = dashes(subject.segments, drawn, [5], 26, 10, True)
    both = dashes(subject.segments, drawn, [5, 6], 26, 10, True)
    assert np.array_equal(one[drawn == 5], both[drawn == 5])


@pytest.mark.parametrize("dark", [False, True])
def test_what_is_off_is_hatched_and_has_no_tint(dark):
    subject = squares()
    over = tinted(subject, {0: 0.2}, scale=0.2, off=[0], dark=dark)
    colours = np.unique(middle(over, 0).reshape(-1, 4), axis=0)
    assert len(colours) == 2  # grey and its lines
    assert all(int(max(c[:3])) - int(min(c[:3])) < 12 and c[3] > 200 for c in colours)
    everything = tinted(subject, {}, scale=1, off=range(16))
    assert (everything[..., 3] > 0).all()


def test_only_what_counts_keeps_its_colours():
    subject = squares(768)
    shown = only_what_counts(subject, {0: 0.2, 1: -0.1, 2: 0.3}, off=[2])
    assert shown.shape == (768, 768, 3)
    for i in (0, 1):  # for and against
        assert np.array_equal(middle(shown, i), middle(subject.pixels, i))
    for i in (2, 3, 15):
        grey = middle(shown, i).reshape(-1, 3).astype(int)
        assert np.ptp(grey, axis=1).max() < 12


@pytest.mark.parametrize("dark", [False, True])
def test_the_rest_is_near_the_page_and_has_little_contrast(dark):
    shown = only_what_counts(squares(768), {0: 0.2}, dark=dark)
    rest = middle(shown, 10)[..., 0].astype(int)
    assert np.ptp(rest) <= 64
    assert abs(rest.mean() - palette.background(dark)[0]) < 70


def test_a_superpixel_lost_in_shrinking_does_no_harm():
    ids = np.zeros((1600, 1600), dtype=np.intp)
    ids[3, 3] = 1
    subject = ImageSubject(np.zeros((1600, 1600), dtype=np.uint8), ids)
    assert tinted(subject, {1: 0.1}, scale=1, off=[0], longest_px=300).shape == (300, 300, 4)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_outlines_run_once_around_every_region(height, width, seed):
    mask = np.random.default_rng(seed).random((height, width)) < 0.6
    area = 0.0
    for line in contours(mask):
        step = np.abs(np.diff(np.vstack([line, line[:1]]), axis=0)).sum(axis=1)
        assert (step == 1).all()
        x, y = line.T
        area += (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2
    assert area == mask.sum()  # the shoelace formula, holes count against


def test_smooth_borders_keep_the_regions_and_their_sizes():
    rows, columns = np.indices((96, 96))
    disc = ((rows - 48) ** 2 + (columns - 48) ** 2 < 30**2).astype(np.intp)
    large = resized_segments(disc, 768, 768, smooth=True)
    assert large.mean() == pytest.approx(disc.mean(), rel=0.02)
    centre = np.s_[4::8, 4::8]
    assert (large[centre] != disc).mean() < 0.01
    assert np.array_equal(
        resized_segments(disc, 768, 768, smooth=False), disc.repeat(8, 0).repeat(8, 1)
    )


def test_uris_hold_the_picture():
    patches = Image.fromarray(RNG.integers(0, 256, (5, 5, 3), dtype=np.uint8))
    photograph = np.asarray(patches.resize((300, 300)))
    jpeg = opened(data_uri(photograph, "photograph"))
    assert jpeg.format == "JPEG"
    assert np.abs(np.asarray(jpeg).astype(int) - photograph).mean() < 6
    over = tinted(squares(), {0: 0.2, 1: -0.2}, scale=0.2, off=[2])
    uri = data_uri(over, "overlay")
    assert opened(uri).mode == "P"
    assert np.array_equal(np.asarray(opened(uri).convert("RGBA")), over)
    assert len(uri) < 60_000
    noise = RNG.integers(0, 256, (64, 64, 4), dtype=np.uint8)
    assert np.array_equal(np.asarray(opened(data_uri(noise, "overlay"))), noise)


def test_squares_of_few_colours_are_exact():
    digit = displayed(RNG.integers(0, 17, (8, 8)).astype(float), 256)
    assert np.array_equal(np.asarray(opened(data_uri(digit, "photograph")).convert("RGB")), digit)


def test_places_are_named_as_people_would():
    nine = squares(96, 3)
    assert [place.words for place in superpixel_places(nine)] == [
        "upper left", "top", "upper right",
        "left", "centre", "right",
        "lower left", "bottom", "lower right",
    ]  # fmt: skip
    assert all(place.share == pytest.approx(1 / 9) for place in superpixel_places(nine))
    assert region_names(nine)[4] == "region 5, centre"
    bands = ImageSubject(np.zeros((9, 30)), np.repeat([[0], [1], [2]], 3, 0).repeat(30, 1))
    assert [p.words for p in superpixel_places(bands)] == [
        "along the top",
        "centre",
        "along the bottom",
    ]
    upright = ImageSubject(np.zeros((30, 9)), bands.segments.T.copy())
    assert [p.words for p in superpixel_places(upright)] == [
        "along the left",
        "centre",
        "along the right",
    ]
    ring = np.zeros((30, 30), dtype=np.intp)
    ring[8:22, 8:22] = 1
    assert [p.words for p in superpixel_places(ImageSubject(np.zeros((30, 30)), ring))] == [
        "all over",
        "centre",
    ]


def test_middles_are_where_the_pixels_are():
    subject = ImagePerturber(n_segments=20).components(RNG.random((40, 60, 3)))
    for i, place in enumerate(superpixel_places(subject)):
        rows, columns = np.nonzero(subject.segments == i)
        assert place.x == pytest.approx((columns.mean() + 0.5) / 60)
        assert place.y == pytest.approx((rows.mean() + 0.5) / 40)
        assert place.share == pytest.approx(len(rows) / 2400)
