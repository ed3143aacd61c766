"""The screens with the photographs: a thousand classes, few labels and no training data."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sample_models import load_data, load_model, photos
from tests.conditions import PATIENCE
from tests.pages.conftest import compare, explain, opened, pick, seen, settled
from tests.ui.reports import Told
from ui.explain.choice import read_choice
from ui.explain.work.explaining import explanation
from ui.explain.work.outside import outside
from ui.explain.work.real_or_made import separability
from ui.improve.wording import why_not
from ui.shell import waiting
from ui.workshop import jobs
from ui.workshop.worker import store_result

FEW = {"task": "photos", "samples": "100"}


def headings(app: AppTest) -> list[str]:
    """What stands over the pictures of the answers that are explained."""
    return [m.value for m in app.markdown if m.value.endswith("%") and "," in m.value]


def judged(app: AppTest) -> str:
    """What is said beside the answer of whether it is right."""
    return "".join(each.proto.body for each in app.get("html"))


def test_explain_opens_with_the_three_likeliest_answers_grey_but_for_what_counts() -> None:
    app = opened(explain, **FEW)

    assert "Why: the regions that speak for each of its likeliest answers" in seen(app)
    assert headings(app) == ["Egyptian cat, 40%", "tiger cat, 33%", "tabby, 17%"]
    assert len(app.get("plotly_chart")) == 5  # the answer, three pictures, the weights
    look = next(control for control in app.segmented_control if control.label == "Look")
    assert look.value == "only"
    assert "wrong: labelled tabby" in judged(app)


class Halfway:
    """Workers that come as far as the first look, and no further."""

    def submit(self, key: str, *args: Any, affinity: str, is_open: Any) -> jobs.Job[object]:
        _, kind, _, _, *given = args
        if kind == "explanation":
            sooner = given[0].sooner()
            store_result(kind, sooner.store_id(kind), explanation, sooner, report=Told())
        viewer = jobs._Viewer(jobs._Work(key, b"", affinity), is_open)
        return jobs.Job(viewer, lambda viewer: None)


def test_a_first_look_is_shown_until_all_copies_are_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = {"task": "wolves", "seed": "11"}
    monkeypatch.setattr(waiting, "workers", Halfway)
    app = AppTest.from_function(explain, default_timeout=PATIENCE)
    app.query_params.update(whole)
    app.run()  # submits, and what is kept meanwhile is on the page
    assert not app.exception
    assert "**A first look**, from 200 copies of 1,000." in seen(app)
    assert "The model says **" in seen(app)
    assert "How much each region counts" not in seen(app)
    monkeypatch.undo()
    app = opened(explain, **whole)
    assert "A first look" not in seen(app)
    assert "How much each region counts" in seen(app)


def test_any_of_the_thousand_can_be_explained_or_guessed() -> None:
    app = opened(explain, **FEW)
    reasons = next(box for box in app.selectbox if box.label == "Reasons for")
    assert len(reasons.options) == 1001
    settled(reasons.set_value(photos.TASK.class_names.index("lynx")).run())
    assert "speak for lynx" in seen(app)
    app = opened(explain, **FEW, guess="1")
    assert len(next(box for box in app.selectbox if box.label == "Your answer").options) == 1000


def test_a_photograph_without_a_label_is_neither_right_nor_wrong() -> None:
    app = opened(explain, **FEW, item="test-2")
    assert "The model says **missile**" in seen(app)
    assert "labelled" not in judged(app)


def test_data_that_is_not_at_hand_is_not_offered_and_a_link_to_it_is_told() -> None:
    assert "asks for the item “train-3”, which is not here" in seen(
        opened(explain, **FEW, item="train-3")
    )
    for screen in (pick, compare):
        app = opened(screen, task="photos", source="train")
        data = next(box for box in app.selectbox if box.label == "Data")
        assert data.options == ["Test data"]
        assert "What the models learned from is not at hand." in data.help
        assert "The link asks for the data “train”" in seen(app)


def test_two_networks_are_compared_in_what_they_answer() -> None:
    app = opened(compare, task="photos")
    asked = [predict(load_data("photos").test.instances).argmax(axis=1) for predict in both()]
    same = int((asked[0] == asked[1]).sum())
    assert f"{same} of 8" in seen(app)


def both() -> list:
    return [load_model("photos", key) for key in ("a", "b")]


def test_a_thousand_answers_are_not_matched_by_hand() -> None:
    app = opened(compare, task="photos", b="wolves/a")
    assert "no answer in common with these data" in seen(app)
    assert "These data know 1,000 answers, too many to be matched by hand" in seen(app)
    assert len(app.selectbox) < 8


def test_what_needs_training_data_says_that_there_is_none() -> None:
    request = read_choice(FEW).request
    assert outside(request, report=Told()) == {"is_outside": False}
    assert separability(request, report=Told())["share"] is None
    assert "what it learned from is not at hand" in why_not(photos.TASK, "a")
