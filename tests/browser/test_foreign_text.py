"""Text of others is text: whatever a link or a person says, no screen makes a link of it."""

import json
from urllib.parse import urlencode

import pytest

from tests.browser.conftest import OpenTab, settled, upload
from tests.server import Server

NASTY = (
    "log in at https://evil.example/login or www.evil.example, me@evil.example ![x](http://e.org)"
)
LINKS = "a[href*='evil'], a[href*='e.org'], img[src*='e.org']"
SCREENS = {
    "/explain": [
        {"task": NASTY},
        {"task": "flu", "item": NASTY},
        {"task": "flu", "model": NASTY},
        {"task": "flu", "edits": json.dumps([[3, NASTY]])},
        {"task": "flu", "edits": NASTY},
    ],
    "/pick": [{"task": "triage", "source": NASTY}],
    "/compare": [{"task": NASTY}, {"task": "triage", "a": NASTY, "feature": NASTY}],
    "/improve": [{"task": "triage", "model": NASTY}],
    "/review": [{"pick": NASTY}],
}


@pytest.mark.parametrize("path", SCREENS)
def test_no_screen_links_to_what_a_url_says(server: Server, open_tab: OpenTab, path: str) -> None:
    tab = open_tab()
    for params in SCREENS[path]:
        page = tab.open(f"{server.url}{path}?{urlencode(params)}")
        page.get_by_text("evil").first.wait_for() if path != "/review" else None
        settled(page)
        assert page.locator(LINKS).count() == 0, params


def test_the_name_of_a_file_makes_no_link(server: Server, open_tab: OpenTab) -> None:
    page = open_tab().open(f"{server.url}/upload")
    page.get_by_text("Pictures", exact=True).click()
    upload(page, "www.evil.example.png", b"no picture")
    page.get_by_text("evil").first.wait_for()
    settled(page)
    assert page.locator(LINKS).count() == 0
