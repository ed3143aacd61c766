"""What a graph tells about scaling and outputs, as a value and a sentence why. Child only."""

from typing import Final

import numpy as np
import onnx

from lime_engine.types import FloatArray
from model_adapters.answers import SLACK
from model_adapters.onnx.ports import Port, constant_in, readers
from model_adapters.settings import GUESS, Output, Scaling

_ONWARD: Final = set(
    "Identity Reshape Flatten Squeeze Unsqueeze Cast Dropout Transpose QuantizeLinear "
    "DequantizeLinear".split()
)
_TURNS: Final = {"Transpose", "Reshape", "Squeeze", "Unsqueeze", "Resize", "Pad"}
_SUM_SLACK: Final = 0.02  # of a softmax over 1,000 classes in 16 bits


def output_from_graph(
    model: onnx.ModelProto, name: str, n_columns: int
) -> tuple[Output, str] | None:
    """Whether the last step before an output makes probabilities; None if it does not say."""
    makers = {out: node for node in model.graph.node for out in node.output}
    node = makers.get(name)
    for _ in range(20):
        if node is None or node.op_type not in _ONWARD:
            break
        node = makers.get(node.input[0]) if node.input else None
    match node.op_type if node is not None else "":
        case "Softmax":
            return "probabilities", "The file's last step is a softmax, so it gives probabilities."
        case "Sigmoid" | "HardSigmoid" if n_columns == 1:
            return "probabilities", "The file's last step is a sigmoid, so it gives a probability."
        case "Sigmoid" | "HardSigmoid":
            return "independent", (
                "The file's last step is a sigmoid: a yes or no for each class on its own."
            )
        case "LogSoftmax":
            return "logits", (
                "The file's last step is a log-softmax; a softmax turns it into probabilities."
            )
    return None


def output_from_answers(answers: FloatArray) -> tuple[Output, str]:
    """What the answers (n, k) to random pictures look like."""
    in_range = bool(((answers >= -SLACK) & (answers <= 1 + SLACK)).all())
    if answers.shape[1] == 1 or not in_range:
        return "logits", (
            "The answers to random pictures are not in 0 to 1 or do not sum to 1, so they are "
            "taken as logits."
        )
    if np.allclose(answers.sum(axis=1), 1.0, atol=_SUM_SLACK):
        return "probabilities", "For random pictures the answers are in 0 to 1 and sum to 1."
    return "independent", (
        "For random pictures the answers are in 0 to 1 and do not sum to 1: a yes or no for each "
        "class on its own."
    )


def scaling(model: onnx.ModelProto, port: Port, n_classes: int | None) -> tuple[Scaling, str]:
    """How the network wants its values; a guess where the graph does not show it."""
    if not port.dtype.startswith("float"):
        return "none", "The network takes whole numbers, so values stay as they are, 0 to 255."
    if (found := _own_scaling(model.graph, port.name)) is not None:
        return found
    notes = [f"{p.key} {p.value[:500]}" for p in model.metadata_props[:50]]
    words = " ".join([model.producer_name, model.graph.name, model.doc_string[:500], *notes])
    if "ultralytics" in words.lower():
        return "0-1", "The file comes from Ultralytics, whose classifiers take values from 0 to 1."
    if n_classes == 1001 or (n_classes == 1000 and port.layout == "NHWC"):
        return "-1..1", (
            f"{GUESS}: most TensorFlow networks with {n_classes:,} classes take values from -1 to "
            "1."
        )
    if n_classes == 1000:
        return "imagenet", (
            f"{GUESS}: networks with 1,000 classes are mostly trained on ImageNet, with its usual "
            "scaling."
        )
    if port.layout == "NCHW" and port.channels == 3:
        return "imagenet", (
            f"{GUESS}: the file does not say, and networks of colour pictures with the channels "
            "first mostly take the usual ImageNet scaling."
        )
    return "0-1", f"{GUESS}: the file does not say, and values from 0 to 1 are the most common."


def _own_scaling(graph: onnx.GraphProto, name: str) -> tuple[Scaling, str] | None:
    """What the first arithmetic on the picture tells: numbers for 0 to 255, or for 0 to 1."""
    node = next(readers(graph, name), None)
    for _ in range(8):
        if node is None or node.op_type not in _TURNS or not node.output:
            break
        node = next(readers(graph, node.output[0]), None)
    match node.op_type if node is not None else "":
        case "Sub" | "Add":
            fits_unit = _at_most(constant_in(graph, node), 1.5)  # the mean of values from 0 to 1
        case "Div":
            fits_unit = _at_most(constant_in(graph, node), 2.0)  # their standard deviation
        case "Mul":
            fits_unit = not _at_most(constant_in(graph, node), 0.1)  # 1/255, 1/127.5, 1/58
        case "BatchNormalization":
            means = onnx.NodeProto(input=node.input[3:4]) if node is not None else None
            fits_unit = _at_most(constant_in(graph, means), 1.5)
        case _:
            return None
    return ("0-1", _NETWORK_CENTRES) if fits_unit else ("none", _NETWORK_SCALES)


def _at_most(number: float | None, most: float) -> bool:
    return number is not None and number <= most


_NETWORK_SCALES: Final = "The network scales the values 0 to 255 itself, in its first step."
_NETWORK_CENTRES: Final = (
    "The network's first step centres or scales values, by numbers that fit values from 0 to 1."
)
