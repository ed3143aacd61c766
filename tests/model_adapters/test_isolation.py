"""The process of its own: what it may not, what happens when it dies, and that it ends."""

import gc
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model_adapters import (
    Limits,
    Network,
    NetworkError,
    NetworkSettings,
    frames,
    inspect_network,
    load_network,
)
from tests.conditions import until
from tests.model_adapters import networks

ROOT = Path(__file__).parents[2]
SETTINGS = NetworkSettings(
    layout="NCHW", height=6, width=5, channels=3, dtype="float32", scaling="none",
    output="logits", class_names=("cat", "dog", "bird", "fish"),
)  # fmt: skip
DARK = np.full((2, 6, 5, 3), 100, np.uint8)
BRIGHT = np.full((2, 6, 5, 3), 255, np.uint8)
ANSWER_TO_DARK = networks.answer_to_average(np.full((2, 3), 100.0))
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def state(pid: int) -> list[str]:
    """The fields of /proc/pid/stat from the state on; ["X"] when it has gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ["X"]
    return text.rpartition(")")[2].split()


def has_ended(pid: int) -> bool:
    return state(pid)[0] in "ZX"


def cpu_ticks(pid: int) -> int:
    fields = state(pid)
    return int(fields[11]) + int(fields[12]) if len(fields) > 12 else 0


def answers_as_before(network: Network) -> None:
    np.testing.assert_allclose(network(DARK), ANSWER_TO_DARK, rtol=1e-4, atol=1e-30)


def test_too_much_memory_is_a_sentence_and_the_next_call_works() -> None:
    network = load_network(networks.gated("big"), SETTINGS)
    with pytest.raises(NetworkError, match=r"more memory than the 2\.0 GB"):
        network(BRIGHT)
    answers_as_before(network)
    network.close()


def test_the_memory_limit_is_the_one_given() -> None:
    data = networks.torch_like("h", "w")
    settings = replace(SETTINGS, height=2000, width=2000)  # 48 MB of float32 a picture
    load_network(data, settings).close()
    with pytest.raises(NetworkError, match=r"memory.*0\.2 GB"):
        load_network(data, settings, limits=Limits(memory_bytes=200_000_000))


def test_too_long_is_stopped_and_the_next_call_works() -> None:
    network = load_network(networks.gated("slow"), SETTINGS, limits=Limits(call_seconds=2))
    first = network.pid
    with pytest.raises(NetworkError, match=r"within 2 seconds and was stopped"):
        network(BRIGHT)
    if sys.platform == "linux":
        assert has_ended(first)
    answers_as_before(network)
    assert network.pid != first
    network.close()


def test_an_inspection_that_runs_away_is_stopped() -> None:
    with pytest.raises(NetworkError, match="within 3 seconds"):
        inspect_network(networks.gated("slow", -1), limits=Limits(load_seconds=3))


@on_linux
def test_a_process_killed_while_it_computes() -> None:
    network = load_network(networks.gated("slow"), SETTINGS)
    said: list[str] = []

    def ask() -> None:
        try:
            network(BRIGHT)
        except NetworkError as error:
            said.append(str(error))

    thread = threading.Thread(target=ask)
    before = cpu_ticks(network.pid)
    thread.start()
    until(lambda: cpu_ticks(network.pid) > before + 10)
    os.kill(network.pid, signal.SIGKILL)
    thread.join()
    assert "ended unexpectedly (stopped by SIGKILL" in said[0]
    answers_as_before(network)
    network.close()


def test_an_interrupted_call_does_not_mix_up_the_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    network = load_network(networks.torch_like(), SETTINGS)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):  # noqa: PT012
        patched.setattr("model_adapters.isolation.receive", interrupted)
        network(BRIGHT)
    answers_as_before(network)
    network.close()


@on_linux
def test_a_process_killed_between_calls_is_replaced() -> None:
    network = load_network(networks.torch_like(), SETTINGS)
    os.kill(network.pid, signal.SIGKILL)
    until(lambda: not network._child.is_alive)  # its threads end one after the other
    answers_as_before(network)
    network.close()


@on_linux
def test_closing_ends_the_process_also_while_it_computes() -> None:
    network = load_network(networks.gated("slow"), SETTINGS)
    pid = network.pid
    said: list[str] = []

    def ask() -> None:
        try:
            network(BRIGHT)
        except NetworkError as error:
            said.append(str(error))

    thread = threading.Thread(target=ask)
    before = cpu_ticks(pid)
    thread.start()
    until(lambda: cpu_ticks(pid) > before + 10)
    network.close()
    thread.join()
    assert len(said) == 1
    assert has_ended(pid)
    with pytest.raises(NetworkError, match=r"closed.*Load it again"):
        network(DARK)
    network.close()  # once more does no harm


@on_linux
def test_the_process_ends_with_the_last_reference() -> None:
    network = load_network(networks.torch_like(), SETTINGS)
    pid = network.pid
    assert not has_ended(pid)
    del network
    gc.collect()
    until(lambda: has_ended(pid))


PARENT = """
import sys
import numpy as np
from model_adapters import Limits, load_network
from tests.model_adapters import networks, test_isolation as t
network = load_network(networks.gated("slow"), t.SETTINGS, limits=Limits(call_seconds=1e5))
print(network.pid, flush=True)
if sys.argv[1] == "busy":
    network(t.BRIGHT)
