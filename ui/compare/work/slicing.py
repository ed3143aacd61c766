"""Where two models differ: how often each is right on parts of the items."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lime_engine.errors import InputError
from ui.compare.choice import COLUMN, SURE, WORD, WORDS, CompareChoice, read_comparison
from ui.compare.values import Slice, Sure
from ui.compare.work.scoring import share
from ui.figures.parts import number_text
from ui.workshop.case import Case
from ui.workshop.jobs import Report

MOST_SLICES = 10  # that are shown
MOST_WORDS = 2000  # that are looked at, the most frequent ones
MOST_COLUMNS = 200
LEAST_ITEMS = 5  # with a word, and without it; of many the root of their number: fewer say nothing
FEW_VALUES = 6  # of a column of numbers that are not put together
LIKELY = 0.05
_EDGES = (0.5, 0.7, 0.8, 0.9, 0.95, 0.99)  # of probabilities
_OTHERS = "other values"

Group = tuple[str, NDArray[np.bool_]]  # a name, and which items are in it
Known = tuple[int, int, tuple[int, int], Sure]  # row, label, answers, sure


def sliced(
    params: dict[str, str], known: Sequence[Known], *, report: Report
) -> list[dict[str, Any]]:
    """The slices of the labelled items that the choice is `by`, as the JSON of `Slice`s.

    Raises
    ------
    InputError
        If the data have no such column, or are gone.
    """
    choice = read_comparison(params)
    labels = np.array([label for _, label, _, _ in known], dtype=np.intp)
    answers = np.array([said for _, _, said, _ in known], dtype=np.intp).reshape(-1, 2)
    hits = answers == labels[:, None]
    groups = list(_groups(choice, known, labels))
    return [asdict(each) for each in slices(hits, groups)]


def slices(hits: ArrayLike, groups: Sequence[Group]) -> list[Slice]:
    """Both models' shares of right answers in each of these groups.

    First those where the difference is clear (McNemar's exact test at 0.05 divided by the number
    of groups), and among these and the others the largest difference first; at most `MOST_SLICES`.

    Parameters
    ----------
    hits : (n, 2) of bool
        Whether each model is right.
    groups
        What each group is called, and which of the items are in it.
    """
    from scipy.stats import binom

    right = np.asarray(hits, dtype=bool)
    held = [(name, inside) for name, inside in groups if inside.any()]
    found = []
    for name, inside in held:
        n, own = int(inside.sum()), right[inside]
        only = [int((own[:, side] & ~own[:, 1 - side]).sum()) for side in (0, 1)]
        p_value = min(1.0, 2 * float(binom.cdf(min(only), sum(only), 0.5)))
        first, second = (share(int(own[:, side].sum()), n) for side in (0, 1))
        found.append(Slice(name, n, (first, second), p_value * len(held) <= LIKELY))
    found.sort(key=lambda each: (not each.is_clear, -abs(each.difference), -each.n))
    return found[:MOST_SLICES]


def _groups(
    choice: CompareChoice, known: Sequence[Known], labels: NDArray[np.intp]
) -> Iterator[Group]:
    by, rows = choice.by, [row for row, _, _, _ in known]
    if by in SURE:
        own = [sure[SURE.index(by)] for _, _, _, sure in known]
        yield from by_confidence([p for p in own if p is not None] if None not in own else [])
    elif by == WORDS or by.startswith(WORD):
        texts = [str(one) for one in _instances(choice, rows)]
        yield from by_words(texts) if by == WORDS else by_word(texts, by.removeprefix(WORD))
    elif by.startswith(COLUMN):
        column = by.removeprefix(COLUMN)
        yield from by_column([cell_of(one, column) for one in _instances(choice, rows)])
    else:
        for answer, name in enumerate(choice.matching.names):
            yield name, labels == answer


def by_confidence(sure: Sequence[float]) -> Iterator[Group]:
    """How sure a model is of its own answer, from the least to the most."""
    place = np.digitize(np.asarray(sure), _EDGES)
    for number, name in enumerate(_between([f"{100 * edge:.0f}%" for edge in _EDGES])):
        yield name, place == number


def by_column(values: Sequence[Any]) -> list[Group]:
    """The values of a column: numbers by quarters, where they are many; others each."""
    import pandas as pd

    cells = pd.Series(list(values), dtype=object)
    missing = cells.isna().to_numpy()
    numbers = pd.to_numeric(cells[~missing], errors="coerce")
    groups: list[Group]
    if numbers.notna().all() and numbers.nunique() > FEW_VALUES:
        edges = sorted(set(numbers.quantile([0.25, 0.5, 0.75])))
        place = np.full(len(cells), -1)
        place[~missing] = np.searchsorted(edges, numbers.to_numpy(dtype=float), side="left")
        groups = [
            (name, place == number)
            for number, name in enumerate(_up_to([number_text(edge) for edge in edges]))
        ]
    else:
        names = cells.map(_name, na_action="ignore")
        often = names.value_counts().index[: MOST_SLICES - 1]
        groups = [(name, (names == name).to_numpy(dtype=bool)) for name in often]
        groups.append((_OTHERS, ~names.isin(often).to_numpy() & ~missing))
    return [*groups, ("missing", missing)]


def by_words(texts: Sequence[str]) -> Iterator[Group]:
    """The texts with each of the words that neither few nor nearly all of them have."""
    from sklearn.feature_extraction.text import CountVectorizer

    reader = CountVectorizer(binary=True, token_pattern=r"(?u)\b\w+\b")
    try:
        has = reader.fit_transform(texts).tocsc()
    except ValueError:  # no text has a word
        return
    names, n = reader.get_feature_names_out(), len(texts)
    times = np.asarray(has.sum(axis=0)).ravel()
    least = max(LEAST_ITEMS, round(n**0.5))
    some = np.flatnonzero((times >= least) & (times <= n - least))
    for column in some[np.argsort(-times[some], kind="stable")][:MOST_WORDS]:
        inside = np.zeros(n, dtype=bool)
        inside[has.indices[has.indptr[column] : has.indptr[column + 1]]] = True
        yield f"with “{names[column]}”", inside


def by_word(texts: Sequence[str], word: str) -> Iterator[Group]:
    """The texts with a word, or some words one after the other, and those without; any case."""
    there = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
    inside = np.array([there.search(text) is not None for text in texts], dtype=bool)
    yield f"with “{word}”", inside
    yield f"without “{word}”", ~inside


def columns_of(choice: CompareChoice) -> tuple[str, ...]:
    """The columns of the choice's items, the first `MOST_COLUMNS` of them; none if not rows."""
    items = Case(choice.requests_of_one()[0]).items
    if choice.task.kind != "table" or not items.n:
        return ()
    return tuple(str(column) for column in items.instance(0)[0])[:MOST_COLUMNS]


def _instances(choice: CompareChoice, rows: Sequence[int]) -> Iterator[Any]:
    items = Case(choice.requests_of_one()[0]).items
    for row in rows:
        yield items.instance(row)[0]


def cell_of(instance: Any, column: str) -> Any:
    """A row's value; rows are data frames of one row, or mappings."""
    if column not in instance:
        raise InputError(
            f"These rows have no column “{column[:40]}”. Choose another to look at them by."
        )
    value = instance[column]
    return value.iloc[0] if hasattr(value, "iloc") else value


def _name(value: Any) -> str:
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return number_text(float(value)) if is_number else str(value)


def _between(edges: Sequence[str]) -> list[str]:
    middle = [f"{low} to {high}" for low, high in pairwise(edges)]
    return [f"under {edges[0]}", *middle, f"{edges[-1]} or more"]


def _up_to(edges: Sequence[str]) -> list[str]:
    middle = [f"over {low}, up to {high}" for low, high in pairwise(edges)]
    return [f"up to {edges[0]}", *middle, f"over {edges[-1]}"]
