"""The words that a text model knows, and making it blind to some of them."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from lime_engine.errors import InputError
from lime_engine.types import IntArray, PredictFn

NOTHING_LEFT = (
    "Everything that this model knows would be taken out, and nothing would be left to learn "
    "from. Keep at least one of them."
)


def blind_to(vectorizer: Any, words: Collection[str]) -> Any:
    """The vectorizer, not fitted yet, made to skip these words in whatever it reads.

    The words are as they stand in a text. What the vectorizer makes of each, by its own rules on
    capitals, apostrophes and length, is what it skips.
    """
    if words:
        analyze = vectorizer.build_analyzer()
        skipped = {token for word in words for token in analyze(word)}
        vectorizer.set_params(stop_words=sorted(skipped.union(vectorizer.stop_words or ())))
    return vectorizer


def fit_on_words(
    vectorizer: Any, classifier: Any, texts: Sequence[str], labels: IntArray
) -> PredictFn[Any]:
    """Fit a classifier on what the vectorizer makes of texts.

    Raises
    ------
    InputError
        If the vectorizer skips every word there is.
    """
    from sklearn.pipeline import make_pipeline

    try:
        counts = vectorizer.fit_transform(texts)
    except ValueError as error:  # an empty vocabulary: it has no type of its own
        raise InputError(NOTHING_LEFT) from error
    classifier.fit(counts, labels)
    return cast("PredictFn[Any]", make_pipeline(vectorizer, classifier).predict_proba)


def vocabulary(vectorizer: Any, texts: Sequence[str]) -> tuple[str, ...]:
    """All words that the vectorizer knows after reading these texts, in its own spelling."""
    return tuple(vectorizer.fit(texts).get_feature_names_out().tolist())
