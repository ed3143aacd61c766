"""The answers to the app's requests about one model of texts or rows. Runs in the child only.

Requests are `inspect` and `load` (the file follows) and `run` (items follow). Every request has an
answer, a sentence in "error" if it is no. What is imported differs by the format of the file, and
all of it is before the rights go: `graphs` and `pipelines` each have a `Server` of this kind.
"""

import re
import warnings
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Protocol

from lime_engine.types import FloatArray
from model_adapters.errors import NetworkError
from model_adapters.onnx.memory import memory_error
from model_adapters.own.packing import Column, unpacked
from model_adapters.own.settings import ModelFacts
from model_adapters.strings import clean


class Model(Protocol):
    """A file that was read and checked, and can be asked."""

    def facts(self) -> ModelFacts:
        """What was found."""

    def answers(self, columns: list[Column], n: int) -> FloatArray:
        """The model's answers to items, (n, k)."""


class ModelServer:
    """Answers one request after the other; keeps the model that was loaded last."""

    def __init__(self, read: Callable[[bytearray], Model]) -> None:
        self._read = read
        self._model: Model | None = None
        warnings.simplefilter("ignore")

    def answer(self, request: dict[str, Any], body: bytearray) -> tuple[dict[str, Any], bytes]:
        """The header and the body of the answer; never raises."""
        try:
            match request["do"]:
                case "inspect":
                    return {"facts": asdict(self._read(body).facts())}, b""
                case "load":
                    self._model = self._read(body)
                    return {}, b""
                case "run":
                    return self._run(request, body)
            return {"error": "The request is not known."}, b""
        except NetworkError as error:
            sentence = str(error)
        except (MemoryError, RecursionError):
            sentence = str(memory_error())
        except Exception as error:  # whatever a strange file makes the libraries raise
            kind = type(error).__name__
            sentence = f"The model cannot be used ({kind}: {clean(error, 300)}). Export it again."
        return {"error": re.sub(r"\b([Tt]he) network\b", r"\1 model", sentence)}, b""

    def _run(self, request: dict[str, Any], body: bytearray) -> tuple[dict[str, Any], bytes]:
        if self._model is None:
            raise NetworkError("No model is loaded. Load it first.")
        found = self._model.answers(unpacked(request, body), request["n"])
        if found.ndim != 2 or len(found) != request["n"]:
            raise NetworkError(
                f"For {request['n']} item(s) the model gives values of shape {found.shape}; a "
                "classifier gives one number per class for each. Bring a classifier."
            )
        return {"columns": found.shape[1]}, found.astype("<f8").tobytes()
