"""What the tests of `ui` share."""

import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

import plotly.graph_objects as go
import pytest

from tests.conditions import until
from ui.workshop import runs
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


@pytest.fixture(autouse=True)
def runs_of_its_own(a_store_of_its_own: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs that another test's store knows are not joined, and those of a test end with it."""
    monkeypatch.setattr(runs, "_runs", {})
    yield
    runs.stop_all()
    until(lambda: all(run.ended for run in runs._runs.values()))


@pytest.fixture(autouse=True)
def no_shape_without_a_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every figure that any of these tests draws has shapes with numbers only, paths too."""
    drawn: list[go.Figure] = []
    as_it_was = go.Figure.update_layout

    def noted(figure: go.Figure, *args: Any, **more: Any) -> go.Figure:
        drawn.append(figure)
        return as_it_was(figure, *args, **more)

    monkeypatch.setattr(go.Figure, "update_layout", noted)
    yield
    for figure in drawn:
        for shape in figure.to_plotly_json()["layout"].get("shapes", ()):
            assert misplaced(shape) == {}


def misplaced(shape: dict[str, Any]) -> dict[str, Any]:
    """What of a shape is not a number where Plotly needs one."""
    found = {k: v for k, v in shape.items() if k in ("x0", "x1", "y0", "y1") and not isfinite(v)}
    if re.search("nan|inf|none", shape.get("path", ""), re.IGNORECASE):
        found["path"] = shape["path"]
    return found
