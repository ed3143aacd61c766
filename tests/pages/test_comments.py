"""A task whose models have learned from what is not at hand, on every screen."""

from collections.abc import Callable

import pytest

from sample_models import tasks
from tests.conditions import until
from tests.pages.conftest import compare, explain, opened, pick, press, seen, settled
from ui.improve.work import keep_marked
from ui.pick.choice import PickChoice
from ui.pick.work.explaining import Explaining
from ui.workshop import kept, runs
from ui.workshop.catalogue import rounds_of
from ui.workshop.item import Item

TASK = tasks()["comments"]
NOT_AT_HAND = "earned from is not at hand"


def improve() -> None:
    from pages import improve

    improve.render()


def test_explain_shows_a_harmless_comment_that_the_filter_would_silence() -> None:
    app = opened(explain, task="comments")
    assert "The model says **offensive**" in seen(app)
    assert not app.warning
    app.selectbox(key="choice-Model-comments").set_value("b").run()
    assert "The model says **harmless**" in seen(settled(app))


def test_explain_counts_words_in_the_data_that_are_there_and_says_what_is_not() -> None:
    app = opened(explain, task="comments")
    tables = [each.proto.body for each in app.get("html") if "<th" in each.proto.body]
    assert NOT_AT_HAND in seen(app)
    (counted,) = [table for table in tables if "Real use" in table]
    assert "Test" in counted
    assert "Training" not in counted


def test_explain_says_why_copies_are_not_told_from_real_comments() -> None:
    app = opened(explain, task="comments")
    app.session_state["deeper-text"] = "noticed"
    settled(app.run())
    assert NOT_AT_HAND in seen(app)
    assert "of 10 cases" not in seen(app)


def test_a_text_in_another_language_is_told_to_be_outside() -> None:
    own = kept.keep_texts(["Hyvää päivää, kauppatori aukeaa vasta myöhemmin tänään."])
    app = opened(explain, task="comments", item=str(Item(own, 0)))
    assert len(app.warning) == 1
    assert "The model knows none of these 7 words." in seen(app)
    assert f"It learned from {TASK.learned_from}, and from nothing else." in seen(app)


@pytest.mark.parametrize(
    ("screen", "params", "says"),
    [
        (explain, {"item": "train-3"}, "asks for the item “train-3”, which is not here"),
        (pick, {"source": "train", "n": "8"}, "asks for the data “train”, which is not here"),
        (compare, {"source": "train", "n": "8"}, "asks for the data “train”, which is not here"),
    ],
)
def test_a_link_to_training_data_is_a_sentence(
    screen: Callable[[], None], params: dict[str, str], says: str
) -> None:
    app = opened(screen, task="comments", **params)
    assert says in seen(app)
    assert not app.error


@pytest.mark.long
def test_pick_finds_the_few_and_offers_no_training_data() -> None:
    choice = PickChoice(TASK, "a", "field", n=20)
    run = runs.start(Explaining(choice), range(choice.n))
    until(lambda: run.ended)
    app = opened(pick, **choice.params())
    assert "These 8 texts show" in seen(app)
    data = next(box for box in app.selectbox if box.label == "Data")
    assert set(data.options) == {"Test data", "Real use"}
    assert NOT_AT_HAND in data.help


def test_compare_tells_how_both_do() -> None:
    app = opened(compare, task="comments", n="8", source="field")
    assert "They give the same answer on" in seen(app)
    assert not app.error


def test_improve_takes_words_out_of_sight_and_says_that_nothing_is_learned_again() -> None:
    app = opened(improve, out=keep_marked("comments", "a", ["gay", "lesbian"]))
    assert "As it is, the model is right in" in seen(app)
    assert NOT_AT_HAND in seen(app)
    settled(press(app, "Ask it without them"))
    task = app.query_params["task"]
    rounds = rounds_of(task if isinstance(task, str) else task[0])
    assert rounds is not None
    assert rounds.rounds == (("gay", "lesbian"),)
    assert "In real use the model is" in seen(app)
    assert "does not know" not in seen(app)
    assert NOT_AT_HAND in seen(app)
    assert "Ask it without them" in [button.label for button in app.button]
    assert "Train again without them" not in [button.label for button in app.button]
