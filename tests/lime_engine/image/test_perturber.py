"""Images: superpixels of any picture, painted over exactly, and explanations that are known."""

import itertools
import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.stats import binom
from skimage import data
from sklearn.linear_model import Ridge

from lime_engine import (
    Design,
    Explanation,
    ImagePerturber,
    ImageSubject,
    InputError,
    LimeSettings,
    SettingsError,
    ask,
    explain,
)
from lime_engine.image.superpixels import SEGMENTATIONS, superpixels
from lime_engine.types import FloatArray, MaskArray


def painted(perturber: ImagePerturber, subject: ImageSubject, masks: MaskArray) -> NDArray[Any]:
    return perturber.realiser(subject)(Design(masks, np.ones(len(masks))))


def blocks(pixels: NDArray[Any]) -> NDArray[np.intp]:
    """Twelve rectangles, numbered with gaps and from -3 on."""
    rows = np.arange(pixels.shape[0]) * 3 // pixels.shape[0]
    columns = np.arange(pixels.shape[1]) * 4 // pixels.shape[1]
    return np.asarray(7 * (rows[:, None] * 4 + columns) - 3)


def scene(shape: tuple[int, ...], dtype: str = "uint8") -> NDArray[Any]:
    noise = np.random.default_rng(1).random(shape)
    if dtype == "uint8":
        return (noise * 255).astype(np.uint8)
    return noise.astype(dtype)


@pytest.mark.parametrize("mode", ["P", "PA", "CMYK", "YCbCr", "HSV"])
def test_an_image_of_pillow_is_seen_in_its_colours(mode: str) -> None:
    """Colours that all modes have exactly, up to rounding: red, blue, white and black."""
    rgb = np.zeros((8, 8, 3), np.uint8)
    rgb[:4, :4, 0] = rgb[4:, 4:, 2] = rgb[:4, 4:] = 255
    image: Any = Image.fromarray(rgb).convert(mode)

    subject = ImagePerturber("grid", n_segments=4, fill=7).components(image)
    np.testing.assert_allclose(subject.pixels, rgb, atol=2)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "F", "I;16"])
def test_what_has_shades_of_grey_or_rgb_stays_as_it_is(mode: str) -> None:
    image: Any = Image.fromarray(scene((8, 8))).convert(mode)
    subject = ImagePerturber("grid", n_segments=4, fill=7).components(image)
    np.testing.assert_array_equal(subject.pixels, np.asarray(image))
    assert subject.pixels.dtype == np.asarray(image).dtype


# --- superpixels -----------------------------------------------------------------------------


@pytest.mark.parametrize("segmentation", SEGMENTATIONS)
@pytest.mark.parametrize("shape", [(40, 50), (40, 50, 1), (40, 50, 3), (40, 50, 4)])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_any_image_falls_into_numbered_superpixels(
    segmentation: str, shape: tuple[int, ...], dtype: str
) -> None:
    cat = data.chelsea()[60:140, 120:220][::2, ::2]  # 40 x 50
    channels = {2: cat[..., 1], 3: np.dstack([cat, cat])[..., : shape[-1]]}[len(shape)]
    image = channels if dtype == "uint8" else (channels / 255).astype(dtype)
    subject = ImagePerturber(segmentation=segmentation, fill=0).components(image)
    assert subject.segments.shape == shape[:2]
    assert np.unique(subject.segments).tolist() == list(range(subject.n_components))
    assert subject.n_components >= 2
    assert subject.pixels.dtype == image.dtype
    np.testing.assert_array_equal(subject.pixels, image)


def test_the_range_of_the_pixels_does_not_move_the_superpixels() -> None:
    image = data.astronaut()[::4, ::4]
    expected = superpixels(image, "slic", 30)
    for other in (image / 255, image.astype(float), image.astype(np.float32) / 127.5 - 1):
        again = superpixels(other, "slic", 30)
        # not exactly: 0..255 is stretched to the darkest and lightest pixel of this picture
        assert (again == expected).mean() > 0.9


