"""Reading ONNX bytes and refusing what must not reach onnxruntime. Runs in the child only."""

import math
from collections.abc import Collection, Iterator
from typing import Final

import onnx
from google.protobuf.message import DecodeError, Message

from model_adapters.errors import NetworkError
from model_adapters.strings import clean

_DOMAINS: Final = frozenset({"", "ai.onnx", "ai.onnx.ml"})
_MAX_ELEMENTS: Final = 2**31
_REMEDIES: Final = {
    "Tokenizer": (
        "It splits texts into words: this is a model of texts. Bring it under Texts, as a model of "
        "your own."
    ),
    "com.microsoft": (
        "It was written by onnxruntime's optimiser or quantiser. Bring the file from before "
        "that step, or quantise with quant_format=QuantFormat.QDQ."
    ),
    "org.pytorch.aten": (
        "Export again with operator_export_type=OperatorExportTypes.ONNX, or with dynamo=True."
    ),
}


def read_model(data: bytes | bytearray, also: Collection[tuple[str, str]] = ()) -> onnx.ModelProto:
    """Parse the bytes, without touching any file, and refuse what is not allowed.

    `also` are operators, (domain, name), that may be used besides those of ONNX.

    Raises
    ------
    NetworkError
        If this is not an ONNX file, keeps data elsewhere, uses operators that ONNX does not
        define, or declares impossible tensors.
    """
    model = onnx.ModelProto()
    try:
        model.ParseFromString(bytes(data))
    except DecodeError:
        raise NetworkError(
            "This is not an ONNX file, or it is damaged or incomplete. Copy or export it again; "
            "the name of an ONNX file ends in .onnx."
        ) from None
    if model.ir_version < 1 or not model.graph.node:
        raise NetworkError(
            "This is not an ONNX file, or there is no network in it. Export the network to ONNX "
            "and bring that file."
        )
    model.DiscardUnknownFields()
    model.ClearField("training_info")  # not needed to ask the network
    own = {(f.domain, f.name) for f in model.functions} | {*also}
    for message in _messages(model):
        if isinstance(message, onnx.TensorProto):
            _check_tensor(message)
        elif isinstance(message, onnx.NodeProto):
            _check_operator(message, own)
    return model


def _messages(root: Message) -> Iterator[Message]:
    """Every message inside, wherever: graphs, subgraphs, functions, attributes, sparse tensors."""
    waiting = [root]
    while waiting:
        message = waiting.pop()
        yield message
        for field, value in message.ListFields():
            if field.message_type is not None:
                waiting.extend(value if field.is_repeated else [value])


def _check_tensor(tensor: onnx.TensorProto) -> None:
    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
        raise NetworkError(
            f"The weights {clean(tensor.name)!r} are kept in a second file (external data), and "
            "only one file can be read here. Export into one file: in PyTorch "
            'torch.onnx.export(..., external_data=False); or onnx.save(onnx.load("model.onnx"), '
            '"single.onnx").'
        )
    if any(d < 0 for d in tensor.dims) or math.prod(tensor.dims) > _MAX_ELEMENTS:
        raise NetworkError(
            f"The tensor {clean(tensor.name)!r} declares the impossible size "
            f"{clean(list(tensor.dims))}: the file is damaged. Export the network again."
        )


def _check_operator(node: onnx.NodeProto, own: set[tuple[str, str]]) -> None:
    if node.domain in _DOMAINS or (node.domain, node.op_type) in own:
        return
    domain, operator = clean(node.domain), clean(node.op_type)
    remedy = _REMEDIES.get(node.op_type) or _REMEDIES.get(
        node.domain, "Export the network without custom operators, with those of ONNX alone."
    )
    raise NetworkError(
        f"The network uses the operator {operator!r} of {domain!r}, which is not part of ONNX and "
        f"cannot be run here. {remedy}"
    )
