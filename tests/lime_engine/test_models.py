"""Models in the place of a predict function: a scikit-learn estimator, and stand-ins of others."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline

from lime_engine import (
    ImagePerturber,
    LimeSettings,
    LimeTabularExplainer,
    LimeTextExplainer,
    PredictorError,
    TabularPerturber,
    TextPerturber,
    explain,
    ignores_case,
)
from lime_engine.models import predict_function

IRIS = load_iris()
TEXTS = ["good soup", "good bread", "bad soup", "bad bread"]
WORDS = [f"word{number}" for number in range(10)]
SLOPES = np.array([[1.0, -1.0, 0.0], [0.0, 2.0, -2.0], [0.5, 0.5, -1.0], [1.0, 0.0, -1.0]])


def softmax(scores):
    raised = np.exp(scores)
    return raised / raised.sum(axis=1, keepdims=True)


def test_an_estimator_is_its_predict_proba():
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(TEXTS, [1, 1, 0, 0])

    found = explain("good old soup", model, TextPerturber())
    known = explain("good old soup", model.predict_proba, TextPerturber())
    assert found.weights == known.weights
    assert ignores_case(model, ["Good soup"])
    by_name = LimeTextExplainer(random_state=0)
    assert (
        by_name.explain_instance("good old soup", model).as_list()
        == by_name.explain_instance("good old soup", model.predict_proba).as_list()
    )


def test_a_regressor_is_its_predict():
    model = LinearRegression().fit(IRIS.data, IRIS.data @ [1.0, 2.0, 3.0, 4.0])
    columns, settings = TabularPerturber.learn(IRIS.data), LimeSettings(mode="regression")

    found = explain(IRIS.data[3], model, columns, settings)
    assert found.weights == explain(IRIS.data[3], model.predict, columns, settings).weights
    named = LimeTabularExplainer(IRIS.data, mode="regression", random_state=0)
    assert named.explain_instance(IRIS.data[3], model).predicted_value == pytest.approx(
        model.predict(IRIS.data[3:4])[0]
    )


def test_what_cannot_answer_is_said():
    columns = TabularPerturber.learn(IRIS.data)
    for model, said in (
        (RidgeClassifier().fit(IRIS.data, IRIS.target), "has predict but no predict_proba"),
        ({"a": 1}, "of type dict, which is neither a function nor"),
    ):
        with pytest.raises(PredictorError, match=said):
            explain(IRIS.data[3], model, columns)


# --- stand-ins with the interfaces of packages that tests do not install --------------------------


class Pipeline:
    """As Hugging Face's for text-classification: a list of texts -> scores, the highest first."""

    task = "text-classification"

    def __init__(self, labels=("NEG", "NEUTRAL", "POS")):
        self.tokenizer = object()
        self.model = SimpleNamespace(config=SimpleNamespace(id2label=dict(enumerate(labels))))
        self.asked = []

    def __call__(self, texts, top_k=1, truncation=False):
        assert isinstance(texts, list)
        assert truncation
        self.asked += texts
        answers = []
        for text in texts:
            good = 0.7 if "good" in text else 0.1
            scores = {"NEG": 0.9 - good, "NEUTRAL": 0.1, "POS": good}
            ranked = sorted(scores.items(), key=lambda pair: -pair[1])[: top_k or None]
            answers.append([{"label": label, "score": score} for label, score in ranked])
        return answers


def test_a_pipeline_s_labels_are_columns_in_the_order_of_its_ids():
    pipeline = Pipeline()
    found = explain("good old soup", pipeline, TextPerturber())

    assert found.probabilities == pytest.approx((0.2, 0.1, 0.7))
    assert found.weights[0].label == "good"
    assert found.weights[0].weight == pytest.approx(0.6)
    assert "old soup" in {" ".join(text.split()) for text in pipeline.asked}
    with pytest.raises(PredictorError, match="its model has A, B, C"):
        explain("good old soup", Pipeline("ABC"), TextPerturber())


class Own:
    """A class of one's own around a model and its tokenizer, whose call takes texts alone."""

    def __init__(self):
        pipeline = Pipeline()
        self.model, self.tokenizer = pipeline.model, pipeline.tokenizer

    def __call__(self, texts):
        good = np.array([0.7 if "good" in text else 0.2 for text in texts])
        return np.column_stack([1 - good, good])


