"""Rows of a table in a real browser: the demo, values edited in place, and what people bring."""

import re

import pytest
from playwright.sync_api import Page, expect

from sample_models import load_data
from tests.browser.conftest import (
    OpenTab,
    choose,
    explained,
    no_sideways_scrolling,
    settled,
    upload,
)
from tests.server import Server

pytestmark = pytest.mark.browser

DEMO = "/explain?task=flu"


@pytest.mark.long
def test_one_click_opens_the_explained_row(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url)
    page.get_by_role("button", name="See why").nth(2).click()
    explained(page)
    assert "task=flu" in page.url
    for part in ("What if a value were different?", "Where does a value lie?"):
        expect(page.get_by_text(part)).to_be_visible()
    expect(
        page.get_by_text(re.compile("^Of the rows that the models learned from, “patient id > "))
    ).to_be_visible()
    page.get_by_text("How it works", exact=True).click()
    expect(page.get_by_text("Copy 6")).to_be_visible()
    assert tab.complaints == []


def test_a_value_is_edited_in_place_and_reset(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url + DEMO)
    headline = explained(page).inner_text()
    assert "flu" in headline
    field = page.get_by_role("spinbutton", name="patient id")
    before = field.input_value()
    field.fill("12345")
    field.press("Enter")
    expect(page).to_have_url(re.compile("edits=%5B%5B0%2C12345"))
    told = page.get_by_text(re.compile(f"^With patient id 12345 instead of {before}"))
    expect(told).to_be_visible()
    expect(page.get_by_role("heading", name="The model says")).to_contain_text("now no flu")
    page.reload()
    explained(page)
    expect(page.get_by_role("spinbutton", name="patient id")).to_have_value("12345")
    choose(page.get_by_role("combobox", name="cough"), "with phlegm")
    expect(page.get_by_text(re.compile("cough with phlegm instead of"))).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("edits="))
    expect(page.get_by_role("spinbutton", name="patient id")).to_have_value(before)
    expect(page.get_by_text("Change a value, and see what the model says")).to_be_visible()
    assert tab.complaints == []


def bring(page: Page, server: Server) -> None:
    page.goto(server.url + "/upload")
    settled(page)
    page.get_by_text("Rows of a table", exact=True).click()
    page.get_by_text("A table with a diagnosis").wait_for()
    settled(page)
    question = page.get_by_role("combobox", name="What should be asked about it?")
    choose(question, "Does this patient have the flu?")
    page.get_by_text("Fill in one row").wait_for()
    settled(page)


def flu_csv() -> str:
    rows = load_data("flu").test.instances.head(3)
    return str(rows.to_csv(index=False))


@pytest.mark.long
def test_one_row_is_filled_in(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.page
    bring(page, server)
    temperature = page.get_by_role("spinbutton", name="temperature")
    temperature.fill("39.7")
    temperature.press("Enter")
    settled(page)
    page.get_by_role("button", name="Explain", exact=True).click()
    expect(page).to_have_url(re.compile(r"/explain\?.*task=flu"))
    headline = explained(page).inner_text()
    page.reload()
    assert explained(page).inner_text() == headline
    other = page.get_by_text(re.compile(r"^The other \d+ values"))
    if page.get_by_role("spinbutton", name="temperature").count() == 0:
        other.click()
    expect(page.get_by_role("spinbutton", name="temperature")).to_have_value("39.7")
    assert tab.complaints == []


@pytest.mark.long
def test_a_csv_with_the_models_columns_is_explained_row_by_row(
    server: Server, open_tab: OpenTab
) -> None:
    page = open_tab().page
    bring(page, server)
    page.get_by_text("A table (.csv, .xlsx)", exact=True).click()
    page.get_by_text("Columns: patient id").wait_for()
    header, *lines = flu_csv().splitlines()
    wide = "\n".join([header + ",shoe size", *(line + ",42" for line in lines)])
    upload(page, "patients.csv", wide.encode())
    expect(page.get_by_text("3 rows.")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="shoe size")).to_be_visible()
    page.get_by_role("button", name="Explain", exact=True).click()
    expect(page).to_have_url(re.compile(r"/explain\?.*task=flu"))
    explained(page)
    page.get_by_role("radio", name=re.compile("^3: ")).click()
    expect(page).to_have_url(re.compile(r"item=own-[a-z2-7]{26}-2"))
    explained(page)


@pytest.mark.long
def test_a_row_on_a_phone(server: Server, open_tab: OpenTab) -> None:
    """Light: the second look is tried on a dark one."""
    tab = open_tab(width=390)
    page = tab.open(server.url + DEMO)
    explained(page)
    no_sideways_scrolling(page)
    assert tab.complaints == []
