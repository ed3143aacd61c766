"""Two models, every second participant the other way round; kept is the model, not the side."""

from functools import partial

from trust_study.errors import DefinitionError
from trust_study.forms import Choice
from trust_study.stage import At, Page, Stage, confidence_field, read_settings
from trust_study.stages.choice.define import Settings


def page(name: str, at: At) -> Page:
    settings = read_settings(Settings, at.study.settings(name))
    if len(settings.models) != 2 or settings.better not in (0, 1):
        raise DefinitionError("The choice is between two models, of which 0 or 1 is the better.")
    if len({*settings.models} - {""}) < 2:
        raise DefinitionError("Say of each of the two models something that tells them apart.")
    options = tuple(enumerate(settings.models))
    swapped = options[::-1] if at.number % 2 else options
    return Page(
        "Which model?",
        (Choice("answer", settings.question, swapped), confidence_field("confidence", at.study)),
    )


BEFORE = Stage("choice_before", "start", Settings, partial(page, "choice_before"))
AFTER = Stage("choice_after", "end", Settings, partial(page, "choice_after"))
