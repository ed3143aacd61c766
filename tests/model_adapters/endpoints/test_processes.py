"""Servers that are processes of their own: a small one, and where they are at hand real ones."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest

from model_adapters import NetworkError
from model_adapters.endpoints.hosts import LISTED
from model_adapters.endpoints.model import inspect_endpoint
from tests.conditions import until
from tests.model_adapters.endpoints.process import probabilities
from tests.model_adapters.endpoints.servers import Answers, Served, mlflow, serving, v2
from tests.model_adapters.endpoints.test_asking import asked, near

ROOT = Path(__file__).parents[3]
SAVING = Path(__file__).parent / "save_models.py"


def test_a_v2_server_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "tests.model_adapters.endpoints.process"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        monkeypatch.setenv(LISTED, f"127.0.0.1:{port}")
        frame = pd.DataFrame(np.random.default_rng(0).normal(size=(450, 2)), columns=["a", "b"])
        with asked(f"http://127.0.0.1:{port}", frame, ("x", "y", "z"), ("a", "b")) as (
            facts,
            model,
        ):
            assert facts.proposed.class_names == ("x", "y", "z")
            assert model(frame) == near(probabilities(frame.to_numpy()))  # in three batches
            process.kill()
            process.wait()
            with pytest.raises(NetworkError, match=rf"Nothing answers at 127\.0\.0\.1:{port}: is"):
                model(frame)


def python_with(server: str) -> str:
    """The Python of an environment that has this server; skips where none is named."""
    name = f"{server.upper()}_PYTHON"
    if not os.environ.get(name):
        pytest.skip(f"Set {name} to the python of an environment with {server}: CONTRIBUTING.md.")
    return os.environ[name]


def free_ports(n: int) -> list[int]:
    with ExitStack() as stack:
        held = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(n)]
        return [each.getsockname()[1] for each in held]


@contextmanager
def started(command: Sequence[str], ready: str, log: Path) -> Iterator[None]:
    """A process, with all that it starts, once it answers at `ready`."""
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"  # it starts others
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=out,
            env={**os.environ, "PATH": path},
            start_new_session=True,
        )

    def is_ready() -> bool:
        assert process.poll() is None, log.read_text()[-2000:]
        with suppress(httpx.HTTPError):
            return httpx.get(ready, trust_env=False).status_code == 200
        return False

    try:
        until(is_ready)
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def saved(python: str, server: str, folder: Path) -> dict[str, Any]:
    subprocess.run([python, str(SAVING), server, str(folder)], check=True, capture_output=True)
    found: dict[str, Any] = json.loads((folder / "expected.json").read_text())
    return found


def shape_of(found: Any) -> Any:
    """What a JSON is made of: keys, sizes and types, without the values."""
    if isinstance(found, dict):
        return {key: shape_of(value) for key, value in found.items()}
    return [shape_of(each) for each in found] if isinstance(found, list) else type(found).__name__


def answered(origin: str, method: str, path: str, sent: Any) -> tuple[int, Any]:
    """Status and shape of an answer; of what is no JSON only whether there is any."""
    reply = httpx.request(method, origin + path, json=sent, trust_env=False, timeout=60)
    try:
        return reply.status_code, shape_of(reply.json())
    except ValueError:
        return reply.status_code, bool(reply.content)


def alike(origin: str, small: Answers, questions: Sequence[tuple[str, str, Any]]) -> None:
    """The small server of these tests answers each question as the real one there does."""
    with serving(small) as server:
        for question in questions:
            real = answered(origin, *question)
            assert answered(server.origin, *question) == real, question


@pytest.mark.long
def test_a_real_mlflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = python_with("mlflow")
    told = saved(python, "mlflow", tmp_path)
    frame = pd.DataFrame(told["rows"], columns=told["columns"])
    wanted, classes = np.array(told["of_rows"]), told["classes"]
    ports = dict(zip(("labels", "probabilities", "named"), free_ports(3), strict=True))
    monkeypatch.setenv(LISTED, ",".join(f"127.0.0.1:{port}" for port in ports.values()))
    with ExitStack() as stack:
        for name, port in ports.items():
            serve = f"-m mlflow models serve --env-manager local --host 127.0.0.1 --port {port}"
            command = [python, *serve.split(), "--model-uri", str(tmp_path / name)]
            ready = f"http://127.0.0.1:{port}/ping"
            stack.enter_context(started(command, ready, tmp_path / f"{name}.log"))
        at = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        with asked(at["named"], frame) as (facts, model):
            assert list(facts.proposed.class_names) == classes
            assert model(frame) == near(wanted)  # 300 rows, in two batches
            with pytest.raises(NetworkError, match=r"refused the question \(400\): .*unexpected"):
                model(frame.assign(pay=np.nan))
        with asked(f"{at['probabilities']}/invocations", frame, classes) as (facts, model):
            assert list(facts.proposed.class_names) == classes
            assert model(frame) == near(wanted)
        with asked(at["labels"], frame, classes) as (facts, model):
            assert "label alone" in facts.remarks[0]
            assert (model(frame).argmax(axis=1) == wanted.argmax(axis=1)).all()
        with pytest.raises(NetworkError, match=r"\(400\): .*[Mm]issing"):
            inspect_endpoint(at["named"], frame[["age", "pay"]])
        for name, small in small_mlflows(frame, wanted, classes).items():
            alike(at[name], small, questions_to_mlflow(told))


def small_mlflows(frame: pd.DataFrame, wanted: Any, classes: list[str]) -> dict[str, Answers]:
    """The same models in the small server of these tests."""

    def of(data: pd.DataFrame) -> Any:
        if data.isna().any(axis=None):
            raise ValueError("NaN")
        return wanted[: len(data)]

    def labels(data: pd.DataFrame) -> Any:
        return np.array(classes, dtype=object)[of(data).argmax(axis=1)]

    def named(data: pd.DataFrame) -> Any:
        return pd.DataFrame(of(data), columns=classes)

    columns = list(frame)
    return {
        name: mlflow(predict, columns=columns)
        for name, predict in (("labels", labels), ("probabilities", of), ("named", named))
    }


def questions_to_mlflow(told: dict[str, Any]) -> list[tuple[str, str, Any]]:
    rows, columns = told["rows"][:3], told["columns"]
    framed = {"columns": columns, "data": rows}
    bodies = [
        {"dataframe_split": framed},
        {"dataframe_records": [dict(zip(columns, row, strict=True)) for row in rows]},
        {"inputs": rows},
        {"instances": rows},
        {"inputs": rows, "instances": rows},
        {},
        {"dataframe_split": {"columns": columns[:2], "data": [row[:2] for row in rows]}},
        {"dataframe_split": {"columns": [*columns, "more"], "data": [[*row, 1] for row in rows]}},
        {"dataframe_split": {"columns": columns, "data": [[None, 1.5, 2.5]]}},
    ]
    paths = ("/ping", "/health", "/version", "/none", "/invocations")
    return [
        *[("GET", path, None) for path in paths],
        *[("POST", "/invocations", body) for body in bodies],
    ]


@pytest.mark.long
def test_a_real_mlserver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = python_with("mlserver")
    told = saved(python, "mlserver", tmp_path)
    frame = pd.DataFrame(told["rows"], columns=told["columns"])
    wanted, of_texts = np.array(told["of_rows"]), np.array(told["of_texts"])
    http, grpc, metrics = free_ports(3)
    ports = {"http_port": http, "grpc_port": grpc, "metrics_port": metrics}
    settings = {"host": "127.0.0.1", "parallel_workers": 0, "debug": False, **ports}
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    monkeypatch.setenv(LISTED, f"127.0.0.1:{http}")
    origin = f"http://127.0.0.1:{http}"
    command = [str(Path(python).parent / "mlserver"), "start", str(tmp_path)]
    with started(command, f"{origin}/v2/health/ready", tmp_path / "log"):
        with asked(f"{origin}/v2/models/table", frame, told["classes"]) as (facts, model):
            assert list(facts.proposed.class_names) == told["classes"]
            assert model(frame) == near(wanted)  # 300 rows, in two batches
        texts = told["texts"]
        with asked(f"{origin}/v2/models/texts/infer", texts, ("bad", "good")) as (facts, model):
            assert facts.proposed.takes == "texts"
            assert model(texts) == near(of_texts)
        with pytest.raises(NetworkError, match=r"is meant\? It has table, texts\."):
            inspect_endpoint(origin, frame)
        with pytest.raises(NetworkError, match=r"\(404\): “Model none not found”"):
            inspect_endpoint(f"{origin}/v2/models/none", frame)
        labels = np.array(told["classes"])[wanted.argmax(axis=1), None]
        table = Served(
            [("input-0", "FP64", [-1, 3])],
            [("predict", "BYTES", [-1, 1]), ("predict_proba", "FP64", [-1, 3])],
            lambda values: {
                "predict": labels[: len(values[0])],
                "predict_proba": wanted[: len(values[0])],
            },
            shown=False,
        )
        two = {"table": table, "texts": table}
        alike(origin, v2(two), questions_to_v2(told["rows"][:3]))


def questions_to_v2(rows: list[list[float]]) -> list[tuple[str, str, Any]]:
    flat = [value for row in rows for value in row]
    one = {"name": "input-0", "shape": [3, 3], "datatype": "FP64", "data": flat}
    outputs = ("predict",), ("predict_proba",), ("predict", "predict_proba"), ("nothing",)
    infer = "/v2/models/table/infer"
    return [
        ("GET", "/v2", None),
        ("GET", "/v2/health/live", None),
        ("GET", "/v2/health/ready", None),
        ("POST", "/v2/repository/index", {}),
        ("GET", "/v2/models/table", None),
        ("GET", "/v2/models/table/ready", None),
        ("GET", "/v2/models/none", None),
        ("POST", "/v2/models/none/infer", {"inputs": [one]}),
        ("GET", "/none", None),
        ("POST", infer, {"inputs": [one]}),
        *[
            ("POST", infer, {"inputs": [one], "outputs": [{"name": name} for name in names]})
            for names in outputs
        ],
    ]
