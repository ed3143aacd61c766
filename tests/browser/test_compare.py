"""Two models on a whole set in a real browser; and that nothing tells which is which when blind."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.browser.conftest import OpenTab, box_of, listening, no_sideways_scrolling, settled
from tests.conditions import until
from tests.server import Server

pytestmark = pytest.mark.browser

AGREE = re.compile(r"^They give the same answer on (all )?\d+")
ONLY = re.compile("^Only: ")


def compared(page: Page) -> Locator:
    """Explain all items if that has not been done, and wait for what comes of it; on how many
    they agree."""
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
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)  # all are explained
    expect(leans).to_be_visible()
    settled(page)
    return page.get_by_text(AGREE)


def cards(page: Page) -> Locator:
    """The most telling items of the list, at most three."""
    return page.locator('[class*="st-key-open-"]').get_by_role("button", name="Open")


def lists(page: Page, n: int) -> None:
    """Wait until the table has so many items, and the cards the first of them."""
    table = page.locator(".st-key-compare-table [role=grid]")
    expect(table).to_have_attribute("aria-rowcount", str(n + 1))  # with its head
    expect(cards(page)).to_have_count(min(n, 3))
    expect(page.get_by_text(re.compile(f"^Listed: {n:,} of "))).to_be_visible()


def no_longer_than(page: Page, screens: int) -> None:
    """Wait until the page is so long at most, figures drawn for its width."""
    tall = """() => { const main = document.querySelector('[data-testid="stMain"]')
      return main.scrollHeight / innerHeight }"""
    settled(page)
    until(lambda: page.evaluate(tall) <= screens)


def click_bar(page: Page, figure: str, number: int) -> None:
    """Click a bar of the figure's first trace, in its middle."""
    bar = page.locator(f".st-key-{figure}-chart .barlayer .trace:nth-child(1) .point").nth(number)
    box = box_of(bar, scroll=True)
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


@pytest.mark.long
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
    expect(page.get_by_text(AGREE)).to_be_visible()
    page.get_by_text("All", exact=True).click()  # works before anything is explained
    lists(page, 400)
    page.get_by_text("Different answers", exact=True).click()
    settled(page)
    say(page, "From these numbers alone", "Model B", "Commit")
    expect(page.get_by_text("You said before looking: Model B")).to_be_visible()
    agreement = compared(page)
    expect(agreement).to_have_text(re.compile(r"on \d+ of 400 texts; of the 1?\d of these"))
    expect(agreement).to_have_text(re.compile(r"(; on|on .*) \w+ of (these|20)"))
    expect(page.get_by_text("in common").first).to_be_visible()
    no_longer_than(page, 3)

    listening(page)
    click_bar(page, "answers", 0)
    only = page.get_by_role("button", name=ONLY)
    expect(only).to_have_text(re.compile("Only: Model A says .*, Model B says"))
    expect(page).to_have_url(re.compile(r"cell=\d\.\d"))
    expect(cards(page).first).to_be_visible()
    settled(page)
    only.click()
    expect(only).to_have_count(0)

    settled(page)
    cells = page.get_by_role("combobox", name="Which texts to list")
    cells.press_sequentially("Model A says urgent, Model B says urgent")
    cells.press("Enter")
    expect(only).to_have_text(re.compile("Model A says urgent, Model B says urgent"))
    n = int(re.search(r"\((\d+)\)", cells.input_value() or "")[1])  # type: ignore[index]
    lists(page, n)

    listening(page)
    click_bar(page, "leans", 0)
    expect(only).to_have_text(re.compile("Only: .* is a reason"))
    expect(cards(page).first).to_be_visible()
    settled(page)
    cards(page).first.click()
    back = page.get_by_role("button", name="Back to the list")
    expect(page).to_have_url(re.compile(r"row=\d"))
    expect(page.get_by_role("heading", name=re.compile("say"))).to_be_visible()
    expect(page.locator(".st-key-paired-chart .main-svg").first).to_be_visible()  # both reasons
    settled(page)
    back.click()
    expect(only).to_have_text(re.compile("Only: .* is a reason"))

    compared(page)
    say(page, "Now that you have seen", "Model A", "Commit")
    expect(page.get_by_text("Your verdict: Model A")).to_be_in_viewport()
    expect(page.get_by_text("That has changed")).to_be_visible()
    looked = re.compile("Looked at before the last word: the list of reasons, .*1 text")
    expect(page.get_by_text(looked)).to_be_visible()
    expect(page.get_by_text(re.compile("^In real use .* right in"))).to_be_visible()
    real = page.locator(".st-key-real-use [role=figure]")
    expect(real).to_have_attribute("aria-label", re.compile("Model A: .* in real use. Model B"))
    page.reload()
    expect(page.get_by_text("Your verdict: Model A")).to_be_visible()
    assert tab.complaints == []


