"""Servers of models on loopback: one that speaks v2 by its specification, one like MLflow's."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model_adapters.endpoints.hosts import LISTED

Reply = tuple[int, Any]  # a status, and what is sent as JSON (bytes as they are)
Answers = Callable[[str, str, Any], Reply]  # method, path, what was sent


CERTIFICATE = Path(__file__).parent / "localhost.pem"  # for these tests alone, with its key


@dataclass
class Server:
    """One that runs: its address, and what it was asked; `names` are those that TLS was told."""

    origin: str
    port: int
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)


@contextmanager
def serving(
    answers: Answers, *, more: Mapping[str, str] | None = None, secure: bool = False
) -> Iterator[Server]:
    """A server that answers so; `more` are headers of each answer, `secure` is https."""
    found = Server("", 0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            sent = json.loads(raw) if raw else None
            found.asked.append((self.command, self.path, sent))
            found.headers.append(dict(self.headers))
            status, content = answers(self.command, self.path, sent)
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (more or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        context.sni_callback = lambda _, name, __: found.names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
    found.port = server.server_address[1]
    found.origin = f"{'https' if secure else 'http'}://127.0.0.1:{found.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Served:
    """A model as a v2 server has it.

    `inputs` and `outputs` are (name, datatype, shape); `answer` takes a list an input, and gives
    the values of each output by its name. `shown` says whether the metadata tell of them.
    """

    inputs: Sequence[tuple[str, str, list[int]]]
    outputs: Sequence[tuple[str, str, list[int]]]
    answer: Callable[[list[Any]], Mapping[str, Any]]
    shown: bool = True
    most: int = 10**6  # items at once


def v2(models: Mapping[str, Served]) -> Answers:
    """A server by the specification of the Open Inference Protocol; refuses what it forbids.

    What the specification leaves open is as in MLServer (`test_processes` compares them).
    """

    def answers(method: str, path: str, sent: Any) -> Reply:
        parts = path.strip("/").split("/")
        if path == "/v2":
            return 200, {"name": "lab", "version": "1.0", "extensions": []}
        if path in ("/v2/health/live", "/v2/health/ready"):
            return 200, b""
        if path == "/v2/repository/index":
            return 200, [{"name": name, "state": "READY", "reason": ""} for name in models]
        if parts[:2] != ["v2", "models"]:
            return 404, {"detail": "Not Found"}
        if parts[2] not in models:
            return 404, {"error": f"Model {parts[2]} not found"}
        model = models[parts[2]]
        if parts[3:] == ["ready"]:
            return 200, b""
        if method == "GET":
            told: dict[str, Any] = {
                "name": parts[2],
                "versions": [],
                "platform": "",
                "inputs": [],
                "outputs": [],
                "parameters": {},
            }
            if model.shown:
                for key, ports in (("inputs", model.inputs), ("outputs", model.outputs)):
                    told[key] = [{"name": n, "datatype": d, "shape": s} for n, d, s in ports]
            return 200, told
        return _inferred(model, parts[2], sent)

    return answers


def _inferred(model: Served, name: str, sent: Any) -> Reply:
    if {each["name"] for each in sent["inputs"]} != {n for n, _, _ in model.inputs}:
        return 400, {"error": "unexpected inputs"}
    values = []
    for each, (_, datatype, shape) in zip(sent["inputs"], model.inputs, strict=True):
        n, *width = each["shape"]
        fixed = all(s in (-1, got) for s, got in zip(shape, each["shape"], strict=False))
        if each["datatype"] != datatype or len(each["shape"]) != len(shape) or not fixed:
            return 400, {"error": f"input {each['name']} must be {datatype} of {shape}"}
        if len(each["data"]) != int(np.prod(each["shape"])):
            return 400, {"error": "the data are not of that shape"}
        if n > model.most:
            return 400, {"error": f"inference request batch-size must be <= {model.most}"}
        wanted = (str,) if datatype == "BYTES" else (bool,) if datatype == "BOOL" else (int, float)
        if not all(isinstance(v, wanted) for v in each["data"]):
            return 400, {"error": f"{datatype} are expected"}
        values.append([each["data"][i * (width or [1])[0] : (i + 1) * (width or [1])[0]]
                       for i in range(n)] if width else each["data"])  # fmt: skip
    found = model.answer(values)
    wanted_outputs = [each["name"] for each in sent.get("outputs", [])] or list(found)[:1]
    if missing := [each for each in wanted_outputs if each not in found]:
        return 400, {"error": f"unexpected output {missing[0]}"}
    kinds = {n: d for n, d, _ in model.outputs}
    outputs = []
    for each in wanted_outputs:
        array = np.asarray(found[each])
        outputs.append(
            {
                "name": each,
                "datatype": kinds.get(each, "FP64"),
                "shape": list(array.shape),
                "parameters": {"content_type": "np"},
                "data": array.ravel().tolist(),
            }
        )
    return 200, {"model_name": name, "id": "1", "parameters": {}, "outputs": outputs}


def mlflow(
    predict: Callable[[Any], Any], *, wants: str = "any", columns: Sequence[str] = ()
) -> Answers:
    """A server like `mlflow models serve` (`test_processes` compares them).

    `predict` takes a frame or an array, as sent. With `columns` the model has a signature: it is
    given those alone, by name.
    """

    def answers(method: str, path: str, sent: Any) -> Reply:
        if path in ("/ping", "/health"):
            return 200, b"\n"
        if path == "/version":
            return 200, b"3.17.2"
        if path != "/invocations":
            return 404, {"detail": "Not Found"}
        if method != "POST":
            return 405, {"detail": "Method Not Allowed"}
        forms = {"dataframe_split", "dataframe_records", "instances", "inputs"} & set(sent)
        if len(forms) != 1:
            return refused("BAD_REQUEST", "exactly one of the input fields")
        (form,) = forms
        if wants not in ("any", form):
            return refused("INVALID_PARAMETER_VALUE", f"give {wants}, not {form}")
        data: Any = _mlflow_data(form, sent[form])
        if columns:
            if isinstance(data, np.ndarray) or not {*columns} <= {*data}:
                return refused("INVALID_PARAMETER_VALUE", "Model is missing inputs")
            data = data[list(columns)]
        try:
            return 200, {"predictions": jsonable(predict(data))}
        except Exception as error:
            return refused("BAD_REQUEST", str(error), stack_trace="Traceback ...")

    def refused(code: str, message: str, **more: str) -> Reply:
        about = {"sqlstate": "KAM00", "error_class": "INVALID_PARAMETER_VALUE"}
        return 400, {"error_code": code, "message": message, **about, **more}

    return answers


def _mlflow_data(form: str, sent: Any) -> Any:
    if form == "dataframe_split":
        return pd.DataFrame(**sent)
    return pd.DataFrame(sent) if form == "dataframe_records" else np.array(sent)


def jsonable(found: Any) -> Any:
    """As MLflow writes it: frames as records, arrays as lists."""
    if isinstance(found, pd.DataFrame):
        return found.to_dict(orient="records")
    return found.tolist() if isinstance(found, np.ndarray) else found


@contextmanager
def listed(monkeypatch: pytest.MonkeyPatch, answers: Answers, **more: Any) -> Iterator[Server]:
    """A server, as `serving`, that the operator lists."""
    with serving(answers, **more) as server:
        monkeypatch.setenv(LISTED, f"127.0.0.1:{server.port}")
        yield server
