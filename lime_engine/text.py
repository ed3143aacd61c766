"""Texts: which words can be switched off, and the text without them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import regex

from lime_engine.errors import InputError, LimeError, PredictorError, SettingsError, in_words
from lime_engine.kernels import cosine_distance, exponential_kernel
from lime_engine.models import predict_function
from lime_engine.samplers import MaskLaw
from lime_engine.subjects import TextSubject
from lime_engine.types import Design, PredictFn, plain_array

SAME = 1e-6  # of an answer: it is the same up to rounding
DEFAULT_KERNEL_WIDTH = 25.0  # for the cosine distance x 100

# Scripts written without spaces between words: one component a character (with its marks).
UNSPACED = r"[\p{Han}\p{Hiragana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_UNSEEN = r"[\p{Default_Ignorable_Code_Point}\u2800]"  # joiners, selectors, fillers; a blank
_KEYCAP = r"[0-9#*]\uFE0F?\u20E3"
# A picture or sign that stands for itself, with all that belongs to it: skin, joined figures, flag.
_SIGN = (
    rf"{_KEYCAP}|(?!{_UNSEEN})(?=[\p{{So}}\p{{Extended_Pictographic}}\p{{Emoji_Modifier}}"
    r"\p{Regional_Indicator}])\X"
)
_RUN = rf"(?:[A-Za-z_]++|(?!{UNSPACED}|{_SIGN})[\w\p{{M}}\p{{N}}])"  # the first is the fast one
_SEEN = rf"(?:[A-Za-z]|(?!{UNSPACED}|{_UNSEEN}|{_SIGN})[\p{{L}}\p{{N}}])"  # a word has one
_WORD = regex.compile(
    rf"(?!\p{{M}}){UNSPACED}\p{{M}}*|{_SIGN}|_*{_SEEN}{_RUN}*(?:['’](?!{_UNSEEN}){_RUN}+)*"
)
_CUT_AT_ONCE = 20_000_000  # characters: bounds the memory of a batch of long texts
_STRETCH = 6  # words that are written at once, of at most _BITS
_BITS = 8
_CHARACTER = regex.compile(rf"(?!{_UNSEEN}|\p{{M}})\X", regex.DOTALL)


@dataclass(frozen=True, slots=True)
class TextPerturber:
    """Splits a text into components and writes it again with some of them off.

    Parameters
    ----------
    level : {"word", "character"}
    together : bool
        True: all occurrences of a word are one component and are deleted; what stands between
        words stays. False: each position is a component of its own, written as `placeholder`.
    pattern : str or None
        Regular expression of a word, in the syntax of the package `regex`. None: a run of
        letters, digits, marks and underscores of any script, apostrophes inside it included
        ("don't"); scripts written without spaces give one component a character. An emoji, or
        another sign that stands for itself, is a component with all that belongs to it (skin
        colour, joined figures, flags). What nobody can see is none.
    placeholder : str or None
        What stands for a position that is off. None: "UNKWORDZ" for words, chr(0) for characters.
    ignore_case : bool
        True: "No" and "no" are one component, called as it is written first. For models that
        ignore case (`ignores_case`), which would share out its weight between two.

    Raises
    ------
    SettingsError
        If `level` is unknown, `pattern` is not a regular expression or `placeholder` not a text.
    """

    level: str = "word"
    together: bool = True
    pattern: str | None = None
    placeholder: str | None = None
    ignore_case: bool = False

    def __post_init__(self) -> None:
        if self.level not in ("word", "character"):
            raise SettingsError(f"level is {self.level!r}; use 'word' or 'character'.")
        if not isinstance(self.placeholder, str | None):
            raise SettingsError(
                f"placeholder is {self.placeholder!r}, not a text. Pass what is written for a "
                "position that is off, or None."
            )
        if self.pattern is not None:
            try:
                regex.compile(self.pattern)
            except regex.error as error:
                raise SettingsError(
                    f"pattern {self.pattern!r} is not a regular expression ({error}). "
                    r"Give one that matches a word, such as '\w+'."
                ) from error

    def check(self, instance: str) -> None:
        """See that a text can be explained, without splitting it.

        Raises
        ------
        InputError
            If the instance is no text, is empty, or has no word in it.
        """
        if not isinstance(instance, str):
            raise InputError(
                f"The instance is of type {type(instance).__name__}, not a text. Pass a str."
            )
        if not instance.strip():
            raise InputError("The text is empty. Write at least one word.")
        if not any(match.end() > match.start() for match in self._pattern().finditer(instance)):
            raise InputError(
                f"The text {_shortened(instance)!r} has no words, only spaces, punctuation "
                "or what cannot be seen, so there is nothing to switch off. Write at least one "
                "word."
            )

    def components(self, instance: str) -> TextSubject:
        """The text with the spans of its components.

        Raises
        ------
        InputError
            As `check`.
        """
        self.check(instance)
        found = [match.span() for match in self._pattern().finditer(instance)]
        found = [(start, end) for start, end in found if end > start]
        if not self.together:
            return TextSubject(instance, tuple((span,) for span in found))
        by_word: dict[str, list[tuple[int, int]]] = {}
        for start, end in found:
            by_word.setdefault(self.name_of(instance[start:end]), []).append((start, end))
        return TextSubject(instance, tuple(tuple(spans) for spans in by_word.values()))

    def name_of(self, word: str) -> str:
        """What is the same for all words that are one component; texts have it in common."""
        return word.lower() if self.ignore_case else word

    def default_kernel_width(self, subject: TextSubject) -> float:
        """In cosine distance x 100: 25, as `lime` has it."""
        return DEFAULT_KERNEL_WIDTH

    def law(self, subject: TextSubject, kernel_width: float | None) -> MaskLaw:
        """k ~ U{1..d} words off, uniformly which; exponential kernel of cosine distance x 100."""
        d = subject.n_components
        sizes = np.full(d + 1, 1 / d)
        sizes[0] = 0
        distance = 100 * cosine_distance(np.arange(d + 1), d)
        width = DEFAULT_KERNEL_WIDTH if kernel_width is None else kernel_width
        return MaskLaw(sizes, exponential_kernel(distance, width))

    def realiser(self, subject: TextSubject) -> Callable[[Design], Sequence[str]]:
        """Writes the text as each of n masks leaves it, n strings."""
        pieces: list[tuple[int, str, str]] = []
        written = 0
        for start, end, component in sorted(
            (start, end, i) for i, spans in enumerate(subject.spans) for start, end in spans
        ):
            before, word = subject.text[written:start], subject.text[start:end]
            without = "" if self.together else self._placeholder()
            pieces.append((component, before + word, before + without))
            written = end
        return _Writer(pieces, subject.text[written:], subject.n_components).write

    def max_batch(self, subject: TextSubject) -> int:
        n_characters = len(subject.text)
        if not self.together:
            n_characters += subject.n_components * len(self._placeholder())
        return max(1, _CUT_AT_ONCE // n_characters)

    def _pattern(self) -> "regex.Pattern[str]":
        if self.pattern is not None:
            return regex.compile(self.pattern)
        return _WORD if self.level == "word" else _CHARACTER

    def _placeholder(self) -> str:
        if self.placeholder is not None:
            return self.placeholder
        return "UNKWORDZ" if self.level == "word" else "\0"


class _Writer:
    """Writes a text with some of its words off.

    A stretch of a few words is written once in each of the ways there are, and texts are put
    together from stretches, which is several times faster than word by word.

    Parameters
    ----------
    pieces : list of (component, str, str)
        In order: the text up to the end of a word, where its component is on, and where it is off.
    rest : str
        What follows the last.
    """

    def __init__(self, pieces: list[tuple[int, str, str]], rest: str, n_components: int) -> None:
        never_on = n_components
        pieces = [*pieces, (never_on, "", rest)]
        pieces += [(never_on, "", "")] * (-len(pieces) % _STRETCH)
        components, on, off = zip(*pieces, strict=True)
        ends = np.array([off, on], dtype=object).reshape(2, -1, _STRETCH)
        self._ways = np.full((ends.shape[1], 1), "", dtype=object)
        for place in range(_STRETCH):
            longer = self._ways[:, :, None] + ends[:, :, place].T[:, None, :]
            self._ways = longer.reshape(len(longer), -1)
        self._switches = np.full((len(self._ways), _BITS), never_on)
        self._switches[:, -_STRETCH:] = np.reshape(components, (-1, _STRETCH))

    def write(self, design: Design) -> list[str]:
        """The text as each of n masks leaves it."""
        masks = np.column_stack([design.masks, np.zeros(len(design), dtype=bool)])
        numbers = np.packbits(masks.take(self._switches.ravel(), axis=1), axis=1)
        stretches = self._ways[np.arange(len(self._ways)), numbers]
        return ["".join(row) for row in stretches.tolist()]


def ignores_case(predict: PredictFn[Any], texts: Sequence[str]) -> bool:
    """Whether a model answers the same to these texts and to them in lower case: ask it once.

    Raises
    ------
    PredictorError
        If its answers are no numbers, or not as many as there are texts.
    """
    try:
        answers = plain_array(
            predict_function(predict)([*texts, *(text.lower() for text in texts)]), float
        )
        written, lower = np.split(answers, [len(texts)])
        return bool(np.allclose(written, lower, rtol=SAME, atol=SAME * np.ptp(answers)))
    except LimeError:
        raise
    except Exception as error:
        raise PredictorError(
            f"The model could not be asked about texts in lower case ({in_words(error)}). It must "
            "take a list of texts and return one row of numbers for each."
        ) from error


def _shortened(text: str, length: int = 40) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
