"""Models behind an address: asked over HTTP they say what the same models say at hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model_adapters import ModelFacts, NetworkError
from model_adapters.endpoints.model import AddressModel, inspect_endpoint
from model_adapters.endpoints.place import Place
from tests.model_adapters.endpoints.servers import (
    Served,
    listed,
    mlflow,
    v2,
)
from tests.model_adapters.own import made


def near(wanted: Any) -> Any:
    return pytest.approx(wanted, abs=2e-6)  # some models compute in 32 bits


@contextmanager
def asked(
    url: str, items: Any, labels: Any = (), columns: tuple[str, ...] = ()
) -> Iterator[tuple[ModelFacts, AddressModel]]:
    facts, place = inspect_endpoint(url, items, labels)
    settings = replace(facts.proposed, columns=columns or facts.proposed.columns)
    model = AddressModel(Place.from_bytes(place.to_bytes()), settings)
    try:
        yield facts, model
    finally:
        model.close()


def matrix_model(**changes: Any) -> Served:
    model = made.table_models()["logistic"]
    served = Served(
        [("x", "FP64", [-1, 4])],
        [("label", "BYTES", [-1]), ("probabilities", "FP64", [-1, 3])],
        lambda v: {"label": model.predict(v[0]), "probabilities": model.predict_proba(v[0])},
    )
    return replace(served, **changes)


def columns_model() -> Served:
    model = made.columns_model()

    def answer(values: list[Any]) -> dict[str, Any]:
        frame = pd.DataFrame({"age": values[0], "job": pd.Series(values[1], dtype=object)})
        return {"p": model.predict_proba(frame)}

    ports = [("age", "FP64", [-1]), ("job", "BYTES", [-1])]
    return Served(ports, [("p", "FP64", [-1, 2])], answer)


def text_model() -> Served:
    model = made.text_model()
    return Served(
        [("texts", "BYTES", [-1])],
        [("yes", "FP64", [-1, 1])],
        lambda v: {"yes": model.predict_proba(v[0])[:, 1:]},
    )


def test_v2_with_one_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, _ = made.numbers()
    wanted = made.table_models()["logistic"].predict_proba(frame.to_numpy())
    columns = tuple(frame.columns)
    with (
        listed(monkeypatch, v2({"m": matrix_model()})) as server,
        asked(f"{server.origin}/v2/models/m", frame, made.CLASSES, columns) as (facts, model),
    ):
        assert facts.proposed.columns == ("column 1", "column 2", "column 3", "column 4")
        assert (facts.has_names, facts.names_from) == (False, "labels")
        assert facts.proposed.class_names == tuple(made.CLASSES)
        assert model(frame[["sun", "rain", "heat", "wind"]]) == near(wanted)
        big = pd.concat([frame] * 4, ignore_index=True)  # in several questions
        before = len(server.asked)
        assert model(big) == near(np.tile(wanted, (4, 1)))
        assert len(server.asked) - before == 3
        with pytest.raises(NetworkError, match=r"value is missing in the column.*“column 1”"):
            model(frame.assign(heat=np.nan))


def test_v2_with_an_input_a_column_and_of_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, _ = made.people()
    frame = frame.dropna(ignore_index=True)
    texts, labels = made.reviews()
    with listed(monkeypatch, v2({"people": columns_model(), "reviews": text_model()})) as server:
        data = frame.assign(note="x")[["note", "job", "age"]]
        with asked(f"{server.origin}/v2/models/people/infer", data) as (facts, model):
            assert facts.has_names
            assert facts.proposed.columns == ("age", "job")
            assert facts.holds == ("numbers", "words")
            assert server.asked[-1][2]["inputs"][0]["data"] == frame["age"][:50].tolist()
            assert facts.proposed.class_names == ("class 0", "class 1")
            assert model(frame) == near(made.columns_model().predict_proba(frame))
        with asked(f"{server.origin}/v2/models/reviews", texts, set(labels)) as (facts, model):
            assert facts.proposed.takes == "texts"
            assert facts.proposed.class_names == ("bad", "good")
            some = [*texts, "", "Suppe, ä \ud83d\ude00"]
            assert model(some) == near(made.text_model().predict_proba(some))
        with pytest.raises(NetworkError, match="judges texts, and what you brought are rows"):
            inspect_endpoint(f"{server.origin}/v2/models/reviews", frame)
        with pytest.raises(NetworkError, match=r"models is meant\? It has people, reviews\."):
            inspect_endpoint(server.origin, texts)
        with pytest.raises(NetworkError, match=r"\(404\): “Model none not found”"):
            inspect_endpoint(f"{server.origin}/v2/models/none", texts)


def test_v2_that_does_not_say_what_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As MLServer serves scikit-learn: no ports in the metadata, labels unless asked for more."""
    model = made.table_models()["forest"]
    served = Served(
        [("input-0", "FP64", [-1, 4])],
        [("predict", "BYTES", [-1, 1]), ("predict_proba", "FP64", [-1, 3])],
        lambda v: {
            "predict": model.predict(v[0])[:, None],
            "predict_proba": model.predict_proba(v[0]),
        },
        shown=False,
    )
    frame, _ = made.numbers()
    with (
        listed(monkeypatch, v2({"only": served})) as server,
        asked(server.origin, frame) as (facts, found),
    ):
        assert facts.proposed.columns == tuple(frame.columns)
        assert found(frame) == near(model.predict_proba(frame.to_numpy()))


