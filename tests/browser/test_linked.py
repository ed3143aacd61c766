"""Parts and bars in a real browser: one lights the other; the original, and a larger picture."""

import contextlib
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from sample_models import tasks
from tests.browser.conftest import (
    TRIES,
    TRY_MS,
    OpenTab,
    box_of,
    explained,
    listening,
    no_sideways_scrolling,
    settled,
)
from tests.browser.test_pictures import DEMO, demo_subject, place_on_picture
from tests.server import Server
from tests.ui.figures.test_palette import TEXT as READABLE
from tests.ui.figures.test_palette import contrast, rgb
from ui.explain.figures.text import FONT_PX
from ui.figures import lettering
from ui.workshop.item import Item

pytestmark = pytest.mark.browser

PICTURE = "[class*='st-key-picture-'][class*='-chart']"
CHART = ".st-key-weights-chart"
TEXT = ".st-key-text-chart"
TRIAGE = "/explain?task=triage"


def parts(page: Page, figure: str) -> Locator:
    """The outlines of a figure's parts, once it has them."""
    found = page.locator(f"{figure} .linked-parts path")
    expect(found.first).to_be_attached()
    return found


def lit(page: Page, figure: str) -> Locator:
    return page.locator(f"{figure} .linked-parts path[data-lit]")


def point_at(page: Page, part: Locator) -> None:
    """Move the mouse to the middle of a part's box, as it is on the screen."""
    x, y = part.evaluate(
        """part => {
            part.closest(".js-plotly-plot").scrollIntoView({block: "nearest"})
            const box = part.getBoundingClientRect()
            return [box.x + box.width / 2, box.y + box.height / 2]
        }"""
    )
    page.mouse.move(x, y)


@pytest.mark.parametrize(
    ("url", "item"),
    [
        pytest.param(DEMO + "&picture=colours", PICTURE, marks=pytest.mark.long, id="picture"),
        pytest.param(TRIAGE, TEXT, id="text"),
    ],
)
def test_pointing_at_one_lights_the_other_and_nothing_else(
    server: Server, open_tab: OpenTab, url: str, item: str
) -> None:
    tab = open_tab()
    page = tab.open(server.url + url)
    explained(page)
    listening(page)
    rows, places = parts(page, CHART), parts(page, item)
    names = [row.get_attribute("aria-label") for row in rows.all()]
    if item == PICTURE:
        assert [str(name)[:2] for name in names] == [f"{n}:" for n in range(1, len(names) + 1)]
    expect(lit(page, CHART)).to_have_count(0)
    for n in (0, len(names) - 1):
        part = rows.nth(n).get_attribute("data-part")
        point_at(page, rows.nth(n))
        expect(lit(page, item)).to_have_count(1)
        expect(lit(page, item)).to_have_attribute("data-part", str(part))
        expect(lit(page, CHART)).to_have_attribute("data-part", str(part))
        expect(lit(page, item)).to_have_css("opacity", "1")
    page.mouse.move(2, 2)
    expect(lit(page, item)).to_have_count(0)
    # And the other way: each place of the item has a point within it.
    part = places.first.get_attribute("data-part")
    x, y = places.first.evaluate(
        """part => {
            part.closest(".js-plotly-plot").scrollIntoView({block: "nearest"})
            const box = part.getBBox(), on = part.getScreenCTM()
            for (let i = 1; i < 40; i++) for (let j = 1; j < 40; j++) {
                const at = new DOMPoint(box.x + box.width * i / 40, box.y + box.height * j / 40)
                if (!part.isPointInFill(at)) continue
                const there = at.matrixTransform(on)
                return [there.x, there.y]
            }
        }"""
    )
    page.mouse.move(x, y)
    expect(lit(page, CHART)).to_have_attribute("data-part", str(part))
    assert tab.complaints == []


def test_parts_can_be_reached_and_switched_off_by_keyboard(
    server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    page = tab.open(server.url + DEMO)
    explained(page)
    listening(page)
    first = parts(page, PICTURE).first
    region = first.get_attribute("data-part")
    first.focus()
    expect(lit(page, CHART)).to_have_attribute("data-part", str(region))
    page.keyboard.press("Tab")
    expect(lit(page, CHART)).not_to_have_attribute("data-part", str(region))
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"off={region}$"))
    settled(page)
    # Drawn anew, the figure has the focus where it was: the same key takes it back.
    focused = page.locator(f"{PICTURE} .linked-parts path:focus")
    for _ in range(TRIES):  # a key that comes while it is drawn once more is nobody's
        expect(focused).to_have_attribute("data-part", str(region))
        page.keyboard.press(" ")
        with contextlib.suppress(AssertionError):
            expect(page).not_to_have_url(re.compile("off="), timeout=TRY_MS)
            break
    expect(page).not_to_have_url(re.compile("off="))
    assert tab.complaints == []


