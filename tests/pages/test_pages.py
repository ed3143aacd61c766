"""Every page through Streamlit's own test harness, in this process, with real workers."""

import io
import json
import os
import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from sample_models import load_data, load_model, tasks
from tests.conditions import until
from tests.pages.conftest import _jobs, explain, home, opened, press, seen, settled
from ui.explain.choice import first_choice
from ui.explain.export import Shown
from ui.explain.panels.strip import AT_ONCE
from ui.shell import waiting
from ui.workshop import kept
from ui.workshop.item import Item
from ui.workshop.store import store

DEMO = first_choice(tasks()["triage"])


# --- Home -------------------------------------------------------------------------------------


def test_home_says_what_it_is_and_offers_every_task() -> None:
    app = opened(home)
    assert app.title[0].value
    offered = seen(app) + "".join(button.label for button in app.button)
    for task in tasks().values():
        assert task.title.rstrip("?") in offered.replace("\\", "")
    primary = [button for button in app.button if button.proto.type == "primary"]
    assert len(primary) == 1  # one main thing


# --- Explain ----------------------------------------------------------------------------------


def test_a_result_that_cannot_be_kept_is_shown_with_the_reason(tmp_path: Path) -> None:
    app = opened(explain)
    root = Path(os.environ["LIME_LAB_STORE"])
    shutil.move(root, tmp_path / "elsewhere")
    try:
        app.query_params["item"] = "test-7"
        app.run()
        until(lambda: all(job.wait(0) for job in _jobs(app)))
        for _ in range(2):  # also when the page runs again
            app.run()
            assert not app.exception
            assert "The model says" in seen(app)
            assert f"could not be kept: The store {root} cannot be used: there is no" in seen(app)
    finally:
        shutil.move(tmp_path / "elsewhere", root)


def test_a_bare_address_explains_the_first_demo() -> None:
    app = opened(explain)
    text = seen(app)
    assert "The model says" in text
    assert "How far to believe" in text
    assert [metric.label for metric in app.metric] == [
        "How much do the bars tell?",
        "Would it repeat?",
        "Is it right?",
    ]
    assert all(metric.help for metric in app.metric)
    assert not app.error
    assert not app.warning


def test_model_class_and_number_of_words_change_the_url_and_the_answer() -> None:
    app = opened(explain)
    app.selectbox(key="choice-Model-triage").set_value("b").run()
    settled(app)
    assert app.query_params["model"] == "b"
    app.number_input(key="choice-features").set_value(3).run()
    settled(app)
    assert app.query_params["features"] == "3"
    app.selectbox(key="choice-Reasons for-triage-" + str(DEMO.item)).set_value(0).run()
    settled(app)
    assert app.query_params["class"] == "0"
    name = DEMO.task.class_names[0]
    assert f"Why: the words that speak for {name}" in seen(app)
    assert not app.error


def badges(app: AppTest) -> list[str]:
    """What is judged beside the answer, in every badge of the page."""
    bodies = [element.proto.body for element in app.get("html")]
    judged = re.compile(r">. ((?:was )?(?:right|wrong): [^<]*)<")
    return [found[1] for body in bodies if (found := judged.search(body))]


def test_the_answer_is_told_with_whether_it_is_right() -> None:
    labels = load_data("triage").field.labels
    for row in range(12):
        app = opened(explain, task="triage", item=f"field-{row}")
        says = re.search(r"The model says \*\*(\w+)\*\*", app.header[0].value)
        assert says is not None
        label = DEMO.task.class_names[labels[row]]
        judged = "right" if says[1] == label else "wrong"
        assert badges(app) == [f"{judged}: labelled {label}"]
        if judged == "wrong":
            break
    else:
        raise AssertionError("none of these is wrong")
    own = kept.keep_texts(["My chest hurts"])
    assert badges(opened(explain, task="triage", item=str(Item(own, 0)))) == []
    guessing = opened(explain, task="triage", item=f"field-{row}", guess="1")
    assert badges(guessing) == []
    assert not guessing.header


