"""The text perturber: what is a word, where it stands, and the text without it."""

import itertools
import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lime_engine import (
    InputError,
    PredictorError,
    SettingsError,
    TextPerturber,
    explain,
    ignores_case,
)
from lime_engine.types import FloatArray
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
        ("👍 ok", ("👍", "ok")),
        ("👍👍😡", ("👍", "😡")),
        ("👍🏽👍 👩\u200d⚕️", ("👍🏽", "👍", "👩\u200d⚕️")),
        ("👨\u200d👩\u200d👧🇩🇪🇫🇷", ("👨\u200d👩\u200d👧", "🇩🇪", "🇫🇷")),
        ("🏴\U000e0067\U000e0062\U000e007f!", ("🏴\U000e0067\U000e0062\U000e007f",)),
        ("11️⃣ #️⃣ ok❤️", ("1", "1️⃣", "#️⃣", "ok", "❤️")),
        ("ok\ufe0f \ufe0f\u200d a", ("ok\ufe0f", "a")),
        ("\u200dno _ __init__ \u3164 \u2800", ("no", "__init__")),
        ("x² ½ ★ © 5° a-b $5 <b>", ("x²", "½", "★", "©", "5", "°", "a", "b")),
        ("葛󠄀飾", ("葛󠄀", "飾")),
        ("می\u200cخواهم", ("می\u200cخواهم",)),
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


def test_a_word_in_another_case_is_the_same_where_case_is_ignored() -> None:
    perturber = TextPerturber(ignore_case=True)
    subject = perturber.components("No pain, no gain. NO!")
    assert subject.labels == ("No", "pain", "gain")
    off = np.array([[False, True, True]])
    assert written(perturber, subject, off) == [" pain,  gain. !"]
    assert perturber.name_of("No") == perturber.name_of("NO") == "no"
    assert TextPerturber().components("No no").labels == ("No", "no")
    assert TextPerturber(ignore_case=True, together=False).components("No no").n_components == 2


def test_a_model_that_ignores_case_gives_its_word_one_weight() -> None:
    def predict(texts: list[str]) -> FloatArray:
        p = np.array([0.2 + 0.6 * ("no" in text.lower().split()) for text in texts])
        return np.column_stack([1 - p, p])

    assert ignores_case(predict, ["No more", "some"])
    assert not ignores_case(lambda texts: predict([t.replace("No", "x") for t in texts]), ["No x"])
    one = explain("No no more", predict, TextPerturber(ignore_case=True), target=1)
    two = explain("No no more", predict, TextPerturber(), target=1)
    assert one.weights[0].weight == pytest.approx(0.6)
    assert two.weights[0].weight == pytest.approx(two.weights[1].weight)
    assert two.weights[0].weight < 0.45
    with pytest.raises(PredictorError, match="in lower case"):
        ignores_case(lambda texts: 0.5, ["a"])  # type: ignore[arg-type,return-value]


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


# What this Python knows: `regex` may know letters of a newer Unicode.
KNOWN = st.characters(exclude_categories=["Cs", "Cn"])
STRANGE = (
    "ab éّ́1२²_'’ \n.$★👍🏽🏽👩⚕🇩🇪🏴\ufe0f\u200d\u200c\u20e3\u00ad\u200b\u3164\u2800\U000e0067東ก็"
)


@given(
    text=st.one_of(st.text(KNOWN, max_size=40), st.text(STRANGE, max_size=40)),
    level=st.sampled_from(["word", "character"]),
    together=st.booleans(),
)
def test_components_are_seen_and_with_what_is_between_them_they_are_the_text(
    text: str, level: str, together: bool
) -> None:
    perturber = TextPerturber(level=level, together=together)
    try:
        subject = perturber.components(text)
    except InputError:
        assert level == "character" or not any(c.isalpha() and c.isascii() for c in text)
        return
    spans = sorted(span for spans in subject.spans for span in spans)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
    assert written(perturber, subject, np.ones((1, subject.n_components), dtype=bool)) == [text]
    for start, end in spans:
        kinds = {unicodedata.category(c) for c in text[start:end] if c not in "\u3164\u2800"}
        assert end > start
        if level == "word":
            assert kinds & {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "So", "Sm", "Sk", "Po"}
        else:
            assert kinds - {"Cf", "Mn", "Me"}


@pytest.mark.parametrize(
    ("instance", "says"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("?!... ---", "no words"),
        ("\ufe0f \u200d\u200d \u3164 \u2800", "no words"),
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
    for name in ("pattern", "placeholder"):
        with pytest.raises(SettingsError, match=f"{name} is 5; it must be a text"):
            TextPerturber(**{name: 5})  # type: ignore[arg-type]
