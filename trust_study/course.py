"""The way of one participant through a study: arms, order and steps."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from trust_study.frozen import Arm, Study
from trust_study.stages.registry import STAGES


@dataclass(frozen=True, slots=True)
class Step:
    """One page with one form.

    Parameters
    ----------
    stage
        Its stage.
    item
        What it is about: an item; where everybody meets every arm, the arm that is asked about;
        empty if neither.
    """

    stage: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """The place in the design that a participant was given when they joined.

    Parameters
    ----------
    group
        From 0, one a group and arm; nobody changes it.
    number
        How many had joined this group before.
    """

    group: int
    number: int


def arms(study: Study, group: int) -> dict[str, Arm]:
    """In which arm this group meets each item, also the edited ones.

    Between people a group is an arm. Within people, the groups meet each item in each arm, and each
    group as many of every arm as can be, of those that the model is right about, of those that it
    is wrong about, and of the edited ones; which items come together is drawn.
    """
    if not study.is_within:
        return dict.fromkeys((each.id for each in (*study.items, *study.edited)), study.arms[group])
    drawn = np.random.default_rng(study.seed).permutation(len(study.items))
    items = sorted((study.items[n] for n in drawn), key=lambda each: str(each.is_right))
    turns = [*enumerate(items, group), *enumerate(study.edited, group)]
    return {each.id: study.arms[turn % len(study.arms)] for turn, each in turns}


def order(study: Study, seat: Seat) -> tuple[int, ...]:
    """In which order this participant meets the items.

    As many participants of a group as there are items meet one random order, each beginning one
    further on: every item stands in every place once.
    """
    n = len(study.items)
    block, start = divmod(seat.number, n)
    drawn = np.random.default_rng([study.seed, seat.group, block]).permutation(n)
    return tuple(int(each) for each in np.roll(drawn, -start))


def parts(study: Study, seat: Seat) -> tuple[Arm, ...]:
    """The arms that this participant meets, one after another.

    As many participants of a group as there are orders of the arms meet each order once.
    """
    if not study.is_within:
        return (study.arms[seat.group],)
    orders = [*permutations(study.arms)]
    drawn = np.random.default_rng([study.seed, seat.group]).permutation(len(orders))
    return orders[int(drawn[seat.number % len(orders)])]


def steps(study: Study, seat: Seat) -> tuple[Step, ...]:
    """All pages of this participant, in their order."""
    return tuple(in_arms(study, seat))


def in_arms(study: Study, seat: Seat) -> dict[Step, Arm | None]:
    """The same, each with the arm that it is in; None before and after several arms.

    Of each arm in turn: its items, then the edited ones, then what is asked about the arm.
    """

    def of(when: str) -> list[str]:
        return [each.stage for each in study.stages if STAGES[each.stage].when == when]

    its_arms = arms(study, seat.group)
    items = [study.items[n].id for n in order(study, seat)]
    edited = [each.id for each in study.edited]
    around = None if study.is_within else study.arms[seat.group]
    way = {Step(stage): around for stage in of("start")}
    for part in parts(study, seat):
        for when, ids in (("item", items), ("edited", edited)):
            here = [each for each in ids if its_arms[each] == part]
            way |= {Step(stage, each): part for each in here for stage in of(when)}
        way |= {Step(stage, part if study.is_within else ""): part for stage in of("part")}
    return way | {Step(stage): around for stage in of("end")}


def position(way: tuple[Step, ...], answered: Collection[Step]) -> int:
    """The number of the first step without an answer; that of all steps at the end."""
    return next((n for n, step in enumerate(way) if step not in answered), len(way))
