"""Telling what a file is from its first bytes, to say how to come to ONNX from there."""

from typing import Final

from model_adapters.errors import NetworkError
from model_adapters.settings import Limits

_TORCH: Final = (
    "In Python: load the model as you do otherwise, call model.eval(), then "
    'torch.onnx.export(model, (example_picture,), "model.onnx", dynamo=True, '
    "external_data=False), and bring model.onnx."
)
_KERAS: Final = 'In Python: model.export("model.onnx", format="onnx"), and bring model.onnx.'
_SKLEARN: Final = "For scikit-learn, convert it with skl2onnx and bring the .onnx file."


def refuse_other_kinds(data: bytes, limits: Limits) -> None:
    """Look at size and first bytes only; what looks like ONNX passes unread.

    Raises
    ------
    NetworkError
        If the file is empty, too large, or recognisably something other than ONNX.
    """
    if not data:
        raise NetworkError("The file is empty. Export the network again and bring the .onnx file.")
    if len(data) > limits.max_bytes:
        raise NetworkError(
            f"The file has {len(data) / 1e6:,.0f} MB; networks of up to "
            f"{limits.max_bytes / 1e6:,.0f} MB can be used here. Bring a smaller one, for example "
            "exported in float16 or quantised."
        )
    if found := _kind(data[:65_536]):
        kind, remedy = found
        raise NetworkError(f"This is {kind}, not an ONNX file. {remedy}")


def _kind(head: bytes) -> tuple[str, str] | None:
    if head.startswith(b"PK\x03\x04"):
        if b"data.pkl" in head:
            return "a PyTorch file (.pt, .pth), which can run any code when opened", _TORCH
        if b"config.json" in head or b"model.weights.h5" in head:
            return "a Keras file (.keras)", _KERAS
        return "a zip archive", "Unpack it and bring the .onnx file that is in it."
    if head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05":
        return (
            "a pickle (as PyTorch, joblib and scikit-learn write), which can run any code when "
            "opened",
            f"{_TORCH} {_SKLEARN}",
        )
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return "a Keras or HDF5 file (.h5)", _KERAS
    if head[4:8] == b"TFL3":
        return "a TensorFlow Lite file (.tflite)", (
            "Convert it with: python -m tf2onnx.convert --tflite model.tflite --output model.onnx"
        )
    if head[4:8] == b"ORTM":
        return "a file in onnxruntime's own format (.ort)", (
            "Bring the .onnx file it was made from."
        )
    if head[8:10] == b'{"':
        return "a safetensors file, which holds weights without a network", _TORCH
    if head.startswith(b"GGUF"):
        return "a GGUF file, which holds a language model", "Bring an image classifier."
    if head.startswith(b"\x1f\x8b"):
        return "a compressed file (gzip)", "Unpack it and bring the .onnx file that is in it."
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")):
        return "a picture", "Bring the network here; pictures come in the next step."
    if head.lstrip()[:1] in (b"<", b"{", b"[") or head.startswith(b"version https://git-lfs"):
        return "a text file (a web page, JSON or a pointer to the real file)", (
            "Download the .onnx file itself."
        )
    return None
