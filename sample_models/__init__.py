"""Built-in tasks: data, models, examples and planted flaws.

Importing this package is cheap: data and models are made when first asked for, once a process.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from lime_engine.types import PredictFn
from sample_models import (
    breast_cancer,
    comments,
    digits,
    flu,
    newsgroups,
    photos,
    triage,
    wolves,
)
from sample_models.types import (
    BroughtAnswers,
    Example,
    Flaw,
    Improver,
    Labelled,
    ModelCard,
    Task,
    TaskData,
    TaskUnavailable,
)

__all__ = [
    "BroughtAnswers",
    "Example",
    "Flaw",
    "Improver",
    "Labelled",
    "ModelCard",
    "Task",
    "TaskData",
    "TaskUnavailable",
    "load_data",
    "load_model",
    "tasks",
]

_TASKS: Mapping[str, Task] = MappingProxyType(
    {
        task.key: task
        for task in (
            triage.TASK,
            wolves.TASK,
            flu.TASK,
            photos.TASK,
            newsgroups.TASK,
            comments.TASK,
            digits.TASK,
            breast_cancer.TASK,
        )
    }
)


def tasks() -> Mapping[str, Task]:
    """All built-in tasks by key, in the order of the menu."""
    return _TASKS


@lru_cache(maxsize=8)
def load_data(task_key: str) -> TaskData:
    """The task's data, made once a process.

    Raises
    ------
    KeyError
        If there is no task with this key.
    TaskUnavailable
        If the data is not on this machine and cannot be fetched. Not remembered: ask again.
    """
    return _task(task_key).data()


@lru_cache(maxsize=16)
def load_model(task_key: str, model_key: str) -> PredictFn[Any]:
    """The model's predict function, fitted once a process (seconds).

    It takes a batch of the task's instances (a sequence of texts, an array of images, a data
    frame) and returns a float array (n, n_classes) of probabilities, the columns in the order of
    the task's class names.

    Raises
    ------
    KeyError
        If there is no task or no model with this key.
    TaskUnavailable
        As `load_data`.
    """
    task = _task(task_key)
    keys = [card.key for card in task.models]
    if model_key not in keys:
        raise KeyError(f"task {task_key!r} has no model {model_key!r}; it has {', '.join(keys)}")
    return task.model(model_key).load()


def _task(key: str) -> Task:
    if key not in _TASKS:
        raise KeyError(f"there is no task {key!r}; the tasks are {', '.join(_TASKS)}")
    return _TASKS[key]
