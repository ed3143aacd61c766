"""What the screen Compare lists and says: against counts made by hand."""

from dataclasses import replace

import pytest

from lime_engine.overlap import Corrected, Overlap
from sample_models import tasks
from ui.compare import wording as told
from ui.compare.choice import MAX_SCORED, CompareChoice, first_comparison, read_comparison
from ui.compare.controls import rematched
from ui.compare.links import of_item, of_pick
from ui.compare.order import listed, telling_first
from ui.compare.values import (
    Answered,
    AnsweredItem,
    Compared,
    Estimated,
    Lean,
    OverlapOf,
    Scoreboard,
)
from ui.explain.choice import first_choice
from ui.pick.choice import first_pick
from ui.shell.many_items import drawn_of
from ui.shell.wording import NOUNS
from ui.workshop.item import Item

TEXT = NOUNS["text"]
NAMES = ("Model A", "Model B")
NONE = Corrected(None, (None, None), None)


def board(only_right: tuple[int, int] | None = None, p_value: float | None = None) -> Scoreboard:
    return Scoreboard(6, 0, Estimated(0.5, 0.2, 0.8), None, only_right, p_value)


def overlap(state: str, share: float | None) -> Overlap:
    return Overlap(state, Corrected(share, (0.9, 0.9), share), NONE, NONE)  # type: ignore[arg-type]


def item(
    row: int, answers: tuple[int, int], sure: tuple[float, float], label: int | None = None
) -> AnsweredItem:
    return AnsweredItem(row, label, answers, sure, abs(sure[0] - sure[1]))


ITEMS = (
    item(0, (0, 0), (0.9, 0.6), 1),
    item(1, (1, 1), (0.7, 0.7), 0),
    item(2, (0, 1), (0.8, 0.9)),
    item(3, (1, 1), (0.6, 0.8), 0),
    item(4, (1, 0), (0.5, 0.55), 1),
    item(5, (1, 1), (0.99, 0.97), 1),
)
ANSWERED = Answered(("routine", "urgent"), ITEMS, board())
COMPARED = Compared(
    overlaps=(
        OverlapOf(0, overlap("different", 0.3)),
        OverlapOf(1, overlap("unclear", 0.05)),
        OverlapOf(2, overlap("same", 0.9)),
        OverlapOf(3, overlap("different", 0.1)),
        OverlapOf(5, overlap("same", 0.7)),
    ),
    leans=(Lean("STAT", (0.2, 0.0), (3, 2)), Lean("pain", (0.0, 0.1), (5,))),
    failed=((4, "It is empty."),),
)
CHOICE = first_comparison(tasks()["triage"])


def rows(choice: CompareChoice, compared: Compared | None = COMPARED) -> list[int]:
    return [each.row for each in listed(choice, ANSWERED, compared)]


def test_the_list_shows_what_is_asked_for_in_that_order() -> None:
    assert rows(CHOICE) == [3, 0]  # the unsteady one is not said to differ
    everything = replace(CHOICE, show="all")
    assert rows(everything) == [3, 0, 1, 5, 2, 4]  # different, unclear, same, not explained
    assert rows(replace(everything, order="distance")) == [0, 3, 2, 4, 5, 1]
    assert rows(replace(everything, order="label")) == [1, 3, 0, 4, 5, 2]
    assert rows(replace(everything, order="sure-1")) == [5, 0, 2, 1, 3, 4]
    assert rows(replace(everything, order="sure-2")) == [5, 2, 3, 1, 0, 4]
    assert rows(replace(CHOICE, show="answers")) == [2, 4]  # by the distance of the answers


def test_reasons_for_different_answers_are_not_held_against_each_other() -> None:
    assert sorted(told.overlaps_of(ANSWERED, COMPARED)) == [0, 1, 3, 5]
    assert told.overlaps_of(ANSWERED, None) == {}


def test_an_empty_list_says_why() -> None:
    nothing = told.nothing_listed("reasons", False, TEXT, ANSWERED, 4)
    assert "No differences worth your time were found among the 4 texts" in nothing
    assert (
        told.nothing_listed("answers", False, TEXT, ANSWERED, 0)
        == "They give the same answer on every text."
    )
    some = told.nothing_listed("reasons", False, TEXT, ANSWERED, 1)
    assert "among the one explained text on which they give" in some
    none = told.nothing_listed("reasons", False, TEXT, ANSWERED, 0)
    assert none == "Of the texts on which they give the same answer, none is explained."
    differ = replace(ANSWERED, items=(ITEMS[2], ITEMS[4]))
    never = told.nothing_listed("reasons", False, TEXT, differ, 0)
    assert never == "There is no text on which they give the same answer."


def test_all_are_scored_and_a_sample_is_explained() -> None:
    assert CHOICE.scored(400) == list(range(400))
    assert len(CHOICE.rows(400)) == 100
    assert set(replace(CHOICE, n=20).rows(400)) < set(CHOICE.rows(400)) < set(range(400))
    assert drawn_of(100, 400) == "100 of the 400, at random"
    assert drawn_of(400, 400) == "all 400"
    many = CHOICE.scored(100_000)
    assert len(many) == MAX_SCORED
    assert set(CHOICE.rows(100_000)) < set(many)  # what is explained is scored as well
    assert "5,000 of the 100,000 texts, drawn at random" in told.not_all(len(many), 100_000, TEXT)
    # The same items are worth a look on both screens, and have the same explanations.
    assert of_pick(first_pick(CHOICE.task)).rows(400) == first_pick(CHOICE.task).rows(400)


