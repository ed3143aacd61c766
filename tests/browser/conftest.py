"""A real Chromium, driven by Playwright, against a real server."""

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    FilePayload,
    FloatRect,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from scripts.find_chromium import find_chromium
from tests.conditions import PATIENCE, until
from tests.server import Server, serve

FLAGS = [
    "--no-sandbox",  # needed in containers; the only pages it opens are ours
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",  # words are as wide as in a window
]
PATIENCE_MS = 1000 * PATIENCE
TRIES, TRY_MS = 20, 3000  # of what the page may undo when it is drawn anew
expect.set_options(timeout=PATIENCE_MS)
HARMLESS = (
    "Executing inline script violates",  # one of Streamlit's, which our policy blocks
    "the server responded with a status of 404",  # Streamlit looks for itself below a deep link
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What fails in a browser is tried once more: a machine that others use, too, can lose a
    message or a minute. What is broken fails twice; what failed once is named in the summary.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    """A server that has answered nothing yet."""
    with serve(tmp_path) as running:
        yield running


@pytest.fixture(autouse=True)
def no_page_fails(request: pytest.FixtureRequest) -> Iterator[None]:
    """No script of a page ends in an error that nobody has caught; else the log is told."""
    known = ("server", "fresh_server", "slow_server")
    servers: list[Server] = [
        request.getfixturevalue(name) for name in known if name in request.fixturenames
    ]
    starts = [server.log.stat().st_size for server in servers]
    yield
    for server, start in zip(servers, starts, strict=True):
        logged = server.log.read_bytes()[start:].decode(errors="replace")
        assert "Uncaught app execution" not in logged, logged


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ends with the folder's tests: while Playwright runs, its thread can run no other loop."""
    executable = find_chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield chromium
        chromium.close()


class Tab:
    """A page with what it complained about: errors on the console and uncaught exceptions."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda m: self._note(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self._note(str(error)))

    def _note(self, text: str) -> None:
        if not any(known in text for known in HARMLESS):
            self.complaints.append(text)

    def open(self, url: str) -> Page:
        """Go there and wait until the script has run."""
        self.page.goto(url)
        settled(self.page)
        return self.page


OpenTab = Callable[..., Tab]


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[OpenTab]:
    """Opens tabs, each with a profile of its own: `width` 1400 or 390, `scheme` light or dark."""
    contexts: list[BrowserContext] = []

    def open_one(*, width: int = 1400, scheme: Literal["light", "dark"] = "light") -> Tab:
        contexts.append(
            browser.new_context(
                viewport={"width": width, "height": 900 if width > 600 else 844},
                color_scheme=scheme,
                has_touch=width <= 600,
                reduced_motion="reduce",  # a fifth less work for the machine
            )
        )
        contexts[-1].set_default_timeout(PATIENCE_MS)
        return Tab(contexts[-1].new_page())

    yield open_one
    for context in contexts:
        context.close()


def settled(page: Page) -> None:
    """Wait until Streamlit has run the script to its end and has drawn every element."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)  # elements whose code still loads


def explained(page: Page) -> Locator:
    """Wait for the answer and for every figure that goes with it; the headline."""
    headline = page.get_by_role("heading", name=re.compile("The model says"))
    expect(headline).to_be_visible()
    expect(page.locator(".st-key-weights-chart .main-svg").first).to_be_visible()
    expect(page.get_by_text("The address of this page")).to_be_attached()  # the page's last line
    settled(page)
    return headline


def box_of(part: Locator, *, scroll: bool = False) -> FloatRect:
    """Where a part stands, in pixels, scrolled to if asked; waits while it is drawn anew."""
    boxes: list[FloatRect] = []

    def stands() -> bool:
        with contextlib.suppress(Error):  # gone between two looks
            if scroll:
                part.scroll_into_view_if_needed()
            if (box := part.bounding_box()) is not None:
                boxes.append(box)
        return bool(boxes)

    until(stands)
    return boxes[0]


def said_of(page: Page, chart: str) -> str:
    """What a figure says to those who do not see it, once the one before it has gone."""
    figure = page.locator(f".st-key-{chart}-chart [role=figure]")
    alone = "all => all.length === 1 ? all[0].getAttribute('aria-label') ?? '' : null"
    said: list[str] = []

    def stands_alone() -> bool:  # looked at and read at once: the next may be on its way
        if (read := figure.evaluate_all(alone)) is not None:
            said.append(read)
        return bool(said)

    until(stands_alone)
    return said[0]


def listening(page: Page) -> None:
    """Wait until the page's clickable figures answer to clicks: their code loads last."""
    settled(page)
    expect(page.locator("[data-listens-to]").first).to_be_attached()


def upload(page: Page, name: str, data: bytes, *, number: int = 0) -> None:
    """Give a file to the page's first uploader, or to another."""
    settled(page)  # one that is about to go would take it with it
    page.locator("input[type=file]").nth(number).set_input_files(
        FilePayload(name=name, mimeType="application/octet-stream", buffer=data)
    )


def choose_by_keyboard(combobox: Locator) -> None:
    """Choose the first option of a list of which several can be chosen, without a mouse."""
    chosen = combobox.locator("xpath=ancestor::*[@role='group'][1]").locator("[data-tag]")
    for _ in range(TRIES):  # a list that opens while the page is drawn anew closes again
        if combobox.get_attribute("aria-expanded") != "true":
            combobox.press("ArrowDown")
        with contextlib.suppress(AssertionError):
            marked = re.compile(".+")  # the option that Enter would choose
            expect(combobox).to_have_attribute("aria-activedescendant", marked, timeout=TRY_MS)
            combobox.press("Enter")
            expect(chosen.first).to_be_visible(timeout=TRY_MS)
            return


def choose(combobox: Locator, option: str | re.Pattern[str]) -> None:
    """Choose an option of a list by its name."""
    wanted = combobox.page.get_by_role("option", name=option)
    combobox.scroll_into_view_if_needed()
    for _ in range(TRIES):  # as above; a click on a list that is open closes it
        if combobox.get_attribute("aria-expanded") != "true":
            combobox.click()
        with contextlib.suppress(AssertionError):
            expect(wanted).to_be_visible(timeout=TRY_MS)
            break
    wanted.click()


def no_sideways_scrolling(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
