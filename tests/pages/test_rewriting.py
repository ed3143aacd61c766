"""A text written anew: each edit is an item of its own, and the way back to what it was made of."""

import pytest
from streamlit.testing.v1 import AppTest

from sample_models import load_data, load_model
from tests.pages.conftest import compare, explain, opened, press, seen, settled
from ui.explain.panels.rewriting import MOST_WORDS, difference
from ui.shell.wording import percent
from ui.workshop import kept
from ui.workshop.item import Item
from ui.workshop.kept import lineage

TEXT = load_data("triage").test.instances[7]


def rewritten(app: AppTest, text: str) -> AppTest:
    (area,) = (each for each in app.text_area if "written anew" in each.label)
    area.set_value(text)
    return settled(press(app, "Ask about this text"))


def versions(app: AppTest) -> list[str]:
    found = [each for each in app.button_group if each.label == "Versions of this text"]
    return [option.content for option in found[0].proto.options] if found else []


def version(app: AppTest, item: Item) -> AppTest:
    (found,) = (each for each in app.button_group if each.label == "Versions of this text")
    return settled(found.set_value(str(item)).run())


def test_edits_of_a_text_are_explained_and_lead_back_to_what_they_were_made_of() -> None:
    app = opened(explain, task="triage", item="test-7")
    assert versions(app) == []
    rewritten(app, TEXT)
    assert "Nothing is changed in it." in seen(app)
    rewritten(app, "  ")
    assert "There is nothing in it" in seen(app)
    first, second = f"{TEXT} Thanks a lot", "I cannot breathe and my chest hurts badly."
    edit = Item.parse(rewritten(app, first).query_params["item"])
    assert edit is not None
    assert kept.texts(edit.source) == (first,)
    p = load_model("triage", "a")([first])[0]
    assert percent(p.max()) in seen(app)
    assert "Made of the original: with “Thanks”, “a” and “lot”." in seen(app)
    last = Item.parse(rewritten(app, second).query_params["item"])
    assert last is not None
    assert versions(app) == ["The original", "Edit 1", "Edit 2"]
    assert lineage(last) == [Item("test", 7), edit, last]
    assert "Made of edit 1: " in seen(app)
    version(app, Item("test", 7))
    assert app.query_params["item"] == "test-7"
    assert versions(app) == ["The original", "Edit 1", "Edit 2"]
    again = opened(explain, task="triage", item=str(last))  # by its link alone
    assert versions(again) == ["The original", "Edit 1", "Edit 2"]


def test_both_models_are_asked_about_an_edit_and_the_list_is_that_of_the_original() -> None:
    app = opened(compare, task="triage", row="7", n="3")
    text = "I cannot breathe and my chest hurts badly."
    source = rewritten(app, text).query_params["source"]
    assert kept.texts(source) == (text,)
    for model in ("a", "b"):
        assert percent(load_model("triage", model)([text])[0].max()) in seen(app)
    assert versions(app) == ["The original", "Edit 1"]
    press(app, "Back to the list")
    assert "source" not in app.query_params
    assert "row" not in app.query_params


def test_the_same_text_made_of_another_is_another_edit_and_a_lost_one_ends_the_way() -> None:
    one, two = (kept.keep_edit("text", Item("test", row), "") for row in (1, 2))
    assert one != two
    assert lineage(Item(one, 0)) == [Item("test", 1), Item(one, 0)]
    lost = Item(kept.keep_edit("text", Item("a" * 26, 3), ""), 0)
    assert lineage(lost) == [Item("a" * 26, 3), lost]
    brought = Item(kept.keep_texts(["a", "b"]), 1)
    assert lineage(brought) == [brought]
    assert lineage(Item(kept.keep_edit("c", brought, ""), 0))[0] == brought


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("no pain today", "pain today", "without “no”"),
        ("no pain", "sharp pain", "without “no”; with “sharp”"),
        ("a  b", "a b", ""),
        ("a " * MOST_WORDS, "a", f"1 word instead of {MOST_WORDS:,}"),
    ],
)
def test_what_was_changed_is_told_in_words(before: str, after: str, told: str) -> None:
    assert difference(before, after) == told
