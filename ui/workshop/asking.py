"""Asking a model about many items as they are."""

from collections.abc import Callable, Sequence
from typing import Any, assert_never

import numpy as np

from lime_engine.types import FloatArray
from ui.workshop.case import Case

_BATCH = 200  # items asked about at once


def probabilities(case: Case, rows: Sequence[int], report: Callable[[float], None]) -> FloatArray:
    """What the case's model answers to these items of its source, (n, n_classes).

    Raises
    ------
    LimeError
        If the model or an item is gone.
    Exception
        Whatever the model raises.
    """
    predict = case.predict
    size = 1 if case.task.kind == "image" else _BATCH  # pictures may differ in size
    answers: list[FloatArray] = []
    for start in range(0, len(rows), size):
        batch = _batch(case, rows[start : start + size])
        answers.append(np.asarray(predict(batch), dtype=float))
        report(start / len(rows))
    return np.concatenate(answers) if answers else np.empty((0, 0))


def _batch(case: Case, rows: Sequence[int]) -> Any:
    """These items as a model takes them."""
    found = [case.items.instance(row)[0] for row in rows]
    match case.task.kind:
        case "text":
            return found
        case "image":
            return np.stack(found)
        case "table":
            import pandas as pd

            perturber = case.perturber
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
