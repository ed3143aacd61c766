"""Bad settings, bad models, bad targets: a sentence that names value, cause and remedy."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lime_engine import (
    Explanation,
    InputError,
    LimeError,
    LimeSettings,
    PredictorError,
    SettingsError,
    TabularPerturber,
    TargetError,
    TextPerturber,
    ask,
    compare,
    evaluation,
    explain,
    explain_many,
    explain_shapley,
    fit,
)

TEXT = "a b c d e f g h i j k l m n o p q r"


def raising(texts: list[str]) -> Any:
    if any("a" not in text for text in texts):
        raise RuntimeError("the letter a is required")
    return np.full((len(texts), 2), 0.5)


def sometimes_nan(texts: list[str]) -> Any:
    answer = np.full((len(texts), 2), 0.5)
    answer[-1, 1] = np.nan
    return answer


@pytest.mark.parametrize(
    ("predict", "says"),
    [
        (raising, "RuntimeError: the letter a is required"),
        (sometimes_nan, "nan in column 1"),
        (lambda texts: np.full((len(texts), 2), np.inf), "inf in column 0"),
        (lambda texts: np.full(len(texts), 0.5), r"shape \(2,\) for 2 instances"),
        (lambda texts: np.full((len(texts), 1), 0.5), "two columns for a yes/no answer"),
        (lambda texts: np.full((3, 2), 0.5), r"shape \(3, 2\) for 2 instances"),
        (lambda texts: [["yes", "no"]] * len(texts), "not an array of numbers"),
        (lambda texts: None, "shape \\(\\)"),
        (lambda texts: np.tile([-3.0, 2.5], (len(texts), 1)), "from -3 to 2.5"),
        (
            lambda texts: np.eye(2 if "a b c d e f" in texts[0] else 3)[[0] * len(texts)],
            "2 columns for one batch and 3",
        ),
        (
            lambda texts: np.tile([0.9, 0.8], (len(texts), 1)),
            r'sum to 1\.7 \(row 0 of 2\), not to 1\. .* mode="multilabel"',
        ),
    ],
)
def test_a_bad_model(predict: Callable[[Any], Any], says: str) -> None:
    with pytest.raises(PredictorError, match=says):
        explain(TEXT, predict, TextPerturber())


def test_the_cause_is_kept() -> None:
    with pytest.raises(PredictorError) as caught:
        explain(TEXT, raising, TextPerturber())
    assert isinstance(caught.value.__cause__, RuntimeError)


@pytest.mark.parametrize("target", ["maybe", 2, -1, 1.5])
def test_an_unknown_target(target: Any) -> None:
    def predict(texts: Any) -> Any:
        return np.full((len(texts), 2), 0.5)

    with pytest.raises(TargetError, match=r"0 \(no\), 1 \(yes\)"):
        explain(TEXT, predict, TextPerturber(), target=target, class_names=["no", "yes"])
    with pytest.raises(PredictorError, match="3 class names"):
        explain(TEXT, predict, TextPerturber(), class_names=["a", "b", "c"])


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"n_samples": 1}, "n_samples is 1"),
        ({"n_samples": 10.5}, "n_samples is 10.5"),
        ({"n_features": 0}, "n_features is 0"),
        ({"kernel_width": 0.0}, "kernel_width is 0.0"),
        ({"kernel_width": float("nan")}, "kernel_width is nan"),
        ({"held_out": 1.5}, "held_out is 1.5"),
        ({"selection": "best"}, "selection is 'best'; use one of auto, none"),
        ({"surrogate": "mlp"}, "surrogate is 'mlp'"),
        ({"sampler": "magic"}, "sampler is 'magic'"),
        ({"mode": "ranking"}, "mode is 'ranking'"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_bad_settings(setting: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        LimeSettings(**setting)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, LimeError)


class Tensor:
    """What a model of torch returns, as far as numpy meets it: with a gradient, in bfloat16."""

    def __init__(self, values: Any, needs: tuple[str, ...] = ("detach", "cpu", "float")) -> None:
        self._values, self._needs = values, needs

    def _without(self, need: str) -> "Tensor":
        return Tensor(self._values, tuple(n for n in self._needs if n != need))

    def detach(self) -> "Tensor":
        return self._without("detach")

    def cpu(self) -> "Tensor":
        return self._without("cpu")

    def float(self) -> "Tensor":
        return self._without("float")

    def numpy(self) -> Any:
        if "detach" in self._needs:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        if self._needs:
            raise TypeError(f"can't convert without {self._needs}")
        return self._values

    def __array__(self, *_: Any, **__: Any) -> Any:
        return self.numpy()


@pytest.mark.parametrize(
    "kind", [Tensor, lambda p: [Tensor(row) for row in p], lambda p: p.view(np.matrix)]
)
def test_answers_in_strange_arrays_are_answers(kind: Callable[[Any], Any]) -> None:
    def predict(texts: list[str]) -> Any:
        p = np.array([0.9 if "a" in text else 0.2 for text in texts])
        return np.column_stack([1 - p, p])

    expected = explain(TEXT[:9], predict, TextPerturber())
    found = explain(TEXT[:9], lambda texts: kind(predict(texts)), TextPerturber())
    assert found.to_dict() == expected.to_dict()


def test_masked_answers_are_no_answers() -> None:
    def predict(texts: list[str]) -> Any:
        answer = np.full((len(texts), 2), 0.5)
        return np.ma.masked_array(answer, np.arange(2 * len(texts)).reshape(-1, 2) == 3)

    with pytest.raises(PredictorError, match=r"MaskedArray.*masked"):
        explain(TEXT, predict, TextPerturber())


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"kernel_width": "wide"}, "kernel_width is 'wide'"),
        ({"held_out": None}, "held_out is None"),
        ({"mode": np.array(["a", "b"])}, "mode is array"),
        ({"n_samples": np.array([5, 6])}, "n_samples is array"),
        ({"selection": ["auto"]}, r"selection is \['auto'\]"),
    ],
)
def test_settings_of_a_strange_type(setting: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        LimeSettings(**setting)


def test_numpy_numbers_are_numbers() -> None:
    settings = LimeSettings(n_samples=np.int64(50), held_out=np.float32(0.5), seed=np.uint8(3))
    assert settings == LimeSettings(n_samples=50, held_out=0.5, seed=3)
    assert json.loads(json.dumps(asdict(settings)))["seed"] == 3


def _raised(kind: str, words: str) -> Exception:
    return {"MemoryError": MemoryError, "RuntimeError": RuntimeError}.get(
        kind, type(kind, (RuntimeError,), {})
    )(words)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("MemoryError", ""),
        ("OutOfMemoryError", "CUDA out of memory. Tried to allocate 2.00 GiB"),
        ("ResourceExhaustedError", "{{function_node}} failed"),
        ("RuntimeError", "Failed to allocate memory for requested buffer of size 4096"),
        ("RuntimeError", "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9"),
    ],
)
def test_a_batch_too_large_for_memory_is_halved_and_that_is_remembered(
    kind: str, words: str
) -> None:
    failed: list[int] = []

    def predict(texts: list[str]) -> Any:
        p = np.array([0.9 if "a" in text else 0.2 for text in texts])
        return np.column_stack([1 - p, p])

    def cramped(texts: list[str]) -> Any:
        if len(texts) > 50:
            failed.append(len(texts))
            raise _raised(kind, words)
        return predict(texts)

    found = explain(TEXT, cramped, TextPerturber())
    assert failed == sorted(failed, reverse=True)  # no larger one is tried again
    assert failed[-1] <= 100
    assert 1 <= len(failed) <= np.log2(evaluation.MAX_BATCH / 50)
    assert found.to_dict() == explain(TEXT, predict, TextPerturber()).to_dict()


def test_no_memory_for_a_single_instance_is_said_so() -> None:
    asked: list[int] = []

    def predict(texts: list[str]) -> Any:
        asked.append(len(texts))
        raise MemoryError("no room")

    with pytest.raises(PredictorError, match=r"a single instance \(MemoryError: no room\)"):
        explain(TEXT, predict, TextPerturber())
    assert asked == [2, 1]


def test_a_batch_is_no_larger_than_the_settings_say() -> None:
    sizes: list[int] = []

    def predict(texts: list[str]) -> Any:
        sizes.append(len(texts))
        return np.full((len(texts), 2), 0.5)

    explain(TEXT, predict, TextPerturber(), LimeSettings(batch_size=7, n_samples=100))
    assert max(sizes) == 7
    for bad in (0, 2.5, True):
        with pytest.raises(SettingsError, match="batch_size is"):
            LimeSettings(batch_size=bad)  # type: ignore[arg-type]


def test_other_errors_are_no_lack_of_memory() -> None:
    def predict(texts: list[str]) -> Any:
        raise RuntimeError("the memory of this model is short")

    with pytest.raises(PredictorError, match="asked about 2 instances"):
        explain(TEXT, predict, TextPerturber())


@pytest.mark.parametrize("raised", [ValueError, TypeError, MemoryError, LimeError])
def test_a_long_message_of_a_model_is_cut(raised: type[Exception]) -> None:
    def predict(texts: list[str]) -> Any:
        raise raised("too long:\n" + "x" * 1_400_000)

    with ThreadPoolExecutor(1) as pool:
        (outcome,) = explain_many([TEXT], loader_of(predict), TextPerturber(), executor=pool)
    assert outcome.error is not None
    assert "too long: xxx" in outcome.error
    assert len(outcome.error) < 1100
    if raised is not LimeError:
        with pytest.raises(PredictorError) as caught:
            explain(TEXT, predict, TextPerturber())
        assert len(str(caught.value)) < 600


_kept: list[Any] = []


def loader_of(predict: Any) -> Any:
    """What loads this function, also in another thread."""
    _kept[:] = [predict]
    return _load


def _load() -> Any:
    return _kept[0]


def said(predict: Callable[[Any], Any], instance: str = TEXT, **more: Any) -> str:
    settings = LimeSettings(mode=more.pop("mode", "classification"))
    with pytest.raises(LimeError) as caught:
        explain(instance, predict, TextPerturber(), settings, **more)
    return str(caught.value)


def thirds(texts: list[str]) -> Any:
    return np.full((len(texts), 3), 1 / 3)


@pytest.mark.parametrize(
    ("predict", "says"),
    [
        (lambda texts: np.full(len(texts), 182.5), 'set mode="regression"'),
        (lambda texts: np.full((len(texts), 1), 182.5), 'set mode="regression"'),
        (lambda texts: np.full((len(texts), 2), 182.5), 'set mode="regression"'),
        (
            lambda texts: np.array([10, 20, 30, 40])[np.arange(len(texts)) % 4],
            "Whole numbers (10, 20) look like labels: pass predict_proba",
        ),
        (lambda texts: 1 + np.arange(len(texts)) % 2, "Whole numbers (1, 2) look like labels"),
        (lambda texts: ["spam"] * len(texts), "labels such as 'spam', not an array of numbers."),
        (lambda texts: np.array(["ham"] * len(texts), dtype=object), "predict_proba"),
    ],
)
def test_what_is_no_probability_is_told_what_it_may_be(
    predict: Callable[[Any], Any], says: str
) -> None:
    assert says in said(predict)


@pytest.mark.parametrize(
    "predict",
    [
        lambda texts: np.full((len(texts), 2), 0.5),
        lambda texts: ["much"] * len(texts),
        lambda texts: {"price": 1.0},
        lambda texts: np.full(len(texts), np.nan),
        lambda texts: np.full(3, 1.0),
        raising,
    ],
)
def test_regression_never_speaks_of_probabilities(predict: Callable[[Any], Any]) -> None:
    told = said(predict, mode="regression")
    assert not re.search("probab|class|column", told)


def test_what_is_not_finite_is_shown_with_its_instance() -> None:
    def predict(texts: list[str]) -> Any:
        return np.array([[np.nan if "bad" not in t else 0.5, 0.5] for t in texts])

    told = said(predict, "so bad")
    assert re.search(r"returned nan in column 0 \(row \d of 2\), for 'so '\.", told)
    long = said(predict, "bad " + "so " * 400)
    assert "…" in long
    assert len(long) < 400

    def of_rows(rows: Any) -> Any:
        answer = np.full((len(rows), 2), 0.5)
        answer[0] = np.inf
        return answer

    train = np.arange(80.0).reshape(40, 2)
    with pytest.raises(PredictorError, match=r"for \[3\.0, 4\.0\]\. Return finite"):
        explain(np.array([3.0, 4.0]), of_rows, TabularPerturber.learn(train))
    frame = pd.DataFrame(train, columns=["age", "size"])
    with pytest.raises(PredictorError, match=r"for \{'age': 3\.0, 'size': 4\.0\}\."):
        explain({"age": 3.0, "size": 4.0}, of_rows, TabularPerturber.learn(frame))


def test_class_names_by_their_numbers() -> None:
    for names in ({1: "b", 0: "a", 2: "c"}, {"0": "a", "1": "b", "2": "c"}, ["a", "b", "c"]):
        found = explain(TEXT, thirds, TextPerturber(), target="c", class_names=names)  # type: ignore[arg-type]
        assert (found.class_names, found.target) == (("a", "b", "c"), 2)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ({"a", "b", "c"}, "a set, which has no order. Pass a list"),
        ("abc", "class_names is a text. Pass a list"),
        ((name for name in "abc"), "class_names is of type generator. Pass a list"),
        (3, "class_names is of type int. Pass a list"),
        ({"a": 0, "b": 1, "c": 2}, "a dict with the keys 'a', 'b', 'c'. Pass a dict from each"),
        ({1: "a", 2: "b", 3: "c"}, "from each column's number (0, 1, …) to its name"),
        (["a"], "3 columns, but there are 1 class name."),
    ],
)
def test_class_names_of_a_strange_kind(names: Any, says: str) -> None:
    assert says in said(thirds, class_names=names)


@pytest.mark.parametrize(
    ("target", "names", "says"),
    [
        (30, None, "30 is not a class of this model"),
        (30, None, "pass class_names, the labels in the order of the model's columns"),
        (30, [10, 20, 30], "30 is the name of a class, in column 2. Pass the name as a text"),
        (
            2,
            [1, 2, 3],
            "name of a class, in column 1, and the class '3' is column 2. Pass the name",
        ),
        (True, None, "True is not a class"),
    ],
)
def test_labels_as_targets(target: Any, names: Any, says: str) -> None:
    assert says in said(thirds, target=target, class_names=names)


def test_labels_as_names() -> None:
    names = [10, 20, 30]
    assert explain(TEXT, thirds, TextPerturber(), target="30", class_names=names).target == 2  # type: ignore[arg-type]
    assert explain(TEXT, thirds, TextPerturber(), target=2, class_names=names).target == 2  # type: ignore[arg-type]


def mute(texts: list[str]) -> Any:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError("no words")

    raise Mute


def test_an_error_that_cannot_say_what_it_is() -> None:
    with pytest.raises(PredictorError, match="The model raised Mute"):
        explain(TEXT, mute, TextPerturber())


@pytest.mark.parametrize("n", [0, 1, 3])
def test_two_models_are_compared(n: int) -> None:
    with pytest.raises(SettingsError, match=f"predicts has {n} of two models"):
        compare(TEXT, (halves,) * n, TextPerturber())  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="predicts has 1 of two models"):
        compare(TEXT, halves, TextPerturber())  # type: ignore[arg-type]


def halves(texts: list[str]) -> Any:
    return np.full((len(texts), 2), 0.5)


def test_the_target_of_shapley_weights_is_a_number() -> None:
    perturber = TextPerturber()
    subject = perturber.components(TEXT)
    with pytest.raises(TargetError, match="'yes' is not a class of this model"):
        explain_shapley(subject, halves, perturber, LimeSettings(), target="yes")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "setting", [{"kernel_width": 8.0}, {"mode": "regression"}, {"sampler": "lime"}]
)
def test_what_was_asked_is_fitted_as_it_was_asked(setting: dict[str, Any]) -> None:
    asked = ask(TEXT, halves, TextPerturber(), LimeSettings())
    assert fit(asked, LimeSettings(n_features=3)).settings.n_features == 3
    ((name, value),) = setting.items()
    with pytest.raises(SettingsError, match=f"{name} is {value!r}, but the model was asked with"):
        fit(asked, LimeSettings(**setting))


@pytest.mark.parametrize(
    ("part", "value", "says"),
    [
        ("target", 9, "there is no class 9"),
        ("format", "lime_engine.Comparison", "is a 'lime_engine.Comparison', not an explanation"),
        ("weights", [{"index": 99, "label": "a", "weight": 0.1}], "there is no component 99"),
    ],
)
def test_what_is_read_is_an_explanation(part: str, value: Any, says: str) -> None:
    written = json.loads(explain(TEXT, halves, TextPerturber()).to_json())
    with pytest.raises(InputError, match=says):
        Explanation.from_json(json.dumps(written | {part: value}))


@pytest.mark.parametrize("wrong", [2, "fast", {"n_samples": 50}])
def test_settings_and_executors_are_such(wrong: Any) -> None:
    for call in (
        lambda: explain(TEXT, halves, TextPerturber(), wrong),
        lambda: compare(TEXT, (halves, halves), TextPerturber(), wrong),
        lambda: explain_many([TEXT], lambda: halves, TextPerturber(), wrong),
    ):
        with pytest.raises(SettingsError, match="Pass a LimeSettings"):
            call()
    with pytest.raises(SettingsError, match=r"executor is .*Pass an executor"):
        explain_many([TEXT], lambda: halves, TextPerturber(), executor=wrong)
