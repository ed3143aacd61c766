"""From a pick through its review to a better model, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab, explained, no_sideways_scrolling, settled
from tests.browser.test_pick import picked
from tests.server import Server

pytestmark = pytest.mark.browser


@pytest.mark.long
def test_what_a_review_marked_is_taken_out_and_real_use_gets_better(
    server: Server, open_tab: OpenTab
) -> None:
    """The id of the patients: seen in the pick, marked in the review, gone from the model."""
    tab = open_tab()
    page = tab.open(server.url + "/pick?task=flu&n=12&budget=1")
    picked(page)
    page.get_by_role("button", name="Review this one").click()
    page.get_by_role("button", name=re.compile("patient id")).first.click()
    settled(page)
    page.get_by_role("button", name="Right, for the wrong reason").click()  # leads to the summary
    page.get_by_role("button", name=re.compile("Improve")).first.click()
    expect(page.get_by_role("heading", name="Take out what should not matter")).to_be_visible()
    page.get_by_role("button", name="Train again without them").click()
    expect(page.locator(".st-key-improve-chart .main-svg").first).to_be_visible()
    told = page.get_by_text(re.compile(r"real use", re.IGNORECASE))
    expect(told.first).to_be_visible()
    expect(page).to_have_url(re.compile("task=rounds-.*model=round-1"))
    page.get_by_role("button", name="Look at one prediction").click()
    explained(page)
    expect(page).to_have_url(re.compile("task=rounds-.*model=round-1"))
    assert tab.complaints == []


def test_a_model_that_cannot_be_trained_again_says_so_on_a_phone(
    server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab(width=390, scheme="dark")
    page = tab.open(server.url + "/improve?task=digits&model=a")
    expect(page.get_by_text(re.compile("cannot"))).to_be_visible()
    no_sideways_scrolling(page)
    page.get_by_role("button", name=re.compile("^Try it with")).click()
    expect(page.get_by_role("button", name="Train again without them")).to_be_visible()
    no_sideways_scrolling(page)
    assert tab.complaints == []
