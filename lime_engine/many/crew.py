"""Handing instances to an executor's workers, and what comes back: none is lost, whoever dies."""

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from typing import Any
from uuid import uuid4

from lime_engine.errors import Cancelled, LimeError, PredictorError
from lime_engine.evaluation import OnProgress, ShouldStop
from lime_engine.many.instances import Instances
from lime_engine.many.workers import Job, Outcome, Processes, told, worked

IN_FLIGHT = 256  # instances handed to an executor at once: enough for a large cluster
_POLL_SECONDS = 0.2
_MOST_LOST = 8  # before the first explanation: then no single instance is to blame


def outcomes(
    instances: Instances,
    job: Job,
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

    def __init__(self, instances: Instances, job: Job, executor: Executor | None) -> None:
        self._instances, self._job = instances, job
        self._ends_it = executor is None
        self._executor = executor or Processes()
        # All that fly in a pool that breaks are tried again one by one.
        executor = self._executor
        self._room = 2 * executor.n if isinstance(executor, Processes) else IN_FLIGHT
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
            why = told(error)
            if not isinstance(error, LimeError):
                why = f"Instance {row} could not be read ({why}). Pass instances by position."
            future.set_result(Outcome(row, None, why))
        else:
            try:
                future = self._executor.submit(worked, self._job, row, instance, uuid4().hex)
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
        for future in self._flying:
            future.cancel()
        if self._ends_it:
            self._executor.shutdown(wait=False)

    def _accepted(self, answer: Outcome[Any] | PredictorError) -> Outcome[Any]:
        if isinstance(answer, PredictorError):
            raise answer
        self._any_finished = True
        return answer

    def _lost(self, error: BaseException) -> str:
        """What is said of an instance that was lost; or an error if none was ever explained."""
        self._n_lost += 1
        if not self._any_finished and (self._broken or self._n_lost == _MOST_LOST):
            times = "Once" if self._n_lost == 1 else f"{self._n_lost} times"
            raise PredictorError(
                f"{times} nothing came back from a worker, and never an explanation; "
                f"last: {told(error)} Loading the model may take more memory than there is, or "
                "crash. If the executor is a process pool that this program has made, leave it "
                'out; or put `load` in a module and the rest under `if __name__ == "__main__":`.'
            )
        return f"Nothing came back from the worker that explained this: {told(error)}"


def _missing(error: BaseException) -> ImportError | None:
    """What could not be imported, if that is the error, or its cause as with Dask's scheduler."""
    return next((e for e in (error, error.__cause__) if isinstance(e, ImportError)), None)
