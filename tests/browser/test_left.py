"""Who is gone, a page or the whole server, keeps nothing busy: in a real browser."""

import contextlib
import io
import os
import signal
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab, explained
from tests.conditions import is_alive, until
from tests.model_adapters import networks
from tests.model_adapters.test_isolation import SETTINGS
from tests.server import Server
from ui.workshop import catalogue, kept
from ui.workshop.item import Item
from ui.workshop.store import Store

pytestmark = pytest.mark.browser
CALL_SECONDS = 60.0  # what the network may take for a batch; it would never end by itself


@pytest.fixture
def endless(fresh_server: Server, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where a network is asked that never answers about bright pictures; each another one."""
    folder = fresh_server.log.parent / "store"
    there = Store(folder, max_bytes=1_000_000_000, ttl_seconds=3600)
    for module in (kept, catalogue):
        monkeypatch.setattr(module, "store", lambda: there)
    network_id = there.put("network", networks.gated("slow"))
    task = catalogue.keep_network(network_id, "slow.onnx", replace(SETTINGS, batch=None))
    found = []
    for number in range(8):
        buffer = io.BytesIO()
        pixels = np.random.default_rng(number).integers(0, 90, (60, 50, 3), dtype=np.uint8)
        pixels[:30] = 255
        Image.fromarray(pixels).save(buffer, "PNG")
        source = kept.keep_pictures([(f"{number}.png", there.put("picture", buffer.getvalue()))])
        found.append(f"{fresh_server.url}/explain?task={task}&item={Item(source, 0)}")
    return found


def asked_networks(server: Server) -> list[psutil.Process]:
    """The processes in which networks compute, more than it takes to start."""
    found = []
    for process in psutil.Process(server.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            of_network = "model_adapters.onnx.process" in process.cmdline()
            if of_network and process.cpu_times().user > 2:
                found.append(process)
    return found


@pytest.mark.long  # in `tests/ui/workshop/test_jobs.py` viewers are let go sooner
def test_closed_pages_free_their_workers(
    fresh_server: Server, endless: list[str], open_tab: OpenTab
) -> None:
    n_workers = max(2, min(os.cpu_count() or 2, 8))
    pages = [open_tab().page for _ in range(n_workers)]
    for page, url in zip(pages, endless, strict=False):
        page.goto(url)
    until(lambda: len(asked_networks(fresh_server)) == n_workers)
    busy = [process.pid for process in asked_networks(fresh_server)]
    waiting = open_tab().page
    waiting.goto(f"{fresh_server.url}/explain?task=triage&item=test-77")
    expect(waiting.get_by_text("waiting for a free worker")).to_be_visible()
    start = time.monotonic()
    for page in pages:
        page.close()
    until(lambda: not any(map(is_alive, busy)))
    assert time.monotonic() - start < CALL_SECONDS / 2  # not because those had run out of time
    explained(waiting)


def test_nothing_of_a_killed_server_goes_on(
    fresh_server: Server, endless: list[str], open_tab: OpenTab
) -> None:
    page = open_tab().page
    page.goto(endless[0])
    until(lambda: asked_networks(fresh_server))
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    everything = psutil.Process(fresh_server.pid).children(recursive=True)
    assert len(everything) >= 3  # workers, and the network's own process
    start = time.monotonic()
    os.kill(fresh_server.pid, signal.SIGKILL)
    until(lambda: not any(is_alive(process.pid) for process in everything))
    assert time.monotonic() - start < CALL_SECONDS / 2
