"""A model that was trained here as files that work elsewhere: what it is, and how to ask it.

What scikit-learn alone can answer goes as a skops file, which names every kind of object in it and
is loaded by an allow-list; what a network sees in pictures, and a linear model of that, as one ONNX
network. Words and trees are not converted to ONNX, where texts are split by other rules and trees
compare numbers of 32 bits where scikit-learn's have 64. Nothing is pickled.
"""

import copy
import inspect
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from lime_engine.types import FloatArray
from model_adapters.trained.fitting import SeenModel
from model_adapters.trained.pictures import (
    CELL,
    DIRECTIONS,
    SHADES,
    SIDE,
    histograms,
    histograms_of,
)
from model_adapters.trained.recipe import ALGORITHMS, Recipe
from model_adapters.trained.tables import cells
from model_adapters.trained.words import WordsModel

# What a skops file may hold besides what skops itself knows, by algorithm.
TRUSTED: Final[dict[str, tuple[str, ...]]] = {
    "tfidf-logistic": (),
    "counts-forest": ("sklearn.tree._tree.Tree",),
    "counts-bayes": (),
    "logistic": ("numpy.dtype",),
    "boosting": (
        "functools.partial",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.utils.validation.check_array",
    ),
    "histograms-logistic": (),
}
NEVER: Final = -1e30  # the score of a class that nothing learned from has: a softmax makes it 0


def files_of(
    recipe: Recipe,
    model: WordsModel | SeenModel,
    class_names: Sequence[str],
    network: Callable[[], bytes],
) -> bytes:
    """A zip of the model and of a Python script that asks it, without anything of this project.

    Parameters
    ----------
    recipe : Recipe
        How it was made.
    model : WordsModel or SeenModel
        As `fit` made it.
    class_names : sequence of str
    network : callable
        The network that "features-logistic" learned from, as ONNX: pictures (n, 3, side, side) with
        values from 0 to 255 -> (n, n_features).
    """
    if recipe.algorithm == "features-logistic":
        files = {"model.onnx": with_classes(network(), model.pipeline, class_names)}
    else:
        import skops.io

        files = {"model.skops": skops.io.dumps(_of_scikit_learn(model.pipeline))}
    files["use_model.py"] = _script(recipe, model, class_names).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return buffer.getvalue()


def _of_scikit_learn(pipeline: Any) -> Any:
    """The same pipeline without a class of ours: a forest that asks its trees as it always does."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import Pipeline

    name, last = pipeline.steps[-1]
    if isinstance(last, RandomForestClassifier):
        last = copy.copy(last)
        last.__class__ = RandomForestClassifier
    return Pipeline([*pipeline.steps[:-1], (name, last)])


def with_classes(network: bytes, pipeline: Any, class_names: Sequence[str]) -> bytes:
    """A network that ends with features, with a linear model on them: it gives probabilities.

    The names of the classes are written into the file, where Upload finds them.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load_model_from_string(network)
    graph, (scaler, linear) = model.graph, (step for _, step in pipeline.steps)
    weights, bias = _of_each_class(linear, len(class_names))
    stored = {"feature mean": scaler.mean_, "feature spread": scaler.scale_}
    stored |= {"class weights": weights, "class bias": bias}
    for name, values in stored.items():
        graph.initializer.append(numpy_helper.from_array(values.astype(np.float32), name))
    graph.node.extend(
        [
            helper.make_node("Sub", [graph.output[0].name, "feature mean"], ["features centred"]),
            helper.make_node("Div", ["features centred", "feature spread"], ["features scaled"]),
            helper.make_node(
                "Gemm", ["features scaled", "class weights", "class bias"], ["scores"]
            ),
            helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
        ]
    )
    shape: list[int | str | None] = ["n", len(class_names)]
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, shape))
    helper.set_model_props(model, {"classes": json.dumps([*class_names])})
    onnx.checker.check_model(model)
    found: bytes = model.SerializeToString()
    return found


def _of_each_class(linear: Any, n_classes: int) -> tuple[FloatArray, FloatArray]:
    """A logistic regression's weights (n_features, n_classes) and bias, as a softmax wants them."""
    coefficients, intercepts = linear.coef_, linear.intercept_
    if len(coefficients) == 1:  # of two classes: the score of the second beside that of the first
        coefficients = np.concatenate([np.zeros_like(coefficients), coefficients])
        intercepts = np.array([0.0, intercepts[0]])
    weights, bias = np.zeros((coefficients.shape[1], n_classes)), np.full(n_classes, NEVER)
    weights[:, linear.classes_], bias[linear.classes_] = coefficients.T, intercepts
    return weights, bias


