"""Models of the words in texts: what they know, and making them blind to some of it."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from lime_engine.errors import InputError
from lime_engine.types import FloatArray, IntArray

NOTHING_LEFT = (
    "Everything that this model knows would be taken out, and nothing would be left to go "
    "by. Keep at least one of them."
)


def blind_to(vectorizer: Any, words: Collection[str]) -> Any:
    """The vectorizer, fitted or not, made to skip these words in whatever it reads.

    The words are as they stand in a text. What the vectorizer makes of each, by its own rules on
    capitals, apostrophes and length, is what it skips.
    """
    if words:
        analyze = vectorizer.build_analyzer()
        skipped = {token for word in words for token in analyze(word)}
        vectorizer.set_params(stop_words=sorted(skipped.union(vectorizer.get_stop_words() or ())))
    return vectorizer


def of_all_classes(answers: FloatArray, known: IntArray, n_classes: int) -> FloatArray:
    """Answers (n, k) about the `known` classes (k,), as (n, n_classes): 0 of any other."""
    if len(known) == n_classes:
        return answers
    spread = np.zeros((len(answers), n_classes))
    spread[:, known] = answers
    return spread


class WordsModel:
    """A classifier of the words that a vectorizer finds in texts; both are fitted.

    It is a predict function, and can say how much of a text it knows.
    """

    def __init__(self, vectorizer: Any, classifier: Any, n_classes: int) -> None:
        from sklearn.pipeline import make_pipeline

        self._analyze = vectorizer.build_analyzer()
        self._known = vectorizer.vocabulary_.keys()
        self.pipeline = make_pipeline(vectorizer, classifier)
        self._n_classes = n_classes

    def __call__(self, texts: Sequence[str], /) -> FloatArray:
        """The probabilities of all classes for each text, (n, n_classes)."""
        answers: FloatArray = self.pipeline.predict_proba(texts)
        return of_all_classes(answers, self.pipeline.classes_, self._n_classes)

    def coverage(self, text: str) -> tuple[int, int]:
        """How many of a text's different words it knows, and how many there are.

        Words as it reads them; what it skips in every text counts for neither.
        """
        words = set(self._analyze(text))
        return len(words & self._known), len(words)


def fit_on_words(
    vectorizer: Any,
    classifier: Any,
    texts: Sequence[str],
    labels: IntArray,
    n_classes: int | None = None,
) -> WordsModel:
    """Fit a classifier on what the vectorizer makes of texts.

    It answers about `n_classes`, of which the labels may lack some; None: about those they have.

    Raises
    ------
    InputError
        If the vectorizer skips every word there is.
    """
    try:
        counts = vectorizer.fit_transform(texts)
    except ValueError as error:  # an empty vocabulary: it has no type of its own
        raise InputError(NOTHING_LEFT) from error
    classifier.fit(counts, labels)
    return WordsModel(vectorizer, classifier, n_classes or len(classifier.classes_))


def vocabulary(vectorizer: Any, texts: Sequence[str]) -> tuple[str, ...]:
    """All words that the vectorizer knows after reading these texts, in its own spelling."""
    return tuple(vectorizer.fit(texts).get_feature_names_out().tolist())
