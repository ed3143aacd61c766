"""The choice in the URL: what was done stays done, whatever the browser still believes."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ui.explain.place import (
    current_choice,
    edit_value,
    follow_widget,
    toggle_off,
    undo_change,
    write_choice,
)
from ui.shell import address
from ui.shell.address import ECHO_SECONDS

START = {"task": "triage", "item": "test-5", "model": "a"}


class Params(dict[str, str]):
    """What Streamlit calls `st.query_params`, of which only this is used."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, params: dict[str, str]) -> None:
        self.clear()
        self.update(params)


class Browser:
    """A page, its URL as its next message tells it, and a clock."""

    def __init__(self) -> None:
        self.query_params, self.session_state = Params(START), dict[str, Any]()
        self.now = 1000.0

    @property
    def url(self) -> dict[str, str]:
        """What differs from the start."""
        return {k: v for k, v in self.query_params.items() if START.get(k) != v}

    def tells(self, **params: str) -> None:
        """A message arrives that was sent with this URL."""
        self.query_params.from_dict(START | params)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    page = Browser()
    monkeypatch.setattr(address, "st", page)
    monkeypatch.setattr(address, "time", SimpleNamespace(monotonic=lambda: page.now))
    current_choice()
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


def test_a_moment_later_going_back_counts(browser: Browser) -> None:
    toggle_off(3)
    browser.now += ECHO_SECONDS - 0.01
    browser.tells()
    assert current_choice().off == (3,)
    browser.now += 0.02
    browser.tells()
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
    browser.tells()
    follow_widget(off=())
    assert current_choice().off == (3,)
    assert browser.url == {"off": "3"}
    follow_widget(off=(3, 5))
    assert browser.url == {"off": "3.5"}
    follow_widget(off=(3,))  # what the click made of it, and the list has now gone back to
    assert browser.url == {"off": "3"}


def test_a_field_goes_back_and_forth_as_fast_as_it_likes(browser: Browser) -> None:
    for features in (7, 6, 7, 8, 6):
        follow_widget(features=features)
        assert current_choice().features == features


def test_a_field_may_tell_its_old_value_a_moment_later(browser: Browser) -> None:
    toggle_off(3)
    browser.now += ECHO_SECONDS
    follow_widget(off=())
    assert browser.url == {}


def test_another_item_takes_along_what_belongs_to_the_old_one(browser: Browser) -> None:
    """A field that clears others is not told what they had by those others' widgets."""
    toggle_off(3)
    follow_widget(model="b", off=())
    assert browser.url == {"model": "b"}
    follow_widget(off=(3,))  # the list, which still had it
    assert browser.url == {"model": "b"}


def test_the_button_and_the_field_of_one_setting_agree(browser: Browser) -> None:
    """The button writes what Settings shows too, which may still tell what suits the kind."""
    shown = current_choice().n_samples
    write_choice(samples=5000)
    follow_widget(samples=shown)
    assert browser.url == {"samples": "5000"}
    follow_widget(samples="auto")
    assert browser.url == {"samples": "auto"}


def test_a_value_is_edited_and_edited_back(browser: Browser) -> None:
    browser.query_params.from_dict({"task": "flu", "item": "test-0", "model": "a"})
    edit_value(4, 39.5, 36.6)
    edit_value(2, "dry", "no")
    assert current_choice().edits == ((4, 39.5), (2, "dry"))
    edit_value(4, 36.6, 36.6)
    assert current_choice().edits == ((2, "dry"),)
    edit_value(2, "no", "no")
    assert "edits" not in browser.query_params


def test_fields_that_have_not_heard_of_a_reset_undo_nothing(browser: Browser) -> None:
    """Each of the edited fields still tells what was in it; then one is edited again."""
    browser.query_params.from_dict({"task": "flu", "item": "test-0", "model": "a"})
    edit_value(4, 39.5, 36.6)
    edit_value(2, "dry", "no")
    browser.now += 60
    write_choice(edits=())
    edit_value(4, 39.5, 36.6)
    edit_value(2, "dry", "no")
    assert current_choice().edits == ()
    edit_value(4, 40.0, 36.6)
    assert current_choice().edits == ((4, 40.0),)
