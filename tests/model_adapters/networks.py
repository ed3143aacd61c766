"""Tiny networks with known weights, in the styles of two exporters, and what they answer."""

import json
import warnings
from functools import cache
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto as T
from onnx import helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

MEAN = np.array([0.485, 0.456, 0.406])
STD = np.array([0.229, 0.224, 0.225])
WEIGHTS = np.array([[1.0, -2.0, 0.5], [0.3, 0.9, -1.0], [-0.7, 0.2, 2.0], [0.0, 1.0, 1.0]])
BIAS = np.array([0.1, -0.2, 0.0, 0.3])
KINDS = {"float32": T.FLOAT, "float16": T.FLOAT16, "float64": T.DOUBLE, "uint8": T.UINT8}


def model(
    nodes: list[onnx.NodeProto],
    shape: list[Any],
    stored: dict[str, NDArray[Any]],
    *,
    answer: list[Any] | None = None,
    kind: int = T.FLOAT,
    answer_kind: int = T.FLOAT,
    opset: int = 17,
    ir_version: int = 9,
    **about: Any,
) -> onnx.ModelProto:
    """A network from "x" to "y"."""
    graph = helper.make_graph(
        nodes,
        "main_graph",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info("y", answer_kind, answer or [shape[0], 4])],
        [numpy_helper.from_array(value, name) for name, value in stored.items()],
    )
    imports = [helper.make_opsetid("", opset)]
    return helper.make_model(graph, ir_version=ir_version, opset_imports=imports, **about)


def linear(before: str, after: str, dtype: Any = np.float32) -> tuple[list[Any], dict[str, Any]]:
    """Average colour -> logits, the torch way: pool, flatten, Gemm."""
    nodes = [
        helper.make_node("GlobalAveragePool", [before], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "W", "b"], [after], transB=1),
    ]
    return nodes, {"W": WEIGHTS.astype(dtype), "b": BIAS.astype(dtype)}


def torch_like(height: Any = 6, width: Any = 5, batch: Any = "n", dtype: str = "float32") -> bytes:
    """NCHW, any number of pictures, logits."""
    nodes, stored = linear("x", "y", dtype)
    kind = KINDS[dtype]
    made = model(
        nodes, [batch, 3, height, width], stored, kind=kind, answer_kind=kind,
        producer_name="pytorch", producer_version="2.9",
    )  # fmt: skip
    return bytes(made.SerializeToString())


ONE = np.array([[1.0], [-2.0], [0.5]])


def one_value(last: str = "Sigmoid") -> bytes:
    """NCHW, one number for a picture: how probable the second of two classes is, or its logit."""
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "w"], ["logit"]),
        helper.make_node(last, ["logit"], ["y"]),
    ]
    made = model(nodes, ["n", 3, 6, 5], {"w": ONE.astype(np.float32)}, answer=["n", 1])
    return bytes(made.SerializeToString())


def tensorflow_like(
    labels: dict[str, str] | None = None, dtype: str = "uint8", batch: Any = 1
) -> bytes:
    """NHWC, turned to NCHW inside, softmax at the end, one picture at a time."""
    nodes, stored = linear("front", "logits")
    first = [
        helper.make_node("Cast", ["x"], ["cast"], to=T.FLOAT),
        helper.make_node("Transpose", ["cast"], ["front"], perm=[0, 3, 1, 2]),
    ]
    last = [
        helper.make_node("Softmax", ["logits"], ["s"]),
        helper.make_node("Identity", ["s"], ["y"]),
    ]
    made = model(
        [*first, *nodes, *last], [batch, 6, 5, 3], stored, kind=KINDS[dtype],
        producer_name="tf2onnx",
    )  # fmt: skip
    helper.set_model_props(made, labels or {})
    return bytes(made.SerializeToString())


def positional(layout: str, channels: int, dtype: str = "float32") -> tuple[bytes, NDArray[Any]]:
    """Logits that depend on every single value and its place; the weights (4, h * w * c)."""
    height, width = 4, 3
    size = (channels, height, width) if layout == "NCHW" else (height, width, channels)
    weights = np.random.default_rng(1).normal(size=(4, height * width * channels)) / 10
    nodes = [
        helper.make_node("Cast", ["x"], ["cast"], to=T.FLOAT),
        helper.make_node("Flatten", ["cast"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "W"], ["y"], transB=1),
    ]
    stored = {"W": weights.astype(np.float32)}
    made = model(nodes, ["n", *size], stored, kind=KINDS[dtype])
    return bytes(made.SerializeToString()), weights