def test_an_edit_changes_the_headline_and_its_bars() -> None:
    app = opened(explain)
    before = app.header[0].value
    app.multiselect[0].select(0).run()
    settled(app)
    assert app.header[0].value != before
    assert re.search(r" → \*\*\S+%\*\*, still |, as before$|~~.*~~ → now \*\*", app.header[0].value)
    bars = next(c for c in app.get("plotly_chart") if '"was ' in c.proto.spec)
    assert bars.proto.spec.count('"was ') == len(DEMO.task.class_names)
    press(app, "Reset")
    settled(app)
    assert app.header[0].value == before


def test_the_weights_add_up_to_the_answer() -> None:
    app = opened(explain, chart="sum")
    chart = next(c for c in app.get("plotly_chart") if "everything else" in c.proto.spec)
    spans = json.loads(chart.proto.spec)["data"][0]["customdata"]
    assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(spans[:-1]))
    says = re.search(r"\*\*, (\d+)%", app.header[0].value)
    assert says is not None
    assert spans[-1] == [0, pytest.approx(int(says[1]) / 100, abs=0.005)]
    assert spans[-2][1] == spans[-1][1]
    assert "Without any word the model gives" in seen(app)


@pytest.mark.long
def test_pictures_that_were_brought_have_their_files_names() -> None:
    png = io.BytesIO()
    Image.fromarray(np.full((40, 40, 3), 90, np.uint8)).save(png, "PNG")
    entry = store().put("picture", png.getvalue())
    source = kept.keep_pictures([(f"IMG_{i}.jpg", entry) for i in range(11)])
    app = opened(explain, task="wolves", item=str(Item(source, 9)))
    names = [name.replace("\\", "") for name in app.pills(key="choice-item-wolves").options]
    assert names == ["IMG_8.jpg", "IMG_9.jpg", "IMG_10.jpg"]
    assert "IMG_9.jpg" in seen(app)
    app.number_input(key="choice-row").set_value(3).run()
    settled(app)
    assert app.query_params["item"] == str(Item(source, 2))
    assert len(app.pills(key="choice-item-wolves").options) == AT_ONCE


def test_a_pictures_title_does_not_tell_its_answer_before_the_guess() -> None:
    app = opened(explain, task="wolves", guess="1")
    shown = seen(app) + "".join(app.pills(key="choice-item-wolves").options)
    assert not [e.title for e in tasks()["wolves"].examples if e.title in shown]


def test_switching_a_word_off_undo_and_reset() -> None:
    app = opened(explain)
    app.multiselect[0].select(0).run()
    settled(app)
    app.multiselect[0].select(2).run()
    settled(app)
    assert app.query_params["off"] == "0.2"
    assert "Without" in seen(app)
    undo = next(button for button in app.button if button.label == "Undo")
    undo.click().run()
    assert app.query_params["off"] == "0"
    reset = next(button for button in app.button if button.label == "Reset")
    reset.click().run()
    assert "off" not in app.query_params
    assert "Without" not in seen(app)


def test_guess_first_hides_the_answer_until_committed() -> None:
    app = opened(explain)
    assert "The model says" in seen(app)
    app.toggle(key="choice-guess_first").set_value(True).run()
    settled(app)
    assert app.query_params["guess"] == "1"
    assert "The model says" not in seen(app)
    assert "Reasons for" not in [box.label for box in app.selectbox]
    assert not app.metric
    commit = app.button[0]
    commit.click().run()
    assert "Choose an answer first" in seen(app)
    app.radio[0].set_value(0)
    app.button[0].click().run()
    settled(app)
    assert "The model says" in seen(app)
    assert f"You said {DEMO.task.class_names[0]}" in seen(app)


def test_the_guess_comes_before_the_picture_is_explained() -> None:
    app = opened(explain, task="wolves", guess="1")
    assert any('alt="The picture"' in element.proto.body for element in app.get("html"))
    assert "The model says" not in seen(app)
    husky = tasks()["wolves"].class_names.index("husky")
    app.radio[0].set_value(husky)
    settled(press(app, "Commit, and show the model's answer"))
    assert "The model says" in seen(app)
    assert "it is labelled " in seen(app)


