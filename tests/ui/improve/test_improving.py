"""Rounds of training as tasks of their own, what is measured of them, and the screen Improve."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import sample_models
from lime_engine.errors import Cancelled, InputError
from tests.conditions import PATIENCE
from tests.ui.reports import Told
from tests.ui.workshop.trained.data_sets import patients_key
from ui.improve import panels, work
from ui.improve import wording as told
from ui.improve.choice import Place, read_place
from ui.improve.export import as_report
from ui.improve.work import keep_marked, known_parts, measure, read_marked
from ui.workshop import catalogue
from ui.workshop.catalogue import (
    Rounds,
    data_of,
    entry_of,
    find_task,
    keep_rounds,
    rounds_of,
    task_of,
)

STAMP = (("W7", "W9", "OPD"), ("frontdesk", "Hale"))


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[str]]:
    """What every model that is trained from now on is without."""
    seen: list[frozenset[str]] = []
    task = sample_models.tasks()["triage"]
    card = task.model("a")
    assert card.improver is not None
    real: Callable[[frozenset[str]], Any] = card.improver.retrain

    def retrain(parts: frozenset[str]) -> Any:
        seen.append(parts)
        return real(parts)

    noted = replace(card, improver=replace(card.improver, retrain=retrain))
    catalogue.retrained.cache_clear()
    tasks = {**sample_models.tasks(), "triage": replace(task, models=(noted, task.models[1]))}
    monkeypatch.setattr(catalogue, "tasks", lambda: tasks)
    return seen


# --- Tasks --------------------------------------------------------------------------------------


def test_a_chain_of_rounds_is_a_task_with_a_model_for_each() -> None:
    key = keep_rounds("triage", "a", STAMP)
    task, base = task_of(key), sample_models.tasks()["triage"]
    assert task.key == key
    assert [card.key for card in task.models] == ["a", "round-1", "round-2"]
    assert [card.name for card in task.models] == [
        "Model A",
        "Model A, round 1: without W7, W9, OPD",
        "Model A, round 2: without frontdesk, Hale, W7 and 2 more",
    ]
    assert (task.flaw, task.examples, task.title) == (base.flaw, base.examples, base.title)
    assert rounds_of(key) == Rounds("triage", "a", STAMP)
    assert data_of(key) is data_of("triage")


def test_the_same_rounds_are_the_same_task() -> None:
    assert keep_rounds("triage", "a", [[" W7", "W7", ""]]) == keep_rounds("triage", "a", [["W7"]])
    assert keep_rounds("triage", "a", STAMP) != keep_rounds("triage", "b", STAMP)


def test_each_model_is_blind_to_all_rounds_up_to_its_own() -> None:
    key = keep_rounds("triage", "a", STAMP)
    text = "A cough since Monday."
    before, first, second = (
        entry_of(key, model).predict() for model in ("a", "round-1", "round-2")
    )
    assert before is sample_models.load_model("triage", "a")
    assert entry_of(key, "round-2").predict() is second

    def changes(predict: Any, word: str) -> bool:
        return not np.array_equal(predict([text]), predict([f"{text} {word}"]))

    assert [changes(predict, "W7") for predict in (before, first, second)] == [True, False, False]
    assert [changes(predict, "Hale") for predict in (before, first, second)] == [True, True, False]


@pytest.mark.parametrize(
    ("rounds", "said"),
    [
        ([["W7"], [" "]], "Nothing is named"),
        ([[f"word{i}" for i in range(201)]], "201 are to be taken out at once; a round can take"),
        ([["x" * 61]], "has 61 characters; a word can have 60"),
        ([[f"word{i}"] for i in range(21)], "would be round 21; there can be 20"),
    ],
)
def test_what_is_too_much_or_nothing_is_refused(rounds: list[list[str]], said: str) -> None:
    with pytest.raises(InputError, match=said):
        keep_rounds("triage", "a", rounds)


@pytest.mark.parametrize(("task", "model"), [("digits", "logistic"), ("stars", "a"), ("flu", "z")])
def test_what_cannot_be_trained_again_has_no_rounds(task: str, model: str) -> None:
    with pytest.raises(InputError, match="cannot be trained again here"):
        keep_rounds(task, model, [["x"]])


@pytest.mark.parametrize("key", ["rounds-", "rounds-" + "a" * 26, "rounds-../secret"])
def test_rounds_that_are_gone_are_no_task(key: str) -> None:
    assert find_task(key) is None
    assert rounds_of(key) is None
    for ask in (task_of, data_of, lambda k: entry_of(k, "a").predict()):
        with pytest.raises(InputError, match="Start again under Improve"):
            ask(key)


# --- Measuring ----------------------------------------------------------------------------------


def test_shares_are_those_of_models_trained_by_hand() -> None:
    found = measure(Rounds("triage", "a", STAMP), report=Told())
    improver = sample_models.tasks()["triage"].model("a").improver
    assert improver is not None
    data = sample_models.load_data("triage")
    for number, removed in enumerate(({}, {*STAMP[0]}, {*STAMP[0], *STAMP[1]})):
        predict = improver.retrain(frozenset(removed))
        for name, split in (("test", data.test), ("field", data.field)):
            answers = predict(split.instances).argmax(axis=1)
            assert found[name][number] == pytest.approx((answers == split.labels).mean())
    assert found["removed"] == [0, 3, 5]
    assert (found["n_test"], found["n_field"]) == (400, 400)
    assert json.loads(json.dumps(found)) == found


def test_the_random_models_do_without_as_many_and_go_on_from_round_to_round(
    trained: list[frozenset[str]],
) -> None:
    found = measure(Rounds("triage", "a", STAMP), report=Told())
    at_random = [parts for parts in trained if not parts & {"W7"}]
    assert [len(parts) for parts in at_random] == [3, 3, 3, 5, 5, 5]
    assert all(one < two for one, two in zip(at_random[:3], at_random[3:], strict=True))
    assert len(set(at_random)) == 6
    for mean, low, high in found["random_field"]:
        assert low <= mean <= high
    assert found["random_test"][0] == [found["test"][0]] * 3


def test_a_further_round_trains_only_what_is_new(trained: list[frozenset[str]]) -> None:
    first = measure(Rounds("triage", "a", STAMP[:1]), report=Told())
    assert len(trained) == 1 + work.N_DRAWS
    both = measure(Rounds("triage", "a", STAMP), report=Told())
    assert len(trained) == 2 * (1 + work.N_DRAWS)
    assert both["field"][:2] == first["field"]
    measure(Rounds("triage", "a", STAMP), report=Told())
    assert len(trained) == 2 * (1 + work.N_DRAWS)


def test_progress_rises_to_the_end_and_a_stop_is_heard(trained: list[frozenset[str]]) -> None:
    report = Told()
    measure(Rounds("triage", "a", STAMP[:1]), report=report)
    assert report.fractions == sorted(report.fractions)
    assert report.fractions[-1] == 1.0
    n = len(trained)
    with pytest.raises(Cancelled):
        measure(Rounds("triage", "a", (("fever",),)), report=Told(until=0.3))
    assert len(trained) == n + 1


def test_words_that_the_model_does_not_know_are_named() -> None:
    rounds = Rounds("triage", "a", (("zyzzyva",), ("zyzzyva", "W7")))
    found = measure(rounds, report=Told())
    assert found["unknown"] == [["zyzzyva"], ["zyzzyva"]]
    assert found["removed"] == [0, 0, 1]
    assert found["test"][1] == found["test"][0]
    task = sample_models.tasks()["triage"]
    assert told.not_known(found, 1, task) == (
        "The model does not know “zyzzyva”, so taking it out changes nothing."
    )


@pytest.mark.parametrize(
    ("named", "parts", "known"),
    [
        ({"Host"}, {"host", "post"}, {"host"}),
        ({"Host"}, {"host", "Post"}, set()),
        ({"don't"}, {"don", "do"}, {"don"}),
        ({"patient id"}, {"patient id", "age"}, {"patient id"}),
        ({"Host", "host"}, {"host"}, {"host"}),
    ],
)
def test_known_parts(named: set[str], parts: set[str], known: set[str]) -> None:
    assert known_parts(named, parts) == known


def test_the_margin_is_two_standard_errors_of_the_difference() -> None:
    before, after = np.array([True] * 60 + [False] * 40), np.array([True] * 80 + [False] * 20)
    change = after.astype(float) - before
    expected = 2 * np.sqrt((change**2).mean() - change.mean() ** 2) / 10
    assert work._margin(before, after) == pytest.approx(expected)
    assert work._margin(before, before) == 0


# --- Marks and links ----------------------------------------------------------------------------


def test_marks_are_kept_once_each() -> None:
    entry_id = keep_marked("triage", "a", ["W7", "W9", "W7"])
    marked = read_marked(entry_id)
    assert marked == work.Marked("triage", "a", ("W7", "W9"))
    assert read_marked("a" * 26) is None
    place = read_place({"out": entry_id})
    assert (place.task.key, place.model, place.marked) == ("triage", "a", marked)
    assert read_place(place.params()) == place


def test_a_link_to_an_earlier_round_leaves_out_the_later_ones() -> None:
    key = keep_rounds("triage", "a", STAMP)
    assert read_place({"task": key}).rounds.rounds == STAMP
    assert read_place({"task": key, "model": "round-1"}).rounds.rounds == STAMP[:1]
    assert read_place({"task": key, "model": "a"}).rounds.rounds == ()


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"task": "rounds-" + "a" * 26}, "is not here any more"),
        ({"task": "flu", "model": "z"}, "which this task does not have. Showing Model A."),
        ({"task": "flu", "out": "b" * 26}, "is no longer on this server"),
    ],
)
def test_what_a_link_names_in_vain_is_told(params: dict[str, str], said: str) -> None:
    place = read_place(params)
    assert said in " ".join(place.problems)
    assert place.can_improve


# --- Sentences ----------------------------------------------------------------------------------


def found_of(test: tuple[float, ...], field: tuple[float, ...], **more: Any) -> dict[str, Any]:
    return {
        "test": test,
        "field": field,
        "margin_test": [0, 0.02],
        "margin_field": [0, 0.02],
        "random_test": [[0.9] * 3] * 2,
        "random_field": [[0.7, 0.69, 0.71]] * 2,
        "removed": [0, 12],
        "overlap": [0, 0],
        "n_test": 400,
        "n_field": 400,
        **more,
    }


def test_better_in_real_use_and_worse_on_test_is_what_was_hoped_for() -> None:
    found = found_of((0.96, 0.89), (0.70, 0.88))
    assert told.verdict(found) == (
        "In real use the model is now right in 88% of the cases instead of 70%."
    )
    assert told.meaning(found) == (
        "On the test data it fell from 96% to 89%. What it lost there it had owed to what was "
        "taken out."
    )
    assert "it matters which ones go" in str(told.at_random(found, sample_models.tasks()["triage"]))


@pytest.mark.parametrize(
    ("field", "said"),
    [((0.7, 0.71), "about as often as before"), ((0.7, 0.6), "right less often: 60% instead")],
)
def test_a_difference_that_may_be_chance_is_none(field: tuple[float, float], said: str) -> None:
    assert said in told.verdict(found_of((0.9, 0.9), field))


def test_a_random_choice_that_hit_the_same_column_is_told() -> None:
    found = found_of((0.98, 0.86), (0.51, 0.86), removed=[0, 1], overlap=[0, 1])
    said = str(told.at_random(found, sample_models.tasks()["flu"]))
    assert said.startswith("Taking out 1 random column instead")
    assert "The mean of 3 choices; 1 of them happened to take out one of the same columns." in said


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ((0.96, 0.89), "On the test data the model is now right less often: 89% instead of 96%."),
        ((0.89, 0.96), "On the test data the model is now right in 96% instead of 89%."),
        ((0.9, 0.91), "On the test data the model is about as good as before: 91%, and was 90%."),
    ],
)
def test_where_there_is_no_real_use_that_is_said(test: tuple[float, float], said: str) -> None:
    triage = sample_models.tasks()["triage"]
    nothing: Any = dict.fromkeys(("margin_field", "random_field"))
    found = found_of(test, cast("Any", None), n_field=0, unknown=[[]], **nothing)
    assert told.verdict(found) == said
    assert told.meaning(found) == told.NO_FIELD
    assert "None of it is from real use" in told.as_it_is(found)
    assert str(told.at_random(found, triage)).endswith("leaves the model at 90% on the test data.")
    assert told.round_told(found, 1).endswith(" right.")
    assert "Counted on 400 test texts, none of which" in told.counted_on(found, triage)
    assert "2 points on the test data can be chance" in told.counted_on(found, triage)


@pytest.mark.parametrize("fell", [0.02, 0.024, 0.03, 0.031, 0.05])
def test_what_can_be_chance_was_owed_to_nothing(fell: float) -> None:
    """A loss is told only if it is more than what is said, in the same place, to be chance."""
    found = found_of((0.9, 0.9 - fell), (0.7, 0.88), margin_test=[0, 0.024])
    chance = told.counted_on(found, sample_models.tasks()["triage"])
    assert "up to 3 points on the test data, or 2 in real use, can be chance" in chance
    assert ("had owed" in told.meaning(found)) == (fell > 0.03)


def test_models_of_other_rounds_have_other_names() -> None:
    keys = [keep_rounds("triage", "a", rounds) for rounds in ([["W7"]], [["W11"]], [["W7", "W11"]])]
    keys.append(keep_rounds("triage", "b", [["W7"]]))
    assert len({task_of(key).models[1].name for key in keys}) == len(keys)


def test_what_marks_do_is_said_before_anybody_marks() -> None:
    tasks = sample_models.tasks()
    assert "train the model again without these words" in told.marks_do(tasks["triage"], "a")
    assert "these columns" in told.marks_do(tasks["flu"], "a")
    assert "only train again with other backgrounds" in told.marks_do(tasks["wolves"], "a")
    digits = tasks["digits"]
    assert "cannot be trained again" in told.marks_do(digits, digits.models[0].key)
    assert "ask the model without these words" in told.marks_do(tasks["comments"], "a")


def test_the_report_has_every_round_and_is_one_escaped_file() -> None:
    key = keep_rounds("triage", "a", [["<img src=x>", "W7"], ["Hale"]])
    place = Place(task_of(key), "round-2")
    margins = {"margin_test": [0, 0, 0.02], "margin_field": [0, 0, 0.02]}
    random = [[0.9] * 3] * 3
    found = found_of(
        (0.96, 0.93, 0.89),
        (0.7, 0.8, 0.88),
        removed=[0, 2, 3],
        overlap=[0, 0, 0],
        unknown=[["<img src=x>"], []],
        random_test=random,
        random_field=random,
        **margins,
    )
    html = as_report(place, found)
    assert "default-src 'none'" in html
    assert "<img" not in html
    assert "&lt;img src=x&gt;, W7" in html
    for said in (told.verdict(found), told.meaning(found)):
        assert said.replace("'", "&#39;") in html
    for share in ("96%", "93%", "89%", "70%", "80%", "88%"):
        assert f"<td>{share}</td>" in html
    assert "does not know" in html
    assert "http" not in html.replace("http-equiv", "")


# --- The screen ---------------------------------------------------------------------------------


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens Improve with a link; what workers would do is done at once."""

    def at_once(kind: str, entry_id: str, function: Any, *args: Any, **_: Any) -> Any:
        return function(*args, report=Told())

    monkeypatch.setattr(panels, "fetch", at_once)

    def page() -> None:
        from pages import improve

        improve.render()

    def opened(**params: str) -> AppTest:
        app = AppTest.from_function(page, default_timeout=PATIENCE)
        for name, value in params.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return opened


