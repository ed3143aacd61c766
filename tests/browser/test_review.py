"""A review in a real browser: by keyboard, by thumb, after a reload, after a restart."""

import csv
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from lime_engine.subjects import subject_to_dict
from sample_models import load_data, tasks
from tests.browser.conftest import OpenTab, box_of, no_sideways_scrolling, settled
from tests.server import Server, serve
from ui.pick.choice import PickChoice
from ui.pick.values import Feature, Picked, PickedItem, Reason
from ui.review import records
from ui.review.records import VERDICTS
from ui.workshop.instances import perturber_of
from ui.workshop.store import Store

pytestmark = pytest.mark.browser

N_REASONS = 4
EXAMPLE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)
# Twice within a moment, however busy the machine.
A_NERVOUS_FINGER = """() => { for (const press of [1, 2]) document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key: "2", bubbles: true, cancelable: true })) }"""
KeepPick = Callable[[str, int], str]


@pytest.fixture
def keep_pick(server: Server, monkeypatch: pytest.MonkeyPatch) -> KeepPick:
    return keep_in(server, monkeypatch)


def keep_in(server: Server, monkeypatch: pytest.MonkeyPatch) -> KeepPick:
    """Puts a pick into the server's store, as the screen Pick does; returns its address."""
    there = Store(server.log.parent / "store", max_bytes=1_000_000_000, ttl_seconds=3600)
    monkeypatch.setattr(records, "store", lambda: there)
    return lambda task, n: f"/review?pick={records.keep_pick(*first_items(task, n))}"


def first_items(task_key: str, n: int) -> tuple[PickChoice, Picked]:
    """The first n test items of a task; their weights are made up."""
    task = tasks()[task_key]
    choice = PickChoice(task, "a")
    names: dict[str, int] = {}
    items = []
    for row in range(n):
        split = load_data(task_key).test
        label = int(split.labels[row])
        subject = perturber_of(choice.request(row).view, partial(load_data, task_key)).components(
            split.instance(row)
        )
        image = task.kind == "image"
        parts = [f"kind {i % 2 + 1}" for i in range(N_REASONS)] if image else subject.labels
        if task.kind == "table":
            parts = subject.columns
        reasons = tuple(
            Reason(i, names.setdefault(parts[i], len(names)), parts[i], 0.4 - i / 10)
            for i in range(N_REASONS)
        )
        items.append(
            PickedItem(
                row=row,
                label=label,
                probabilities=tuple(0.9 if i == label else 0.1 for i in range(2)),
                target=label,
                reasons=reasons,
                adds=(),
                gain=0.1,
                picture=None,
                subject=None if image else subject_to_dict(subject),
            )
        )
    examples = (EXAMPLE,) * 3 if task.kind == "image" else ()
    features = tuple(Feature(name, 0.1, examples) for name in names)
    line = (0.1,) * n
    return choice, Picked(features, tuple(items), line, line, line, line, n, 0, None, ())


@pytest.fixture(scope="module")
def slow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """It takes more than a second to answer anything."""
    with serve(tmp_path_factory.mktemp("slow"), slow_seconds=0.6) as running:
        yield running


@pytest.fixture
def keep_slow(slow_server: Server, monkeypatch: pytest.MonkeyPatch) -> KeepPick:
    return keep_in(slow_server, monkeypatch)


def at_pick(page: Page, number: int) -> None:
    """Wait until this pick is shown and answers to keys."""
    expect(page.get_by_role("heading", level=1, name=f"Pick {number} of")).to_be_visible()
    expect(page.get_by_role("button", name="Cannot tell")).to_be_enabled()
    settled(page)


def told(page: Page, verdict: str) -> None:
    expect(page.get_by_text(f"You say: {verdict}.")).to_be_visible()


def told_before(page: Page, number: int, verdict: str) -> None:
    """What the last verdict was is told on the pick that it has moved on to."""
    expect(page.get_by_text(f"Pick {number}, you said: {verdict}. The data says:")).to_be_visible()


def tab_to_the_note(page: Page) -> None:
    note = page.get_by_label("Note")
    for _ in range(40):
        page.keyboard.press("Tab")
        if note.evaluate("note => note.getRootNode().activeElement === note"):
            return
    raise AssertionError("the note cannot be reached by keyboard")