@pytest.mark.parametrize("how", ["few at once", "always eight"])
def test_v2_that_takes_few_at_once(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    frame, _ = made.numbers()
    shape = [8, 4] if how == "always eight" else [-1, 4]
    served = matrix_model(inputs=[("x", "FP64", shape)], most=8)
    wanted = made.table_models()["logistic"].predict_proba(frame.to_numpy())
    with (
        listed(monkeypatch, v2({"m": served})) as server,
        asked(f"{server.origin}/v2/models/m", frame, (), tuple(frame)) as (_, model),
    ):
        assert model.at_once == 8
        assert model(frame[:19]) == near(wanted[:19])


def test_mlflow_with_a_frame_of_numbers_and_words(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, _ = made.people()  # one age is missing
    model = made.columns_model()

    def predict(data: Any) -> Any:
        data = data.astype({"age": float, "job": object})
        return pd.DataFrame(model.predict_proba(data), columns=model.classes_)

    with (
        listed(monkeypatch, mlflow(predict, wants="dataframe_split")) as server,
        asked(server.origin, frame) as (facts, found),
    ):
        assert facts.proposed.class_names == ("no", "yes")
        assert (facts.names_from, facts.proposed.columns) == ("file", ("age", "job"))
        assert found(frame) == near(model.predict_proba(frame))
        with pytest.raises(NetworkError, match=r"refused .* \(400\): “could not convert string"):
            inspect_endpoint(f"{server.origin}/invocations", frame.assign(age="old"))


def test_mlflow_with_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, _ = made.numbers()
    texts, _ = made.reviews()
    numbers, words = made.table_models()["boosting"], made.text_model()
    with (
        listed(monkeypatch, mlflow(numbers.predict_proba, wants="inputs")) as server,
        asked(f"{server.origin}/invocations", frame) as (_, found),
    ):
        assert found(frame) == near(numbers.predict_proba(frame.to_numpy()))
    with (
        listed(monkeypatch, mlflow(words.predict_proba)) as server,
        asked(f"{server.origin}/invocations/", texts) as (_, found),
    ):
        assert found(texts) == near(words.predict_proba(texts))


@pytest.mark.parametrize("known", [True, False])
def test_labels_alone_count_as_certain(known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    frame, labels = made.numbers()
    model = made.table_models()["forest"]
    said = model.predict(frame.to_numpy())
    some = {"calm", "mild"}
    with listed(monkeypatch, mlflow(lambda data: model.predict(data.to_numpy()))) as server:
        if known:
            with asked(server.origin, frame[said == "calm"], {*labels}) as (facts, found):
                assert "label alone" in facts.remarks[0]
                assert not facts.can_choose_output
                wanted = (said[:, None] == made.CLASSES).astype(float)
                assert found(frame).tolist() == wanted.tolist()
            return
        with asked(server.origin, frame[np.isin(said, list(some))], ()) as (facts, found):
            assert {*facts.proposed.class_names} == some
            with pytest.raises(NetworkError, match=r"class “wild”.*known are calm, mild"):
                found(frame)
        with pytest.raises(NetworkError, match="to all of these items with “calm”"):
            inspect_endpoint(server.origin, frame[said == "calm"])


@pytest.mark.parametrize(
    ("predictions", "says"),
    [
        ([[0.5, float("nan")]] * 2, "not finite numbers"),
        ([[0.5, 0.5]], "holds 1 entries"),
        ([[0.5, 0.5], [1.0]], "from 1 to 2 numbers"),
        ([[0.1, 0.2, 0.7]] * 2, "gives 3 values for an item, but 2 class names"),
        ([[0.5, None]] * 2, "not finite numbers"),
        ({"a": 1}, "holds no list"),
        ([{"label": "good", "score": 0.9}] * 2, "fields label, score"),
        ([{"a": 0.1, "b": 0.9}, {"a": 0.1, "c": 0.9}], "fields .* change"),
        ([[10**400, 1]] * 2, "beyond all bounds"),
        ([[[0.1], [0.9]]] * 2, "beside numbers and labels"),
        (["good", "bad"], "“good”, which was not known"),
    ],
)
def test_what_makes_no_sense_gets_a_sentence(
    predictions: Any, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good: Any = [[0.2, 0.8], [0.6, 0.4]]
    now = {"predictions": good}
    with (
        listed(monkeypatch, lambda *_: (200, now)) as server,
        asked(f"{server.origin}/invocations", ["a", "b"]) as (_, model),
    ):
        assert model(["a", "b"]) == near(np.array(good))
        now["predictions"] = predictions
        with pytest.raises(NetworkError, match=says):
            model(["a", "b"])
        now["predictions"] = good
        assert model(["a", "b"]) == near(np.array(good))  # it goes on


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ({"shape": [2, 2], "data": [0.1, 0.9]}, "values of shape"),
        ({"shape": [2, 2], "data": [0.1, 0.9, 0.2, 0.8]}, None),
        ({"shape": [2, 2], "data": [[0.1, 0.9], [0.2, 0.8]]}, None),
        ({"shape": [4, 1], "data": [0.1, 0.9, 0.2, 0.8]}, "values of shape"),
        ({"shape": "many", "data": [0.1, 0.9, 0.2, 0.8]}, "values of shape"),
        ({"shape": [2, 2], "data": []}, "values of shape"),
        ({"name": "else", "shape": [2, 2], "data": [0.1, 0.9, 0.2, 0.8]}, "lacks the output"),
        ("nothing", "has no outputs"),
    ],
)
def test_a_v2_answer_that_is_none(
    output: Any, says: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers(method: str, path: str, sent: Any) -> tuple[int, Any]:
        if method == "GET":
            ports = [{"name": "t", "datatype": "BYTES", "shape": [-1]}]
            return 200, {"inputs": ports, "outputs": [{"name": "p", "datatype": "FP32"}]}
        given = output if isinstance(output, str) else {"name": "p", "datatype": "FP32"} | output
        return 200, {"outputs": [given]}

    with listed(monkeypatch, answers) as server:
        url = f"{server.origin}/v2/models/m"
        if says is not None:
            with pytest.raises(NetworkError, match=says):
                inspect_endpoint(url, ["a", "b"])
            return
        with asked(url, ["a", "b"]) as (_, model):
            assert model(["a", "b"]) == near(np.array([[0.1, 0.9], [0.2, 0.8]]))
