"""A network that PyTorch trained and exported, in four ways, against PyTorch's own answers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_adapters import inspect_network, load_network

EXPORTED = Path(__file__).parent / "exported"  # with the script that made them


def expected() -> Any:
    with np.load(EXPORTED / "expected.npz") as found:
        return dict(found)


@pytest.mark.parametrize("last", ["logits", "softmax"])
@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
def test_a_file_of_pytorchs_is_found_out_and_answers_as_pytorch_does(
    layout: str, last: str
) -> None:
    data, wanted = (EXPORTED / f"{layout}_{last}.onnx").read_bytes(), expected()
    facts = inspect_network(data)
    found = facts.proposed
    assert (found.layout, found.height, found.width) == (layout.upper(), 32, 32)
    assert (found.channels, found.dtype, found.batch, facts.n_classes) == (3, "float32", None, 4)
    assert not facts.is_guess("layout")
    assert found.output == ("logits" if last == "logits" else "probabilities")
    assert facts.producer.startswith("pytorch 2.")
    assert facts.is_guess("scaling")  # no file of PyTorch's says; with channels first it is right
    assert found.scaling == ("imagenet" if layout == "nchw" else "0-1")
    names = tuple(map(str, wanted["names"]))
    network = load_network(data, replace(found, scaling="imagenet", class_names=names))
    try:
        answers = network(wanted["pictures"])
        np.testing.assert_allclose(answers, wanted["probabilities"], atol=1e-4)
    finally:
        network.close()
    unsure = wanted["probabilities"].max(axis=1) < 0.9
    assert unsure.sum() >= 3  # where it is sure, almost any answer would be the same
