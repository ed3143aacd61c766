"""Telling what a file is by what is in it, to say how to come to ONNX or skops from there."""

from collections.abc import Collection
from typing import Final, Literal

from model_adapters.errors import NetworkError
from model_adapters.settings import Limits

_TORCH: Final = (
    "In Python: load the model as you do otherwise, call model.eval(), then "
    'torch.onnx.export(model, (example_picture,), "model.onnx", dynamo=True, '
    "external_data=False), and bring model.onnx."
)
_KERAS: Final = 'In Python: model.export("model.onnx", format="onnx"), and bring model.onnx.'
_SKLEARN: Final = (
    'For scikit-learn: import joblib, skops.io; skops.io.dump(joblib.load("model.joblib"), '
    '"model.skops"), and bring model.skops as a model of texts or rows.'
)
_TEXT_PICKLES: Final = (b"ccopy_reg", b"(lp", b"(dp", b"c__", b"csklearn", b"cnumpy", b"cos\n")
_ENTRY: Final = b"PK\x01\x02"  # begins each entry of a zip archive's directory
_MOST_NAMES: Final = 500
_TREES: Final = (
    "In Python, with onnxmltools: convert_xgboost, convert_lightgbm or convert_catboost make an "
    'ONNX model, and onnxmltools.utils.save_model(onnx_model, "model.onnx") writes it.'
)


def refuse_other_kinds(data: bytes, limits: Limits) -> None:
    """Look at size and first bytes only; what looks like ONNX passes unread.

    Raises
    ------
    NetworkError
        If the file is empty, too large, or recognisably something other than ONNX.
    """
    _refuse_size(
        data,
        limits,
        "Export the network again and bring the .onnx file.",
        "networks",
        "exported in float16 or quantised",
    )
    _refuse_kind(data, "not an ONNX file")
    if is_skops(data):
        raise NetworkError(
            "This is a skops file, a model of scikit-learn, not an ONNX network of pictures. "
            "Bring it under Texts or Rows of a table."
        )


def refuse_other_models(data: bytes, limits: Limits) -> Literal["onnx", "skops"]:
    """The same for models of texts and rows: what passes unread looks like ONNX or like skops."""
    _refuse_size(
        data,
        limits,
        "Save the model again and bring the file.",
        "models",
        "with fewer words (max_features) or trees",
    )
    _refuse_kind(data, "neither an ONNX nor a skops file")
    return "skops" if is_skops(data) else "onnx"


def _refuse_size(data: bytes, limits: Limits, again: str, plural: str, smaller: str) -> None:
    if not data:
        raise NetworkError(f"The file is empty. {again}")
    if len(data) > limits.max_bytes:
        raise NetworkError(
            f"The file has {len(data) / 1e6:,.0f} MB; {plural} of up to "
            f"{limits.max_bytes / 1e6:,.0f} MB can be used here. Bring a smaller one, for example "
            f"{smaller}."
        )


def _refuse_kind(data: bytes, not_that: str) -> None:
    if found := _kind(data):
        kind, remedy = found
        raise NetworkError(f"This is {kind}, {not_that}. {remedy}")


def is_skops(data: bytes) -> bool:
    """Whether a file says that it is one of skops: a zip archive with a description."""
    return data.startswith(b"PK\x03\x04") and "schema.json" in _names_in_zip(data)


def _names_in_zip(data: bytes) -> frozenset[str]:
    """The names in a zip archive's directory, some hundreds of them, without opening any."""
    found: set[str] = set()
    at = data.find(_ENTRY)
    while at >= 0 and len(found) < _MOST_NAMES:
        n = int.from_bytes(data[at + 28 : at + 30], "little")
        found.add(data[at + 46 : at + 46 + n].decode("utf-8", "replace"))
        at = data.find(_ENTRY, at + 46)
    return frozenset(found)


def _kind(data: bytes) -> tuple[str, str] | None:
    head = data[:65_536]
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(_names_in_zip(data))
    if (head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05") or head.startswith(_TEXT_PICKLES):
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
    if head[:2] in (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda") or head.startswith(
        (b"BZh", b"\xfd7zXZ")
    ):
        return (
            "a compressed file, as joblib writes pickles, which can run any code when opened",
            _SKLEARN,
        )
    if head.startswith((b"CBM1", b"{L\x00", b"tree\nversion=")):
        return "a model file of CatBoost, XGBoost or LightGBM", _TREES
    if head.startswith(b"\x1f\x8b"):
        return "a compressed file (gzip)", "Unpack it and bring the .onnx file that is in it."
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")):
        return "a picture", "Bring the network here; pictures come in the next step."
    if head.lstrip().startswith(b'{"learner"'):
        return "a model file of XGBoost (JSON)", _TREES
    if head.lstrip()[:1] in (b"<", b"{", b"[") or head.startswith(b"version https://git-lfs"):
        return "a text file (a web page, JSON or a pointer to the real file)", (
            "Download the .onnx file itself."
        )
    return None


def _kind_of_zip(names: Collection[str]) -> tuple[str, str] | None:
    if "schema.json" in names:
        return None  # skops
    if any(name.rpartition("/")[2] == "constants.pkl" for name in names):
        return "a TorchScript file (torch.jit.save)", (
            f"TorchScript cannot be run here: export the model it was made from. {_TORCH}"
        )
    if any(name.rpartition("/")[2] == "data.pkl" for name in names):
        return "a PyTorch file (.pt, .pth), which can run any code when opened", _TORCH
    if {"config.json", "model.weights.h5"} & {*names}:
        return "a Keras file (.keras)", _KERAS
    return "a zip archive", "Unpack it and bring the model's file that is in it."