def param(app: AppTest, name: str) -> str:
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def said_on(app: AppTest) -> str:
    return " ".join(each.value for each in (*app.markdown, *app.caption)).replace("\\", "")


def click(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def test_marks_of_a_review_are_taken_out_and_undone(screen: Callable[..., AppTest]) -> None:
    app = screen(out=keep_marked("triage", "a", ["W7", "W9", "<b>*x*"]))
    assert app.multiselect[0].value == ["W7", "W9", "<b>*x*"]
    click(app, "Train again without them")
    key = param(app, "task")
    assert rounds_of(key) == Rounds("triage", "a", (("W7", "W9", "<b>*x*"),))
    assert param(app, "model") == "round-1"
    assert "The model does not know “<b>*x*”" in said_on(app)
    click(app, "Undo round 1")
    assert param(app, "task") == "triage"
    assert app.multiselect[0].value == ["W7", "W9", "<b>*x*"]


def test_columns_are_chosen_from_those_that_are_left(screen: Callable[..., AppTest]) -> None:
    app = screen(task=keep_rounds("flu", "a", [["patient id"]]))
    assert "patient id" not in app.multiselect[0].options
    assert "temperature" in app.multiselect[0].options
    click(app, "Train again without them")
    assert "Nothing is named to be taken out" in app.error[0].value
    app.multiselect[0].select("temperature")
    click(app, "Train again without them")
    found = rounds_of(param(app, "task"))
    assert found is not None
    assert found.rounds == (("patient id",), ("temperature",))


def test_where_nothing_can_be_trained_the_screen_says_why(screen: Callable[..., AppTest]) -> None:
    app = screen(task="digits")
    assert "cannot be trained again here" in app.warning[0].value
    click(app, "Try it with Model A of “Clinic inbox\\: urgent or routine\\?”")
    assert param(app, "task") == "triage"
    assert app.multiselect


def test_models_of_ones_own_data_are_improved_and_nothing_is_said_of_real_use(
    screen: Callable[..., AppTest],
) -> None:
    key = patients_key()
    app = screen(task=key)
    assert "None of it is from real use" in said_on(app)
    app.multiselect[0].select("patient id")
    click(app, "Train again without them")
    found = rounds_of(param(app, "task"))
    assert found == Rounds(key, "logistic", (("patient id",),))
    assert "On the test data the model is now right less often" in said_on(app)
    assert "; in real use" not in said_on(app)  # of a round
