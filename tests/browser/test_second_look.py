"""A second look in a real browser: how sure, other settings, other methods, and going on."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from sample_models import tasks
from tests.browser.conftest import (
    OpenTab,
    choose,
    explained,
    no_sideways_scrolling,
    said_of,
    settled,
)
from tests.server import Server

pytestmark = pytest.mark.browser

SURVIVES = "Asked in other ways"
OPINION = "A second opinion"
NOTICED = "Could it notice a test?"
WRONG = "What is wrong with this model?"


def unfold(page: Page, title: str, *says: str) -> Locator:
    """Open one of the ways to dig deeper and wait for what it says; the part itself."""
    settled(page)
    page.get_by_test_id("stButtonGroup").get_by_text(title, exact=True).click()
    part = page.locator(".st-key-deeper")
    for sentence in says:
        expect(part.get_by_text(re.compile(sentence)).first).to_be_visible()
    return part


def drawn(page: Page, name: str) -> Locator:
    """Wait for a figure; the figure."""
    chart = page.locator(f".st-key-{name}-chart")
    expect(chart.locator(".main-svg").first).to_be_visible()
    return chart


@pytest.mark.long
def test_a_text_is_looked_at_again(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/explain?task=triage")
    explained(page)
    key = page.locator(".st-key-weights-chart text").filter(has_text="95 of 100")
    expect(key).to_be_visible()
    address = page.url
    unfold(page, SURVIVES, r"\d of 6 stays? in all 5 ways to ask")
    drawn(page, "survival")
    words = said_of(page, "survival")
    assert len(re.findall(r": \d of 5(;|$)", words)) >= 6
    opinion = unfold(page, OPINION, "Shapley weights share out the whole way", r"\d of 6 here")
    drawn(page, "opinions")
    opinion.get_by_text("Small tree", exact=True).click()
    drawn(page, "tree")
    expect(opinion.get_by_text("told by a tree of at most four questions")).to_be_visible()
    expect(opinion.get_by_text("One column")).to_have_count(0)  # texts have none
    opinion.get_by_text("Shapley weights", exact=True).click()
    drawn(page, "opinions")
    expect(page.locator(".st-key-tree-chart")).to_have_count(0)
    unfold(page, NOTICED, "a small detector", r"Tried on [\d,]+ real texts")
    flaw = tasks()["triage"].flaw
    assert flaw is not None
    wrong = unfold(page, WRONG, "Have you seen what")
    expect(wrong.get_by_text(flaw.summary)).to_have_count(0)
    wrong.get_by_role("button", name="Show me what is wrong").click()
    expect(wrong.get_by_text(flaw.summary)).to_be_visible()
    assert page.url == address
    assert tab.complaints == []


@pytest.mark.long
def test_a_picture_shows_where_it_stayed(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/explain?task=wolves")
    explained(page)
    part = unfold(page, SURVIVES, r"\d of 6 stays? in all 8 ways to ask")
    picture = part.get_by_role("img", name="What stayed in 8 ways to ask")
    expect(picture).to_be_visible()
    assert picture.evaluate("img => img.naturalWidth") == 400
    expect(part.get_by_text("smaller regions, larger regions")).to_be_visible()
    assert tab.complaints == []


@pytest.mark.long
def test_all_can_be_opened_on_a_dark_phone(server: Server, open_tab: OpenTab) -> None:
    """A row has the most to show: two kinds of bins, and one column at a time."""
    tab = open_tab(width=390, scheme="dark")
    page = tab.open(server.url + "/explain?task=flu")
    explained(page)
    unfold(page, SURVIVES, r"\d of 6 stay in all 6 ways to ask")
    drawn(page, "survival")
    no_sideways_scrolling(page)
    unfold(page, NOTICED, "a small detector")
    expect(page.locator(".st-key-survival-chart")).to_have_count(0)  # one at a time
    no_sideways_scrolling(page)
    opinion = unfold(page, OPINION, "Shapley weights share out the whole way")
    drawn(page, "opinions")
    settled(page)
    no_sideways_scrolling(page)
    for method, name in (("One column", "dependence"), ("Small tree", "tree")):
        opinion.get_by_text(method, exact=True).click()
        drawn(page, name)
        settled(page)
        no_sideways_scrolling(page)
    opinion.get_by_text("One column", exact=True).click()
    column = opinion.get_by_role("combobox", name="Column")
    choose(column, "age")
    expect(opinion.get_by_text("other values of age;")).to_be_visible()
    drawn(page, "dependence")
    no_sideways_scrolling(page)
    assert tab.complaints == []
