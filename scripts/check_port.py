"""Say in a sentence, before the server starts, why it could not listen: HOST PORT."""

import errno
import os
import socket
import sys


def problem(host: str, port: str) -> str | None:
    """Why a server cannot listen there, and what to do; None if it can."""
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return f"PORT={port} is not a port; choose a number from 1 to 65535: PORT=8501 make run"
    try:
        family, kind, *_, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            if os.name != "nt":  # as the server does: a port that was just closed is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = int(port) % 65535 + 1
            return f"Port {port} is taken by another program. Try another: PORT={other} make run"
        if error.errno == errno.EACCES:
            return f"Port {port} needs rights you do not have. Try another: PORT=8501 make run"
        return (
            f"HOST={host} is not an address of this computer. HOST=127.0.0.1 serves this computer "
            "only, HOST=0.0.0.0 the network too."
        )
    return None


if __name__ == "__main__":
    sys.exit(problem(*sys.argv[1:]))
