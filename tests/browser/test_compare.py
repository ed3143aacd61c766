"""Two models on a whole set in a real browser; and that nothing tells which is which when blind."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.browser.conftest import OpenTab, listening, no_sideways_scrolling, settled
from tests.server import Server

pytestmark = pytest.mark.browser

AGREE = re.compile(r"^They give the same answer on (all )?\d+")
ONLY = re.compile("^Only: ")


def compared(page: Page) -> Locator:
    """Explain all items if that has not been done, and wait for what comes of it; the headline."""
    settled(page)
    start = page.get_by_role("button", name=re.compile(r"^Explain \d+ "))
    reasons = page.get_by_role("button", name="Show the reasons")
    leans = page.locator(".st-key-leans-chart .main-svg").first
    for ahead in (start, reasons):  # the second, unless something has been said or looked at
        expect(ahead.or_(reasons).or_(leans).first).to_be_visible()
        if ahead.is_visible():
            settled(page)
            ahead.click()
            expect(ahead).to_have_count(0)
    expect(leans).to_be_visible()
    settled(page)
    return page.get_by_role("heading", name=AGREE)


def rows(page: Page) -> Locator:
    """The items in the list."""
    return page.locator('[class*="st-key-open-"]').get_by_role("button", name="Open")


def click_bar(page: Page, figure: str, number: int) -> None:
    """Click a bar of the figure's first trace, in its middle."""
    bar = page.locator(f".st-key-{figure}-chart .barlayer .trace:nth-child(1) .point").nth(number)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def say(page: Page, question: str, word: str, button: str) -> None:
    """Give a verdict."""
    asked = page.get_by_role("radiogroup", name=re.compile(question))
    asked.get_by_text(word, exact=True).click()
    page.get_by_role("button", name=button, exact=True).click()


