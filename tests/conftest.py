"""Fixtures of all tests."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.fitted_once import sitecustomize
from tests.server import Server, serve

# A busy machine is no failure, and what passed once passes again: `make test-long` looks further.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None)
settings.load_profile("suite")
# As in the app's workers, and before NumPy is imported: the suite's processes already use all the
# cores, and threads that wait for each other in many small products take five times as long.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")


@pytest.fixture(scope="session", autouse=True)
def fitted_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A forest is fitted once a suite: this process and those it starts share it."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "fitted"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(sitecustomize.FOLDER, str(folder))
        patch.setenv("PYTHONPATH", str(Path(sitecustomize.__file__).parent), prepend=os.pathsep)
        sitecustomize.install()
        yield


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not need a fresh one."""
    with serve(tmp_path_factory.mktemp("server")) as running:
        yield running


_MAIN = sys.modules["__main__"]


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """A script that AppTest runs becomes `__main__`, which new processes import: put it back.

    Also before a test: a fixture of several tests may have run one.
    """
    sys.modules["__main__"] = _MAIN
    yield
    sys.modules["__main__"] = _MAIN
