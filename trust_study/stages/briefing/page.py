"""The briefing as a participant gets it."""

from trust_study.frozen import Study
from trust_study.stage import At, Page, Stage, read_settings
from trust_study.stages.briefing.define import Settings


def page(at: At) -> Page:
    settings = read_settings(Settings, at.study.settings("briefing"))
    share = _share(at.study) if settings.tells_share else ""
    return Page("What you will do", (), context={"text": settings.text, "note": share})


def _share(study: Study) -> str:
    """That the items are not the usual ones: how often the model is wrong about them."""
    known = [item.is_right for item in study.items if item.is_right is not None]
    wrong = known.count(False)
    if not wrong:
        return ""
    return (
        f"The items were chosen: the model is wrong about {wrong} of these {len(known)}, which may "
        "be more often than usual."
    )


STAGE = Stage("briefing", "start", Settings, page)
