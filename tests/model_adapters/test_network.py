"""The way of a picture through a network, against the same arithmetic in numpy."""

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lime_engine.errors import InputError
from model_adapters import (
    Network,
    NetworkError,
    NetworkSettings,
    inspect_network,
    load_network,
)
from tests.model_adapters import networks

SETTINGS = NetworkSettings(
    layout="NCHW", height=6, width=5, channels=3, dtype="float32", scaling="0-1",
    output="logits", class_names=("cat", "dog", "bird", "fish"),
)  # fmt: skip
SCALED = {
    "none": lambda x: x,
    "0-1": lambda x: x / 255,
    "-1..1": lambda x: x / 127.5 - 1,
    "imagenet": lambda x: (x / 255 - networks.MEAN) / networks.STD,
}


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    made = load_network(networks.torch_like(), SETTINGS)
    yield made
    made.close()


@pytest.mark.parametrize("scaling", ["none", "0-1", "-1..1", "imagenet"])
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_every_value_arrives_scaled_and_in_its_place(layout: Any, scaling: Any) -> None:
    data, weights = networks.positional(layout, 3)
    settings = replace(SETTINGS, layout=layout, height=4, width=3, scaling=scaling)
    x = networks.pictures(5, 4, 3)
    values = SCALED[scaling](x.astype(float))
    ordered = values.transpose(0, 3, 1, 2) if layout == "NCHW" else values
    network = load_network(data, settings)
    np.testing.assert_allclose(
        network(x), networks.softmax(ordered.reshape(5, -1) @ weights.T), rtol=2e-5, atol=1e-9
    )
    network.close()


@pytest.mark.parametrize("dtype", ["float16", "float64", "uint8"])
def test_other_number_types(dtype: Any) -> None:
    x = networks.pictures()
    scaling: Any = "none" if dtype == "uint8" else "-1..1"
    if dtype == "float16":
        data, settings = networks.torch_like(dtype=dtype), replace(SETTINGS, dtype=dtype)
    else:
        data = networks.tensorflow_like(dtype=dtype, batch="n")
        settings = replace(SETTINGS, layout="NHWC", dtype=dtype, scaling="none")
        settings = replace(settings, output="probabilities")
    network = load_network(data, replace(settings, scaling=scaling))
    expected = networks.answer_to_average(SCALED[scaling](x.astype(float)).mean(axis=(1, 2)))
    rtol = 2e-2 if dtype == "float16" else 1e-5
    np.testing.assert_allclose(network(x), expected, rtol=rtol, atol=1e-12)
    network.close()


def test_grey_imagenet_scaling_uses_the_averages() -> None:
    data, weights = networks.positional("NHWC", 1)
    settings = replace(SETTINGS, layout="NHWC", height=4, width=3, channels=1, scaling="imagenet")
    x = networks.pictures(3, 4, 3, 1)
    values = (x / 255 - networks.MEAN.mean()) / networks.STD.mean()
    network = load_network(data, settings)
    expected = networks.softmax(values.reshape(3, -1) @ weights.T)
    np.testing.assert_allclose(network(x), expected, rtol=1e-5)
    np.testing.assert_array_equal(network(x[..., 0]), network(x))  # (n, h, w) is the same
    network.close()


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("scaling", ["none", "imagenet", "own"])
def test_blue_first_and_a_scaling_of_ones_own(layout: Any, scaling: Any) -> None:
    data, weights = networks.positional(layout, 3)
    own = {"mean": (0.4, 0.5, 0.6), "std": (0.1, 0.2, 0.3)} if scaling == "own" else {}
    settings = replace(SETTINGS, layout=layout, height=4, width=3, order="BGR")
    settings = replace(settings, scaling=scaling, **own)
    x = networks.pictures(5, 4, 3)
    values = SCALED.get(scaling, lambda x: x / 255)(x.astype(float))[..., ::-1]
    if own:  # in the order in which the channels go in
        values = (values - own["mean"]) / own["std"]
    ordered = values.transpose(0, 3, 1, 2) if layout == "NCHW" else values
    network = load_network(data, settings)
    expected = networks.softmax(ordered.reshape(5, -1) @ weights.T)
    np.testing.assert_allclose(network(x), expected, rtol=2e-5, atol=1e-9)
    network.close()


@pytest.mark.parametrize("size", [(8, 3), (4, 12), (2, 1)])
def test_a_letterbox_keeps_the_shape_between_grey_bars(size: tuple[int, int]) -> None:
    data, weights = networks.positional("NHWC", 3)
    settings = replace(SETTINGS, layout="NHWC", height=4, width=3, scaling="none")
    x = networks.pictures(2, *size)
    scale = min(4 / size[0], 3 / size[1])
    height, width = (max(1, round(scale * each)) for each in size)
    whole = np.full((2, 4, 3, 3), 114.0)
    top, left = (4 - height) // 2, (3 - width) // 2
    for picture, place in zip(x, whole, strict=True):
        inner = Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR)
        place[top : top + height, left : left + width] = np.asarray(inner)
    network = load_network(data, replace(settings, fit="letterbox"))
    expected = networks.softmax(whole.reshape(2, -1) @ weights.T)
    np.testing.assert_allclose(network(x), expected, rtol=1e-4, atol=1e-12)
    network.close()


