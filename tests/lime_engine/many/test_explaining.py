"""Many explanations on real workers: none is lost, whoever dies."""

import logging
import os
import re
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from multiprocessing import active_children, get_context
from pathlib import Path
from threading import Lock
from typing import Any

import dask
import distributed
import pytest

import lime_engine.many.crew
from lime_engine import LimeSettings, Outcome, TextPerturber, explain, explain_many
from lime_engine.errors import Cancelled, InputError, PredictorError, SettingsError
from lime_engine.many.explaining import whole
from lime_engine.many.workers import Processes
from sample_models import load_model
from tests.conditions import is_alive, until
from tests.lime_engine.many import functions

ROOT = Path(__file__).parents[3]
PERTURBER = TextPerturber()
SETTINGS = LimeSettings(n_samples=32, n_features=2, held_out=0.0)
WORDS = "urgent calm pain maybe and then".split()


def text(number: int, *more: str) -> str:
    """Six words, so that 32 samples are drawn, and one that makes it another text."""
    return " ".join([*WORDS, f"no{number}", *more])


TEXTS = [text(number) for number in range(12)]


def many(
    texts: Sequence[str], load: Callable[[], Any] = functions.load, *args: Any, **more: Any
) -> Any:
    return explain_many(texts, load, PERTURBER, SETTINGS, *args, **more)


def is_own(outcome: Outcome[Any], texts: Sequence[str]) -> bool:
    """Whether the result is what `explain` says of the same text, up to rounding."""
    direct = explain(texts[outcome.row], functions.predict, PERTURBER, SETTINGS)
    found: Any = outcome.result
    return (
        found.subject == direct.subject
        and (found.target, found.n_calls) == (direct.target, direct.n_calls)
        and [weight.label for weight in found.weights] == [w.label for w in direct.weights]
        and [weight.weight for weight in found.weights]
        == pytest.approx([weight.weight for weight in direct.weights])
    )


def errors_of(outcomes: list[Outcome[Any]], texts: Sequence[str]) -> dict[int, str]:
    """The errors by row, after a look that each text has one outcome, and its own explanation."""
    assert sorted(outcome.row for outcome in outcomes) == list(range(len(texts)))
    for outcome in outcomes:
        assert outcome.error if outcome.result is None else outcome.error is None
        assert outcome.result is None or is_own(outcome, texts)
    return {o.row: o.error for o in sorted(outcomes, key=lambda o: o.row) if o.error is not None}


