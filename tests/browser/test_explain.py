"""The main job in a real browser: open a demo or bring a text, see why, switch words off."""

import contextlib
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from sample_models import load_data, load_model, tasks
from tests.browser.conftest import (
    TRIES,
    TRY_MS,
    OpenTab,
    box_of,
    choose,
    choose_by_keyboard,
    explained,
    listening,
    no_sideways_scrolling,
    said_of,
    settled,
    upload,
)
from tests.server import Server

pytestmark = pytest.mark.browser

DEMO = "/explain?task=triage"
NASTY = (
    "Urgent <script>window.hacked = 1</script> <img src=x onerror='window.hacked = 2'> "
    "![look](http://example.invalid/p.png) **bold** $x$ :red[pain] in my chest"
)


def press_word(page: Page, number: int, *, tap: bool = False) -> None:
    """Click (or tap) the word with this number in the figure, as a hand would: by its place."""
    listening(page)
    word = page.locator(".st-key-text-chart .barlayer .trace:nth-child(2) .point").nth(number)
    x, y = word.evaluate(
        """word => {
            word.scrollIntoView({block: "center"})
            const box = word.getBoundingClientRect()
            return [box.x + box.width / 2, box.y + box.height / 2]
        }"""
    )
    if tap:
        page.touchscreen.tap(x, y)
    else:
        page.mouse.click(x, y)


def keep_busy(page: Page) -> None:
    """A job of many seconds: 10,000 copies of a long text, each place on its own."""
    paste(page, " ".join(f"word{i} pain" for i in range(4000)))
    expect(page).to_have_url(re.compile(r"/explain\?.*item=own"))
    page.goto(page.url + "&samples=10000&components=places")
    expect(page.get_by_role("progressbar")).to_be_visible()


def paste(page: Page, text: str) -> None:
    page.get_by_label("Your text").fill(text)
    page.get_by_role("button", name="Explain", exact=True).click()


@pytest.mark.long
def test_one_click_opens_an_explained_demo(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url)
    page.get_by_role("button", name="See why").first.click()
    explained(page)
    assert "task=triage" in page.url
    for part in ("Words switched off", "What the data says", "Take it away"):
        expect(page.get_by_text(part).first).to_be_attached()
    page.locator(".st-key-how-far button").click()
    expect(page.get_by_text("How far to believe this explanation")).to_be_visible()
    expect(page.get_by_text("Of the texts that the models learned from")).to_be_visible()
    assert tab.complaints == []


def test_a_click_on_a_word_switches_it_off_and_on(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url + DEMO)
    explained(page)
    press_word(page, 5)
    expect(page).to_have_url(re.compile(r"off=\d+"))
    expect(page.get_by_text("By the bars")).to_be_visible()
    press_word(page, 2)
    expect(page).to_have_url(re.compile(r"off=\d+\.\d+"))
    press_word(page, 5)  # on again
    expect(page).to_have_url(re.compile(r"off=\d+$"))
    page.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("off="))
    expect(page.get_by_text("By the bars")).to_have_count(0)
    assert tab.complaints == []


