"""Whether an item is like anything that the model has learned from: for the workers.

A model answers whatever it is asked. Of a text is counted how many of its words the model knows; of
a picture is measured how far its shades, colours and slopes lie from those of training pictures; of
a row, how far its values lie beyond those of the training rows. What is usual, the task's own test
items tell, which the model has not learned from either.

What the two networks of `wolves` see in a picture before their last layer was tried instead: it
tells photographs from drawings far less well, and takes many of the field's drawings for odd ones.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import Cancelled
from lime_engine.subjects import ImageSubject, Subject, TabularSubject, TextSubject, Value
from lime_engine.table.categorical_column import NEVER_SEEN, CategoricalColumn
from lime_engine.table.discretize import is_missing
from lime_engine.types import FloatArray
from model_adapters.pictures import fitted
from sample_models import Labelled, TaskData
from sample_models.vocabulary import WordsModel
from ui.workshop.case import Case
from ui.workshop.instances import learned
from ui.workshop.jobs import Report
from ui.workshop.request import Request, store_id
from ui.workshop.store import store

USUAL = 0.99  # of the test items are not told to be outside
HALF_KNOWN = 0.5  # of a text's words: from there on it is not told; ours
N_LEARNED, N_HELD_OUT = 150, 100  # training and test pictures, where each has to be drawn,
N_AT_HAND = 1000  # and where not
_SHADES, _COLOUR_STEP, _SCALES = 16, 16, 3
_HALVED = 32  # sides from which on there is enough of a picture to be made smaller
_STEPS = 18  # of slopes: 2 log2(1 + 361), the steepest there can be, is below 18

Found = dict[str, Any]


def outside_id(request: Request) -> str:
    """The store's id of what `outside` finds, which no setting changes."""
    return store_id("outside", request.task, request.model, str(request.item))


def outside(request: Request, *, report: Report) -> Found:
    """What in the item is like nothing that the model has learned from.

    Returns
    -------
    dict
        `is_outside`, and what there is to say about it: of a text `words`, how many the model knows
        and how many there are; of a row `cells`, (column, value, low, high) each, which lie beyond
        the training rows: a category that they do not have comes without low and high. Nothing is
        found where nobody knows what the model has learned from.

    Raises
    ------
    Cancelled
    """
    case = Case(request)
    return Outside(case, report).of(case.subject)


class Outside:
    """What says of items whether they are outside of what a model knows."""

    def __init__(self, case: Case, report: Report) -> None:
        self._case, self._report = case, report

    def of(self, subject: Subject) -> Found:
        """What `outside` returns of the item that is taken apart here."""
        match subject:
            case TextSubject():
                return self._of_text(subject.text)
            case ImageSubject():
                return self._of_picture(subject.pixels)
            case TabularSubject():
                return self._of_row(subject.values)
            case unreachable:
                assert_never(unreachable)

    def _of_text(self, text: str) -> Found:
        model = self._case.predict
        if not isinstance(model, WordsModel):
            return {"is_outside": False}
        known, n = model.coverage(text)
        least = self._usual(lambda: _least_known(model, self._case.data.test.instances))
        return {"is_outside": n == 0 or known < least * n, "words": [known, n]}

    def _of_picture(self, pixels: NDArray[np.uint8]) -> Found:
        if not self._case.task.has_training_data:
            return {"is_outside": False}
        usual = self._usual(lambda: _usual_pictures(self._case.data, self._report))
        height, width, *more = usual["shape"]
        (same_size,) = fitted(pixels[None], height, width, more[0] if more else 1)
        return {"is_outside": _far(usual, _look(same_size)) > usual["far"]}

    def _of_row(self, values: Sequence[Value]) -> Found:
        columns = learned(self._case.data, "quartile").columns
        slack = self._usual(lambda: _usual_beyond(self._case))
        cells: list[list[Any]] = []
        for (low, high), column, value in zip(_ranges(self._case), columns, values, strict=True):
            if _beyond(column, low, high, value) > slack:
                cells.append([column.name, value, low, high])
        return {"is_outside": bool(cells), "cells": cells}

    def _usual(self, find: Callable[[], Any]) -> Any:
        """What is usual for the model: from the store, else found now and kept."""
        request = self._case.request
        # Pictures and rows are held against the data alone, which all models of a task share.
        model = request.model if self._case.task.kind == "text" else ""
        entry_id = store_id("usual", request.task, model)
        raw = store().read("usual", entry_id)
        if raw is not None:
            return json.loads(raw)
        found = find()
        store().try_write("usual", entry_id, json.dumps(found).encode())
        return found


def _least_known(model: WordsModel, texts: Sequence[str]) -> float:
    """The share of its words that a usual text has known; at most `HALF_KNOWN`."""
    counted = [model.coverage(text) for text in texts]
    shares = [known / n for known, n in counted if n]
    return min(HALF_KNOWN, float(np.quantile(shares, 1 - USUAL))) if shares else HALF_KNOWN


