"""The pick in a real browser: texts, pictures and rows; progress, cancel, a restart, odd cases."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import (
    OpenTab,
    explained,
    listening,
    no_sideways_scrolling,
    settled,
)
from tests.server import Server, serve
from ui.workshop import kept
from ui.workshop.store import Store

pytestmark = pytest.mark.browser


def picked(page: Page) -> Locator:
    """Start the run if it has not been made, and wait for the pick; its headline."""
    settled(page)
    start = page.get_by_role("button", name=re.compile("and pick$|^Go on$"))
    headline = page.get_by_role("heading", name=re.compile("of what the model uses|it is the pick"))
    expect(start.or_(headline).first).to_be_visible()
    if start.is_visible():
        start.click()
        expect(start).to_have_count(0)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)  # all are explained
    expect(headline).to_have_count(1)  # what was shown of the run has made room
    settled(page)
    return headline


def rows(page: Page) -> Locator:
    """The picks in the list."""
    return page.locator('[class*="st-key-open-"]').get_by_role("button", name="Open")


def test_texts_are_picked_listed_and_opened(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/pick?task=triage&n=20")
    headline = picked(page)
    words = re.compile(r"These 8 texts show \d+% of what the model uses; 8 at random would show")
    expect(headline).to_have_text(words)
    expect(rows(page)).to_have_count(8)
    expect(page.locator(".st-key-coverage-chart .main-svg").first).to_be_visible()

    page.get_by_role("slider", name="How many texts you will look at").press("ArrowLeft")
    expect(headline).to_have_text(re.compile("These 7 texts show"))
    expect(rows(page)).to_have_count(7)
    expect(page).to_have_url(re.compile("budget=7"))
    page.reload()
    expect(picked(page)).to_have_text(re.compile("These 7 texts show"))

    page.get_by_text("Which text shows which words", exact=True).click()
    matrix = page.locator(".st-key-matrix-chart .main-svg").first
    expect(matrix).to_be_visible()
    listening(page)
    said = page.get_by_text(re.compile(r"^1\. (urgent|routine), ")).inner_text()
    rows(page).first.click()
    headline = explained(page)
    expect(page).to_have_url(re.compile("/explain.*task=triage.*item=test-"))
    assert said.split(". ")[1].split(",")[0] in headline.inner_text()
    page.go_back()
    expect(picked(page)).to_have_text(re.compile("These 7 texts show"))
    assert tab.complaints == []


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_and_rows_on_a_phone(server: Server, open_tab: OpenTab, scheme: str) -> None:
    task, noun = {"light": ("wolves", "picture"), "dark": ("flu", "row")}[scheme]
    tab = open_tab(width=390, scheme=scheme)
    page = tab.open(f"{server.url}/pick?task={task}&n=8&budget=3")
    expect(picked(page)).to_have_text(re.compile(f"These [123] {noun}s show"))
    expect(page.get_by_text("adds").first).to_be_visible()
    if task == "wolves":
        shown = page.get_by_role("img", name=re.compile("the model says"))
        expect(shown).to_have_count(rows(page).count())
    no_sideways_scrolling(page)
    rows(page).first.click()
    explained(page)
    assert tab.complaints == []


@pytest.mark.long
def test_a_cancelled_run_goes_on_after_a_restart(open_tab: OpenTab, tmp_path: Path) -> None:
    page = open_tab().page
    cancel = page.get_by_role("button", name="Cancel")  # the only one
    of_many = re.compile(r"([\d,]+) of 400 pictures? (?:is|are) explained")
    with serve(tmp_path) as first:
        page.goto(first.url + "/pick?task=wolves&n=400")
        page.get_by_role("button", name="Explain 400 pictures and pick").click()
        expect(page.get_by_text(re.compile(r"Explained \d+ of 400, .* left"))).to_be_visible()
        cancel.click()
        expect(page.get_by_text(of_many)).to_be_visible()
        n_before = int(re.search(of_many, page.get_by_text(of_many).inner_text())[1])
    assert n_before >= 1
    with serve(tmp_path) as second:
        page.goto(second.url + "/pick?task=wolves&n=400")
        expect(page.get_by_text(of_many)).to_be_visible()
        assert int(re.search(of_many, page.get_by_text(of_many).inner_text())[1]) >= n_before
        page.get_by_role("button", name=re.compile("Pick from these")).click()
        expect(page.get_by_role("heading", name=re.compile("model uses|the pick"))).to_be_visible()
        expect(page.get_by_text("are not explained yet")).to_be_visible()
        settled(page)  # the curve comes last, and moves what is below the button
        page.get_by_role("button", name="Explain the rest").click()
        expect(cancel).to_be_visible()
        cancel.click()


@pytest.mark.long
def test_what_is_brought_is_picked_from_and_what_fails_is_listed(
    server: Server, open_tab: OpenTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/upload")
    page.get_by_text("Texts in a table").click()
    lines = ["text", "Chest pain and sweating", "Repeat prescription please", "Chest pain"]
    page.locator("input[type=file]").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    )
    pick = page.get_by_role("button", name="Pick the most telling ones")
    expect(pick).to_be_visible()
    settled(page)
    pick.click()
    picked(page)
    expect(page.get_by_text("Wrong: the data say")).to_have_count(0)

    there = Store(server.log.parent / "store", max_bytes=1_000_000_000, ttl_seconds=3600)
    monkeypatch.setattr(kept, "store", lambda: there)
    source = kept.keep_texts(["Chest pain and sweating", "   "])  # which Upload would not take
    page = tab.open(f"{server.url}/pick?task=triage&source={source}")
    expect(picked(page)).to_have_text("There is one text: it is the pick.")
    page.get_by_text("1 could not be explained").click()
    expect(page.get_by_text(re.compile("Text 2: "))).to_be_visible()
    expect(page.get_by_role("button", name="Try these again")).to_be_visible()
    assert tab.complaints == []
