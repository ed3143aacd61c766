"""Fetching 20 newsgroups: from this machine, or once from the network, within bounds."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sample_models.types import TaskUnavailable

DOWNLOAD_SECONDS = 180.0
STALL_SECONDS = 8.0

_CACHE = "20news-bydate_py3.pkz"
# Runs in a process of its own: a stalled download can be ended there, and the time limit on
# sockets holds for nobody else.
_DOWNLOAD = """
import socket, sys
from sklearn.datasets import fetch_20newsgroups
socket.setdefaulttimeout(float(sys.argv[2]))
fetch_20newsgroups(data_home=sys.argv[1], n_retries=1, delay=0.1)
"""


def is_here() -> bool:
    """Whether the archive is on this machine, in the folder where scikit-learn looks for it."""
    home = os.environ.get("SCIKIT_LEARN_DATA") or "~/scikit_learn_data"
    return (Path(home).expanduser() / _CACHE).exists()


def fetch(groups: Sequence[str], remove: tuple[str, ...]) -> Any:
    """scikit-learn's bunch of the posts of `groups`, train and test, in the archive's order.

    Raises
    ------
    TaskUnavailable
        If the posts are neither on this machine nor to be had from the network.
    """
    from sklearn.datasets import fetch_20newsgroups, get_data_home

    try:
        home = Path(get_data_home())
        if not (home / _CACHE).exists():
            _download(home)
        return fetch_20newsgroups(
            subset="all",
            categories=list(groups),
            shuffle=False,
            remove=remove,
            download_if_missing=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        wanted = os.environ.get("SCIKIT_LEARN_DATA") or "~/scikit_learn_data"
        raise TaskUnavailable(
            f"The 20 newsgroups posts are not on this machine ({wanted} has no {_CACHE}) and "
            "could not be downloaded: set SCIKIT_LEARN_DATA to a folder with scikit-learn's "
            "copy, or connect to the internet once."
        ) from error


def _download(home: Path) -> None:
    """Fetch the archive into `home`: whole or not at all."""
    with tempfile.TemporaryDirectory(dir=home, prefix="20news-") as folder:
        subprocess.run(
            [sys.executable, "-c", _DOWNLOAD, folder, str(STALL_SECONDS)],
            check=True,
            capture_output=True,
            timeout=DOWNLOAD_SECONDS,
        )
        os.replace(Path(folder) / _CACHE, home / _CACHE)
