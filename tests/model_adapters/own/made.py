"""Files of models as people have them, made by others' exporters."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from unittest import mock

import numpy as np
import onnx
import pandas as pd
import skops.io
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

CLASSES = np.array(["calm", "mild", "wild"])


@lru_cache(maxsize=1)
def numbers() -> tuple[pd.DataFrame, Any]:
    """Rows of four numbers in three classes."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 4)).astype(np.float32)
    scores = x[:, :3] + 0.3 * rng.normal(size=(120, 3))
    return pd.DataFrame(x, columns=["heat", "wind", "rain", "sun"]), CLASSES[scores.argmax(axis=1)]


@lru_cache(maxsize=1)
def people() -> tuple[pd.DataFrame, Any]:
    """Rows of a number, which may be missing, and of a word."""
    rng = np.random.default_rng(1)
    age, job = rng.integers(18, 80, 120).astype(float), rng.choice(["cook", "smith", "clerk"], 120)
    labels = np.where((age > 45) ^ (job == "cook"), "yes", "no")
    age[3] = np.nan
    return pd.DataFrame({"age": age, "job": job.astype(object)}), labels


@lru_cache(maxsize=1)
def reviews() -> tuple[list[str], Any]:
    """Short texts of two classes; some words go with either."""
    rng = np.random.default_rng(2)
    both = "the Soup waiter Table we had came after and music was fine".split()
    own = {"bad": "rude cold slow dirty".split(), "good": "Lovely friendly tasty warm".split()}
    labels = ["good" if i % 2 else "bad" for i in range(80)]
    texts = [" ".join(rng.permutation([*rng.choice(both, 5), *rng.choice(own[c], 2)])) + "!"
             for c in labels]  # fmt: skip
    return texts, np.array(labels)


def table_models() -> dict[str, Any]:
    """Classifiers fitted to `numbers`."""
    x, y = numbers()
    models = {
        "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
        "forest": RandomForestClassifier(8, max_depth=4, random_state=0, n_jobs=-1),
        "boosting": HistGradientBoostingClassifier(max_iter=4, max_leaf_nodes=6),
    }
    return {name: model.fit(x.to_numpy(), y) for name, model in models.items()}


def columns_model() -> Any:
    """A pipeline fitted to `people`: columns of both sorts, by name."""
    x, y = people()
    columns = ColumnTransformer(
        [
            ("n", make_pipeline(SimpleImputer(), StandardScaler()), ["age"]),
            ("c", OneHotEncoder(handle_unknown="ignore"), ["job"]),
        ]
    )
    return make_pipeline(columns, LogisticRegression()).fit(x, y)


def text_model() -> Any:
    """A pipeline fitted to `reviews`."""
    texts, y = reviews()
    return make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, y)


def onnx_of(model: Any, *, zipmap: bool = True, inputs: Sequence[tuple[str, Any]] = ()) -> bytes:
    """The model as skl2onnx writes it."""
    entries = list(inputs) or [("X", FloatTensorType([None, 4]))]
    last = model[-1] if hasattr(model, "steps") else model
    attribute = onnx.helper.make_attribute

    def without_bools(key: str, value: Any, *args: Any, **kwargs: Any) -> onnx.AttributeProto:
        """This skl2onnx hands trees' flags on as bools, which this onnx does not take."""
        if isinstance(value, list) and any(isinstance(each, bool | np.bool_) for each in value):
            value = list(map(int, value))
        return attribute(key, value, *args, **kwargs)

    with mock.patch("onnx.helper.make_attribute", without_bools):
        made = convert_sklearn(
            model, initial_types=entries, options={id(last): {"zipmap": zipmap}}, target_opset=15
        )
    found: bytes = made.SerializeToString()
    return found


def onnx_of_columns() -> bytes:
    """`columns_model`, an input a column."""
    inputs = [("age", FloatTensorType([None, 1])), ("job", StringTensorType([None, 1]))]
    return onnx_of(columns_model(), inputs=inputs)


def onnx_of_texts() -> bytes:
    """`text_model`, with one input of strings."""
    return onnx_of(text_model(), inputs=[("text", StringTensorType([None, 1]))])


def skops_of(model: Any) -> bytes:
    """The model as skops writes it."""
    found: bytes = skops.io.dumps(model)
    return found