def _usual_pictures(data: TaskData, report: Report) -> Found:
    """What training pictures look like, as a Gaussian, and how `far` from it a usual one lies."""
    from sklearn.covariance import LedoitWolf

    is_drawn = not isinstance(data.train.instances, np.ndarray)
    train, test = (
        np.array([*_looks(split, n if is_drawn else N_AT_HAND, part)])
        for split, n, part in (
            (data.train, N_LEARNED, report.part(0.0, 0.6)),
            (data.test, N_HELD_OUT, report.part(0.6, 1.0)),
        )
    )
    gaussian = LedoitWolf().fit(train)
    usual = {
        "shape": data.train.instance(0).shape,
        "centre": gaussian.location_.tolist(),
        "precision": gaussian.precision_.tolist(),
    }
    return usual | {"far": float(np.quantile([_far(usual, look) for look in test], USUAL))}


def _looks(split: Labelled, at_most: int, report: Report) -> Iterator[FloatArray]:
    """How pictures from all over a split look, as they are and brought in another size."""
    n = len(split.labels)
    rows = np.linspace(0, n - 1, min(at_most, n)).astype(int).tolist()
    for done, row in enumerate(rows, start=1):
        if report.should_stop():
            raise Cancelled("Stopped before it was known what usual pictures look like.")
        picture = split.instance(row)
        yield _look(picture)
        yield _look(_brought(picture, done))
        report(done / len(rows))


def _brought(pixels: NDArray[np.uint8], turn: int) -> NDArray[np.uint8]:
    """A picture as it is once it was brought in another size, in each `turn` of three another.

    People bring pictures larger or smaller than those that the models have learned from. What is
    enlarged in squares or smoothly, or made smaller, and fitted again, has other shades and slopes.
    """
    planes = pixels.reshape(1, *pixels.shape[:2], -1)
    _, height, width, channels = planes.shape
    other: NDArray[Any] = planes.repeat(2, axis=1).repeat(2, axis=2)
    if turn % 3 == 1:
        other = fitted(planes, 2 * height, 2 * width, channels)
    elif turn % 3 == 2 and min(height, width) >= _HALVED:
        other = fitted(planes, height // 2, width // 2, channels)
    return np.asarray(fitted(other, height, width, channels)[0])


def _far(usual: Found, look: FloatArray) -> float:
    """How far a picture that looks so lies from the training pictures (Mahalanobis)."""
    apart = look - np.array(usual["centre"])
    return float(np.sqrt(apart @ np.array(usual["precision"]) @ apart))


def _look(pixels: NDArray[np.uint8]) -> FloatArray:
    """How a picture looks, whatever it shows: shares of shades, of colours, and of slopes.

    The slopes are those of the picture as it is, at half and at a quarter of its size: what is
    drawn is even where a photograph is not. The roots of the shares make rare things count.
    """
    planes = np.moveaxis(np.atleast_3d(pixels), -1, 0).astype(np.int16)
    shades = [_shares(plane // (256 // _SHADES), _SHADES) for plane in planes]
    colours = [
        _shares((256 + plane - planes[len(planes) // 2]) // _COLOUR_STEP, 512 // _COLOUR_STEP)
        for plane in (planes[0], planes[-1])
    ]
    grey, slopes = planes.mean(axis=0), []
    for _ in range(_SCALES):
        steep = np.hypot(*np.gradient(grey))
        slopes.append(_shares((2 * np.log2(1 + steep)).astype(np.intp), _STEPS))
        h, w = (side // 2 for side in grey.shape)
        grey = grey[: 2 * h, : 2 * w].reshape(h, 2, w, 2).mean(axis=(1, 3))
    return np.asarray(np.sqrt(np.concatenate([*shades, *colours, *slopes])))


def _shares(numbers: NDArray[Any], n: int) -> FloatArray:
    """The share of each of the numbers 0..n-1."""
    return np.bincount(numbers.ravel(), minlength=n) / numbers.size


def _ranges(case: Case) -> list[tuple[float | None, float | None]]:
    """Least and greatest value of each column of numbers in the training rows."""
    train = case.data.train.instances
    return [
        (None, None)
        if isinstance(column, CategoricalColumn)
        else (float(train[column.name].min()), float(train[column.name].max()))
        for column in learned(case.data, "quartile").columns
    ]


def _usual_beyond(case: Case) -> float:
    """How far the most daring value of a usual row lies beyond the training rows' range."""
    columns, ranges = learned(case.data, "quartile").columns, _ranges(case)
    test = case.data.test.instances
    far = np.zeros(len(test))
    for column, (low, high) in zip(columns, ranges, strict=True):
        each = [_beyond(column, low, high, value) for value in test[column.name].tolist()]
        far = np.maximum(far, each)
    return float(np.quantile(far, USUAL, method="lower"))


def _beyond(column: Any, low: float | None, high: float | None, value: Any) -> float:
    """How far a value lies beyond the range of its column, as a share of it; infinitely if new."""
    if is_missing(value):
        return 0.0
    if low is None or high is None:
        return np.inf if column.bin_of([value])[0] == NEVER_SEEN else 0.0
    beyond = max(low - value, value - high, 0.0)
    if not beyond:
        return 0.0
    return float(beyond / (high - low)) if high > low else np.inf
