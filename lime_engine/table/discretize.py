"""Edges that cut a column of numbers into bins, and the bins in words."""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lime_engine.errors import InputError, SettingsError
from lime_engine.types import FloatArray, IntArray

Labels = NDArray[Any]
EdgesFn = Callable[[FloatArray, Labels | None], ArrayLike]  # values, labels -> edges
Bins = str | EdgesFn

PERCENTILES = {"quartile": (25, 50, 75), "decile": (10, 20, 30, 40, 50, 60, 70, 80, 90)}
BINS = (*PERCENTILES, "entropy")
TREE_DEPTH = 3  # "entropy": at most 8 bins
_TREE_RANGE = 2.0**20  # of a column that a tree reads
_FEW = 10  # bins that are told apart one by one
_DIGITS = 4  # significant ones that an edge shows, if they are enough
_WHOLE_BELOW = 1e15  # whole numbers up to here are written in full


def is_missing(value: Any) -> bool:
    """None, NaN, or what pandas uses for them."""
    try:
        return value is None or bool(value != value)
    except (TypeError, ValueError):  # pandas.NA says neither yes nor no; an array says both
        return type(value).__name__ == "NAType"


def check_bins(bins: Bins, labels: ArrayLike | None, n_rows: int) -> Labels | None:
    """The labels as an array, after a look at whether bins can be made so.

    Raises
    ------
    SettingsError
        If `bins` is unknown, or is "entropy" and there are no labels.
    InputError
        If there is not one label a row, or one is missing.
    """
    if not callable(bins) and bins not in BINS:
        raise SettingsError(
            f"bins is {bins!r}; use one of {', '.join(BINS)}, or a function of values and labels "
            "that returns edges."
        )
    if labels is None:
        if bins == "entropy":
            raise SettingsError(
                "bins is 'entropy', which needs the label of each training row. Pass labels, or "
                "use 'quartile'."
            )
        return None
    array = np.asarray(labels)
    if array.shape != (n_rows,):
        raise InputError(
            f"The labels have shape {array.shape}, but there are {n_rows} training rows. Give one "
            "label a row."
        )
    if any(map(is_missing, array.tolist())):
        raise InputError("A label of a training row is missing. Leave such rows out.")
    return array


def bin_edges(
    values: FloatArray, bins: Bins = "quartile", labels: Labels | None = None
) -> FloatArray:
    """Where one bin ends and the next begins, increasing: value v is in bin i, i edges below v.

    Parameters
    ----------
    values : array (n,)
        Of the training rows; at least one, none missing.
    bins : {"quartile", "decile", "entropy"} or callable
        "entropy": the thresholds of a tree of depth 3 that predicts `labels` from this column
        alone, or the median if it finds none. A callable gets (values, labels).
    labels : array (n,) or None
        Numbers that are not all whole are what a regression predicts (the tree then lowers the
        squared error); all others are classes.

    Returns
    -------
    array (n_edges,)
        Distinct. Percentiles of a column with few values may coincide.

    Raises
    ------
    SettingsError
        If a callable returns anything but finite numbers.
    """
    if callable(bins):
        return _checked_edges(bins(values, labels))
    if bins in PERCENTILES:
        return np.unique(np.percentile(values, PERCENTILES[bins]))
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    if labels is not None and labels.dtype.kind == "f" and (labels % 1 != 0).any():
        tree = DecisionTreeRegressor(max_depth=TREE_DEPTH, random_state=0)
        labels = labels / _unit(labels)
    else:
        tree = DecisionTreeClassifier(criterion="entropy", max_depth=TREE_DEPTH, random_state=0)
    # What a tree takes for no difference is an absolute number; it reads columns as float32.
    unit = _unit(values) / _TREE_RANGE
    nodes = tree.fit((values / unit)[:, None], labels).tree_
    thresholds = unit * nodes.threshold[nodes.children_left > -1]
    return np.unique(thresholds if len(thresholds) else np.median(values))


def _unit(numbers: FloatArray) -> float:
    """A power of 2 as large as their range, by which dividing rounds nothing; 1 without any."""
    return float(2.0 ** np.frexp(np.ptp(numbers))[1]) if np.ptp(numbers) > 0 else 1.0


def _checked_edges(edges: ArrayLike) -> FloatArray:
    try:
        found = np.unique(np.asarray(edges, dtype=float))
    except (TypeError, ValueError):
        found = np.array([np.nan])
    if not np.isfinite(found).all():
        raise SettingsError(
            f"The function given as bins returned {edges!r}. It must return finite numbers: where "
            "one bin ends and the next begins."
        )
    return found


def edges_in_words(edges: FloatArray, values: FloatArray) -> tuple[str, ...]:
    """The edges with few digits, yet so that what a bin's label says is true of all `values`.

    A written edge lies where the edge itself does, between the same two of the sorted `values`,
    and they increase.
    """
    written: list[str] = []
    for edge, following in zip(edges.tolist(), [*edges[1:], np.inf], strict=True):
        place = int(np.searchsorted(values, edge, side="right"))
        low = values[place - 1] if place else -np.inf
        high = min([following, *values[place : place + 1]])
        written.append(_short(edge, low, high, float(written[-1]) if written else -np.inf))
    return tuple(written)


def draw_bins(counts: IntArray, u: FloatArray) -> IntArray:
    """The bins in which u (n,) in [0, 1) fall, laid end to end, as long as their shares."""
    ends = ends_of(counts)[:-1]
    ends = ends[ends < 1]  # no u is there
    if len(ends) > _FEW:
        return np.searchsorted(ends, u, side="right")
    bins = np.zeros(u.shape, dtype=np.int8)
    for end in ends.tolist():  # several times faster than a search
        bins += u >= end
    return bins.astype(np.intp)


def ends_of(counts: IntArray) -> FloatArray:
    """Where on [0, 1] each bin ends when they are laid end to end, as long as their shares."""
    return np.asarray(np.cumsum(counts) / counts.sum())


def bin_in_words(name: str, words: tuple[str, ...], bin: int) -> str:
    """Such as "age <= 29.5", "29.5 < age <= 41" or "age > 41", for edges in `words`."""
    if not words:
        return f"{name} is any number"
    if bin == 0:
        return f"{name} <= {words[0]}"
    if bin == len(words):
        return f"{name} > {words[-1]}"
    return f"{words[bin - 1]} < {name} <= {words[bin]}"


def number_in_words(number: float, digits: int = 17) -> str:
    """With so many significant digits at most; whole numbers, and the whole part, in full."""
    if number % 1 == 0 and abs(number) < _WHOLE_BELOW:
        return str(int(number))
    n_whole = len(str(int(abs(number)))) if abs(number) < _WHOLE_BELOW else 0
    return f"{number:.{max(digits, n_whole)}g}"


def _short(edge: float, low: float, high: float, previous: float) -> str:
    """The first number of few digits near `edge` that is in [low, high) and above `previous`."""
    for digits in range(_DIGITS, 18):
        for rounding in (ROUND_HALF_EVEN, ROUND_CEILING, ROUND_FLOOR):
            rounded = Context(prec=digits, rounding=rounding).create_decimal(Decimal(edge))
            words = number_in_words(float(rounded), digits)
            if low <= float(words) < high and previous < float(words):
                return words
    return repr(edge)
