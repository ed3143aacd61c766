import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import OpenTab, settled
from tests.server import Server

pytestmark = pytest.mark.browser

ON_ITS_WAY = "one may still be on its way"


def payload(name: str, n_bytes: int) -> FilePayload:
    words = b"word " * (n_bytes // 5)
    return FilePayload(name=name, mimeType="text/plain", buffer=words)


def large_file(path: Path, n_bytes: int) -> Path:
    """A file that Playwright would not send as a payload; it takes no room on the disk."""
    with path.open("wb") as file:
        file.truncate(n_bytes)
    return path


def test_a_file_that_the_browser_keeps_as_too_large_is_named(
    server: Server, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/upload")
    page.get_by_text("Text files (.txt, .zip)").click()
    settled(page)
    expect(page.locator("[data-watches]")).to_be_attached()
    files = page.locator("input[type=file]")
    explain = page.get_by_role("button", name="Explain", exact=True)
    refused = page.get_by_text("“long.txt” has 105.0 MB; at most 100 MB are accepted.")
    files.set_input_files(large_file(tmp_path / "long.txt", 105_000_000))
    expect(refused).to_be_visible()
    settled(page)
    explain.click()
    expect(page.get_by_text("There is nothing to explain yet")).to_be_visible()
    expect(page.get_by_text(ON_ITS_WAY)).to_have_count(0)
    settled(page)
    files.set_input_files(payload("short.txt", 10_000))
    expect(page.get_by_text(re.compile("short.txt, 10 KB"))).to_be_visible()
    expect(page.get_by_text("2,000 words")).to_be_visible()
    expect(refused).to_have_count(0)
    assert tab.complaints == []
