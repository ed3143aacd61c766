"""A model made as its recipe says."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from lime_engine.errors import InputError
from lime_engine.types import FloatArray, IntArray
from model_adapters.trained.pictures import histograms
from model_adapters.trained.recipe import Recipe
from model_adapters.trained.splitting import some_of_each
from model_adapters.trained.words import (
    WordsModel,
    blind_to,
    fit_on_words,
    of_all_classes,
    vocabulary,
)

Features = Callable[[Sequence[Any]], FloatArray]  # pictures -> (n, n_features)
N_TREES = 100
# Trees of more texts take minutes and say nothing meanwhile; for the others more costs little.
MOST_LEARNED: Mapping[str, int] = MappingProxyType({"counts-forest": 20_000})


class SeenModel:
    """A classifier, fitted, of what `read` sees in rows or pictures; it is a predict function."""

    def __init__(self, pipeline: Any, n_classes: int, read: Callable[[Any], Any]) -> None:
        self.pipeline, self.read = pipeline, read
        self._n_classes = n_classes

    def __call__(self, batch: Any, /) -> FloatArray:
        """The probabilities of all classes for each of them, (n, n_classes)."""
        answers: FloatArray = self.pipeline.predict_proba(self.read(batch))
        return of_all_classes(answers, self.pipeline.classes_, self._n_classes)


def fit(
    recipe: Recipe,
    instances: Any,
    labels: IntArray,
    n_classes: int,
    features: Features | None = None,
    counted: Features = histograms,
) -> WordsModel | SeenModel:
    """The model that this recipe makes of labelled data.

    Parameters
    ----------
    recipe : Recipe
    instances : sequence of str, pandas DataFrame, or sequence of uint8 images
    labels : int array (n,)
        Each 0 to n_classes - 1; a class that none has gets no probability.
    n_classes : int
    features : callable, optional
        What a network sees in pictures, for "features-logistic".
    counted : callable
        What `histograms` says of pictures, for "histograms-logistic", or another way to that.

    Returns
    -------
    WordsModel or SeenModel
        A predict function of texts, of frames with the same columns, or of pictures:
        (n, n_classes).

    Raises
    ------
    InputError
        If the labels have fewer than two classes, or nothing is left to learn from.
    """
    if len(np.unique(labels)) < 2:
        raise InputError(
            "All items to learn from have the same label. Bring items of at least two classes."
        )
    match recipe.kind:
        case "text":
            words = blind_to(_vectorizer(recipe), recipe.without)
            rows = learned_from(recipe, labels)
            texts = [instances[row] for row in rows.tolist()]
            return fit_on_words(words, _of_words(recipe), texts, labels[rows], n_classes)
        case "table":
            from model_adapters.trained.tables import cells, pipeline_for

            *columns, pipeline = pipeline_for(recipe, instances)
            read = partial(cells, numbers=columns[0], words=columns[1])
            return SeenModel(pipeline.fit(read(instances), labels), n_classes, read)
        case "image":
            from model_adapters.trained.pictures import pipeline

            see = counted
            if recipe.algorithm == "features-logistic":
                if features is None:
                    raise InputError(
                        "The network that sees the pictures is not here. Use the other model."
                    )
                see = features
            return SeenModel(pipeline().fit(see(instances), labels), n_classes, see)


def learned_from(recipe: Recipe, labels: IntArray) -> IntArray:
    """The numbers of the items that such a model learns from: all, or a sample of each class."""
    return some_of_each(labels, MOST_LEARNED.get(recipe.algorithm, len(labels)), recipe.seed)


def parts(recipe: Recipe, instances: Any) -> tuple[str, ...]:
    """All that a model made so could do without: its words or columns; none of pictures."""
    match recipe.kind:
        case "text":
            return vocabulary(blind_to(_vectorizer(recipe), recipe.without), list(instances))
        case "table":
            return tuple(name for name in instances.columns if name not in recipe.without)
        case "image":
            return ()


def _vectorizer(recipe: Recipe) -> Any:
    """It folds case, and knows words of two letters or more."""
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

    if recipe.algorithm == "tfidf-logistic":
        return TfidfVectorizer(sublinear_tf=True)
    return CountVectorizer()


def _of_words(recipe: Recipe) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import ComplementNB

    from model_adapters.trained.forest import PlainForest

    match recipe.algorithm:
        case "tfidf-logistic":
            return LogisticRegression(C=3.0, max_iter=1000)
        case "counts-forest":
            # Leaves of two or more: shares of texts, not single ones, make the probabilities.
            return PlainForest(n_estimators=N_TREES, min_samples_leaf=2, random_state=recipe.seed)
        case _:
            return ComplementNB()
