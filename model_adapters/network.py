"""An ONNX image classifier that somebody brought, as a function images -> probabilities."""

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
from model_adapters.pictures import Pixels, checked, fitted
from model_adapters.running import Running, described
from model_adapters.settings import Limits, NetworkFacts, NetworkSettings, Scaling

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
    return described(data, limits, "networks", NetworkFacts.from_dict)


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


class Network(Running):
    """A network running in a process of its own; made by `load_network`."""

    def __init__(self, data: bytes, settings: NetworkSettings, limits: Limits) -> None:
        self.settings = settings
        super().__init__(data, limits, "networks")

    @property
    def n_classes(self) -> int:
        return len(self.settings.class_names)

    def __call__(self, images: Sequence[Any] | NDArray[Any], /) -> FloatArray:
        """The probabilities of all classes for each image.

        Parameters
        ----------
        images : array (n, h, w) or (n, h, w, 1 | 3 | 4)
            uint8, 0 to 255, or floating point, 0 to 1. Any size: each whole picture is resized,
            bilinear with antialias, to the network's, as `settings.fit` says. Transparency is laid
            on white; colour and grey are converted into each other (ITU-R BT.601).

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
        return self._all_answers(checked(images), self.settings.scaling)

    def under(self, pictures: Sequence[NDArray[Any]], scaling: Scaling) -> FloatArray:
        """The same for pictures of any sizes, as they would be if their values were scaled so.

        Raises
        ------
        InputError, NetworkError
            As when it is called.
        """
        return self._all_answers(
            np.concatenate([self._fitted(checked(each[None])) for each in pictures]), scaling
        )

    def _all_answers(self, images: NDArray[Any], scaling: Scaling) -> FloatArray:
        each = self.settings.batch or max(
            1, _BATCH_PIXELS // (self.settings.height * self.settings.width)
        )
        answers = np.empty((len(images), self.n_classes))
        with self._asked_alone():
            for start in range(0, len(images), each):
                batch = images[start : start + each]
                answers[start : start + each] = self._answers(batch, scaling)
        return answers

    def _fitted(self, images: NDArray[Any]) -> Pixels:
        s = self.settings
        return fitted(images, s.height, s.width, s.channels, s.fit)

    def _answers(self, images: NDArray[Any], scaling: Scaling) -> FloatArray:
        settings, pixels = self.settings, self._fitted(images)
        dtype = pixels.dtype.name
        request = {"do": "run", "n": len(pixels), "dtype": dtype, "scaling": scaling}
        n_bytes = len(pixels) * self._columns * 8
        _, body = self._child.ask(request, pixels.data, self._limits.call_seconds, n_bytes)
        values = self._numbers(body, len(pixels), self._columns)
        return probabilities(values, settings.output)

    def _started(self) -> Child:
        child, answer = self._loaded({"do": "load", "settings": asdict(self.settings)})
        columns = answer.get("columns")
        if not isinstance(columns, int) or self.n_classes != (2 if columns == 1 else columns):
            child.end()
            raise NetworkError(
                f"{self.n_classes} class names are given, but the network gives {columns} values "
                "per picture. Give one name per class (two for a network with one value)."
            )
        self._columns = columns
        return child
