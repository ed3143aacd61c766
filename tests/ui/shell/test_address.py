"""The choice in the URL: what was done stays done, whatever the browser still believes."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ui.explain.place import (
    EXPLAIN,
    about_item,
    current_choice,
    edit_value,
    toggle_off,
    undo_change,
    write_choice,
)
from ui.shell import address, controls
from ui.shell.address import ECHO_SECONDS, answered

START = {"task": "triage", "item": "test-5", "model": "a"}


class Params(dict[str, str]):
    """What Streamlit calls `st.query_params`, of which only this is used."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, params: dict[str, str]) -> None:
        self.clear()
        self.update(params)


class Browser:
    """A page, its URL and its widgets as its next message tells them, and a clock."""

    def __init__(self) -> None:
        self.query_params, self.session_state = Params(START), dict[str, Any]()
        self.now = 1000.0
        self.goes_back = False
        self.listeners = dict[str, Any]()

    @property
    def url(self) -> dict[str, str]:
        """What differs from the start."""
        return {k: v for k, v in self.query_params.items() if START.get(k) != v}

    def tells(self, **params: str) -> None:
        """A message arrives that was sent with this URL."""
        self.query_params.from_dict(START | params)

    def answers(self, *, has_list: bool = True) -> None:
        """The page has run, with a list of what is off and a field for the number of words."""
        choice = current_choice()
        if has_list:
            self._draws("off", list(choice.off), lambda told: write_choice(off=tuple(told)))
        self._draws("features", choice.features, lambda told: write_choice(features=told))
        answered()
        controls.answered()

    def _draws(self, name: str, value: Any, write: Any) -> None:
        def widget(key: str, changed: Any) -> None:
            self.listeners[name] = key, changed

        controls.keyed(name, value, widget, write, offers=lambda told: told != "a label")

    def has(self, name: str, value: Any) -> None:
        """A message arrives in which a widget has this, which is not what the page showed."""
        key, changed = self.listeners[name]
        self.session_state[key] = value
        changed()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    page = Browser()
    monkeypatch.setattr(address, "st", page)
    monkeypatch.setattr(controls, "st", page)
    monkeypatch.setattr(address, "time", SimpleNamespace(monotonic=lambda: page.now))
    monkeypatch.setattr(
        address,
        "get_script_run_ctx",
        lambda **_: SimpleNamespace(is_history_navigation=page.goes_back),
    )
    page.answers()
    return page


def test_a_bare_address_is_what_was_looked_at_last(browser: Browser) -> None:
    browser.tells(model="b", off="2")
    assert current_choice().off == (2,)
    browser.query_params.from_dict({})  # by the menu
    choice = current_choice()
    assert (choice.model, choice.off) == ("b", (2,))
    assert browser.url == {"model": "b", "off": "2"}


def test_two_clicks_in_one_message_both_count(browser: Browser) -> None:
    toggle_off(3)
    toggle_off(1)
    assert browser.url == {"off": "3.1"}
    toggle_off(3)
    assert browser.url == {"off": "1"}
    undo_change()
    assert browser.url == {}


def test_a_message_with_the_url_of_before_undoes_nothing(browser: Browser) -> None:
    """A figure that tells its width, or a second click, left before the first click's answer."""
    toggle_off(3)
    browser.tells()
    assert current_choice().off == (3,)
    assert browser.url == {"off": "3"}
    browser.tells()
    toggle_off(1)
    assert browser.url == {"off": "3.1"}
    for late in ({}, {"off": "3"}):  # any of the URLs written over a moment ago
        browser.tells(**late)
        assert current_choice().off == (3, 1)


def test_a_page_that_takes_long_is_waited_for(browser: Browser) -> None:
    """Until it has answered, the browser cannot know."""
    toggle_off(3)
    browser.now += 60
    browser.tells()
    browser.answers()
    assert browser.url == {"off": "3"}
    browser.now += ECHO_SECONDS - 0.01
    browser.tells()
    assert current_choice().off == (3,)
    browser.now += 0.02
    browser.tells()
    assert current_choice().off == ()
    assert browser.url == {}


def test_going_back_counts_at_once(browser: Browser) -> None:
    toggle_off(3)
    browser.goes_back = True
    browser.tells()
    assert current_choice().off == ()
    browser.goes_back = False
    assert current_choice().off == ()
    assert browser.url == {}


