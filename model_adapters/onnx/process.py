"""The child's side of `isolation`: reads uploaded bytes, runs them, and may do little else.

Started as `python -m model_adapters.onnx.process BYTES`, BYTES being the memory it may use.
"""

import contextlib
import io
import os
import signal
import sys

from model_adapters.frames import receive, send

_MOST = 2**33  # requests come from the app itself


def main() -> None:
    """Answer requests on the standard pipes until the other side closes them."""
    requests, answers = _own_pipes()
    from model_adapters.onnx.server import Server  # here: nothing it prints meets the protocol

    _give_up_rights(int(sys.argv[1]))
    server = Server()
    while True:
        try:
            request, body = receive(requests, _MOST)
            # Should the app die while we compute, nobody would stop us but the kernel, a little
            # later than the app would have.
            _alarm(request["seconds"] + 1)
            header, data = server.answer(request, body)
            del body
            send(answers, header, data)
            _alarm(0)
        except (EOFError, BrokenPipeError):
            return


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
