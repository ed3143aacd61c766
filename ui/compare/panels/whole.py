"""The parts of the screen Compare that tell of all items together, in reading order."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from ui.compare import decision_wording as decided
from ui.compare import wording as told
from ui.compare.choice import CompareChoice
from ui.compare.export import Shown
from ui.compare.order import N_TELLING, listed, telling_first
from ui.compare.panels import board
from ui.compare.panels.verdict import everybody
from ui.compare.values import Answered, Compared, PairedItem, Scoreboard
from ui.compare.verdicts import Verdict
from ui.compare.work import explaining
from ui.compare.work.contents import contents as read_contents
from ui.shell import running
from ui.shell.many_items import drawn_of
from ui.shell.presenting.lock import is_locked
from ui.shell.waiting import fetch, may_begin
from ui.shell.wording import NOUNS, plain
from ui.workshop.jobs import workers
from ui.workshop.request import store_id
from ui.workshop.store import store

_TAKEN = 10  # items with both models' reasons in the report


def answered(choice: CompareChoice, n_there: int) -> Answered | None:
    """Both models' answers to the items there are."""
    rows, entry_id = choice.scored(n_there), _answered_id(choice, n_there)
    takes = len(rows) * choice.seconds
    if not store().has("answered", entry_id) and not may_begin(
        entry_id,
        takes,
        told.takes_long(len(rows), takes, NOUNS[choice.task.kind]),
        [("Ask both models", entry_id, lambda: None)],
    ):
        return None
    found = fetch(
        "answered",
        entry_id,
        explaining.answered,
        choice.params(),
        rows,
        affinity=choice.pair(0)[0].affinity,
        what=f"Asking both models about {drawn_of(len(rows), n_there)} "
        f"{NOUNS[choice.task.kind].item}s",
    )
    return None if found is None else _told(Answered.from_dict(found))


def answered_one(choice: CompareChoice, n_there: int) -> Answered | None:
    """The same; where that is not at hand, of the open item alone, for which nobody need wait."""
    if choice.row is None or choice.row >= n_there:
        return answered(choice, n_there)
    if store().has("answered", _answered_id(choice, n_there)):
        return answered(choice, n_there)
    found = fetch(
        "answered-one",
        store_id("answered-one", _answered_id(choice, n_there), str(choice.row)),
        explaining.answered,
        choice.params(),
        [choice.row],
        affinity=choice.pair(0)[0].affinity,
        what="Asking both models",
    )
    return None if found is None else _told(Answered.from_dict(found))


def _told(found: Answered) -> Answered:
    """Without the labels of single items, while the presenter hides them."""
    if not is_locked():
        return found
    return replace(found, items=tuple(replace(item, label=None) for item in found.items))


def _answered_id(choice: CompareChoice, n_there: int) -> str:
    return store_id("answered", choice.comparison_id, str(n_there), repr(choice.matches))


def headline(choice: CompareChoice, found: Answered, compared: Compared | None) -> None:
    """Which is better and by how much, where that is known; on how many items they agree."""
    agree = plain(told.headline(found, compared, NOUNS[choice.task.kind]))
    decision = decided.decision(found.board, choice.names)
    st.subheader(plain(decision) if decision else agree, anchor=False)
    if decision:
        st.write(agree)


def scoreboard(choice: CompareChoice, found: Answered, n_there: int) -> None:
    """How good both are, one part of it at a time."""
    board.scoreboard(choice, found, n_there, _answered_id(choice, n_there))


def explained(
    choice: CompareChoice, found: Answered, n_there: int, *, is_main: bool
) -> dict[str, Any] | None:
    """The run of the sample, or what it has so far; meanwhile what there is to see and do.

    `is_main` is whether to start it is the main thing to do now.
    """
    noun, rows = NOUNS[choice.task.kind], telling_first(choice.rows(n_there), found)
    if choice.only_scored:
        st.write(plain(told.no_reasons(choice.only_scored)))
        return None
    n = len(rows)
    which = f"each of the {n:,} {noun.item}s" if n > 1 else f"the {noun.item}"
    if n < n_there:
        which = f"{n:,} of the {n_there:,} {noun.item}s, drawn at random,"
    return running.explained(
        explaining.Comparing(choice),
        rows,
        noun,
        start=f"Explain {n:,} {noun.item}s" if n > 1 else f"Explain this {noun.item}",
        settle="Use",
        is_main=is_main,
        intro="Do they give the same answer for the same reasons? That shows once both models' "
        f"answers to {which} are explained." + running.takes_long(n, choice.seconds, noun),
    )


def is_enough(run: dict[str, Any]) -> bool:
    """Whether so much is explained that a person can say something final."""
    return not run.get("is_going") or len(run["rows"]) >= N_TELLING


def compared(
    choice: CompareChoice, answers: Answered, n_there: int, run: dict[str, Any]
) -> Compared | None:
    """What the explanations say together, and what is missing among them."""
    noun = NOUNS[choice.task.kind]
    work, rows = explaining.Comparing(choice), telling_first(choice.rows(n_there), answers)
    order = "Those on which the models differ most come first." if len(rows) > N_TELLING else ""
    running.missing(work, rows, run, noun, what="what follows", order=order)
    found = running.made_of(
        run,
        f"{choice.comparison_id}-{choice.matches}",
        "compared",
        _compared_id(choice, run),
        explaining.compared,
        choice.params(),
        run["rows"],
        run["failed"],
        affinity=choice.pair(0)[0].affinity,
        what="Comparing the reasons",
    )
    return None if found is None else Compared.from_dict(found)


def _compared_id(choice: CompareChoice, run: dict[str, Any]) -> str:
    told_of = choice.comparison_id, repr(choice.matches), repr(run["rows"]), repr(run["failed"])
    return store_id("compared", *told_of)


def compared_at_hand(choice: CompareChoice) -> Compared | None:
    """The same if it has been made, without waiting for it."""
    run = running.at_hand(explaining.Comparing(choice))
    raw = None if run is None else store().read("compared", _compared_id(choice, run))
    return None if raw is None else Compared.from_dict(json.loads(raw))


def field_scores(choice: CompareChoice) -> Scoreboard | None:
    """Both models on data as real use brings them, which nobody may see before the last word."""
    found = fetch(
        "field-scores",
        store_id("field-scores", choice.comparison_id, repr(choice.matches)),
        explaining.field_scores,
        choice.params(),
        affinity=choice.pair(0)[0].affinity,
        what="Asking both models about real use",
    )
    return None if found is None else Scoreboard.from_dict(found)


def shown(
    choice: CompareChoice,
    found: Answered,
    compared: Compared | None,
    verdict: Verdict,
    field: Scoreboard | None,
) -> Shown:
    """What is taken away; the items with the same answer and the least alike reasons with it."""
    pairs: list[PairedItem] = []
    if compared is not None:
        everything = replace(choice, show="all", order="overlap", cell=None, feature="")
        alike = [item.row for item in listed(everything, found, compared) if item.is_alike]
        pairs = [each for row in alike[:_TAKEN] if (each := explaining.paired_item(choice, row))]

    def contents() -> Sequence[Sequence[Any]]:
        rows, affinity = [item.row for item in found.items], choice.pair(0)[0].affinity
        key = f"contents/{_answered_id(choice, len(rows))}"
        job = workers().submit(
            key, read_contents, choice.params(), rows, found.columns, affinity=affinity
        )
        return job.result()

    def pair_of(row: int) -> PairedItem | None:
        return None if compared is None else explaining.paired_item(choice, row)

    together = everybody(choice)
    return Shown(choice, found, compared, tuple(pairs), verdict, field, together, contents, pair_of)
