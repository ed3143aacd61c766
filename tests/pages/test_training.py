"""Upload trains two models on labelled data, and says what to think of them."""

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from sample_models import load_data, load_model, tasks
from tests.conditions import PATIENCE
from tests.pages.conftest import opened, press, seen, settled
from tests.ui.workshop.trained.data_sets import plain_rows
from ui.compare.choice import read_comparison
from ui.upload.panels.data_sets import DataSet
from ui.workshop import kept
from ui.workshop.catalogue import find_task, rounds_of

LABEL = "Train two models on this"


def panel() -> None:
    """The panel for what the test has kept."""
    from functools import partial

    import streamlit as st

    from pages.upload import _ways
    from sample_models import tasks
    from ui.compare.choice import first_comparison
    from ui.upload.panels.training import training

    kind, source, *name = st.session_state["brought"]
    asked = {"text": "comments", "table": "flu"}.get(kind)
    ways = partial(_ways, asked=None if asked is None else tasks()[asked])
    training(kind, source, *(name or ["Mine"]), ways, lambda task: first_comparison(task).params())


def brought(kind: str, source: str) -> AppTest:
    app = AppTest.from_function(panel, default_timeout=PATIENCE)
    app.session_state["brought"] = kind, source
    return settled(app.run())


def messages(n: int = 200) -> str:
    train = load_data("triage").train
    labels = kept.Labels(tasks()["triage"].class_names, tuple(train.labels[:n].tolist()))
    return kept.keep_texts(train.instances[:n], labels)


def patients(n: int = 300) -> str:
    train = load_data("flu").train
    labels = kept.Labels(tasks()["flu"].class_names, tuple(train.labels[:n].tolist()))
    rows = plain_rows(train.instances.iloc[:n])
    return kept.keep_rows([*train.instances.columns], rows, labels)


def metrics(app: AppTest) -> dict[str, str]:
    return {each.label.replace("\\", ""): each.value for each in app.metric}


def went(app: AppTest) -> tuple[str, dict[str, str]]:
    found: tuple[str, dict[str, str]] = app.session_state["leave-for"]
    return found


def test_one_click_trains_two_models_that_every_screen_takes() -> None:
    app = brought("text", messages())
    assert "200 texts with labels: routine" in seen(app)
    assert not app.metric
    settled(press(app, LABEL))
    (key,) = app.session_state["data-brought"]
    task = find_task(key)
    assert task is not None
    assert task.question == "Is this text routine or urgent?"
    test = task.data().test
    for card in task.models:
        share = (card.load()(test.instances).argmax(axis=1) == test.labels).mean()
        assert metrics(app)[card.name] == f"{share:.0%}"
    assert len(metrics(app)) == 3
    assert "Learned from 150 texts, judged on 50 others." in seen(app)
    for label, screen in (
        ("Compare the two", "compare"),
        ("Explain a prediction", "explain"),
        ("Pick the most telling ones", "pick"),
        ("Improve one", "improve"),
    ):
        press(app, label)
        assert went(app)[0] == screen
        assert went(app)[1]["task"] == key
    for card in task.models:
        settled(press(app, f"The model “{card.name}” as a file"))
    assert [each.label.split(",")[0] for each in app.get("download_button")] == [
        card.name for card in task.models
    ]


def test_a_column_that_gives_the_answer_away_is_shown_and_taken_out_on_request() -> None:
    app = settled(press(brought("table", patients()), LABEL))
    (warning,) = [
        each.value for each in app.warning if "gives" in each.value or "alone" in each.value
    ]
    assert "patient id" in warning
    press(app, "Compare with and without “patient id”")
    screen, params = went(app)
    choice = read_comparison(params)
    assert (screen, choice.models) == ("compare", ("boosting", "round-1"))
    rounds = rounds_of(choice.task.key)
    assert rounds is not None
    assert rounds.rounds == (("patient id",),)


def test_settings_of_the_training_are_those_of_the_task() -> None:
    app = brought("table", patients())
    source = app.session_state["brought"][1]
    app.session_state["brought"] = "table", source, "Flu *here*"
    key = f"train-{source}"
    app.number_input(key=f"{key}-seed").set_value(7)
    app.selectbox(key=f"{key}-share").set_value(40)
    app.selectbox(key=f"{key}-by").set_value("group").run()
    app.selectbox(key=f"{key}-column").set_value("age")
    app.multiselect(key=f"{key}-dropped").select("patient id")
    app.text_input(key=f"{key}-question").set_value("Flu?").run()
    settled(press(app, LABEL))
    (task_key,) = app.session_state["data-brought"]
    task = find_task(task_key)
    assert task is not None
    assert (task.title, task.question) == ("Flu *here*", "Flu?")
    data = task.data()
    assert not {"age", "patient id"} & {*data.test.instances.columns}
    assert len(data.test.labels) == pytest.approx(120, abs=15)
    assert "“patient id”" not in seen(app)


