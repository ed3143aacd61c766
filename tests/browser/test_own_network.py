"""A network that somebody brings, in a real browser: proposed, tried, then explained."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from skimage import data

from model_adapters import inspect_network, load_network
from tests.browser.conftest import (
    OpenTab,
    box_of,
    choose,
    explained,
    no_sideways_scrolling,
    settled,
    upload,
)
from tests.model_adapters.networks import tensorflow_like, torch_like
from tests.server import Server

pytestmark = pytest.mark.browser

NAMES = {"classes": '["astronaut <b>", "rocket", "moon", "sea"]'}


def photograph() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(data.astronaut()).save(buffer, "PNG")
    return buffer.getvalue()


def bring(page: Page, server: Server, network: bytes) -> None:
    page.goto(server.url + "/upload")
    settled(page)
    page.get_by_text("Pictures", exact=True).click()
    expect(page.get_by_text("PNG, JPEG, WebP or TIFF pictures")).to_be_visible()
    upload(page, "astronaut.png", photograph())
    expect(page.get_by_text("One picture, 512 × 512 pixels")).to_be_visible()
    settled(page)
    asked = page.get_by_role("combobox", name="What should be asked about it?")
    choose(asked, "A network of your own (ONNX)")
    expect(page.get_by_text("Your network: an image classifier")).to_be_visible()
    settled(page)
    upload(page, "mine.onnx", network, number=1)


def test_a_network_of_ones_own_is_tried_and_explained(server: Server, open_tab: OpenTab) -> None:
    """From another exporter: channels last, bytes, one picture at a time, names inside."""
    file = tensorflow_like(NAMES)
    tab = open_tab()
    page = tab.page
    bring(page, server, file)
    expect(page.get_by_text("knows 4 classes")).to_be_visible()
    direct = load_network(file, inspect_network(file).proposed)
    try:
        answer = direct(data.astronaut()[None])[0]
    finally:
        direct.close()
    best = ("astronaut <b>", "rocket", "moon", "sea")[int(np.argmax(answer))]
    told = page.get_by_text(re.compile(r"^“astronaut.png” is to it a "))
    expect(told).to_contain_text(best)
    page.get_by_text("Size, shape, colours, output, names").click()
    names = page.get_by_role("textbox", name="Names of the classes, one a line")
    expect(names).to_have_value("astronaut <b>\nrocket\nmoon\nsea")
    settled(page)
    page.get_by_role("button", name="Explain", exact=True).click()
    expect(page).to_have_url(re.compile(r"/explain\?task=own-[a-z2-7]{26}&"))
    headline = explained(page)
    expect(headline).to_contain_text(best)
    page.reload()
    expect(explained(page)).to_contain_text(best)
    assert tab.complaints == []


@pytest.mark.long
def test_bringing_a_network_on_a_phone(server: Server, open_tab: OpenTab) -> None:
    tab = open_tab(width=390, scheme="dark")
    bring(tab.page, server, torch_like(64, 64))
    expect(tab.page.get_by_text("is to it a")).to_be_visible()
    table = tab.page.get_by_role("region", name="Answers under each way")
    assert box_of(table.get_by_role("img"), scroll=True)["width"] == pytest.approx(48, abs=1)
    assert table.evaluate("e => e.scrollWidth > e.clientWidth")  # it is leafed through by itself
    no_sideways_scrolling(tab.page)
    assert tab.complaints == []
