"""Atheism or Christianity: the newsgroup posts on which LIME was first shown to find a leak.

The posts come from scikit-learn's copy of 20 newsgroups. Model A reads posts as they were
sent, header block and all; model B has learned from what people wrote. In field use there is
no header block.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine.subjects import Subject, TextSubject
from lime_engine.types import PredictFn
from sample_models.newsgroups.cache import fetch, is_here
from sample_models.types import (
    Example,
    Flaw,
    Improver,
    Labelled,
    ModelCard,
    Split,
    Task,
    TaskData,
)
from sample_models.vocabulary import blind_to, fit_on_words, vocabulary

GROUPS = ("alt.atheism", "soc.religion.christian")

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_HEADER_LINE = re.compile(r"^[A-Z][A-Za-z-]*: ", re.MULTILINE)
_SUBJECT = re.compile(r"^(Subject:(?: Re:)*).*$", re.MULTILINE)
_NOT_THEIR_OWN = re.compile(r"^\s*[>|:]|^In article|writes:|writes in|wrote:|says:|said:")
# What model B may know: words of letters alone, and of those not the ones of mail programs.
_LETTERS = r"(?u)\b[a-zA-Z]{3,}\b"


@lru_cache(maxsize=1)
def data() -> TaskData:
    """Posts in the order of scikit-learn's defaults (`shuffle=True, random_state=42`).

    Train and test are the posts as sent; field is the test posts without headers, footers and
    quoted lines. Posts of which nothing but white space is left are not in field.

    Raises
    ------
    TaskUnavailable
        If the posts are neither on this machine nor to be had from the network.
    """
    posts = _posts()
    train, test = posts.order("train"), posts.order("test")
    field = np.array([row for row in test if posts.written[row].strip()])
    return TaskData(
        train=Labelled(tuple(posts.sent[row] for row in train), posts.labels[train]),
        test=Labelled(tuple(posts.sent[row] for row in test), posts.labels[test]),
        field=Labelled(tuple(posts.written[row] for row in field), posts.labels[field]),
    )


class _Posts:
    """Both groups' posts in the order of the archive: as sent, and as written by the author."""

    def __init__(self) -> None:
        as_sent = fetch(GROUPS, remove=())
        self.sent: list[str] = as_sent.data
        self.written: list[str] = fetch(GROUPS, remove=("headers", "footers", "quotes")).data
        self.labels: NDArray[np.int64] = np.asarray(as_sent.target, np.int64)
        self._in_test = np.array(["20news-bydate-test" in name for name in as_sent.filenames])

    def order(self, part: str) -> NDArray[np.int64]:
        """Rows of a part, shuffled as `fetch_20newsgroups` does by default.

        Asking it for each part and each reading would unpack the whole archive four times.
        """
        rows = np.flatnonzero(self._in_test == (part == "test"))
        shuffle = np.arange(len(rows))
        np.random.RandomState(42).shuffle(shuffle)
        return rows[shuffle]


@lru_cache(maxsize=1)
def _posts() -> _Posts:
    return _Posts()


def header_words(text: str) -> frozenset[str]:
    """The words that only the header block brought into a post: those that should not matter.

    Not counted are what the author wrote into the subject line, and words that also stand in
    the author's own lines: a model that sees words without their places cannot tell the two
    apart, and nobody can say which one it used. Empty if the first block of the text has
    fewer than two "Name: value" lines.
    """
    block, blank, body = text.partition("\n\n")
    if not blank or len(_HEADER_LINE.findall(block)) < 2:
        return frozenset()
    lines = [line for line in body.split("\n") if _NOT_THEIR_OWN.search(line) is None]
    own = {word.lower() for word in _WORD.findall("\n".join(lines))}
    sent = _WORD.findall(_SUBJECT.sub(r"\1", block))
    return frozenset(word for word in sent if word.lower() not in own)


