"""EfficientNet-Lite as an ONNX network, made of its weights.

Mobile inverted bottlenecks with ReLU6 and without squeeze-and-excitation; padding as in TensorFlow
("SAME": what does not go evenly is put below and to the right). Batch norms are folded into the
convolutions that they follow.

References
----------
M. Tan, Q. V. Le (2019), EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks.
ICML. https://arxiv.org/abs/1905.11946
R. Liu (2020), Higher accuracy on vision models with EfficientNet-Lite. TensorFlow's blog.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sample_models.photos.weights import Weights, WeightsError

EPSILON = 1e-3  # of the batch norms
GREY, SPREAD = 127.0, 128.0  # a pixel goes in as (value - GREY) / SPREAD
OPSET, IR_VERSION = 13, 8  # what onnxruntime has known for years


@dataclass(frozen=True, slots=True)
class Stage:
    """A few blocks of one kind, of which the first strides and changes the width."""

    repeats: int
    kernel: int
    stride: int
    width: int


# Of Lite0; each is made deeper and wider for the others, but for the depth of the first and last.
STAGES = (
    Stage(1, 3, 1, 16),
    Stage(2, 3, 2, 24),
    Stage(2, 5, 2, 40),
    Stage(3, 3, 2, 80),
    Stage(3, 5, 1, 112),
    Stage(4, 5, 2, 192),
    Stage(1, 3, 1, 320),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """Which of the family: for pictures of `side` pixels, and how deep and wide beside Lite0."""

    side: int
    depth: float = 1.0
    width: float = 1.0

    def stages(self) -> Iterator[Stage]:
        """The stages of this network."""
        for number, stage in enumerate(STAGES):
            is_end = number in (0, len(STAGES) - 1)
            yield Stage(
                stage.repeats if is_end else math.ceil(self.depth * stage.repeats),
                stage.kernel,
                stage.stride,
                _by_eights(self.width * stage.width),
            )


def _by_eights(width: float) -> int:
    """The nearest multiple of 8, unless that is less than nine tenths of it."""
    nearest = max(8, int(width + 4) // 8 * 8)
    return nearest if nearest >= 0.9 * width else nearest + 8


N_FEATURES = 1280  # before the last layer
SIX = 6.0  # what none of them exceeds


def built(weights: Weights, scale: Scale, *, classifies: bool = True) -> bytes:
    """The network as an ONNX file: pictures (n, 3, side, side), 0 to 255 -> logits (n, n_classes).

    One that does not classify ends before its last layer, (n, N_FEATURES): what it has seen, each
    from 0 to 1, as a share of `SIX`.

    Raises
    ------
    WeightsError
        If a tensor is missing or has another shape than this network needs.
    """
    from onnx import helper

    graph = _Graph(weights, scale.side)
    graph.add("Sub", [graph.stored("grey", np.array(GREY, np.float32))])
    graph.convolution("_conv_stem", "_bn0", kernel=3, stride=2, divided_by=SPREAD)
    graph.add("Clip", graph.six)
    block, width = 0, len(weights["_conv_stem.weight"])
    for stage in scale.stages():
        for repeat in range(stage.repeats):
            stride = stage.stride if repeat == 0 else 1
            before = graph.last
            name = f"_blocks.{block}."
            if f"{name}_expand_conv.weight" in weights:
                graph.convolution(f"{name}_expand_conv", f"{name}_bn0")
                graph.add("Clip", graph.six)
            graph.convolution(
                f"{name}_depthwise_conv", f"{name}_bn1", kernel=stage.kernel, stride=stride
            )
            graph.add("Clip", graph.six)
            graph.convolution(f"{name}_project_conv", f"{name}_bn2", width=stage.width)
            if stride == 1 and width == stage.width:
                graph.add("Add", [before])
            block, width = block + 1, stage.width
    graph.convolution("_conv_head", "_bn1")
    graph.add("Clip", graph.six)
    graph.add("GlobalAveragePool")
    graph.add("Flatten")
    classes = graph.tensor("_fc.weight", 2)
    bias = graph.tensor("_fc.bias", 1)
    if classifies:
        graph.add("Gemm", [graph.stored("fc", classes), graph.stored("fc bias", bias)], transB=1)
    else:
        graph.add("Div", [graph.six[1]])
    if unused := weights.keys() - graph.used:
        raise WeightsError(
            f"The file of weights is of another network: it has {len(unused)} tensors too many."
        )
    return graph.file(helper, *(classes.shape[:1] if classifies else classes.shape[1:]))


class _Graph:
    """A chain of nodes, each of which takes what the one before gives."""

    def __init__(self, weights: Weights, side: int) -> None:
        self._weights, self._side, self._in = weights, side, side
        self._nodes: list[tuple[str, list[str], str, dict[str, Any]]] = []
        self._stored: dict[str, NDArray[Any]] = {}
        self.used: set[str] = set()
        self.last = "pictures"
        self.six = [
            self.stored(name, np.array(limit, np.float32))
            for name, limit in (("none", 0.0), ("six", SIX))
        ]

    def stored(self, name: str, values: NDArray[Any]) -> str:
        """Keep numbers in the network; returns their name."""
        self._stored[name] = values
        return name

    def tensor(self, name: str, n_axes: int) -> NDArray[Any]:
        """A tensor of the weights."""
        found = self._weights.get(name)
        if found is None or found.ndim != n_axes:
            raise WeightsError(
                f"The file of weights is of another network: {name} is "
                f"{'missing' if found is None else f'of shape {found.shape}'}."
            )
        self.used.add(name)
        return found

    def add(self, operator: str, more: list[str] | None = None, **attributes: Any) -> None:
        """A node that goes on from the last one."""
        output = f"{operator} {len(self._nodes)}"
        self._nodes.append((operator, [self.last, *(more or [])], output, attributes))
        self.last = output

    def convolution(
        self,
        name: str,
        norm: str,
        *,
        kernel: int = 1,
        stride: int = 1,
        width: int | None = None,
        divided_by: float = 1.0,
    ) -> None:
        """A convolution with the batch norm after it; what goes in is `divided_by` before that."""
        values = self.tensor(f"{name}.weight", 4).astype(np.float64)
        gain, shift, mean, variance = (
            self.tensor(f"{norm}.{part}", 1).astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        self.used.add(f"{norm}.num_batches_tracked")
        fits = gain.shape == shift.shape == mean.shape == variance.shape == values.shape[:1]
        if not fits or values.shape[2:] != (kernel, kernel) or width not in (None, len(values)):
            raise WeightsError(
                f"The file of weights is of another network: {name} has the shape {values.shape}."
            )
        gain /= np.sqrt(variance + EPSILON)
        folded = values * (gain / divided_by)[:, None, None, None]
        out = math.ceil(self._in / stride)
        padding = max((out - 1) * stride + kernel - self._in, 0)
        before, after = padding // 2, padding - padding // 2
        self.add(
            "Conv",
            [
                self.stored(name, folded.astype(np.float32)),
                self.stored(f"{name} bias", (shift - gain * mean).astype(np.float32)),
            ],
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=[before, before, after, after],
            group=len(values) if values.shape[1] == 1 else 1,
        )
        self._in = out

    def file(self, helper: Any, n_out: int) -> bytes:
        """The network in ONNX's format."""
        from onnx import TensorProto, numpy_helper

        def port(name: str, *shape: int | str) -> Any:
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

        graph = helper.make_graph(
            [
                helper.make_node(operator, inputs, [output], **attributes)
                for operator, inputs, output, attributes in self._nodes
            ],
            "EfficientNet-Lite",
            [port("pictures", "n", 3, self._side, self._side)],
            [port(self.last, "n", n_out)],
            [numpy_helper.from_array(values, name) for name, values in self._stored.items()],
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
        )
        written: bytes = model.SerializeToString()
        return written
