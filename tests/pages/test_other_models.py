"""Upload with models that are in no file: behind an address, or in the operator's Python."""

import os
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from tests.model_adapters.endpoints.servers import Answers, Reply, Served, mlflow, v2
from tests.model_adapters.own import made
from tests.pages import operators
from tests.pages.conftest import compare, explain, opened, pick, press, seen, settled
from tests.pages.test_own_model import csv, went, with_texts
from tests.pages.test_upload import bringing, give, png
from ui.workshop.catalogue import find_task


def origin() -> str:
    return f"http://{os.environ['LIME_LAB_ENDPOINTS']}"


def told(app: AppTest) -> str:
    """As `seen`, without what keeps an address from becoming a link."""
    return seen(app).replace("\N{WORD JOINER}", "")


def choose(app: AppTest, kind: str, way: str) -> AppTest:
    app.segmented_control(key=f"upload-model-way-{kind}").set_value(way)
    return settled(app.run())


def give_address(app: AppTest, kind: str, address: str) -> AppTest:
    choose(app, kind, "Behind an address")
    app.text_input(key=f"upload-model-address-{kind}").set_value(address)
    return settled(app.run())


def ways_to_ask(app: AppTest) -> list[str]:
    return [each.label for each in app.button if each.label in ("Ask it again", "Try again")]


def only_told_of(answers: Answers) -> Answers:
    """A server that answers when it is looked into, and no more then."""
    asked = iter([True])

    def once(method: str, path: str, sent: Any) -> Reply:
        if method == "POST" and not next(asked, False):
            return 500, {"error": "out of memory"}
        return answers(method, path, sent)

    return once


