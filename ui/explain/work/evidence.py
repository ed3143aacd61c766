"""What the data says about a component: for the workers."""

from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np

from lime_engine.errors import InputError
from lime_engine.subjects import Value
from lime_engine.table.categorical_column import CategoricalColumn
from lime_engine.table.numeric_column import NumericColumn
from lime_engine.text import TextPerturber
from sample_models.types import Split
from ui.workshop.catalogue import data_of, task_of
from ui.workshop.column import Column
from ui.workshop.instances import learned
from ui.workshop.jobs import Report
from ui.workshop.request import Bins

N_BARS = 24  # of a histogram
TOGETHER = 0.8  # of a rank correlation, from which on two columns move together


def columns(task: str, *, report: Report) -> list[dict[str, Any]]:
    """What the columns of a task's training rows hold: `Column`s as JSON."""
    data = data_of(task)
    return [
        asdict(_column(data.train.instances[column.name], column))
        for column in learned(data, "quartile").columns
    ]


def _column(series: Any, known: NumericColumn | CategoricalColumn) -> Column:
    present = series.dropna()
    can_be_missing = len(present) < len(series)
    if isinstance(known, CategoricalColumn):
        counts = present.astype(str).value_counts()
        categories = tuple(str(category) for category in known.categories)
        common = str(counts.index[0])
        return Column(known.name, "category", False, None, None, categories, can_be_missing, common)
    whole = bool((present % 1 == 0).all())
    typical = float(present.median())
    return Column(
        known.name,
        "number",
        whole,
        float(present.min()),
        float(present.max()),
        (),
        can_be_missing,
        round(typical) if whole else typical,
    )


def of_words(
    task: str, perturber: TextPerturber, words: tuple[str, ...], *, report: Report
) -> dict[str, Any]:
    """How many texts of each class contain each word, in each of the task's splits.

    Returns ``{"totals": {split: [n, ...]}, "counts": {word: {split: [n, ...]}}}``, one number a
    class. A word occurs where the perturber finds it as a component, case and all unless it
    ignores case.
    """
    counts: dict[str, dict[str, list[int]]] = {word: {} for word in words}
    n_classes = len(task_of(task).class_names)
    for split in task_of(task).splits:
        index = _index(task, split, perturber)
        for word in words:
            counts[word][split] = index.get(perturber.name_of(word), [0] * n_classes)
    return {"totals": _totals(task), "counts": counts}


def of_values(
    task: str,
    bins: Bins,
    cells: tuple[tuple[str, Value], ...],
    *,
    report: Report,
) -> dict[str, Any]:
    """How many rows of each class have a value in the same bin, and how the column is spread.

    `cells` are columns with this row's values in them. Returns totals and counts as `of_words`,
    the latter by column, and under "spread" what `figures.spread` draws of the training rows.
    "together" are, by column, the columns of numbers that nearly always move with it.
    """
    data = data_of(task)
    perturber = learned(data, bins)
    names = [column.name for column in perturber.columns]
    n_classes = len(task_of(task).class_names)
    counts: dict[str, dict[str, list[int]]] = {name: {} for name, _ in cells}
    spread = {}
    for name, value in cells:
        column = names.index(name)
        here = perturber.bin_of(column, [value])[0]
        for split in task_of(task).splits:
            inside = perturber.bin_of(column, data.split(split).instances[name]) == here
            found = np.bincount(data.split(split).labels[inside], minlength=n_classes)
            counts[name][split] = found.tolist()
        spread[name] = _spread(task, perturber.columns[column], int(here))
    together = {name: _together(task).get(name, []) for name, _ in cells}
    return {"totals": _totals(task), "counts": counts, "spread": spread, "together": together}


@lru_cache(maxsize=12)
def _together(task: str) -> dict[str, list[str]]:
    """For each column of numbers those whose rank correlation with it is high, highest first."""
    ranks = data_of(task).train.instances.select_dtypes("number").corr(method="spearman").abs()
    strong = ranks.where(ranks >= TOGETHER)
    return {
        str(name): [str(other) for other in row.drop(name).dropna().sort_values().index[::-1]]
        for name, row in strong.iterrows()
    }


def _spread(task: str, known: NumericColumn | CategoricalColumn, here: int) -> dict[str, Any]:
    """How a column's training values are spread, class by class, and the limits of a bin.

    Returns "edges" or "categories", "counts" and "missing" as `figures.spread` takes them, and
    the "range" of the bin `here`, None for an open end (and None in all for categories).
    """
    train = data_of(task).train
    series = train.instances[known.name]
    absent = series.isna().to_numpy()
    n_classes = len(task_of(task).class_names)
    missing = np.bincount(train.labels[absent], minlength=n_classes).tolist()
    of_class = [train.labels == label for label in range(n_classes)]
    if isinstance(known, CategoricalColumn):
        bins = known.bin_of(series)
        n = len(known.categories)
        counts = [np.bincount(bins[mine], minlength=n)[:n].tolist() for mine in of_class]
        names = [str(category) for category in known.categories]
        return {"categories": names, "counts": counts, "missing": missing, "range": None}
    values = series.to_numpy(dtype=float)
    edges = np.linspace(values[~absent].min(), values[~absent].max(), N_BARS + 1)
    if edges[0] == edges[-1]:
        edges = np.array([edges[0] - 0.5, edges[0] + 0.5])
    counts = [np.histogram(values[mine & ~absent], edges)[0].tolist() for mine in of_class]
    limits = [None, *known.edges.tolist(), None]
    reach = limits[here : here + 2] if here < len(limits) - 1 else None
    return {"edges": edges.tolist(), "counts": counts, "missing": missing, "range": reach}


def _totals(task: str) -> dict[str, list[int]]:
    n_classes = len(task_of(task).class_names)
    data = data_of(task)
    return {
        split: np.bincount(data.split(split).labels, minlength=n_classes).tolist()
        for split in task_of(task).splits
    }


@lru_cache(maxsize=12)
def _index(task: str, split: Split, perturber: TextPerturber) -> dict[str, list[int]]:
    """Word -> number of texts of each class that contain it."""
    n_classes = len(task_of(task).class_names)
    index: dict[str, list[int]] = {}
    data = data_of(task).split(split)
    for text, label in zip(data.instances, data.labels.tolist(), strict=True):
        try:
            words = {perturber.name_of(label) for label in perturber.components(text).labels}
        except InputError:  # a text without a word counts for none
            continue
        for word in words:
            index.setdefault(word, [0] * n_classes)[label] += 1
    return index
