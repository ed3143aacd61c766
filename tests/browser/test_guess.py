"""In a real browser: your guess first, and a word of caution before an answer is believed."""

import io
import re

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Page, expect

from sample_models import load_data, load_model, tasks
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

FINNISH = (
    "Hyvää päivää. Minulla on ollut kova kuume jo kolme päivää ja hengittäminen on vaikeaa. "
    "Pitäisikö minun tulla vastaanotolle tänään?"
)


def commit(page: Page, answer: str) -> None:
    settled(page)
    page.get_by_role("radiogroup").get_by_text(answer, exact=True).click()
    settled(page)
    page.get_by_role("button", name="Commit, and show the model's answer").click()
    explained(page)


def test_guesses_are_scored_item_after_item(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab(width=390, scheme="dark")
    page = tab.open(server.url + "/explain?task=triage&guess=1")
    task, data, model = tasks()["triage"], load_data("triage"), load_model("triage", "a")
    yours = its = 0
    for number, example in enumerate(task.examples[:2], start=1):
        expect(page.get_by_role("heading", name=re.compile("The model says"))).to_have_count(0)
        commit(page, task.class_names[0])
        part = data.split(example.split)
        label = int(part.labels[example.row])
        yours += label == 0
        its += label == int(model([part.instance(example.row)])[0].argmax())
        score = f"Right so far: you {yours} of {number}, the model {its} of {number}."
        expect(page.get_by_text(score)).to_be_visible()
        no_sideways_scrolling(page)
        page.get_by_role("button", name="Next text").click()
        after = task.examples[number]
        expect(page).to_have_url(re.compile(f"item={after.split}-{after.row}"))
    assert "guess=1" in page.url
    assert tab.complaints == []


@pytest.mark.long
def test_a_photograph_is_never_a_husky_without_a_word_of_caution(
    server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/upload")
    page.get_by_text("Pictures", exact=True).click()
    file = io.BytesIO()
    Image.fromarray(skimage.data.astronaut()).save(file, "PNG")
    upload(page, "astronaut.png", file.getvalue())
    asked = page.get_by_role("combobox", name="What should be asked about it?")
    choose(asked, "Is this a husky or a wolf? (Husky or wolf?)")
    page.get_by_role("button", name="Explain", exact=True).click()
    explained(page)
    caution = page.get_by_text("drawings of wolves and huskies only; this looks like none of them")
    expect(caution).to_be_visible()
    reasons = page.get_by_text("Why: the regions")
    above = "(e) => e.getBoundingClientRect().top"
    assert caution.evaluate(above) < reasons.first.evaluate(above)
    assert int(caution.evaluate("e => getComputedStyle(e).fontWeight")) >= 600
    assert tab.complaints == []


@pytest.mark.long
def test_a_text_in_another_language_comes_with_a_word_of_caution(
    server: Server, open_tab: OpenTab
) -> None:
    page = open_tab().open(server.url + "/upload")
    page.get_by_label("Your text").fill(FINNISH)
    page.get_by_role("button", name="Explain", exact=True).click()
    explained(page)
    expect(page.get_by_text("The model knows 2 of these 16 words.")).to_be_visible()
