"""Explanations of many instances, on the workers of any executor."""

import os
import pickle
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context, parent_process
from threading import Lock, Thread
from typing import Any, Generic, TypeVar
from uuid import uuid4

from lime_engine.engine import explain
from lime_engine.errors import (
    MOST_TOLD,
    Cancelled,
    LimeError,
    PredictorError,
    SettingsError,
    cut,
    in_words,
)
from lime_engine.evaluation import OnProgress, Perturber, ShouldStop
from lime_engine.many.instances import Instances, by_position
from lime_engine.settings import LimeSettings
from lime_engine.types import Explanation, PredictFn

X = TypeVar("X")
M = TypeVar("M")
R = TypeVar("R")
Batch = TypeVar("Batch")

IN_FLIGHT = 256  # instances handed to an executor at once: enough for a large cluster
_POLL_SECONDS = 0.2
_LOADED_AT_ONCE = 2  # models, a worker
_MOST_LOST = 8  # before the first explanation: then no single instance is to blame

# Spawned: what a thread of this process holds at the moment is not inherited half done.
_SPAWN = get_context("spawn")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[R]):
    """What became of instance number `row`: its `result`, or the `error` that prevented it."""

    row: int
    result: R | None
    error: str | None


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
    class_names: Sequence[str] | None = None,
    keep: Callable[[X, Explanation], R] = whole,  # type: ignore[assignment]
    should_stop: ShouldStop | None = None,
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
        Returns the predict function; called once a worker. It, the perturber and `keep` must
        pickle: functions of a module, or `functools.partial` of such.
    executor : concurrent.futures.Executor, optional
        A process pool, a Dask cluster's `Client(address).get_executor()`, ... By default a pool of
        as many processes as there are cores, which is replaced when one of them dies; a script
        then needs `if __name__ == "__main__":`.
    on_progress, should_stop : callable, optional
        As in `explain`; the fraction is that of the instances that have an outcome.
    keep : callable, optional
        What to return of an explanation, computed by the worker: keep(instance, explanation).

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
        At once, if `load`, the perturber or `keep` cannot be sent to a worker.
    PredictorError
        If the model cannot be loaded, or if the executor cancels what it is given.
    Cancelled
        If `should_stop` asked for it, after all outcomes that are there, or if the executor was
        shut down.
    """
    work = _Explaining(perturber, settings or LimeSettings(), class_names, keep)
    parts = {"the perturber": perturber, "keep": keep, "a setting": (settings, class_names)}
    return work_on(
        instances, load, work, executor, on_progress, parts=parts, should_stop=should_stop
    )


@dataclass(frozen=True, slots=True)
class _Explaining:
    """What `explain_many` does with each instance."""

    perturber: Any
    settings: LimeSettings
    class_names: Sequence[str] | None
    keep: Callable[[Any, Explanation], Any]

    def __call__(self, instance: Any, predict: PredictFn[Any], should_stop: ShouldStop) -> Any:
        explanation = explain(
            instance,
            predict,
            self.perturber,
            self.settings,
            class_names=self.class_names,
            should_stop=should_stop,
        )
        return self.keep(instance, explanation)


def work_on(
    instances: Any,
    load: Callable[[], M],
    work: Callable[[X, M, ShouldStop], R],
    executor: Executor | None,
    on_progress: OnProgress | None,
    *,
    parts: Mapping[str, Any],
    should_stop: ShouldStop | None,
) -> Generator[Outcome[R], None, None]:
    """`work(instance, what was loaded, should_stop)` for each instance, as `explain_many` does.

    `parts` are what `work` is made of, by name, for an error that says what cannot be sent.
    """
    for name, value in {"load": load, **parts}.items():
        _check_sendable(name, value)
    job = pickle.dumps(load), pickle.dumps(work)
    return _outcomes(by_position(instances), job, executor, on_progress, should_stop)


def _check_sendable(name: str, value: Any) -> None:
    try:
        pickle.dumps(value)
    except Exception as error:
        raise SettingsError(
            f"{name} cannot be sent to a worker process ({in_words(error)}). Pass a function of a "
            "module, or functools.partial of one: no lambda, and no function made inside another."
        ) from error


def _outcomes(
    instances: Instances,
    job: tuple[bytes, ...],
    executor: Executor | None,
    on_progress: OnProgress | None,
    should_stop: ShouldStop | None,
) -> Generator[Outcome[Any], None, None]:
    crew = _Crew(instances, job, executor)
    fresh, n_done = 0, 0
    try:
        while n_done < len(instances):
            stop = should_stop is not None and should_stop()
            while fresh < len(instances) and crew.has_room and not stop:
                crew.hand_out(fresh)
                fresh += 1
            for outcome in crew.finished(0.0 if stop else _POLL_SECONDS):
                n_done += 1
                if on_progress is not None:
                    on_progress(n_done / len(instances))
                yield outcome
            if stop and n_done < len(instances):
                raise Cancelled(f"Stopped after {n_done} of {len(instances)} explanations.")
    finally:
        crew.close()


class _Crew:
    """The workers, and the instances on their way through them.

    Which instance has killed its worker cannot be seen from outside: those that were lost when one
    died are tried again, each alone.
    """

    def __init__(
        self, instances: Instances, job: tuple[bytes, ...], executor: Executor | None
    ) -> None:
        self._instances, self._job = instances, job
        self._own = executor is None
        self._executor = _Processes() if executor is None else executor
        # All that fly in a pool that breaks are tried again one by one.
        self._room = 2 * _n_processes() if self._own else IN_FLIGHT
        self._flying: dict[Future[Any], int] = {}  # with their rows
        self._suspects: deque[int] = deque()
        self._alone = False  # what is on its way is a suspect
        self._broken = False  # the executor, which was given and cannot be replaced
        self._any_finished = False
        self._n_lost = 0

    @property
    def has_room(self) -> bool:
        return not self._suspects and not self._alone and len(self._flying) < self._room

    def hand_out(self, row: int) -> None:
        future: Future[Any] = Future()
        try:
            instance = self._instances[row]
        except Exception as error:
            why = _words(error)
            if not isinstance(error, LimeError):
                why = f"Instance {row} could not be read ({why}). Pass instances by position."
            future.set_result(Outcome(row, None, why))
        else:
            try:
                future = self._executor.submit(_worked, self._job, row, instance, uuid4().hex)
            except BrokenExecutor as error:
                self._broken = True
                future.set_exception(error)
            except RuntimeError as error:  # it was shut down, or this program ends
                raise Cancelled(f"The executor takes nothing any more: {error}.") from error
        self._flying[future] = row

    def finished(self, seconds: float) -> Iterator[Outcome[Any]]:
        """What has ended, waiting for it at most this long."""
        if self._suspects and not self._flying:
            self._alone = True
            self.hand_out(self._suspects.popleft())
        for future in wait(self._flying, seconds, FIRST_COMPLETED).done:
            row = self._flying.pop(future)
            error = CancelledError() if future.cancelled() else future.exception()
            if error is None:
                yield self._accepted(future.result())
            elif missing := _missing(error):
                raise PredictorError(
                    f"A worker cannot import what it needs ({missing}). The packages of this "
                    "program, and its folder on the path, are needed by all workers, and by the "
                    "scheduler of a Dask cluster."
                )
            elif self._alone and future.cancelled():  # as Dask does without its scheduler
                raise PredictorError(
                    "The executor cancels what it is given. If it is a cluster, see that its "
                    "scheduler and workers run."
                )
            elif self._alone or self._broken:
                yield Outcome(row, None, self._lost(error))
            else:
                self._suspects.append(row)
        self._alone = self._alone and bool(self._flying)

    def close(self) -> None:
        if self._own:
            self._executor.shutdown(wait=False)
        else:
            for future in self._flying:
                future.cancel()

    def _accepted(self, answer: Outcome[Any] | PredictorError) -> Outcome[Any]:
        if isinstance(answer, PredictorError):
            raise answer
        self._any_finished = True
        return answer

    def _lost(self, error: BaseException) -> str:
        """What is said of an instance that was lost; or an error if none was ever explained."""
        self._n_lost += 1
        if not self._broken and not self._any_finished and self._n_lost == _MOST_LOST:
            raise PredictorError(
                f"{_MOST_LOST} times nothing came back from a worker, and never an explanation; "
                f"last: {_words(error)} Loading the model may take more memory than there is, or "
                'crash; and a script that does this needs `if __name__ == "__main__":`.'
            )
        return f"Nothing came back from the worker that explained this: {_words(error)}"


def _missing(error: BaseException) -> ImportError | None:
    """What could not be imported, if that is the error, or its cause as with Dask's scheduler."""
    return next((e for e in (error, error.__cause__) if isinstance(e, ImportError)), None)


