"""How long a person waits, in a real Chromium against a real server, on this machine.

Run with `make bench`. Each number is the median of fresh starts or of repeats; a page counts as
there when what the person came for is drawn.
"""

import argparse
import contextlib
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect, sync_playwright

from scripts.find_chromium import find_chromium
from tests.browser.conftest import FLAGS, settled
from tests.server import serve, until_answers

STARTS = 3
REPEATS = 7
HEADLINE = re.compile("The model says")
TASKS = {"triage": "a", "newsgroups": "a", "wolves": "a", "flu": "a"}
EVIDENCE = re.compile("^(Word|Column)$")


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def drawn(page: Page) -> None:
    """The answer, and the last of the figures that say why."""
    page.get_by_role("heading", name=HEADLINE).wait_for(timeout=60_000)
    page.locator(".st-key-weights-chart .main-svg").first.wait_for(timeout=60_000)


def start(browser: Browser) -> dict[str, float]:
    """A fresh server: until it answers, until Home can be used, until every worker answered."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with serve(Path(folder)) as server:
            up = time.perf_counter() - begun
            page = browser.new_context().new_page()

            def home() -> None:
                page.goto(server.url)
                page.get_by_role("button", name="See why").first.wait_for()

            usable = seconds(home)
            until_answers(f"{server.url}/ready")
            page.context.close()
            return {"server up": up, "Home usable after the first request": usable}


def visits(browser: Browser) -> dict[str, list[float]]:
    """A warm server: explanations that nobody has asked for before, edits, reruns."""
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server:
        page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        for task, model in TASKS.items():
            address = f"{server.url}/explain?task={task}&model={model}"
            page.goto(address)  # the model is loaded once a worker
            drawn(page)
            settled(page)
            for seed in range(1, REPEATS + 1):
                name = f"{task}: explained anew, page load included"

                def visit(url: str = f"{address}&seed={seed}") -> None:
                    page.goto(url)
                    drawn(page)

                found.setdefault(name, []).append(seconds(visit))
                settled(page)
            for number in range(REPEATS):
                found.setdefault(f"{task}: explained anew, in the open page", []).append(
                    _in_the_open_page(page)
                )
                found.setdefault(f"{task}: what-if, from the click to the new answer", []).append(
                    WHAT_IF[task](page, number)
                )
                if page.get_by_role("combobox", name=EVIDENCE).count():
                    found.setdefault(f"{task}: a rerun without work", []).append(_rerun(page))
    return found


def _in_the_open_page(page: Page) -> float:
    """Another seed, typed under Settings."""
    page.get_by_role("button", name="Settings").click()
    seed = page.get_by_role("spinbutton", name="Seed")
    value = int(seed.input_value()) + 1
    seed.fill(str(value))

    def enter() -> None:
        seed.press("Enter")
        expect(page).to_have_url(re.compile(f"seed={value}"))
        settled(page)
        drawn(page)

    spent = seconds(enter)
    page.keyboard.press("Escape")
    settled(page)
    return spent


def _what_if_word(page: Page, number: int) -> float:
    word = page.locator(".st-key-text-chart .barlayer .trace:nth-child(2) .point").nth(number)
    return _what_if_click(page, word, 0.5, 0.5)


def _what_if_region(page: Page, number: int) -> float:
    picture = page.locator("[class*='st-key-picture-'][class*='-chart'] .main-svg").first
    return _what_if_click(page, picture, 0.1 + number / 10, 0.8)


def _what_if_click(page: Page, target: Locator, x: float, y: float) -> float:
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    told = page.get_by_text(re.compile("^Without .*imitation expected"))

    def click() -> None:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        told.wait_for()

    return _then_reset(page, click, told)


def _what_if_value(page: Page, number: int) -> float:
    field = page.get_by_role("spinbutton", name="patient id")
    told = page.get_by_text(re.compile("^With .*imitation expected"))
    field.fill(str(20_000 + number))

    def enter() -> None:
        field.press("Enter")
        told.wait_for()

    return _then_reset(page, enter, told)


def _then_reset(page: Page, change: Callable[[], None], told: Locator) -> float:
    spent = seconds(change)
    settled(page)
    page.get_by_role("button", name="Reset").click()
    told.wait_for(state="detached")
    settled(page)
    return spent


def _rerun(page: Page) -> float:
    """Another component's evidence: the page runs again, and everything is there already."""
    sentence = page.get_by_text(re.compile("^Of the training"))
    before = sentence.inner_text()
    options = page.get_by_role("option")
    for _ in range(10):  # a list that opens while the page is drawn anew closes again
        page.get_by_role("combobox", name=EVIDENCE).click()
        with contextlib.suppress(TimeoutError):
            options.nth(1).wait_for(timeout=1000)
            break
    shown_already = f"“{options.first.inner_text()}" in before
    other = options.nth(1 if shown_already else 0)

    def choose() -> None:
        other.click()
        expect(sentence).not_to_have_text(before)

    spent = seconds(choose)
    settled(page)
    return spent


WHAT_IF = {
    "triage": _what_if_word,
    "newsgroups": _what_if_word,
    "wolves": _what_if_region,
    "flu": _what_if_value,
}


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        starts = [start(browser) for _ in range(STARTS)]
        rows = {name: [run[name] for run in starts] for name in starts[0]} | visits(browser)
        browser.close()
    print("| what | median s | slowest s |\n|---|---|---|")
    for name, times in rows.items():
        print(f"| {name} | {statistics.median(times):.2f} | {max(times):.2f} |")


if __name__ == "__main__":
    main()
