"""Text of others is text: whatever a link or a person says, no screen makes a link of it."""

import json
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression

from tests.browser.conftest import OpenTab, explained, settled, upload
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


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(p, marks=pytest.mark.long) if p in ("/explain", "/compare") else p
        for p in SCREENS
    ],
)
def test_no_screen_links_to_what_a_url_says(server: Server, open_tab: OpenTab, path: str) -> None:
    tab = open_tab()
    for params in SCREENS[path]:
        page = tab.open(f"{server.url}{path}?{urlencode(params)}")
        page.get_by_text("evil").first.wait_for() if path != "/review" else None
        settled(page)
        assert page.locator(LINKS).count() == 0, params


MARKS = (
    "<img src=x onerror=document.title='run'>",
    "<script>document.title='run'</script>",
    "![a](http://e.org/a.png)",
    "<style>*{display:none}</style>",
    "[b](http://e.org)",
)
MADE = "img[src*='e.org'], img[src='x'], a[href*='e.org'], [onerror]"


@pytest.mark.long
def test_columns_values_labels_and_classes_are_no_elements(
    server: Server, open_tab: OpenTab
) -> None:
    """A table whose every word is markup, and a model with such columns and classes."""
    rng = np.random.default_rng(0)
    columns = list(MARKS[:3])
    frame = pd.DataFrame(rng.normal(size=(40, 3)), columns=columns)
    classes = np.array([MARKS[0], MARKS[4]])[(frame[columns[0]] > 0).astype(int)]
    model = LogisticRegression().fit(frame, classes)
    words = frame.assign(**{MARKS[3]: rng.choice(MARKS, 40), "label": classes})
    tab = open_tab()
    page = tab.open(f"{server.url}/upload?kind=table")
    settled(page)
    upload(page, f"{MARKS[0].replace('/', '')}.csv", words.to_csv(index=False).encode())
    page.get_by_role("heading", name="A model of your own").wait_for()
    settled(page)
    upload(page, f"{MARKS[4].replace('/', '')}.skops", skops.io.dumps(model), number=1)
    page.get_by_text("Is that plausible?").wait_for()
    settled(page)
    assert page.locator(MADE).count() == 0
    page.get_by_role("button", name="Explain its answers").click()
    explained(page)
    settled(page)
    assert page.locator(MADE).count() == 0
    assert page.title() != "run"
    assert tab.complaints == []


def test_the_name_of_a_file_makes_no_link(server: Server, open_tab: OpenTab) -> None:
    page = open_tab().open(f"{server.url}/upload")
    page.get_by_text("Pictures", exact=True).click()
    upload(page, "www.evil.example.png", b"no picture")
    page.get_by_text("evil").first.wait_for()
    settled(page)
    assert page.locator(LINKS).count() == 0