def _n_processes() -> int:
    return os.cpu_count() or 1


class _Processes(Executor):
    """A process a core, replaced when one of them has died."""

    def __init__(self) -> None:
        self._stop = _SPAWN.RawValue("b", 0)  # no lock: a process may be killed at any time
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(_n_processes(), _SPAWN, _begin, (self._stop,))

    def submit(self, function: Callable[..., R], /, *args: Any, **more: Any) -> Future[R]:
        try:
            return self._pool.submit(function, *args, **more)
        except BrokenExecutor:
            self._pool.shutdown(wait=False)
            self._pool = self._start()
            return self._pool.submit(function, *args, **more)

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = True) -> None:
        """End soon: what is being explained ends with its next question to the model."""
        self._stop.value = 1
        self._pool.shutdown(wait, cancel_futures=cancel_futures)


# --- in the workers ------------------------------------------------------------------------------


def _worked(
    job: tuple[bytes, ...], row: int, instance: Any, once: str
) -> Outcome[Any] | PredictorError:
    """What came of the work, or what went wrong; an error of its own if with the model.

    `once` is another each time: Dask would take two equal calls for one.
    """
    try:
        with _loading:
            load, work = job
            model, do = _loaded(load), _unpacked(work)
    except Exception as error:
        return PredictorError(f"The model could not be loaded. {_words(error)}")
    try:
        return Outcome(row, do(instance, model, _should_stop), None)
    except Exception as error:
        return Outcome(row, None, _words(error))


_loading = Lock()  # a worker may have several threads


@lru_cache(maxsize=_LOADED_AT_ONCE)
def _loaded(load: bytes) -> Any:
    """The model, loaded once a worker, also if it is asked in several ways."""
    return pickle.loads(load)()


@lru_cache(maxsize=_LOADED_AT_ONCE)
def _unpacked(packed: bytes) -> Any:
    return pickle.loads(packed)


def _words(error: BaseException) -> str:
    return cut(str(error), MOST_TOLD) if isinstance(error, LimeError) else in_words(error)


_stop: Any = None  # set in a process of `_Processes`


def _should_stop() -> bool:
    return _stop is not None and bool(_stop.value)


def _begin(stop: Any) -> None:
    """Make this process one of many: on one core, and gone when the one that started it is."""
    from threadpoolctl import threadpool_limits

    global _stop
    _stop = stop
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # for libraries yet to be loaded
    threadpool_limits(1)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