def test_a_function_cuts_the_image_and_its_ids_are_renumbered() -> None:
    subject = ImagePerturber(segmentation=blocks).components(scene((30, 40, 3)))
    np.testing.assert_array_equal(subject.segments, (blocks(subject.pixels) + 3) // 7)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 100))
def test_a_grid_has_about_as_many_cells_as_asked(height: int, width: int, n: int) -> None:
    cells = superpixels(np.zeros((height, width)), "grid", n)
    d = cells.max() + 1
    assert sorted(np.unique(cells)) == list(range(d))
    assert d <= min(height * width, 2.5 * n + 2)
    sizes = np.bincount(cells.ravel())
    assert sizes.max() <= 4 * sizes.min()  # at worst two against one in both directions
    if n == 1 and max(height, width) < 1.5 * min(height, width):
        assert d == 1


def test_a_grid_of_as_many_cells_as_pixels_has_one_for_each() -> None:
    assert superpixels(np.zeros((8, 8)), "grid", 64).ravel().tolist() == list(range(64))


# --- painting over ---------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    shape=st.sampled_from([(7, 9), (7, 9, 1), (5, 11, 3), (6, 5, 4)]),
    dtype=st.sampled_from(["uint8", "uint16", "int32", "float32", "float64"]),
    seed=st.integers(0, 999),
)
def test_what_is_off_has_the_mean_colour_and_what_is_on_its_own(
    shape: tuple[int, ...], dtype: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    image = (rng.random(shape) * 200).astype(dtype)
    ids = rng.integers(0, 5, shape[:2])
    subject = ImageSubject(image, np.unique(ids, return_inverse=True)[1].reshape(shape[:2]))
    masks = rng.random((4, subject.n_components)) < 0.5
    copies = painted(ImagePerturber(), subject, masks)
    assert copies.dtype == image.dtype
    assert copies.shape == (4, *shape)
    for copy, mask in zip(copies, masks, strict=True):
        expected = image.copy()
        for i in np.flatnonzero(~mask):
            where = subject.segments == i
            colours = expected[where][..., :3] if len(shape) == 3 else expected[where]
            mean = colours.astype(float).mean(axis=0)
            if image.dtype.kind in "ui":
                mean = np.rint(mean)
            if len(shape) == 3:
                expected[where, : min(3, shape[2])] = mean  # a fourth channel stays
            else:
                expected[where] = mean
        np.testing.assert_allclose(copy, expected, rtol=1e-6)


@pytest.mark.parametrize("fill", [0, 128.0, (10, 20, 30)])
def test_a_colour_can_be_chosen(fill: Any) -> None:
    image = scene((20, 20, 3))
    subject = ImagePerturber(segmentation=blocks, fill=fill).components(image)
    copies = painted(
        ImagePerturber(segmentation=blocks, fill=fill),
        subject,
        np.zeros((1, subject.n_components), dtype=bool),
    )
    np.testing.assert_array_equal(copies[0], np.broadcast_to(fill, image.shape))


@pytest.mark.parametrize("n_segments", [1, 4, 300])
@pytest.mark.parametrize(("shape", "dtype"), [((5, 7), "uint8"), ((30, 31, 3), "float32")])
def test_superpixels_may_lie_scattered_pixel_by_pixel(
    n_segments: int, shape: tuple[int, ...], dtype: str
) -> None:
    image = scene(shape, dtype)
    ids = np.random.default_rng(0).integers(0, n_segments, shape[:2])
    perturber = ImagePerturber(segmentation=lambda pixels: ids, fill=2.0)
    subject = perturber.components(image)
    masks = np.random.default_rng(1).random((9, subject.n_components)) < 0.5
    for found, mask in zip(painted(perturber, subject, masks), masks, strict=True):
        expected = image.copy()
        expected[~mask[subject.segments]] = 2
        np.testing.assert_array_equal(found, expected)


def test_blurred_is_the_image_out_of_focus() -> None:
    image = scene((40, 60, 3), "float64")
    perturber = ImagePerturber(segmentation=blocks, fill="blur")
    subject = perturber.components(image)
    copy = painted(perturber, subject, np.zeros((1, 12), dtype=bool))[0]
    channels = [gaussian_filter(image[..., c], 0.06 * 60, mode="nearest") for c in range(3)]
    np.testing.assert_allclose(copy, np.stack(channels, axis=-1))


def test_memory_stays_small_for_a_large_picture() -> None:
    """1,000 copies of 512 x 512 would be 786 MB at once; the issue allows 150 MB of growth."""
    code = """
import resource
import numpy as np
from lime_engine import ImagePerturber, LimeSettings, explain
from lime_engine.image.superpixels import superpixels
from sklearn.linear_model import Ridge
rows, columns = np.mgrid[:512, :512]
noise = np.random.default_rng(0).integers(0, 90, (512, 512, 3))
image = (noise + (rows // 4)[..., None] + (columns // 8)[..., None]).astype(np.uint8)
superpixels(image[:32, :32], "slic", 4)  # what importing costs is not the call's
def predict(batch):
    p = batch[:, 200:300, 200:300].mean(axis=(1, 2, 3)) / 255
    return np.column_stack([1 - p, p])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
explain(image, predict, ImagePerturber(), LimeSettings(n_samples=1000, n_features=10))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 150


# --- explanations that are known --------------------------------------------------------------

WEIGHTS = np.array([0.3, -0.2, 0.1, 0, 0, 0.05, 0, -0.15, 0, 0, 0, 0])


def linear_box(image: NDArray[Any]) -> Any:
    """P(1) = .4 + the weights of the blocks that look as in the image."""
    ids = (blocks(image) + 3) // 7

    def predict(batch: NDArray[Any]) -> FloatArray:
        same = (batch == image).all(axis=-1)
        on = np.stack([same[:, ids == i].all(axis=1) for i in range(12)], axis=1)
        p = 0.4 + on @ WEIGHTS
        return np.column_stack([1 - p, p])

    return predict


@pytest.mark.parametrize("selection", ["auto", "highest_weights", "none"])
def test_a_linear_box_gives_its_own_weights(selection: str) -> None:
    image = scene((30, 40, 3))
    perturber = ImagePerturber(segmentation=blocks)
    settings = LimeSettings(n_samples=3000, n_features=5, selection=selection)
    explanation = explain(image, linear_box(image), perturber, settings, target=1)
    found = {weight.index: weight.weight for weight in explanation.weights}
    for i in np.flatnonzero(WEIGHTS):
        assert found[int(i)] == pytest.approx(WEIGHTS[i], abs=0.006)  # ridge 1 shrinks a little
    assert explanation.fidelity.r2 is not None
    assert explanation.fidelity.r2 > 0.999


def test_enumeration_is_the_weighted_ridge_over_all_masks() -> None:
    """Written out from the definition for the 2^12 masks of twelve blocks."""
    image, d, n = scene((30, 40, 3)), 12, 5000
    predict = linear_box(image)
    crooked = lambda batch: predict(batch) ** 2 / (predict(batch) ** 2).sum(axis=1)[:, None]  # noqa: E731
    perturber = ImagePerturber(segmentation=blocks)
    settings = LimeSettings(n_samples=n, selection="none", sampler="lime")
    explanation = explain(image, crooked, perturber, settings, target=1)
    masks = np.array(list(itertools.product([False, True], repeat=d)))
    distance = 1 - np.sqrt(masks.mean(axis=1))
    weights = (n - 1) / 2**d * np.exp(-(distance**2) / (2 * 0.25**2)) + masks.all(axis=1)
    subject = perturber.components(image)
    y = crooked(painted(perturber, subject, masks))[:, 1]
    peer = Ridge(alpha=1).fit(masks, y, sample_weight=weights)
    found = {weight.index: weight.weight for weight in explanation.weights}
    np.testing.assert_allclose([found[i] for i in range(d)], peer.coef_)
    assert explanation.fidelity.exact
    assert explanation.n_calls == 2**d


def test_every_superpixel_is_off_half_of_the_time() -> None:
    perturber = ImagePerturber(segmentation=blocks)
    subject = perturber.components(scene((30, 40, 3)))
    design = perturber.law(subject, None).draw(20_000, np.random.default_rng(0))
    np.testing.assert_allclose(design.masks.mean(axis=0), 0.5, atol=0.015)
    together = np.corrcoef(design.masks.T)[np.triu_indices(12, 1)]
    assert np.abs(together).max() < 0.04  # independently of each other


def test_images_of_hundreds_of_superpixels_have_a_law() -> None:
    subject = ImageSubject(scene((40, 50)), np.arange(2000).reshape(40, 50))
    law = ImagePerturber().law(subject, None)
    assert law.sizes.sum() == pytest.approx(1)
    kept = law.draw(100, np.random.default_rng(0)).masks.mean()
    assert kept == pytest.approx(0.5, abs=0.01)


def test_batches_are_bounded_in_bytes() -> None:
    seen: list[int] = []

    def predict(batch: NDArray[Any]) -> FloatArray:
        seen.append(batch.nbytes)
        return np.tile([0.5, 0.5], (len(batch), 1))

    image = scene((300, 300, 3), "float64")
    ask(image, predict, ImagePerturber(segmentation="grid"), LimeSettings(n_samples=60))
    assert max(seen) <= 16_000_000
    assert len(seen) > 5


def test_explanations_of_images_survive_json() -> None:
    for image in (scene((30, 40, 3)), scene((30, 40), "float32")):
        predict = lambda batch: np.tile([0.2, 0.8], (len(batch), 1))  # noqa: E731
        explanation = explain(
            image, predict, ImagePerturber(segmentation=blocks), LimeSettings(n_samples=50)
        )
        again = Explanation.from_dict(json.loads(json.dumps(explanation.to_dict())))
        assert again.to_dict() == explanation.to_dict()
        assert isinstance(again.subject, ImageSubject)
        assert again.subject.pixels.dtype == image.dtype
        np.testing.assert_array_equal(again.subject.pixels, image)
        np.testing.assert_array_equal(again.subject.segments, (blocks(image) + 3) // 7)


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (np.zeros((4, 4, 2)), "(4, 4, 2)"),
        (np.zeros((2, 4, 4, 3)), "(2, 4, 4, 3)"),
        (np.zeros(7), "(7,)"),
        (np.zeros((0, 5, 3)), "empty"),
        (np.full((4, 4), "x"), "not of numbers"),
        (np.full((4, 4, 3), 7, dtype=np.uint8), "leaves this image as it is"),
    ],
)
def test_what_is_no_image_is_refused_with_its_reason(image: NDArray[Any], says: str) -> None:
    with pytest.raises(InputError) as caught:
        ImagePerturber().components(image)
    assert says in str(caught.value)


def test_pixels_that_are_no_numbers_are_counted() -> None:
    image = scene((6, 6, 3), "float64")
    image[2, 3, 0] = np.nan
    image[4, 4, 1] = np.inf
    with pytest.raises(InputError, match=r"2 values that are not finite numbers.*row 2, column 3"):
        ImagePerturber().components(image)


def test_one_colour_can_be_explained_with_another_fill() -> None:
    image = np.full((12, 12, 3), 7, dtype=np.uint8)
    assert ImagePerturber(fill=0, n_segments=9).components(image).n_components >= 4


def test_a_segmentation_that_is_none_is_refused() -> None:
    for wrong in (
        lambda pixels: np.zeros((3, 3), int),
        lambda pixels: np.full(pixels.shape[:2], 0.5),
    ):
        with pytest.raises(InputError, match="The segmentation returned"):
            ImagePerturber(segmentation=wrong).components(scene((8, 8, 3)))
    pixels = scene((100, 100))
    with pytest.raises(InputError, match="10,000 superpixels"):
        ImagePerturber(segmentation="grid", n_segments=10_000, fill=0).components(pixels)


@pytest.mark.parametrize(
    "wrong",
    [
        {"segmentation": "voronoi"},
        {"fill": "sepia"},
        {"n_segments": 0},
        {"n_segments": 2.5},
    ],
)
def test_settings_outside_their_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=str(next(iter(wrong.values())))):
        ImagePerturber(**wrong)


def test_a_colour_must_suit_the_channels() -> None:
    with pytest.raises(SettingsError, match="3 colour channels"):
        ImagePerturber(fill=(1, 2)).components(scene((8, 8, 3)))


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(3))))
@settings(max_examples=30, deadline=None)
def test_tiny_images_are_explained_or_refused_with_a_sentence(image: NDArray[Any]) -> None:
    predict = lambda batch: np.column_stack([batch[:, 0, 0, 0] / 255, 1 - batch[:, 0, 0, 0] / 255])  # noqa: E731
    same = len(np.unique(image.reshape(-1, 3), axis=0)) == 1
    try:
        found = explain(image, predict, ImagePerturber(), LimeSettings(n_samples=20))
    except InputError:
        assert same or image.shape[0] * image.shape[1] <= 36
    else:
        assert not same
        assert len(found.weights) <= image.shape[0] * image.shape[1]


def test_numbers_in_an_array_are_a_fill_and_an_array_is_no_segmentation() -> None:
    assert ImagePerturber(fill=np.array([1, 2, 3])) == ImagePerturber(fill=(1, 2, 3))  # type: ignore[arg-type]
    assert ImagePerturber(n_segments=np.int32(4), fill=np.float32(3)).fill == 3.0
    for fill in (None, np.zeros((2, 2)), np.ma.masked_array([1, 2, 3], [0, 1, 0]), "sky"):
        with pytest.raises(SettingsError, match="fill is"):
            ImagePerturber(fill=fill)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match=r"array of shape \(3, 3\); pass a function"):
        ImagePerturber(segmentation=np.zeros((3, 3), dtype=int))  # type: ignore[arg-type]


def test_what_is_no_image_at_all_is_refused() -> None:
    masked = np.ma.masked_greater(np.random.default_rng(0).random((8, 8)), 0.5)
    for image in (masked, [[1, 2], [3]], {"pixels": 1}):
        with pytest.raises(InputError, match=r"not (an array )?of numbers"):
            ImagePerturber().components(image)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="segmentation returned"):
        ImagePerturber(segmentation=lambda pixels: [[1], [1, 2]]).components(np.eye(8))


def test_many_superpixels_have_the_exact_law() -> None:
    for d in (1, 7, 2500):
        subject = ImageSubject(np.zeros((1, d), np.uint8), np.arange(d).reshape(1, d))
        sizes = ImagePerturber().law(subject, None).sizes
        for s in {0, 1, d // 3, d // 2, d}:
            assert sizes[s] == pytest.approx(binom.pmf(s, d, 0.5), rel=1e-9)
