"""Where pictures go into an ONNX graph, and where answers come out. Runs in the child only."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import onnx
from onnx import TensorProto, numpy_helper

from model_adapters.errors import NetworkError
from model_adapters.settings import MAX_BATCH, MAX_CLASSES, MAX_PIXELS, Dtype, Layout
from model_adapters.strings import clean

_DTYPES: Final[dict[int, Dtype]] = {
    TensorProto.FLOAT: "float32",
    TensorProto.FLOAT16: "float16",
    TensorProto.DOUBLE: "float64",
    TensorProto.UINT8: "uint8",
    TensorProto.INT32: "int32",
    TensorProto.INT64: "int64",
}
_FLOATS: Final = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE)
_PASSES_ON: Final = {"Identity", "Cast", "Dropout"}
Shape = tuple[int | str | None, ...]


@dataclass(frozen=True, slots=True)
class Port:
    """The input of an image network; None where the file leaves a size open."""

    name: str
    layout: Layout
    dtype: Dtype
    channels: int
    height: int | None
    width: int | None
    batch: int | None
    why_layout: str


def image_port(model: onnx.ModelProto) -> Port:
    """The one input that takes pictures.

    Raises
    ------
    NetworkError
        If there is none, if there are several inputs, or if its size is not possible here.
    """
    graph = model.graph
    stored = {t.name for t in graph.initializer} | {t.values.name for t in graph.sparse_initializer}
    inputs = [i for i in graph.input if i.name not in stored]
    if len(inputs) != 1:
        raise NetworkError(
            f"The network has {len(inputs)} inputs ({clean([i.name for i in inputs], 200)}); an "
            "image classifier has one. Export the network with the picture as its only input."
        )
    (entry,) = inputs
    shape = declared_shape(entry)
    if entry.type.WhichOneof("value") != "tensor_type" or shape is None or len(shape) != 4:
        raise _not_an_image(shape)
    dtype = _DTYPES.get(entry.type.tensor_type.elem_type)
    if dtype is None:
        kind = TensorProto.DataType.Name(entry.type.tensor_type.elem_type)
        raise NetworkError(
            f"The network takes numbers of type {clean(kind)}. Export it with a float32 or uint8 "
            "input."
        )
    layout, channels, why = _layout(graph, entry.name, shape)
    height, width = shape[2:] if layout == "NCHW" else shape[1:3]
    sizes = [_fixed(size) for size in (shape[0], height, width)]
    if (sizes[1] or 1) * (sizes[2] or 1) > MAX_PIXELS or (sizes[0] or 1) > MAX_BATCH:
        raise NetworkError(
            f"The network's input of shape {_shown(shape)} is too large; up to {MAX_BATCH} "
            f"pictures of {MAX_PIXELS:,} pixels each (2048 x 2048) are possible. Export it for "
            "smaller pictures."
        )
    return Port(entry.name, layout, dtype, channels, sizes[1], sizes[2], sizes[0], why)


def outlets(model: onnx.ModelProto) -> list[tuple[int, str]]:
    """Number and name of the outputs of `answer_names`, in that order."""
    numbers = {output.name: number for number, output in enumerate(model.graph.output)}
    return [(numbers[name], name) for name in answer_names(model)]


def answer_names(model: onnx.ModelProto) -> list[str]:
    """Outputs that can hold one number per class, the declared (n, classes) first.

    Those with several axes of which one may be the classes come last.

    Raises
    ------
    NetworkError
        If there is none.
    """
    certain, possible, several, other = [], [], [], []
    for output in model.graph.output:
        kind = output.type.WhichOneof("value")
        shape = declared_shape(output)
        if kind not in ("tensor_type", None):
            other.append("a list of dictionaries (ZipMap)")
        elif kind and output.type.tensor_type.elem_type not in (*_FLOATS, 0):
            other.append(f"whole numbers of shape {_shown(shape)}")
        elif shape is None:
            possible.append(output.name)
        elif len(shape) >= 2 and sum(size != 1 for size in shape[1:]) <= 1:
            certain.append(output.name)
        elif len(shape) == 1 or all(_fixed(size) in (None, 1) for size in shape[1:]):
            possible.append(output.name)
        elif math.prod(_fixed(size) or 1 for size in shape[1:]) <= MAX_CLASSES:
            several.append(output.name)
        else:
            other.append(f"values of shape {_shown(shape)}")
    if not certain + possible + several:
        remedy = (
            "Convert again with the option zipmap=False."
            if any("ZipMap" in found for found in other)
            else "Bring a classifier that gives one number per class (n, classes)."
        )
        raise NetworkError(
            f"The network gives {clean('; '.join(other), 200) or 'nothing'} instead of one "
            f"number per class. {remedy}"
        )
    return certain + possible + several


def declared_shape(value: onnx.ValueInfoProto) -> Shape | None:
    """Sizes as declared: a number, a name, or None; None instead of all if there is no shape."""
    if not value.type.tensor_type.HasField("shape"):
        return None
    return tuple(
        d.dim_value if d.HasField("dim_value") else d.dim_param or None
        for d in value.type.tensor_type.shape.dim
    )


def readers(graph: onnx.GraphProto, name: str) -> Iterator[onnx.NodeProto]:
    """The nodes that read a value, past those that only pass it on."""
    names = {name}
    for node in graph.node:  # in the order of computation
        if names & set(node.input):
            if node.op_type in _PASSES_ON:
                names.add(node.output[0])
            else:
                yield node


def _fixed(size: int | str | None) -> int | None:
    """The size if it is a number; exporters also write 0 and -1 for "any"."""
    return size if isinstance(size, int) and size > 0 else None


def _layout(graph: onnx.GraphProto, name: str, shape: Shape) -> tuple[Layout, int, str]:
    first, last = _fixed(shape[1]), _fixed(shape[3])
    may_be_first, may_be_last = first in (1, 3), last in (1, 3)
    turned = any(_turns_to_front(node) for node in readers(graph, name))
    shown = _shown(shape)
    if may_be_first and not (may_be_last and turned):
        assert first is not None
        return "NCHW", first, f"The input is declared as {shown}: channels before the size."
    if may_be_last:
        assert last is not None
        return "NHWC", last, f"The input is declared as {shown}: channels after the size."
    if first is None and last is None and (channels := _conv_channels(graph, name)) in (1, 3):
        return "NCHW", channels, f"The input is {shown}; the first convolution tells the channels."
    if 4 in (first, last) or 2 in (first, last):
        raise NetworkError(
            f"The network's input {shown} has {first if first in (2, 4) else last} channels; "
            "pictures here have 1 (grey) or 3 (red, green, blue). Export a network for those."
        )
    raise _not_an_image(shape)


def _turns_to_front(node: onnx.NodeProto) -> bool:
    return node.op_type == "Transpose" and any(
        a.name == "perm" and list(a.ints) == [0, 3, 1, 2] for a in node.attribute
    )


def _conv_channels(graph: onnx.GraphProto, name: str) -> int:
    """Channels that the first convolution takes, or 0: ONNX has them first in every Conv."""
    weights = {t.name: t for t in graph.initializer}
    for node in readers(graph, name):
        if node.op_type == "Conv" and len(node.input) > 1 and node.input[1] in weights:
            group = next((a.i for a in node.attribute if a.name == "group"), 1)
            dims = weights[node.input[1]].dims
            return dims[1] * group if len(dims) == 4 else 0
    return 0


def constant_in(graph: onnx.GraphProto, node: onnx.NodeProto | None) -> float | None:
    """The largest absolute value of the small stored tensor that a node uses, if there is one."""
    stored = {t.name: t for t in graph.initializer}
    for other in graph.node:
        if other.op_type == "Constant" and other.output:
            stored |= {
                name: a.t for name in other.output for a in other.attribute if a.HasField("t")
            }
    for name in node.input if node is not None else ():
        tensor = stored.get(name)
        if tensor is not None and math.prod(tensor.dims) <= 4096 and tensor.ByteSize() <= 65_536:
            values = numpy_helper.to_array(tensor)
            if values.size and values.dtype.kind in "fiu":
                return float(abs(values.astype(float)).max())
    return None


def _shown(shape: Shape | None) -> str:
    if shape is None:
        return "(unknown)"
    sizes = ", ".join("?" if size is None else str(size) for size in shape)
    return clean(f"({sizes})", 120)


def _not_an_image(shape: Shape | None) -> NetworkError:
    return NetworkError(
        f"The network's input has the shape {_shown(shape)}; pictures need four sizes with 1 or 3 "
        "colour channels: (n, channels, height, width) or (n, height, width, channels). Bring an "
        "image classifier, exported with a fixed number of channels."
    )
