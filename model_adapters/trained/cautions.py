"""What one would want to know of labelled data before one believes a number: shown, not mended."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lime_engine.types import FloatArray, IntArray
from model_adapters.trained.recipe import Kind

What = Literal["few", "very few", "none held out", "alike", "gives away"]
FEW, VERY_FEW = 30, 5  # items of a class
GIVES_AWAY = 0.8  # of the way from guessing to always right, by one column alone; ours
_PURE, _OFTEN, _LEAST = 0.95, 0.25, 10  # of a word: how surely, in how many items of its class
_ALIKE = 0.8  # of the runs of three words that two texts have
_MOST_BITS = 10  # of 256 in which two pictures may differ
_MOST_COMPARED = 2000  # held-out items
_MOST_TOLD = 5  # columns, words
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing to know; plain JSON as `asdict`.

    Attributes
    ----------
    what
        "few", "very few": class `label` has `n` items (fewer than 30; 5 or fewer). "none held
        out": none of class `label` is held out, or to learn from. "alike": `n` of the held-out
        items are like one that is learned from. "gives away": the column or word `part` alone.
    label
        A class's number; -1 where it is about none.
    n
        How many items.
    share
        Of "alike", of those that were compared. Of a column how often it alone is right about the
        held-out items, each class counting the same; of a word in which share of the items of
        `label` it occurs.
    other
        Of a word: in which share of the items of all other classes.
    """

    what: What
    label: int = -1
    n: int = 0
    part: str = ""
    share: float = 0.0
    other: float = 0.0


def warnings_of(
    kind: Kind, instances: Any, labels: IntArray, train: IntArray, test: IntArray, n_classes: int
) -> list[Caution]:
    """What there is to know of this data and this split of it.

    Parameters
    ----------
    kind : {"text", "image", "table"}
    instances : sequence of str, pandas DataFrame, or sequence of uint8 images
        All items.
    labels : int array (n,)
        Of all items; -1 where nobody knows.
    train, test : int arrays
        Which items are learned from, and which are held out.
    n_classes : int
    """
    found = [*_few(labels[train], labels[test], n_classes)]
    match kind:
        case "text":
            texts = list(instances)
            found += _given_away_by_words(texts, labels, train)
            found += _alike(_texts_alike(texts, train, _some(test)))
        case "table":
            found += _given_away_by_columns(instances, labels, train, test, n_classes)
            found += _alike(_rows_alike(instances, train, test))
        case "image":
            found += _alike(_pictures_alike(instances, train, _some(test)))
    return found


def _few(train: IntArray, test: IntArray, n_classes: int) -> list[Caution]:
    learned, held_out = (np.bincount(each, minlength=n_classes) for each in (train, test))
    found = []
    for label, n in enumerate((learned + held_out).tolist()):
        if n < FEW:
            found.append(Caution("very few" if n <= VERY_FEW else "few", label, n))
        if n and 0 in (learned[label], held_out[label]):
            found.append(Caution("none held out", label, n))
    return found


def _some(test: IntArray) -> IntArray:
    """The held-out items, or as many of them as are compared."""
    if len(test) <= _MOST_COMPARED:
        return test
    return np.sort(np.random.default_rng(0).permutation(test)[:_MOST_COMPARED])


def _alike(alike: Any) -> list[Caution]:
    n = int(np.sum(alike))
    return [Caution("alike", n=n, share=n / len(alike))] if n else []


