"""The screen Pick through Streamlit's own test harness, its items explained beforehand."""

import io
import os
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sample_models import load_data, tasks
from tests.conditions import until
from tests.pages.conftest import opened, pick, press, seen, settled
from ui.pick.choice import PickChoice
from ui.pick.work.explaining import KIND, Explaining
from ui.upload.reading.pictures import read_picture
from ui.workshop import kept, runs, store


def test_wrong_answers_are_favoured() -> None:
    choice = PickChoice(tasks()["triage"], "a", "field", n=20)
    run = runs.start(Explaining(choice), range(choice.n))
    until(lambda: run.ended)
    app = opened(pick, **choice.params())
    assert "These 8 texts show" in seen(app)
    assert "Wrong: the data say" not in seen(app)
    app.selectbox(key="choice-pick-favour").set_value("wrong").run()
    settled(app)
    assert re.search(r"There are \d+ wrong answers among", seen(app))
    assert seen(app).count("Wrong: the data say") >= 4
    assert app.query_params["favour"] == "wrong"


@pytest.mark.long
def test_a_cluster_that_is_gone_is_said_and_what_is_explained_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choice = PickChoice(tasks()["triage"], "b", "field", n=400)
    begun = runs.start(Explaining(choice), range(choice.n))
    until(lambda: begun.n_done >= 2)
    begun.stop.set()
    until(lambda: begun.ended)
    monkeypatch.setenv(runs.DASK, "tcp://127.0.0.1:9")  # where nobody listens
    monkeypatch.setattr(runs, "CONNECT_SECONDS", 0.5)
    app = press(opened(pick, **choice.params()), "Go on")
    run = runs.running(Explaining(choice))
    assert run is not None
    until(lambda: run.ended)
    app.run()
    assert "127.0.0.1:9 (LIME_LAB_DASK) does not answer" in seen(app)
    assert re.search(r"\d+ of 400 texts are explained\. Nothing of that is lost\.", seen(app))
    assert "Go on" in [button.label for button in app.button]


def test_pictures_that_were_seen_through_are_told_in_the_list() -> None:
    rng = np.random.default_rng(0)
    brought = []
    for i, alpha in enumerate((255, 120)):
        pixels = rng.integers(0, 255, (48, 48, 4), np.uint8)
        pixels[..., 3] = alpha
        read = read_picture(f"{i}.png", encoded(pixels))
        brought.append((read.name, store.store().put("picture", read.png), read.was_filled))
    filled = [i for i, (*_, was_filled) in enumerate(brought) if was_filled]
    source = kept.keep_pictures(tuple((name, entry) for name, entry, _ in brought), filled)
    choice = PickChoice(tasks()["wolves"], "a", source, n=2)
    run = runs.start(Explaining(choice), range(choice.n))
    until(lambda: run.ended)
    app = opened(pick, **choice.params())
    shown = len([button for button in app.button if button.label == "Open"])
    assert shown == 2
    assert seen(app).count("See-through parts are white.") == 1


def encoded(pixels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"task": "nope", "model": "z", "n": "0"}, "“nope”"),
        ({"task": "triage", "source": "a" * 26}, "There are no texts here any more"),
    ],
)
def test_a_link_to_nothing_is_a_sentence(params: dict[str, str], says: str) -> None:
    assert says in seen(opened(pick, **params))


@pytest.mark.long
def test_kept_reasons_that_are_lost_are_told_and_can_be_explained_again() -> None:
    choice = PickChoice(tasks()["flu"], "b", n=20)
    work = Explaining(choice)
    rows = choice.rows(len(load_data("flu").test.labels))
    run = runs.start(work, rows)
    until(lambda: run.ended)
    folder = Path(os.environ["LIME_LAB_STORE"]) / KIND
    for row in rows[:3]:
        (folder / work.entry_id(row)).unlink()
    (folder / work.entry_id(rows[3])).write_bytes(b"damaged")
    app = opened(pick, **choice.params())
    settled(app.run())  # the worker has found what is damaged
    assert "4 of 20 rows were explained before, but what was kept" in seen(app)
    assert "would show" in seen(app)  # the pick of the others
    press(app, "Explain the rest")
    until(lambda: runs.running(work) is not run)
    again = runs.running(work)
    assert again is not None
    assert set(again.todo) == set(rows[:4])
    until(lambda: again.ended)
    settled(app.run())
    assert "explained before" not in seen(app)

    for row in rows:
        (folder / work.entry_id(row)).unlink()
    app.run()
    assert "20 of 20 rows were explained before" in seen(app)
    assert "Explain 20 rows and pick" in [button.label for button in app.button]
