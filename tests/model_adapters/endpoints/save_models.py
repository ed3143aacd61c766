"""Saves models as real servers take them. Run where MLflow or MLServer is, which is not here.

    python save_models.py mlflow|mlserver FOLDER

Beside the models, `expected.json` has what they themselves say of the items in it.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

COLUMNS = ["age", "pay", "debt"]
CLASSES = np.array(["high", "low", "none"])


def rows() -> tuple[pd.DataFrame, Any]:
    """Numbers in three columns, and three classes that lean on them."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3)) * [10, 3, 1] + [40, 20, 5]
    scores = (x - x.mean(axis=0)) / x.std(axis=0) + 0.5 * rng.normal(size=x.shape)
    return pd.DataFrame(x, columns=COLUMNS), CLASSES[scores.argmax(axis=1)]


def texts() -> tuple[list[str], Any]:
    """Short texts, and whether they are good or bad."""
    rng = np.random.default_rng(1)
    words = {"bad": ["cold", "rude", "slow"], "good": ["warm", "kind", "quick"]}
    labels = ["good" if i % 2 else "bad" for i in range(80)]
    some = "the soup and a waiter there was".split()
    found = [" ".join([*rng.choice(some, 4), *rng.choice(words[label], 2)]) for label in labels]
    return found, np.array(labels)


def for_mlflow(folder: Path, model: Any, frame: pd.DataFrame) -> None:
    """As scikit-learn models are logged: labels, probabilities, and classes by name."""
    import mlflow
    from mlflow.models import infer_signature

    class Named(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
        def predict(self, context: Any, model_input: pd.DataFrame) -> pd.DataFrame:
            found = model.predict_proba(model_input[["age", "pay", "debt"]])
            return pd.DataFrame(found, columns=model.classes_)

    signed = {"signature": infer_signature(frame)}
    mlflow.sklearn.save_model(model, folder / "labels", **signed)
    mlflow.sklearn.save_model(
        model, folder / "probabilities", pyfunc_predict_fn="predict_proba", **signed
    )
    mlflow.pyfunc.save_model(folder / "named", python_model=Named(), **signed)


def for_mlserver(folder: Path, models: dict[str, Any]) -> None:
    """A folder a model, with its settings."""
    import joblib

    for name, model in models.items():
        (folder / name).mkdir()
        joblib.dump(model, folder / name / "model.joblib")
        settings = {
            "name": name,
            "implementation": "mlserver_sklearn.SKLearnModel",
            "parameters": {"uri": "./model.joblib"},
        }
        (folder / name / "model-settings.json").write_text(json.dumps(settings))


def main(server: str, folder: Path) -> None:
    """Fit, save, and write what is expected."""
    frame, labels = rows()
    given = frame if server == "mlflow" else frame.to_numpy()
    table = LogisticRegression(max_iter=1000).fit(given, labels)
    sentences, said = texts()
    reader = make_pipeline(CountVectorizer(), LogisticRegression()).fit(sentences, said)
    expected = {
        "columns": COLUMNS,
        "rows": frame.to_numpy().tolist(),
        "classes": CLASSES.tolist(),
        "of_rows": table.predict_proba(given).tolist(),
        "texts": sentences,
        "of_texts": reader.predict_proba(sentences).tolist(),
    }
    (folder / "expected.json").write_text(json.dumps(expected))
    if server == "mlflow":
        for_mlflow(folder, table, frame)
    else:
        for_mlserver(folder, {"table": table, "texts": reader})


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
