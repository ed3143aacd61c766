"""Explanations of many instances, on the workers of any executor."""

from collections.abc import Callable, Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

from lime_engine.engine import explain
from lime_engine.errors import SettingsError, cut
from lime_engine.evaluation import OnProgress, Perturber, Room, ShouldStop
from lime_engine.many.crew import outcomes
from lime_engine.many.instances import by_position
from lime_engine.many.workers import Here, Job, Outcome, Sent, packed
from lime_engine.settings import LimeSettings, given_or_default
from lime_engine.show.progress import bar
from lime_engine.types import ClassNames, Explanation, PredictFn

X = TypeVar("X")
R = TypeVar("R")
Batch = TypeVar("Batch")


def whole(instance: Any, explanation: Explanation) -> Explanation:
    """What `explain_many` keeps unless it is told otherwise: everything."""
    return explanation


def explain_many(
    instances: Any,
    load: Callable[[], PredictFn[Batch]],
    perturber: Perturber[X, Batch],
    settings: LimeSettings | None = None,
    executor: Executor | None = None,
    on_progress: OnProgress | None = None,
    *,
    class_names: ClassNames | None = None,
    keep: Callable[[X, Explanation], R] = whole,  # type: ignore[assignment]
    should_stop: ShouldStop | None = None,
    progress: bool = False,
) -> Generator[Outcome[R], None, None]:
    """Explain each instance's predicted class, in the order in which the workers finish.

    Nothing is held but what is on its way: the instances are read as they are handed out, and what
    is kept of an explanation is the caller's from when it is yielded. Close the iterator to end
    early.

    Parameters
    ----------
    instances : sequence, Series, DataFrame, array or sparse matrix
        Read by position, and not before it is needed, as `instances.by_position` says; `row` of an
        outcome is that position.
    load : callable without arguments
        Returns the predict function; called once a worker in each call of this function, so that
        a model that was trained anew is loaded anew. It, the perturber and `keep` are sent to the
        workers: functions of a module by name, those of a notebook or a script, and lambdas, by
        value. What they use must pickle. A worker holds at most two models at a time.
    executor : concurrent.futures.Executor, optional
        A process pool, a Dask cluster's `Client(address).get_executor()`, ... By default a pool of
        as many processes as there are cores, which is replaced when one of them dies. To a
        ThreadPoolExecutor nothing is sent, and nothing need pickle: `load` is called once, and all
        threads ask the model that it returns, several at a time.
    on_progress, should_stop : callable, optional
        As in `explain`; the fraction is that of the instances that have an outcome.
    keep : callable, optional
        What to return of an explanation, computed by the worker: keep(instance, explanation).
    progress : bool
        Show a bar, if the package tqdm is there.

    Yields
    ------
    Outcome
        One an instance, also of those that failed. One that was lost with its worker is tried
        again, alone, and fails if its worker ends again.

    Raises
    ------
    InputError
        At once, if the instances cannot be read by position.
    SettingsError
        At once, if `load`, the perturber or `keep` cannot be sent to a worker, or `executor` or
        `settings` are something else.
    PredictorError
        If the model cannot be loaded, or if the executor cancels what it is given.
    Cancelled
        If `should_stop` asked for it, after all outcomes that are there, or if the executor was
        shut down.
    """
    settings = given_or_default(settings)
    found = each(
        Work(explain, perturber, settings, class_names, keep, Room.of(settings)),
        instances,
        load,
        executor,
        on_progress,
        should_stop,
    )
    return _with_bar(found, len(by_position(instances))) if progress else found


def _with_bar(
    found: Generator[Outcome[R], None, None], n: int
) -> Generator[Outcome[R], None, None]:
    """The same outcomes, counted by a bar."""
    with closing(found), bar(n, "explanations", True) as show:
        for n_done, outcome in enumerate(found, start=1):
            if show is not None:
                show(n_done / n)
            yield outcome


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with each instance: it is explained, or models are compared on it.

    `explain` is the function that does so for one, called as `engine.explain` is. `room` is the
    worker's own, where what it has found out of one instance is known for the next.
    """

    explain: Callable[..., Any]
    perturber: Any
    settings: LimeSettings
    class_names: Any
    keep: Callable[[Any, Any], Any]
    room: Room

    def __call__(self, instance: Any, loaded: Any, should_stop: ShouldStop) -> Any:
        found = self.explain(
            instance,
            loaded,
            self.perturber,
            self.settings,
            class_names=self.class_names,
            should_stop=should_stop,
            room=self.room,
        )
        return self.keep(instance, found)


def each(
    work: Work,
    instances: Any,
    load: Callable[[], Any],
    executor: Executor | None,
    on_progress: OnProgress | None,
    should_stop: ShouldStop | None,
) -> Generator[Outcome[Any], None, None]:
    """The work on each instance, with what is loaded; as `explain_many` says."""
    if not (executor is None or hasattr(executor, "submit")):
        raise SettingsError(
            f"executor is {cut(repr(executor), 60)}, which takes no work. Pass an executor, such "
            "as ThreadPoolExecutor(4), or leave it out."
        )
    job: Job
    if isinstance(executor, ThreadPoolExecutor):
        job = Here(load, work)
    else:
        packed("the perturber", work.perturber)
        packed("keep", work.keep)
        job = Sent.by(executor, load, work)
    return outcomes(by_position(instances), job, executor, on_progress, should_stop)
