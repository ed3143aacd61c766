"""A request looked up once: what a worker hands down instead of keys."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

from lime_engine.evaluation import Perturber
from lime_engine.settings import LimeSettings
from lime_engine.subjects import Subject
from lime_engine.types import PredictFn
from sample_models import Task, TaskData
from ui.workshop.catalogue import Entry, entry_of
from ui.workshop.instances import Items, items_of, perturber_of
from ui.workshop.item import Item
from ui.workshop.request import Request, View


class Case:
    """What a request names: its task, data, item and model, each made when first asked for.

    Two models on one item are two cases; they share the subject, as do later requests about the
    same item in this process, taken apart in the same way.
    """

    def __init__(self, request: Request) -> None:
        self.request = request

    def changed(self, **changes: Any) -> "Case":
        """The case of the same item and model with other fields of its request."""
        other = Case(replace(self.request, **changes))
        same = {"entry", "data", "items"} if {"task", "model", "item"}.isdisjoint(changes) else ()
        other.__dict__ |= {name: made for name, made in self.__dict__.items() if name in same}
        return other

    @cached_property
    def entry(self) -> Entry:
        """The task and the model; `InputError` if one is gone."""
        return entry_of(self.request.task, self.request.model)

    @property
    def task(self) -> Task:
        """The task whose items are judged."""
        return self.entry.task

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes that the model knows."""
        return self.entry.class_names

    @cached_property
    def data(self) -> TaskData:
        """The task's data."""
        return self.entry.data()

    @cached_property
    def predict(self) -> PredictFn[Any]:
        """The model, which may take a while to load."""
        return self.entry.predict()

    @cached_property
    def items(self) -> Items:
        """All items of the request's source; `InputError` if they are gone."""
        return items_of(self.task, self.request.item.source, lambda: self.data)

    @cached_property
    def perturber(self) -> Perturber[Any, Any]:
        """What takes the task's instances apart, as the request's view says."""
        return perturber_of(self.request.view, lambda: self.data)

    @property
    def subject(self) -> Subject:
        """The item taken apart; `InputError` if it is not there."""
        return self._taken_apart[0]

    @property
    def label(self) -> int | None:
        """The item's label in the data."""
        return self._taken_apart[1]

    @cached_property
    def settings(self) -> LimeSettings:
        """The request's settings with its kernel width, a multiple of the default, written out."""
        request = self.request
        if request.width == 1:
            return request.settings
        width = self.perturber.default_kernel_width(self.subject)
        return replace(request.settings, kernel_width=request.width * width)

    @cached_property
    def _taken_apart(self) -> tuple[Subject, int | None]:
        request = self.request
        return _shared(request.task, request.item, request.view).get(self._take_apart)

    def _take_apart(self) -> tuple[Subject, int | None]:
        instance, label = self.items.instance(self.request.item.row)
        return self.perturber.components(instance), label


class _Once:
    """Something that is made by whoever asks first."""

    def __init__(self) -> None:
        self._made: tuple[Subject, int | None] | None = None

    def get(self, make: Callable[[], tuple[Subject, int | None]]) -> tuple[Subject, int | None]:
        if self._made is None:
            self._made = make()
        return self._made


@lru_cache(maxsize=8)
def _shared(task: str, item: Item, view: View) -> _Once:
    """An item taken apart, which takes a while for pictures: once for all questions about it."""
    return _Once()
