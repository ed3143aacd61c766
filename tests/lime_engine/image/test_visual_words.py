"""Visual words of generated pictures: which superpixels look alike is known."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lime_engine import ImagePerturber, ImageSubject, looks, visual_words
from lime_engine.image.visual_words import N_LOOKS
from lime_engine.types import FloatArray

SIDE = 24  # pixels of a patch
KINDS = ("red stripes", "blue flat", "green noise")
Bytes = NDArray[np.uint8]


def patch(kind: str, rng: np.random.Generator) -> Bytes:
    """A patch with a little noise, so that no two are the same."""
    pixels = rng.integers(0, 6, (SIDE, SIDE, 3))
    match kind:
        case "red stripes":
            pixels[::4, :, 0] += 220
            pixels[1::4, :, 0] += 220
        case "blue flat":
            pixels[..., 2] += 200
        case "green noise":
            pixels[..., 1] += rng.integers(0, 240, (SIDE, SIDE))
    return pixels.astype(np.uint8)


def pictures(rows: int, columns: int, seed: int = 0) -> list[tuple[Bytes, tuple[str, ...]]]:
    """All ways to fill a grid with the kinds of patches, as (pixels, kinds)."""
    rng = np.random.default_rng(seed)
    found = []
    for kinds in product(KINDS, repeat=rows * columns):
        patches = [patch(kind, rng) for kind in kinds]
        lines = [np.hstack(patches[i : i + columns]) for i in range(0, len(patches), columns)]
        found.append((np.vstack(lines), kinds))
    return found


def cut(pixels: Any, n: int) -> ImageSubject:
    return ImagePerturber("grid", n_segments=n, fill=0).components(pixels)


def looks_of(pixels: Any, n: int) -> FloatArray:
    return looks(cut(pixels, n), range(n))


def groups(words: Any, names: Any) -> set[frozenset[Any]]:
    """Which names each word stands for."""
    return {
        frozenset(name for word, name in zip(words, names, strict=True) if word == one)
        for one in set(words)
    }


@pytest.mark.parametrize("seed", range(3))
def test_the_same_kind_at_the_same_place_is_one_word(seed: int) -> None:
    # 36 superpixels make six words: three kinds, left and right.
    described, names = [], []
    for pixels, kinds in pictures(1, 2, seed) + pictures(1, 2, seed + 100):
        described.append(looks_of(pixels, 2))
        names += [(kind, place) for place, kind in enumerate(kinds)]
    words = visual_words(np.concatenate(described), seed)
    assert groups(words.tolist(), names) == {
        frozenset([(kind, place)]) for kind in KINDS for place in (0, 1)
    }


def test_few_words_tell_kinds_apart_before_places() -> None:
    # 18 words for 12 pairs of kind and place: none may mix kinds.
    described, kinds = [], []
    for pixels, own in pictures(2, 2):
        described.append(looks_of(pixels, 4))
        kinds += own
    words = visual_words(np.concatenate(described), n_words=18)
    assert len(set(words.tolist())) == 18
    assert groups(words.tolist(), kinds) == {frozenset([kind]) for kind in KINDS}
    # The most frequent word has the number 0, and so on.
    assert (np.diff(np.bincount(words)) <= 0).all()
    np.testing.assert_array_equal(words, visual_words(np.concatenate(described), n_words=18))


def test_alike_words_are_one_wherever_they_are() -> None:
    described, kinds = [], []
    for pixels, own in pictures(2, 2):
        described.append(looks_of(pixels, 4))
        kinds += own
    apart = visual_words(np.concatenate(described), n_words=12)
    words = visual_words(np.concatenate(described), n_words=12, merge_alike=True)
    assert (len(set(apart.tolist())), len(set(words.tolist()))) == (12, 3)
    assert groups(words.tolist(), kinds) == {frozenset([kind]) for kind in KINDS}
    assert (np.diff(np.bincount(words)) <= 0).all()
    one = visual_words(np.repeat(described[0][:1], 5, axis=0), n_words=4, merge_alike=True)
    assert one.tolist() == [0] * 5


def test_patterns_of_the_same_colours_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    half = np.arange(SIDE * SIDE) % 2
    stripes = half.reshape(SIDE, SIDE)
    described, names = [], []
    for _ in range(3):
        patches = {
            "stripes": stripes,
            "noise": rng.permutation(half).reshape(SIDE, SIDE),
            "halves": np.sort(half).reshape(SIDE, SIDE),
        }
        for name, pixels in patches.items():
            described.append(looks_of((50 + 100 * pixels).astype(np.uint8), 1)[0])
            names.append(name)
    found = np.array(described)
    assert np.ptp(found[:, :6], axis=0).max() < 1e-9  # the colours tell nothing
    assert groups(visual_words(found).tolist(), names) == {
        frozenset([name]) for name in ("stripes", "noise", "halves")
    }


def test_looks_are_what_they_say() -> None:
    white = np.zeros((SIDE, 2 * SIDE, 3), dtype=np.uint8)
    white[:, :SIDE] = 255
    left, right = looks_of(white, 2)
    np.testing.assert_allclose(left[:3], [1, 0, 0], atol=1e-4)  # CIELAB: L, a, b
    np.testing.assert_allclose(right[:3], 0, atol=1e-9)
    np.testing.assert_allclose([left[3:6], right[3:6]], 0, atol=1e-9)
    np.testing.assert_allclose([left[12:], right[12:]], [[0.5, 0.25], [0.5, 0.75]])
    # White is flat out to the edges of the picture, and has an edge where the black begins; for
    # black nothing around it is darker.
    np.testing.assert_allclose(left[6:12], [0, 0, 0, 1 / SIDE, 1 - 1 / SIDE, 0])
    np.testing.assert_allclose(right[6:12], [0, 0, 0, 0, 1, 0])
    np.testing.assert_array_equal(looks(cut(white, 2), [1]), [right])


def test_how_a_picture_is_stored_does_not_change_its_looks() -> None:
    grey = pictures(1, 2)[5][0][..., 1]
    rgb = np.stack([grey] * 3, axis=2)
    rgba = np.dstack([rgb, np.arange(grey.size, dtype=np.uint8).reshape(grey.shape)])
    expected = looks_of(grey, 2)
    for same in (
        grey[..., None],
        rgb,
        rgba,
        grey.astype(np.int64),
        grey.astype(np.float32),
        grey / 255,
        (rgb / 255).astype(np.float32),
        rgba / 255,
        grey.astype(np.uint16) * 257,
    ):
        np.testing.assert_allclose(looks_of(same, 2), expected, atol=0.002)


def test_differences_nobody_can_see_make_no_words() -> None:
    rng = np.random.default_rng(0)
    kinds = np.arange(40) % 2
    described = np.full((40, N_LOOKS), 0.4) + 1e-4 * rng.normal(size=(40, N_LOOKS))
    described[:, 4] += 0.3 * kinds
    words = visual_words(described)
    assert groups(words.tolist(), kinds) == {frozenset([0]), frozenset([1])}


def test_colour_texture_and_place_count_alike_however_many_numbers_each_has() -> None:
    described = np.zeros((4, N_LOOKS))
    described[:2, 3:6] = 1  # half the numbers of the colour
    described[::2, 12:] = 1  # both of the place
    assert groups(visual_words(described, n_words=2).tolist(), range(4)) == {
        frozenset([0, 2]),
        frozenset([1, 3]),
    }


@pytest.mark.parametrize("n", [1, 2, 7, 50])
@pytest.mark.parametrize("noise", [0, 1e-15])
def test_what_is_all_the_same_is_one_word(n: int, noise: float) -> None:
    one = looks_of(pictures(1, 1)[0][0], 1)
    described = np.repeat(one, n, axis=0) * (1 + noise * np.arange(n)[:, None])
    assert visual_words(described).tolist() == [0] * n


def test_there_are_no_more_words_than_different_superpixels() -> None:
    rng = np.random.default_rng(0)
    for n_kinds in range(1, 8):
        kinds = np.append(np.arange(n_kinds), rng.integers(0, n_kinds, 60))
        words = visual_words(rng.random((n_kinds, N_LOOKS))[kinds], seed=n_kinds)
        assert groups(words.tolist(), kinds) == {frozenset([kind]) for kind in range(n_kinds)}
    assert visual_words(rng.random((2, N_LOOKS))).tolist() in ([0, 1], [1, 0])
    assert visual_words(rng.random((3000, N_LOOKS))).max() == 99
    assert visual_words(np.empty((0, N_LOOKS))).tolist() == []
