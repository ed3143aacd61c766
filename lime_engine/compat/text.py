"""`LimeTextExplainer`: texts, as the package `lime` explains them."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from lime_engine.compat.asking import Kernel, KernelFn, Taken, Wanted, explained
from lime_engine.compat.result import LimeExplanation
from lime_engine.errors import InputError, SettingsError, cut, in_words
from lime_engine.settings import LimeSettings, seed_of
from lime_engine.subjects import TextSubject
from lime_engine.text import UNSPACED, TextPerturber
from lime_engine.types import ClassNames, PredictFn

_DEFAULT = r"\W+"
_LETTER = r"[\p{L}\p{N}_]"  # the `\w` of `re`: that of `regex` has marks and joiners, but no ² or ½
# What stands between separators; in scripts without spaces each character is a word.
_WORD = rf"(?={_LETTER}){UNSPACED}\p{{M}}*|(?:(?!{UNSPACED}){_LETTER})+"
Span = tuple[int, int]


class LimeTextExplainer:
    """Explains texts with the names, defaults and results of `lime`.

    Parameters
    ----------
    kernel_width : float
        Of the exponential kernel, in cosine distance x 100.
    kernel : callable or None
        kernel(distances, kernel_width=…) -> weights, in place of the exponential one.
    verbose : bool
        Print each local fit.
    class_names : sequence of str or None
        In the order of the model's columns. None: "0", "1", …
    feature_selection : {"auto", "none", "forward_selection", "highest_weights", "lasso_path"}
    split_expression : str or callable
        A regular expression (of the module `re`) of what stands between words, or a function from a
        text to its words in order.
    bow : bool
        True: all occurrences of a word go together and are deleted. False: each position is on its
        own and is masked.
    mask_string : str or None
        What masks a position. None: "UNKWORDZ", for characters chr(0).
    random_state : int, numpy RandomState or Generator, or None
        Read at each explanation and never advanced; None is another explanation each time.
    char_level : bool
        Characters, not words.

    Raises
    ------
    SettingsError
        If a parameter cannot be what it is.
    """

    def __init__(
        self,
        kernel_width: float = 25,
        kernel: KernelFn | None = None,
        verbose: bool = False,
        class_names: ClassNames | None = None,
        feature_selection: str = "auto",
        split_expression: str | Callable[[str], Iterable[str]] = _DEFAULT,
        bow: bool = True,
        mask_string: str | None = None,
        random_state: Any = None,
        char_level: bool = False,
    ) -> None:
        Kernel(kernel_width)
        LimeSettings(selection=feature_selection)
        seed_of(random_state)
        if isinstance(split_expression, str):
            try:
                re.compile(split_expression)
            except re.error as error:
                raise SettingsError(
                    f"split_expression {split_expression!r} is not a regular expression ({error}). "
                    r"Give one of what stands between words, such as '\W+', or a function from a "
                    "text to its words."
                ) from error
        if not isinstance(mask_string, str | None):
            raise SettingsError(
                f"mask_string is {mask_string!r}, not a text. Give what masks a position, or None."
            )
        self.kernel_width = kernel_width
        self.kernel = kernel
        self.verbose = verbose
        self.class_names = class_names
        self.feature_selection = feature_selection
        self.split_expression = split_expression
        self.bow = bow
        self.mask_string = mask_string
        self.random_state = random_state
        self.char_level = char_level

    def explain_instance(
        self,
        text_instance: str,
        classifier_fn: PredictFn[Sequence[str]],
        labels: Iterable[int] = (1,),
        top_labels: int | None = None,
        num_features: int = 10,
        num_samples: int = 5000,
        distance_metric: str = "cosine",
        model_regressor: Any = None,
    ) -> LimeExplanation:
        """Why the model answers so to this text.

        Parameters
        ----------
        classifier_fn : callable
            A list of n texts -> (n, n_classes) probabilities.
        labels : iterable of int
            Columns to explain.
        top_labels : int or None
            Explain the columns with the highest answers instead.
        num_features : int
        num_samples : int
            The instance included. A tenth as many are asked on top, to judge the fit by.
        distance_metric : str
            Of `sklearn.metrics.pairwise_distances`.
        model_regressor : scikit-learn regressor or None
            For the local fit; None: ridge.

        Raises
        ------
        InputError
            If the text has no words.
        PredictorError, SettingsError, TargetError
        """
        perturber = TextPerturber(
            "character" if self.char_level else "word",
            together=self.bow,
            pattern=None if self.char_level else _WORD,
            placeholder=self.mask_string,
        )
        subject = self._components(text_instance, perturber)
        kernel = Kernel(self.kernel_width, self.kernel, distance_metric, unit=100.0)
        law = replace(perturber.law(subject, None), kernel=kernel.by_size(subject.n_components))
        settings = LimeSettings(
            n_samples=num_samples,
            n_features=num_features,
            selection=self.feature_selection,
            sampler="lime",
            seed=seed_of(self.random_state),
        )
        return explained(
            subject,
            classifier_fn,
            Taken(law, perturber.realiser(subject), perturber.max_batch(subject)),
            settings,
            Wanted(labels, top_labels, self.class_names, model_regressor, self.verbose),
        )

    def _components(self, text: str, perturber: TextPerturber) -> TextSubject:
        """The text with the places of its words."""
        split = self.split_expression
        if self.char_level or split == _DEFAULT:
            return perturber.components(text)
        if not isinstance(text, str):
            raise InputError(f"The instance is of type {type(text).__name__}, not a text.")
        spans = _between(text, split) if isinstance(split, str) else _tokens(text, split)
        if not spans:
            raise InputError(
                f"split_expression finds no word in the text {cut(text, 40)!r}. Write at least one "
                "word, or split the text in another way."
            )
        if not self.bow:
            return TextSubject(text, tuple((span,) for span in spans))
        by_word: dict[str, list[Span]] = {}
        for start, end in spans:
            by_word.setdefault(text[start:end], []).append((start, end))
        return TextSubject(text, tuple(map(tuple, by_word.values())))


def _between(text: str, separator: str) -> list[Span]:
    """What stands between the separators."""
    found = [match.span() for match in re.finditer(separator, text)]
    starts = [0, *(end for _, end in found)]
    ends = [*(start for start, _ in found), len(text)]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if end > start]


def _tokens(text: str, split: Callable[[str], Iterable[str]]) -> list[Span]:
    """Where the tokens of a function stand; between them may be anything."""
    try:
        tokens = [str(token) for token in split(text)]
    except Exception as error:
        raise SettingsError(
            f"split_expression raised {in_words(error)}. It must take a text and return its words."
        ) from error
    spans: list[Span] = []
    at = 0
    for token in tokens:
        start = text.find(token, at)
        if start < 0:
            raise SettingsError(
                f"split_expression returned {cut(repr(token), 60)}, which is not in the text after "
                f"{cut(repr(text[max(0, at - 20) : at]), 60)}. Return words as they stand in the "
                "text, in their order."
            )
        at = start + len(token)
        if token:
            spans.append((start, at))
    return spans
