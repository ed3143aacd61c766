"""What is like nothing that a model has learned from is told; what is usual is not."""

import io
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from PIL import Image

from lime_engine.errors import Cancelled
from sample_models import TaskUnavailable, load_data, tasks
from tests.ui.reports import Told
from ui.explain.choice import first_choice
from ui.explain.work import outside as work
from ui.workshop import kept
from ui.workshop.case import Case
from ui.workshop.item import Item
from ui.workshop.request import Request
from ui.workshop.store import store

FINNISH = (
    "Hyvää päivää. Minulla on ollut kova kuume jo kolme päivää ja hengittäminen on vaikeaa. "
    "Pitäisikö minun tulla vastaanotolle tänään?"
)
PHOTOGRAPHS = (
    "astronaut chelsea coffee rocket camera brick grass gravel immunohistochemistry page text "
    "clock coins moon"
).split()
ENGLISH = "My father cannot move his left arm since an hour and speaks oddly."


def request_of(task: str, item: Item, model: str | None = None) -> Request:
    choice = replace(first_choice(tasks()[task]), item=item)
    return (replace(choice, model=model) if model else choice).request


def judged(task: str, item: Item, model: str | None = None) -> dict[str, Any]:
    return work.outside(request_of(task, item, model), report=Told())


def brought(pixels: NDArray[np.uint8]) -> Item:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return Item(kept.keep_pictures([("a", store().put("picture", file.getvalue()))]), 0)


def share_outside(task: str, model: str, split: str, rows: range) -> float:
    """The share of a task's own items that are told to be outside."""
    judge = work.Outside(Case(request_of(task, Item("test", 0), model)), Told())
    subjects = [Case(request_of(task, Item(split, row), model)).subject for row in rows]
    return float(np.mean([judge.of(subject)["is_outside"] for subject in subjects]))


# --- texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["a", "b"])
def test_a_text_in_another_language_is_outside(model: str) -> None:
    """Words are counted as scikit-learn documents them, known are those the model can unlearn."""
    item = Item(kept.keep_texts([FINNISH]), 0)
    found = judged("triage", item, model)
    improver = tasks()["triage"].model(model).improver
    assert improver is not None
    words = set(re.findall(r"\b\w\w+\b", FINNISH.lower())) - {"on"}  # English: it is skipped
    assert found == {"is_outside": True, "words": [len(words & {*improver.parts()}), len(words)]}


@pytest.mark.parametrize("model", ["a", "b"])
def test_a_text_is_held_against_the_vocabulary_of_a_published_model(model: str) -> None:
    found = judged("comments", Item(kept.keep_texts([FINNISH]), 0), model)
    known, n = found["words"]
    assert found["is_outside"]
    assert 2 * known < n > 10
    rude = Item(kept.keep_texts(["What a stupid rule, said the gay man on the bus."]), 0)
    # stupid, rule, said, man, bus; and gay, which B sees no more than "the"
    assert judged("comments", rude, model) == {
        "is_outside": False,
        "words": [6, 6] if model == "a" else [5, 5],
    }
    for split in ("test", "field"):
        assert share_outside("comments", model, split, range(400)) <= 0.05


@pytest.mark.parametrize("text", ["?? x !!", "zzzz"])
def test_a_text_without_any_known_word_is_outside(text: str) -> None:
    assert judged("triage", Item(kept.keep_texts([text]), 0))["is_outside"]


@pytest.mark.parametrize("model", ["a", "b"])
def test_messages_of_the_kind_that_the_model_knows_are_not(model: str) -> None:
    assert not judged("triage", Item(kept.keep_texts([ENGLISH]), 0), model)["is_outside"]
    for split in ("test", "field"):
        assert share_outside("triage", model, split, range(0, 400, 2)) <= 0.02


@pytest.mark.parametrize("model", [pytest.param("a", marks=pytest.mark.long), "b"])
def test_posts_of_the_kind_that_the_model_knows_are_not(model: str) -> None:
    try:
        n = len(load_data("newsgroups").test.labels)
    except TaskUnavailable as error:
        pytest.skip(str(error))
    assert share_outside("newsgroups", model, "test", range(0, n, 4)) <= 0.03


# --- pictures -----------------------------------------------------------------------------------