def test_other_data_can_be_what_real_use_looks_like() -> None:
    source, field = messages(), messages(60)
    app = AppTest.from_function(panel, default_timeout=PATIENCE)
    app.session_state["brought"] = "text", source
    found = {
        ("text", each): DataSet("text", each, name, None)
        for each, name in ((source, "Mine"), (field, "June"))
    }
    app.session_state["data-sets"] = found
    settled(app.run())
    box = next(each for each in app.selectbox if each.label == "What real use looks like")
    assert box.options == ["not known", "June"]
    box.set_value(field).run()
    settled(press(app, LABEL))
    (key,) = app.session_state["data-brought"]
    task = find_task(key)
    assert task is not None
    assert task.splits == ("train", "test", "field")
    assert len(task.data().field.labels) == 60


def test_too_few_labels_and_none_are_told_or_nothing_at_all() -> None:
    few = kept.keep_texts(["one text", "two texts"], kept.Labels(("a",), (0, 0)))
    app = brought("text", few)
    assert "bring at least 10 texts of at least two classes" in seen(app)
    assert not [button for button in app.button if button.label == LABEL]
    assert not seen(brought("text", kept.keep_texts(["one text", "two texts"]))).strip()


def test_what_cannot_be_split_so_is_told() -> None:
    rng = np.random.default_rng(0)
    rows = [[float(x), 1] for x in rng.normal(size=40)]
    labels = kept.Labels(("no", "yes"), tuple(i % 2 for i in range(40)))
    app = brought("table", kept.keep_rows(("x", "when"), rows, labels))
    key = f"train-{app.session_state['brought'][1]}"
    app.selectbox(key=f"{key}-by").set_value("time").run()
    app.selectbox(key=f"{key}-column").set_value("when").run()
    settled(press(app, LABEL))
    assert "All items have the same time" in seen(app)


def test_models_that_learn_nothing_are_told_so() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=100), "y": rng.normal(size=100)})
    labels = kept.Labels(("no", "yes"), tuple(rng.integers(0, 2, 100).tolist()))
    source = kept.keep_rows(("x", "y"), plain_rows(frame), labels)
    app = settled(press(brought("table", source), LABEL))
    assert "hardly better than always saying" in seen(app)


def test_a_screen_opens_with_such_a_task() -> None:
    from tests.pages.conftest import compare, pick

    app = settled(press(brought("text", messages()), LABEL))
    (key,) = app.session_state["data-brought"]
    shown = opened(compare, task=key)
    assert "Real use" not in str([box.options for box in shown.selectbox])
    assert "Test data" in str([box.options for box in shown.selectbox])
    assert "Mine" in str([box.options for box in opened(pick, task=key).selectbox])


def test_a_built_in_model_is_compared_with_one_trained_here_where_classes_have_its_names() -> None:
    """In another order, and in capitals: what each is right about is counted by name."""
    from tests.pages.conftest import compare

    own = load_data("comments").test
    labels = kept.Labels(("Offensive", "harmless"), tuple((1 - own.labels[:200]).tolist()))
    app = settled(press(brought("text", kept.keep_texts(own.instances[:200], labels)), LABEL))
    (key,) = app.session_state["data-brought"]
    task = find_task(key)
    assert task is not None
    shown = opened(compare, task=key, a="tfidf-logistic", b="comments/b", n="8")
    (box,) = (each for each in shown.selectbox if each.value == "comments/b")
    names = {card.name for card in tasks()["comments"].models}
    assert {f"{name} ({tasks()['comments'].title})" for name in names} <= {*box.options}
    test = task.data().test
    here = task.models[0].load()(test.instances).argmax(axis=1) == test.labels
    there = load_model("comments", "b")(test.instances).argmax(axis=1) == 1 - test.labels
    scores = "".join(each.proto.body for each in shown.get("html"))
    for right in (here, there):
        assert f"{right.mean():.0%}" in scores
    assert here.mean() != there.mean()


def test_a_built_in_model_of_the_same_columns_is_compared_with_one_trained_here() -> None:
    from tests.pages.conftest import compare

    app = settled(press(brought("table", patients()), LABEL))
    press(app, f"Compare with a model of “{tasks()['flu'].title}”")
    screen, params = went(app)
    task = find_task(params["task"])
    assert (screen, params["b"]) == ("compare", "flu/a")
    assert task is not None
    shown = opened(compare, **params)
    test = task.data().test
    here = task.models[0].load()(test.instances).argmax(axis=1) == test.labels
    there = load_model("flu", "a")(test.instances).argmax(axis=1) == test.labels
    scores = "".join(each.proto.body for each in shown.get("html"))
    for right in (here, there):
        assert f"{right.mean():.0%}" in scores
    assert here.mean() != there.mean()