def load_a(without: frozenset[str] = frozenset()) -> PredictFn[Any]:
    """Fit model A: 500 trees on the posts as sent, capitals kept (the paper's model)."""
    from model_adapters.trained.forest import PlainForest

    forest = PlainForest(n_estimators=500, random_state=0)
    words = blind_to(_vectorizer_a(), without)
    return fit_on_words(words, forest, data().train.instances, data().train.labels)


def load_b(without: frozenset[str] = frozenset()) -> PredictFn[Any]:
    """Fit model B: a linear model on what was written. It predicts on the text as given.

    It knows no English function words and no words of mail programs: those found in the header
    blocks of at least half as many train posts as write them.
    """
    from sklearn.linear_model import LogisticRegression

    words = blind_to(_vectorizer_b(), without)
    linear = LogisticRegression(C=10.0, max_iter=1000)
    return fit_on_words(words, linear, _written(), data().train.labels)


def words_a() -> tuple[str, ...]:
    """All words that model A knows."""
    return vocabulary(_vectorizer_a(), data().train.instances)


def words_b() -> tuple[str, ...]:
    """All words that model B knows."""
    return vocabulary(_vectorizer_b(), _written())


def _vectorizer_a() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(lowercase=False)


def _vectorizer_b() -> Any:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    posts = _posts()
    sent = [posts.sent[row] for row in posts.order("train")]
    headers = [_SUBJECT.sub(r"\1", text.partition("\n\n")[0]) for text in sent]
    in_headers, in_writing = _document_counts(headers), _document_counts(_written())
    mail = {word for word, count in in_headers.items() if 2 * count > in_writing[word]}
    return TfidfVectorizer(
        sublinear_tf=True,
        token_pattern=_LETTERS,
        min_df=2,
        stop_words=sorted(mail | ENGLISH_STOP_WORDS),
    )


def _written() -> list[str]:
    """What the authors of the train posts wrote themselves."""
    posts = _posts()
    return [posts.written[row] for row in posts.order("train")]


def _document_counts(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in set(re.findall(_LETTERS, text.lower())))


def planted(split: Split, row: int, subject: Subject) -> frozenset[int]:
    """The components of a text that are `header_words` of it."""
    assert isinstance(subject, TextSubject)
    words = header_words(subject.text)
    return frozenset(i for i, label in enumerate(subject.labels) if label in words)


_BLIND = "It learns again from the same posts and skips these words wherever they stand."

TASK = Task(
    key="newsgroups",
    kind="text",
    title="Newsgroup posts: atheism or Christianity?",
    question="In which of the two groups was this post written?",
    summary=(
        "Posts of 1993 from two discussion groups on the internet, one on atheism and one on "
        "Christianity. In daily use, only what people wrote themselves would be there."
    ),
    source="20 newsgroups, through scikit-learn: alt.atheism and soc.religion.christian.",
    class_names=("atheism", "christian"),
    models=(
        ModelCard(
            "a",
            "Model A",
            "A first version: 500 decision trees, from the posts as they were.",
            load_a,
            Improver(_BLIND, load_a, words_a),
        ),
        ModelCard(
            "b",
            "Model B",
            "A later version: a linear model, from the same posts, tidied up first.",
            load_b,
            Improver(_BLIND, load_b, words_b),
            ignores_case=True,
        ),
    ),
    examples=(
        Example("test", 83, "Where to get a Darwin fish"),
        Example("test", 15, "A poll of students"),
        Example("test", 5, "What Scripture says on homosexuality"),
        Example("test", 200, "If there were no hell"),
        Example("field", 86, "Religion and Occam's razor"),
        Example("field", 222, "Evolution and natural morality"),
    ),
    data=data,
    learned_from="posts on religion of 1993, in English",
    is_here=is_here,
    flaw=Flaw(
        summary=(
            "Posts start with lines that mail programs wrote: who posted from which computer, "
            "with what software. A line such as Nntp-Posting-Host happens to stand mostly above "
            "posts on atheism. It says nothing about what the post is about."
        ),
        planted=planted,
    ),
)