def test_a_review_by_keyboard_alone(
    keep_pick: KeepPick, server: Server, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab()
    page = tab.open(server.url + keep_pick("triage", 2))
    at_pick(page, 1)
    expect(page.get_by_text("The data says:")).to_have_count(0)
    page.keyboard.press("b")
    expect(page.get_by_text("Should not matter: “")).to_be_visible()
    tab_to_the_note(page)
    page.keyboard.type("=1+1, and 3 arrows")
    page.keyboard.press("ArrowRight")  # in a text they move the cursor, and digits are text
    page.keyboard.press("Tab")
    at_pick(page, 1)
    page.evaluate(A_NERVOUS_FINGER)
    at_pick(page, 2)
    told_before(page, 1, "right, for the wrong reason")
    expect(page.get_by_text("You say:")).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    at_pick(page, 1)
    told(page, "right, for the wrong reason")
    expect(page.get_by_text("Should not matter: “")).to_be_visible()
    page.keyboard.press("ArrowRight")
    at_pick(page, 2)
    page.keyboard.press("ArrowRight")  # skipped
    expect(page.get_by_text("You have judged 1 of 2 picks")).to_be_visible()
    page.get_by_role("button", name="Go on with pick 2").press("Enter")
    at_pick(page, 2)
    page.keyboard.press("ArrowLeft")
    at_pick(page, 1)
    expect(page.get_by_label("Note")).to_have_value("=1+1, and 3 arrows")
    page.get_by_label("Note").press("End")
    page.keyboard.type(" keys")
    expect(page).to_have_url(re.compile("at=1"))
    page.reload()  # who types is in the note yet
    at_pick(page, 1)
    expect(page.get_by_label("Note")).to_have_value("=1+1, and 3 arrows keys")
    page.keyboard.press("ArrowRight")
    at_pick(page, 2)
    page.get_by_label("Note").fill("before a verdict")
    expect(page).to_have_url(re.compile("at=2"))
    page.reload()
    at_pick(page, 2)
    expect(page.get_by_label("Note")).to_have_value("before a verdict")
    page.keyboard.press("3")
    expect(page.get_by_text("You have judged all 2 picks")).to_be_visible()
    page.reload()
    expect(page.get_by_text("You have judged all 2 picks")).to_be_visible()
    settled(page)
    takes_it_away(page, tmp_path)
    assert tab.complaints == []


@pytest.mark.parametrize(
    "arrows",
    [
        pytest.param(True, marks=pytest.mark.long, id="with arrows"),
        pytest.param(False, id="verdicts alone"),
    ],
)
@pytest.mark.parametrize("key_ms", [60, pytest.param(300, marks=pytest.mark.long)])
def test_fast_keys_at_a_slow_server(
    slow_server: Server, open_tab: OpenTab, keep_slow: KeepPick, key_ms: int, arrows: bool
) -> None:
    """Every verdict is on the pick that was shown, in order, and none is lost."""
    n = 8
    link = keep_slow("triage", n)
    tab = open_tab()
    page = tab.open(slow_server.url + link)
    at_pick(page, 1)
    verdicts = [list(VERDICTS)[row % len(VERDICTS)] for row in range(n)]
    for row in range(n):
        shown = page.get_by_role("heading", level=1, name=f"Pick {row + 1} of {n}")
        assert shown.is_visible()  # nobody waited for the server
        page.keyboard.press(str(row % len(VERDICTS) + 1), delay=key_ms / 2)
        page.wait_for_timeout(key_ms / 2)
        if arrows:
            page.keyboard.press("ArrowRight", delay=key_ms / 2)
            page.wait_for_timeout(key_ms / 2)
    expect(page.get_by_text(f"You have judged all {n} picks")).to_be_visible()
    reviewer = parse_qs(urlsplit(page.url).query)["reviewer"][0]
    kept = records.read_review(link.removeprefix("/review?pick="), reviewer)
    assert [kept[row].verdict for row in range(n)] == verdicts
    assert [kept[row].first for row in range(n)] == verdicts
    assert tab.complaints == []


@pytest.mark.long
def test_a_reload_amid_fast_keys_loses_nothing(
    slow_server: Server, open_tab: OpenTab, keep_slow: KeepPick
) -> None:
    link = keep_slow("triage", 4)
    page = open_tab().open(slow_server.url + link)
    at_pick(page, 1)
    address = page.url
    for key in "123":
        page.keyboard.press(key)
    page.goto(address)
    at_pick(page, 1)
    page.get_by_role("button", name="Summary").click()
    expect(page.get_by_text("You have judged 3 of 4 picks")).to_be_visible()
    reviewer = parse_qs(urlsplit(address).query)["reviewer"][0]
    kept = records.read_review(link.removeprefix("/review?pick="), reviewer)
    assert [kept[row].verdict for row in range(3)] == list(VERDICTS)[:3]


def takes_it_away(page: Page, folder: Path) -> None:
    """Both files, as the summary offers them."""
    for title in ("CSV", "Report"):
        with page.expect_download() as download:
            page.get_by_role("button", name=title).click()
        download.value.save_as(folder / title)
    with (folder / "CSV").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["verdict"] for line in lines] == ["wrong_reason", "wrong"]
    assert lines[0]["note"] == "'=1+1, and 3 arrows keys"
    (folder / "Report").rename(folder / "report.html")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"file://{folder}/report.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("Review of 2 picks")
    expect(page.get_by_text("=1+1, and 3 arrows keys")).to_be_visible()
    assert requests == [f"file://{folder}/report.html"]


