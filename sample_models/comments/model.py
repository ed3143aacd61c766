"""The filter that people deploy: `alt-profanity-check`, as its authors have published it.

A linear support vector machine on TF-IDF, with calibrated probabilities. The package
reads both from its own files when it is imported, which is why it is imported here only when a
model is asked for.
"""

from copy import copy
from typing import Any

from lime_engine.errors import InputError
from sample_models.vocabulary import NOTHING_LEFT, WordsModel, blind_to


def published(without: frozenset[str] = frozenset()) -> WordsModel:
    """The model as published; it does not see the words in `without`, as they stand in a text.

    Raises
    ------
    InputError
        If it would see no word that it knows.
    """
    from profanity_check.profanity_check import model, vectorizer

    words = blind_to(copy(vectorizer), without)
    if not vocabulary_of(words):
        raise InputError(NOTHING_LEFT)
    return WordsModel(words, model, len(model.classes_))


def known_words(without: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """All words that it sees and knows, in its own spelling."""
    from profanity_check.profanity_check import vectorizer

    return vocabulary_of(blind_to(copy(vectorizer), without))


def vocabulary_of(vectorizer: Any) -> tuple[str, ...]:
    """Those of the words of a fitted vectorizer that it does not skip."""
    skipped = vectorizer.get_stop_words() or ()
    return tuple(sorted(vectorizer.vocabulary_.keys() - frozenset(skipped)))
