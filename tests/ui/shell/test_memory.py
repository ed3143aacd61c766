"""Imports are frozen once, and garbage made later is still collected."""

import gc
import subprocess
import sys
import weakref

import pytest

from ui.shell import memory


class Node:
    other: "Node | None" = None


@pytest.fixture(autouse=True)
def thawed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "_frozen_with", 0)
    yield
    gc.unfreeze()


def test_what_is_there_is_left_out_and_what_comes_later_is_collected() -> None:
    memory.freeze_imports()
    n_frozen = gc.get_freeze_count()
    assert n_frozen > 10_000
    first, second = Node(), Node()
    first.other, second.other = second, first  # a circle: only the collector can take it
    gone = weakref.ref(first)
    del first, second
    memory.freeze_imports()  # nothing new is imported: nothing more is frozen
    gc.collect()
    assert gone() is None
    assert gc.get_freeze_count() <= n_frozen


def test_the_first_page_freezes_what_it_imports() -> None:
    code = (
        "import gc\n"
        "from streamlit.testing.v1 import AppTest\n"
        "AppTest.from_file('ui/main.py', default_timeout=120).run()\n"
        "print(gc.get_freeze_count() > 10_000)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "True", run.stderr
