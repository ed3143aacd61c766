"""The processes that explain, and what is done in them, or in the workers of a cluster."""

import os
import pickle
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field
from functools import cache, lru_cache
from multiprocessing.connection import Connection, wait
from threading import Event, Lock, Thread
from typing import Any, Generic, TypeVar
from uuid import uuid4

from lime_engine.errors import (
    MOST_TOLD,
    LimeError,
    PredictorError,
    SettingsError,
    cut,
    in_words,
)

R = TypeVar("R")

_LOADED_AT_ONCE = 2  # models, a worker
_ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[R]):
    """What became of instance number `row`: its `result`, or the `error` that prevented it.

    `seconds` is how long its worker had it, without the loading of the model; 0 if it never had.
    """

    row: int
    result: R | None
    error: str | None
    seconds: float = field(default=0.0, compare=False)


def packed(name: str, value: Any) -> bytes:
    """For a worker; what this program alone has, functions of a notebook too, goes by value.

    Raises
    ------
    SettingsError
    """
    from joblib.externals.loky.backend.reduction import dumps

    try:
        return bytes(dumps(value))
    except Exception as error:
        raise SettingsError(
            f"{name} cannot be sent to a worker process ({in_words(error)}). What it uses must "
            "pickle: open files, locks and connections do not. Make them in `load`, which each "
            "worker calls."
        ) from error


class Processes(Executor):
    """Processes of this computer, one a core, replaced when one of them has died.

    Whoever has made them ends them; what they have loaded serves until then, also the next call
    with an equal `load`.
    """

    def __init__(self) -> None:
        self.n = os.cpu_count() or 1
        self._start()

    def _start(self) -> None:
        from joblib.externals.loky import ProcessPoolExecutor
        from joblib.externals.loky.backend import get_context

        stopped, self._stop = get_context("loky").Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(
            self.n, initializer=_begin, initargs=(_life()[0], stopped), env=_ONE_CORE
        )

    def submit(self, function: Callable[..., R], /, *args: Any, **more: Any) -> Future[R]:
        future: Future[R]
        try:
            future = self._pool.submit(function, *args, **more)
        except BrokenExecutor:
            self._pool.shutdown(wait=False)
            self._start()
            future = self._pool.submit(function, *args, **more)
        return future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = False) -> None:
        """End soon: what is being explained ends with its next question to the model."""
        self._stop.close()
        self._pool.shutdown(wait=wait)


@lru_cache(maxsize=1)
def _life() -> tuple[Connection, Connection]:
    """A pipe whose second end no other process holds: it closes when this one is gone."""
    from joblib.externals.loky.backend import get_context

    ends: tuple[Connection, Connection] = get_context("loky").Pipe(duplex=False)
    return ends


# --- what a worker is given -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """How to load the model and what to do with it, as bytes for a worker, which unpacks them once.

    `call` is another each time: what one call has loaded, and found out of the model, is not the
    next one's, which may be about a model that was trained since. But `is_kept` says that what is
    loaded serves all calls.
    """

    load: bytes
    work: bytes
    call: str
    is_kept: bool

    @classmethod
    def by(cls, executor: Executor | None, load: Any, work: Any) -> "Sent":
        """Raises SettingsError if one of them cannot be sent."""
        is_kept = isinstance(executor, Processes)
        return cls(packed("load", load), packed("a setting", work), uuid4().hex, is_kept)

    def opened(self) -> tuple[Any, Any]:
        with _loading:
            model = _loaded(self.load, None if self.is_kept else self.call)
            return model, _unpacked(self.work, self.call)


class Here:
    """The same for threads: the very objects, and one model for all, loaded when it is needed."""

    def __init__(self, load: Callable[[], Any], work: Any) -> None:
        self._loaded, self._work, self._loading = cache(load), work, Lock()

    def opened(self) -> tuple[Any, Any]:
        with self._loading:
            return self._loaded(), self._work


Job = Sent | Here


# --- in the workers ------------------------------------------------------------------------------


def worked(job: Job, row: int, instance: Any, once: str) -> Outcome[Any] | PredictorError:
    """What came of the work, or what went wrong; an error of its own if with the model.

    `once` is another each time: Dask would take two equal calls for one.
    """
    try:
        model, do = job.opened()
    except Exception as error:
        return PredictorError(f"The model could not be loaded. {told(error)}")
    began = time.monotonic()
    try:
        result, why = do(instance, model, _stopping.is_set), None
    except Exception as error:
        result, why = None, told(error)
    return Outcome(row, result, why, time.monotonic() - began)


_loading = Lock()  # a worker may have several threads
_models: dict[tuple[bytes, str | None], Any] = {}  # the last used at the end


def _loaded(load: bytes, call: str | None) -> Any:
    """The model, loaded once a worker, also if it is asked in several ways."""
    key = load, call
    if key in _models:
        _models[key] = _models.pop(key)
    else:
        while len(_models) >= _LOADED_AT_ONCE:  # room is made before, not after
            del _models[next(iter(_models))]
        _models[key] = pickle.loads(load)()
    return _models[key]


@lru_cache(maxsize=_LOADED_AT_ONCE)
def _unpacked(work: bytes, call: str) -> Any:
    return pickle.loads(work)


def told(error: BaseException) -> str:
    """What is said of an error: ours as it is, another's with its type; neither without end."""
    return cut(str(error), MOST_TOLD) if isinstance(error, LimeError) else in_words(error)


_stopping = Event()  # is set in a process of `Processes` when these are to end


def _begin(life: Connection, stopped: Connection) -> None:
    """Watch, in a new process, for the end of the work and of the process that started it."""
    Thread(target=_watch, args=(life, stopped), daemon=True).start()


def _watch(life: Connection, stopped: Connection) -> None:
    if life not in wait([life, stopped]):
        _stopping.set()
        wait([life])
    os._exit(1)
