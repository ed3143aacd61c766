"""From a file with labels to models that were trained on it, in a real browser."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from PIL import Image
from playwright.sync_api import Page, expect
from skimage import data

from sample_models import load_data
from tests.browser.conftest import (
    OpenTab,
    choose,
    choose_by_keyboard,
    explained,
    settled,
    upload,
)
from tests.browser.test_compare import compared, say
from tests.browser.test_pick import picked
from tests.browser.test_review import at_pick
from tests.server import Server

pytestmark = pytest.mark.browser

TRAIN = "Train two models on this"


def bring(page: Page, server: Server, kind: str) -> None:
    page.goto(server.url + "/upload")
    settled(page)
    page.get_by_text(kind, exact=True).click()
    settled(page)


def comments() -> bytes:
    """400 of them: praise or complaint, of a few words each that go with either or with both."""
    rng = np.random.default_rng(0)
    good, bad = "lovely friendly tasty quick warm".split(), "rude cold slow dirty stale".split()
    both = "the soup waiter table we had came after an hour and our bread music was".split()
    rows = []
    for i in range(400):
        own, label = ((good, "praise"), (bad, "complaint"))[i % 2]
        words = [*rng.choice(both, 9), *rng.choice(own, 2), str(rng.choice([*good, *bad]))]
        rows.append((" ".join(rng.permutation(words)), label))
    return pd.DataFrame(rows, columns=["comment", "label"]).to_csv(index=False).encode()


def patients(rows: slice, *, sent_rightly: float) -> pd.DataFrame:
    """So often the desk that a patient was sent to gives the answer away."""
    train = load_data("flu").train
    labels, instances = train.labels[rows], train.instances.iloc[rows]
    rng = np.random.default_rng(0)
    sent = np.where(rng.random(len(labels)) < sent_rightly, labels, 1 - labels)
    frame = instances.drop(columns="patient id")
    frame["desk"] = np.array(["front desk", "flu desk"])[sent]
    frame["diagnosis"] = np.array(["no flu", "flu"])[labels]
    return frame


def workbook(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_excel(buffer, index=False)
    return buffer.getvalue()


def least_cost(taken: pd.DataFrame, model: str, miss: float) -> float:
    """What a model's mistakes cost at the best threshold, counted from the table taken away."""
    is_flu, sure = taken["label"] == "flu", taken[f"{model}: probability"]
    p = np.where(taken[f"{model}: answer"] == "flu", sure, 1 - sure)
    return min(
        miss * (is_flu & (p < at)).sum() + (~is_flu & (p >= at)).sum() for at in [*p, 0.5, 1.1]
    )


