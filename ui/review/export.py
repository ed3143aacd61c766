"""What is taken away from a review: a table (CSV) and a one-file report (HTML)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ui.explain.sheet import Column, Sheet
from ui.pick.export import cells, columns_of
from ui.review.figures.items import item_html, part_name, said, subject_at_hand
from ui.review.merging import agreed, counts, marked_parts
from ui.review.records import VERDICTS, KeptPick, Review
from ui.shell import wording

_TEMPLATE = Path(__file__).with_name("report.html.jinja")
_BEFORE = (
    Column("reviewer", "A number for each person; the one who took this away is 1.", True),
    Column("pick", "The place of the item in the pick, from 1.", True),
)
_AFTER = (
    Column("data_says", "The label in the data; empty if there is none."),
    Column(
        "verdict",
        "The reviewer's last verdict: right_reason (right, for the right reason), wrong_reason "
        "(right, for the wrong reason), wrong, unsure (cannot tell).",
    ),
    Column("first_verdict", "The verdict before the label in the data was shown."),
    Column("marked", "The parts that should not matter, to this reviewer: a JSON list."),
    Column("note", "What the reviewer wrote."),
)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A pick with the reviews of it that are shown, the reader's own first; without names."""

    kept: KeptPick
    reviews: tuple[Review, ...]


def sheet(reviewed: Reviewed) -> Sheet:
    """One line for each item that a reviewer judged."""
    kept = reviewed.kept
    told = cells(kept.kind, kept.items, kept.params.get("source", "test"), kept.class_names)
    lines = []
    for reviewer, review in enumerate(reviewed.reviews, start=1):
        for number, (item, own) in enumerate(zip(kept.items, told, strict=True), start=1):
            answer = review.get(item.row)
            if answer is None:
                continue
            lines.append(
                [
                    reviewer,
                    number,
                    *own,
                    "" if item.label is None else kept.class_names[item.label],
                    answer.verdict,
                    answer.first,
                    json.dumps(answer.marks, ensure_ascii=False),
                    answer.note,
                ]
            )
    return Sheet((*_BEFORE, *columns_of(kept.kind, kept.items), *_AFTER), lines)


def as_report(reviewed: Reviewed) -> str:
    """One HTML file without scripts or outside links."""
    from jinja2 import Environment
    from markupsafe import Markup

    kept, reviews = reviewed.kept, reviewed.reviews
    # Autoescaped; `Markup` only around what our own functions have escaped.
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        title=kept.title,
        model=kept.model,
        question=kept.question,
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        people=people(len(reviews)),
        many=len(reviews) > 1,
        verdicts=[(VERDICTS[verdict], n) for verdict, n in counts(reviews).items()],
        out=outcome(kept, reviews),
        picks=[
            {
                "said": said(kept, item),
                "label": None if item.label is None else kept.class_names[item.label],
                "html": Markup(item_html(subject_at_hand(kept, item), item, dark=False)),
                "answers": _answers(kept, item.row, reviews),
            }
            for item in kept.items
        ],
    )


def _answers(kept: KeptPick, row: int, reviews: Sequence[Review]) -> list[dict[str, Any]]:
    """What each reviewer says of an item, as the report tells it."""
    return [
        {
            "reviewer": number,
            "verdict": VERDICTS[review[row].verdict],
            "marks": [part_name(kept, part) for part in review[row].marks],
            "note": review[row].note,
        }
        for number, review in enumerate(reviews, start=1)
        if row in review
    ]


def people(n: int) -> str:
    """How many reviewed, in words."""
    return "Nobody has judged yet" if not n else f"{n} {'person' if n == 1 else 'people'} reviewed"


def outcome(kept: KeptPick, reviews: Sequence[Review]) -> str:
    """One sentence: what should not matter, to the one reviewer or to the majority of several."""
    parts = out_parts(kept, reviews)
    if not parts:
        return (
            "No part is marked by more than half of those who judged it."
            if len(reviews) > 1
            else "Nothing is marked that should not matter."
        )
    named = wording.listed([part_name(kept, part) for part in parts], at_most=12)
    if len(reviews) > 1:
        return f"More than half of those who judged them say that these should not matter: {named}."
    return f"These should not matter: {named}."


def out_parts(kept: KeptPick, reviews: Sequence[Review]) -> tuple[str, ...]:
    """What should not matter: all that the one reviewer marked; of several, what most did."""
    if len(reviews) == 1:
        return tuple(marked.part for marked in marked_parts(kept.picked, reviews[0]))
    return agreed(kept.picked, reviews)
