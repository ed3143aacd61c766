"""A model, and a segmentation, that know how long they were busy."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from time import perf_counter
from typing import Any

import numpy as np


@dataclass
class Timed:
    """A function that adds up the seconds it takes."""

    function: Callable[[Any], Any]
    seconds: float = field(default=0.0)

    def __call__(self, argument: Any) -> Any:
        start = perf_counter()
        answer = self.function(argument)
        self.seconds += perf_counter() - start
        return answer


@cache
def in_this_process(load: Callable[..., Callable[[Any], Any]], *names: Any) -> Timed:
    """The model of these names, loaded once a process: who asks it and who times it share it."""
    return Timed(load(*names))


def timed(call: Callable[[], object], *parts: Timed) -> tuple[float, float]:
    """Seconds of the whole call, and of what is outside these parts of it."""
    for part in parts:
        part.seconds = 0.0
    start = perf_counter()
    call()
    whole = perf_counter() - start
    return whole, whole - sum(part.seconds for part in parts)


def geometric_mean(ratios: list[float]) -> float:
    """The mean of ratios."""
    return float(np.exp(np.mean(np.log(ratios))))
