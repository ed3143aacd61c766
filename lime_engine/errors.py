"""The errors of the engine: each message names the value, the cause and the remedy."""

from typing import Any

import numpy as np

MOST_SAID = 300  # characters of what a model, a file or a person says, in a sentence of ours

MOST_TOLD = 1000  # of a whole sentence that another program may have written


class LimeError(Exception):
    """Base of every error that `lime_engine` raises on purpose."""


class SettingsError(LimeError, ValueError):
    """A setting is outside its range, or two settings contradict each other."""


class InputError(LimeError, ValueError):
    """The instance cannot be explained as it is (empty, wrong type, too large)."""


class TargetError(LimeError, ValueError):
    """The class to explain is not one of the model's classes."""


class PredictorError(LimeError):
    """The model raised, or returned something that is not one probability per class."""


class Cancelled(LimeError):
    """The caller's stop callback asked for the work to end."""


def is_whole(value: Any) -> bool:
    """Whether it is a whole number, of Python or numpy; True and False are none."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def in_words(error: BaseException) -> str:
    """Kind and message of an error that is none of ours, cut: "ValueError: too long"."""
    try:
        said = str(error)
    except Exception:  # an error that cannot say what it is
        said = ""
    return f"{type(error).__name__}: {cut(said)}" if said else type(error).__name__


def cut(words: str, most: int = MOST_SAID) -> str:
    """On one line, and no longer than this."""
    line = " ".join(words[: 4 * most].split())
    return line if len(line) <= most and len(words) <= 4 * most else line[: most - 1] + "…"
