"""Models and what else workers import by name in the tests of `explain_many`."""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from lime_engine.types import Explanation, FloatArray

WEIGHTS = {"urgent": 0.4, "calm": -0.25, "pain": 0.2, "maybe": -0.05}


def predict(texts: Sequence[str]) -> FloatArray:
    """P(1) = .4 + the weights of the words present. Some words do more than weigh."""
    words = [set(text.split()) for text in texts]
    if any("raise" in one for one in words):
        raise ValueError("no such word")
    if any("die" in one for one in words):
        os.kill(os.getpid(), signal.SIGKILL)
    if any("slow" in one for one in words):
        time.sleep(0.05)
    p = np.array([0.4 + sum(WEIGHTS.get(word, 0) for word in one) for one in words])
    return np.column_stack([1 - p, p])


def load() -> Callable[[Sequence[str]], FloatArray]:
    return predict


def load_and_note(log: Path) -> Callable[[Sequence[str]], FloatArray]:
    """Write which process loads, and whether it knows Streamlit."""
    with log.open("a") as file:
        file.write(f"{os.getpid()} {'streamlit' in sys.modules}\n")
    return predict


def load_nothing() -> Callable[[Sequence[str]], FloatArray]:
    raise FileNotFoundError("weights.bin is not there")


def load_and_die() -> Callable[[Sequence[str]], FloatArray]:
    os._exit(3)


def strongest(text: str, explanation: Explanation) -> tuple[str, str, float]:
    """The text, and its strongest word with its weight."""
    first = explanation.weights[0]
    return text, first.label, first.weight


def unsendable(text: str, explanation: Explanation) -> object:
    """What cannot be sent back."""
    return Lock()
