"""The presenter's lock, in a real browser: what is hidden is not on its way there either."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sample_models import tasks
from tests.browser.conftest import OpenTab, explained, settled
from tests.server import Server
from ui.shell.presenting import lock, locks
from ui.workshop.store import Store

pytestmark = pytest.mark.browser


def test_what_is_hidden_reaches_no_browser_until_it_is_revealed(
    server: Server, open_tab: OpenTab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there = Store(server.log.parent / "store", max_bytes=1_000_000_000, ttl_seconds=3600)
    monkeypatch.setattr(locks, "store", lambda: there)
    token = locks.new_lock()
    task, arrived = tasks()["flu"], list[bytes]()
    assert task.flaw is not None
    hidden = [task.flaw.summary, task.summary, *(card.summary for card in task.models)]
    hidden += [f"labelled {name}" for name in task.class_names] + ["Real use", token]

    def note(payload: str | bytes) -> None:
        arrived.append(payload.encode() if isinstance(payload, str) else payload)

    def leaks() -> list[str]:
        everything = b"\n".join([*arrived, page.content().encode(), page.url.encode()])
        assert task.question.encode() in everything or b"The model says" in everything
        return [each for each in hidden if each.encode() in everything]

    tab = open_tab()
    tab.page.on("websocket", lambda socket: socket.on("framereceived", note))
    page = tab.open(f"{server.url}/explain?task=flu&{lock.NAME}={locks.id_of(token)}")
    explained(page)
    for title in ("Report", "JSON", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=title, exact=True).click()
        download.value.save_as(tmp_path / title)
        arrived.append((tmp_path / title).read_bytes())
    assert leaks() == []
    page.get_by_role("link", name="Improve").first.click()
    expect(page.get_by_text("opens when the presenter reveals it")).to_be_visible()
    settled(page)
    assert re.search(f"improve.*{lock.NAME}={locks.id_of(token)}", page.url)
    assert leaks() == []
    locks.reveal(token)  # and nobody does anything here
    expect(page.get_by_text(re.compile("% in real use"))).to_be_visible()
    assert tab.complaints == []