def test_guesses_are_scored_against_the_labels_and_the_model() -> None:
    """Every example once, always the same answer: the score is what labels and model say."""
    task = tasks()["triage"]
    data, model = load_data("triage"), load_model("triage", "a")
    app = opened(explain, **DEMO.params(), guess="1")
    yours = its = 0
    for number, example in enumerate(task.examples, start=1):
        assert app.query_params["item"] == str(Item(example.split, example.row))
        app.radio[0].set_value(0)
        settled(press(app, "Commit, and show the model's answer"))
        label = int(data.split(example.split).labels[example.row])
        text = data.split(example.split).instance(example.row)
        yours += label == 0
        its += label == int(model([text])[0].argmax())
        score = f"Right so far: you {yours} of {number}, the model {its} of {number}."
        assert score in seen(app)
        assert "guess" not in str(app.query_params.get("item"))
        assert set(app.query_params) <= {"task", "item", "model", "guess"}
        assert app.query_params["guess"] == "1"  # the mode, not what was guessed
        if number < len(task.examples):
            settled(press(app, "Next text"))
            assert "The model says" not in seen(app)
    settled(press(app, f"Guess all {len(task.examples)} again"))
    assert app.query_params["item"] == str(DEMO.item)
    assert app.radio[0].value is None
    app.radio[0].set_value(1)
    settled(press(app, "Commit, and show the model's answer"))
    assert " of 1, the model " in seen(app)


def test_without_labels_nobody_is_right() -> None:
    source = kept.keep_texts(["My chest hurts so much", "Please renew my prescription"])
    app = opened(explain, task="triage", item=str(Item(source, 0)), guess="1")
    app.radio[0].set_value(1)
    settled(press(app, "Commit, and show the model's answer"))
    assert "Right so far" not in seen(app)
    assert re.search("You and the model agree on urgent|You say urgent, the model says", seen(app))
    settled(press(app, "Next text"))
    assert app.query_params["item"] == str(Item(source, 1))


def test_a_row_that_is_not_settled_is_asked_about_again() -> None:
    app = opened(explain, task="breast_cancer", item="test-7", samples="500")
    repeats = next(metric for metric in app.metric if metric.label == "Would it repeat?")
    assert repeats.value == "not settled"
    forecast = re.search(r"About ([\d,]+) copies would settle it", f"{seen(app)} {repeats.help}")
    assert forecast is not None
    more = next(button.label for button in app.button if button.label.startswith("Ask about"))
    offered = re.fullmatch(r"Ask about ([\d,]+) copies instead of 500", more)
    assert offered is not None
    wanted, asked = (int(found[1].replace(",", "")) for found in (forecast, offered))
    assert wanted <= asked
    settled(press(app, more))
    assert app.query_params["samples"] == str(asked)
    assert next(m for m in app.metric if m.label == "Would it repeat?").value == "yes"
    assert not [button for button in app.button if button.label.startswith("Ask about")]


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"task": "horoscope"}, "task “horoscope”"),
        ({"model": "<b>"}, "model “<b>”"),
        ({"item": "own-" + "a" * 26 + "-0"}, "no longer on this server"),
        ({"item": "test-99999"}, "no number 100000"),
        ({"off": "9999"}, "Click a word to switch it off"),
        ({"off": "0.9999"}, "Without"),
    ],
)
def test_bad_links_end_in_a_sentence(params: dict[str, str], says: str) -> None:
    app = opened(explain, **params)
    assert says in seen(app)


def test_own_texts_are_explained_by_number() -> None:
    source = kept.keep_texts(["My chest hurts", "Please renew my prescription"])
    app = opened(explain, task="triage", item=str(Item(source, 0)))
    assert "The model says" in seen(app)
    app.pills(key="choice-item-triage").set_value(Item(source, 1)).run()
    settled(app)
    assert app.query_params["item"] == str(Item(source, 1))
    assert not app.error


