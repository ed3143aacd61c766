"""What workers do with each candidate of a pick: explain it, and keep what the screens need.

What an item's explanation says is kept in the store under the item's own id, so that a second run
begins where the first one ended, whoever started it and however it ended.
"""

import json
import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np

from lime_engine import Outcome, explain, explain_many, looks
from lime_engine.errors import InputError
from lime_engine.evaluation import Perturber
from lime_engine.subjects import ImageSubject
from lime_engine.types import Design, Explanation, Law, PredictFn
from ui.figures import cards, pixels
from ui.pick.choice import PickChoice
from ui.workshop import runs
from ui.workshop.case import Case, batch_size_for
from ui.workshop.catalogue import data_of, entry_of
from ui.workshop.instances import instance_of, perturber_of
from ui.workshop.item import Item
from ui.workshop.jobs import Report
from ui.workshop.request import Request, View, code_fingerprint, store_id
from ui.workshop.store import store
from ui.workshop.worker import limit_memory

KIND = "reasons"
_SMALL_PX, _EXAMPLE_PX = 160, 40
_FADED = 0.25  # how much of a neighbouring region is left in an example

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ItemPerturber:
    """Takes apart items by their names: a worker reads them itself."""

    task: str
    view: View

    @property
    def _perturber(self) -> Perturber[Any, Any]:
        return perturber_of(self.view, partial(data_of, self.task))

    def components(self, item: Item) -> Any:
        return self._perturber.components(instance_of(self.task, item)[0])

    def default_kernel_width(self, subject: Any) -> float:
        return self._perturber.default_kernel_width(subject)

    def law(self, subject: Any, kernel_width: float | None) -> Law:
        return self._perturber.law(subject, kernel_width)

    def realiser(self, subject: Any) -> Callable[[Design], Any]:
        return self._perturber.realiser(subject)

    def max_batch(self, subject: Any) -> int:
        return self._perturber.max_batch(subject)


@dataclass(frozen=True, slots=True)
class Explaining:
    """Explaining the candidates of a pick: a `runs.Work`. What is favoured is no part of it."""

    choice: PickChoice
    kind: ClassVar[str] = KIND

    @property
    def run_id(self) -> str:
        return store_id(runs.RUN_KIND, self.entry_id(0), str(self.choice.n))

    def entry_id(self, row: int) -> str:
        return self.choice.request(row).store_id(KIND)

    def outcomes(
        self, rows: Sequence[int], executor: Executor | None, should_stop: Callable[[], bool]
    ) -> Generator[Outcome[int], None, None]:
        request = self.choice.request(0)
        case = Case(request)
        return explain_many(
            [Item(self.choice.source, row) for row in rows],
            partial(load_politely, request.task, request.model),
            ItemPerturber(request.task, request.view),
            replace(request.settings, batch_size=batch_size_for(case)),
            executor,
            class_names=case.class_names,
            keep=partial(keep, request, code_fingerprint()),
            should_stop=should_stop,
        )


def load_politely(task: str, model: str) -> PredictFn[Any]:
    """The model, in a process that gives way to whoever waits for a single explanation."""
    be_polite()
    return entry_of(task, model).predict()


def be_polite() -> None:
    """Give way to other processes, and leave them some of the memory."""
    if hasattr(os, "nice"):
        os.nice(10)
    limit_memory()


def keep(request: Request, code: str, item: Item, explanation: Explanation) -> int:
    """Put what is kept of an item's explanation into the store; returns its row.

    `code` is the fingerprint of the code that asks for it.

    Raises
    ------
    InputError
        As `check_code`.
    """
    check_code(code)
    own = replace(request, item=item)
    store().write(KIND, own.store_id(KIND), json.dumps(_record(own, explanation)).encode())
    return item.row


def check_code(code: str) -> None:
    """`InputError` if this worker, on a cluster perhaps, runs other code than the server.

    Nobody would find its entries.
    """
    if code != code_fingerprint():
        raise InputError(
            "The worker runs another version of the app than the server. Give it the same files "
            "and packages, and start it again."
        )


def explained(request: Request, *, report: Report) -> Record:
    """The same for one item, which has not been explained yet, or whose entry is gone."""
    case = Case(request)
    explanation = explain(
        request.item,
        case.predict,
        ItemPerturber(request.task, request.view),
        replace(request.settings, batch_size=batch_size_for(case)),
        class_names=case.class_names,
        on_progress=report,
        should_stop=report.should_stop,
    )
    return _record(request, explanation)


def _record(request: Request, explanation: Explanation) -> Record:
    """The explanation, the item's label; for a picture how it and its reasons look."""
    _, label = instance_of(request.task, request.item)
    record: Record = {"explanation": explanation.to_dict(), "label": label}
    subject = explanation.subject
    if isinstance(subject, ImageSubject):
        weights = {weight.index: weight.weight for weight in explanation.weights}
        small = pixels.displayed(cards.explained_picture(subject, weights), _SMALL_PX)
        record["picture"] = pixels.data_uri(small, "photograph")
        record["looks"] = looks(subject, list(weights)).tolist()
        record["examples"] = [example(subject, component) for component in weights]
    return record


def example(subject: ImageSubject, component: int) -> str:
    """A superpixel in small, what is around it faded, as a data URI."""
    inside = subject.segments == component
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    colours = pixels.displayed(subject.pixels)[box].astype(float)
    faded = 255 - (255 - colours) * _FADED
    shown = np.where(inside[box][..., None], colours, faded).astype(np.uint8)
    return pixels.data_uri(pixels.displayed(shown, _EXAMPLE_PX), "photograph")
