"""The statements, each with five steps."""

from trust_study.forms import Choice
from trust_study.stage import At, Page, Stage, read_settings
from trust_study.stages.satisfaction.define import Settings

STEPS = tuple((n, str(n)) for n in range(1, 6))


def page(at: At) -> Page:
    settings = read_settings(Settings, at.study.settings("satisfaction"))
    return Page(
        "How was this part?" if at.study.is_within else "How was it?",
        tuple(
            Choice(f"statement_{n}", statement, STEPS, ("I disagree", "I agree"))
            for n, statement in enumerate(settings.statements, 1)
        ),
    )


STAGE = Stage("satisfaction", "part", Settings, page)
