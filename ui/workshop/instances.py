"""The instance that an item names, and what takes it apart: for the workers."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, assert_never

from numpy.typing import NDArray

from lime_engine.errors import InputError
from lime_engine.evaluation import Perturber
from lime_engine.image.perturber import ImagePerturber
from lime_engine.table.perturber import TabularPerturber
from lime_engine.text import TextPerturber
from sample_models import Task, TaskData
from sample_models.types import Kind
from ui.workshop import kept
from ui.workshop.catalogue import data_of, task_of
from ui.workshop.item import Item
from ui.workshop.kept import numbers_of
from ui.workshop.request import Bins, TableView, View
from ui.workshop.store import KEPT_SO_LONG, store
from ui.workshop.worker import Report

GONE = (
    f"What was brought here is no longer on this server: {KEPT_SO_LONG}. Bring it again under "
    "Upload."
)


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """The items of a source: a split of a task, or what someone brought.

    `read(row)` makes one of `n` instances; `labels` (n,) are those in the data, numbers of the
    task's classes, -1 where not known; None without any.
    """

    n: int
    read: Callable[[int], Any]
    labels: NDArray[Any] | None = None

    def instance(self, row: int) -> tuple[Any, int | None]:
        """The text, image or row with this number, and its label if it has one.

        Raises
        ------
        InputError
            If there is none, or what was brought is no longer in the store.
        """
        if row >= self.n:
            raise InputError(
                f"There is no number {row + 1} here; there are {self.n}. Choose another from the "
                "list."
            )
        label = -1 if self.labels is None else int(self.labels[row])
        return self.read(row), None if label < 0 else label


def items_of(task: Task, source: str, data: Callable[[], TaskData]) -> Items:
    """The items of the task under this source: a split of its data, or the id of what was brought.

    Raises
    ------
    InputError
        If what was brought is no longer in the store.
    """
    if Item(source, 0).is_own:
        return _brought(task, source)
    split = data().split(source)  # type: ignore[arg-type]
    return Items(len(split.labels), split.instance, split.labels)


def instance_of(task_key: str, item: Item) -> tuple[Any, int | None]:
    """The instance of an item and its label, as `Items.instance`."""
    return _items(task_key, item.source).instance(item.row)


def sizes(task_key: str, *, report: Report) -> dict[str, int]:
    """How many items each built-in split has."""
    return {source: _items(task_key, source).n for source in ("test", "field", "train")}


def _items(task_key: str, source: str) -> Items:
    return items_of(task_of(task_key), source, functools.partial(data_of, task_key))


def _brought(task: Task, source: str) -> Items:
    """What someone brought under this id, and what reads one of it."""
    if not store().use(kept.ENTRIES[task.kind], source):
        raise InputError(GONE)
    return _items_kept(task.kind, source, task.class_names)


@functools.lru_cache(maxsize=2)
def _items_kept(kind: Kind, source: str, class_names: tuple[str, ...]) -> Items:
    found = kept.opened(kind, source)
    if found is None:
        raise InputError(GONE)
    labels = None if found.labels is None else numbers_of(found.labels, class_names)
    return Items(len(found.lines), lambda row: _instance(kind, found, row), labels)


def _instance(kind: Kind, found: kept.Kept, row: int) -> Any:
    match kind:
        case "text":
            return found.item(row)
        case "image":
            return _pixels(found.item(row)["id"])
        case "table":
            return dict(zip(found.columns, found.item(row), strict=True))
        case unreachable:
            assert_never(unreachable)


def _pixels(entry_id: str) -> Any:
    png = kept.picture_png(entry_id)
    if png is None:
        raise InputError(GONE)
    return kept.pixels_of(png)


def perturber_of(view: View, data: Callable[[], TaskData]) -> Perturber[Any, Any]:
    """What takes instances apart in this way; rows of a table as the training rows teach it."""
    match view:
        case TextPerturber() | ImagePerturber():
            return view
        case TableView(bins):
            return learned(data(), bins)
        case unreachable:
            assert_never(unreachable)


@functools.lru_cache(maxsize=12)
def learned(data: TaskData, bins: Bins) -> TabularPerturber:
    """The columns of a task, as its training rows have them: learned once a process."""
    train = data.train
    return TabularPerturber.learn(train.instances, bins=bins, labels=train.labels)
