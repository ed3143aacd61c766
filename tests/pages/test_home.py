"""Home: its cards, in this process with real workers."""

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sample_models import Task, tasks
from tests.conditions import until
from tests.pages.conftest import home, opened, seen
from ui.explain.choice import first_choice
from ui.shell.wording import headline
from ui.workshop.store import store

CARDS = ("triage", "wolves", "flu")


def html_of(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def result(task: Task) -> Any:
    request = first_choice(task).request
    raw = store().read("explanation", request.store_id("explanation"))
    return None if raw is None else json.loads(raw)


@pytest.fixture
def filled() -> AppTest:
    app = opened(home)

    def is_filled() -> bool:
        app.run()  # a page that nobody looks at waits no longer
        return seen(app).count("The model says") == len(CARDS)

    until(is_filled)
    assert not app.exception
    return app


def test_each_card_says_the_answer_and_what_it_really_is(filled: AppTest) -> None:
    lines = seen(filled).splitlines()
    said = [line for line in lines if line.startswith("The model says")]
    verdicts = re.findall(r">. (right|wrong)<", html_of(filled))
    really = [line for line in lines if line.startswith("It is **")]
    for key, told, verdict in zip(CARDS, said, verdicts, strict=True):
        found = result(tasks()[key])
        assert found is not None
        names = tasks()[key].class_names
        probabilities, label = found["explanation"]["probabilities"], found["label"]
        answer, sure = headline(probabilities, names)
        assert told == f"The model says {answer}, {sure}."
        assert (verdict == "wrong") == (names[label] != answer)
        assert any(f"{names[label]}**." in line for line in really) == (verdict == "wrong")
    drawn = html_of(filled)
    assert drawn.count("data:image/") == 1  # the picture
    assert 'to-come"' not in drawn


def test_cards_keep_their_room_until_the_demos_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    class ToCome:
        lapsed = False

        def wait(self, seconds: float) -> bool:
            return False

    class Busy:
        def submit(self, *args: object, **kwargs: object) -> ToCome:
            return ToCome()

    monkeypatch.setattr("ui.shell.waiting.workers", Busy)
    monkeypatch.setattr("ui.home.panels.store", lambda: Nothing())
    app = AppTest.from_function(home).run()
    assert not app.exception
    drawn = html_of(app)
    assert drawn.count('class="demo"') == drawn.count('role="status"') == len(CARDS)
    assert {tasks()[key].question for key in CARDS} <= set(seen(app).splitlines())


class Nothing:
    """A store that has nothing yet."""

    def read(self, kind: str, entry_id: str) -> None:
        return None