def test_a_cell_or_a_feature_narrows_the_list() -> None:
    everything = replace(CHOICE, show="all")
    assert rows(replace(everything, cell=(1, 1))) == [3, 1, 5]
    assert rows(replace(CHOICE, cell=(1, 1))) == [3]
    assert rows(replace(everything, feature="STAT")) == [3, 2]
    assert rows(replace(everything, feature="STAT", cell=(0, 1))) == [2]
    assert rows(replace(everything, feature="of another link")) == []


def test_before_it_is_explained_the_list_shows_different_answers() -> None:
    assert rows(CHOICE, None) == [2, 4]
    assert rows(replace(CHOICE, show="all", cell=(1, 1), feature="STAT"), None) == [3, 5, 1]


def test_the_headline_counts_agreement_and_then_reasons() -> None:
    first = "They give the same answer on 4 of 6 texts"
    assert told.headline(ANSWERED, None, TEXT) == f"{first}."
    assert told.headline(ANSWERED, COMPARED, TEXT) == (
        f"{first}; on 2 of these for different reasons."
    )
    some = replace(COMPARED, overlaps=COMPARED.overlaps[:2])
    assert told.headline(ANSWERED, some, TEXT) == (
        f"{first}; of the 2 of these that are explained, on 1 for different reasons."
    )
    same = replace(COMPARED, overlaps=tuple(replace(o, overlap=overlap("same", 1.0))
                                            for o in COMPARED.overlaps))  # fmt: skip
    assert told.headline(ANSWERED, same, TEXT).endswith("on none of these for different reasons.")
    differ = replace(COMPARED, overlaps=tuple(replace(o, overlap=overlap("different", 0.0))
                                              for o in COMPARED.overlaps))  # fmt: skip
    assert told.headline(ANSWERED, differ, TEXT).endswith("on all of these for different reasons.")
    one = replace(ANSWERED, items=ITEMS[:1])
    assert told.headline(one, COMPARED, TEXT) == (
        "On this text they give the same answer, for different reasons."
    )
    alike = replace(ANSWERED, items=(ITEMS[0], ITEMS[5]))
    assert told.headline(alike, None, TEXT) == "They give the same answer on all 2 texts."


@pytest.mark.parametrize(
    ("only_right", "p", "words"),
    [
        ((6, 2), 0.2890625, "6 go to Model A: that may be chance (p = .29)."),
        ((1, 11), 0.00634765625, "11 go to Model B: that is hardly chance (p = .006)."),
        ((0, 20), 1.9e-6, "all 20 go to Model B: that is hardly chance (p < .001)."),
        ((3, 3), 1.0, "3 go to each."),
        ((2, 0), 0.5, "both go to Model A: that may be chance (p = .50)."),
        ((0, 1), 1.0, "goes to Model B: that may be chance."),
        ((0, 0), 1.0, "There is no text on which only one of them is right."),
        (None, None, ""),
    ],
)
def test_which_of_them_is_right_alone_is_a_sentence(
    only_right: tuple[int, int] | None, p: float | None, words: str
) -> None:
    assert told.only_one_right(board(only_right, p), NAMES, TEXT).endswith(words)


def test_a_share_in_common_is_corrected_where_it_can_be() -> None:
    assert told.in_common(overlap("different", 0.3)) == 0.3
    assert told.in_common(overlap("different", -0.1)) == 0.0
    raw_only = Overlap("unclear", Corrected(0.25, (None, None), None), NONE, NONE)
    assert told.in_common(raw_only) == 0.25
    assert told.in_common(Overlap("unclear", NONE, NONE, NONE)) is None


def test_a_class_is_matched_by_hand_and_each_class_once() -> None:
    assert rematched((0, 1, None), 1, 2) == (0, None, 1)
    assert rematched((0, 1, None), 0, 1) == (None, 0, None)
    assert rematched((0, 1, None), 1, None) == (0, None, None)


def test_a_comparison_from_another_screen_reaches_what_was_seen_there() -> None:
    task = tasks()["triage"]
    seen = replace(first_choice(task), item=Item("field", 230), model="b")
    there = of_item(seen)
    assert there.models == ("b", "a")
    assert (there.source, there.row, there.n) == ("field", 230, 100)
    assert there.row in there.scored(400)
    assert of_pick(replace(first_pick(task), n=10_000)).n == 2000
    assert read_comparison(there.params()) == there


def test_the_most_telling_items_are_explained_first_then_as_they_are_drawn() -> None:
    distances = [0.1, 0.9, 0.3, 0.8, 0.2]
    items = tuple(item(row, (0, 0), (d, 0.0)) for row, d in enumerate(distances))
    rows = [4, 2, 0, 3, 1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ui.compare.order.N_TELLING", 2)
        found = telling_first(rows, Answered(("routine", "urgent"), items, board()))
    assert found == [1, 3, 4, 2, 0]
