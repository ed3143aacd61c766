"""A click that comes while something is still being read waits for it, and says so."""

import io
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.model_adapters.networks import torch_like
from tests.pages.conftest import _jobs, seen, settled, upload
from tests.ui.reports import Told
from ui.upload import work
from ui.upload.controls import OWN
from ui.workshop import jobs, worker


def photograph() -> bytes:
    """A picture that nobody has seen, so that it is still to be read."""
    buffer = io.BytesIO()
    pixels = np.random.default_rng().integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


class Reader:
    """Reads pictures in a thread of this process, once it is told to; other things at once."""

    def __init__(self) -> None:
        self.told = threading.Event()
        self.waits: Callable[..., object] = work.pictures

    def submit(
        self, key: str, function: object, *args: object, affinity: str, is_open: object
    ) -> jobs.Job[object]:
        begun = jobs._Work(key, b"", affinity)

        def read() -> None:
            kind, entry_id, compute, *given = args
            if compute is self.waits:
                self.told.wait(60)
            result = worker.store_result(kind, entry_id, compute, *given, report=Told())
            begun.finish("done", result)

        threading.Thread(target=read, daemon=True).start()
        begun.viewers = 1
        return jobs.Job(jobs._Viewer(begun, lambda: True), lambda viewer: None)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    found = Reader()
    monkeypatch.setattr("ui.shell.waiting.workers", lambda: found)
    yield found
    found.told.set()


def bring(*, files: int = 1) -> AppTest:
    app = AppTest.from_function(upload, default_timeout=60).run()
    app.segmented_control(key="upload-kind").set_value("image").run()
    if files:
        app.file_uploader[0].upload("a.png", photograph(), "image/png").run()
    assert not app.exception
    return app


def click(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """The screens that were gone to."""
    found: list[tuple[str, dict[str, str]]] = []

    def note(screen: str, params: dict[str, str]) -> None:
        found.append((screen, params))
        st.stop()

    monkeypatch.setattr("pages.upload.open_screen", note)
    return found


def test_explain_waits_for_pictures_that_are_being_read(
    reader: Reader, opened: list[tuple[str, dict[str, str]]]
) -> None:
    app = bring()
    click(app, "Explain")
    assert "Reading the pictures is still under way. Then this goes on by itself." in seen(app)
    assert "nothing to explain" not in seen(app)
    app.run()  # a figure tells its width
    assert "still under way" in seen(app)
    assert opened == []
    reader.told.set()
    settled(app)
    ((screen, params),) = opened
    assert screen == "explain"
    assert params["item"].startswith("own-")
    app.run()
    assert len(opened) == 1  # once


def test_explain_waits_for_a_network_that_is_being_tried(
    reader: Reader, opened: list[tuple[str, dict[str, str]]]
) -> None:
    reader.waits = work.under_each
    app = settled(bring())
    app.selectbox(key="upload-task-image").set_value(OWN).run()
    app.file_uploader[1].upload("mine.onnx", torch_like(16, 16), "application/octet-stream").run()
    while not any(key.startswith("network-tried") for key in app.session_state["waiting-jobs"]):
        for job in _jobs(app):
            assert job.wait(60)  # it is looked into
        app.run()
    click(app, "Explain")
    assert "Trying the network on your pictures is still under way." in seen(app)
    assert "nothing to explain" not in seen(app)
    assert opened == []
    reader.told.set()
    settled(app)
    ((screen, params),) = opened
    assert screen == "explain"
    assert params["task"].startswith("own-")


def test_who_stays_stays(reader: Reader, opened: list[tuple[str, dict[str, str]]]) -> None:
    app = bring()
    click(app, "Explain")
    click(app, "Stay here")
    reader.told.set()
    settled(app)
    assert opened == []
    assert "One picture" in seen(app)


def test_a_click_is_about_the_kind_that_was_shown(
    reader: Reader, opened: list[tuple[str, dict[str, str]]]
) -> None:
    app = bring()
    click(app, "Explain")
    app.segmented_control(key="upload-kind").set_value("table").run()
    reader.told.set()
    for job in _jobs(app):
        assert job.wait(60)
    app.run()
    assert not app.exception
    assert opened == []


def test_a_file_may_be_on_its_way(reader: Reader, opened: list[tuple[str, dict[str, str]]]) -> None:
    app = bring(files=0)
    click(app, "Explain")
    assert "No file is here yet; one may still be on its way." in seen(app)
    reader.told.set()
    app.file_uploader[0].upload("a.png", photograph(), "image/png").run()
    settled(app)
    assert [screen for screen, _ in opened] == ["explain"]
