"""The model's answer and the form beneath it."""

from trust_study.forms import Field, Words
from trust_study.stage import At, Page, Stage, confidence_field, label_field, read_settings
from trust_study.stages.final import advice
from trust_study.stages.final.define import Settings


def page(at: At) -> Page:
    settings = read_settings(Settings, at.study.settings("final"))
    item = at.the_item
    reasons = advice.reasons(item, at.arm or "answer")
    fields: list[Field] = [
        label_field("answer", settings.question, at.study),
        confidence_field("confidence", at.study),
    ]
    if settings.asks_comment:
        fields.append(Words("comment", "Why? (if you like)"))
    return Page(
        "What the model says",
        tuple(fields),
        template="final/page.jinja",
        context={
            "item": item,
            "label": at.study.labels[item.advice],
            "percent": round(100 * item.probability) if settings.shows_probability else None,
            "reasons": reasons,
            "pieces": advice.pieces(item.shown.text, reasons) if item.shown.text else (),
        },
    )


STAGE = Stage("final", "item", Settings, page)
