"""The screen Compare through Streamlit's own test harness."""

import re

from tests.pages.conftest import compare, opened, seen, settled

AGREE = re.compile(r"^They give the same answer on (all )?\d+", re.MULTILINE)


def test_what_cannot_be_compared_is_said_and_mended_in_place() -> None:
    app = opened(compare, task="triage", b="newsgroups/b", n="8")
    assert "has no answer in common with these data" in seen(app)
    assert not AGREE.search(seen(app))
    urgent = next(box for box in app.selectbox if box.label == "urgent")
    settled(urgent.select_index(urgent.options.index("atheism")).run())
    assert app.query_params["map-b"].startswith("1.-")
    assert AGREE.search(seen(app))


def test_a_model_is_not_compared_with_itself() -> None:
    assert "Both are the same model" in seen(opened(compare, task="triage", b="a", n="8"))


def test_texts_that_are_gone_are_not_compared() -> None:
    app = opened(compare, task="triage", source="a" * 26)
    assert "There are no texts here any more" in seen(app)