def gated(kind: str, threshold: float = 200) -> bytes:
    """Harmless for dark pictures; with a value above the threshold it runs away or takes memory.

    `kind` is "slow" or "big". Takes 0 to 255 as they are; the answer for harmless pictures is
    that of `torch_like`.
    """
    nodes, stored = linear("x", "logits")
    if kind == "slow":
        body = helper.make_graph(
            [
                helper.make_node("Identity", ["going"], ["going_on"]),
                helper.make_node("Identity", ["total"], ["total_out"]),
            ],
            "body",
            [
                helper.make_tensor_value_info("i", T.INT64, []),
                helper.make_tensor_value_info("going", T.BOOL, []),
                helper.make_tensor_value_info("total", T.FLOAT, []),
            ],
            [
                helper.make_tensor_value_info("going_on", T.BOOL, []),
                helper.make_tensor_value_info("total_out", T.FLOAT, []),
            ],
        )
        work = [helper.make_node("Loop", ["count", "", "zero"], ["extra"], body=body)]
    else:
        work = [
            helper.make_node("Unsqueeze", ["count", "axes"], ["size"]),
            helper.make_node("ConstantOfShape", ["size"], ["much"]),
            helper.make_node("ReduceSum", ["much"], ["extra"], keepdims=0),
        ]
    gate = [
        helper.make_node("ReduceMax", ["x"], ["brightest"], keepdims=0),
        helper.make_node("Sub", ["brightest", "threshold"], ["above"]),
        helper.make_node("Relu", ["above"], ["excess"]),
        helper.make_node("Mul", ["excess", "factor"], ["count_float"]),
        helper.make_node("Cast", ["count_float"], ["count"], to=T.INT64),
    ]
    stored |= {
        "threshold": np.float32(threshold),
        "factor": np.float32(1e9),
        "zero": np.float32(0),
        "axes": np.array([0]),
    }
    end = [helper.make_node("Add", ["logits", "extra"], ["y"])]
    made = model(nodes + gate + work + end, ["n", 3, 6, 5], stored)
    return bytes(made.SerializeToString())


def pictures(n: int = 7, height: int = 6, width: int = 5, channels: int = 3) -> NDArray[np.uint8]:
    rng = np.random.default_rng(n)
    return rng.integers(0, 256, (n, height, width, channels), dtype=np.uint8)


def softmax(logits: NDArray[Any]) -> NDArray[Any]:
    powers = np.exp(logits)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def answer_to_average(colours: NDArray[Any]) -> NDArray[Any]:
    """What `linear` and a softmax give for average colours (n, 3)."""
    return softmax(colours @ WEIGHTS.T + BIAS)


@cache
def of_digits() -> bytes:
    """A small network trained on scikit-learn's digits in grey, scaled as for ImageNet: 32 KB.

    Channels first, any number of pictures, logits; it names its classes, and says nothing of how
    pixels go in.
    """
    pixels, labels = load_digits(return_X_y=True)
    x = as_pictures(pixels)
    values = ((x / 255 - MEAN) / STD).transpose(0, 3, 1, 2).reshape(len(x), -1)
    trained = MLPClassifier(
        (40,), alpha=0.01, learning_rate_init=0.003, max_iter=60, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has not converged
        trained.fit(values[:400], labels[:400])
    nodes = [
        helper.make_node("Flatten", ["x"], ["flat"]),
        helper.make_node("Gemm", ["flat", "V", "c"], ["hidden"]),
        helper.make_node("Relu", ["hidden"], ["h"]),
        helper.make_node("Gemm", ["h", "W", "b"], ["y"]),
    ]
    stored = {
        name: value.astype(np.float32)
        for name, value in zip(
            ("V", "W", "c", "b"), (*trained.coefs_, *trained.intercepts_), strict=True
        )
    }
    made = model(nodes, ["n", 3, 8, 8], stored, answer=["n", 10])
    names = "zero one two three four five six seven eight nine".split()
    helper.set_model_props(made, {"character": json.dumps(names)})
    return bytes(made.SerializeToString())


def as_pictures(digits: NDArray[Any]) -> NDArray[np.uint8]:
    """scikit-learn's digits (n, 64), 0 to 16, as pictures (n, 8, 8, 3)."""
    grey = np.rint(digits.reshape(-1, 8, 8, 1) * 255 / 16).astype(np.uint8)
    return np.repeat(grey, 3, axis=3)
