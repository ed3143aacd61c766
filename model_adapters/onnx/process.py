"""The child's side of `isolation`: reads uploaded bytes, runs them, and may do little else.

Started as `python -m model_adapters.onnx.process BYTES WHAT`, BYTES being the memory it may use,
and WHAT a key of `SERVERS`.
"""

import contextlib
import importlib
import io
import os
import select
import signal
import sys
import threading

from model_adapters.frames import receive, send

SERVERS = {
    "networks": "model_adapters.onnx.server",  # of pictures
    "onnx": "model_adapters.own.graphs",  # of texts and rows, here and below
    "skops": "model_adapters.own.pipelines",
}
_MOST = 2**33  # requests come from the app itself


def main() -> None:
    """Answer requests on the standard pipes until the other side closes them."""
    requests, answers = _own_pipes()
    # Here: nothing that it prints meets the protocol.
    server = importlib.import_module(SERVERS[sys.argv[2]]).Server()

    # Before the rights go, of which one is to start threads.
    threading.Thread(target=_end_with_the_app, args=(requests.fileno(),), daemon=True).start()
    _give_up_rights(int(sys.argv[1]))
    while True:
        try:
            request, body = receive(requests, _MOST)
            # Should the app hang while we compute, nobody would stop us but the kernel, a little
            # later than the app would have.
            _alarm(request["seconds"] + 1)
            header, data = server.answer(request, body)
            del body
            send(answers, header, data)
            _alarm(0)
        except (EOFError, BrokenPipeError):
            return


def _end_with_the_app(requests: int) -> None:
    """End when nobody can ask any more, also in the middle of an answer."""
    if hasattr(select, "poll"):
        closed = select.poll()
        closed.register(requests, 0)  # no request, the end alone
        closed.poll()
        os._exit(1)


def _own_pipes() -> tuple[io.FileIO, io.FileIO]:
    """The pipes to the app under numbers that no library knows; 0 and 1 lead elsewhere then."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return io.FileIO(requests, "rb"), io.FileIO(answers, "wb")


def _give_up_rights(memory_bytes: int) -> None:
    """Limit memory; from here on no file or connection can be opened and no process started.

    Where the system knows such a limit: the others do their part.
    """
    try:
        import resource
    except ImportError:
        return
    free = os.dup(0)  # the lowest number that is free; a limit of that many leaves none
    os.close(free)
    limits = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NPROC": 0,
        "RLIMIT_NOFILE": free,
        "RLIMIT_AS": memory_bytes,
    }
    for name, most in limits.items():
        if (kind := getattr(resource, name, None)) is not None:
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(kind, (most, most))


def _alarm(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main()