def test_a_class_of_one_s_own_with_a_model_and_a_tokenizer_is_a_function():
    found = explain("good old soup", Own(), TextPerturber())
    assert found.probabilities == pytest.approx((0.3, 0.7))
    assert (found.weights[0].label, found.weights[0].weight) == ("good", pytest.approx(0.5))


class Tensor:
    """What is used of a tensor."""

    def __init__(self, values):
        self.values = values

    def to(self, other):
        return Tensor(self.values.astype(other.values.dtype))

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self.values


class NoGrad:
    on = False

    def __enter__(self):
        NoGrad.on = True

    def __exit__(self, *error):
        NoGrad.on = False


class Module:
    """As a torch module: `forward` gets a tensor, here in float32, and returns scores."""

    def __init__(self, forward):
        self.forward, self.training = forward, True
        self.weight = Tensor(np.zeros(1, dtype=np.float32))

    def parameters(self):
        return iter([self.weight])

    def state_dict(self):
        return {"weight": self.weight}

    def train(self, mode=True):
        self.training = mode
        return self

    def eval(self):
        return self.train(False)

    def __call__(self, tensor):
        assert NoGrad.on
        assert not self.training
        assert tensor.values.dtype == np.float32
        return Tensor(self.forward(tensor.values))


@pytest.fixture
def _torch(monkeypatch):
    module = type(sys)("torch")
    module.as_tensor, module.no_grad = Tensor, NoGrad
    monkeypatch.setitem(sys.modules, "torch", module)


@pytest.mark.usefixtures("_torch")
@pytest.mark.parametrize("last", [lambda scores: scores, softmax])
def test_a_module_s_scores_become_probabilities(last):
    module = Module(lambda rows: last(rows @ SLOPES))
    found = explain(IRIS.data[60], module, TabularPerturber.learn(IRIS.data))

    known = softmax(IRIS.data[60:61].astype(np.float32) @ SLOPES)[0]
    assert found.probabilities == pytest.approx(known.tolist(), abs=1e-6)
    assert module.training  # as it was
    as_function = explain(
        IRIS.data[60],
        lambda rows: softmax(rows.astype(np.float32) @ SLOPES),
        TabularPerturber.learn(IRIS.data),
    )
    for ours, theirs in zip(found.weights, as_function.weights, strict=True):
        assert ours.weight == pytest.approx(theirs.weight, abs=1e-5)


@pytest.mark.usefixtures("_torch")
def test_a_module_gets_pictures_with_channels_first_and_up_to_1():
    shapes = set()

    def redness(pictures):
        shapes.add(pictures.shape[1:])
        assert pictures.max() <= 1
        red = 4 * pictures[:, 0].mean(axis=(1, 2))
        return np.column_stack([red, 1 - red])

    picture = np.random.default_rng(0).integers(0, 255, (12, 20, 3)).astype(np.uint8)
    explain(picture, Module(redness), ImagePerturber("grid", 6))
    assert shapes == {(3, 12, 20)}


@pytest.mark.usefixtures("_torch")
def test_a_module_takes_no_texts_and_a_number_is_not_guessed_at():
    with pytest.raises(PredictorError, match="A torch module takes numbers"):
        explain("good soup", Module(lambda rows: rows), TextPerturber())
    with pytest.raises(PredictorError, match=r"shape \(\d, 1\)"):
        explain(IRIS.data[3], Module(lambda rows: rows[:, :1]), TabularPerturber.learn(IRIS.data))


class KerasModel:
    """As a Keras model: `predict_on_batch` takes an array and returns one."""

    def __init__(self, forward):
        self.forward = forward

    def __call__(self, inputs, training=False):
        raise AssertionError("gives tensors, not arrays")

    def predict(self, inputs, verbose="auto"):
        raise AssertionError("prints a bar for each batch")

    def predict_on_batch(self, inputs):
        assert isinstance(inputs, np.ndarray)
        return self.forward(inputs)


