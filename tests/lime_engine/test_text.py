"""The text perturber: what is a word, where it stands, and the text without it."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lime_engine import InputError, SettingsError, TextPerturber
from tests.lime_engine.conftest import written


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Posting-Host: a.b", ("Posting", "Host", "a", "b")),
        ("I don't, I won’t", ("I", "don't", "won’t")),
        ("हिन्दी में लिखा", ("हिन्दी", "में", "लिखा")),
        ("naïve café Ünal 3.5 mg", ("naïve", "café", "Ünal", "3", "5", "mg")),
        ("東京へ行くカタカナ", ("東", "京", "へ", "行", "く", "カタカナ")),
        ("กินข้าว", ("กิ", "น", "ข้", "า", "ว")),
        ("한국어 문장", ("한국어", "문장")),
        ("👍 ok", ("ok",)),
    ],
)
def test_words_of_many_scripts(text: str, words: tuple[str, ...]) -> None:
    assert TextPerturber().components(text).labels == words


def test_every_occurrence_of_a_word_is_one_component_with_all_its_spans() -> None:
    text = "to be or not to be"
    subject = TextPerturber().components(text)
    assert subject.labels == ("to", "be", "or", "not")
    assert subject.spans[0] == ((0, 2), (13, 15))
    off = np.array([[False, True, True, True]])
    assert written(TextPerturber(), subject, off) == [" be or not  be"]


def test_each_position_on_its_own_is_replaced_by_the_placeholder() -> None:
    perturber = TextPerturber(together=False)
    subject = perturber.components("to be or to")
    assert subject.labels == ("to", "be", "or", "to")
    masks = np.array([[True, True, True, False], [False, False, True, True]])
    assert written(perturber, subject, masks) == ["to be or UNKWORDZ", "UNKWORDZ UNKWORDZ or to"]
    deleting = TextPerturber(together=False, placeholder="")
    assert written(deleting, subject, masks) == ["to be or ", "  or to"]


def test_characters() -> None:
    perturber = TextPerturber(level="character")
    subject = perturber.components("aba\n")
    assert subject.labels == ("a", "b", "\n")
    assert written(perturber, subject, np.array([[False, True, True]])) == ["b\n"]
    apart = TextPerturber(level="character", together=False)
    assert written(apart, apart.components("ab"), np.array([[False, True]])) == ["\0b"]


TEXTS = st.text(min_size=1, max_size=60).filter(lambda text: re.search(r"[a-z]", text))


@given(text=TEXTS, seed=st.integers(0, 99), together=st.booleans())
def test_a_realised_text_is_the_text_with_the_spans_of_what_is_off_rewritten(
    text: str, seed: int, together: bool
) -> None:
    perturber = TextPerturber(together=together)
    subject = perturber.components(text)
    masks = np.random.default_rng(seed).random((3, subject.n_components)) < 0.5
    for mask, left in zip(masks, written(perturber, subject, masks), strict=True):
        expected = list(text)
        for on, spans in zip(mask, subject.spans, strict=True):
            for start, end in spans if not on else ():
                placeholder = "" if together else "UNKWORDZ"
                expected[start:end] = [placeholder] + [""] * (end - start - 1)
        assert left == "".join(expected)


@pytest.mark.parametrize(
    ("instance", "says"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("?!... --- 👍", "no words"),
        (42, "type int"),
        (None, "type NoneType"),
    ],
)
def test_what_cannot_be_explained_is_refused_in_a_sentence(instance: object, says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        TextPerturber().components(instance)  # type: ignore[arg-type]


def test_bad_perturber_settings() -> None:
    with pytest.raises(SettingsError, match="level is 'sentence'"):
        TextPerturber(level="sentence")
    with pytest.raises(SettingsError, match="not a regular expression"):
        TextPerturber(pattern="(")
