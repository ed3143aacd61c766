"""Participants' phones, by keyboard alone, light and dark; and a study from its pick to its ZIP."""

import re
import zipfile

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, OpenTab, choose, settled
from tests.browser.test_pick import picked
from tests.server import Server
from tests.trust_study import acts
from tests.trust_study.studies import study
from tests.ui.figures.test_palette import TEXT as READABLE
from tests.ui.figures.test_palette import contrast, rgb
from trust_study.store import answering, people, studies
from trust_study.store.database import Database

pytestmark = pytest.mark.browser

COLOURS = """part => {
    const style = getComputedStyle(part), page = getComputedStyle(document.body);
    return [style.color, style.backgroundColor, page.backgroundColor];
}"""

BROKEN_WORDS = """() => [...document.querySelectorAll("td, th")].flatMap(cell => {
    const text = cell.firstChild, words = [...(text?.data ?? "").matchAll(/\\S+/g)];
    return words.filter(word => {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        return new Set([...range.getClientRects()].map(box => box.top)).size > 1;
    }).map(word => word[0]);
})"""


def choose_the_first_of_each(page: Page) -> None:
    """By keyboard: to each question, its first answer, and to the button."""
    for _ in range(page.locator("fieldset").count()):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_by_keyboard_alone(server: Server, browser: Browser, scheme: str) -> None:
    file = server.log.parent / "studies" / "studies.db"
    database = Database(f"sqlite:///{file}")
    made = study(n_items=1, arms=("lime",), labels=("thoroughly routine", "exceptionally urgent"))
    kept = acts.launched(database, made)
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        color_scheme="dark" if scheme == "dark" else "light",
        has_touch=True,
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        page.goto(f"{server.url}/s/{kept.code}")
        page.reload()
        assert people.of_study(database, kept.id) == []
        for heading in ("Messages to a clinic", "Your own answer", "What the model says"):
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)
            assert page.evaluate("document.documentElement.scrollWidth") == 360
            for part in page.locator("h1, button, legend, label, a, p, mark").all():
                text, own, behind = part.evaluate(COLOURS)
                ground = rgb(own, rgb(behind))
                assert contrast(rgb(text), ground) >= READABLE, (part, text, own, behind)
            choose_the_first_of_each(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
        expect(page.get_by_text(kept.study.completion_code)).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
        studies.reveal(database, kept.id)
        page.reload()
        expect(page.get_by_text("1. pain since Monday")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert page.evaluate(BROKEN_WORDS) == []
    finally:
        context.close()
    assert complaints == []
    answers = answering.of_study(database, kept.id)
    assert [answer.step.stage for answer in answers] == ["consent", "own", "final"]
    assert all(answer.client["milliseconds"] > 0 for answer in answers[1:])
    database.close()


def play(page: Page, link: str, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Take part to the end; what was said, the fields' names and values in their order."""
    said: list[tuple[str, str]] = []
    page.goto(link)
    heading = page.get_by_role("heading", level=1)
    while heading.inner_text() != "Thank you":
        for question in page.locator("fieldset").all():
            options = question.locator("label").all()
            chosen = options[rng.integers(len(options))]
            chosen.click()
            ticked = chosen.locator("input")
            said.append(tuple(map(str, map(ticked.get_attribute, ("name", "value")))))
        with page.expect_navigation():
            page.get_by_role("button").click()
    expect(page.get_by_text("All your answers are stored.")).to_be_visible()
    return said


def test_from_a_pick_by_three_phones_to_what_pandas_reads(
    server: Server, open_tab: OpenTab, browser: Browser
) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/pick?task=flu&n=8&budget=3")
    picked(page)
    page.get_by_role("button", name="Make a study of these").click()
    expect(page).to_have_url(re.compile("/study.*draft="))
    settled(page)
    choose(page.get_by_role("combobox", name=re.compile("Items")), re.compile("^4$"))
    page.get_by_role("button", name="Launch").click()
    expect(page).to_have_url(re.compile("/study.*host="))
    settled(page)
    link = page.locator("code").filter(has_text="/s/").inner_text()
    rng = np.random.default_rng(0)
    said = []
    for has_script in (True, True, False):
        context = browser.new_context(
            viewport={"width": 390, "height": 844},
            has_touch=True,
            java_script_enabled=has_script,
        )
        context.set_default_timeout(PATIENCE_MS)
        said.append(play(context.new_page(), link, rng))
        context.close()
    number = page.get_by_test_id("stMetric").filter(has_text="Finished")
    expect(number.get_by_test_id("stMetricValue")).to_have_text("3")
    # Nobody has touched the host's page since the launch.
    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    expect(page.get_by_text("3 people have joined: 3 finished")).to_be_visible()
    page.get_by_role("button", name="Lock").click()
    page.get_by_role("button", name="Lock for good").click()
    expect(page.get_by_text("Locked: nobody can join or answer any more")).to_be_visible()
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    with zipfile.ZipFile(download.value.path()) as packed:
        long = pd.read_csv(packed.open("long.csv"), dtype=str)
    in_order = ["participant", "step"]
    told = long.dropna(subset=["field"]).sort_values(in_order, key=lambda text: text.astype(int))
    for number, (_, theirs) in enumerate(told.groupby("participant")):
        assert [*zip(theirs["field"], theirs["value"], strict=True)] == said[number]
    assert {*long["arm"]} == {"answer", "lime", "placebo"}
    assert tab.complaints == []