def processes_in(log: Path) -> list[int]:
    """Which processes loaded the model, one a load."""
    return [int(line.split()[0]) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "loads"


@pytest.fixture
def no_children() -> Iterator[None]:
    """Nothing that this test has started is left after it."""
    before = set(active_children())
    yield
    until(lambda: set(active_children()) <= before)


def pool(n: int = 2) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(n, get_context("spawn"))


# --- processes -------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_children")
def test_the_default_pool_explains_each_as_explain_does(log: Path) -> None:
    shares: list[float] = []
    load = partial(functions.load_and_note, log)
    assert errors_of(list(many(TEXTS, load, None, shares.append)), TEXTS) == {}
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    loads = [line.split() for line in log.read_text().splitlines()]
    assert len({process for process, _ in loads}) == len(loads)  # once a worker
    assert {streamlit for _, streamlit in loads} == {"False"}


@pytest.mark.usefixtures("no_children")
def test_a_pool_that_was_given_stays_usable_and_loads_once_a_worker_and_call(log: Path) -> None:
    load = partial(functions.load_and_note, log)
    texts = [*TEXTS[:3], text(3, "raise"), *TEXTS[4:]]
    n_before = 0
    with pool() as executor:
        for _ in range(2):
            errors = errors_of(list(many(texts, load, executor)), texts)
            assert list(errors) == [3]
            assert "ValueError: no such word" in errors[3]
            loads = processes_in(log)[n_before:]
            assert len(loads) == len(set(loads)) >= 1
            n_before += len(loads)
        assert executor.submit(abs, -1).result() == 1


@pytest.mark.usefixtures("no_children")
def test_processes_of_an_owner_who_keeps_them_keep_the_model(log: Path) -> None:
    load, processes = partial(functions.load_and_note, log), Processes()
    for keep in (functions.strongest, whole):
        assert all(outcome.error is None for outcome in many(TEXTS, load, processes, keep=keep))
    processes.shutdown()
    assert len(processes_in(log)) == len(set(processes_in(log))) <= processes.n


@pytest.mark.usefixtures("no_children")
def test_a_worker_has_two_models_at_most_also_while_it_loads_one(log: Path) -> None:
    with pool(1) as executor:
        for number in (0, 1, 0, 0, 2):
            list(many(TEXTS[:2], partial(functions.load_and_count, log, number), executor))
    assert log.read_text().split() == ["1", "2", "2", "2", "2"]


def said_by_the_last(path: Path, executors: Callable[[], Executor | None]) -> list[str]:
    """The strongest word, after each training of a model whose one word is in the file."""
    found = []
    for word in ("urgent", "calm"):
        path.write_text(word)
        load = lambda: functions.load_kept(path)  # noqa: E731
        (outcome,) = many(TEXTS[:1], load, executors(), keep=functions.strongest)
        found.append(outcome.result[1])
    return found


@pytest.mark.usefixtures("no_children")
def test_a_model_that_was_trained_anew_is_loaded_anew(tmp_path: Path) -> None:
    path = tmp_path / "model"
    with pool(1) as processes, ThreadPoolExecutor(1) as threads:
        for executors in (lambda: processes, lambda: threads, lambda: None):
            assert said_by_the_last(path, executors) == ["urgent", "calm"]


@pytest.mark.usefixtures("no_children")
def test_one_that_kills_its_process_fails_alone() -> None:
    texts = [*TEXTS[:5], text(5, "die"), *TEXTS[6:]]
    errors = errors_of(list(many(texts)), texts)
    assert list(errors) == [5]
    assert "Nothing came back from the worker" in errors[5]


@pytest.mark.usefixtures("no_children")
def test_a_process_killed_from_outside_loses_nothing(log: Path) -> None:
    texts = [text(number, "slow") for number in range(12)]
    outcomes: list[Outcome[Any]] = []
    for outcome in many(texts, partial(functions.load_and_note, log)):
        if not outcomes:
            os.kill(processes_in(log)[0], signal.SIGKILL)
        outcomes.append(outcome)
    assert errors_of(outcomes, texts) == {}
    assert len(processes_in(log)) >= 3


@pytest.mark.usefixtures("no_children")
def test_a_given_pool_that_breaks_ends_with_an_outcome_for_everything() -> None:
    texts = [*TEXTS[:4], text(4, "die"), *TEXTS[5:]]
    with pool(1) as executor:
        errors = errors_of(list(many(texts, functions.load, executor)), texts)
    assert list(errors) == list(range(4, 12))  # one process: what came before was finished
    assert all("BrokenProcessPool" in error for error in errors.values())


@pytest.mark.long
@pytest.mark.usefixtures("no_children")
def test_a_model_that_ends_every_process_is_an_error_in_a_while() -> None:
    with pytest.raises(PredictorError, match="8 times nothing came back"):
        list(many(TEXTS, functions.load_and_die))


@pytest.mark.usefixtures("no_children")
def test_a_model_that_cannot_be_loaded_is_an_error_at_once() -> None:
    with pytest.raises(PredictorError, match=r"FileNotFoundError: weights\.bin is not there"):
        list(many(TEXTS, functions.load_nothing))


@pytest.mark.usefixtures("no_children")
def test_cancel_yields_what_is_there_and_ends_the_processes() -> None:
    outcomes: list[Outcome[Any]] = []
    texts = [text(number, "slow") for number in range(200)]
    with pytest.raises(Cancelled, match=r"Stopped after \d+ of 200"):
        outcomes.extend(many(texts, should_stop=lambda: bool(outcomes)))
    rows = [outcome.row for outcome in outcomes]
    assert 0 < len(rows) < 200
    assert all(is_own(outcome, texts) for outcome in outcomes)


@pytest.mark.usefixtures("no_children")
def test_closed_early_the_default_pool_ends() -> None:
    with closing(many([text(number, "slow") for number in range(200)])) as outcomes:
        next(outcomes)


def test_processes_end_with_the_one_that_started_them(log: Path) -> None:
    code = (
        "import sys; from functools import partial; from pathlib import Path; "
        "from tests.lime_engine.many import functions as f; "
        "from tests.lime_engine.many.test_explaining import *; "
        "[print(o.row, flush=True) for o in "
        "many([text(n, 'slow') for n in range(999)], partial(f.load_and_note, Path(sys.argv[1])))]"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(log)], cwd=ROOT, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        program.stdout.readline()
        started = processes_in(log)
        assert started
        program.kill()
    until(lambda: not any(map(is_alive, started)))


# --- what only one program has -------------------------------------------------------------------

SCRIPT = """
import numpy as np
from lime_engine import LimeSettings, TextPerturber, explain_many

class Note:
    def __init__(self, label, weight):
        self.label, self.weight = label, weight

WEIGHTS = {"urgent": 0.4, "calm": -0.25}

def predict(texts):
    p = np.array([0.4 + sum(WEIGHTS.get(word, 0) for word in text.split()) for text in texts])
    return np.column_stack([1 - p, p])

def keep(text, explanation):
    return Note(explanation.weights[0].label, explanation.weights[0].weight)

settings = LimeSettings(n_samples=32, held_out=0.0)
texts = ["so calm", "urgent"]
found = list(explain_many(texts, lambda: predict, TextPerturber(), settings, keep=keep))
kept = {outcome.row: outcome.result for outcome in found}
print(all(isinstance(note, Note) for note in kept.values()), kept[0].label, kept[1].label)
"""


@pytest.mark.parametrize("way", ["script", "standard input", "console", "notebook"])
def test_functions_and_lambdas_of_a_program_without_a_guard_are_sent(
    way: str, tmp_path: Path
) -> None:
    python, given = [sys.executable, "-W", "error"], None
    path = tmp_path / "program.py"
    path.write_text(SCRIPT)
    match way:
        case "script":
            python.append(str(path))
        case "standard input":
            given = SCRIPT
        case "console":
            python.append("-i")
            given = SCRIPT
        case "notebook":  # a cell is compiled by itself and run in the names of __main__
            cell = (
                "import sys; exec(compile(open(sys.argv[1]).read(), '<cell>', 'exec'), globals())"
            )
            python += ["-c", cell, str(path)]
    done = subprocess.run(
        python,
        input=given,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.stdout.strip() == "True calm urgent", done.stderr


def test_a_pool_of_its_own_in_a_program_without_a_guard_is_a_sentence_at_once(
    tmp_path: Path,
) -> None:
    path = tmp_path / "program.py"
    pool = "ProcessPoolExecutor(1, get_context('spawn'))"
    imports = "from concurrent.futures import *; from multiprocessing import get_context\n"
    path.write_text(imports + SCRIPT.replace("settings, keep=", f"settings, {pool}, keep="))
    done = subprocess.run(
        [sys.executable, str(path)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "PredictorError: Once nothing came back from a worker" in last
    assert "leave it out; or put `load` in a module" in last


@pytest.mark.usefixtures("no_children")
def test_a_cell_that_makes_its_functions_is_named_when_one_is_missing() -> None:
    names: dict[str, Any] = {}
    exec("def load():\n    return never_defined", names)
    with pytest.raises(PredictorError, match=r"could not be loaded\. NameError: .*never_defined"):
        list(many(TEXTS, names["load"]))


# --- a cluster ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A client of two worker processes; Dask gives up what was with a worker that ended."""
    with (
        warnings.catch_warnings(),
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
    ):
        warnings.simplefilter("ignore", ResourceWarning)
        with (
            distributed.LocalCluster(
                n_workers=2,
                threads_per_worker=1,
                processes=True,
                dashboard_address=":0",
                silence_logs=logging.CRITICAL,
            ) as workers,
            distributed.Client(workers) as client,
        ):
            yield client


@pytest.mark.long
def test_a_cluster_loses_nothing_when_a_worker_is_killed(cluster: Any) -> None:
    texts = [text(number, "slow") for number in range(30)]
    workers = list(cluster.run(os.getpid).values())
    assert len(set(workers)) == 2
    outcomes: list[Outcome[Any]] = []
    for outcome in many(texts, functions.load, cluster.get_executor()):
        if not outcomes:
            os.kill(workers[0], signal.SIGKILL)
        outcomes.append(outcome)
    assert errors_of(outcomes, texts) == {}
    assert not is_alive(workers[0])


@pytest.mark.long
def test_one_that_kills_every_worker_of_a_cluster_fails_alone(cluster: Any) -> None:
    texts = [*TEXTS[:5], text(5, "die"), *TEXTS[6:]]
    errors = errors_of(list(many(texts, functions.load, cluster.get_executor())), texts)
    assert list(errors) == [5]
    assert "KilledWorker" in errors[5]


def test_a_cluster_takes_functions_of_a_notebook(cluster: Any) -> None:
    load = lambda: functions.predict  # noqa: E731
    assert errors_of(list(many(TEXTS, load, cluster.get_executor())), TEXTS) == {}


def test_a_cluster_takes_the_same_texts_again_after_a_cancel(cluster: Any) -> None:
    texts = [text(number, "slow") for number in range(20)]
    executor = cluster.get_executor()
    with closing(many(texts, functions.load, executor)) as outcomes:
        next(outcomes)
    assert errors_of(list(many(texts, functions.load, executor)), texts) == {}


def test_a_cluster_loads_a_model_anew_that_was_trained_anew(cluster: Any, tmp_path: Path) -> None:
    assert said_by_the_last(tmp_path / "model", cluster.get_executor) == ["urgent", "calm"]


# --- what needs no process -------------------------------------------------------------------


class Recording(Sequence[str]):
    """Texts that know which of them were read."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.read: list[int] = []

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, row: Any) -> Any:
        self.read.append(row)
        if row == 7:
            raise InputError("Picture 7 is broken. Save it again.")
        return text(row)


def test_instances_are_read_when_they_are_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lime_engine.many.crew, "IN_FLIGHT", 8)
    texts, ahead = Recording(40), []
    errors = {}
    with ThreadPoolExecutor(2) as executor:
        for n_yielded, outcome in enumerate(many(texts, functions.load, executor)):
            ahead.append(len(texts.read) - n_yielded)
            if outcome.error is not None:
                errors[outcome.row] = outcome.error
    assert max(ahead) == 8
    assert texts.read == list(range(40))
    assert errors == {7: "Picture 7 is broken. Save it again."}


def test_threads_load_once_a_call_and_keep_what_they_are_told_to(log: Path) -> None:
    load = partial(functions.load_and_note, log)
    with ThreadPoolExecutor(4) as executor:
        outcomes = list(many(TEXTS, load, executor, keep=functions.strongest))
        assert len(processes_in(log)) == 1
        list(many(TEXTS, load, executor))
    assert {outcome.row: outcome.result for outcome in outcomes} == {
        row: functions.strongest(one, explain(one, functions.predict, PERTURBER, SETTINGS))
        for row, one in enumerate(TEXTS)
    }
    assert len(processes_in(log)) == 2


def test_threads_get_the_very_objects() -> None:
    """What no pickle takes, and what a copy would not be: each is used as it is."""
    lock, asked, kept = Lock(), [], []

    def predict(texts: Sequence[str]) -> Any:
        with lock:
            asked.extend(texts)
        return functions.predict(texts)

    with ThreadPoolExecutor(2) as executor:
        outcomes = list(
            many(TEXTS, lambda: predict, executor, keep=lambda *one: (lock, kept.append(one)))
        )
    assert {id(outcome.result[0]) for outcome in outcomes} == {id(lock)}
    assert sorted(each for each, _ in kept) == sorted(TEXTS)
    assert len(asked) == sum(explanation.n_calls for _, explanation in kept)


def test_any_number_of_workers_says_the_same() -> None:
    def told(n: int) -> dict[int, str]:
        with ThreadPoolExecutor(n) as executor:
            found = many(TEXTS, functions.load, executor)
            return {outcome.row: outcome.result.to_json() for outcome in found}

    alone = told(1)
    assert sorted(alone) == list(range(len(TEXTS)))
    assert told(2) == alone
    assert told(5) == alone


def test_what_is_known_of_one_instance_is_known_for_the_next() -> None:
    """A worker feels its way once, not for each instance: how slow a model is, and how large."""
    asked: list[int] = []
    first: dict[str, int] = {}  # batch of each instance

    def cramped(texts: Sequence[str]) -> Any:
        asked.append(len(texts))
        for number in re.findall(r"no\d+", texts[0]):  # an instance is its own first copy
            first.setdefault(number, len(texts))
        if len(texts) > 20:
            raise MemoryError
        return functions.predict(texts)

    settings = LimeSettings(n_samples=64, held_out=0.0)
    with ThreadPoolExecutor(1) as executor:
        outcomes = list(explain_many(TEXTS, lambda: cramped, PERTURBER, settings, executor))
    assert [outcome.error for outcome in outcomes] == [None] * len(TEXTS)
    assert sum(size > 20 for size in asked) <= 2
    begun, *later = first.values()
    assert begun == 2
    assert len(later) == len(TEXTS) - 1
    assert min(later) > 2


def test_class_names_and_the_settings_reach_the_worker() -> None:
    with ThreadPoolExecutor(1) as executor:
        (outcome,) = many(TEXTS[:1], functions.load, executor, class_names=["no", "yes"])
    assert outcome.result.class_names == ("no", "yes")
    assert outcome.result.settings == SETTINGS


def test_cancel_leaves_a_given_executor_usable() -> None:
    outcomes: list[Outcome[Any]] = []
    with ThreadPoolExecutor(2) as executor:
        with pytest.raises(Cancelled):
            outcomes.extend(
                many(
                    [text(number, "slow") for number in range(200)],
                    functions.load,
                    executor,
                    should_stop=lambda: bool(outcomes),
                )
            )
        assert outcomes
        assert executor.submit(abs, -1).result() == 1


class Unwilling(Executor):
    """Cancels all it is given, or lacks a module."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def submit(self, function: Any, /, *args: Any, **more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if self.error is None:
            future.cancel()
            future.set_running_or_notify_cancel()
        else:
            future.set_exception(self.error)
        return future


def test_a_cluster_that_is_gone_is_no_fault_of_the_instances() -> None:
    with pytest.raises(PredictorError, match="cancels what it is given"):
        list(many(TEXTS, functions.load, Unwilling()))


def test_workers_without_the_packages_are_told_from_bad_instances() -> None:
    error = RuntimeError("Error during deserialization of the task graph")  # as Dask has it
    error.__cause__ = ModuleNotFoundError("No module named 'regex'")
    with pytest.raises(PredictorError, match=r"cannot import what it needs .*'regex'"):
        list(many(TEXTS, functions.load, Unwilling(error)))


def test_an_executor_that_was_shut_down_is_no_fault_of_the_instances() -> None:
    executor = ThreadPoolExecutor(1)
    outcomes = many(Recording(lime_engine.many.crew.IN_FLIGHT + 20), functions.load, executor)
    next(outcomes)
    executor.shutdown(cancel_futures=True)
    with pytest.raises(Cancelled, match="takes nothing any more"):
        list(outcomes)


def test_nothing_to_explain_starts_nothing() -> None:
    assert list(many([])) == []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("load", {"load": partial(functions.strongest, Lock())}),
        ("keep", {"keep": (partial(functions.strongest, Lock()))}),
    ],
)
def test_what_cannot_be_sent_is_named_at_once(name: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=rf"{name} cannot be sent .*lock.*Make them in `load`"):
        many(TEXTS, **wrong)


def test_a_partial_of_a_built_in_task_can_be_sent() -> None:
    many(TEXTS, partial(load_model, "newsgroups", "b")).close()


@pytest.mark.usefixtures("no_children")
def test_what_cannot_be_sent_back_is_said(log: Path) -> None:
    (outcome,) = many(TEXTS[:1], functions.load, None, keep=functions.unsendable)
    assert "Nothing came back" in outcome.error
    assert "pickle" in outcome.error


def test_a_bar_is_shown_if_asked_for_and_changes_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(progress: bool) -> tuple[dict[int, Any], str]:
        with ThreadPoolExecutor(2) as executor:
            found = many(TEXTS, functions.load, executor, progress=progress)
            kept = {outcome.row: outcome.result.weights for outcome in found}
        return kept, capsys.readouterr().err

    plain, silent = told(progress=False)
    shown, bar = told(progress=True)
    assert silent == ""
    assert f"{len(TEXTS)}/{len(TEXTS)}" in bar
    assert shown == plain
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert told(progress=True) == (plain, "")


def test_a_bar_ends_with_the_run_that_is_ended_early() -> None:
    with ThreadPoolExecutor(1) as executor:
        found = many(TEXTS, functions.load, executor, progress=True)
        next(found)
        found.close()
        assert list(found) == []
