"""Instances are read by position, whatever they are kept in."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from lime_engine import (
    LimeSettings,
    SparsePerturber,
    TabularPerturber,
    TextPerturber,
    compare_many,
    explain_many,
)
from lime_engine.errors import InputError
from lime_engine.evaluation import Perturber
from lime_engine.many.instances import by_position
from lime_engine.types import FloatArray
from sample_models.types import Labelled

SETTINGS = LimeSettings(n_samples=16, held_out=0.0)
TEXTS = [f"text number {chr(97 + i) * 3}" for i in range(6)]
LABELS = [3, 0, 5, 1, 4, 2]  # what a shuffle leaves as an index
NUMBERS = np.arange(24, dtype=float).reshape(6, 4) % 7 + 1
N_COLUMNS = NUMBERS.shape[1]


class DataSet:
    """As Hugging Face's: a length, and plain numbers as positions; no sequence by inheritance."""

    def __init__(self, items: Sequence[Any]) -> None:
        self.items = items

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, row: int) -> Any:
        if type(row) is not int:
            raise TypeError(f"{row!r} is no position")
        return self.items[row]


def of_texts(texts: Sequence[str]) -> FloatArray:
    p = np.array([len(set(text)) / 40 for text in texts])
    return np.column_stack([1 - p, p])


def of_rows(rows: Any) -> FloatArray:
    numbers = rows.toarray() if sp.issparse(rows) else np.asarray(rows, dtype=float)
    p = 1 / (1 + np.exp(numbers @ np.array([0.1, -0.2, 0.3, 0.1]) - 1))
    return np.column_stack([1 - p, p])


def load_texts() -> Any:
    return of_texts


def load_rows() -> Any:
    return of_rows


def load_two_of_texts() -> Any:
    return of_texts, of_texts


def load_two_of_rows() -> Any:
    return of_rows, of_rows


def values(instance: Any, explanation: Any) -> Any:
    """What was explained, as its subject has it."""
    subject = explanation.subject
    return subject.text if hasattr(subject, "text") else subject.values


def values_of_two(instance: Any, comparison: Any) -> Any:
    return values(instance, comparison.explanations[0])


def explained(instances: Any, load: Any, perturber: Perturber[Any, Any]) -> list[Any]:
    with ThreadPoolExecutor(2) as executor:
        outcomes = list(explain_many(instances, load, perturber, SETTINGS, executor, keep=values))
    assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)
    return [outcome.result for outcome in sorted(outcomes, key=lambda outcome: outcome.row)]


def compared(instances: Any, load: Any, perturber: Perturber[Any, Any]) -> list[Any]:
    with ThreadPoolExecutor(2) as executor:
        outcomes = list(
            compare_many(instances, load, perturber, SETTINGS, executor, keep=values_of_two)
        )
    assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)
    return [outcome.result for outcome in sorted(outcomes, key=lambda outcome: outcome.row)]


@pytest.mark.parametrize(
    "texts",
    [
        TEXTS,
        tuple(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, dtype=object),
        pd.Series(TEXTS, index=LABELS),
        pd.Series(TEXTS, index=[7] * 6),
        pd.Series(TEXTS, index=list("abcdef"), dtype="category"),
        pd.Index(TEXTS),
        DataSet(TEXTS),
    ],
    ids=lambda texts: f"{type(texts).__name__}",
)
def test_texts_are_read_by_position(texts: Any) -> None:
    assert explained(texts, load_texts, TextPerturber()) == TEXTS
    assert compared(texts, load_two_of_texts, TextPerturber()) == TEXTS


@pytest.mark.parametrize(
    "names", [list("abcd"), [2, 0, 3, 1], [10, 20, 30, 40]], ids=["words", "shuffled", "tens"]
)
@pytest.mark.parametrize("index", [LABELS, list("uvwxyz"), [0] * 6])
def test_rows_of_a_frame_are_read_by_position(names: list[Any], index: list[Any]) -> None:
    frame = pd.DataFrame(NUMBERS, columns=names, index=index)
    frame[names[0]] = frame[names[0]].astype(int)
    perturber = TabularPerturber.learn(frame)
    expected = [tuple(row) for row in NUMBERS.tolist()]
    assert explained(frame, load_rows, perturber) == expected
    assert compared(frame, load_two_of_rows, perturber) == expected
    # Rows that are mappings of names, as data sets have them.
    dicts = DataSet(frame.to_dict("records"))
    assert explained(dicts, load_rows, perturber) == expected


@pytest.mark.parametrize("rows", [NUMBERS, NUMBERS.tolist(), DataSet(NUMBERS)])
def test_rows_of_numbers_are_read_by_position(rows: Any) -> None:
    perturber = TabularPerturber.learn(NUMBERS)
    expected = [tuple(row) for row in NUMBERS.tolist()]
    assert explained(rows, load_rows, perturber) == expected


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
@pytest.mark.parametrize("kind", ["matrix", "array"])
def test_rows_of_a_sparse_matrix_are_read_by_position(form: str, kind: str) -> None:
    rows = getattr(sp, f"{form}_{kind}")(NUMBERS)
    perturber = SparsePerturber.learn(sp.csr_array(NUMBERS))
    expected = [tuple(row) for row in NUMBERS.tolist()]
    assert explained(rows, load_rows, perturber) == expected
    assert compared(rows, load_two_of_rows, perturber) == expected


@pytest.mark.parametrize(
    ("instances", "says"),
    [
        ("one text", "are one str. Pass a list"),
        (dict(enumerate(TEXTS)), "are a dict, which has no positions. Pass a list"),
        (set(TEXTS), "are a set, which has no positions"),
        ((text for text in TEXTS), "of type generator, which has no length or no positions"),
        (map(str, TEXTS), "of type map"),
        (np.array(3.0), "of type ndarray, which has no length"),
        (sp.coo_array(NUMBERS[0]), r"sparse array of shape \(4,\)"),
        (7, "of type int"),
        (None, "of type NoneType"),
    ],
)
def test_what_has_no_positions_is_a_sentence_at_once(instances: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        explain_many(instances, load_texts, TextPerturber())
    with pytest.raises(InputError, match=says):
        compare_many(instances, load_two_of_texts, TextPerturber(), SETTINGS, keep=values_of_two)


def test_what_has_labels_and_no_positions_is_a_sentence_an_item() -> None:
    class Labelled:
        def __len__(self) -> int:
            return 1

        def __getitem__(self, label: str) -> str:
            return {"a": "text"}[label]

    with ThreadPoolExecutor(1) as executor:
        (outcome,) = explain_many(Labelled(), load_texts, TextPerturber(), SETTINGS, executor)
    assert outcome.error is not None
    assert "Instance 0 could not be read (KeyError: 0)" in outcome.error


def test_nothing_is_read_before_it_is_needed() -> None:
    read: list[int] = []

    class Noting(DataSet):
        def __getitem__(self, row: int) -> Any:
            read.append(row)
            return super().__getitem__(row)

    instances = by_position(Noting(TEXTS))
    assert (len(instances), read) == (6, [])
    assert (instances[4], read) == (TEXTS[4], [4])


def test_a_task_reads_its_instances_in_the_same_way() -> None:
    data = Labelled(pd.Series(TEXTS, index=LABELS), np.zeros(6, dtype=np.int64))
    assert [data.instance(row) for row in range(6)] == TEXTS
