"""One network in two processes, which share out the pictures of a batch."""

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lime_engine.types import FloatArray
from model_adapters import Network, NetworkSettings, load_network
from model_adapters.pictures import checked

MOST: Final = 2  # processes: beyond that, other people's explanations need the cores
AT_ONCE: Final = 4  # pictures: of more, each takes up to a fifth longer, and they take memory


class SharedOut:
    """A network as `load_network` runs it, on as many cores as there are, at most `MOST`.

    Each process has one thread, as it may have: two of them answer about a batch in little more
    than half the time.
    """

    def __init__(self, data: bytes, settings: NetworkSettings) -> None:
        n = min(MOST, os.cpu_count() or 1)
        self._threads = ThreadPoolExecutor(n, thread_name_prefix="photos")
        self._networks: list[Network] = list(
            self._threads.map(lambda _: load_network(data, settings), range(n))
        )

    def __call__(self, images: Sequence[Any] | NDArray[Any], /) -> FloatArray:
        """The probabilities of all classes for each image; it raises what `Network` does."""
        pictures = checked(images)
        n = len(self._networks)
        size = max(1, min(AT_ONCE, math.ceil(len(pictures) / n)))
        places = [slice(start, start + size) for start in range(0, len(pictures), size)]
        answers = np.empty((len(pictures), self._networks[0].n_classes))

        def answer(number: int) -> None:
            for place in places[number::n]:
                answers[place] = self._networks[number](pictures[place])

        for _ in self._threads.map(answer, range(n)):  # raises what one of them has raised
            pass
        return answers
