"""A PostgreSQL of the tests' own: Debian's programs, run as a user without rights."""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

NOBODY = ("postgres", "nobody")  # root may not run it: the first of these that there is
_PDEATHSIG = 1  # of prctl(2)
MISSING = "No PostgreSQL is installed: `make test` installs one where it may (postgresql)."


LONG = pytest.mark.parametrize(  # on PostgreSQL among the long tests alone
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`; None if there is no PostgreSQL."""
    named = shutil.which("initdb")
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    found = [Path(named).resolve(), *known] if named else known
    return found[0].parent if found else None


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    """A server that listens on a socket in a folder of its own; gives the URL of its database."""
    user = _user()
    with tempfile.TemporaryDirectory(prefix="pg") as short:  # a socket's path is at most 107 long
        home = Path(short)
        if user:
            shutil.chown(home, user)
        run = {"user": user, "cwd": home, "stdout": subprocess.DEVNULL}
        found = programs() or folder
        data = ["-D", str(home / "data")]
        subprocess.run(
            [
                found / "initdb",
                *data,
                "--no-sync",
                "--auth=trust",
                "--username=tests",
                "-E",
                "UTF8",
            ],
            check=True,
            **run,  # type: ignore[call-overload]
        )
        settings = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={home}"]
        settings += ["-c", "fsync=off", "-c", "max_connections=200"]
        with (folder / "postgresql.log").open("wb") as log:
            server = subprocess.Popen(
                [found / "postgres", *data, *settings],
                stderr=log,
                preexec_fn=_end_with_its_parent if sys.platform == "linux" else None,
                **run,  # type: ignore[call-overload]
            )
            try:
                _until_ready(found, home, server)
                yield f"postgresql://tests@/postgres?host={home}"
            finally:
                server.send_signal(signal.SIGQUIT)  # at once: nobody reads it again
                server.wait(20)


def empty(url: str) -> None:
    """Leave nothing in the database: quicker than a new one for every test."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def _end_with_its_parent() -> None:
    """Let Linux end the server when the tests are killed: nobody else would."""
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGQUIT)


def _user() -> str | None:
    if os.getuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return next(each for each in NOBODY if each in known)


def _until_ready(found: Path, home: Path, server: "subprocess.Popen[bytes]") -> None:
    from tests.conditions import until

    def ready() -> bool:
        assert server.poll() is None, "PostgreSQL ended; see its log"
        answer = subprocess.run(
            [found / "pg_isready", "--host", home, "--quiet"], capture_output=True
        )
        return answer.returncode == 0

    until(ready)
