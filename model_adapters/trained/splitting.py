"""What is learned from and what is held out, and how good it is to know nothing."""

import re
from typing import Any, Literal

import numpy as np

from lime_engine.errors import InputError, cut
from lime_engine.types import IntArray

By = Literal["random", "group", "time"]
_DRAWS = 50
_ISO_DATE = re.compile(r"\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}.*)?)?")  # in order as texts are
MAX_CLASSES = 100  # trees are made for each
MIN_ITEMS = 10  # with a label; below, one item more or less decides


def split(
    labels: Any, by: By = "random", values: Any = None, *, share: float = 0.25, seed: int = 0
) -> tuple[IntArray, IntArray]:
    """Which items are learned from, and which about `share` of them are held out.

    Parameters
    ----------
    labels : int array (n,)
        -1 where nobody knows: such items are in neither.
    by : {"random", "group", "time"}
        As often from each class; or no group on both sides; or the latest ones are held out.
    values : array (n,), optional
        The group or the time of each item; what has none is in neither. Times are numbers, or
        dates in the form of ISO 8601, which are in order as texts are.
    share : float
        Of the items that are held out, 0 to 1.
    seed : int

    Returns
    -------
    train, test : int arrays
        In ascending order.

    Raises
    ------
    InputError
        If there are too few labels, groups or times, or too many classes; or what are no times.
    """
    labels = np.asarray(labels)
    known = labels >= 0
    if values is not None:
        import pandas as pd

        values = pd.Series(values).reset_index(drop=True)
        known &= values.notna().to_numpy()
    rows = np.flatnonzero(known)
    n_classes = len(np.unique(labels[rows]))
    if len(rows) < MIN_ITEMS or n_classes < 2:
        raise InputError(
            f"{len(rows):,} items have a label, of {n_classes} different ones. Bring at least "
            f"{MIN_ITEMS} items, of at least two classes."
        )
    if n_classes > MAX_CLASSES:
        raise InputError(
            f"There are {n_classes:,} classes; models are trained here on at most {MAX_CLASSES}. "
            "Put the rare ones together, or choose another column."
        )
    match by:
        case "random":
            held_out = _of_each_class(labels[rows], share, seed)
        case "group":
            held_out = _of_each_group(labels[rows], values.iloc[rows], share, seed)
        case "time":
            held_out = _the_latest(values.iloc[rows], share)
    if len(np.unique(labels[rows[~held_out]])) < 2:
        raise InputError(
            "All items to learn from would have the same label. Hold out fewer, or split them at "
            "random."
        )
    return rows[~held_out], rows[held_out]


def some_of_each(labels: IntArray, n: int, seed: int = 0) -> IntArray:
    """About `n` of these items, the same share of each class but at least one; all, if no more.

    Their numbers, in ascending order.
    """
    if len(labels) <= n:
        return np.arange(len(labels))
    rng, found = np.random.default_rng(seed), []
    for one in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == one))
        found.append(rows[: max(1, round(len(rows) * n / len(labels)))])
    return np.sort(np.concatenate(found))


def baseline(train: IntArray, test: IntArray) -> float:
    """How often it is right to say always what is commonest among these training labels."""
    return float(np.mean(test == np.bincount(train).argmax()))


def _of_each_class(labels: IntArray, share: float, seed: int) -> Any:
    """About the same share of each class; a class of one item keeps it to learn from."""
    rng = np.random.default_rng(seed)
    held_out = np.zeros(len(labels), dtype=bool)
    for one in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == one))
        n = max(1, round(share * len(rows))) if len(rows) > 1 else 0
        held_out[rows[:n]] = True
    return held_out


def _of_each_group(labels: IntArray, groups: Any, share: float, seed: int) -> Any:
    """Whole groups: of several draws the one in which each class is shared out most evenly."""
    numbers = groups.astype(str).factorize()[0]
    sizes = np.bincount(numbers)
    if len(sizes) < 2:
        raise InputError(
            "All items have the same value in this column. Choose another column, or split at "
            "random."
        )
    of_class = np.zeros((len(sizes), int(labels.max()) + 1))
    np.add.at(of_class, (numbers, labels), 1)
    rng = np.random.default_rng(seed)
    draws = []
    for _ in range(_DRAWS):
        order = rng.permutation(len(sizes))
        total = np.cumsum(sizes[order])[:-1]  # some group is left to learn from
        taken = order[: 1 + int(np.abs(total - share * len(labels)).argmin())]
        unlike = np.abs(of_class[taken].sum(axis=0) - share * of_class.sum(axis=0)).sum()
        draws.append((float(unlike), taken))
    return np.isin(numbers, min(draws, key=lambda draw: draw[0])[1])


def _the_latest(times: Any, share: float) -> Any:
    """What comes at or after the time that leaves about `share` of the items to come."""
    texts = [time for time in times if isinstance(time, str)]
    odd = [text for text in texts if not _ISO_DATE.fullmatch(text)]
    if odd or 0 < len(texts) < len(times):
        raise InputError(
            f"Times are numbers or dates, and “{cut(odd[0] if odd else texts[0])}” is not like the "
            "others or none of them. Choose another column, or split at random."
        )
    ranks = times.rank(method="min").to_numpy().astype(int)
    starts = np.unique(ranks)[1:]  # a rank is one more than the items before it
    if not len(starts):
        raise InputError("All items have the same time. Choose another column, or split at random.")
    left = len(ranks) + 1 - starts
    return ranks >= starts[np.abs(left - share * len(ranks)).argmin()]