_LOADED = """
# Besides what skops knows, the file may hold these kinds of objects, and no others.
TRUSTED = {trusted!r}
model = skops.io.load(HERE / "model.skops", trusted=TRUSTED)
{helpers}

def probabilities({items}):
    \"\"\"{takes} -> (n, {n}), a column for each of CLASSES.\"\"\"
    found = np.zeros((len({items}), len(CLASSES)))
    found[:, model.classes_] = model.predict_proba({seen})
    return found
"""
_RUN = """
session = onnxruntime.InferenceSession(HERE / "model.onnx")
HEIGHT, WIDTH = session.get_inputs()[0].shape[2:]


def probabilities(pictures):
    \"\"\"Pictures, as Pillow opens them -> (n, {n}), a column for each of CLASSES.\"\"\"
    size, how = (WIDTH, HEIGHT), Image.Resampling.BILINEAR
    small = [np.asarray(picture.convert("RGB").resize(size, how)) for picture in pictures]
    batch = np.stack(small).transpose(0, 3, 1, 2).astype(np.float32)  # 0 to 255
    return session.run(None, {{session.get_inputs()[0].name: batch}})[0]
"""
_TABLE = """
NUMBERS = {numbers!r}
WORDS = {words!r}


"""


def _script(recipe: Recipe, model: WordsModel | SeenModel, class_names: Sequence[str]) -> str:
    """A script that loads the model beside it and asks it. What people have named is data in it."""
    kind, n = recipe.kind, len(class_names)
    packages = [f"scikit-learn=={version('scikit-learn')}", f"skops=={version('skops')}"]
    imports = ["import numpy as np", "import skops.io"]
    of = {"trusted": [*TRUSTED.get(recipe.algorithm, ())], "n": n, "helpers": ""}
    match kind:
        case "text":
            body = _LOADED.format(**of, items="texts", takes="A list of texts", seen="texts")
            read, example = "sys.argv[1:]", '"A text." "Another one."'
        case "table":
            packages.append("pandas")
            imports.insert(1, "import pandas as pd")
            columns = model.read.keywords  # type: ignore[union-attr]
            of["helpers"] = _TABLE.format(**columns) + inspect.getsource(cells)
            seen = "cells(rows, NUMBERS, WORDS)"
            body = _LOADED.format(**of, items="rows", takes="A data frame", seen=seen)
            read, example = "pd.read_csv(sys.argv[1])", "rows.csv"
        case "image":
            read = "[Image.open(name) for name in sys.argv[1:]]"
            example = "one.jpg another.jpg"
            if recipe.algorithm == "features-logistic":
                packages = ["onnxruntime", "numpy", "pillow"]
                imports = ["import numpy as np", "import onnxruntime", "from PIL import Image"]
                body = _RUN.format(n=n)
            else:
                packages += ["scikit-image", "pillow"]
                imports.append("from PIL import Image")
                of["helpers"] = _of_histograms()
                takes = "Pictures, as Pillow opens them"
                body = _LOADED.format(**of, items="pictures", takes=takes, seen=_SEEN)
    return f'''"""{ALGORITHMS[recipe.algorithm].summary}

    pip install {" ".join(packages)}
    python use_model.py {example}
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

{chr(10).join(imports)}

CLASSES = {[*class_names]!r}
HERE = Path(__file__).parent
{body}

if __name__ == "__main__":
    for row in probabilities({read}):
        print(*(f"{{name}}: {{p:.4f}}" for name, p in zip(CLASSES, row)), sep=", ")
'''


_SEEN: Final = 'histograms([np.asarray(picture.convert("RGB")) for picture in pictures])'


def _of_histograms() -> str:
    """What is counted in a picture, as source text."""
    named = {"SIDE": SIDE, "CELL": CELL, "DIRECTIONS": DIRECTIONS, "SHADES": SHADES}
    constants = "\n".join(f"{name} = {value}" for name, value in named.items())
    functions = (histograms, histograms_of)
    return f"\n{constants}\n\n\n" + "\n\n".join(inspect.getsource(each) for each in functions)
