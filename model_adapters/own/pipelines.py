"""scikit-learn pipelines from skops files: read by an allow-list, asked. Runs in the child only."""

from typing import Any, Final

import joblib
import numpy as np
import sklearn
import skops.io

from lime_engine.types import FloatArray
from model_adapters.errors import NetworkError
from model_adapters.onnx.memory import memory_error
from model_adapters.own.archives import foreign, opened
from model_adapters.own.packing import Column
from model_adapters.own.server import ModelServer
from model_adapters.own.settings import MAX_COLUMNS, Holds, ModelFacts, ModelSettings
from model_adapters.settings import MAX_CLASSES, Output
from model_adapters.strings import clean

# What a file may hold besides what skops itself knows of scikit-learn, numpy and scipy.
ALLOWED: Final = (
    "functools.partial",
    "numpy.dtype",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn._loss.loss.HalfMultinomialLoss",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.compose._column_transformer._RemainderColsList",
    "sklearn.ensemble._gb_losses.BinomialDeviance",
    "sklearn.ensemble._gb_losses.MultinomialDeviance",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.linear_model._sgd_fast.Hinge",
    "sklearn.linear_model._sgd_fast.Log",
    "sklearn.linear_model._sgd_fast.ModifiedHuber",
    "sklearn.metrics._dist_metrics.EuclideanDistance",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.metrics._dist_metrics.ManhattanDistance",
    "sklearn.metrics._dist_metrics.ManhattanDistance64",
    "sklearn.metrics._scorer._PassthroughScorer",
    "sklearn.model_selection._split.KFold",
    "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.neighbors._ball_tree.BallTree64",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neighbors._kd_tree.KDTree64",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.preprocessing._label.LabelBinarizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
    "sklearn.utils.validation.check_array",
)
_SHOWN: Final = 12  # kinds of objects named in a refusal
_AGAIN: Final = "Save it again with skops.io.dump from the version that runs here, or bring ONNX."


def prepare() -> None:
    """Whatever is imported or looked up at a first use: later no file can be opened."""
    import pandas as pd
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x = pd.DataFrame({"a": np.arange(8.0), "b": [0.0, 1.0] * 4})
    for model in (HistGradientBoostingClassifier(max_iter=1), RandomForestClassifier(1)):
        pipeline = make_pipeline(StandardScaler(), model).fit(x, [0, 1] * 4)
        again = skops.io.loads(skops.io.dumps(pipeline), trusted=list(ALLOWED))
        again.predict_proba(x)


class Server(ModelServer):
    """Answers about one pipeline."""

    def __init__(self) -> None:
        super().__init__(PipelineModel)
        prepare()


