"""A checked ONNX model in onnxruntime: pixels -> raw answers. Runs in the child only."""

import re
from dataclasses import replace
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray

from lime_engine.types import FloatArray
from model_adapters.errors import NetworkError
from model_adapters.onnx.memory import memory_error
from model_adapters.settings import MAX_CLASSES, NetworkSettings, Scaling
from model_adapters.strings import clean

_MEAN: Final = np.array([0.485, 0.456, 0.406])
_STD: Final = np.array([0.229, 0.224, 0.225])
_OUT_OF_MEMORY: Final = re.compile(r"allocat|bad_alloc|out of memory|length_error", re.IGNORECASE)


class Runner:
    """An onnxruntime session together with the way pictures are prepared for it.

    Parameters
    ----------
    session : InferenceSession
    input_name : str
    output_names : list of str
        The first whose value has one number per class is used, at least one.
    settings : NetworkSettings
        Its `class_names` and `output` do not matter here.
    """

    def __init__(
        self,
        session: ort.InferenceSession,
        input_name: str,
        output_names: list[str],
        settings: NetworkSettings,
    ) -> None:
        self._session = session
        self._input_name = input_name
        self._output_names = output_names
        self._settings = settings
        self._slope, self._offset = _line(settings)
        self._buffer = np.empty(0, np.float32)

    def under(self, scaling: Scaling) -> "Runner":
        """The same network, whose pictures are scaled so."""
        if scaling == self._settings.scaling:
            return self
        settings = replace(self._settings, scaling=scaling, mean=(), std=())
        return Runner(self._session, self._input_name, self._output_names, settings)

    def answers(self, pixels: NDArray[Any]) -> FloatArray:
        """Pixels (n, height, width, channels), 0 to 255 -> raw answers (n, k).

        n is at most the fixed batch size; a shorter batch is filled up with black pictures.

        Raises
        ------
        NetworkError
            If the network fails or gives something else than one number per class.
        """
        batch = self._settings.batch or len(pixels)
        found = self.everything(pixels)
        for name, answer in zip(self._output_names, found, strict=True):
            values = by_class(answer, batch, self._settings.axis)
            if values is not None:
                self._output_names = [name]
                return values[: len(pixels)]
        raise not_classes(found, batch)

    def everything(self, pixels: NDArray[Any]) -> list[Any]:
        """All outputs as they are, of a whole batch.

        Raises
        ------
        NetworkError
            If the network fails.
        """
        values = self._prepared(pixels, self._settings.batch or len(pixels))
        try:
            found = self._session.run(self._output_names, {self._input_name: values})
        except Exception as error:  # onnxruntime raises many kinds
            raise session_error(error, "failed on pictures") from None
        if self._settings.batch == 1 and len(found) == 1 and np.ndim(found[0]) == 1:
            return [found[0][None]]  # (k,) for the one picture
        return list(found)

    def _prepared(self, pixels: NDArray[Any], batch: int) -> NDArray[Any]:
        """Scaled and laid out in a buffer that is used again: memory costs more than numbers."""
        s = self._settings
        is_nchw = s.layout == "NCHW"
        size = (s.channels, s.height, s.width) if is_nchw else (s.height, s.width, s.channels)
        n_values = batch * s.channels * s.height * s.width
        if len(self._buffer) < n_values:
            self._buffer = np.empty(n_values, np.float64 if s.dtype == "float64" else np.float32)
        values = self._buffer[:n_values].reshape(batch, *size)
        values[len(pixels) :] = 0
        if s.order == "BGR":
            pixels = pixels[..., ::-1]
        np.copyto(values[: len(pixels)], pixels.transpose(0, 3, 1, 2) if is_nchw else pixels)
        # Whole rows instead of three channels at the end: numpy is slow on short last axes.
        rows = values if is_nchw else values.reshape(batch, s.height, -1)
        if self._slope is not None:
            rows *= self._slope.astype(rows.dtype)
        if self._offset is not None:
            rows += self._offset.astype(rows.dtype)
        if not s.dtype.startswith("float"):
            np.rint(values, out=values)
        return values.astype(s.dtype, copy=False)


