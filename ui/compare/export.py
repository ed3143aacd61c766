"""What is taken away from a comparison: a one-file report (HTML) and its items (CSV)."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lime_engine.overlap import Overlap
from ui.compare import decision_wording as decided
from ui.compare import verdict_wording as told
from ui.compare.choice import SIDES, CompareChoice
from ui.compare.costs import class_in_view, costs
from ui.compare.figures.report import items_drawn, leans_drawn
from ui.compare.values import Answered, Compared, Estimated, PairedItem, Scoreboard
from ui.compare.verdicts import Tally, Verdict
from ui.compare.wording import (
    IN_COMMON_HELP,
    REASONS,
    headline,
    only_one_right,
    overlaps_of,
    told_in_common,
)
from ui.explain import sheet as sheets
from ui.explain.sheet import Column, Sheet
from ui.figures import markup
from ui.figures.palette import counted
from ui.shell.wording import NOUNS
from ui.workshop.item import Item

_TEMPLATE = Path(__file__).with_name("report.html.jinja")
_CORRECTED = (
    "as a part of what two runs of one model have in common, so that 1 is as alike as reruns; "
    "empty if not known"
)
_TOGETHER = (
    Column("distance", "How far their probabilities are apart, 0 to 1.", is_number=True),
    Column(
        "reasons",
        "Whether their reasons for the same answer are the same or different; unclear if they vary "
        "too much from run to run; empty for different answers and what is not explained.",
    ),
    Column("in common", f"How much of them is in common, {_CORRECTED}.", is_number=True),
    Column(
        "share that both name",
        f"The share of the parts that both name, {_CORRECTED}.",
        is_number=True,
    ),
    Column("correlation of weights", f"How alike their weights are, {_CORRECTED}.", is_number=True),
    Column(
        "correlation of order",
        f"How alike the order of their weights is, {_CORRECTED}.",
        is_number=True,
    ),
)
_NOT_KNOWN = "not known"
_ANSWERS = 12  # in the matrix; the others are one line


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on the screen.

    `compared` is None if nothing is explained yet; `items` are those with the same answer whose
    reasons the report shows, the least alike first; `field` are the scores in real use, once
    revealed. `everybody` is what all people say of the two. For the table, `contents` tells what
    the items are, as `ui.compare.work.contents` does, and `pair` the reasons for a row, if it is
    explained.
    """

    choice: CompareChoice
    answered: Answered
    compared: Compared | None
    items: tuple[PairedItem, ...]
    verdict: Verdict
    field: Scoreboard | None
    everybody: Tally | None = None
    contents: Callable[[], Sequence[Sequence[Any]]] = lambda: ()
    pair: Callable[[int], PairedItem | None] = lambda row: None


def sheet(shown: Shown) -> Sheet:
    """One line an item; all that is in common is held against what reruns of a model have."""
    choice, answered = shown.choice, shown.answered
    kind, classes, names = choice.task.kind, answered.names, answered.columns
    overlaps = overlaps_of(answered, shown.compared)
    of_item = sheets.of_item(kind, names)
    contents = shown.contents() or [[""] * len(of_item)] * len(answered.items)
    lines = []
    for item, content in zip(answered.items, contents, strict=True):
        pair = shown.pair(item.row)
        said: list[str] = []
        for side in SIDES:
            own = () if pair is None else pair.reasons[side]
            found = sheets.reasons((reason.part, reason.weight) for reason in own)
            sure = item.sure[side]
            said += (
                classes[item.answers[side]],
                "" if sure is None else f"{sure:.4f}",
                found if pair else "",
            )
        lines.append(
            [
                str(item.row if choice.is_blind else Item(choice.source, item.row)),
                *content,
                "" if item.label is None else classes[item.label],
                *said,
                f"{item.distance:.4f}",
                *_measures(overlaps.get(item.row)),
            ]
        )
    return Sheet(
        (
            sheets.ITEM,
            *of_item,
            Column("label", "What the data say; empty if they say nothing."),
            *_of_models(choice.names),
            *_TOGETHER,
        ),
        lines,
    )


def _of_models(names: tuple[str, str]) -> Iterator[Column]:
    for name in names:
        yield Column(f"{name}: answer", f"What {name} says.")
        yield Column(f"{name}: probability", "How sure it is of that, 0 to 1.", is_number=True)
        yield Column(
            f"{name}: reasons",
            f"Why, where it is explained: {sheets.REASONS}",
        )


def _measures(overlap: Overlap | None) -> list[str]:
    """The state, what is in common as on the screen, and the measures behind it."""
    if overlap is None:
        return ["" for _ in _TOGETHER[1:]]
    three = (overlap.shared, overlap.weight, overlap.rank)
    numbers = [told_in_common(overlap), *(measure.corrected for measure in three)]
    return [overlap.state, *("" if number is None else f"{number:.4f}" for number in numbers)]


def as_report(shown: Shown) -> str:
    """One HTML file without scripts or outside links."""
    from jinja2 import Environment
    from markupsafe import Markup

    choice, answered, verdict = shown.choice, shown.answered, shown.verdict
    names, noun, board = choice.names, NOUNS[choice.task.kind], answered.board
    field = None if verdict.after is None else shown.field
    is_told = verdict.after and shown.everybody and shown.everybody.n > 1
    everybody = shown.everybody if is_told else None
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
        people=told.together(everybody, names) if everybody else "",
        said=told.counts(everybody, names) if everybody else [],
        real=told.reveal(board, field, names) if field else [],
        in_real_use=told.in_real_use(board, field, names, noun) if field else "",
        n_field=field.n_labelled if field else 0,
        flaw=choice.task.flaw.summary if choice.task.flaw else "",
        scores=_scores(board),
        decision=decided.decision(board, names),
        differences=decided.differences(board),
        classes=_classes(answered),
        costs=_costs(shown),
        n_labelled=board.n_labelled,
        headline=headline(answered, shown.compared, noun),
        agreement=told.share(board.agreement),
        only_one_right=only_one_right(board, names, noun),
        matrix=_matrix(answered),
        states=_states(shown),
        items=list(items_drawn(answered, shown.items, names)),
        leans=leans_drawn(shown.compared, names),
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
            _share(first.calibration),
            _share(second.calibration),
        ),
    ]


def _classes(answered: Answered) -> list[dict[str, Any]]:
    """What is told of each answer: for both models recall, precision and area under the curve."""
    return [
        {
            "name": answered.names[each.answer],
            "n": each.n,
            "recall": [_share(side) for side in each.recall],
            "precision": [_share(side) for side in each.precision],
            "auc": [f"{curve.auc:.3f}" for curve in each.curves or ()] or [_NOT_KNOWN] * 2,
        }
        for each in answered.classes
    ]


def _share(found: Estimated | None) -> str:
    return _NOT_KNOWN if found is None else told.share(found)


def _costs(shown: Shown) -> list[str]:
    """What mistakes cost as the choice weighs them, in sentences; none without two answers."""
    choice, answered = shown.choice, shown.answered
    miss = class_in_view(choice, answered)
    found = costs(answered.items, miss, choice.cost)
    if found is None:
        return []
    name = answered.names[miss]
    lead = f"If to miss one “{name}” costs as much as {counted(choice.cost, 'false alarm')}:"
    return [
        f"{lead} {decided.cheaper(found, choice.names)}",
        *(
            f"{of}: {decided.mistakes(side, name)} {decided.would_change(side, name)}"
            for of, side in zip(choice.names, found.sides, strict=True)
        ),
    ]


def _number(found: Estimated | None) -> str:
    if found is None:
        return _NOT_KNOWN
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
