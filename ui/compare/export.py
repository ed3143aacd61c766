"""What is taken away from a comparison: a one-file report (HTML) and its items (CSV)."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lime_engine.overlap import Overlap
from ui.compare import verdict_wording as told
from ui.compare.choice import CompareChoice
from ui.compare.figures.report import items_drawn, leans_drawn
from ui.compare.values import Answered, Compared, Estimated, PairedItem, Scoreboard
from ui.compare.verdicts import Verdict
from ui.compare.wording import (
    IN_COMMON_HELP,
    REASONS,
    headline,
    in_common,
    only_one_right,
    overlaps_of,
)
from ui.explain.export import as_text
from ui.figures import markup
from ui.shell.wording import NOUNS
from ui.workshop.item import Item

_TEMPLATE = Path(__file__).with_name("report.html.jinja")
_PARTS = ("share that both name", "correlation of weights", "correlation of order")
_ANSWERS = 12  # in the matrix; the others are one line


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on the screen.

    `compared` is None if nothing is explained yet; `items` are those with the same answer whose
    reasons the report shows, the least alike first; `field` are the scores in real use, once
    revealed.
    """

    choice: CompareChoice
    answered: Answered
    compared: Compared | None
    items: tuple[PairedItem, ...]
    verdict: Verdict
    field: Scoreboard | None


def as_csv(shown: Shown) -> str:
    """One line an item; all that is in common is held against what reruns of a model have."""
    choice, classes, overlaps = (
        shown.choice,
        shown.answered.names,
        overlaps_of(shown.answered, shown.compared),
    )
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    heads = [f"{name}: {what}" for name in choice.names for what in ("answer", "probability")]
    writer.writerow(
        ["item", "label", *map(as_text, heads), "distance", "reasons", "in common", *_PARTS]
    )
    for item in shown.answered.items:
        answers: list[str] = []
        for answer, sure in zip(item.answers, item.sure, strict=True):
            answers += as_text(classes[answer]), f"{sure:.4f}"
        writer.writerow(
            [
                item.row if choice.is_blind else str(Item(choice.source, item.row)),
                "" if item.label is None else as_text(classes[item.label]),
                *answers,
                f"{item.distance:.4f}",
                *_measures(overlaps.get(item.row)),
            ]
        )
    return buffer.getvalue()


def _measures(overlap: Overlap | None) -> list[str]:
    """The state, what is in common as on the screen, and the measures behind it."""
    if overlap is None:
        return ["", "", *("" for _ in _PARTS)]
    three = (overlap.shared, overlap.weight, overlap.rank)
    unclear = overlap.state == "unclear"
    numbers = [None if unclear else in_common(overlap), *(measure.corrected for measure in three)]
    return [overlap.state, *("" if number is None else f"{number:.4f}" for number in numbers)]


def as_report(shown: Shown) -> str:
    """One HTML file without scripts or outside links."""
    from jinja2 import Environment
    from markupsafe import Markup

    choice, answered, verdict = shown.choice, shown.answered, shown.verdict
    names, noun, board = choice.names, NOUNS[choice.task.kind], answered.board
    field = None if verdict.after is None else shown.field
    # Autoescaped; `Markup` only around what our own functions have escaped.
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        own=Markup,
        title=choice.task.title,
        names=names,
        noun=noun,
        n=len(answered.items),
        n_explained=len(shown.compared.overlaps) if shown.compared else 0,
        # Without names it is not told either on which data they are, as in the URL.
        data="" if choice.is_blind else markup.SPLITS.get(choice.source, "Brought here"),
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        was_blind=bool(choice.blind) and not choice.is_blind,
        words=list(_words(verdict, names)),
        change=told.change(verdict, names) if verdict.after else "",
        looked=told.looked(verdict, noun),
        real=told.reveal(board, field, names) if field else [],
        in_real_use=told.in_real_use(board, field, names, noun) if field else "",
        n_field=field.n_labelled if field else 0,
        flaw=choice.task.flaw.summary if choice.task.flaw else "",
        scores=_scores(board),
        n_labelled=board.n_labelled,
        headline=headline(answered, shown.compared, noun),
        agreement=told.share(board.agreement),
        only_one_right=only_one_right(board, names, noun),
        matrix=_matrix(answered),
        states=_states(shown),
        items=list(items_drawn(answered, shown.items, names)),
        leans=leans_drawn(shown.compared),
        in_common=IN_COMMON_HELP,
        n_failed=len(shown.compared.failed) if shown.compared else 0,
    )


def _words(verdict: Verdict, names: told.Names) -> Iterator[tuple[str, str, str]]:
    """When, what, and why."""
    for when, said in (("Before looking", verdict.before), ("After looking", verdict.after)):
        if said is not None:
            yield when, told.said(said.word, names), said.why


def _scores(board: Scoreboard) -> list[tuple[str, str, str]]:
    """A line for each measure; none without labels."""
    if board.scores is None:
        return []
    first, second = board.scores
    return [
        ("Right answers", told.share(first.accuracy), told.share(second.accuracy)),
        (
            "Price of its mistakes (log loss, less is better)",
            _number(first.log_loss),
            _number(second.log_loss),
        ),
        (
            "How far “80% sure” is off (calibration error, less is better)",
            told.share(first.calibration),
            told.share(second.calibration),
        ),
    ]


def _number(found: Estimated) -> str:
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def _matrix(answered: Answered) -> dict[str, Any]:
    """How often which two answers were given together; the rare ones are one line and column."""
    given = Counter(answer for item in answered.items for answer in item.answers)
    often = sorted(answer for answer, _ in given.most_common(_ANSWERS))
    place = {answer: i for i, answer in enumerate(often)}
    names = [answered.names[answer] for answer in often]
    if len(given) > len(often):
        names.append("other answers")
    counts = Counter(
        tuple(place.get(answer, len(often)) for answer in item.answers) for item in answered.items
    )
    size = range(len(names))
    return {"names": names, "rows": [[counts[row, column] for column in size] for row in size]}


def _states(shown: Shown) -> list[tuple[str, int]]:
    """Of how many items with the same answer the reasons are the same, different, unclear."""
    overlaps = overlaps_of(shown.answered, shown.compared).values()
    found: Counter[str] = Counter(overlap.state for overlap in overlaps)
    return [(words, found[state]) for state, words in REASONS.items()] if found else []