@pytest.mark.long
def test_without_names_nothing_tells_them(server: Server, open_tab: OpenTab) -> None:
    page = open_tab().open(server.url + "/compare?task=triage&n=20")
    expect(page.get_by_text(AGREE)).to_be_visible()
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
    expect(page.get_by_text(AGREE)).to_be_visible()
    compared(page)
    for title in ("Report", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=title, exact=True).click()
        hear(download.value.suggested_filename)
        hear(download.value.path().read_bytes())
    settled(page)
    cards(page).first.click()
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
        b"first version",
        b"later version",
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


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_and_rows_on_a_phone(server: Server, open_tab: OpenTab, scheme: str) -> None:
    task, noun, n = {"light": ("wolves", "picture", 400), "dark": ("flu", "row", 500)}[scheme]
    tab = open_tab(width=390, scheme=scheme)
    page = tab.open(f"{server.url}/compare?task={task}&n=8&show=all")
    expect(compared(page)).to_have_text(re.compile(f"{noun}s"))
    lists(page, n)  # all that both have answered
    if task == "wolves":
        shown = page.get_by_role("img", name="The picture with the regions that count")
        expect(shown).to_have_count(2 * 3)
    no_sideways_scrolling(page)
    no_longer_than(page, 8)
    page.set_viewport_size({"width": 1400, "height": 900})
    no_longer_than(page, 3)
    assert tab.complaints == []


@pytest.mark.long
def test_back_from_an_item_the_list_is_where_it_was(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/compare?task=triage&n=8&show=all")  # nothing need be explained
    lists(page, 400)
    table = page.locator(".st-key-compare-table")
    inner = table.locator(".dvn-scroller")
    settled(page)
    table.scroll_into_view_if_needed()
    inner.evaluate("(inner) => { inner.scrollTop = 5000 }")
    box = box_of(inner)
    page.mouse.click(box["x"] + 80, box["y"] + 200)  # the button of a row, which is drawn
    expect(page).to_have_url(re.compile(r"row=\d"))
    settled(page)
    page.get_by_role("button", name="Back to the list").click()
    expect(page).not_to_have_url(re.compile("row="))
    expect(page.locator(".st-key-compare-table[data-in-sight]")).to_be_in_viewport()
    until(lambda: abs(inner.evaluate("(inner) => inner.scrollTop") - 5000) < 300)
    settled(page)
    box = box_of(inner)
    assert 0 < box["y"] < box["y"] + box["height"] <= 900
    assert tab.complaints == []


def test_costs_are_weighed_on_a_phone(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab(width=390)
    page = tab.open(server.url + "/compare?task=triage&n=8")
    page.get_by_role("radio", name="Costs").click()
    slider = page.get_by_role("slider", name=re.compile("urgent"))
    expect(slider).to_be_visible()
    expect(page).to_have_url(re.compile("board=costs"))
    settled(page)
    costs = page.get_by_text(re.compile(r"^Model [AB]: cost "))
    expect(costs).to_have_count(2)
    before = costs.all_inner_texts()
    slider.press("ArrowRight")
    expect(page).to_have_url(re.compile("cost=10"))
    expect(costs.first).not_to_have_text(before[0])
    settled(page)
    no_sideways_scrolling(page)
    after = costs.all_inner_texts()
    page.reload()
    expect(costs).to_have_text(after)
    assert tab.complaints == []
