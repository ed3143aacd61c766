"""A request looked up once: what a worker hands down instead of keys."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

from lime_engine.evaluation import Perturber
from lime_engine.samplers import most_samples
from lime_engine.settings import LimeSettings
from lime_engine.subjects import Subject
from lime_engine.types import PredictFn
from sample_models import Task, TaskData
from ui.workshop.catalogue import Entry, entry_of
from ui.workshop.instances import Items, items_of, perturber_of
from ui.workshop.item import Item
from ui.workshop.request import MOST_SECONDS, Request, View, batch_size, seconds_of


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
        if {"task", "model", "item"}.isdisjoint(changes):
            same = {"entry", "data", "predict", "items"}
            same |= {"perturber"} if "view" not in changes else set()
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

    @property
    def seconds(self) -> float:
        """How long the model takes for one instance, where that was measured; else 0."""
        return self.entry.seconds

    @cached_property
    def settings(self) -> LimeSettings:
        """The request's settings as they suit its item and model.

        With the kernel width, a multiple of the default, written out; no more samples than an item
        with so many components can have; and in batches that a slow model answers soon.
        """
        request, n = self.request, self.request.settings.n_samples
        settings = replace(request.settings, batch_size=batch_size_for(self))
        if n == "auto":
            settings = replace(settings, max_samples=self._most_in_time(settings.max_samples))
        else:
            most = most_samples(self.subject.n_components)
            settings = replace(settings, n_samples=min(n, most))
        if request.width == 1:
            return settings
        width = self.perturber.default_kernel_width(self.subject)
        return replace(settings, kernel_width=request.width * width)

    def _most_in_time(self, n: int) -> int:
        each = seconds_of(1, self.seconds)
        return n if n * each <= MOST_SECONDS else max(2, int(MOST_SECONDS / each))

    @cached_property
    def _taken_apart(self) -> tuple[Subject, int | None]:
        request = self.request
        return _shared(request.task, request.item, request.view).get(self._take_apart)

    def _take_apart(self) -> tuple[Subject, int | None]:
        instance, label = self.items.instance(self.request.item.row)
        return self.perturber.components(instance), label


def batch_size_for(*cases: Case) -> int | None:
    """How many instances these models are asked about at most at once, as it suits all of them."""
    return batch_size(max(case.seconds for case in cases), max(case.entry.batch for case in cases))


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