@pytest.fixture
def reviews(monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a model of texts that speaks v2."""
    model = made.text_model()
    served = Served(
        [("texts", "BYTES", [-1])],
        [("p", "FP64", [-1, 2])],
        lambda values: {"p": model.predict_proba(values[0])},
    )
    monkeypatch.setitem(operators.PATHS, "lab", v2({"reviews": served}))
    return f"{origin()}/lab/v2/models/reviews"


@pytest.mark.long
def test_texts_and_a_model_behind_an_address_on_all_screens(reviews: str) -> None:
    texts, labels = (each[:24] for each in made.reviews())
    app = give_address(with_texts(texts, labels), "text", reviews)
    assert not app.error
    assert "It takes texts and knows 2 classes: “bad” and “good”" in seen(app)
    assert "taken to be your labels in alphabetical order" in seen(app)
    assert "What you brought is sent there" in seen(app)
    assert "It stays on this server, unless you ask a model behind an address." in seen(app)
    assert "who runs this server or that model; nobody else. Here it is kept" in seen(app)
    assert f"It speaks the Open Inference Protocol v2, at {reviews}/infer." in told(app)
    answer = made.text_model().predict_proba(texts[:1])[0]
    said = f"is to it “{('bad', 'good')[answer.argmax()]}”, {answer.max():.0%}"
    assert said in seen(app)
    assert "24 texts at once took" in seen(app)
    press(app, "Explain its answers")
    params = went(app)[1]
    explaining = opened(explain, **params)
    assert any("The model says" in each.value for each in explaining.header)
    task = find_task(params["task"])
    assert task is not None
    assert task.models[0].name == "reviews"
    assert task.models[0].seconds > 0
    assert task.models[0].load()(texts) == pytest.approx(made.text_model().predict_proba(texts))
    press(app, "Pick its most telling answers")
    assert not opened(pick, **went(app)[1]).error
    choose(app, "text", "In a file")
    give(app, "other.skops", made.skops_of(made.text_model()), number=1)
    press(app, "Compare with “reviews”")
    comparing = opened(compare, **went(app)[1])
    assert not comparing.error
    assert "right answers 100% and 100%, and alike in how sure" in seen(comparing)
    assert "Listed: 0 of 24 texts" in seen(comparing)


def test_rows_and_mlflow(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, labels = made.people()
    model = made.columns_model()

    def predict(data: Any) -> Any:
        data = data.astype({"age": float, "job": object})
        return pd.DataFrame(model.predict_proba(data), columns=model.classes_)

    monkeypatch.setitem(operators.PATHS, "flow", mlflow(predict))
    app = give(bringing("table"), "people.csv", csv(frame.assign(answer=labels)))
    give_address(app, "table", f"{origin()}/flow/invocations")
    assert not app.error
    assert f"It speaks MLflow's protocol, at {origin()}/flow/invocations." in told(app)
    assert "It takes 2 columns and knows 2 classes: “no” and “yes”" in seen(app)
    answer = model.predict_proba(frame.iloc[:1])[0]
    assert f"is to it “{('no', 'yes')[answer.argmax()]}”, {answer.max():.0%}" in seen(app)
    press(app, "Explain its answers")
    assert any("The model says" in e.value for e in opened(explain, **went(app)[1]).header)


def test_a_server_that_comes_back_is_asked_again(
    reviews: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts, labels = made.reviews()
    app = with_texts(texts, labels)
    for address, says in (
        ("http://me:hunter2@127.0.0.1:80/", "a name or a password"),
        ("http://127.0.0.1:1/", "is not among the hosts that may be asked from here"),
    ):
        give_address(app, "text", address)
        (error,) = [each.value.replace("\\", "") for each in app.error]
        assert says in error
        assert "hunter2" not in error
    up = operators.PATHS["lab"]
    monkeypatch.setitem(operators.PATHS, "lab", lambda *_: (500, {"message": "<b>no</b> model"}))
    give_address(app, "text", reviews)
    (error,) = [each.value.replace("\\", "") for each in app.error]
    assert "refused the question (500): “<b>no</b> model”" in error
    assert ways_to_ask(app) == ["Try again"]
    monkeypatch.setitem(operators.PATHS, "lab", up)
    settled(press(app, "Try again"))
    assert not app.error
    assert ways_to_ask(app) == ["Ask it again"]
    monkeypatch.setitem(operators.PATHS, "lab", only_told_of(up))
    settled(press(app, "Ask it again"))  # it says what it is, and fails when it is asked
    assert len(app.error) == 1
    assert ways_to_ask(app) == ["Try again"]
    monkeypatch.setitem(operators.PATHS, "lab", up)
    settled(press(app, "Try again"))
    assert not app.error
    assert ways_to_ask(app) == ["Ask it again"]
    assert "Is that plausible?" in seen(app)
    press(app, "Explain its answers")
    params = went(app)[1]
    monkeypatch.setitem(operators.PATHS, "lab", lambda *_: (200, {"outputs": []}))
    explaining = opened(explain, **params)
    assert any("answer lacks the output" in each.value for each in explaining.error)
    monkeypatch.setitem(operators.PATHS, "lab", up)
    settled(press(explaining, "Try again"))
    assert any("The model says" in each.value for each in explaining.header)


def test_what_the_operator_does_not_name_is_told_or_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts, labels = made.reviews()
    monkeypatch.delenv("LIME_LAB_ENDPOINTS")
    monkeypatch.delenv("LIME_LAB_MODELS")
    app = with_texts(texts, labels)
    assert "if whoever runs this app lists its host in LIME_LAB_ENDPOINTS" in seen(app)
    assert "It stays on this server. Whoever has its link" in seen(app)
    assert not [e for e in app.segmented_control if (e.key or "").startswith("upload-model-way")]
    monkeypatch.setenv("LIME_LAB_ENDPOINTS", "everybody")
    monkeypatch.setenv("LIME_LAB_MODELS", "/nowhere/models.toml")
    app.run()
    said = [each.value.replace("\\", "") for each in app.error]
    assert any("“everybody” in LIME_LAB_ENDPOINTS is no host with a port" in e for e in said)
    assert any("/nowhere/models.toml (LIME_LAB_MODELS) cannot be read" in e for e in said)
    assert not app.exception


def test_an_installed_model_of_texts_is_chosen_and_one_that_is_broken_is_told() -> None:
    texts, labels = made.reviews()
    app = choose(with_texts(texts, labels), "text", "Installed here")
    box = app.selectbox(key="upload-model-here-text")
    assert box.options == ["Length", "Broken"]
    settled(box.set_value("Broken").run())
    (error,) = [each.value.replace("\\", "") for each in app.error]
    assert "“Broken” cannot be loaded: operators_models:broken says ModuleNotFoundError" in error
    settled(app.selectbox(key="upload-model-here-text").set_value("Length").run())
    assert not app.error
    assert "is to it “long”, 90%" in seen(app)
    press(app, "Explain its answers")
    assert any("The model says" in e.value for e in opened(explain, **went(app)[1]).header)


def test_installed_models_of_rows_and_of_pictures() -> None:
    frame, labels = made.people()
    frame = frame.rename(columns={"age": "Years"}).fillna({"Years": 30})
    app = give(bringing("table"), "people.csv", csv(frame.assign(answer=labels)))
    choose(app, "table", "Installed here")
    settled(app.selectbox(key="upload-model-here-table").set_value("Years").run())
    yes = 1 / (1 + np.exp(-(frame["Years"][0] - 45) / 10))
    assert f"is to it “{('no', 'yes')[int(yes > 0.5)]}”, {max(yes, 1 - yes):.0%}" in seen(app)
    press(app, "Explain its answers")
    assert not opened(explain, **went(app)[1]).error

    reddish = np.random.default_rng(0).integers(0, 120, (60, 80, 3), dtype=np.uint8)
    reddish[:, 30:, 0] += 130
    app = give(bringing("image"), "red.png", png(reddish))
    assert "It stays on this server. Whoever has its link" in seen(app)
    settled(app.selectbox(key="upload-model-here-image").set_value("Red").run())
    assert "It takes pictures and knows 2 classes: “other” and “red”" in seen(app)
    assert "8 pictures at once took" in seen(app)
    assert "A model that is installed here" in [each.value for each in app.subheader]
    main = [each.label for each in app.button if each.proto.type == "primary"]
    assert main == ["Explain its answers", "Delete it now"]  # the latter is folded
    press(app, "Explain its answers")
    explaining = opened(explain, **went(app)[1])
    assert not explaining.error
    assert any("The model says" in each.value for each in explaining.header)
