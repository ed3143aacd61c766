"""The process of its own in which uploaded bytes are read and run.

A subprocess, not `multiprocessing`: callers are daemonic workers, which may not have children of
that kind. Nothing is pickled in either direction.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections import deque
from pathlib import Path
from typing import IO, Any, Final, Literal

from model_adapters.errors import NetworkError
from model_adapters.frames import receive, send
from model_adapters.settings import Limits
from model_adapters.strings import clean

_ROOT: Final = Path(__file__).resolve().parents[1]
_MODULE: Final = "model_adapters.onnx.process"
Serves = Literal["networks", "onnx", "skops"]
_PASSED_ON: Final = ("LD_LIBRARY_PATH", "SYSTEMROOT")  # what the loader may need; no secrets
_ENVIRONMENT: Final = {
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",  # every arena reserves address space, which is limited
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime reports to its maker otherwise
}


class Child:
    """A process that answers one request at a time; it ends with this object.

    Parameters
    ----------
    limits : Limits
        The child limits its own memory before it reads anything.
    serves : {"networks", "onnx", "skops"}
        Networks of pictures; models of texts and rows, by the format of the file.
    """

    def __init__(self, limits: Limits, serves: Serves = "networks") -> None:
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-s", "-m", _MODULE, str(limits.memory_bytes), serves],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=_ROOT,
            env=passed_on | _ENVIRONMENT,
            start_new_session=True,  # Ctrl-C is the app's business, which ends us
        )
        assert self._process.stdin is not None  # all three are pipes
        assert self._process.stderr is not None
        _widen(self._process.stdin)
        self.noun = "network" if serves == "networks" else "model"
        self._last_words: deque[bytes] = deque(maxlen=4)
        self._listener = threading.Thread(
            target=_listen, args=(self._process.stderr, self._last_words), daemon=True
        )
        self._listener.start()
        self._finalizer = weakref.finalize(self, _end, self._process, self._listener)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._finalizer.alive and self._process.poll() is None

    def kill(self) -> None:
        """End the process while another thread may be waiting for its answer."""
        self._process.kill()

    def end(self) -> None:
        """Kill the process and wait for its end; more than once does no harm."""
        self._finalizer()

    def ask(
        self, request: dict[str, Any], body: bytes | memoryview, seconds: float, most: int = 0
    ) -> tuple[dict[str, Any], bytearray]:
        """One request and its answer, whose body has at most `most` bytes.

        Raises
        ------
        NetworkError
            If the child says no (it lives on), or if it takes longer than `seconds`, dies or
            answers nonsense (it has ended then).
        """
        # Pipes are read and written without a deadline of their own: when the time is up the
        # child is killed, which ends every wait, also that of two full pipes.
        late = threading.Event()
        timer = threading.Timer(seconds, _kill_late, (self._process, late))
        timer.daemon = True
        timer.start()
        assert self._process.stdin is not None  # both are pipes, unbuffered: raw
        assert self._process.stdout is not None
        try:
            send(self._process.stdin, {**request, "seconds": seconds}, body)  # type: ignore[arg-type]
            answer, data = receive(self._process.stdout, most)  # type: ignore[arg-type]
        except (EOFError, OSError):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=1.0)  # to hear how it ended before we end it
            self.end()
            raise self._obituary(late.is_set(), seconds) from None
        except (ValueError, MemoryError):
            self.end()
            raise NetworkError(
                f"The process that runs the {self.noun} sent an answer that makes no sense, and "
                "was ended. Do not use this file unless you trust where it comes from."
            ) from None
        except BaseException:  # interrupted half-way: the next answer would not be the next one's
            self.end()
            raise
        finally:
            timer.cancel()
        if "error" in answer:
            raise NetworkError(clean(answer["error"], 800))
        return answer, data

    def _obituary(self, late: bool, seconds: float) -> NetworkError:
        if late:
            return NetworkError(
                f"The {self.noun} did not answer within {seconds:g} seconds and was stopped. "
                f"Bring a smaller {self.noun}, or one that takes less."
            )
        code = self._process.returncode
        try:
            cause = f"stopped by {signal.Signals(-code).name}"
        except ValueError:
            cause = f"exit code {code}"
        lines = b"".join(self._last_words).decode("utf-8", "replace").strip().splitlines()
        words = f"; its last words: {clean(lines[-1], 200)}" if lines else ""
        return NetworkError(
            f"The process that runs the {self.noun} ended unexpectedly ({cause}{words}). Try "
            f"again; if it happens again, the {self.noun} needs too much memory or the file is "
            "damaged."
        )


def _widen(pipe: IO[bytes]) -> None:
    """Let more of a request into the pipe at once: fewer turns between the two processes."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, 2**18)


def _listen(pipe: IO[bytes], last_words: deque[bytes]) -> None:
    with pipe:
        while chunk := pipe.read(1000):
            last_words.append(chunk)


def _kill_late(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _end(process: subprocess.Popen[bytes], listener: threading.Thread) -> None:
    process.kill()
    process.wait()
    listener.join(timeout=1.0)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