@pytest.fixture
def few_scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is usual is found out on fewer pictures, which take a while to draw."""
    monkeypatch.setattr(work, "N_LEARNED", 60)
    monkeypatch.setattr(work, "N_HELD_OUT", 40)


@pytest.mark.long
@pytest.mark.usefixtures("few_scenes")
def test_a_photograph_of_an_astronaut_is_no_drawing_of_a_husky(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photograph = brought(skimage.data.astronaut())
    assert judged("wolves", photograph, "a") == {"is_outside": True}
    assert judged("wolves", photograph, "b") == {"is_outside": True}
    # What is usual is found out once: nothing is drawn again.
    monkeypatch.setattr("sample_models.wolves.task.Pictures.__getitem__", None)
    for name in ("camera", "coffee", "chelsea", "rocket"):
        pixels = getattr(skimage.data, name)()
        assert judged("wolves", brought(pixels)) == {"is_outside": True}, name


@pytest.mark.long
@pytest.mark.usefixtures("few_scenes")
def test_few_drawings_of_the_task_are_outside() -> None:
    for split in ("test", "field"):
        assert share_outside("wolves", "a", split, range(3, 400, 20)) <= 0.1


@pytest.mark.long
def test_hardly_any_drawing_of_the_task_is_outside_and_every_photograph_is() -> None:
    for split in ("test", "field"):
        assert share_outside("wolves", "a", split, range(1, 400, 2)) <= 0.03
    for name in PHOTOGRAPHS:
        assert judged("wolves", brought(getattr(skimage.data, name)()))["is_outside"], name


@pytest.mark.long
def test_few_digits_are_outside_and_a_photograph_is() -> None:
    for split in ("test", "field"):
        assert share_outside("digits", "forest", split, range(0, 400, 2)) <= 0.03
    assert judged("digits", brought(skimage.data.camera()))["is_outside"]


def resized(pixels: NDArray[np.uint8], side: int, how: str) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling[how]))


@pytest.mark.parametrize(
    "how",
    [
        "BILINEAR",
        *(pytest.param(how, marks=pytest.mark.long) for how in ("NEAREST", "BICUBIC", "LANCZOS")),
    ],
)
def test_a_digit_is_as_usual_in_any_size(how: str) -> None:
    """Whichever way it was enlarged; and a photograph is none, however small it is brought."""
    digits = load_data("digits").test.instances[::12]
    judge = work.Outside(Case(request_of("digits", Item("test", 0), "forest")), Told())
    for side in (8, 9, 12, 16, 28, 80):
        brought_so = [resized(digit, side, how) for digit in digits]
        found = [judge._of_picture(picture[..., None])["is_outside"] for picture in brought_so]
        assert np.mean(found) <= 0.07, side
    for side in (8, 64):
        camera = resized(skimage.data.camera(), side, how)
        assert judge._of_picture(camera[..., None])["is_outside"], side


def test_looking_at_what_is_usual_can_be_stopped() -> None:
    photograph = brought(skimage.data.astronaut())
    with pytest.raises(Cancelled):
        work.outside(request_of("wolves", photograph), report=Told(until=0.01))


def test_a_picture_in_colours_that_are_none_is_held_against_the_same() -> None:
    digit = load_data("digits").test.instance(0)
    for pixels in (digit, np.stack([digit] * 3, axis=-1)):
        assert not judged("digits", brought(pixels))["is_outside"]


# --- rows ---------------------------------------------------------------------------------------


def row_with(**changes: Any) -> Item:
    row = load_data("flu").test.instances.iloc[0].to_dict() | changes
    return Item(kept.keep_rows(list(row), [[_plain(value) for value in row.values()]]), 0)


def _plain(value: Any) -> Any:
    if value != value:
        return None
    return value.item() if hasattr(value, "item") else value


def test_a_row_of_the_kind_that_the_model_knows_is_not_outside() -> None:
    assert judged("flu", row_with()) == {"is_outside": False, "cells": []}


def test_a_value_far_beyond_the_training_rows_is_named_with_their_range() -> None:
    ages = load_data("flu").train.instances["age"]
    found = judged("flu", row_with(age=400.0))
    assert found == {"is_outside": True, "cells": [["age", 400.0, ages.min(), ages.max()]]}
    below = judged("flu", row_with(temperature=-20.0))
    assert [cell[0] for cell in below["cells"]] == ["temperature"]


@pytest.mark.parametrize(("task", "model"), [("flu", "a"), ("breast_cancer", "forest")])
def test_hardly_any_row_of_the_task_is_outside(task: str, model: str) -> None:
    for split in ("test", "field"):
        n = len(load_data(task).split(split).labels)  # type: ignore[arg-type]
        assert share_outside(task, model, split, range(n)) <= 0.04


# --- tasks -------------------------------------------------------------------------------------


def test_every_task_says_what_its_models_have_met() -> None:
    for task in tasks().values():
        assert task.learned_from
