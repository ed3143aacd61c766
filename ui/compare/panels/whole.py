"""The parts of the screen Compare that tell of all items together, in reading order."""

import json
from dataclasses import replace
from typing import Any

import streamlit as st

from ui.compare import wording as told
from ui.compare.choice import CompareChoice
from ui.compare.export import Shown
from ui.compare.order import listed
from ui.compare.values import Answered, Compared, Estimated, PairedItem, Scoreboard
from ui.compare.verdict_wording import share
from ui.compare.verdicts import Verdict
from ui.compare.work import explaining
from ui.figures import markup, palette
from ui.figures.palette import counted
from ui.shell import running
from ui.shell.many_items import drawn_of
from ui.shell.notices import remark
from ui.shell.waiting import fetch
from ui.shell.widgets import is_dark
from ui.shell.wording import NOUNS, percent, plain, points
from ui.workshop import runs
from ui.workshop.request import store_id
from ui.workshop.store import store

_TAKEN = 10  # items with both models' reasons in the report
_RANGE = "The range is where it would lie, 95 times of 100, for other {}s of the same kind."


def answered(choice: CompareChoice, n_there: int) -> Answered | None:
    """Both models' answers to the items there are."""
    rows = choice.scored(n_there)
    found = fetch(
        "answered",
        _answered_id(choice, n_there),
        explaining.answered,
        choice.params(),
        rows,
        affinity=choice.pair(0)[0].affinity,
        what=f"Asking both models about {drawn_of(len(rows), n_there)} "
        f"{NOUNS[choice.task.kind].item}s",
    )
    return None if found is None else Answered.from_dict(found)


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
    return None if found is None else Answered.from_dict(found)


def _answered_id(choice: CompareChoice, n_there: int) -> str:
    return store_id("answered", choice.comparison_id, str(n_there), repr(choice.matches))


def headline(choice: CompareChoice, found: Answered, compared: Compared | None) -> None:
    """On how many items they agree, in a sentence."""
    st.subheader(plain(told.headline(found, compared, NOUNS[choice.task.kind])), anchor=False)


def scoreboard(choice: CompareChoice, board: Scoreboard, n_there: int) -> None:
    """How often they agree; where there are labels, how good each of them is."""
    noun = NOUNS[choice.task.kind]
    if board.n < n_there:
        remark(told.not_all(board.n, n_there, noun))
    if board.scores is None:
        agree = share(board.agreement)
        st.write(
            plain(
                f"These {noun.item}s have no labels: how often they agree is known ({agree}), "
                "not how often they are right."
            )
        )
        return
    first, second = board.scores
    told_range = _RANGE.format(noun.item)
    cards = (
        (
            "Right answers",
            "accuracy, more is better",
            [_shares(scores.accuracy) for scores in (first, second)],
            f"The share of {counted(board.n_labelled, f'labelled {noun.item}')} on which the model "
            f"is right. {told_range} (Wilson's interval.)",
        ),
        (
            "Price of its mistakes",
            "log loss, less is better",
            [_numbers(scores.log_loss) for scores in (first, second)],
            "How little probability the model gives to what is right: being sure and wrong costs "
            f"most. 0 is perfect, 0.69 is what tossing a coin costs. {told_range} (Bootstrap.)",
        ),
        (
            "How far “80% sure” is off",
            "calibration error, less is better",
            [_points(scores.calibration) for scores in (first, second)],
            "Of the answers of which a model is 80% sure, 80% should be right. This is how far "
            f"it is from that on average, in percentage points. {told_range} (Bootstrap.)",
        ),
    )
    for column, (title, term, lines, help_text) in zip(st.columns(len(cards)), cards, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{title}**", help=help_text)
            st.html(_scores(choice.names, term, lines))
    st.caption(
        plain(told.only_one_right(board, choice.names, noun)),
        help="If both were equally good, each of these would go to either by the toss of a coin. "
        "p is how often tosses would come out at least so uneven (McNemar's exact test).",
    )


def _shares(found: Estimated) -> tuple[str, str]:
    return percent(found.value), f"{percent(found.low)} to {percent(found.high)}"


def _numbers(found: Estimated) -> tuple[str, str]:
    return f"{found.value:.2f}", f"{found.low:.2f} to {found.high:.2f}"


def _points(found: Estimated) -> tuple[str, str]:
    low, high = (points(value).split(" ")[0] for value in (found.low, found.high))
    return points(found.value), f"{low} to {high}"


def _scores(names: tuple[str, str], term: str, lines: list[tuple[str, str]]) -> str:
    """Both models' values with their ranges, a line each."""
    quiet = f"color:{palette.quiet_colour(is_dark())};font-size:.875rem"
    rows = "".join(
        '<div style="display:flex;flex-wrap:wrap;gap:0 .75rem;align-items:baseline;'
        'padding:.1rem 0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere">'
        f'<span style="flex:1 1 6rem">{markup.text_html(name)}</span>'
        f'<strong style="min-width:3.5rem">{value}</strong>'
        f'<span style="{quiet};min-width:7.5rem">{reach}</span></div>'
        for name, (value, reach) in zip(names, lines, strict=True)
    )
    return f'<div style="{quiet}">{term}</div>{rows}'


def explained(choice: CompareChoice, n_there: int, *, is_main: bool) -> dict[str, Any] | None:
    """The run of the sample, once it has ended; meanwhile what there is to see and do.

    `is_main` is whether to start it is the main thing to do now.
    """
    noun, rows = NOUNS[choice.task.kind], choice.rows(n_there)
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
        f"answers to {which} are explained.",
    )


def compared(choice: CompareChoice, n_there: int, run: dict[str, Any]) -> Compared | None:
    """What the explanations say together, and what is missing among them."""
    noun = NOUNS[choice.task.kind]
    work, rows = explaining.Comparing(choice), choice.rows(n_there)
    running.missing(work, rows, run, noun, what="what follows")
    found = fetch(
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
    run = runs.ended(explaining.Comparing(choice))
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
        pairs = [pair for row in alike[:_TAKEN] if (pair := explaining.paired_item(choice, row))]
    return Shown(choice, found, compared, tuple(pairs), verdict, field)
