"""Asking a model about many items as they are."""

from collections.abc import Iterator, Sequence
from typing import Any, assert_never

import numpy as np

from lime_engine.errors import Cancelled
from lime_engine.types import FloatArray
from ui.workshop.case import Case
from ui.workshop.jobs import Report

_BATCH = 200  # items asked about at once


def probabilities(case: Case, rows: Sequence[int], report: Report) -> FloatArray:
    """What the case's model answers to these items of its source, (n, n_classes).

    Raises
    ------
    LimeError
        If the model is gone, and as `batches`.
    Exception
        Whatever the model raises.
    """
    predict = case.predict
    answers = [np.asarray(predict(batch), dtype=float) for batch, _ in batches(case, rows, report)]
    return np.concatenate(answers) if answers else np.empty((0, 0))


def batches(
    case: Case, rows: Sequence[int], report: Report
) -> Iterator[tuple[Any, list[int | None]]]:
    """These items of the case's source as models take them, some at once, with their labels.

    Raises
    ------
    InputError
        If an item is gone.
    Cancelled
        If nobody waits for it any more.
    """
    size = 1 if case.task.kind == "image" else _BATCH  # pictures may differ in size
    for start in range(0, len(rows), size):
        if report.should_stop():
            raise Cancelled(f"Stopped after {start} of {len(rows)} items.")
        found = [case.items.instance(row) for row in rows[start : start + size]]
        yield _batch(case, [one for one, _ in found]), [label for _, label in found]
        report(min(start + size, len(rows)) / len(rows))


def _batch(case: Case, found: Sequence[Any]) -> Any:
    """These instances as a model takes them."""
    match case.task.kind:
        case "text":
            return list(found)
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
