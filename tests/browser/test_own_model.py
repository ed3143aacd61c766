"""Models of rows and texts that somebody brings, in a real browser, from the files to reasons."""

import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from sample_models import tasks
from tests.browser.conftest import OpenTab, explained, no_sideways_scrolling, settled, upload
from tests.browser.test_pick import picked, rows
from tests.model_adapters.own import made
from tests.server import Server

pytestmark = pytest.mark.browser


def at_upload(page: Page, server: Server, kind: str) -> None:
    page.goto(f"{server.url}/upload?kind={kind}")
    settled(page)


def test_an_onnx_model_of_rows_goes_from_the_files_to_a_pick_and_reasons(
    server: Server, open_tab: OpenTab
) -> None:
    frame, labels = (part[:24] for part in made.people())
    tab = open_tab()
    page = tab.page
    at_upload(page, server, "table")
    upload(page, "people.csv", frame.assign(answer=labels).to_csv(index=False).encode())
    expect(page.get_by_role("heading", name="A model of your own")).to_be_visible()
    settled(page)
    upload(page, "mine.pt", b"\x80\x02}q\x00.", number=1)
    expect(page.get_by_text("can run any code when opened")).to_contain_text("skops.io.dump")
    settled(page)
    upload(page, "mine.onnx", made.onnx_of_columns(), number=1)
    (answer,) = made.columns_model().predict_proba(frame.iloc[:1])
    best = ("no", "yes")[int(np.argmax(answer))]
    told = page.get_by_text(re.compile("^The first row is to it"))
    expect(told).to_contain_text(f"“{best}”, {max(answer):.0%}")
    settled(page)
    page.get_by_role("button", name="Pick its most telling answers").click()
    expect(page).to_have_url(re.compile("/pick"))
    expect(picked(page)).to_contain_text(re.compile("of what the model uses|it is the pick"))
    rows(page).first.click()
    expect(explained(page)).to_contain_text(re.compile("yes|no"))
    expect(page).to_have_url(re.compile("/explain"))
    assert tab.complaints == []


def test_a_skops_pipeline_of_texts_is_compared_with_one_trained_here_and_a_built_in_one(
    server: Server, open_tab: OpenTab
) -> None:
    texts, labels = made.reviews()
    named = np.array(tasks()["comments"].class_names)[(labels == "good").astype(int)]
    model = made.text_model().fit(texts, named)
    tab = open_tab(width=390, scheme="dark")
    page = tab.page
    at_upload(page, server, "text")
    page.get_by_text("Texts in a table", exact=True).click()
    expect(page.get_by_text("CSV, JSON Lines, Parquet")).to_be_visible()
    settled(page)
    frame = pd.DataFrame({"comment": texts, "label": named})
    upload(page, "reviews.csv", frame.to_csv(index=False).encode())
    expect(page.get_by_role("heading", name="A model of your own")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Train two models on this").click()
    expect(page.locator('[class*="st-key-trained-"] button').first).to_be_visible()
    settled(page)
    upload(page, "mine.skops", made.skops_of(model), number=1)
    expect(page.get_by_text(re.compile("^The first text is to it"))).to_be_visible()
    settled(page)
    no_sideways_scrolling(page)
    ways = page.locator('[class*="st-key-own-"][class*="-compare"] button')
    expect(ways).to_have_count(2)
    for number in range(2):
        ways.nth(number).click()
        expect(page).to_have_url(re.compile("/compare"))
        expect(page.get_by_role("combobox", name="Model 1")).to_have_value(re.compile("mine"))
        expect(page.get_by_text(re.compile("^They give the same answer on ")).first).to_be_visible()
        settled(page)
        page.go_back()
        settled(page)
    assert tab.complaints == []