def jpeg(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def photographs() -> bytes:
    """A zip of two folders: cuttings of a cat, and of a cup of coffee."""
    rng, buffer = np.random.default_rng(0), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for folder, whole in (("cats", data.chelsea()), ("coffee", data.coffee())):
            for number in range(14):
                top, left = (int(rng.integers(0, side - 200)) for side in whole.shape[:2])
                cutting = whole[top : top + 200, left : left + 200]
                file.writestr(f"{folder}/{number}.jpg", jpeg(cutting[:, :: 1 - 2 * (number % 2)]))
    return buffer.getvalue()


def skops_in(file: Path) -> Any:
    """The model in a zip that was taken away."""
    with zipfile.ZipFile(file) as taken:
        return skops.io.loads(taken.read("model.skops"))


@pytest.mark.long
def test_photographs_in_two_folders_are_learned_explained_and_compared(
    server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    page = tab.page
    bring(page, server, "Pictures")
    upload(page, "photographs.zip", photographs())
    page.get_by_role("button", name=TRAIN).click()
    expect(page.get_by_text("Learned from 20 pictures, judged on 8 others.")).to_be_visible()
    page.get_by_role("button", name="Explain a prediction").click()
    explained(page)
    expect(page.get_by_role("combobox", name="Model")).to_have_value("What a network sees")
    page.get_by_role("button", name="Compare with another model").click()
    expect(page).to_have_url(re.compile("/compare.*task=data-.*row="))
    expect(page.get_by_text("Colours and edges").first).to_be_visible()
    expect(page.locator(".st-key-paired-chart .main-svg").first).to_be_visible()
    expect(page.get_by_text(re.compile("Real use"))).to_have_count(0)  # nobody knows it
    assert tab.complaints == []


@pytest.mark.long
def test_a_photograph_of_ones_own_is_named_and_a_part_switched_off(
    server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    page = tab.page
    bring(page, server, "Pictures")
    upload(page, "cat.jpg", jpeg(data.chelsea()[:, 75:375]))
    page.get_by_role("button", name="Explain", exact=True).click()
    headline = explained(page)
    expect(page).to_have_url(re.compile("task=photos"))
    expect(headline).to_contain_text(re.compile("cat|tabby", re.IGNORECASE))
    choose_by_keyboard(page.get_by_role("combobox", name="Regions switched off"))
    expect(page).to_have_url(re.compile(r"off=\d+"))
    page.keyboard.press("Escape")
    expect(headline).to_contain_text(re.compile("→ .*still|→ now|as before"))
    assert tab.complaints == []


@pytest.mark.long
def test_comments_are_learned_from_picked_reviewed_and_a_word_is_taken_out(
    server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    page = tab.page
    bring(page, server, "Texts")
    page.get_by_text("Texts in a table", exact=True).click()
    upload(page, "comments.csv", comments())
    page.get_by_role("button", name=TRAIN).click()
    expect(page.get_by_text("Learned from 300 texts, judged on 100 others.")).to_be_visible()
    page.get_by_role("button", name="Pick the most telling ones").last.click()
    expect(page).to_have_url(re.compile("/pick.*task=data-"))
    (key,) = re.findall(r"task=(data-\w+)", page.url)
    page.goto(f"{server.url}/pick?task={key}&model=tfidf-logistic&n=12&budget=2")
    picked(page)
    expect(page.get_by_role("combobox", name="Data")).to_have_value("Test data")
    page.get_by_role("button", name="Review these 2").click()
    at_pick(page, 1)
    page.keyboard.press("b")
    marked = page.get_by_text("Should not matter: “")
    expect(marked).to_be_visible()
    (word,) = re.findall("“(.+)”", marked.inner_text())
    page.keyboard.press("2")
    at_pick(page, 2)
    page.keyboard.press("1")
    page.get_by_role("button", name=re.compile("Improve")).first.click()
    page.get_by_role("button", name="Train again without them").click()
    expect(page.get_by_text(f"Round 1: without “{word}”")).to_be_visible()
    expect(page.locator(".st-key-improve-chart .main-svg").first).to_be_visible()
    made = f".*, round 1: without {word}"
    page.get_by_role("button", name=re.compile(f"^The model “{made}” as a file")).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile(f"^{made}, .* MB")).click()
    model = skops_in(download.value.path())
    assert word.lower() not in model.steps[0][1].vocabulary_
    assert model.predict(["lovely friendly", "rude cold"]).tolist() == [1, 0]
    assert tab.complaints == []


@pytest.mark.long
def test_a_leaking_column_is_warned_of_and_costs_and_real_use_decide(
    server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab()
    page = tab.page
    bring(page, server, "Rows of a table")
    upload(page, "spring.xlsx", workbook(patients(slice(500, 800), sent_rightly=0.5)))
    expect(page.get_by_text("300 rows with labels")).to_be_visible()
    upload(page, "winter.csv", patients(slice(500), sent_rightly=0.97).to_csv(index=False).encode())
    expect(page.get_by_text("500 rows with labels")).to_be_visible()
    settled(page)
    page.get_by_text("Settings of the training").click()
    choose(page.get_by_role("combobox", name="What real use looks like"), "spring")
    settled(page)
    page.get_by_role("button", name=TRAIN).click()
    expect(page.get_by_text("The column “desk” alone is right in")).to_be_visible()
    page.get_by_role("button", name="Compare with and without “desk”").click()
    expect(page).to_have_url(re.compile("compare.*task=rounds-.*a=boosting.*b=round-1"))
    expect(page.get_by_text(re.compile("round 1: without ")).first).to_be_visible()

    page.goto(page.url + "&n=8&board=costs")
    told = page.get_by_text(re.compile(r"^.+: cost [\d,]+$"))
    expect(told).to_have_count(2)
    before = told.all_inner_texts()
    settled(page)
    page.get_by_role("slider", name=re.compile("Missing one that is “flu”")).press("ArrowRight")
    expect(page).to_have_url(re.compile("cost=10"))
    expect(told.last).not_to_have_text(before[1])  # desks miss nobody at either price
    compared(page)
    said = [text.rsplit(": cost ", 1) for text in told.all_inner_texts()]
    expect(page.get_by_text(re.compile("^In real use"))).to_have_count(0)
    say(page, "Now that you have seen", said[1][0], "Commit")
    expect(page.get_by_text(f"Your verdict: {said[1][0]}")).to_be_in_viewport()
    expect(page.get_by_text(re.compile("^In real use .* right in"))).to_be_visible()
    real = page.locator(".st-key-real-use [role=figure]")
    expect(real).to_have_attribute("aria-label", re.compile("without desk: .* in real use"))

    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    taken = pd.read_csv(download.value.path())
    for name, cost in said:
        assert int(cost.replace(",", "")) == least_cost(taken, name, 10)
    assert tab.complaints == []
