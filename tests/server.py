"""The app as a real server process, for tests that need one."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
PATIENCE = 120.0  # seconds; only a broken server takes this long


@dataclass(frozen=True)
class Server:
    """Where the server listens, what it has written, and the number of its process."""

    url: str
    log: Path
    pid: int


@contextlib.contextmanager
def serve(folder: Path, *, slow_seconds: float = 0.0) -> Iterator[Server]:
    """`streamlit run app.py` on a free port, with its store and log in this folder.

    With `slow_seconds` every run of a script takes twice so long more (`tests.slow_server`).
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url, log_file = f"http://127.0.0.1:{port}", folder / "server.log"
    module = "tests.slow_server" if slow_seconds else "streamlit"
    command = [sys.executable, "-m", module, "run", "app.py", f"--server.port={port}"]
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [*command, "--server.address=127.0.0.1"],
            cwd=ROOT,
            env={
                **os.environ,
                "LIME_LAB_STORE": str(folder / "store"),
                "LIME_LAB_STUDIES": str(folder / "studies"),
                "SLOW_SECONDS": str(slow_seconds),
            },
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a process group, so that nothing of it stays behind
        )
    try:
        until_answers(f"{url}/_stcore/health", process)
        yield Server(url, log_file, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(10)
        finally:
            if os.name != "nt":
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.kill()


def until_answers(url: str, process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until a GET answers 200."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url).status_code == 200:
                return
        assert process is None or process.poll() is None, "the server ended; see its log"
        assert time.monotonic() < deadline, f"{url} never answered 200"
        time.sleep(0.02)
