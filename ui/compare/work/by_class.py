"""How good two models are on each of the answers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lime_engine.types import FloatArray, IntArray
from ui.compare.values import ClassScores, Curves, Estimated, Pair
from ui.compare.work.scoring import share

MOST_CLASSES = 12
MOST_POINTS = 120  # of a curve, as it is drawn; its area is that of all
_DIGITS = 5


def by_class(
    labels: ArrayLike, answers: ArrayLike, probabilities: Sequence[FloatArray]
) -> tuple[ClassScores, ...]:
    """Recall, precision and curves of each answer that has labels, in the order of the answers.

    Of many answers those of the `MOST_CLASSES` most frequent labels. Shares have Wilson's interval.

    Parameters
    ----------
    labels : (n,) of int
        The right answers; -1 where not known: such items count for nothing.
    answers : (n, 2) of int
        Those of each model.
    probabilities : two arrays (n, classes)
        Each model's probabilities of the answers.
    """
    right, said = np.asarray(labels, dtype=np.intp), np.asarray(answers, dtype=np.intp)
    known = right >= 0
    right, said = right[known], said[known]
    found, counts = np.unique(right, return_counts=True)
    often = sorted(found[np.argsort(-counts, kind="stable")][:MOST_CLASSES].tolist())
    return tuple(
        _of_class(answer, right, said, [p[known, answer] for p in probabilities])
        for answer in often
    )


def _of_class(
    answer: int, right: IntArray, said: IntArray, probabilities: Sequence[FloatArray]
) -> ClassScores:
    is_it, n = right == answer, int((right == answer).sum())
    called = [said[:, side] == answer for side in (0, 1)]
    hits = [int((is_it & of).sum()) for of in called]
    precision = [_share(hit, int(of.sum())) for hit, of in zip(hits, called, strict=True)]
    curves = None
    if 0 < n < len(right):
        curves = (_curves(is_it, probabilities[0]), _curves(is_it, probabilities[1]))
    return ClassScores(
        answer=answer,
        n=n,
        recall=(_share(hits[0], n), _share(hits[1], n)),
        precision=(precision[0], precision[1]),
        curves=curves,
    )


def _share(count: int, n: int) -> Estimated | None:
    return share(count, n) if n else None


def _curves(is_it: ArrayLike, p: FloatArray) -> Curves:
    from sklearn.metrics import (  # takes a second: not for those who show what is scored
        average_precision_score,
        precision_recall_curve,
        roc_auc_score,
        roc_curve,
    )

    false_alarms, recall, _ = roc_curve(is_it, p)
    precision, found, _ = precision_recall_curve(is_it, p, drop_intermediate=True)
    return Curves(
        roc=_thinned(false_alarms, recall),
        precision=_thinned(found[::-1], precision[::-1]),
        auc=float(roc_auc_score(is_it, p)),
        average=float(average_precision_score(is_it, p)),
    )


def _thinned(x: FloatArray, y: FloatArray) -> tuple[Pair, ...]:
    """The points, of many some, evenly along the curve, with both ends."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    places = np.searchsorted(along, np.linspace(0, along[-1], MOST_POINTS))
    kept = np.arange(len(x)) if len(x) <= MOST_POINTS else np.unique([0, *places, len(x) - 1])
    return tuple(
        (round(float(a), _DIGITS), round(float(b), _DIGITS))
        for a, b in zip(x[kept], y[kept], strict=True)
    )
