"""The items of a data set as models take them, and which of them are held out: for the workers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import InputError
from lime_engine.types import FloatArray, IntArray
from model_adapters.trained import split
from model_adapters.trained.tables import is_number
from sample_models.types import Labelled, TaskData
from ui.workshop import kept
from ui.workshop.store import KEPT_SO_LONG
from ui.workshop.trained.card import DataCard

MOST_NEW = 0.05  # of the held-out values of a column that no training row has
GONE = f"This data is no longer on this server: {KEPT_SO_LONG}. Bring it again under Upload."


class Pictures(Sequence[NDArray[np.uint8]]):
    """Pictures that are read when they are asked for, by the ids that the store has them under."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = tuple(ids)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, row: Any) -> Any:
        """A picture (h, w) or (h, w, 3); those of a slice are read when they are asked for."""
        if isinstance(row, slice):
            return Pictures(self.ids[row])
        png = kept.picture_png(self.ids[row])
        if png is None:
            raise InputError(GONE)
        return kept.pixels_of(png)

    def of(self, rows: IntArray) -> "Pictures":
        """Those of these rows."""
        return Pictures(self.ids[row] for row in rows.tolist())


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A data set, read: all items with their labels, and which are learned from or held out.

    `left_out` are columns that no model sees: asked to be, or because they say nothing of others.
    """

    instances: Any
    labels: IntArray
    train: IntArray
    test: IntArray
    left_out: tuple[str, ...] = ()


@lru_cache(maxsize=2)
def read(card: DataCard) -> Read:
    """The data set of a card, once a process.

    Raises
    ------
    InputError
        If it is gone, or cannot be split so.
    """
    found, labels = _opened(card, card.source)
    values = None
    nothing: IntArray
    if card.by != "random":
        if card.column not in found.columns:
            raise InputError(
                f"There is no column “{card.column}” to split by. Choose another, or split at "
                "random."
            )
        place = found.columns.index(card.column)
        values = np.array([found.item(row)[place] for row in range(len(labels))], dtype=object)
    if card.own:  # they judge all there is, labelled or not
        nothing = np.empty(0, dtype=np.int64)
        return Read(_instances(card, found), labels, nothing, np.arange(len(labels)))
    if not card.recipes:  # nothing is learned: all that is labelled can be judged
        nothing = np.empty(0, dtype=np.int64)
        return Read(_instances(card, found), labels, nothing, np.flatnonzero(labels >= 0))
    share = card.share / 100
    train, test = split(labels, card.by, values, share=share, seed=card.seed)
    if card.kind != "table":
        return Read(_instances(card, found), labels, train, test)
    frame = _instances(card, found)
    empty = [name for name in frame if _says_nothing(frame[name], train, test)]
    if len(empty) == frame.shape[1]:
        raise InputError(
            "No column would be left to learn from: in each, hardly a value occurs twice. Bring "
            "columns of numbers, or of categories that repeat."
        )
    return Read(frame.drop(columns=empty), labels, train, test, tuple(map(str, empty)))


@lru_cache(maxsize=2)
def data(card: DataCard) -> TaskData:
    """What the models of a card learn from, what is held out, and real use if there is some.

    Raises
    ------
    InputError
        As `read`.
    """
    found = read(card)
    train, test = (
        Labelled(taken(found.instances, rows), found.labels[rows].astype(np.int64))
        for rows in (found.train, found.test)
    )
    if card.own:  # what rows are compared with: no model has learned here
        train = Labelled(found.instances, found.labels.astype(np.int64))
    nothing: IntArray = np.empty(0, dtype=np.int64)
    field = Labelled(taken(found.instances, nothing), nothing)
    if card.field:
        other, labels = _opened(card, card.field)
        rows = np.flatnonzero(labels >= 0)
        instances = _instances(card, other)
        if card.kind == "table":
            instances = _like(instances, found.instances)
        field = Labelled(taken(instances, rows), labels[rows].astype(np.int64))
    return TaskData(train, test, field)


def brought_answers(card: DataCard, number: int, source: str, rows: Sequence[int]) -> FloatArray:
    """What a model elsewhere has said of these items of a split, or of all that was brought.

    Raises
    ------
    InputError
        If that is not known, or gone.
    """
    at = np.asarray(rows, dtype=np.intp)
    if source != card.source:
        if source not in ("train", "test"):
            raise InputError(
                "What this model said of these items was not brought. Choose the data that its "
                "answers came with."
            )
        own = read(card)
        at = (own.train if source == "train" else own.test)[at]
    return _brought(card)[number].of(at)


@lru_cache(maxsize=2)
def _brought(card: DataCard) -> tuple[kept.Predictions, ...]:
    found = kept.opened(card.kind, card.source)
    if found is None:
        raise InputError(GONE)
    return found.predictions


def taken(instances: Any, rows: IntArray) -> Any:
    """Those of these rows, as a container of the same sort."""
    if isinstance(instances, Pictures):
        return instances.of(rows)
    if hasattr(instances, "iloc"):
        return instances.iloc[rows].reset_index(drop=True)
    return tuple(instances[row] for row in rows.tolist())


def _opened(card: DataCard, source: str) -> tuple[kept.Kept, IntArray]:
    found = kept.opened(card.kind, source)
    if found is None:
        raise InputError(GONE)
    if found.labels is None and card.own:
        return found, np.full(len(found.lines), -1, dtype=np.int64)
    if found.labels is None:
        raise InputError("These items have no labels. Say under Upload which column has them.")
    return found, kept.numbers_of(found.labels, card.class_names)


def _instances(card: DataCard, found: kept.Kept) -> Any:
    match card.kind:
        case "text":
            return tuple(found.item(row) for row in range(len(found.lines)))
        case "image":
            return Pictures(found.item(row)["id"] for row in range(len(found.lines)))
        case "table":
            return frame_of(found, {*card.dropped, card.column})


def frame_of(found: kept.Kept, without: set[str]) -> Any:
    """Rows as a data frame: columns of numbers, of yes and no, or of categories as strings."""
    import pandas as pd

    columns = zip(*(found.item(row) for row in range(len(found.lines))), strict=True)
    return pd.DataFrame(
        {
            name: _column(values)
            for name, values in zip(found.columns, columns, strict=True)
            if name not in without
        }
    )


def _column(values: Sequence[Any]) -> Any:
    import pandas as pd

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float} and kinds:
        whole = kinds == {int} and None not in values
        return pd.Series(values, dtype=np.int64 if whole and _fit(values) else float)
    if kinds == {bool} and None not in values:
        return pd.Series(values, dtype=bool)
    as_said = [value if value is None or kinds == {bool} else str(value) for value in values]
    return pd.Series(as_said, dtype=object)


def _fit(values: Sequence[int]) -> bool:
    return all(abs(value) < 2**53 for value in values)  # beyond, a float would be another number


def _says_nothing(column: Any, train: IntArray, test: IntArray) -> bool:
    """Whether a column has no value to learn from, or categories of which hardly one repeats.

    Names and free texts: of the held-out ones most are new to whoever has learned the others.
    """
    learned, held_out = column.iloc[train].dropna(), column.iloc[test].dropna()
    if learned.empty:
        return True
    if is_number(column) or held_out.empty:
        return False
    return bool((~held_out.isin(set(learned))).mean() > MOST_NEW)


def _like(frame: Any, other: Any) -> Any:
    """The columns of the other frame, with its types, as far as they can have them."""
    missing = [str(name) for name in other if name not in frame]
    if missing:
        raise InputError(
            f"The data of real use lacks the column “{missing[0]}”. Bring the columns that the "
            "models learn from."
        )
    found = frame[list(other)].copy()
    for name in other:
        if is_number(other[name]) != is_number(found[name]):
            raise InputError(
                f"The column “{name}” holds numbers in one file and words in the other. Bring it "
                "as the same in both."
            )
        if is_number(other[name]) and other[name].dtype == float:
            found[name] = found[name].astype(float)
    return found
