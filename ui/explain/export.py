"""What a person takes away: a one-file report, JSON, CSV."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lime_engine.subjects import ImageSubject, TabularSubject, TextSubject
from lime_engine.types import ComponentWeight, Explanation
from ui.explain import beliefs, changes
from ui.explain import wording as told
from ui.explain.changes import Changed
from ui.explain.choice import Choice
from ui.figures import cards, markup, pixels
from ui.shell import wording

if TYPE_CHECKING:
    from markupsafe import Markup

_TEMPLATE = Path(__file__).with_name("report.html.jinja")
_NUMBERS = ("weight", "95_percent_from", "95_percent_to")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # to a spreadsheet


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is on the screen; `change`: the answer after edits, `evidence`: what the data says."""

    choice: Choice
    explanation: Explanation
    label: int | None
    change: Changed | None
    evidence: dict[str, Any] | None


def as_json(shown: Shown) -> str:
    """Everything on the screen, for a program."""
    choice, change = shown.choice, shown.change
    what_if = None
    if change is not None:
        what_if = {
            "off": list(change.off),
            "edits": [list(edit) for edit in choice.edits],  # column number, new value
            "probabilities": list(change.answer),
        }
    return json.dumps(
        {
            "task": choice.task.key,
            "model": choice.model,
            "item": str(choice.item),
            "label": shown.label,
            "explanation": shown.explanation.to_dict(),
            "what_if": what_if,
            "evidence": shown.evidence,
        },
        ensure_ascii=False,
        indent=2,
    )


def as_csv(shown: Shown) -> str:
    """One line a shown component, strongest first: its name, weight, and what it speaks for."""
    rows = _rows(shown.explanation)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]) if rows else ["weight"])
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(name, value) for name, value in row.items()})
    return buffer.getvalue()


def _cell(name: str, value: Any) -> Any:
    """Our own numbers stay numbers."""
    return as_text(value) if isinstance(value, str) and name not in _NUMBERS else value


def as_text(value: str) -> str:
    """Text from people, for a table: it stays text, also to a spreadsheet."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def as_report(shown: Shown) -> str:
    """One HTML file without scripts or outside links."""
    from jinja2 import Environment
    from markupsafe import Markup

    choice, explanation, found = shown.choice, shown.explanation, shown.evidence
    answer, sure = wording.headline(explanation.probabilities, explanation.class_names)
    settings = asdict(explanation.settings) | asdict(choice.view)
    # Autoescaped; `Markup` only around what our own functions have escaped.
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        task=choice.task,
        model=choice.task.model(choice.model),
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        answer=answer,
        sure=sure,
        label=None if shown.label is None else explanation.class_names[shown.label],
        answers=wording.likeliest(explanation.probabilities, explanation.class_names),
        bar=lambda probability: Markup(markup.bar(probability, dark=False)),
        percent=wording.percent,
        positive=explanation.class_names[explanation.target],
        negative=told.rest_name(explanation),
        noun=wording.nouns(explanation.subject),
        item=Markup(_item_html(shown)),
        heads=[name.replace("_", " ").capitalize() for name in (_rows(explanation) or [{}])[0]],
        rows=[list(row.values()) for row in _rows(explanation)],
        beliefs=beliefs.beliefs(explanation),
        cautions=[*beliefs.cautions(explanation), *beliefs.ties(explanation)],
        edit=changes.in_words(choice, explanation, shown.change) if shown.change else "",
        evidence=[] if found is None else list(_evidence(explanation, found)),
        settings=[(name.replace("_", " "), value) for name, value in settings.items()],
        n_calls=f"{explanation.n_calls:,}",
    )


def _evidence(explanation: Explanation, found: dict[str, Any]) -> Iterator[tuple[str, "Markup"]]:
    """A sentence and a table for each component that the evidence is about."""
    from markupsafe import Markup

    subject, names = explanation.subject, explanation.class_names
    for weight in explanation.weights:
        of = weight.label
        if isinstance(subject, TabularSubject):
            of = subject.columns[weight.index]
        yield (
            told.evidence(weight.label, found, names, subject, of=of),
            Markup(markup.evidence_table(found, of, names, dark=False)),
        )


def _item_html(shown: Shown) -> str:
    """The item with what counts in it, as HTML."""
    explanation, choice = shown.explanation, shown.choice
    weights = {weight.index: weight.weight for weight in explanation.weights}
    match explanation.subject:
        case TextSubject() as subject:
            return markup.as_html(subject.text, subject.spans, weights, off=choice.off)
        case ImageSubject() as subject:
            plain = pixels.data_uri(pixels.displayed(subject.pixels), "photograph")
            seen = pixels.data_uri(
                cards.explained_picture(subject, weights, choice.off), "photograph"
            )
            return cards.pictures_html(
                [(plain, "The picture"), (seen, "The regions that count")], width_px=380
            )
        case TabularSubject() as subject:
            return markup.row_table(subject, weights, choice.edits, dark=False)


def _rows(explanation: Explanation) -> list[dict[str, Any]]:
    """The shown components as a table."""
    names = wording.part_names(explanation.subject)
    return [
        _named(explanation, weight, names[weight.index])
        | {
            "weight": f"{weight.weight:+.4f}",
            "95_percent_from": _bound(weight, 0),
            "95_percent_to": _bound(weight, 1),
            "settled": {True: "yes", False: "no", None: ""}[weight.settled],
            "speaks_for": _side(explanation, weight.weight),
        }
        for weight in explanation.weights
    ]


def _bound(weight: ComponentWeight, end: int) -> str:
    """One end of its interval, in which it would lie in 95 of 100 runs."""
    return "" if weight.interval is None else f"{weight.interval[end]:+.4f}"


def _named(explanation: Explanation, weight: ComponentWeight, name: str) -> dict[str, Any]:
    match explanation.subject:
        case TextSubject() as subject:
            return {"word": name, "times": len(subject.spans[weight.index])}
        case ImageSubject() as subject:
            share = float((subject.segments == weight.index).mean())
            return {"region": name, "share_of_picture": f"{share:.3f}"}
        case TabularSubject() as subject:
            value = wording.cell(subject.values[weight.index])
            return {"column": subject.columns[weight.index], "value": value, "range": name}


def _side(explanation: Explanation, weight: float) -> str:
    if weight == 0:
        return "neither"
    return (
        explanation.class_names[explanation.target] if weight > 0 else told.rest_name(explanation)
    )
