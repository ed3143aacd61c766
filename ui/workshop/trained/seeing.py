"""What models go by in the pictures of a data set: found once for all workers, with progress."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lime_engine.errors import Cancelled
from lime_engine.types import FloatArray
from model_adapters.trained import Features
from model_adapters.trained.pictures import histograms
from sample_models.photos import features
from ui.workshop.request import store_id
from ui.workshop.store import store
from ui.workshop.trained.data import Pictures
from ui.workshop.worker import Report

_AT_ONCE = 32  # pictures, between two signs of progress


def seen_in(pictures: Sequence[Any], report: Report | None = None) -> FloatArray:
    """As `sample_models.photos.features`; of a data set's pictures what the store has is read.

    Raises
    ------
    Cancelled
    """
    return _of_each("picture-seen", features, pictures, report)


def counted_in(pictures: Sequence[Any], report: Report | None = None) -> FloatArray:
    """The same as `model_adapters.trained.pictures.histograms`."""
    return _of_each("picture-counted", histograms, pictures, report)


def _of_each(
    kind: str, look: Features, pictures: Sequence[Any], report: Report | None
) -> FloatArray:
    if not isinstance(pictures, Pictures):
        return look(pictures)
    found = []
    for start in range(0, len(pictures), _AT_ONCE):
        if report is not None:
            if report.should_stop():
                raise Cancelled("Stopped before all pictures were looked at.")
            report(start / len(pictures))
        found.append(_some(kind, look, pictures[start : start + _AT_ONCE]))
    return np.concatenate(found)


def _some(kind: str, look: Features, pictures: Pictures) -> FloatArray:
    entries = [store_id(kind, picture) for picture in pictures.ids]
    found = [store().read(kind, entry) for entry in entries]
    new = np.flatnonzero([raw is None for raw in found])
    if len(new):
        for row, answer in zip(new.tolist(), look(pictures.of(new)), strict=True):
            found[row] = answer.tobytes()
            store().try_write(kind, entries[row], answer.tobytes())
    return np.stack([np.frombuffer(raw) for raw in found if raw is not None])
