"""The item's parts to tick, in the order in which the item has them."""

from trust_study.forms import Ticks, Words
from trust_study.stage import At, Page, Stage, read_settings
from trust_study.stages.marks.define import Settings


def page(at: At) -> Page:
    settings = read_settings(Settings, at.study.settings("marks"))
    item = at.the_item
    parts = tuple((n, component.name) for n, component in enumerate(item.components))
    return Page(
        "What should not matter",
        (Ticks("marked", settings.question, parts), Words("comment", "Why? (if you like)")),
        template="own/page.jinja",
        context={"item": item},
    )


STAGE = Stage("marks", "item", Settings, page)