def test_pictures_of_several_sizes_under_every_scaling(network: Network) -> None:
    x = [np.full((6, 5, 3), 80, np.uint8), np.full((31, 17, 3), (10, 90, 250), np.uint8)]
    for scaling, scaled in SCALED.items():
        colours = np.stack([scaled(each.astype(float)).mean(axis=(0, 1)) for each in x])
        answers = network.under(x, scaling)  # type: ignore[arg-type]
        np.testing.assert_allclose(answers, networks.answer_to_average(colours), atol=1e-5)
    expected = networks.answer_to_average(x[0][None].mean(axis=(1, 2)) / 255)
    np.testing.assert_allclose(network(x[:1]), expected, rtol=1e-5)  # nothing has changed


def test_colour_becomes_grey_by_its_luminance() -> None:
    data, weights = networks.positional("NCHW", 1, "uint8")
    settings = replace(SETTINGS, height=4, width=3, channels=1, dtype="uint8", scaling="none")
    x = networks.pictures(3, 4, 3)
    network = load_network(data, settings)
    exact = np.rint(x @ [0.299, 0.587, 0.114]).reshape(3, -1)
    np.testing.assert_allclose(network(x), networks.softmax(exact @ weights.T), rtol=1e-4)
    network.close()


def test_grey_pictures_fill_all_channels(network: Network) -> None:
    grey = networks.pictures(channels=1)
    np.testing.assert_array_equal(network(grey), network(np.repeat(grey, 3, axis=3)))


def test_transparent_pictures_lie_on_white(network: Network) -> None:
    x = networks.pictures(3, channels=4)
    x[0, ..., 3], x[1, ..., 3] = 0, 255
    answers = network(x)
    white = np.full((1, 6, 5, 3), 255, np.uint8)
    np.testing.assert_allclose(answers[0], network(white)[0])
    np.testing.assert_allclose(answers[1], network(x[1:2, ..., :3])[0])
    opacity = x[2, ..., 3:] / 255
    mixed = (x[2, ..., :3] * opacity + 255 * (1 - opacity)).mean(axis=(0, 1)) / 255
    np.testing.assert_allclose(answers[2:], networks.answer_to_average(mixed[None]), rtol=5e-3)


def test_fractions_are_not_rounded_to_bytes(network: Network) -> None:
    x = np.random.default_rng(3).random((4, 6, 5, 3))
    expected = networks.answer_to_average(x.mean(axis=(1, 2)))
    np.testing.assert_allclose(network(x), expected, rtol=1e-6)
    x = networks.pictures()
    np.testing.assert_allclose(network(x / 255), network(x), rtol=1e-6)


@pytest.mark.parametrize("size", [(12, 10), (3, 4), (17, 9)])
def test_the_whole_picture_is_resized_as_pillow_does(size: tuple[int, int]) -> None:
    data, weights = networks.positional("NHWC", 3)
    settings = replace(SETTINGS, layout="NHWC", height=4, width=3, scaling="none")
    x = networks.pictures(2, *size)
    resized = [np.asarray(Image.fromarray(p).resize((3, 4), Image.Resampling.BILINEAR)) for p in x]
    network = load_network(data, settings)
    expected = networks.softmax(np.stack(resized).reshape(2, -1) @ weights.T)
    np.testing.assert_allclose(network(x), expected, rtol=1e-4, atol=1e-12)
    # Fractions go another way, where nothing is rounded: one grey level apart at most.
    close = np.log(network(x / 255)) - np.log(network(x))
    assert np.abs(close).max() < 2 * np.abs(weights).sum(axis=1).max()
    network.close()


def test_a_plain_picture_stays_plain_at_every_size(network: Network) -> None:
    plain = np.full((2, 31, 17, 3), 77, np.uint8)
    np.testing.assert_allclose(network(plain), network(plain[:, :6, :5]), rtol=1e-12)


def test_a_fixed_batch_is_filled_up() -> None:
    x = networks.pictures(10)
    expected = networks.answer_to_average((x / 255).mean(axis=(1, 2)))
    for batch in (1, 4):
        network = load_network(networks.torch_like(batch=batch), replace(SETTINGS, batch=batch))
        np.testing.assert_allclose(network(x), expected, rtol=1e-5)
        np.testing.assert_allclose(network(x[:3]), expected[:3], rtol=1e-5)
        network.close()