@pytest.mark.long
def test_pictures_by_thumb(keep_pick: KeepPick, server: Server, open_tab: OpenTab) -> None:
    tab = open_tab(width=390)
    page = tab.open(server.url + keep_pick("wolves", 2))
    at_pick(page, 1)
    expect(page.get_by_role("img", name="The regions that count")).to_be_visible()
    no_sideways_scrolling(page)
    verdict = page.get_by_role("button", name="Right, for the wrong reason")
    box = box_of(verdict)
    assert box["height"] >= 44  # pixels, for a thumb
    assert box["width"] > 300
    expect(page.get_by_role("img", name="Examples of regions of kind 1")).to_be_visible()
    page.get_by_role("button", name="2 regions of kind 1").tap()
    expect(page.get_by_text("Should not matter: “regions of kind 1”")).to_be_visible()
    no_sideways_scrolling(page)
    verdict.tap()
    at_pick(page, 2)
    told_before(page, 1, "right, for the wrong reason")
    title = page.get_by_role("heading", level=1, name="Pick 2 of")
    expect(title).to_be_in_viewport()
    page.reload()
    at_pick(page, 2)
    page.get_by_role("button", name="Previous").tap()
    told(page, "right, for the wrong reason")
    expect(page.get_by_text("Should not matter: “regions of kind 1”")).to_be_visible()
    page.get_by_role("button", name="Summary").tap()
    expect(page.get_by_text("You have judged 1 of 2 picks")).to_be_visible()
    no_sideways_scrolling(page)
    assert tab.complaints == []


@pytest.mark.long
def test_two_people_review_a_row_and_are_merged(
    keep_pick: KeepPick, server: Server, open_tab: OpenTab
) -> None:
    link = server.url + keep_pick("flu", 1)
    for number in (1, 2):
        tab = open_tab(scheme="dark" if number == 2 else "light")
        page = tab.open(link)
        at_pick(page, 1)
        expect(page.get_by_text("Range it is in")).to_be_visible()
        expect(page.get_by_text("The data says:")).to_have_count(0)
        page.get_by_role("button", name=re.compile("patient id")).click()
        expect(page.get_by_text("Should not matter: “patient id”")).to_be_visible()
        if number == 2:
            page.get_by_role("button", name=re.compile(r"\+0\.30")).click()
            expect(page.get_by_text("Should not matter: “patient id” and")).to_be_visible()
        page.get_by_role("button", name="Right, for the wrong reason").click()
        expect(page.get_by_text("You have judged the one pick.")).to_be_visible()
        assert tab.complaints == []
    expect(page.get_by_text("One other person reviewed this pick.")).to_be_visible()
    expect(page.get_by_text("say that these should not matter: “patient id”.")).to_be_visible()
    expect(page.get_by_text("2 of 2 people")).to_be_visible()
    page.get_by_role("button", name="Improve").click()
    expect(page).to_have_url(re.compile(r"/improve\?.*out=[a-z2-7]{26}"))


@pytest.mark.long
def test_a_review_outlives_the_server(
    keep_pick: KeepPick, server: Server, open_tab: OpenTab, tmp_path: Path
) -> None:
    page = open_tab().open(server.url + keep_pick("triage", 2))
    at_pick(page, 1)
    page.get_by_label("Note").fill("stays")
    page.get_by_role("button", name=re.compile("^Wrong")).click()
    at_pick(page, 2)
    told_before(page, 1, "wrong")
    place = page.url.removeprefix(server.url)
    (tmp_path / "store").symlink_to(server.log.parent / "store")
    with serve(tmp_path) as second:  # another process, which knows only the store
        page = open_tab().open(second.url + place)
        at_pick(page, 2)
        page.get_by_role("button", name="Previous").click()
        told(page, "wrong")
        expect(page.get_by_label("Note")).to_have_value("stays")
