import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import (
    OpenTab,
    choose,
    explained,
    no_sideways_scrolling,
    settled,
)
from tests.server import Server

pytestmark = pytest.mark.browser
BOXES = "lines => lines.map(line => line.getBoundingClientRect().toJSON())"


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1400, "light"),
        pytest.param(1400, "dark", marks=pytest.mark.long),
        pytest.param(390, "light", marks=pytest.mark.long),
        (390, "dark"),
    ],
)
def test_home_opens(server: Server, open_tab: OpenTab, width: int, scheme: str) -> None:
    tab = open_tab(width=width, scheme=scheme)
    page = tab.open(server.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_title("LIME Trust Lab")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.complaints == []


@pytest.mark.long
def test_deep_link_as_the_first_request_is_not_blank(
    fresh_server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    page = tab.open(f"{fresh_server.url}/explain")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_title("Explain - LIME Trust Lab")
    assert page.url == f"{fresh_server.url}/explain"
    assert tab.complaints == []


@pytest.mark.long
def test_one_step_back_is_one_place_back(server: Server, open_tab: OpenTab) -> None:
    page = open_tab().open(server.url)
    home = page.get_by_role("heading", level=1, name="Right answer")
    pick = page.get_by_role("heading", level=1, name="Which texts are worth")
    page.get_by_role("button", name="See why").first.click()
    explained(page)
    page.get_by_role("link", name="Pick").click()
    expect(pick).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Home").click()
    expect(home).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Explain").click()  # shows what was looked at last
    explained(page)
    expect(page).to_have_url(re.compile(r"/explain\?.*task=triage"))
    page.go_back()
    expect(home).to_be_visible()
    expect(page).to_have_url(f"{server.url}/")
    settled(page)
    page.go_back()
    expect(pick).to_be_visible()
    settled(page)
    page.go_back()
    explained(page)
    page.go_back()
    expect(home).to_be_visible()
    expect(page).to_have_url(f"{server.url}/")


def test_the_browsers_way_back_takes_back_each_change(server: Server, open_tab: OpenTab) -> None:
    page = open_tab().open(server.url + "/pick?task=triage")
    data = page.get_by_role("combobox", name="Data")
    for source in ("Real use", "Training data"):
        settled(page)
        choose(data, source)
        expect(page).to_have_url(re.compile({"R": "source=field", "T": "source=train"}[source[0]]))
    settled(page)
    page.go_back()
    expect(page).to_have_url(re.compile("source=field"))
    expect(data).to_have_value("Real use")
    settled(page)
    page.go_back()
    expect(data).to_have_value("Test data")


def test_a_phones_menu_closes_after_a_choice(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab(width=390)
    page = tab.open(server.url)
    for screen, title in (("Pick", "worth your time"), ("Upload", "Bring your own")):
        page.get_by_test_id("stExpandSidebarButton").tap()
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=screen).tap()
        expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
        expect(page.get_by_test_id("stSidebarNav")).not_to_be_in_viewport()
        settled(page)
    assert tab.complaints == []


@pytest.mark.parametrize("width", [pytest.param(1400, marks=pytest.mark.long), 390])
def test_each_card_says_the_answer_and_whether_it_is_right(
    server: Server, open_tab: OpenTab, width: int
) -> None:
    page = open_tab(width=width).open(server.url)
    for key in ("triage", "wolves", "flu"):
        card = page.locator(f".st-key-says-{key}")
        told = re.compile(r"The model says .+, .+%\.\s*(It is .+\..*wrong|.*right)$")
        expect(card).to_have_text(told)
        lines = card.locator("p").evaluate_all(BOXES)
        assert all(above["bottom"] <= below["top"] + 1 for above, below in pairwise(lines))
    no_sideways_scrolling(page)


@pytest.mark.long
def test_nothing_moves_when_the_cards_are_filled(fresh_server: Server, open_tab: OpenTab) -> None:
    page = open_tab().page
    page.goto(fresh_server.url)
    buttons = page.get_by_role("button", name="See why")
    expect(buttons).to_have_count(3)
    expect(page.get_by_role("status", name=re.compile("is being asked"))).not_to_have_count(0)
    places = "buttons => buttons.map(each => each.getBoundingClientRect().top)"
    before = buttons.evaluate_all(places)
    expect(page.get_by_text("The model says")).to_have_count(3)
    settled(page)
    assert buttons.evaluate_all(places) == pytest.approx(before, abs=2)


@pytest.mark.long
def test_the_name_is_on_every_screen_and_leads_home(server: Server, open_tab: OpenTab) -> None:
    for width in (1400, 390):
        page = open_tab(width=width).open(server.url + "/pick?task=triage")
        settled(page)
        mark = page.get_by_role("button", name="Navigate to home page")
        mark = mark.filter(has=page.get_by_test_id("stHeaderLogo"))
        named = "mark => getComputedStyle(mark, '::after').content"
        assert mark.evaluate(named) == '"LIME Trust Lab"'
        assert mark.locator("img").evaluate("img => img.naturalWidth") > 0
        for button in (mark, page.get_by_test_id("stMainMenuButton")):
            expect(button).to_be_in_viewport(ratio=1)
        mark.click()
        expect(page.get_by_role("heading", level=1, name="Right answer")).to_be_visible()


@pytest.mark.long
def test_a_copied_link_shows_the_same_and_gives_no_review_away(
    server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = tab.open(server.url + "/explain?task=triage&item=test-60&model=b&off=2")
    explained(page)
    button = page.get_by_role("button", name="Copy link")
    page.locator("h1, h2, h3").first.click()  # the page has the focus
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    expect(button).to_be_visible()  # and is itself again
    tab.open(server.url + "/review?pick=a&reviewer=my-own&at=3")
    button.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{server.url}/review?pick=a"
    assert tab.complaints == []


def test_home_has_no_copy_of_its_bare_address(server: Server, open_tab: OpenTab) -> None:
    page = open_tab().open(server.url)
    expect(page.get_by_role("button", name="See why").first).to_be_visible()
    expect(page.get_by_role("button", name="Copy link")).to_have_count(0)


def test_what_is_drawn_follows_the_theme(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(scheme="light").open(server.url)
    mark = page.locator("mark").first
    expect(mark).to_be_visible()
    settled(page)
    for scheme, colour in (("dark", "241, 133, 60"), ("light", "230, 97, 1")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        solid = page.locator("mark[style*=solid]").first
        expect(solid).to_have_css("border-bottom-color", f"rgb({colour})")
