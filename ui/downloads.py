"""What a person takes away: a one-file report, JSON, CSV."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lime_engine.types import Explanation
from ui import wording
from ui.choice import Choice
from ui.figures.markup import as_html, bar, evidence_table

_TEMPLATE = Path(__file__).with_name("report.html.jinja")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a spreadsheet recognises a formula


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is on the screen; `edited`: the answer with words off, `counts`: the evidence."""

    choice: Choice
    explanation: Explanation
    label: int | None
    edited: Sequence[float] | None
    counts: dict[str, Any] | None


def as_json(shown: Shown) -> str:
    """Everything on the screen, for a program."""
    choice, edited = shown.choice, shown.edited
    return json.dumps(
        {
            "task": choice.task.key,
            "model": choice.model,
            "item": str(choice.item),
            "label": shown.label,
            "explanation": shown.explanation.to_dict(),
            "what_if": {"off": list(choice.off), "probabilities": edited} if edited else None,
            "evidence": shown.counts,
        },
        ensure_ascii=False,
        indent=2,
    )


def as_csv(shown: Shown) -> str:
    """One line a shown word: word, weight, the class it speaks for, how often it stands there."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, ["word", "weight", "speaks_for", "times"])
    writer.writeheader()
    for row in _rows(shown.explanation):
        for name in ("word", "speaks_for"):
            if str(row[name]).startswith(_FORMULA):
                row[name] = f"'{row[name]}"  # text, also to a spreadsheet
        writer.writerow(row)
    return buffer.getvalue()


def as_report(shown: Shown) -> str:
    """One HTML file without scripts or outside links."""
    from jinja2 import Environment
    from markupsafe import Markup

    choice, explanation, counts = shown.choice, shown.explanation, shown.counts
    answer, sure = wording.headline(explanation.probabilities, explanation.class_names)
    weights = {weight.index: weight.weight for weight in explanation.weights}
    subject = explanation.subject
    settings = asdict(explanation.settings) | {"components": choice.components}
    words = [weight.label for weight in explanation.weights]
    # Autoescaped; `Markup` only around what our own functions have escaped.
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        task=choice.task,
        model=choice.task.model(choice.model),
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        answer=answer,
        sure=sure,
        label=None if shown.label is None else explanation.class_names[shown.label],
        answers=list(zip(explanation.class_names, explanation.probabilities, strict=True)),
        bar=lambda probability: Markup(bar(probability, dark=False)),
        percent=wording.percent,
        positive=explanation.class_names[explanation.target],
        negative=wording.rest_name(explanation),
        text=Markup(as_html(subject.text, subject.spans, weights, off=choice.off)),
        weights=_rows(explanation),
        beliefs=wording.beliefs(explanation),
        edit=" ".join(wording.switched_off(explanation, choice.off, shown.edited))
        if shown.edited
        else "",
        evidence=[
            (
                wording.evidence(word, counts, explanation.class_names),
                Markup(evidence_table(counts, word, explanation.class_names, dark=False)),
            )
            for word in dict.fromkeys(words)
        ]
        if counts
        else [],
        settings=[(name.replace("_", " "), value) for name, value in settings.items()],
        n_calls=f"{explanation.n_calls:,}",
    )


def _sign(weight: float) -> int:
    return (weight > 0) - (weight < 0)


def _rows(explanation: Explanation) -> list[dict[str, Any]]:
    positive = explanation.class_names[explanation.target]
    negative = wording.rest_name(explanation)
    return [
        {
            "word": wording.visible(weight.label),
            "weight": f"{weight.weight:+.4f}",
            "speaks_for": {1: positive, -1: negative, 0: "neither"}[_sign(weight.weight)],
            "times": len(explanation.subject.spans[weight.index]),
        }
        for weight in explanation.weights
    ]
