"""Asking models about many items as they are."""

from collections.abc import Iterator, Sequence
from typing import Any, assert_never

import numpy as np

from lime_engine.errors import Cancelled
from lime_engine.types import FloatArray
from ui.workshop.catalogue import predict_of, task_of
from ui.workshop.instances import instance_of, perturber_of
from ui.workshop.item import Item
from ui.workshop.jobs import Report
from ui.workshop.request import View

_BATCH = 200  # items asked about at once


def probabilities(
    task: str,
    model: str,
    source: str,
    view: View,
    rows: Sequence[int],
    report: Report,
) -> FloatArray:
    """What a model answers to these items, (n, n_classes); `model` as in `catalogue.find_model`.

    Raises
    ------
    LimeError
        As `predict_of` and `batches`.
    Exception
        Whatever the model raises.
    """
    predict = predict_of(task, model)
    answers = [
        np.asarray(predict(batch), dtype=float)
        for batch, _ in batches(task, source, view, rows, report)
    ]
    return np.concatenate(answers) if answers else np.empty((0, 0))


def batches(
    task: str, source: str, view: View, rows: Sequence[int], report: Report
) -> Iterator[tuple[Any, list[int | None]]]:
    """These items as models take them, some at once, with their labels.

    Raises
    ------
    LimeError
        As `instance_of`.
    Cancelled
        If nobody waits for it any more.
    """
    size = 1 if task_of(task).kind == "image" else _BATCH  # pictures may differ in size
    for start in range(0, len(rows), size):
        if report.should_stop():
            raise Cancelled(f"Stopped after {start} of {len(rows)} items.")
        found = [instance_of(task, Item(source, row)) for row in rows[start : start + size]]
        yield _batch(task, view, [one for one, _ in found]), [label for _, label in found]
        report(min(start + size, len(rows)) / len(rows))


def _batch(task: str, view: View, found: Sequence[Any]) -> Any:
    """These instances as a model takes them."""
    kind = task_of(task).kind
    match kind:
        case "text":
            return list(found)
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
