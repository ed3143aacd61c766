"""What the tests of `ui` share."""

from collections.abc import Iterator

import pytest

from ui.workshop.store import Store, store


@pytest.fixture(autouse=True)
def a_store_of_its_own(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """A store for each test, seen by processes that it starts too."""
    monkeypatch.setenv("LIME_LAB_STORE", str(tmp_path_factory.mktemp("store")))
    store.cache_clear()
    yield store()
    store.cache_clear()
