"""The instance that an item names, and what takes it apart: for the workers."""

import functools
from collections.abc import Callable
from typing import Any, assert_never

from lime_engine.errors import InputError
from lime_engine.evaluation import Perturber
from lime_engine.image.perturber import ImagePerturber
from lime_engine.table.perturber import TabularPerturber
from lime_engine.text import TextPerturber
from sample_models import Task
from ui.workshop import kept
from ui.workshop.catalogue import data_of, task_of
from ui.workshop.item import Item
from ui.workshop.request import Bins, TableView, View
from ui.workshop.worker import Report

GONE = (
    "What was brought here is no longer on this server: it is kept for 30 days after its last use. "
    "Bring it again under Upload."
)


def instance_of(task_key: str, item: Item) -> tuple[Any, int | None]:
    """The text, image or row of an item, and its label in the data if it has one.

    Raises
    ------
    InputError
        If a row does not exist, or what was brought is no longer in the store.
    """
    task = task_of(task_key)
    if item.is_own:
        n, read = _brought(task, item.source)
    else:
        split = data_of(task_key).split(item.source)  # type: ignore[arg-type]
        n, read = len(split.labels), split.instance
    if item.row >= n:
        raise InputError(
            f"There is no number {item.row + 1} here; there are {n}. Choose another from the list."
        )
    return read(item.row), None if item.is_own else int(split.labels[item.row])


def count_of(task_key: str, source: str) -> int:
    """How many items there are under this source: a split, or the id of what someone brought.

    Raises
    ------
    InputError
        As `instance_of`.
    """
    if Item(source, 0).is_own:
        return _brought(task_of(task_key), source)[0]
    return len(data_of(task_key).split(source).labels)  # type: ignore[arg-type]


def _brought(task: Task, source: str) -> tuple[int, Callable[[int], Any]]:
    """How many instances someone brought under this id, and what reads one of them."""
    match task.kind:
        case "text":
            texts = kept.texts(source)
            if texts is not None:
                return len(texts), texts.__getitem__
        case "image":
            pictures = kept.pictures(source)
            if pictures is not None:
                return len(pictures), lambda row: _pixels(pictures[row][1])
        case "table":
            rows = kept.rows(source)
            if rows is not None:
                columns, values = rows
                return len(values), lambda row: dict(zip(columns, values[row], strict=True))
        case unreachable:
            assert_never(unreachable)
    raise InputError(GONE)


def _pixels(entry_id: str) -> Any:
    from ui.workshop.kept import pixels_of

    png = kept.picture_png(entry_id)
    if png is None:
        raise InputError(GONE)
    return pixels_of(png)


def perturber_of(task_key: str, view: View) -> Perturber[Any, Any]:
    """What takes the task's instances apart in this way."""
    match view:
        case TextPerturber() | ImagePerturber():
            return view
        case TableView(bins):
            return learned(task_key, bins)
        case unreachable:
            assert_never(unreachable)


@functools.lru_cache(maxsize=12)
def learned(task_key: str, bins: Bins) -> TabularPerturber:
    """The columns of a task, as its training rows have them."""
    train = data_of(task_key).train
    return TabularPerturber.learn(train.instances, bins=bins, labels=train.labels)


def sizes(task_key: str, *, report: Report) -> dict[str, int]:
    """How many items each built-in split has."""
    return {source: count_of(task_key, source) for source in ("test", "field", "train")}
