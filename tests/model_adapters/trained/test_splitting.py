"""What is held out: as often from each class, no group twice, nothing from the past."""

import numpy as np
import pytest

from lime_engine.errors import InputError
from model_adapters.trained import baseline, split
from model_adapters.trained.splitting import some_of_each


def test_each_class_is_held_out_as_often_and_what_has_no_label_not_at_all():
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.repeat([0, 1, 2, 3, -1], [400, 100, 40, 1, 30]))
    train, test = split(labels, share=0.25, seed=5)
    assert np.bincount(labels[test]).tolist() == [100, 25, 10]
    assert np.bincount(labels[train]).tolist() == [300, 75, 30, 1]
    assert sorted([*train, *test]) == np.flatnonzero(labels >= 0).tolist()
    again, other = (split(labels, share=0.25, seed=seed)[1] for seed in (5, 6))
    assert again.tolist() == test.tolist()
    assert other.tolist() != test.tolist()


def test_no_group_is_on_both_sides_and_the_classes_are_shared_out():
    rng = np.random.default_rng(1)
    groups = rng.integers(0, 40, 800)
    labels = (groups % 4 == 0).astype(int)
    train, test = split(labels, "group", groups, share=0.25)
    assert not {*groups[train]} & {*groups[test]}
    assert len(train) + len(test) == 800
    assert len(test) == pytest.approx(200, abs=25)
    assert labels[test].mean() == pytest.approx(labels.mean(), abs=0.05)


def test_the_latest_are_held_out_and_what_has_no_time_not_at_all():
    times = np.array([f"20{year:02d}-01-01" for year in range(80)], dtype=object)
    times[3] = None
    order = np.random.default_rng(2).permutation(80)
    labels = np.arange(80) % 2
    train, test = split(labels, "time", times[order], share=0.25)
    assert max(times[order][train]) < min(times[order][test])
    assert len(test) == pytest.approx(20, abs=1)
    assert len(train) + len(test) == 79
    # What has the same time stays together.
    train, test = split(labels, "time", np.repeat([1, 2, 3, 4], 20), share=0.3)
    assert test.tolist() == list(range(60, 80))


@pytest.mark.parametrize(
    ("labels", "by", "values", "why"),
    [
        ([0, 1] * 4, "random", None, "8 items have a label, of 2 different"),
        ([0] * 20, "random", None, "of 1 different"),
        ([-1] * 20, "random", None, "0 items"),
        ([0, 1] * 10, "group", ["a"] * 20, "same value"),
        ([0, 1] * 10, "time", [5] * 20, "same time"),
        ([0, 1] * 10, "time", ["31.12.2023", "01.02.2024"] * 10, "“31.12.2023” is not like"),
        ([0, 1] * 10, "time", [*range(19), "2024-01-01"], "“2024-01-01” is not like the others"),
        ([0] * 15 + [1] * 5, "time", range(20), "same label"),
        ([0, 1] * 10, "group", [None] * 20, "0 items"),
        (list(range(101)) * 2, "random", None, "There are 101 classes; .* at most 100"),
    ],
)
def test_what_cannot_be_split_is_refused(labels, by, values, why):
    with pytest.raises(InputError, match=why):
        split(np.array(labels), by, values)


def test_the_baseline_says_what_is_commonest_where_it_learns():
    assert baseline(np.array([0, 0, 1]), np.array([0, 1, 1, 1])) == 0.25


def test_a_sample_has_the_same_share_of_each_class_and_at_least_one() -> None:
    labels = np.random.default_rng(0).permutation(np.repeat([0, 1, 2, 4], [6000, 3000, 999, 1]))
    rows = some_of_each(labels, 1000, seed=3)
    assert np.bincount(labels[rows]).tolist() == [600, 300, 100, 0, 1]
    assert (np.diff(rows) > 0).all()
    np.testing.assert_array_equal(rows, some_of_each(labels, 1000, seed=3))
    assert (rows != some_of_each(labels, 1000, seed=4)).any()
    np.testing.assert_array_equal(some_of_each(labels, 10_000), np.arange(10_000))
