"""The digits: real images as they are, and two models that do worse on other people's hands."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from lime_engine import LimeSettings, explain
from sample_models import digits
from tests.sample_models.asked import SPLITS, accuracy, on_examples

TASK = digits.TASK


def test_images_are_the_real_ones_in_bytes():
    whole = load_digits()
    known = {
        image.tobytes(): label for image, label in zip(whole.images, whole.target, strict=True)
    }
    seen = 0
    for name in SPLITS:
        part = TASK.data().split(name)
        assert part.instances.shape == (len(part.labels), 8, 8)
        assert part.instances.dtype == np.uint8
        for image, label in zip(part.instances, part.labels, strict=True):
            original = np.rint(image * (16 / 255))
            assert known[original.tobytes()] == label
            np.testing.assert_allclose(image, original * (255 / 16), atol=0.51)
        seen += len(part.labels)
    assert seen == len(known) == 1797


def test_ink_is_bright_and_paper_is_0():
    for name in SPLITS:
        images = TASK.data().split(name).instances
        assert images.max() == 255
        assert (images.max(axis=(1, 2)) > 200).all()
        assert (images[:, :, 0] == 0).mean() > 0.9  # the margin on the left


def test_sizes_and_that_field_is_the_end_of_the_collection():
    data = TASK.data()

    assert [len(data.split(name).instances) for name in SPLITS] == [800, 400, 597]
    np.testing.assert_array_equal(data.field.labels, load_digits().target[1200:])
    for name in SPLITS:
        shares = np.bincount(data.split(name).labels, minlength=10) / len(data.split(name).labels)
        assert shares.min() > 0.07
        assert shares.max() < 0.13


def test_images_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        TASK.data().test.instances[0, 0, 0] = 1


@pytest.mark.parametrize("key", ["logistic", "forest"])
def test_models_are_good_and_worse_in_the_field(key):
    assert accuracy(TASK, key, "test") >= 0.95
    assert 0.9 <= accuracy(TASK, key, "field") <= accuracy(TASK, key, "test") - 0.03


def test_every_pixel_is_a_component_and_off_is_paper():
    image = TASK.data().test.instance(0)
    subject = TASK.image.components(image)

    np.testing.assert_array_equal(np.sort(subject.segments.ravel()), np.arange(64))
    asked = []

    def ink(images):
        asked.extend(images)
        dark = images.reshape(len(images), -1).mean(axis=1) / 255
        return np.column_stack([1 - dark, dark])

    explain(image, ink, TASK.image, LimeSettings(n_samples=50))
    assert all(((seen == image) | (seen == 0)).all() for seen in asked)
    assert {seen.dtype for seen in asked} == {np.dtype(np.uint8)}


# title -> (true answer, the logistic regression's, the forest's)
EXAMPLES = {
    "A stem with a flag": (1, 9, 9),
    "A thick stem with a flag": (1, 9, 1),
    "A curl that closes at the bottom": (6, 6, 6),
    "A hook on a long foot": (2, 2, 3),
    "A triangle on a stem": (4, 1, 4),
    "A sharp corner and a belly": (5, 5, 9),
}


def test_examples_are_what_their_titles_say():
    assert on_examples(TASK) == EXAMPLES