class PipelineModel:
    """A scikit-learn classifier from a skops file.

    Raises
    ------
    NetworkError
        If the file is refused, or there is no classifier in it.
    """

    def __init__(self, data: bytes | bytearray) -> None:
        self._archive = opened(data)
        if found := foreign(self._archive):
            raise _not_allowed(found)
        self.model = self._loaded(bytes(data))
        for name in ("classes_", "predict"):
            if not hasattr(self.model, name):
                raise NetworkError(
                    f"The file holds a {clean(type(self.model).__name__)}, which is no fitted "
                    "classifier: it has no classes. Fit a classifier, such as a Pipeline that ends "
                    "with one, and save that."
                )
        self._ask, self._output = self._how()
        self._names = self._columns()

    def facts(self) -> ModelFacts:
        """What was found."""
        classes = np.asarray(self.model.classes_)
        if classes.ndim != 1 or not 2 <= len(classes) <= MAX_CLASSES:
            raise NetworkError(
                f"The model's classes have the shape {clean(classes.shape)}; a classifier has at "
                "least two classes, in one list. Bring a model with one answer."
            )
        names = tuple(clean(name) or f"class {i}" for i, name in enumerate(classes.tolist()))
        columns, has_names = self._names
        takes = "texts" if columns is None else "rows"
        if columns is None:
            self._try_texts()
        holds: list[Holds] = ["anything"] * len(columns or ())
        proposed = ModelSettings("skops", takes, columns or (), self._output, names)  # type: ignore[arg-type]
        return ModelFacts(
            proposed=proposed,
            has_names=has_names,
            holds=tuple(holds),
            names_from="file",
            made_with=f"scikit-learn {self._archive.scikit_learn}".strip(),
            can_choose_output=False,
            remarks=tuple(self._remarks()),
        )

    def answers(self, columns: list[Column], n: int) -> FloatArray:
        """The model's answers to items, (n, k)."""
        with joblib.parallel_config(backend="sequential"):  # threads cannot be started here
            try:
                found = np.asarray(self._ask(self._items(columns)), dtype=np.float64)
            except MemoryError:
                raise memory_error() from None
            except Exception as error:  # whatever scikit-learn says of these items
                raise NetworkError(
                    f"The model failed on these items ({type(error).__name__}: "
                    f"{clean(error, 300)}). {self._version_told()}Check which column goes where."
                ) from None
        return found[:, None] if found.ndim == 1 else found

    def _items(self, columns: list[Column]) -> Any:
        names, has_names = self._names
        if names is None:
            return ["" if text is None else text for text in columns[0]]
        if len(columns) != len(names):
            raise NetworkError(
                f"{len(columns)} columns are given, but the model takes {len(names)}. Bring the "
                "model again."
            )
        values = [_of_words(each) if isinstance(each, list) else each for each in columns]
        if has_names:
            import pandas as pd

            frame = pd.concat([pd.Series(each, dtype=each.dtype) for each in values], axis=1)
            frame.columns = list(self.model.feature_names_in_)
            return frame
        if any(each.dtype == object for each in values):
            return np.column_stack([each.astype(object) for each in values])
        return np.column_stack(values)

    def _loaded(self, data: bytes) -> Any:
        try:
            untrusted = set(skops.io.get_untrusted_types(data=data)) - set(ALLOWED)
            if untrusted:
                raise _not_allowed(sorted(untrusted))
            return skops.io.loads(data, trusted=list(ALLOWED))
        except (NetworkError, MemoryError, RecursionError):
            raise
        except Exception as error:  # whatever a strange file makes the libraries raise
            raise NetworkError(
                f"The skops file cannot be read ({type(error).__name__}: {clean(error, 200)}). "
                f"{self._version_told()}{_AGAIN}"
            ) from None

    def _how(self) -> tuple[Any, Output]:
        if (ask := getattr(self.model, "predict_proba", None)) is not None:
            return ask, "probabilities"
        if (ask := getattr(self.model, "decision_function", None)) is not None:
            return ask, "logits"
        raise NetworkError(
            f"The {clean(type(self.model).__name__)} says neither how probable a class is nor how "
            "far it is from it (predict_proba, decision_function). Wrap it in "
            "CalibratedClassifierCV, fit that, and save it."
        )

    def _columns(self) -> tuple[tuple[str, ...] | None, bool]:
        """The columns that the model knows, and whether by name; None if it takes texts."""
        names = getattr(self.model, "feature_names_in_", None)
        if names is not None:
            return tuple(map(str, np.asarray(names).ravel().tolist())), True
        n = getattr(self.model, "n_features_in_", None)
        if isinstance(n, int) and 0 < n <= MAX_COLUMNS:
            return tuple(f"column {i + 1}" for i in range(n)), False
        if n is not None:
            raise NetworkError(
                f"The model takes {clean(n)} columns; from 1 to {MAX_COLUMNS:,} are possible. For "
                "texts, save the whole pipeline, the vectorizer and the classifier in one."
            )
        return None, False

    def _try_texts(self) -> None:
        self.answers([["A text to try.", "another"]], 2)

    def _remarks(self) -> list[str]:
        found = [told] if (told := self._version_told().strip()) else []
        if self._output == "logits":
            found.append(
                "The model gives scores, no probabilities: they are made into numbers from 0 to 1 "
                "by a softmax, and are not how sure it is."
            )
        return found

    def _version_told(self) -> str:
        made, here = self._archive.scikit_learn, sklearn.__version__
        if not made or made == here:
            return ""
        return (
            f"The file was made with scikit-learn {made}, and {here} runs here: its answers may "
            "differ. "
        )


def _of_words(values: list[str | None]) -> Any:
    found = np.array(values, dtype=object)
    found[[value is None for value in values]] = np.nan
    return found


def _not_allowed(kinds: list[str]) -> NetworkError:
    shown = ", ".join(clean(kind, 120) for kind in kinds[:_SHOWN])
    more = f" and {len(kinds) - _SHOWN} more" if len(kinds) > _SHOWN else ""
    return NetworkError(
        f"The file holds kinds of objects that are not allowed here: {shown}{more}. Allowed "
        "is what scikit-learn's own classifiers are made of. Use its steps in place of your own "
        "classes and functions, or convert the model to ONNX."
    )