def test_many_pictures_are_asked_in_batches(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = networks.pictures(10)
    whole = network(x)
    monkeypatch.setattr("model_adapters.network._BATCH_PIXELS", 100)  # three at a time
    np.testing.assert_allclose(network(x), whole, rtol=1e-6)


def test_no_pictures_no_answers(network: Network) -> None:
    assert network(np.empty((0, 6, 5, 3), np.uint8)).shape == (0, 4)
    assert network(networks.pictures(1)).dtype == np.float64


def test_probabilities_are_the_softmax_of_logits() -> None:
    x = networks.pictures()
    settings = replace(SETTINGS, layout="NHWC", scaling="none", dtype="uint8", batch=1)
    with_softmax = load_network(
        networks.tensorflow_like(), replace(settings, output="probabilities")
    )
    logits = load_network(networks.torch_like(), replace(SETTINGS, scaling="none", output="logits"))
    np.testing.assert_allclose(with_softmax(x), logits(x), rtol=1e-4, atol=1e-30)
    with_softmax.close()
    logits.close()


def test_a_network_travels_as_its_bytes_and_settings() -> None:
    load = pickle.loads(pickle.dumps(partial(load_network, networks.torch_like(), SETTINGS)))
    network = load()
    assert network(networks.pictures()).shape == (7, 4)
    network.close()


def test_pictures_of_another_kind_are_refused(network: Network) -> None:
    for images, words in [
        (np.zeros((2, 6, 5, 2), np.uint8), "1, 3 or 4 channels"),
        (np.zeros((6, 5), np.uint8), "shape"),
        (np.zeros((1, 6, 5, 3), np.int64), "int64"),
        (np.full((1, 6, 5, 3), 255.0), "Divide by 255"),
        (np.full((1, 6, 5, 3), np.nan), "from nan"),
        ([np.zeros((6, 5, 3), np.uint8), np.zeros((5, 5, 3), np.uint8)], "different sizes"),
    ]:
        with pytest.raises(InputError, match=words):
            network(images)
    assert network(networks.pictures()).shape == (7, 4)  # and goes on


def test_settings_that_do_not_fit_the_file_are_told_when_loading() -> None:
    data = networks.torch_like()
    for wrong, words in [
        ({"height": 7}, "failed on pictures"),
        ({"dtype": "float64"}, "failed on pictures"),
        ({"class_names": ("one", "two")}, "2 class names .* 4 values"),
    ]:
        with pytest.raises(NetworkError, match=words):
            load_network(data, replace(SETTINGS, **wrong))


def test_settings_survive_json_and_clean_names() -> None:
    again = NetworkSettings(**json.loads(json.dumps(asdict(SETTINGS))))
    assert again == SETTINGS
    named = replace(SETTINGS, class_names=["a\x00b\u202e\n c", "x" * 300, ""])
    assert named.class_names == ("a b c", "x" * 79 + "…", "class 2")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"layout": "CHW"}, "layout 'CHW'.*NCHW, NHWC"),
        ({"scaling": "0-2"}, "scaling"),
        ({"dtype": "object"}, "dtype"),
        ({"output": "labels"}, "output"),
        ({"channels": 4}, "channels"),
        ({"height": 0}, "height"),
        ({"height": True}, "height"),
        ({"height": 4096, "width": 4096}, "too large"),
        ({"batch": 1000}, "batch"),
        ({"dtype": "uint8"}, 'scaling "none"'),
        ({"scaling": "own"}, "mean.*one for all"),
        ({"scaling": "own", "mean": (0.5,), "std": (0.0,)}, "is 0"),
        ({"scaling": "own", "mean": (0.5,), "std": (1.0, 2.0)}, "standard deviation"),
        ({"scaling": "own", "mean": (float("nan"),), "std": (1.0,)}, "mean"),
        ({"mean": (0.5,), "std": (0.5,)}, "mean"),
        ({"order": "GBR"}, "order of colours"),
        ({"fit": "crop"}, "fit 'crop'.*stretch, letterbox"),
        ({"axis": 0}, "axis"),
        ({"answer": -1}, "number of the output"),
        ({"class_names": ("one",)}, "1 class names"),
        ({"class_names": "cat"}, "list of texts"),
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(NetworkError, match=words):
        replace(SETTINGS, **wrong)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys; import model_adapters; "
        "print([m for m in ('onnx', 'onnxruntime', 'PIL', 'sklearn', 'scipy') if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr


def test_the_proposal_of_an_inspection_can_be_loaded() -> None:
    data = networks.tensorflow_like()
    network = load_network(data, inspect_network(data).proposed)
    x = networks.pictures()
    expected = networks.answer_to_average(x.astype(float).mean(axis=(1, 2)))
    np.testing.assert_allclose(network(x), expected, rtol=1e-4, atol=1e-30)
    network.close()
