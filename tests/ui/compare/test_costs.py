"""What mistakes cost: against counts made by hand, and every threshold there is."""

from dataclasses import replace

import numpy as np
import pytest

from ui.compare import decision_wording as told
from ui.compare.choice import read_comparison
from ui.compare.costs import class_in_view, costs
from ui.compare.values import Answered, AnsweredItem, ClassScores, Scoreboard

NAMES = ("Model A", "Model B")
# label, p of the first model, p of the second
TABLE = [
    (1, 0.90, 0.60),
    (1, 0.40, 0.70),
    (1, 0.20, 0.80),
    (0, 0.30, 0.55),
    (0, 0.10, 0.45),
    (0, 0.10, 0.05),
    (0, 0.60, 0.05),
    (0, 0.05, 0.05),
]


def item(row, label, *p):
    answers = tuple(int(each > 0.5) for each in p)
    sure = tuple(max(each, 1 - each) for each in p)
    return AnsweredItem(row, label, answers, sure, abs(p[0] - p[1]), p)


ITEMS = [item(row, *line) for row, line in enumerate(TABLE)]


def test_by_hand():
    found = costs(ITEMS, 1, 5)
    first, second = found.sides
    assert (found.n, found.n_there) == (8, 3)
    # The first misses two (0.4, 0.2) and has one false alarm (0.6): 11. From 0.2 on it misses
    # none, with false alarms 0.3 and 0.6: 2. The threshold lies between 0.1 and 0.2.
    assert (first.before, first.cost, first.missed, first.false_alarms) == (11, 2, 0, 2)
    assert first.threshold == pytest.approx(0.15)
    assert (first.more, first.more_right, first.fewer) == (3, 2, 0)  # 0.4, 0.2 and 0.3
    # The second has one false alarm (0.55); from between 0.55 and 0.6 on there is no mistake.
    assert (second.before, second.cost) == (1, 0)
    assert second.threshold == pytest.approx(0.575)
    assert (second.more, second.fewer, second.fewer_right) == (0, 1, 0)
    # From 1/6 on: the first as at its best, the second has false alarms 0.55 and 0.45.
    assert (first.if_true, second.if_true) == (2, 2)
    assert found.apart.value == 2


def test_the_other_class_may_be_the_one_not_to_be_missed():
    found = costs(ITEMS, 0, 1)
    assert found.n_there == 5
    # Missing a routine one: the first said 0.6, and calls 0.4 and 0.2 routine wrongly.
    assert found.sides[0].before == 3
    assert costs(ITEMS, 1, 1).sides[0].before == 3  # the same mistakes where both cost the same


@pytest.mark.parametrize("cost", [1, 5, 100])
@pytest.mark.parametrize("miss", [0, 1])
def test_no_threshold_costs_less(cost, miss):
    rng = np.random.default_rng(cost + miss)
    labels = rng.integers(2, size=200)
    p = np.round(np.clip(rng.normal(0.35 + 0.3 * labels[:, None], 0.25, (200, 2)), 0, 1), 2)
    items = [item(row, int(label), *map(float, two)) for row, (label, two) in
             enumerate(zip(labels, p, strict=True))]  # fmt: skip
    for side, found in enumerate(costs(items, miss, cost).sides):
        there = labels == miss
        own = p[:, side] if miss else 1 - p[:, side]

        def at(threshold, own=own, there=there):
            called = own >= threshold
            return cost * (there & ~called).sum() + (called & ~there).sum()

        assert found.cost == min(at(t) for t in np.linspace(0, 1.01, 1000))
        assert at(found.threshold) == found.cost == cost * found.missed + found.false_alarms
        assert found.if_true == at(1 / (1 + cost))
        said = np.array([each.answers[side] for each in items]) == miss
        assert found.before == cost * (there & ~said).sum() + (said & ~there).sum()
        assert said.sum() + found.more - found.fewer == (own >= found.threshold).sum()


def test_its_own_answers_stay_where_they_are_as_good():
    certain = [item(0, 1, 0.9, 0.9), item(1, 0, 0.2, 0.1)]
    assert [side.threshold for side in costs(certain, 1, 5).sides] == [0.5, 0.5]


def test_where_only_calling_none_or_all_is_best():
    none = [item(row, 0, 1.0, 0.3) for row in range(3)]
    assert [side.cost for side in costs(none, 1, 5).sides] == [0, 0]
    everything = [item(row, 1, 0.0, 0.3) for row in range(3)]
    assert [side.cost for side in costs(everything, 1, 5).sides] == [0, 0]


def test_items_without_label_count_for_nothing():
    unknown = [replace(each, row=each.row + 8, label=None) for each in ITEMS]
    assert costs([*ITEMS, *unknown], 1, 5) == costs(ITEMS, 1, 5)
    assert costs(unknown, 1, 5) is None
    assert costs([replace(each, p=None) for each in ITEMS], 1, 5) is None


def test_the_interval_of_the_difference_is_that_of_drawing_items_again():
    rng = np.random.default_rng(5)
    items = [item(row, int(rng.integers(2)), float(rng.random()), 0.5 + 0.4 * float(rng.random()))
             for row in range(150)]  # fmt: skip
    found = costs(items, 1, 3)
    labels = np.array([each.label for each in items])[:, None]
    called = np.array([each.p for each in items]) >= [side.threshold for side in found.sides]
    each = 3 * ((labels == 1) & ~called) + ((labels == 0) & called)
    apart = each[:, 0] - each[:, 1]
    drawn = apart[rng.integers(150, size=(4000, 150))].sum(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    assert found.apart.value == apart.sum()
    assert found.apart.low == pytest.approx(low, abs=0.1 * (high - low))
    assert found.apart.high == pytest.approx(high, abs=0.1 * (high - low))


def test_it_is_told_in_words():
    found = costs(ITEMS, 1, 5)
    first, second = found.sides
    assert told.cheaper(found, NAMES) == "Model B costs less: 0 against 2 (that may be chance)."
    assert (
        told.mistakes(first, "urgent") == "Called “urgent” from 15% on: 0 missed, 2 false alarms."
    )
    assert told.would_change(first, "urgent") == (
        "3 more would be called “urgent”, of which 2 are. Its own answers cost 11."
    )
    assert told.would_change(second, "urgent").startswith("1 fewer would be called “urgent”, of")
    even = costs([item(0, 1, 0.9, 0.9), item(1, 0, 0.2, 0.1)], 1, 5)
    assert told.cheaper(even, NAMES) == "Both cost the same: 0."
    assert told.would_change(even.sides[0], "urgent").startswith("That is what it answers now")


@pytest.mark.parametrize(
    ("counts", "asked", "expected"),
    [
        ((5, 5), None, 1),
        ((9, 4), None, 1),
        ((4, 9), None, 0),  # as of "flu" and "no flu", in the order of the alphabet
        ((4, 9), 1, 1),
        ((4, 9), 7, 0),
        ((0, 9), None, 1),  # nothing else is there to be missed
    ],
)
def test_of_two_the_rarer_one_is_not_to_be_missed(counts, asked, expected):
    none = (None, None)
    classes = tuple(ClassScores(k, n, none, none, None) for k, n in enumerate(counts))
    board = Scoreboard(9, 9, None, scores=None, only_right=None, p_value=None)
    answered = Answered(("one", "other"), (), board, classes)
    choice = replace(read_comparison({"task": "triage"}), miss=asked)
    assert class_in_view(choice, answered) == expected