@pytest.mark.long
def test_what_counts_is_shown_alone_where_colours_swallow_the_tint_until_somebody_chooses(
    server: Server, open_tab: OpenTab
) -> None:
    task = tasks()["wolves"]
    (example,) = [e for e in task.examples if "autumn" in e.title]
    page = open_tab().open(f"{server.url}{DEMO}&item={Item(example.split, example.row)}")
    explained(page)

    def chosen(name: str) -> Locator:
        return page.locator(
            'button[data-variant="segmented_control"][data-selected="true"]', has_text=name
        )

    expect(chosen("Only what counts")).to_be_visible()
    assert "picture=" not in page.url
    page.get_by_text("Coloured", exact=True).click()
    expect(page).to_have_url(re.compile("picture=colours"))
    explained(page)
    page.reload()
    explained(page)
    expect(chosen("Coloured")).to_be_visible()


@pytest.mark.long
def test_the_original_is_seen_while_the_button_is_pressed(
    server: Server, open_tab: OpenTab
) -> None:
    page = open_tab().open(server.url + DEMO + "&picture=only")
    explained(page)
    settled(page)
    hold = page.get_by_role("button", name="Hold to see the original")
    badges = page.locator(f"{PICTURE} .infolayer").first
    above = page.locator(f"{PICTURE} .layer-above .imagelayer image").first
    expect(above).to_be_visible()
    hold.scroll_into_view_if_needed()
    hold.hover()
    page.mouse.down()
    expect(badges).to_have_css("visibility", "hidden")
    expect(above).to_be_hidden()
    expect(page.locator(f"{PICTURE} .layer-below image").first).to_be_visible()
    page.mouse.up()
    expect(badges).to_have_css("visibility", "visible")
    hold.focus()
    page.keyboard.down(" ")
    expect(badges).to_have_css("visibility", "hidden")
    page.keyboard.up(" ")
    expect(badges).to_have_css("visibility", "visible")


@pytest.mark.long
def test_an_enlarged_picture_answers_to_clicks_where_they_are(
    server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    page = tab.open(server.url + DEMO)
    explained(page)
    listening(page)
    picture = page.locator(f"{PICTURE} .main-svg").first
    before = box_of(picture)
    page.get_by_role("button", name="Larger").click()
    page.get_by_role("button", name="Larger").click()
    expect(page.get_by_text("200%")).to_be_visible()
    after = box_of(picture)
    assert after["width"] == pytest.approx(2 * before["width"], rel=0.02)
    no_sideways_scrolling(page)
    segments = demo_subject().segments
    region = segments[int(0.5 * 192), int(0.4 * 192)]
    x, y = place_on_picture(page, 0.4, 0.5)
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    expect(page.locator(".hoverlayer .hovertext").first).to_be_visible()
    page.mouse.click(x, y)
    expect(page).to_have_url(re.compile(rf"off={region}$"))
    settled(page)
    again = box_of(picture)
    assert (again["x"], again["width"]) == pytest.approx((after["x"], after["width"]), abs=2)
    assert tab.complaints == []


def test_words_are_as_wide_as_the_app_takes_them_to_be(server: Server, open_tab: OpenTab) -> None:
    page = open_tab().open(server.url + TRIAGE)
    explained(page)
    page.evaluate("document.fonts.ready.then(() => true)")
    drawn = page.locator(f"{TEXT} .textpoint text, {TEXT} .text text").evaluate_all(
        "all => all.map(t => [t.textContent, t.getComputedTextLength(), "
        "parseFloat(getComputedStyle(t).fontSize)])"
    )
    words = [(word, wide) for word, wide, px in drawn if px == FONT_PX and len(word) > 3]
    assert len(words) >= 10
    for word, wide in words:
        pairs = zip(word, ["", *word], strict=False)
        ours = FONT_PX * sum(lettering.advance(c, before) for c, before in pairs)
        assert wide == pytest.approx(ours, abs=0.12 * FONT_PX), word


@pytest.mark.long
def test_a_thumb_finds_what_it_has_to_press(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(width=390).open(server.url + DEMO)
    explained(page)
    settled(page)
    for name in ("Hold to see the original", "Larger", "Smaller", "Undo", "Reset"):
        box = box_of(page.get_by_role("button", name=name).first)
        assert min(box["width"], box["height"]) >= 39.5, name
    looks = page.locator('button[data-variant="segmented_control"]')
    for look in looks.all():
        box = look.bounding_box()
        assert box is None or box["height"] >= 39.5


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.long), "dark"])
def test_what_is_said_by_the_way_can_be_read(
    server: Server, open_tab: OpenTab, scheme: str
) -> None:
    page = open_tab(scheme=scheme).open(server.url + TRIAGE)
    explained(page)
    said = page.get_by_test_id("stCaptionContainer").first.locator("p").first
    colour, opacity, behind = said.evaluate(
        """said => {
            let opacity = 1
            for (let at = said; at; at = at.parentElement) opacity *= getComputedStyle(at).opacity
            return [getComputedStyle(said).color, opacity,
                    getComputedStyle(document.querySelector(".stApp")).backgroundColor]
        }"""
    )
    page_colour = rgb(behind)
    own = rgb(colour, page_colour)
    mixed = tuple(opacity * a + (1 - opacity) * b for a, b in zip(own, page_colour, strict=True))
    assert contrast(mixed, page_colour) >= READABLE
    assert opacity < 0.9  # and still not meant to be looked at first
