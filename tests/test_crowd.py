"""Many sessions at once on a real server; how long they wait is in `benchmarks.app.crowd`."""

import asyncio

import pytest

from tests.server import Server
from tests.visitors import crowd


@pytest.mark.parametrize("n", [8, pytest.param(100, marks=pytest.mark.long)])
def test_everybody_in_a_crowd_gets_an_explanation(server: Server, n: int) -> None:
    tasks = ("triage", "flu", "newsgroups")
    queries = [f"task={tasks[i % 3]}&item=test-{i}" for i in range(n)]
    told = asyncio.run(crowd(server.url, queries))
    assert len(told.waits) == n  # a session that ended without one raises
    assert told.runs >= n
    assert "Traceback" not in server.log.read_text()
