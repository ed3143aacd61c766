"""An edited item alone."""

from trust_study.stage import At, Page, Stage, label_field, read_settings
from trust_study.stages.forward.define import Settings


def page(at: At) -> Page:
    settings = read_settings(Settings, at.study.settings("forward"))
    return Page(
        "Guess the model's answer",
        (label_field("answer", settings.question, at.study),),
        template="own/page.jinja",
        context={"item": at.the_item},
    )


STAGE = Stage("forward", "edited", Settings, page)
