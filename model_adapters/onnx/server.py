"""The answers to the app's requests about one uploaded network. Runs in the child only.

Requests are `inspect` (the file follows), `load` (settings; the file follows) and `run` (pixels
follow). Every request has an answer, a sentence in "error" if it is no.
"""

from typing import Any

import numpy as np

from model_adapters.errors import NetworkError
from model_adapters.onnx.checks import read_model
from model_adapters.onnx.inspect import inspect
from model_adapters.onnx.memory import memory_error
from model_adapters.onnx.ports import answer_names, image_port, outlets
from model_adapters.onnx.session import Runner, open_session
from model_adapters.settings import NetworkSettings
from model_adapters.strings import clean


class Server:
    """Answers one request after the other; keeps the network that was loaded last."""

    def __init__(self) -> None:
        self._runner: Runner | None = None
        self._size = (0, 0, 0)

    def answer(self, request: dict[str, Any], body: bytearray) -> tuple[dict[str, Any], bytes]:
        """The header and the body of the answer; never raises."""
        try:
            match request["do"]:
                case "inspect":
                    return {"facts": inspect(body)}, b""
                case "load":
                    return {"columns": self._load(request["settings"], body)}, b""
                case "run":
                    return {}, self._run(request, body)
            return {"error": "The request is not known."}, b""
        except NetworkError as error:
            sentence = str(error)
        except MemoryError:
            sentence = str(memory_error())
        except Exception as error:  # whatever a strange file makes the libraries raise
            kind = type(error).__name__
            sentence = f"The network cannot be used ({kind}: {clean(error, 300)}). Export it again."
        return {"error": sentence}, b""

    def _load(self, values: dict[str, Any], data: bytearray) -> int:
        settings = NetworkSettings(**values)
        model = read_model(data)
        port, outputs = image_port(model), answer_names(model)
        if settings.answer is not None:
            outputs = [name for i, name in outlets(model) if i == settings.answer]
        self._size = (settings.height, settings.width, settings.channels)
        self._runner = Runner(open_session(model), port.name, outputs, settings)
        grey = np.full((1, *self._size), 128, np.uint8)
        n_columns: int = self._runner.answers(grey).shape[1]
        return n_columns

    def _run(self, request: dict[str, Any], body: bytearray) -> bytes:
        if self._runner is None:
            raise NetworkError("No network is loaded. Load it first.")
        pixels = np.frombuffer(body, request["dtype"]).reshape(request["n"], *self._size)
        runner = self._runner.under(request["scaling"])
        return runner.answers(pixels).astype("<f8").tobytes()
