"""Fixtures of the study's tests: each database, and studies to keep in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trust_study import postgresql
from trust_study.store.database import Database


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL, with one database."""
    if postgresql.programs() is None:
        pytest.skip(postgresql.MISSING)
    with postgresql.serve(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


KINDS = ["sqlite", "postgresql"]


def empty(request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of an empty database of the kind that the fixture has as its parameter."""
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'studies.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    postgresql.empty(url)
    return url


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of each kind."""
    return empty(request, tmp_path)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(database_url: str, clock: Clock) -> Iterator[Database]:
    """The opened database, with a clock that stands."""
    opened = Database(database_url, clock)
    yield opened
    opened.close()
