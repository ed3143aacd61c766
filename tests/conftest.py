"""Fixtures of all tests."""

import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.server import Server, serve

settings.register_profile("suite", deadline=None)  # a busy machine is no failure
settings.load_profile("suite")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not need a fresh one."""
    with serve(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(autouse=True)
def own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that AppTest runs becomes `__main__`, which new processes import: put it back."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
