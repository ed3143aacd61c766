"""The screen Compare through Streamlit's own test harness."""

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.conditions import until
from tests.pages.conftest import compare, opened, press, seen, settled
from ui.shell import running
from ui.workshop import kept, runs

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


def test_the_decision_comes_first_and_costs_move_with_the_link() -> None:
    app = opened(compare, task="triage", n="8")
    assert app.subheader[0].value.startswith(("Model ", "Neither "))
    assert AGREE.search(seen(app))
    assert "calibration errors" in seen(app)
    (part,) = (each for each in app.button_group if each.label == "Part of the scores")
    settled(part.set_value("costs").run())
    assert app.query_params["board"] == "costs"
    before = costs_told(app)
    (slider,) = (each for each in app.select_slider if "“urgent”" in each.label)
    assert slider.value == 5
    settled(slider.set_value(50).run())
    assert app.query_params["cost"] == "50"
    assert costs_told(app) != before
    (box,) = (each for each in app.selectbox if each.label == "Not to be missed")
    settled(box.select("routine").run())
    assert app.query_params["miss"] == "0"
    again = opened(compare, **app.query_params)
    assert costs_told(again) == costs_told(app)
    assert "called “routine”" in seen(again).replace("Called", "called")


def costs_told(app: AppTest) -> list[str]:
    return re.findall(r"cost [\d,]+\*\*", seen(app))


def test_slices_and_every_other_part_of_the_scores() -> None:
    shown = {"classes": "Found", "curves": "Area under the curve", "calibration": "is off"}
    for part, words in shown.items():
        assert words in seen(opened(compare, task="triage", n="8", board=part))
    app = opened(compare, task="triage", n="8", board="slices", by="words")
    (word,) = app.text_input
    settled(word.set_value(" pain ").run())
    assert app.query_params["by"] == "word:pain"
    assert "clearly better" in seen(app)
    rows = opened(compare, task="flu", n="8", board="slices", by="column:age")
    (box,) = (each for each in rows.selectbox if each.label == "Rows by")
    assert box.value == "column:age"
    assert "clearly better" in seen(rows)
    gone = opened(compare, task="flu", n="8", board="slices", by="column:nothing")
    assert next(each for each in gone.selectbox if each.label == "Rows by").value == "class"


@pytest.mark.long
def test_many_classes_have_no_costs() -> None:
    digits = opened(compare, task="digits", n="8", board="costs")  # of two classes only
    (part,) = (each for each in digits.button_group if each.label == "Part of the scores")
    assert "Costs" not in part.options
    assert part.value == "scores"


def test_without_labels_nothing_is_decided() -> None:
    own = kept.keep_texts(["Chest pain since noon.", "A form for school, please.", "Thank you."])
    app = opened(compare, task="triage", source=own, n="3", board="costs")
    assert AGREE.match(app.subheader[0].value)
    assert "have no labels" in seen(app)
    assert not any(each.label == "Part of the scores" for each in app.button_group)


def test_the_first_reasons_are_shown_while_the_rest_is_explained() -> None:
    app = press(opened(compare, task="triage", n="400"), "Explain 400 texts")
    (run,) = (each for each in runs._runs.values() if not each.ended)
    until(lambda: run.n_done >= 10)
    until(lambda: "Show the reasons" in [each.label for each in settled(app.run()).button])
    press(app, "Show the reasons")
    until(lambda: "so far" in seen(settled(app.run())))
    said = seen(app)
    n_shown = int(re.findall(r"From (\d+) texts so far", said)[0])
    assert 10 <= n_shown <= run.n_done
    assert "Those on which the models differ most come first." in said
    assert "not explained yet" not in said
    assert any("which would you deploy" in each.label for each in app.radio)
    run.stop.set()
    until(lambda: run.ended)
    said = seen(settled(app.run()))
    assert "so far" not in said
    assert "of 400 texts are explained. Nothing of that is lost." in said


def test_what_was_made_of_fewer_stays_until_more_is_put_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: dict[str, Any] = {"few": {"n": 3}}
    are_quiet = []

    def fetch(kind: str, entry_id: str, *_: object, is_quiet: bool, **__: object) -> Any:
        are_quiet.append(is_quiet)
        return made.get(entry_id)

    monkeypatch.setattr(running, "fetch", fetch)
    monkeypatch.setattr(running, "st", SimpleNamespace(session_state={}))
    kept_too = SimpleNamespace(read=lambda kind, entry_id: json.dumps(made[entry_id]).encode())
    monkeypatch.setattr(running, "store", lambda: kept_too)

    def shown(entry_id: str, of: str = "these", *, is_going: bool = True) -> Any:
        run = {"is_going": is_going}
        return running.made_of(run, of, "compared", entry_id, print, affinity="", what="")

    assert shown("none") is None
    assert shown("few") == {"n": 3}
    assert shown("more") == {"n": 3}
    assert shown("more", "others") is None
    assert all(are_quiet)  # the run's own Cancel is the only one
    assert shown("more", is_going=False) is None
    assert not are_quiet[-1]
    made["more"] = {"n": 10}
    assert shown("more") == {"n": 10}