def test_how_it_works_and_the_flaw_open() -> None:
    app = opened(explain)
    flaw = DEMO.task.flaw
    assert flaw is not None
    app.session_state["deeper-text"] = "works"
    app.run()
    settled(app)
    assert any("A copy" in element.proto.body for element in app.get("html"))
    app.session_state["deeper-text"] = "wrong"
    app.run()
    assert flaw.summary not in seen(app)
    press(app, "Show me what is wrong")
    assert flaw.summary in seen(app)


def test_one_way_deeper_is_open_and_nothing_is_asked_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    as_it_was = waiting.fetch

    def noted(kind: str, *args: Any, **more: Any) -> Any:
        asked.append(kind)
        return as_it_was(kind, *args, **more)

    for module in ("deeper", "second", "opinion", "text"):
        monkeypatch.setattr(f"ui.explain.panels.{module}.fetch", noted)
    app = opened(explain)
    assert set(asked) == {"evidence"}
    for way, kind in (("survives", "survival"), ("opinion", "shapley"), ("works", "copies")):
        asked.clear()
        app.session_state["deeper-text"] = way
        settled(app.run())
        assert set(asked) == {kind}
    asked.clear()
    app.session_state["deeper-text"] = None
    app.run()
    assert asked == []


def test_the_report_keeps_what_the_data_said(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Shown] = []
    monkeypatch.setattr("pages.explain.Shown", lambda *of: shown.append(Shown(*of)) or shown[-1])
    app = opened(explain)
    app.session_state["deeper-text"] = "wrong"
    app.run()
    assert shown[-1].evidence is not None
    assert shown[-1].evidence == shown[-2].evidence
    app.number_input(key="choice-features").set_value(2).run()  # other words: not asked yet
    settled(app)
    assert shown[-1].evidence is None


def test_an_item_that_is_not_there_leads_to_one_that_is() -> None:
    app = opened(explain, task="triage", item="test-999999", off="1")
    assert "There is no number 1000000 here; there are 400" in app.error[0].value.replace("\\", "")
    assert "Try again" not in [button.label for button in app.button]
    next(button for button in app.button if button.label == "Open the first example").click().run()
    settled(app)
    assert "The model says" in seen(app)
    assert app.query_params.get("item") in (None, str(DEMO.item))
    assert "off" not in app.query_params


# --- pictures and rows --------------------------------------------------------------------------


def test_digits_show_the_three_likeliest_answers() -> None:
    app = opened(explain, task="digits")
    assert not app.exception
    assert len(app.get("plotly_chart")) == 5  # the answer, three pictures, the weights
    assert "Why: the regions that speak for each of its likeliest answers" in seen(app)
    app.slider(key="choice-features").set_value(3).run()
    settled(app)
    assert app.query_params["features"] == "3"
    app.multiselect[0].select(20).run()
    settled(app)
    assert app.query_params["off"] == "20"
    assert "Without “region 21, " in seen(app)


def test_a_rows_value_is_edited_and_reset() -> None:
    app = opened(explain, task="flu")
    field = next(box for box in app.number_input if box.label.startswith("patient id"))
    field.set_value(12_345.0).run()
    settled(app)
    assert app.query_params["edits"] == "[[0,12345.0]]"
    assert "With patient id 12345 instead of" in seen(app)
    next(button for button in app.button if button.label == "Reset").click().run()
    settled(app)
    assert "edits" not in app.query_params
    assert "Change a value, and see" in seen(app)


def test_a_value_that_cannot_be_is_told_and_kept() -> None:
    """The training data always has a patient id: without one the model cannot be asked."""

    def set_id(value: float | None) -> None:
        field = next(box for box in app.number_input if box.label.startswith("patient id"))
        settled(field.set_value(value).run())

    app = opened(explain, task="flu")
    set_id(None)
    assert "patient id" in app.error[0].value
    set_id(70_000.0)
    assert not app.error
    assert "With patient id 70000" in seen(app)


def test_an_edit_that_cannot_be_is_told() -> None:
    app = opened(explain, task="flu", edits="[[0,null]]")
    assert "patient id" in app.error[0].value.replace("\\", "")