def test_a_keras_model_of_several_classes_and_of_yes_and_no():
    columns = TabularPerturber.learn(IRIS.data)
    several = explain(IRIS.data[60], KerasModel(lambda rows: softmax(rows @ SLOPES)), columns)
    assert sum(several.probabilities) == pytest.approx(1)
    assert len(several.probabilities) == 3

    yes = explain(
        IRIS.data[60], KerasModel(lambda rows: 1 / (1 + np.exp(3 - rows[:, 2:3]))), columns
    )
    p = 1 / (1 + np.exp(3 - IRIS.data[60, 2]))
    assert yes.probabilities == pytest.approx((1 - p, p))
    assert yes.weights[0].index == 2


# --- scores and probabilities of networks --------------------------------------------------------

COLUMNS = TabularPerturber.learn(IRIS.data)


def in_bfloat16(values):
    """Rounded to the 8 bits of precision that bfloat16 has."""
    bits = np.asarray(values, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).view(np.float32)


def sigmoids(rows):
    return 1 / (1 + np.exp(1.0 - rows @ SLOPES))


def test_a_softmax_in_bfloat16_gets_no_second_one():
    model = KerasModel(lambda rows: in_bfloat16(softmax(rows @ SLOPES)))
    sums = model.forward(IRIS.data).sum(axis=1)
    assert 1e-3 < np.abs(sums - 1).max() < 0.02

    found = explain(IRIS.data[60], model, COLUMNS)
    known = explain(IRIS.data[60], model.forward, COLUMNS)
    assert (found.probabilities, found.weights) == (known.probabilities, known.weights)


@pytest.mark.usefixtures("_torch")
@pytest.mark.parametrize("kind", [KerasModel, Module])
def test_a_yes_or_no_for_each_class_is_not_made_one_of_several(kind):
    model, each = kind(sigmoids), LimeSettings(mode="multilabel")
    with pytest.raises(
        PredictorError, match=r'sum to .*set mode="multilabel"; if these are scores'
    ):
        explain(IRIS.data[60], model, COLUMNS)
    found = explain(IRIS.data[60], model, COLUMNS, each, target=1)
    known = explain(IRIS.data[60], sigmoids, COLUMNS, each, target=1)
    assert found.probabilities == pytest.approx(known.probabilities, abs=1e-6)
    explainer = LimeTabularExplainer(IRIS.data, random_state=0)
    found, known = (
        explainer.explain_instance(IRIS.data[60], either).as_list() for either in (model, sigmoids)
    )
    assert dict(found) == pytest.approx(dict(known), abs=1e-5)


def test_the_first_batch_decides_for_all():
    scores, inside = np.array([[2.0, -1.0]]), np.array([[0.4, 0.6], [0.5, 0.5]])
    ask = predict_function(KerasModel(lambda rows: rows))
    assert ask(scores) == pytest.approx(softmax(scores))
    assert ask(inside) == pytest.approx(softmax(inside))

    ask = predict_function(KerasModel(lambda rows: rows))
    assert ask(inside) == pytest.approx(inside)
    with pytest.raises(PredictorError, match=r"first answers were from 0 to 1.* from -1 to 2"):
        ask(scores)


def test_it_decides_for_the_copies_that_judge_the_fit_too():
    """Scores that are outside 0 to 1 for the instance alone, which is in the first batch."""

    def scores(texts):
        here = np.array([[word in text.split() for word in WORDS] for text in texts])
        first = here @ np.linspace(0.0, 0.05, len(WORDS)) + 0.2
        return np.where(here.all(axis=1)[:, None], [3.0, -1.0], np.column_stack([first, 1 - first]))

    settings = LimeSettings(n_samples=200, held_out=0.5)
    found = explain(" ".join(WORDS), KerasModel(scores), TextPerturber(), settings)
    known = explain(
        " ".join(WORDS), lambda texts: softmax(scores(texts)), TextPerturber(), settings
    )
    assert not found.fidelity.exact
    assert found.fidelity.r2 == pytest.approx(known.fidelity.r2)
    assert [word.weight for word in found.weights] == pytest.approx(
        [word.weight for word in known.weights]
    )


@pytest.mark.usefixtures("_torch")
def test_what_is_named_logits_is_scores_whatever_it_is():
    class Named(Module):
        def __call__(self, tensor):
            return SimpleNamespace(logits=super().__call__(tensor))

    values = np.array([[0.25, 0.5, 0.125]])
    assert predict_function(Named(lambda rows: rows))(values) == pytest.approx(softmax(values))
