"""One item with two explanations in a real browser: what is changed is changed for both."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import (
    OpenTab,
    box_of,
    choose_by_keyboard,
    listening,
    no_sideways_scrolling,
    settled,
)
from tests.server import Server

pytestmark = pytest.mark.browser


def compared(page: Page) -> None:
    """Wait for both explanations and the chart that holds them together."""
    expect(page.locator(".st-key-paired-chart .main-svg").first).to_be_visible()
    settled(page)


def test_a_word_is_switched_off_for_both_models(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/compare?task=triage&a=a&b=b&n=8&show=all&row=10")
    compared(page)
    expect(page.get_by_role("heading", name=re.compile("^Both say routine"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Different reasons: \d+% in common$"))).to_be_visible()
    listening(page)
    word = page.locator(".st-key-text-0-chart .barlayer .trace:nth-child(2) .point").nth(3)
    box = box_of(word, scroll=True)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(r"off=\d+"))
    expect(
        page.get_by_text(re.compile("Without .*: Model A .* says .*; Model B .* says"))
    ).to_be_visible()
    expect(page.get_by_text("With your edits:")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Undo").click()
    expect(page).not_to_have_url(re.compile("off="))

    # From the list there is a way on, by keys too.
    page = tab.open(server.url + "/compare?task=triage&a=a&b=b&n=8&show=all")
    page.locator('[class*="st-key-open-"]').get_by_role("button", name="Open").first.click()
    place = page.get_by_text(re.compile(r"^\d+ of 400$"))  # of the card that is first
    expect(place).to_be_visible()
    settled(page)
    number = int(place.inner_text().split()[0])
    page.get_by_role("heading", name=re.compile("say")).click()  # where no key has a meaning
    key, number = ("ArrowRight", number + 1) if number < 400 else ("ArrowLeft", number - 1)
    page.keyboard.press(key)
    expect(page.get_by_text(f"{number} of 400", exact=True)).to_be_visible()
    compared(page)
    page.get_by_role("button", name="Open Model B in Explain").click()
    expect(page).to_have_url(re.compile(r"/explain\?.*model=b"))
    assert tab.complaints == []


@pytest.mark.long
def test_two_pictures_stack_on_a_phone(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab(width=390, scheme="dark")
    page = tab.open(server.url + "/compare?task=wolves&a=a&b=b&n=4&show=all&row=3")
    compared(page)
    for side in (0, 1):  # drawn anew when the page has told how wide it is
        drawn = page.locator(f".st-key-picture-of-{side}-chart .main-svg").first
        expect(drawn).to_have_attribute("width", "358")
    settled(page)
    first, second = (box_of(page.locator(f".st-key-picture-of-{side}-chart")) for side in (0, 1))
    assert first["y"] + first["height"] <= second["y"]
    choose_by_keyboard(page.get_by_role("combobox", name="Regions switched off"))
    expect(page.get_by_text(re.compile("Without .*: Model A .* says .*; Model B"))).to_be_visible()
    no_sideways_scrolling(page)
    assert tab.complaints == []


@pytest.mark.long
def test_a_value_is_edited_for_both_models(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/compare?task=flu&a=a&b=b&n=8&show=all&row=3")
    compared(page)
    field = page.get_by_role("spinbutton", name=re.compile("^patient id"))
    field.fill("200")
    field.press("Enter")
    told = page.get_by_text("With patient id 200 instead of 79216: Model A now says no flu")
    expect(told).to_contain_text("Model B still says no flu (flu 5% as before)")
    expect(page).to_have_url(re.compile("edits="))
    expect(page.locator("del", has_text="79216")).to_be_visible()
    assert tab.complaints == []
