"""The item alone: nothing of the model's answer is on this page."""

from trust_study.stage import At, Page, Stage, confidence_field, label_field, read_settings
from trust_study.stages.own.define import Settings


def page(at: At) -> Page:
    settings = read_settings(Settings, at.study.settings("own"))
    return Page(
        "Your own answer",
        (
            label_field("answer", settings.question, at.study),
            confidence_field("confidence", at.study),
        ),
        template="own/page.jinja",
        context={"item": at.the_item},
    )


STAGE = Stage("own", "item", Settings, page)
