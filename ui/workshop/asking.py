"""Asking a model about many items as they are."""

from collections.abc import Callable, Sequence
from typing import Any, assert_never

import numpy as np

from lime_engine.types import FloatArray
from ui.workshop.catalogue import predict_of, task_of
from ui.workshop.instances import instance_of, perturber_of
from ui.workshop.item import Item
from ui.workshop.request import View

_BATCH = 200  # items asked about at once


def probabilities(
    task: str,
    model: str,
    source: str,
    view: View,
    rows: Sequence[int],
    report: Callable[[float], None],
) -> FloatArray:
    """What a model answers to these items, (n, n_classes); `model` as in `catalogue.find_model`.

    Raises
    ------
    LimeError
        As `predict_of` and `instance_of`.
    Exception
        Whatever the model raises.
    """
    predict = predict_of(task, model)
    size = 1 if task_of(task).kind == "image" else _BATCH  # pictures may differ in size
    answers: list[FloatArray] = []
    for start in range(0, len(rows), size):
        batch = _batch(task, source, view, rows[start : start + size])
        answers.append(np.asarray(predict(batch), dtype=float))
        report(start / len(rows))
    return np.concatenate(answers) if answers else np.empty((0, 0))


def _batch(task: str, source: str, view: View, rows: Sequence[int]) -> Any:
    """These items as a model takes them."""
    found = [instance_of(task, Item(source, row))[0] for row in rows]
    kind = task_of(task).kind
    match kind:
        case "text":
            return found
        case "image":
            return np.stack(found)
        case "table":
            import pandas as pd

            perturber = perturber_of(task, view)
            subjects = [perturber.components(instance) for instance in found]
            return pd.concat(
                [
                    perturber.realiser(subject)(perturber.law(subject, None).instance())
                    for subject in subjects
                ],
                ignore_index=True,
            )
        case unreachable:
            assert_never(unreachable)
