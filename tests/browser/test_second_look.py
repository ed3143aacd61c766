"""A second look in a real browser: how sure, other settings, other methods, and going on."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

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

SURVIVES = "Does it survive other settings?"
OPINION = "A second opinion"
NOTICED = "Could the model notice that it is being tested?"


def unfold(page: Page, title: str, *says: str) -> Locator:
    """Open one of the folded questions and wait for what it says; the part itself."""
    settled(page)
    part = page.get_by_test_id("stExpander").filter(has_text=title)
    part.get_by_text(title, exact=True).click()
    for sentence in says:
        expect(part.get_by_text(re.compile(sentence)).first).to_be_visible()
    return part


def drawn(page: Page, name: str) -> Locator:
    """Wait for a figure; the figure."""
    chart = page.locator(f".st-key-{name}-chart")
    expect(chart.locator(".main-svg").first).to_be_visible()
    return chart


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
    expect(opinion.get_by_text("imitated by a tree of at most four questions")).to_be_visible()
    expect(opinion.get_by_text("One column")).to_have_count(0)  # texts have none
    opinion.get_by_text("Shapley weights", exact=True).click()
    drawn(page, "opinions")
    expect(page.locator(".st-key-tree-chart")).to_have_count(0)
    unfold(page, NOTICED, "a small detector", r"Tried on [\d,]+ real texts")
    assert page.url == address
    assert tab.complaints == []


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


def test_all_is_open_on_a_dark_phone(server: Server, open_tab: OpenTab) -> None:
    """A row has the most to show: two kinds of bins, and one column at a time."""
    tab = open_tab(width=390, scheme="dark")
    page = tab.open(server.url + "/explain?task=flu")
    explained(page)
    unfold(page, SURVIVES, r"\d of 6 stay in all 6 ways to ask")
    drawn(page, "survival")
    opinion = unfold(page, OPINION, "Shapley weights share out the whole way")
    drawn(page, "opinions")
    unfold(page, NOTICED, "a small detector")
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
