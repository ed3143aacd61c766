"""Arms, order and steps of a participant."""

from collections import Counter

import pytest

from tests.trust_study.studies import item, study
from trust_study.course import Seat, Step, arms, in_arms, order, position, steps
from trust_study.frozen import Chosen


def test_between_people_a_group_is_an_arm() -> None:
    made = study(4)
    for group, wanted in enumerate(made.arms):
        assert {*arms(made, group).values()} == {wanted}


def test_within_people_every_group_sees_every_item_in_another_arm() -> None:
    made = study(12, is_within=True, edited=tuple(item(n) for n in range(20, 26)))
    each_group = [arms(made, group) for group in range(3)]
    for each in (*made.items, *made.edited):
        assert {found[each.id] for found in each_group} == {*made.arms}
    for found in each_group:  # as many of each kind of items in each arm
        for kind in ([i for i in made.items if i.is_right], made.items, made.edited):
            seen = Counter(found[each.id] for each in kind)
            assert [seen[each] for each in made.arms] == [len(kind) // 3] * 3
    others = [arms(study(12, is_within=True, seed=seed), 0) for seed in range(5)]
    assert len({tuple(sorted(found.items())) for found in others}) == 5


def test_within_people_each_arm_is_met_as_a_whole_and_in_each_order_once() -> None:
    names = "consent own final forward choice_after satisfaction".split()
    edited = tuple(item(n) for n in range(20, 23))
    made = study(6, is_within=True, edited=edited, stages=tuple(map(Chosen, names)))
    met = []
    for number in range(6):
        way = in_arms(made, Seat(1, number))
        assert [step.stage for step in way] == [
            "consent",
            *["own", "final", "own", "final", "forward", "satisfaction"] * 3,
            "choice_after",
        ]
        parts = [*way.values()][1:-1]
        assert way[Step("consent")] is way[Step("choice_after")] is None
        met.append(tuple(parts[::6]))
        assert parts == [part for part in met[-1] for _ in range(6)]
        rated = [step.item for step in way if step.stage == "satisfaction"]
        assert rated == [*met[-1]]
    assert len({*met}) == 6


@pytest.mark.parametrize("group", [0, 2])
@pytest.mark.parametrize("block", [0, 3])
def test_in_a_block_every_item_stands_in_every_place_once(group: int, block: int) -> None:
    made = study(5)
    orders = [order(made, Seat(group, 5 * block + n)) for n in range(5)]
    assert [sorted(column) for column in zip(*orders, strict=True)] == [[*range(5)]] * 5


def test_orders_follow_from_the_seed_alone() -> None:
    seats = [Seat(group, number) for group in range(3) for number in (0, 8, 16)]
    orders = [order(study(8), seat) for seat in seats]
    assert orders == [order(study(8), seat) for seat in seats]
    assert len({*orders}) == len(seats)
    assert orders != [order(study(8, seed=8), seat) for seat in seats]


def test_steps_and_the_position_among_them() -> None:
    names = "consent briefing choice_before own final forward choice_after attention".split()
    made = study(2, edited=(item(9),), stages=tuple(map(Chosen, names)))
    seat = Seat(1, 0)
    first, second = (f"item-{n}" for n in order(made, seat))
    way = steps(made, seat)
    assert way == (
        Step("consent"),
        Step("briefing"),
        Step("choice_before"),
        *(Step("own", first), Step("final", first)),
        *(Step("own", second), Step("final", second)),
        Step("forward", "item-9"),
        *(Step("choice_after"), Step("attention")),
    )
    assert position(way, ()) == 0
    assert position(way, {way[0], way[1], way[3]}) == 2
    assert position(way, {*way}) == len(way)