def test_a_wrong_answer_looks_wrong_and_an_edit_changes_the_headline(
    server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    field, predict = load_data("triage").field, load_model("triage", "a")
    said = predict(list(field.instances[:50])).argmax(axis=1)
    row = int(np.flatnonzero(said != field.labels[:50])[0])
    names = tasks()["triage"].class_names
    page = tab.open(f"{server.url}{DEMO}&model=a&item=field-{row}")
    headline = explained(page)
    before = headline.inner_text()
    assert before.startswith(f"The model says {names[said[row]]}, ")
    badge = page.locator(".st-key-headline").get_by_text("labelled")
    expect(badge).to_contain_text(f"wrong: labelled {names[field.labels[row]]}")
    press_word(page, 0)
    expect(headline).to_contain_text(re.compile("→ .*still|→ now|as before"))
    expect(badge).to_contain_text("was wrong")
    expect(page.locator(".st-key-answer-bars").get_by_text(re.compile("^was "))).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(headline).to_have_text(before)
    assert tab.complaints == []


@pytest.mark.parametrize(
    "task", ["triage", *(pytest.param(k, marks=pytest.mark.long) for k in ("wolves", "flu"))]
)
def test_on_a_phone_the_answer_is_in_the_first_screen(
    server: Server, open_tab: OpenTab, task: str
) -> None:
    page = open_tab(width=390).open(f"{server.url}/explain?task={task}")
    headline = explained(page)
    bars = page.locator(".st-key-answer-bars .main-svg").first
    for part in (headline, bars):
        box = box_of(part)
        assert box["y"] + box["height"] <= 844
    no_sideways_scrolling(page)


@pytest.mark.parametrize(
    "task", ["triage", *(pytest.param(k, marks=pytest.mark.long) for k in ("wolves", "flu"))]
)
def test_reading_and_keyboard_order_are_answer_belief_reasons_what_if(
    server: Server, open_tab: OpenTab, task: str
) -> None:
    """On a phone, where all is in one column: how far to believe it is seen before any reason."""
    page = open_tab(width=390).open(f"{server.url}/explain?task={task}")
    explained(page)
    item = {"triage": ".st-key-text-chart", "wolves": "[class*='st-key-picture-'][class*='-chart']"}
    bars, what_if = ".st-key-weights-chart", "[class*='st-key-undo']"
    reasons = [bars, what_if] if task == "flu" else [item[task], what_if, bars]
    parts = [".st-key-headline", ".st-key-answer-bars", ".st-key-how-far", *reasons]
    tops = [box_of(page.locator(part).first)["y"] for part in parts]
    assert tops == sorted(tops)
    # The keyboard goes the same way: nothing has an order of its own.
    assert (
        page.locator("[data-testid=stMain] [tabindex]:not([tabindex='0'],[tabindex='-1'])").count()
        == 0
    )
    in_order = page.evaluate(
        """parts => parts.map(part => document.querySelector(part)).every((at, i, all) => i === 0
            || all[i - 1].compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING)""",
        parts,
    )
    assert in_order


@pytest.mark.long
def test_words_can_be_switched_off_by_keyboard(server: Server, open_tab: OpenTab) -> None:
    page = open_tab().open(server.url + DEMO)
    explained(page)
    choose_by_keyboard(page.get_by_role("combobox", name="Words switched off"))
    expect(page).to_have_url(re.compile(r"off=\d+"))
    page.keyboard.press("Escape")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_enabled()
    undo.press("Enter")
    expect(page).not_to_have_url(re.compile("off="))


@pytest.mark.long
def test_a_copied_link_shows_the_same_to_someone_else(server: Server, open_tab: OpenTab) -> None:
    mine = open_tab().open(server.url + DEMO + "&model=b&features=4&off=2&width=wide")
    theirs = open_tab(scheme="dark")
    headline = explained(mine).inner_text()
    weights = said_of(mine, "weights")
    assert weights.count("+") + weights.count("-") == 4
    page = theirs.open(mine.url)
    assert explained(page).inner_text() == headline
    assert said_of(page, "weights") == weights
    page.reload()
    assert explained(page).inner_text() == headline
    assert theirs.complaints == []


def test_an_upload_is_explained_and_survives_a_reload(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/upload")
    paste(page, "My father cannot move his left arm since an hour and speaks oddly.")
    headline = explained(page).inner_text()
    assert re.search(r"item=own-[a-z2-7]{26}-0", page.url)
    page.reload()
    assert explained(page).inner_text() == headline
    assert tab.complaints == []


@pytest.mark.long
def test_a_table_is_uploaded_column_by_column(server: Server, open_tab: OpenTab) -> None:
    page = open_tab().open(server.url + "/upload")
    page.get_by_text("Texts in a table").click()
    rows = "id;message;label\n1;Chest pain since noon;URGENT\n2;Please renew my cream;\n"
    upload(page, "inbox.csv", rows.encode())
    expect(page.get_by_text("2 texts from 2 rows.")).to_be_visible()
    expect(page.get_by_text("Labels: URGENT (1); 1 without.")).to_be_visible()
    question = page.get_by_role("combobox", name="What should be asked about it?")
    choose(question, "Does this message need a clinician today?")
    page.get_by_role("button", name="Explain", exact=True).click()
    explained(page)
    judged = page.get_by_text(re.compile("(right|wrong): labelled urgent"))
    expect(judged).to_be_visible()
    page.get_by_role("radio", name="2: Please renew my cream").click()
    expect(page).to_have_url(re.compile(r"item=own-[a-z2-7]{26}-1"))
    explained(page)
    expect(judged).to_have_count(0)


def test_a_file_that_is_too_large_is_not_sent(
    server: Server, open_tab: OpenTab, tmp_path: Path
) -> None:
    page = open_tab().open(server.url + "/upload")
    page.get_by_text("Text files (.txt, .zip)").click()
    settled(page)
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(105_000_000)  # which takes no room on the disk
    page.locator("input[type=file]").set_input_files(tmp_path / "a.txt")
    expect(page.get_by_text("100.0MB or smaller").first).to_be_visible()
    page.get_by_role("button", name="Explain", exact=True).click()
    expect(page.get_by_text("There is nothing to explain yet")).to_be_visible()


@pytest.mark.long
def test_the_menu_leads_back_to_what_was_looked_at(server: Server, open_tab: OpenTab) -> None:
    page = open_tab().open(server.url + DEMO + "&model=b&features=4")
    explained(page)
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", level=1, name="Right answer")).to_be_visible()
    page.get_by_role("link", name="Explain").click()
    explained(page)
    for part in ("task=triage", "model=b", "features=4"):
        assert part in page.url
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("spinbutton", name="Words shown")).to_have_value("4")


def test_what_was_typed_is_not_lost(server: Server, open_tab: OpenTab) -> None:
    page = open_tab().open(server.url + "/upload")
    page.get_by_label("Your text").fill("?!?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("has no words")).to_be_visible()
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", level=1, name="Right answer")).to_be_visible()
    page.get_by_role("link", name="Upload").click()
    expect(page.get_by_label("Your text")).to_have_value("?!?")


def test_cancel_works_and_starting_again_too(server: Server, open_tab: OpenTab) -> None:
    page = open_tab().open(server.url + "/upload")
    keep_busy(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("cancelled. Nothing was lost")).to_be_visible()
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("cancelled. Nothing was lost")).to_be_visible()


@pytest.mark.long
def test_a_second_person_is_not_blocked(server: Server, open_tab: OpenTab) -> None:
    busy = open_tab().open(server.url + "/upload")
    keep_busy(busy)
    page = open_tab().open(server.url + DEMO + "&seed=77")
    explained(page)
    expect(busy.get_by_role("progressbar")).to_be_visible()  # still at work
    busy.get_by_role("button", name="Cancel").click()
    expect(busy.get_by_text("cancelled. Nothing was lost")).to_be_visible()


def test_text_is_data_wherever_it_is_shown(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    outside: list[str] = []
    tab.page.on(
        "request",
        lambda r: (
            None if r.url.startswith((server.url, "data:", "blob:")) else outside.append(r.url)
        ),
    )
    page = tab.open(server.url + "/upload")
    asked = page.get_by_role("combobox", name="What should be asked about it?")
    choose(asked, "Does this message need a clinician today?")  # its models know no "script"
    settled(page)
    paste(page, NASTY)
    explained(page)
    page.get_by_text("As text, to select").click()
    expect(page.locator(".st-key-text-chart")).to_have_count(0)
    real = page.get_by_test_id("stHtml").filter(has_text="<script>window")
    expect(real).to_be_visible()
    page.get_by_text("As text, to select").click()
    explained(page)
    page.get_by_text("How it works", exact=True).click()
    expect(page.get_by_text("A copy", exact=True)).to_be_visible()
    press_word(page, 1)
    expect(page.get_by_text("By the bars")).to_be_visible()
    expect(page.get_by_text("![look](http://example.invalid/p.png)").first).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert outside == []
    assert tab.complaints == []


@pytest.mark.long
def test_five_thousand_words_are_shown_part_by_part(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/upload")
    paste(
        page,
        " ".join(
            ["The pain came back tonight and", "I took two tablets"][i % 2] for i in range(1000)
        ),
    )
    explained(page)
    no_sideways_scrolling(page)
    first_words = page.locator(".st-key-text-chart text").first.text_content() or ""
    page.get_by_test_id("stPaginationPage").first.click()  # the next one
    expect(page.locator(".st-key-text-chart text").first).not_to_have_text(first_words)
    assert tab.complaints == []


@pytest.mark.long
def test_a_long_text_is_opened_whole_and_stands_once_as_real_text(
    server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/upload")
    paste(page, "The pain came back tonight and I took two tablets. " * 40 + "It is the end.")
    explained(page)
    last = page.locator(".st-key-text-chart text").filter(has_text="end")
    expect(last).to_have_count(0)
    expect(page.locator("[class*='st-key-text-faded']")).to_be_visible()
    page.get_by_role("button", name=re.compile("^.*Show all")).click()
    expect(last).to_have_count(1)
    expect(page.locator("[class*='st-key-text-faded']")).to_have_count(0)
    page.get_by_text("As text, to select").click()
    expect(page.locator(".st-key-text-chart")).to_have_count(0)
    real = page.locator("[data-testid=stHtml]").filter(has_text="It is the end.")
    expect(real).to_have_count(1)
    real.evaluate("text => getSelection().selectAllChildren(text)")
    assert "It is the end." in page.evaluate("getSelection().toString()")
    assert tab.complaints == []


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.long), "dark"])
def test_a_phone_needs_no_sideways_scrolling(
    server: Server, open_tab: OpenTab, scheme: str
) -> None:
    tab = open_tab(width=390, scheme=scheme)
    page = tab.open(server.url + DEMO)
    explained(page)
    no_sideways_scrolling(page)
    press_word(page, 3, tap=True)
    expect(page).to_have_url(re.compile(r"off=\d+"))
    no_sideways_scrolling(page)
    background = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    red = int(re.findall(r"\d+", background)[0])
    assert (red < 60) == (scheme == "dark")
    assert tab.complaints == []


@pytest.mark.long
def test_an_explanation_as_the_first_request_of_a_fresh_server(
    fresh_server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    page = tab.open(fresh_server.url + DEMO + "&model=b&features=3")
    explained(page)
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("spinbutton", name="Words shown")).to_have_value("3")
    assert tab.complaints == []


@pytest.mark.long
def test_the_report_is_one_file_that_opens_alone(
    server: Server, open_tab: OpenTab, tmp_path: object
) -> None:
    tab = open_tab()
    page = tab.open(server.url + DEMO)
    headline = explained(page).inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Report").click()
    path = f"{tmp_path}/report.html"
    download.value.save_as(path)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"file://{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text(headline)
    assert requests == [f"file://{path}"]
    assert page.locator("script").count() == 0


@pytest.mark.long
def test_what_a_figure_says_of_a_point_hides_neither_it_nor_what_is_beside_it(
    server: Server, open_tab: OpenTab
) -> None:
    page = open_tab().open(server.url + "/explain?task=triage")
    explained(page)
    bar = page.locator(".st-key-weights-chart .barlayer .point").nth(1)
    here = box_of(bar, scroll=True)
    label = page.locator(".st-key-weights-chart .hovertext")
    for _ in range(TRIES):  # as in `conftest.choose`
        page.mouse.move(here["x"] + here["width"] / 2, here["y"] + here["height"] / 2)
        with contextlib.suppress(AssertionError):
            expect(label).to_be_visible(timeout=TRY_MS)
            break
        page.mouse.move(0, 0)
    ends_above = """([label, y]) => label.getBoundingClientRect().bottom <= y"""
    page.wait_for_function(ends_above, arg=[label.element_handle(), here["y"] + 1])
    lines = label.locator("tspan.line").all()
    box, last = box_of(label.locator("path")), box_of(lines[-1])
    assert last["y"] + last["height"] <= box["y"] + box["height"] + 1  # the words are in the box
