"""The screen Pick through Streamlit's own test harness, its items explained beforehand."""

import re

import pytest

from sample_models import tasks
from tests.conditions import until
from tests.pages.conftest import opened, pick, seen, settled
from ui.pick.choice import PickChoice
from ui.pick.work.explaining import Explaining
from ui.workshop import runs


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


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"task": "nope", "model": "z", "n": "0"}, "“nope”"),
        ({"task": "triage", "source": "a" * 26}, "There are no texts here any more"),
    ],
)
def test_a_link_to_nothing_is_a_sentence(params: dict[str, str], says: str) -> None:
    assert says in seen(opened(pick, **params))
