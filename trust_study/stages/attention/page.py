"""The question and its answers."""

from trust_study.errors import DefinitionError
from trust_study.forms import Choice
from trust_study.stage import At, Page, Stage, read_settings
from trust_study.stages.attention.define import Settings


def page(at: At) -> Page:
    settings = read_settings(Settings, at.study.settings("attention"))
    if not 0 <= settings.right < len(settings.options):
        raise DefinitionError("The right answer of the attention check is none of its answers.")
    return Page(
        "One more question",
        (Choice("answer", settings.question, tuple(enumerate(settings.options))),),
    )


STAGE = Stage("attention", "end", Settings, page)
