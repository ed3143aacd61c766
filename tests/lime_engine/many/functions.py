"""Models and what else workers import by name in the tests of `explain_many`."""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import ClassVar
from weakref import WeakSet

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


class OneWord:
    """P(1) = .7 where the word is, .2 where it is not."""

    alive: ClassVar["WeakSet[OneWord]"] = WeakSet()

    def __init__(self, word: str) -> None:
        self.word = word
        self.alive.add(self)

    def __call__(self, texts: Sequence[str]) -> FloatArray:
        p = np.array([0.7 if self.word in text.split() else 0.2 for text in texts])
        return np.column_stack([1 - p, p])


def load_kept(path: Path) -> OneWord:
    """The model that was trained last: its word is in the file."""
    return OneWord(path.read_text())


def load_and_count(log: Path, number: int) -> OneWord:
    """Write how many models there are while one is loaded; `number` makes it another `load`."""
    model = OneWord("urgent")
    with log.open("a") as file:
        file.write(f"{len(OneWord.alive)}\n")
    return model


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
