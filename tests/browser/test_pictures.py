"""Pictures in a real browser: the demo, clicks on the right superpixel, what people bring."""

import contextlib
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, TimeoutError, expect
from skimage import data

from lime_engine import ImagePerturber
from lime_engine.subjects import ImageSubject
from sample_models import load_data, tasks
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
from ui.explain.figures.image import image_figure
from ui.shell.widgets import CONFIG

pytestmark = pytest.mark.browser

DEMO = "/explain?task=wolves"
MOST = 0.9  # of the clicks, or more
# What a hand takes from stopping to pressing, in the page's own time: Plotly looks where the mouse
# is every 50 ms, and a page that is busy looks later.
A_MOMENT = "new Promise(done => setTimeout(() => requestAnimationFrame(done), 100))"


def demo_subject() -> ImageSubject:
    task = tasks()["wolves"]
    example = task.examples[0]
    instance = load_data("wolves").split(example.split).instance(example.row)
    return task.image.components(instance)


def png(pixels: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def press_picture(page: Page, x: float, y: float, *, tap: bool = False) -> None:
    """Click (or tap) the picture at a place, each coordinate from 0 to 1."""
    listening(page)
    for _ in range(TRIES):  # the picture may be drawn anew while the hand is on its way
        at = place_on_picture(page, x, y)
        if tap:
            page.touchscreen.tap(*at)
            return
        page.mouse.move(*at)
        # Plotly looks where the mouse is every 50 ms; a hand is slower than that.
        with contextlib.suppress(AssertionError):
            expect(page.locator(".hoverlayer .hovertext").first).to_be_visible(timeout=TRY_MS)
            break
    page.mouse.down()
    page.mouse.up()


def place_on_picture(page: Page, x: float, y: float) -> tuple[float, float]:
    picture = page.locator("[class*='st-key-picture-'][class*='-chart'] .main-svg").first
    box = box_of(picture, scroll=True)
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


@pytest.mark.long
def test_one_click_opens_the_explained_picture(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url)
    page.get_by_role("button", name="See why").nth(1).click()
    explained(page)
    assert "task=wolves" in page.url
    for part in ("Coloured", "Regions switched off", "Take it away"):
        expect(page.get_by_text(part).first).to_be_attached()
    page.get_by_text("How it works", exact=True).click()
    copies = page.get_by_role("img", name=re.compile(r"Copy \d with \d+ regions? off"))
    expect(copies).to_have_count(6)
    assert tab.complaints == []


@pytest.mark.parametrize("n_clicks", [10, pytest.param(40, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "kind", ["wolves", *(pytest.param(k, marks=pytest.mark.long) for k in ("digits", "photograph"))]
)
def test_a_click_finds_the_superpixel_under_it(
    open_tab: OpenTab, tmp_path: Path, kind: str, n_clicks: int
) -> None:
    """The figure alone in a real browser: random places, clicked as a hand would."""
    match kind:
        case "wolves":
            subject = demo_subject()
        case "digits":
            digits = tasks()["digits"]
            subject = digits.image.components(load_data("digits").test.instance(3))
        case _:
            subject = ImagePerturber(n_segments=150).components(data.astronaut())
    height, width = subject.segments.shape
    file = tmp_path / "figure.html"
    figure = image_figure(subject, {0: 0.1, 1: -0.1}, width_px=420, dark=False)
    figure.update_layout(clickmode="event+select")
    figure.write_html(file, div_id="figure", config=CONFIG)
    page = open_tab().page
    page.goto(f"file://{file}")
    page.evaluate(
        "document.getElementById('figure').on('plotly_click',"
        " e => { window.clicked = e.points[0].customdata })"
    )
    box = box_of(page.locator("#figure .main-svg").first)
    right = 0
    for x, y in np.random.default_rng(0).random((n_clicks, 2)):
        page.evaluate("window.clicked = null")
        at = (box["x"] + x * box["width"], box["y"] + y * box["height"])
        page.mouse.move(at[0] - 5, at[1] - 5)  # a hand comes from somewhere
        for _ in range(TRIES):  # Plotly may still be busy with the way of the mouse
            page.mouse.move(*at, steps=3)
            page.evaluate(A_MOMENT)
            page.mouse.click(*at)
            with contextlib.suppress(TimeoutError):
                page.wait_for_function("window.clicked !== null", timeout=500)
                break
        found = page.evaluate("window.clicked")
        right += found == int(subject.segments[int(y * height), int(x * width)])
    print(f"{kind}: {right} of {n_clicks} clicks on the right superpixel")
    assert right >= MOST * n_clicks


def test_a_click_on_a_region_paints_it_over_and_back(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url + DEMO)
    explained(page)
    segments = demo_subject().segments
    region = segments[int(0.9 * 192), int(0.15 * 192)]
    press_picture(page, 0.15, 0.9)
    expect(page).to_have_url(re.compile(rf"off={region}$"))
    expect(page.get_by_text(re.compile(rf"^Without “(\d: |region {region + 1}, )"))).to_be_visible()
    expect(page.get_by_text("By the bars")).to_be_visible()
    press_picture(page, 0.8, 0.1)
    other = segments[int(0.1 * 192), int(0.8 * 192)]
    expect(page).to_have_url(re.compile(rf"off={region}\.{other}$"))
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(re.compile(rf"off={region}$"))
    page.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("off="))
    assert tab.complaints == []


@pytest.mark.long
def test_regions_can_be_chosen_by_keyboard_and_their_number_by_a_slider(
    server: Server, open_tab: OpenTab
) -> None:
    page = open_tab().open(server.url + DEMO)
    explained(page)
    choose_by_keyboard(page.get_by_role("combobox", name="Regions switched off"))
    expect(page).to_have_url(re.compile(r"off=\d+$"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Settings").click()
    slider = page.get_by_role("slider", name="Regions shown")
    slider.press("ArrowLeft")
    expect(page).to_have_url(re.compile("features=5"))
    page.keyboard.press("Escape")
    explained(page)
    assert len(said_of(page, "weights").split("; ")) == 5
    page.get_by_text("Only what counts", exact=True).click()
    expect(page).to_have_url(re.compile("picture=only"))


@pytest.mark.long
def test_three_likeliest_digits_stand_side_by_side(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab()
    page = tab.open(server.url + "/explain?task=digits")
    explained(page)
    pictures = page.locator("[class*='st-key-picture-'][class*='-chart'] .main-svg:first-child")
    expect(pictures).to_have_count(3)
    press_picture(page, 0.55, 0.3)
    expect(page).to_have_url(re.compile(r"off=\d+"))
    assert tab.complaints == []


def bring(page: Page, server: Server) -> None:
    page.goto(server.url + "/upload")
    settled(page)
    page.get_by_text("Pictures", exact=True).click()
    expect(page.get_by_text("PNG, JPEG, WebP or TIFF pictures")).to_be_visible()


@pytest.mark.long
def test_pictures_are_uploaded_in_a_zip_and_survive_a_reload(
    server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    page = tab.page
    bring(page, server)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("cat.png", png(data.chelsea()))
        archive.writestr("notes.txt", "not a picture")
        archive.writestr("../up.png", png(data.chelsea()[:40, :40]))
        archive.writestr("cup.png", png(data.coffee()))
    upload(page, "some.zip", buffer.getvalue())
    expect(page.get_by_text("2 pictures, the first 451 × 300 pixels")).to_be_visible()
    expect(page.get_by_text("notes.txt")).to_be_visible()
    asked = page.get_by_role("combobox", name="What should be asked about it?")
    choose(asked, "Is this a husky or a wolf? (Husky or wolf?)")
    page.get_by_role("button", name="Explain", exact=True).click()
    expect(page).to_have_url(re.compile(r"/explain\?.*task=wolves"))
    headline = explained(page).inner_text()
    assert re.search(r"item=own-[a-z2-7]{26}-0", page.url)
    page.reload()
    assert explained(page).inner_text() == headline
    page.get_by_role("radio", name="cup.png").click()
    expect(page).to_have_url(re.compile(r"item=own-[a-z2-7]{26}-1"))
    explained(page)
    assert tab.complaints == []


@pytest.mark.long
def test_a_picture_on_a_dark_phone(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab(width=390, scheme="dark")
    page = tab.open(server.url + DEMO)
    explained(page)
    no_sideways_scrolling(page)
    press_picture(page, 0.15, 0.9, tap=True)
    expect(page).to_have_url(re.compile(r"off=\d+"))
    no_sideways_scrolling(page)
    assert tab.complaints == []


@pytest.mark.long
def test_the_report_of_a_picture_opens_alone(
    server: Server, open_tab: OpenTab, tmp_path: Path
) -> None:
    page = open_tab().open(server.url + DEMO)
    explained(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Report").click()
    download.value.save_as(tmp_path / "report.html")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"file://{tmp_path}/report.html")
    for name in ("The picture", "The regions that count"):
        shown = page.get_by_role("img", name=name, exact=True)
        assert shown.evaluate("img => img.naturalWidth") > 100  # it is really drawn
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
