"""Shares of right answers on parts of the items: those of pandas on the same rows."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from lime_engine.errors import InputError
from sample_models import tasks
from ui.compare.choice import COLUMN, first_comparison
from ui.compare.values import Slice
from ui.compare.work import slicing
from ui.compare.work.slicing import (
    MOST_SLICES,
    by_column,
    by_confidence,
    by_word,
    by_words,
    slices,
)

RNG = np.random.default_rng(0)


class Report:
    """What a worker reports to."""

    def __call__(self, fraction):
        assert 0 <= fraction <= 1

    def should_stop(self):
        return False


def known(labels, answers, sure=(0.8, 0.7)):
    """As `sliced` takes items."""
    return [
        (row, int(label), tuple(map(int, said)), sure)
        for row, (label, said) in enumerate(zip(labels, answers, strict=True))
    ]


def by_name(found):
    return {each.name: each for each in found}


@pytest.mark.long
def test_a_column_of_a_real_table_is_that_of_pandas():
    task = tasks()["flu"]
    split = task.data().test
    n = len(split.labels)
    answers = np.where(
        RNG.random((n, 2)) < (0.9, 0.6), split.labels[:, None], 1 - split.labels[:, None]
    )
    frame = split.instances.reset_index(drop=True)
    frame["a"], frame["b"] = (answers[:, side] == split.labels for side in (0, 1))
    for column in split.instances.columns:
        params = {**first_comparison(task).params(), "by": f"{COLUMN}{column}"}
        raw = slicing.sliced(params, known(split.labels, answers), report=Report())
        found = [Slice.from_dict(each) for each in raw]
        assert sum(each.n for each in found) == n
        values = frame[column]
        if values.nunique() > slicing.FEW_VALUES and pd.api.types.is_numeric_dtype(values):
            groups = pd.qcut(values, 4, duplicates="drop")
        else:
            groups = values.astype(object)
        together = frame.groupby(groups, observed=True, dropna=False)[["a", "b"]]
        expected = together.agg(["mean", "size"])
        ours = sorted((each.n, each.right[0].value, each.right[1].value) for each in found)
        theirs = sorted(
            zip(expected["a"]["size"], expected["a"]["mean"], expected["b"]["mean"], strict=True)
        )
        np.testing.assert_allclose(ours, theirs)
    with pytest.raises(InputError, match="no column"):
        slicing.sliced(
            {**first_comparison(task).params(), "by": f"{COLUMN}nothing"},
            known(split.labels, answers),
            report=Report(),
        )


def test_words_of_real_texts_and_a_word_of_ones_own():
    task = tasks()["triage"]
    split = task.data().test
    n = len(split.labels)
    answers = np.where(RNG.random((n, 2)) < 0.8, split.labels[:, None], 1 - split.labels[:, None])
    texts = pd.Series([split.instance(row) for row in range(n)])
    frame = pd.DataFrame({"a": answers[:, 0] == split.labels, "b": answers[:, 1] == split.labels})
    params = {**first_comparison(task).params(), "by": "word:Pain"}
    found = by_name(
        map(Slice.from_dict, slicing.sliced(params, known(split.labels, answers), report=Report()))
    )
    has = texts.str.contains(r"\bpain\b", case=False)
    assert 0 < has.sum() < n
    for name, inside in (("with “Pain”", has), ("without “Pain”", ~has)):
        assert found[name].n == inside.sum()
        rights = (found[name].right[0].value, found[name].right[1].value)
        np.testing.assert_allclose(rights, frame[inside].mean())
    words = dict(by_words(list(texts)))
    assert (words["with “pain”"] == has.to_numpy()).all()
    assert all(round(n**0.5) <= inside.sum() <= n - round(n**0.5) for inside in words.values())


def test_by_the_label():
    task = tasks()["triage"]
    labels, answers = [0, 0, 1, 1, 1], [(0, 1), (0, 0), (1, 1), (0, 1), (0, 1)]
    raw = slicing.sliced(first_comparison(task).params(), known(labels, answers), report=Report())
    found = by_name(map(Slice.from_dict, raw))
    assert (found["routine"].n, found["urgent"].n) == (2, 3)
    assert [each.value for each in found["routine"].right] == [1, 0.5]
    assert [each.value for each in found["urgent"].right] == [pytest.approx(1 / 3), 1]


def test_by_confidence():
    groups = dict(by_confidence([0.3, 0.5, 0.69, 0.7, 0.985, 0.99, 1.0]))
    assert groups["under 50%"].tolist() == [True] + [False] * 6
    assert groups["50% to 70%"].sum() == 2
    assert groups["99% or more"].tolist() == [False] * 5 + [True] * 2
    assert sum(inside.sum() for inside in groups.values()) == 7


def test_columns_of_every_sort():
    numbers = dict(by_column([*range(1, 9), None]))
    assert {name: int(inside.sum()) for name, inside in numbers.items()} == {
        "up to 2.75": 2, "over 2.75, up to 4.5": 2, "over 4.5, up to 6.25": 2, "over 6.25": 2,
        "missing": 1,
    }  # fmt: skip
    few = dict(by_column([0, 1, 1, 0.0]))
    assert {name: int(inside.sum()) for name, inside in few.items() if inside.any()} == {
        "0": 2,
        "1": 2,
    }
    many = dict(by_column([f"ward {k // 2}" for k in range(100)]))
    assert many["other values"].sum() == 100 - 2 * (MOST_SLICES - 1)
    mixed = dict(by_column(["yes", True, None, float("nan"), "yes"]))
    assert (mixed["yes"].sum(), mixed["True"].sum(), mixed["missing"].sum()) == (2, 1, 2)


def test_what_differs_clearly_comes_first_and_then_the_largest_difference():
    hits = np.zeros((64, 2), dtype=bool)
    hits[:60, 0], hits[:40, 1] = True, True  # 20 of these are right for the first alone
    hits[60] = True, False  # one more; 61 to 63 are wrong for both
    groups = [
        ("tiny", np.arange(64) == 60),
        ("alike", np.arange(64) < 40),
        ("most", np.arange(64) < 60),
        ("none", np.zeros(64, dtype=bool)),
    ]
    found = slices(hits, groups)
    assert [each.name for each in found] == ["most", "tiny", "alike"]
    assert [each.is_clear for each in found] == [True, False, False]
    assert found[0].difference == pytest.approx(20 / 60)
    assert found[1].difference == 1  # of one item: chance
    # Six of six is p = 0.031: clear alone, not among two.
    six = (("six", np.ones(6, dtype=bool)),)
    lost = np.tile([True, False], (6, 1))
    assert binomtest(6, 6).pvalue == pytest.approx(0.03125)
    assert [each.is_clear for each in slices(lost, six)] == [True]
    assert [each.is_clear for each in slices(lost, six * 2)] == [False, False]


def test_a_word_is_taken_as_it_is_typed():
    with_it, without = by_word(["Cost (a+b) rises", "a+bc", "A+B"], "a+b")
    assert with_it[1].tolist() == [True, False, True]
    assert without[1].tolist() == [False, True, False]
    assert list(by_words(["", "..."])) == []
