"""The operator's Python: what README shows works, and what is wrong in the file is said."""

import re
import sys
import types
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from lime_engine.errors import LimeError
from model_adapters import NetworkError, OwnModel, installed, load_model
from model_adapters.installed import LISTED_IN
from tests.model_adapters.own import made

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("### Python of the operator's own")[2].partition("\n### ")[0]
(TOML,) = re.findall(r"```toml\n(.*?)```", SECTION, re.DOTALL)
MODULES = dict(re.findall(r"`(\w+)\.py`:\n\n```python\n(.*?)```", SECTION, re.DOTALL))


class Network:
    """What `InceptionV3()` returns, as far as it is used: bright is the first class."""

    def predict(self, batch: Any, verbose: int = 1) -> Any:
        assert batch.shape[1:] == (299, 299, 3)
        assert np.abs(batch).max() <= 1
        bright = (batch.mean(axis=(1, 2, 3)) + 1) / 2
        return np.column_stack([bright, 1 - bright]).astype(np.float32)


class Pipeline:
    """What `transformers.pipeline` returns: a list of labels with scores for each text."""

    def __init__(self, task: str, name: str) -> None:
        assert task == "text-classification"
        self.task = task
        self.tokenizer = object()
        names = {0: "NEGATIVE", 1: "POSITIVE"}
        self.model = types.SimpleNamespace(config=types.SimpleNamespace(id2label=names))

    def __call__(self, texts: list[str], *, top_k: None, truncation: bool) -> Any:
        found = [0.9 if "good" in text else 0.2 for text in texts]
        return [
            [{"label": "POSITIVE", "score": p}, {"label": "NEGATIVE", "score": 1 - p}]
            for p in found
        ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """README's file with its modules, and stand-ins for the large packages."""
    keras: Any = types.ModuleType("keras.applications.inception_v3")
    keras.InceptionV3, keras.preprocess_input = Network, lambda batch: batch / 127.5 - 1
    for name in ("keras", "keras.applications"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, keras.__name__, keras)
    transformers: Any = types.ModuleType("transformers")
    transformers.pipeline = Pipeline
    monkeypatch.setitem(sys.modules, "transformers", transformers)
    (tmp_path / "models.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "imagenet.txt").write_text("day\nnight\n", encoding="utf-8")
    for name, code in MODULES.items():
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv(LISTED_IN, str(tmp_path / "models.toml"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield tmp_path
    for name in [*MODULES, "mine"]:
        sys.modules.pop(name, None)


def opened(name: str, columns: Any = ()) -> OwnModel:
    model = next(each for each in installed() if each.name == name)
    return load_model(model.to_bytes(), model.settings(columns))


def write(folder: Path, toml: str, code: str = "") -> None:
    (folder / "models.toml").write_text(toml, encoding="utf-8")
    (folder / "mine.py").write_text(code, encoding="utf-8")


def entry(**changes: str) -> str:
    values = {"name": '"Mine"', "kind": '"text"', "classes": '["a", "b"]', "load": '"mine:load"'}
    return "[[model]]\n" + "".join(f"{k} = {v}\n" for k, v in {**values, **changes}.items() if v)


def test_the_example_of_scikit_learn(folder: Path) -> None:
    frame, labels = made.people()
    renamed = frame.rename(columns={"job": "plan"})
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = make_column_transformer((numbers, ["age"]), (OneHotEncoder(), ["plan"]))
    model = make_pipeline(columns, LogisticRegression())
    joblib.dump(model.fit(renamed, labels), folder / "churn.joblib")
    (found,) = [each for each in installed() if each.name == "Churn"]
    assert (found.kind, found.class_names, found.columns) == (
        "table",
        ("stays", "leaves"),
        ("age", "plan"),
    )
    mapped = replace(found.settings(), columns=("years", "tariff"))
    brought = pd.DataFrame({"tariff": frame["job"], "note": "x", "years": frame["age"]})
    answers = load_model(found.to_bytes(), mapped)(brought)
    assert answers == pytest.approx(model.predict_proba(renamed))


def test_the_example_of_keras(folder: Path) -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (3, 20, 30, 3), dtype=np.uint8)
    answers = opened("Inception")(pictures)
    assert answers[:, 0] == pytest.approx(pictures.mean(axis=(1, 2, 3)) / 255, abs=0.01)
    assert opened("Inception")(pictures / 255.0) == pytest.approx(answers, abs=0.01)
    grey = pictures[..., 0]
    assert opened("Inception")(grey)[:, 0] == pytest.approx(grey.mean(axis=(1, 2)) / 255, abs=0.01)


def test_the_example_of_transformers(folder: Path) -> None:
    answers = opened("Sentiment")(["a good day", "a day"])
    assert answers == pytest.approx(np.array([[0.1, 0.9], [0.8, 0.2]]))


@pytest.mark.parametrize(
    ("output", "known"),
    [("logits", [[1 / (1 + np.e), np.e / (1 + np.e)]]), ("independent", [[0.5, 0.9]])],
)
def test_what_the_file_says_of_the_answers_is_said_of_the_model_s_own(
    output: str, known: list[list[float]], folder: Path
) -> None:
    answers = "[[3.0, 4.0]]" if output == "logits" else "[[0.5, 0.9]]"
    code = (
        "import numpy\n"
        "class Keras:\n"
        f"    def predict_on_batch(self, texts): return numpy.repeat({answers}, len(texts), 0)\n"
        "load = Keras\n"
    )
    write(folder, entry(output=f'"{output}"'), code)
    assert opened("Mine")(["one", "two"]) == pytest.approx(np.repeat(known, 2, 0))


def test_nothing_is_imported_before_a_model_is_loaded(folder: Path) -> None:
    write(folder, entry(), "raise SystemError('imported')")
    (model,) = installed()
    assert "mine" not in sys.modules
    with pytest.raises(NetworkError, match=r"“Mine” cannot be loaded: mine:load says SystemError"):
        load_model(model.to_bytes(), model.settings())


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("[[model]\nname = 1", r"models\.toml \(LIME_LAB_MODELS\) is no TOML:.*line 1"),
        ('title = "x"\n', "has the key “title”"),
        ("model = 3\n", "“model” in another form"),
        (entry(load=""), r"model 1 \(“Mine”\): the key “load” is missing"),
        (entry(name='""'), "model 1.*key “name”: '' must be a text"),
        (entry(kind='"txt"'), "key “kind”: 'txt' must be text, table or image"),
        (entry(load='"os.system"'), "key “load”: 'os.system' must be module:callable"),
        (entry(load='"../x:load"'), "key “load”.*must be module:callable"),
        (entry(classes='["a"]'), "key “classes”.*2 to"),
        (entry(classes='["a", 1]'), "key “classes”.*must be a list of texts"),
        (entry(classes='["a", "a"]'), "key “classes”: “a” stands there twice"),
        (entry(classes='"none.txt"'), r"key “classes”: there is no file .*none\.txt"),
        (entry(output='"maybe"'), "key “output”: 'maybe' must be probabilities"),
        (entry(columns='["a"]'), "only a model of kind “table” has columns"),
        (entry(clases='["a", "b"]'), "the key “clases” is not known.*name, kind, classes, load"),
        (entry() + entry(), "two models named “Mine”"),
        (entry() + entry(name='"Other"', kind='"x"'), r"model 2 \(“Other”\), key “kind”"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_its_remedy(
    toml: str, says: str, folder: Path
) -> None:
    write(folder, toml)
    with pytest.raises(NetworkError, match=says):
        installed()


def test_a_file_that_is_not_there_or_no_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "models.toml").write_bytes(b'\xff\xfe"')
    with pytest.raises(NetworkError, match="is not in UTF-8"):
        installed()
    (folder / "models.toml").unlink()
    with pytest.raises(NetworkError, match=r"models\.toml \(LIME_LAB_MODELS\) cannot be read"):
        installed()
    monkeypatch.delenv(LISTED_IN)
    assert installed() == ()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("", "has no attribute 'load'"),
        ("import nowhere_at_all", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("def load(): return 3", "neither a function nor a model"),
        ("def load(): return lambda t: 1 / 0", "failed on these items .ZeroDivisionError"),
        ("def load(): return lambda t: None", "number per class"),
        ("def load(): return lambda t: [['a', 'b']] * len(t)", "number per class"),
        ("def load(): return lambda t: [[0.5, 0.5]]", "number per class"),
        ("def load(): return lambda t: [[0.2, 0.3, 0.5]] * len(t)", "gives 3 values"),
        ("def load(): return lambda t: [[float('nan'), 1]] * len(t)", "not finite"),
    ],
)
def test_what_the_code_does_wrong_is_a_sentence(code: str, says: str, folder: Path) -> None:
    write(folder, entry(), code)
    with pytest.raises(LimeError, match=says):
        opened("Mine")(["one", "two"])


def test_a_model_that_has_changed_is_chosen_again(folder: Path) -> None:
    code = "def load(): return lambda t: [[0.2, 0.8]] * len(t)"
    write(folder, entry(), code)
    (before,) = installed()
    write(folder, entry(classes='["b", "a"]'), code)
    with pytest.raises(NetworkError, match="has changed since"):
        load_model(before.to_bytes(), before.settings())
    write(folder, entry(name='"Another"'), code)
    with pytest.raises(NetworkError, match="no longer installed"):
        load_model(before.to_bytes(), before.settings())
