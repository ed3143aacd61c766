"""An ONNX image classifier that somebody brought, as a function images -> probabilities."""

import threading
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lime_engine.types import FloatArray
from model_adapters.answers import probabilities
from model_adapters.errors import NetworkError
from model_adapters.file_kinds import refuse_other_kinds
from model_adapters.isolation import Child
from model_adapters.pictures import checked, fitted
from model_adapters.settings import Limits, NetworkFacts, NetworkSettings

DEFAULT: Final = Limits()
_BATCH_PIXELS: Final = 2**19  # 10 pictures of 224 x 224: more takes memory and gains nothing


def inspect_network(data: bytes, *, limits: Limits = DEFAULT) -> NetworkFacts:
    """Find out how to use the network in a file; it is tried on a few random pictures.

    Parameters
    ----------
    data : bytes
        The file as uploaded; not trusted.
    limits : Limits

    Returns
    -------
    NetworkFacts

    Raises
    ------
    NetworkError
        If it is not an ONNX image classifier, needs something that is not allowed here, or
        exceeds a limit.
    """
    refuse_other_kinds(data, limits)
    child = Child(limits)
    try:
        answer, _ = child.ask({"do": "inspect"}, data, limits.load_seconds)
        return NetworkFacts.from_dict(answer["facts"])
    except NetworkError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
        raise NetworkError("The file could not be described. Export the network again.") from None
    finally:
        child.end()


def load_network(data: bytes, settings: NetworkSettings, *, limits: Limits = DEFAULT) -> "Network":
    """Start a process that runs the network; it has answered about one picture when this returns.

    Parameters
    ----------
    data : bytes
        The file as uploaded; not trusted. Kept, to start again after a failure.
    settings : NetworkSettings
        `NetworkFacts.proposed`, or what a person made of it.
    limits : Limits

    Raises
    ------
    NetworkError
        As `inspect_network`, and if the settings do not fit the file.
    """
    refuse_other_kinds(data, limits)
    return Network(data, settings, limits)


class Network:
    """A network running in a process of its own; made by `load_network`.

    The process ends with `close()`, or when this object or the program goes. After a failure the
    next call starts a fresh one. Calls from several threads wait for each other.
    """

    def __init__(self, data: bytes, settings: NetworkSettings, limits: Limits) -> None:
        self.settings = settings
        self._data = data
        self._limits = limits
        self._lock = threading.Lock()
        self._closed = False
        self._child = self._started()

    @property
    def n_classes(self) -> int:
        return len(self.settings.class_names)

    @property
    def pid(self) -> int:
        """The number of the process that runs the network at the moment."""
        return self._child.pid

    def __call__(self, images: Sequence[Any] | NDArray[Any], /) -> FloatArray:
        """The probabilities of all classes for each image.

        Parameters
        ----------
        images : array (n, h, w) or (n, h, w, 1 | 3 | 4)
            uint8, 0 to 255, or floating point, 0 to 1. Any size: each whole picture is resized,
            bilinear with antialias, to the network's. Transparency is laid on white; colour and
            grey are converted into each other (ITU-R BT.601).

        Returns
        -------
        array (n, n_classes), float64; rows sum to 1 unless the output is "independent"

        Raises
        ------
        InputError
            If the images have another shape, type or range.
        NetworkError
            If the network fails, exceeds a limit or answers with something that is not finite.
        """
        images = checked(images)
        each = self.settings.batch or max(
            1, _BATCH_PIXELS // (self.settings.height * self.settings.width)
        )
        answers = np.empty((len(images), self.n_classes))
        with self._lock:
            if self._closed:
                raise NetworkError("The network has been closed. Load it again.")
            if not self._child.is_alive:
                self._child = self._started()
            for start in range(0, len(images), each):
                batch = images[start : start + each]
                answers[start : start + each] = self._answers(batch)
        return answers

    def close(self) -> None:
        """End the process; the network cannot be asked any more."""
        self._closed = True
        self._child.kill()  # who is asking in another thread stops waiting
        with self._lock:
            self._child.end()

    def _answers(self, images: NDArray[Any]) -> FloatArray:
        settings = self.settings
        pixels = fitted(images, settings.height, settings.width, settings.channels)
        request = {"do": "run", "n": len(pixels), "dtype": pixels.dtype.name}
        n_bytes = len(pixels) * self._columns * 8
        _, body = self._child.ask(request, pixels.data, self._limits.call_seconds, n_bytes)
        if len(body) != n_bytes:
            self._child.end()
            raise NetworkError("The network gave too few answers. Export it again.")
        values = np.frombuffer(body, "<f8").reshape(len(pixels), self._columns)
        return probabilities(values, settings.output)

    def _started(self) -> Child:
        child = Child(self._limits)
        request = {"do": "load", "settings": asdict(self.settings)}
        try:
            answer, _ = child.ask(request, self._data, self._limits.load_seconds)
        except NetworkError:
            child.end()
            raise
        columns = answer.get("columns")
        if not isinstance(columns, int) or self.n_classes != (2 if columns == 1 else columns):
            child.end()
            raise NetworkError(
                f"{self.n_classes} class names are given, but the network gives {columns} values "
                "per picture. Give one name per class (two for a network with one value)."
            )
        self._columns = columns
        return child
