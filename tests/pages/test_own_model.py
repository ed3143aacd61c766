"""Upload with a model of one's own: found out, tried beside an item, and taken by every screen."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from streamlit.testing.v1 import AppTest

from sample_models import tasks
from tests.conditions import until
from tests.model_adapters.own import made
from tests.pages.conftest import (
    compare,
    explain,
    opened,
    pick,
    press,
    review,
    seen,
    settled,
    upload,
)
from tests.pages.test_upload import bringing, give
from ui.compare.choice import read_comparison
from ui.pick.choice import first_pick
from ui.pick.work.explaining import Explaining
from ui.review import records
from ui.workshop import runs
from ui.workshop.catalogue import find_model, find_task


def csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def went(app: AppTest) -> tuple[str, dict[str, str]]:
    found: tuple[str, dict[str, str]] = app.session_state["leave-for"]
    return found


def with_texts(texts: list[str], labels: Any) -> AppTest:
    app = bringing("text")
    app.segmented_control(key="upload-way").set_value("Texts in a table").run()
    frame = pd.DataFrame({"comment": texts, "label": labels})
    return give(app, "reviews.csv", csv(frame))


@pytest.mark.long
def test_a_table_model_with_an_input_a_column_goes_to_explanations_and_a_pick() -> None:
    frame, labels = made.people()
    app = give(bringing("table"), "people.csv", csv(frame.assign(answer=labels)))
    assert "A model of your own" in seen(app)
    give(app, "mine.onnx", made.onnx_of_columns(), number=1)
    assert "It takes 2 columns and knows 2 classes: “no” and “yes”" in seen(app)
    (answer,) = made.columns_model().predict_proba(frame.iloc[:1])
    best = int(np.argmax(answer))
    assert f"is to it “{('no', 'yes')[best]}”, {answer[best]:.0%}" in seen(app)
    shown = app.dataframe[-1].value
    assert shown["value"].tolist() == [f"{frame['age'][0]:.0f}", frame["job"][0]]
    press(app, "Explain its answers")
    screen, params = went(app)
    assert screen == "explain"
    explaining = opened(explain, **params)
    assert any("The model says" in each.value for each in explaining.header)
    press(app, "Pick its most telling answers")
    assert went(app)[0] == "pick"
    task = find_task(params["task"])
    assert task is not None
    assert task.data().test.labels.tolist() == [("no", "yes").index(each) for each in labels]
    picking = opened(pick, **went(app)[1])
    assert "mine" in str([each.options for each in picking.selectbox])
    choice = replace(first_pick(task), n=8, source="test")
    picking = opened(pick, **choice.params())
    picking.button(key="start-run").click().run()
    run = runs.running(Explaining(choice))
    assert run is not None
    until(lambda: run.ended)
    picking = settled(picking.run())
    press(picking, next(b.label for b in picking.button if b.label.startswith("Review")))
    screen, params = went(picking)
    assert screen == "review"
    reviewing = opened(review, **params)
    assert re.search(r"Pick 1 of \d+: the model says (yes|no), \d", seen(reviewing))
    kept_pick = records.read_kept_pick(params["pick"])
    assert kept_pick is not None
    for item in kept_pick.items:
        records.judge(params["pick"], params["reviewer"], item.row, "right_reason")
    done = opened(review, pick=params["pick"], reviewer=params["reviewer"])
    assert "mine" in kept_pick.model
    assert not done.error
    assert f"You have judged all {len(kept_pick.items)} picks" in seen(done)


@pytest.mark.long
def test_a_table_model_is_compared_with_one_trained_on_the_same_rows() -> None:
    frame, labels = made.people()
    app = give(bringing("table"), "people.csv", csv(frame.assign(answer=labels)))
    press(app, "Train two models on this")
    settled(app)
    give(app, "mine.onnx", made.onnx_of_columns(), number=1)
    (beside,) = [
        b.label for b in app.button if b.label.startswith("Compare with") and "of" in b.label
    ]
    press(app, beside)
    screen, params = went(app)
    comparing = opened(compare, **params)
    assert screen == "compare"
    assert not comparing.error
    task = find_task(params["task"])
    assert task is not None
    other = find_model(task, read_comparison(params).models[1])
    assert other is not None
    assert other[0].key != task.key
    trained = other[1].load()(task.data().test.instances).argmax(axis=1)
    n = int((made.columns_model().predict_proba(frame).argmax(axis=1) == trained).sum())
    assert f"the same answer on {n} of 120 rows" in seen(comparing)


def test_a_text_that_was_pasted_and_texts_without_labels() -> None:
    app = bringing("text")
    app.text_area(key="upload-text").set_value("A lovely warm soup").run()
    give(app, "mine.onnx", made.onnx_of_texts(), number=0)
    assert "The first text is to it “good”" in seen(app)
    assert "letters a to z only" in seen(app)
    texts, _ = made.reviews()
    app = bringing("text")
    app.segmented_control(key="upload-way").set_value("Texts in a table").run()
    give(app, "reviews.csv", csv(pd.DataFrame({"comment": texts, "n": range(80)})))
    give(app, "mine.onnx", made.onnx_of_texts(), number=1)
    press(app, "Explain its answers")
    explaining = opened(explain, **went(app)[1])
    assert any("The model says" in each.value for each in explaining.header)
    assert "labelled" not in seen(explaining)
    press(app, "Pick its most telling answers")
    assert not opened(pick, **went(app)[1]).error
    task = went(app)[1]["task"]
    comparing = opened(compare, task=task, models="own-0,comments/filter")
    assert not comparing.error


def test_columns_that_are_numbered_are_proposed_in_order_and_can_be_changed() -> None:
    frame, labels = made.numbers()
    app = give(bringing("table"), "weather.csv", csv(frame.assign(label=labels)))
    give(app, "mine.onnx", made.onnx_of(made.table_models()["logistic"]), number=1)
    boxes = [each for each in app.selectbox if (each.key or "").startswith("model-column-")]
    assert [each.value for each in boxes] == [*frame.columns]
    before = made.table_models()["logistic"].predict_proba(frame.to_numpy()[:1])[0]
    assert f"{before.max():.0%}" in seen(app)
    boxes[0].set_value("sun")
    settled(app.run())
    boxes = [each for each in app.selectbox if (each.key or "").startswith("model-column-")]
    boxes[3].set_value("heat")
    settled(app.run())
    turned = frame[["sun", "wind", "rain", "heat"]].to_numpy()[:1]
    after = made.table_models()["logistic"].predict_proba(turned)[0]
    assert f"is to it “{made.CLASSES[after.argmax()]}”, {after.max():.0%}" in seen(app)


def test_a_column_that_the_data_lack_is_asked_for() -> None:
    frame, labels = made.people()
    app = give(bringing("table"), "people.csv", csv(frame.rename(columns={"age": "years"})
                                                    .assign(answer=labels)))  # fmt: skip
    give(app, "mine.onnx", made.onnx_of_columns(), number=1)
    assert any("needs “age”" in each.value for each in app.error)
    next(each for each in app.selectbox if each.label == "age").set_value("years")
    settled(app.run())
    assert not app.error
    assert "Is that plausible?" in seen(app)


@pytest.mark.long
def test_a_text_pipeline_is_compared_with_another_and_with_a_built_in_one() -> None:
    texts, labels = made.reviews()
    names = np.array(tasks()["comments"].class_names)
    labels = names[(labels == "good").astype(int)]
    first = made.text_model().fit(texts, labels)
    app = with_texts(texts, labels)
    give(app, "first.skops", made.skops_of(first), number=1)
    assert "It takes texts and knows 2 classes" in seen(app)
    press(app, "Explain its answers")
    assert went(app)[0] == "explain"
    (beside,) = [each.label for each in app.button if each.label.startswith("Compare with")]
    press(app, beside)
    choice = read_comparison(went(app)[1])
    assert choice.models[0] == "own-0"
    assert choice.models[1].startswith("comments/")
    second = make_pipeline(CountVectorizer(), MultinomialNB()).fit(texts, labels)
    next(each for each in app.button if each.key == "upload-model-text-remove-0").click().run()
    give(settled(app), "second.skops", made.skops_of(second), number=1)
    press(app, "Compare with “first”")
    params = went(app)[1]
    task = find_task(params["task"])
    assert task is not None
    assert [card.name for card in task.models] == ["second", "first"]
    for card, model in zip(task.models, (second, first), strict=True):
        wanted = model.predict_proba(texts)[
            :, [[*model.classes_].index(c) for c in task.class_names]
        ]
        assert card.load()(texts) == pytest.approx(wanted)


def test_what_is_no_model_of_these_gets_a_sentence_and_the_page_goes_on() -> None:
    texts, labels = made.reviews()
    app = with_texts(texts, labels)
    for name, content, words in (
        ("mine.skops", b"\x80\x04}.", "a pickle.*skops.io.dump"),
        ("mine.onnx", made.onnx_of_columns(), "judges rows.*texts"),
    ):
        give(app, name, content, number=1)
        (error,) = [each.value.replace("\\", "") for each in app.error]
        assert re.search(words, error)
        next(each for each in app.button if each.key == "upload-model-text-remove-0").click().run()
        settled(app)
    give(app, "mine.skops", made.skops_of(made.text_model()), number=1)
    assert "Is that plausible?" in seen(app)


def test_a_model_outlives_what_else_is_brought_and_data_opened_by_a_link() -> None:
    texts, labels = made.reviews()
    app = with_texts(texts, labels)
    source = next(iter(app.session_state["data-sets"]))[1]
    app = opened(upload, kind="text", data=source, name="reviews")
    give(app, "mine.skops", made.skops_of(made.text_model()))
    assert app.query_params["data"] in (source, [source])
    assert "Is that plausible?" in seen(app)
