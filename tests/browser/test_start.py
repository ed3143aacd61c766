import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab
from tests.server import Server

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_home_opens(server: Server, open_tab: OpenTab, width: int, scheme: str) -> None:
    tab = open_tab(width=width, scheme=scheme)
    page = tab.open(server.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_title("LIME Trust Lab")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.complaints == []


def test_deep_link_as_the_first_request_is_not_blank(
    fresh_server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    page = tab.open(f"{fresh_server.url}/explain")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_title("Explain - LIME Trust Lab")
    assert page.url == f"{fresh_server.url}/explain"
    assert tab.complaints == []