def open_session(model: onnx.ModelProto) -> ort.InferenceSession:
    """A session on one thread that reads and writes no file.

    Raises
    ------
    NetworkError
        If onnxruntime does not accept the model.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 4
    options.add_session_config_entry("session.load_model_format", "ONNX")
    # Written anew from what was checked, so that onnxruntime cannot read the bytes differently.
    checked_bytes = model.SerializeToString()
    try:
        return ort.InferenceSession(checked_bytes, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises many kinds
        raise session_error(error, "cannot be loaded") from None


def session_error(error: Exception, what: str) -> NetworkError:
    """The sentence for what onnxruntime raised; `what` completes "The network ..."."""
    text = str(error)
    if isinstance(error, MemoryError) or _OUT_OF_MEMORY.search(text):
        return memory_error()
    if newest := re.search(r"support for domain \S+ is till opset (\d+)", text):
        return NetworkError(
            f"The network is written in a newer ONNX (opset) than this onnxruntime "
            f"{ort.__version__} knows. Export it with opset_version={newest[1]} or lower."
        )
    if newest := re.search(r"max supported IR version: (\d+)", text):
        return NetworkError(
            f"The file's format (IR version) is newer than this onnxruntime {ort.__version__} "
            f"knows. Export it with IR version {newest[1]} or lower (model.ir_version)."
        )
    # Without the code in front and the places in onnxruntime's own source.
    text = re.sub(r"^\[ONNXRuntimeError\] : \d+ : \w+ : |/onnxruntime_src/\S+ ", "", text)
    return NetworkError(
        f"The network {what}: {clean(text, 300)} Check size, channels and number type, or export "
        "the network again."
    )


def not_classes(found: list[Any], batch: int) -> NetworkError:
    """The sentence for outputs of which none has one number per class."""
    shapes = clean("; ".join(str(np.shape(answer)) for answer in found), 120)
    return NetworkError(
        f"For {batch} picture(s) the network gives values of shape {shapes}; a classifier "
        f"gives ({batch}, number of classes), at most {MAX_CLASSES:,}. Bring an image "
        "classifier, without detection or segmentation."
    )


def by_class(answer: object, batch: int, axis: int | None) -> FloatArray | None:
    """An output as one number per class for each picture (batch, k); None if it is none.

    Without `axis` only one axis may have more than one number; with it, the averages over all
    others count.
    """
    if (
        not isinstance(answer, np.ndarray)
        or answer.dtype.kind != "f"
        or answer.ndim < 1
        or len(answer) != batch
        or not 1 <= answer.size // batch <= MAX_CLASSES
    ):
        return None
    values = np.asarray(answer, dtype=np.float64)
    if axis is not None:
        if not 1 <= axis < values.ndim:
            return None
        values = np.moveaxis(values, axis, -1)
        return np.asarray(values.reshape(batch, -1, values.shape[-1]).mean(axis=1))
    if sum(size != 1 for size in values.shape[1:]) > 1:
        return None
    return values.reshape(batch, -1)


def _line(settings: NetworkSettings) -> tuple[FloatArray | None, FloatArray | None]:
    """Slope and offset of x -> slope * x + offset, shaped for the layout; None: not needed."""
    match settings.scaling:
        case "none":
            return None, None
        case "0-1":
            return np.array(1 / 255), None
        case "-1..1":
            return np.array(1 / 127.5), np.array(-1.0)
        case "own":
            mean, std = np.array(settings.mean), np.array(settings.std)
        case "imagenet":
            mean, std = (_MEAN, _STD) if settings.channels == 3 else (_MEAN.mean(), _STD.mean())
    if settings.order == "BGR" and settings.scaling == "imagenet" and settings.channels == 3:
        mean, std = mean[::-1], std[::-1]
    wide = np.ones(settings.channels)
    slope, offset = wide / (255 * std), -mean / std * wide
    if settings.layout == "NCHW":
        return slope[:, None, None], offset[:, None, None]
    return np.tile(slope, settings.width), np.tile(offset, settings.width)