sys.stdin.read()
"""


@on_linux
@pytest.mark.parametrize("doing", [pytest.param("idle", marks=pytest.mark.long), "busy"])
def test_the_process_ends_when_the_app_is_killed(doing: str) -> None:
    command = [sys.executable, "-c", PARENT, doing]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe) as app:
        assert app.stdout is not None
        pid = int(app.stdout.readline())
        if doing == "busy":
            before = cpu_ticks(pid)
            until(lambda: cpu_ticks(pid) > before + 10)
        app.kill()
    until(lambda: has_ended(pid))


@on_linux
def test_no_secrets_no_files_no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "hunter2")
    network = load_network(networks.torch_like(), SETTINGS)
    answers_as_before(network)
    process = Path(f"/proc/{network.pid}")
    environment = process.joinpath("environ").read_bytes()
    assert b"hunter2" not in environment
    assert b"ORT_DISABLE_TELEMETRY=1" in environment
    names = {pair.partition(b"=")[0] for pair in environment.split(b"\0") if pair}
    assert names <= {
        *b"LANG MALLOC_ARENA_MAX OMP_NUM_THREADS OPENBLAS_NUM_THREADS".split(),
        *b"ORT_DISABLE_TELEMETRY LD_LIBRARY_PATH".split(),
    }
    open_now = sorted(int(link.name) for link in process.joinpath("fd").iterdir())
    leads_to = {os.readlink(link) for link in process.joinpath("fd").iterdir()}
    assert all(place.startswith("pipe:") or place == "/dev/null" for place in leads_to)
    limits = process.joinpath("limits").read_text().splitlines()
    files = next(line for line in limits if line.startswith("Max open files"))
    assert files.split()[3] == str(len(open_now)) == str(max(open_now) + 1)  # none can be opened
    for limit, value in (("Max file size", "0"), ("Max core file size", "0")):
        line = next(line for line in limits if line.startswith(limit))
        assert line.removeprefix(limit).split()[0] == value
    memory = next(line for line in limits if line.startswith("Max address space"))
    assert memory.split()[3] == str(Limits().memory_bytes)
    network.close()


def test_what_libraries_print_cannot_reach_the_protocol() -> None:
    code = (
        "import os; from model_adapters import frames; from model_adapters.onnx import process\n"
        "requests, answers = process._own_pipes()\n"
        "header, body = frames.receive(requests, 100)\n"
        "print('noise', flush=True); os.write(1, b'more noise')\n"
        "assert os.read(0, 10) == b''\n"
        "frames.send(answers, header, bytes(body))\n"
    )
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        frames.send(child.stdin, {"über": [1]}, b"body")
        assert frames.receive(child.stdout, 4) == ({"über": [1]}, bytearray(b"body"))
        assert child.stdout.read() == b""
        assert child.stderr.read() == b"noise\nmore noise"


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (1, "makes no sense"),
        (2, r"within 1\.5 seconds"),
        (3, r"ended unexpectedly \(exit code 1; its last words: the reason \[31m why\)"),
        (4, "could not be described|not known"),
    ],
)
def test_a_process_that_lies(way: int, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_adapters.isolation._MODULE", "tests.model_adapters.liar")
    data = networks.torch_like() + bytes(500_000 if way == 2 else 0)
    with pytest.raises(NetworkError, match=words):
        inspect_network(data, limits=Limits(memory_bytes=way, load_seconds=1.5 if way == 2 else 30))


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (b"\xff" * 12, ValueError),
        (b"\0\0\0\2" + b"\0" * 8 + b"[]", ValueError),
        (b"\0\0\0\2" + b"\0" * 8 + b"{x", ValueError),
        (b"\0\0\0\2" + b"\0" * 7 + b"\5{}", ValueError),
        (b"\0\0\0\2" + b"\0" * 7 + b"\4{}abc", EOFError),
        (b"", EOFError),
    ],
)
def test_messages_that_are_none(sent: bytes, error: type[Exception]) -> None:
    receiver, sender = os.pipe()
    with open(receiver, "rb", buffering=0) as pipe:
        os.write(sender, sent)
        os.close(sender)
        with pytest.raises(error):
            frames.receive(pipe, most=4)
