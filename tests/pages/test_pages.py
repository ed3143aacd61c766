"""Every page through Streamlit's own test harness, in this process, with real workers."""

import re

import pytest

from sample_models import tasks
from tests.pages.conftest import explain, home, opened, press, seen, settled
from ui.explain.choice import first_choice
from ui.workshop import kept
from ui.workshop.item import Item

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


def test_a_bare_address_explains_the_first_demo() -> None:
    app = opened(explain)
    text = seen(app)
    assert "The model says" in text
    assert "How far to believe" in text
    assert [metric.label for metric in app.metric] == [
        "Does the imitation fit?",
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
    assert "You said husky." in seen(app)


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
        ({"off": "9999"}, "Nothing is off"),
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
    app.number_input(key="choice-row").set_value(2).run()
    settled(app)
    assert app.query_params["item"] == str(Item(source, 1))
    assert not app.error


def test_how_it_works_and_the_flaw_open() -> None:
    app = opened(explain)
    app.session_state["how-it-works"] = True
    app.run()
    settled(app)
    assert any("A copy" in element.proto.body for element in app.get("html"))
    app.toggle(key="reveal").set_value(True).run()
    flaw = DEMO.task.flaw
    assert flaw is not None
    assert flaw.summary in seen(app)


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
    assert "Nothing is changed" in seen(app)


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
