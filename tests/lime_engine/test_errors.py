"""Bad settings, bad models, bad targets: a sentence that names value, cause and remedy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lime_engine import (
    LimeError,
    LimeSettings,
    PredictorError,
    SettingsError,
    TargetError,
    TextPerturber,
    explain,
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
        (lambda texts: np.full(len(texts), 0.5), r"shape \(512,\) for 512 instances"),
        (lambda texts: np.full((len(texts), 1), 0.5), "two columns for a yes/no answer"),
        (lambda texts: np.full((3, 2), 0.5), r"shape \(3, 2\) for 512 instances"),
        (lambda texts: [["yes", "no"]] * len(texts), "not an array of numbers"),
        (lambda texts: None, "shape \\(\\)"),
        (lambda texts: np.tile([-3.0, 2.5], (len(texts), 1)), "from -3 to 2.5"),
        (
            lambda texts: np.eye(2 if "a b c d e f" in texts[0] else 3)[[0] * len(texts)],
            "2 columns for one batch and 3",
        ),
        (
            lambda texts: np.tile([0.9, 0.8], (len(texts), 1)),
            r'sum to 1\.7 \(row 0 of 512\), not to 1\. .* mode="multilabel"',
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