def test_a_url_never_written_over_counts_at_once(browser: Browser) -> None:
    """A link that someone opens right after a click is news."""
    toggle_off(3)
    browser.tells(model="b")
    assert current_choice().model == "b"
    assert browser.url == {"model": "b"}


def test_a_field_that_has_not_heard_of_the_click_undoes_nothing(browser: Browser) -> None:
    """The list of words that are off still tells what it had before; then it tells its own."""
    toggle_off(3)
    browser.answers()
    browser.tells()
    browser.has("off", [])
    browser.answers()
    assert browser.url == {"off": "3"}
    browser.has("off", [3, 5])
    browser.answers()
    assert browser.url == {"off": "3.5"}
    browser.has("off", [3])  # what the click made of it, and the list has now gone back to
    assert browser.url == {"off": "3"}


def test_a_field_goes_back_and_forth_as_fast_as_it_likes(browser: Browser) -> None:
    for features in (7, 6, 7, 8, 6):
        browser.has("features", features)
        browser.answers()
        assert current_choice().features == features


def test_a_field_may_tell_its_old_value_a_moment_later(browser: Browser) -> None:
    toggle_off(3)
    browser.answers()
    browser.now += ECHO_SECONDS
    browser.has("off", [])
    assert browser.url == {}


def test_what_a_widget_has_shown_all_the_time_is_no_act(browser: Browser) -> None:
    """Streamlit says so of a widget that it has forgotten in between."""
    toggle_off(3)
    browser.answers()
    toggle_off(5)
    browser.answers()
    browser.now += ECHO_SECONDS
    browser.tells(off="4")  # by the browser's way back, say
    browser.has("off", [3, 5])
    assert browser.url == {"off": "4"}


def test_a_widget_that_is_no_longer_shown_is_not_changed_by_anybody(browser: Browser) -> None:
    browser.answers(has_list=False)
    browser.now += ECHO_SECONDS
    browser.has("off", [3])
    assert browser.url == {}
    browser.answers()
    browser.has("off", [3])
    assert browser.url == {"off": "3"}


def test_another_item_takes_along_what_belongs_to_the_old_one(browser: Browser) -> None:
    """A field that clears others is not told what they had by those others' widgets."""
    toggle_off(3)
    browser.answers()
    write_choice(model="b", off=())
    browser.answers()
    browser.has("off", [3])  # the list, which still had it
    assert browser.url == {"model": "b"}


def test_what_is_not_offered_is_not_written(browser: Browser) -> None:
    browser.has("off", "a label")
    assert browser.url == {}


def test_an_act_on_what_is_gone_is_not_done_to_what_has_come(browser: Browser) -> None:
    here = about_item(current_choice())
    here.act(toggle_off)(3)
    assert browser.url == {"off": "3"}
    browser.query_params.from_dict(START | {"item": "test-6"})
    here.act(toggle_off)(4)
    assert "off" not in browser.query_params
    there = about_item(current_choice())
    assert there.key("off") != here.key("off")
    there.act(toggle_off)(4)
    assert browser.url == {"item": "test-6", "off": "4"}


def test_an_act_is_about_the_fields_that_it_names_together(browser: Browser) -> None:
    about_task = EXPLAIN.about(current_choice(), "task")
    about_both = EXPLAIN.about(current_choice(), "task", "model")
    write_choice(model="b")
    assert about_task.is_there()
    assert not about_both.is_there()


def test_a_value_is_edited_and_edited_back(browser: Browser) -> None:
    browser.query_params.from_dict({"task": "flu", "item": "test-0", "model": "a"})
    edit_value(4, 39.5, 36.6)
    edit_value(2, "dry", "no")
    assert current_choice().edits == ((4, 39.5), (2, "dry"))
    edit_value(4, 36.6, 36.6)
    assert current_choice().edits == ((2, "dry"),)
    edit_value(2, "no", "no")
    assert "edits" not in browser.query_params


def test_options_that_are_called_the_same_are_told_apart() -> None:
    """Two of ImageNet's classes are a crane: the bird and the machine."""
    named = controls.told_apart({134: "crane", 517: "crane", 8: "hen"})
    assert named == {134: "crane (1)", 517: "crane (2)", 8: "hen"}


def test_a_label_is_no_value() -> None:
    assert controls.is_one_of(1, range(3))
    assert not controls.is_one_of("1", range(3))
    assert not controls.is_one_of(True, range(3))
    assert not controls.is_one_of("least alike reasons first", {"overlap": ""})