READABLE = """(chosen) => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number)
  const over = ([r, g, b, a = 1], under) => [r, g, b].map((c, i) => a * c + (1 - a) * under[i])
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const fields = []
  for (let at = chosen; at; at = at.parentElement) fields.unshift(getComputedStyle(at))
  const field = fields.reduce((f, s) => over(numbers(s.backgroundColor), f), [255, 255, 255])
  const ink = over(numbers(getComputedStyle(chosen.querySelector("p")).color), field)
  const [high, low] = [light(ink), light(field)].sort((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_chosen_can_be_read(server: Server, open_tab: OpenTab, scheme: str) -> None:
    page = open_tab(scheme=scheme).open(server.url + "/compare?task=triage&n=8&show=all")
    chosen = page.get_by_role("radio", name="All", exact=True)
    expect(chosen).to_be_checked()
    settled(page)
    assert chosen.evaluate(READABLE) >= 4.5
    expect(page.get_by_role("button", name=re.compile("^Help for [^*]+$")).first).to_be_attached()
    expect(page.get_by_role("button", name=re.compile("[*]{2}"))).to_have_count(0)


def test_a_set_is_compared_narrowed_opened_and_judged(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/compare?task=triage&n=20")
    expect(page.get_by_role("heading", name=AGREE)).to_be_visible()
    page.get_by_text("All", exact=True).click()  # works before anything is explained
    expect(rows(page)).to_have_count(10)
    page.get_by_text("Different answers", exact=True).click()
    settled(page)
    say(page, "From these numbers alone", "Model B", "Commit")
    expect(page.get_by_text("You said before looking: Model B")).to_be_visible()
    headline = compared(page)
    expect(headline).to_have_text(re.compile(r"on \d+ of 400 texts; of the 1?\d of these"))
    expect(headline).to_have_text(re.compile(r"(; on|on .*) \w+ of (these|20)"))
    expect(page.get_by_text("in common").first).to_be_visible()

    listening(page)
    click_bar(page, "answers", 0)
    only = page.get_by_role("button", name=ONLY)
    expect(only).to_have_text(re.compile("Only: Model A says .*, Model B says"))
    expect(page).to_have_url(re.compile(r"cell=\d\.\d"))
    expect(rows(page).first).to_be_visible()
    settled(page)
    only.click()
    expect(only).to_have_count(0)

    settled(page)
    cells = page.get_by_role("combobox", name="Which texts to list")
    cells.press_sequentially("Model A says urgent, Model B says urgent")
    cells.press("Enter")
    expect(only).to_have_text(re.compile("Model A says urgent, Model B says urgent"))
    n = int(re.search(r"\((\d+)\)", cells.input_value() or "")[1])  # type: ignore[index]
    expect(rows(page)).to_have_count(min(n, 10))

    listening(page)
    click_bar(page, "leans", 0)
    expect(only).to_have_text(re.compile("Only: .* is a reason"))
    expect(rows(page).first).to_be_visible()
    settled(page)
    rows(page).first.click()
    back = page.get_by_role("button", name="Back to the list")
    expect(page).to_have_url(re.compile(r"row=\d"))
    expect(page.get_by_role("heading", name=re.compile("say"))).to_be_visible()
    expect(page.locator(".st-key-paired-chart .main-svg").first).to_be_visible()  # both reasons
    settled(page)
    back.click()
    expect(only).to_have_text(re.compile("Only: .* is a reason"))

    compared(page)
    say(page, "Now that you have seen", "Model A", "Commit")
    expect(page.get_by_text("Your verdict: Model A")).to_be_visible()
    expect(page.get_by_text("That has changed")).to_be_visible()
    looked = re.compile("Looked at before the last word: the list of reasons, .*1 text")
    expect(page.get_by_text(looked)).to_be_visible()
    expect(page.get_by_text(re.compile("^In real use"))).to_be_visible()
    page.reload()
    expect(page.get_by_text("Your verdict: Model A")).to_be_visible()
    assert tab.complaints == []


def test_without_names_nothing_tells_them(server: Server, open_tab: OpenTab) -> None:
    page = open_tab().open(server.url + "/compare?task=triage&n=20")
    expect(page.get_by_role("heading", name=AGREE)).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Hide the names").click()
    expect(page).to_have_url(re.compile("blind="))
    expect(page.get_by_text("The names are hidden")).to_be_visible()
    query = urlsplit(page.url).query

    tab = open_tab()  # a profile that has seen nothing else
    page, heard = tab.page, list[bytes]()

    def hear(payload: str | bytes) -> None:
        heard.append(payload.encode() if isinstance(payload, str) else payload)

    def tap(socket: WebSocket) -> None:
        socket.on("framereceived", hear)
        socket.on("framesent", hear)

    page.on("websocket", tap)
    page.on("request", lambda request: hear(request.url))
    page.goto(f"{server.url}/compare?{query}")
    expect(page.get_by_role("heading", name=AGREE)).to_be_visible()
    compared(page)
    for title in ("Report", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=title, exact=True).click()
        hear(download.value.suggested_filename)
        hear(download.value.path().read_bytes())
    settled(page)
    rows(page).first.click()
    expect(page.get_by_role("heading", name=re.compile("say"))).to_be_visible()
    settled(page)
    hear(page.content())
    page.get_by_role("button", name="Back to the list").click()
    compared(page)
    hear(page.content())
    everything = b"\n".join(heard)
    assert b"Model 1" in everything
    for name in (
        b"Model A",
        b"Model B",
        b"triage/a",
        b"triage/b",
        b"Learned from",
        b"stamp at the",
    ):
        assert name not in everything

    say(page, "Now that you have seen", "Model 2", "Commit, and show the names")
    expect(
        page.get_by_text(re.compile("Model 1 was Model [AB], Model 2 was Model"))
    ).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Begin afresh").click()
    expect(page.get_by_role("combobox", name="Model 1")).to_be_visible()
    assert tab.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_and_rows_on_a_phone(server: Server, open_tab: OpenTab, scheme: str) -> None:
    task, noun = {"light": ("wolves", "picture"), "dark": ("flu", "row")}[scheme]
    tab = open_tab(width=390, scheme=scheme)
    page = tab.open(f"{server.url}/compare?task={task}&n=8&show=all")
    expect(compared(page)).to_have_text(re.compile(f"{noun}s"))
    expect(rows(page)).to_have_count(10)  # a page of all that both have answered
    if task == "wolves":
        shown = page.get_by_role("img", name="The picture with the regions that count")
        expect(shown).to_have_count(2 * 8)  # of those that are explained
    no_sideways_scrolling(page)
    assert tab.complaints == []
