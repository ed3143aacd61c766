"""Takes the README's pictures anew, of the app as it is: `make screenshots`."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from scripts.find_chromium import find_chromium
from tests.browser.conftest import FLAGS, settled
from tests.server import serve, until_answers

DOCS = Path(__file__).parents[1] / "docs"
SHOTS = (
    ("home-light", "/", "light", 1400, 830),
    ("explain-light", "/explain?task=newsgroups&item=test-83&model=a&off=21", "light", 1400, 900),
    ("explain-picture", "/explain?task=wolves&picture=only", "light", 1400, 1000),
    ("explain-row", "/explain?task=flu&edits=[[0,12345]]", "dark", 1400, 900),
    ("explain-phone-dark", "/explain?task=triage", "dark", 390, 844),
)


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        until_answers(f"{server.url}/ready")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for _, address, _, _, _ in SHOTS[::-1]:  # once before, so that nothing is under way
            _open(browser.new_page(), server.url + address)
        for name, address, scheme, width, height in SHOTS:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page = context.new_page()
            _open(page, server.url + address)
            if "phone" in name:
                page.get_by_role("heading", name="The model says").evaluate(
                    "heading => heading.scrollIntoView()"
                )
                page.wait_for_timeout(500)  # a picture, not a test: let the scrolling end
            page.screenshot(path=DOCS / f"{name}.png")
        _own_data(browser.new_page(viewport={"width": 1400, "height": 1420}), server.url)
        browser.close()


def _own_data(page: Page, url: str) -> None:
    """A table is brought and two models trained on it; what one of them leans on."""
    page.goto(url + "/upload?kind=table")
    page.get_by_role("button", name="Try patients.csv").click()
    page.get_by_role("button", name="Train two models on this").click()
    judged = page.get_by_text("judged on")
    judged.wait_for(timeout=60_000)
    page.reload()  # what was brought is opened again: it takes less height
    judged.wait_for(timeout=60_000)
    settled(page)
    page.wait_for_timeout(500)
    page.screenshot(path=DOCS / "upload-trained.png")
    page.set_viewport_size({"width": 1400, "height": 900})
    page.get_by_role("button", name="Explain a prediction").click()
    _wait(page, "explain")
    page.screenshot(path=DOCS / "explain-own.png")


def _open(page: Page, url: str) -> None:
    page.goto(url)
    _wait(page, url)


def _wait(page: Page, url: str) -> None:
    says = page.get_by_text("The model says")
    says.first.wait_for(timeout=60_000)
    settled(page)
    if "explain" in url:
        page.locator(".st-key-weights-chart .main-svg").first.wait_for()
        edited = page.get_by_text("Asking the model about your edit").first
        edited.wait_for(state="detached", timeout=60_000)
    else:
        says.nth(2).wait_for(timeout=60_000)  # each card's demo
    page.wait_for_timeout(500)


if __name__ == "__main__":
    main()