def _texts_alike(texts: Sequence[str], train: IntArray, test: IntArray) -> Any:
    """Which of these held-out texts share most of their runs of three words with a training one.

    A text of two words or fewer is one run. As many runs that both have, of all that either has:
    Jaccard's index.
    """
    from scipy.sparse import csr_matrix

    own = [_runs(texts[row]) for row in test.tolist()]
    known = np.unique(np.concatenate(own))  # no others matter: of many texts they would be many

    def marked(many: Iterable[IntArray]) -> tuple[Any, IntArray]:
        """Which of the known runs each text has, and how many runs it has in all."""
        found, sizes = [], []
        for runs in many:
            places = np.minimum(np.searchsorted(known, runs), len(known) - 1)
            found.append(places[known[places] == runs])
            sizes.append(len(runs))
        columns, ends = np.concatenate(found), np.cumsum([0, *map(len, found)])
        ones = np.ones(len(columns), dtype=np.float32)
        shape = (len(found), len(known))
        return csr_matrix((ones, columns, ends), shape=shape), np.array(sizes)

    learned, sizes = marked(_runs(texts[row]) for row in train.tolist())
    compared, own_sizes = marked(own)
    across, found = learned.T.tocsr(), []
    for start in range(0, len(own), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        both = (compared[rows] @ across).tocoo()
        either = own_sizes[rows][both.row] + sizes[both.col] - both.data
        alike = np.zeros(compared[rows].shape[0], dtype=bool)
        alike[both.row[both.data >= _ALIKE * either]] = True
        found.append(alike)
    return np.concatenate(found)


def _runs(text: str) -> IntArray:
    """A number for each different run of three words, in ascending order."""
    words = re.findall(r"\w+", text.lower())
    starts = range(max(1, len(words) - 2))
    return np.unique(np.array([hash(tuple(words[i : i + 3])) for i in starts], dtype=np.int64))


def _rows_alike(frame: Any, train: IntArray, test: IntArray) -> Any:
    """Which of the held-out rows have in every column what one training row has."""
    known = {tuple(row) for row in _plain(frame.iloc[train])}
    return np.array([tuple(row) in known for row in _plain(frame.iloc[test])])


def _plain(frame: Any) -> list[list[Any]]:
    rows: list[list[Any]] = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    return rows


def _pictures_alike(pictures: Any, train: IntArray, test: IntArray) -> Any:
    """Which of these held-out pictures grow lighter and darker where a training one does.

    Each brought to 17 x 16 greys; 256 bits say whether a pixel is lighter than the one before it.
    """
    learned = np.stack([_bits(pictures[row]) for row in train.tolist()])
    return np.array(
        [
            bool((np.count_nonzero(learned != _bits(pictures[row]), axis=1) <= _MOST_BITS).any())
            for row in test.tolist()
        ]
    )


def _bits(picture: Any) -> Any:
    from PIL import Image

    grey = Image.fromarray(np.asarray(picture)).convert("L").resize((17, 16), Image.Resampling.BOX)
    shades = np.asarray(grey, dtype=np.int16)
    return (shades[:, 1:] > shades[:, :-1]).ravel()


def _given_away_by_columns(
    frame: Any, labels: IntArray, train: IntArray, test: IntArray, n_classes: int
) -> list[Caution]:
    """The columns that are nearly always right on their own, the most telling first."""
    from sklearn.tree import DecisionTreeClassifier

    from model_adapters.trained.tables import is_number

    classes = np.unique(labels[test])
    if len(classes) < 2:
        return []
    guessing = 1 / len(classes)
    found = []
    for name in frame.columns:
        column = frame[name]
        values = _numbers(column, labels, train, n_classes, is_number(column))
        # A cut more than there are classes, and leaves of a few: no learning by heart.
        tree = DecisionTreeClassifier(max_leaf_nodes=2 * n_classes, min_samples_leaf=3)
        answers = tree.fit(values[train], labels[train]).predict(values[test])
        right = float(np.mean([np.mean(answers[labels[test] == c] == c) for c in classes]))
        if right - guessing >= GIVES_AWAY * (1 - guessing):
            found.append(Caution("gives away", part=str(name), share=right))
    return sorted(found, key=lambda caution: -caution.share)[:_MOST_TOLD]


def _numbers(
    column: Any, labels: IntArray, train: IntArray, n_classes: int, is_number: bool
) -> FloatArray:
    """A column as a tree takes it (n, 1): a category as the class that it mostly goes with."""
    if is_number:
        numbers: FloatArray = column.to_numpy(dtype=float, na_value=np.nan).reshape(-1, 1)
        return numbers
    codes = column.astype(object).astype(str).factorize()[0]
    counts = np.zeros((codes.max() + 1, n_classes))
    np.add.at(counts, (codes[train], labels[train]), 1)
    # What no training row has goes with none: a column of names tells nothing.
    mostly: IntArray = np.where(counts.sum(axis=1) > 0, counts.argmax(axis=1), -1)
    told: FloatArray = mostly[codes].astype(float).reshape(-1, 1)
    return told


def _given_away_by_words(texts: Sequence[str], labels: IntArray, train: IntArray) -> list[Caution]:
    """The words of many items of one class and of hardly any other, the most telling first."""
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(binary=True, min_df=2, dtype=np.int32)
    try:
        counts = vectorizer.fit_transform([texts[row] for row in train.tolist()])
    except ValueError:  # no word occurs twice
        return []
    words, own = vectorizer.get_feature_names_out(), labels[train]
    found = []
    for label in np.unique(own).tolist():
        inside = own == label
        n = np.asarray(counts[inside].sum(axis=0)).ravel()
        of, other = n / inside.sum(), np.asarray(counts[~inside].mean(axis=0)).ravel()
        telling = (of >= _OFTEN) & (n >= _LEAST) & (of >= _PURE * (of + other))
        found += [
            Caution("gives away", label, int(n[i]), str(words[i]), float(of[i]), float(other[i]))
            for i in np.flatnonzero(telling).tolist()
        ]
    return sorted(found, key=lambda caution: caution.other - caution.share)[:_MOST_TOLD]
