"""The consent as a participant gets it."""

from trust_study.forms import Choice
from trust_study.stage import At, Page, Stage, read_settings
from trust_study.stages.consent.define import Settings


def page(at: At) -> Page:
    settings = read_settings(Settings, at.study.settings("consent"))
    agree = Choice("agreed", "Your consent", ((1, "I have read this and agree to take part."),))
    return Page(at.study.title, (agree,), "Start", context={"text": settings.text})


STAGE = Stage("consent", "start", Settings, page)
