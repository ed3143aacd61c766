"""All stages. The order in which a study has them is its own; these are what it chooses from."""

from trust_study.errors import DefinitionError
from trust_study.frozen import Study
from trust_study.stage import At, read_settings
from trust_study.stages.attention.page import STAGE as ATTENTION
from trust_study.stages.briefing.page import STAGE as BRIEFING
from trust_study.stages.choice.page import AFTER, BEFORE
from trust_study.stages.consent.page import STAGE as CONSENT
from trust_study.stages.final.page import STAGE as FINAL
from trust_study.stages.forward.page import STAGE as FORWARD
from trust_study.stages.marks.page import STAGE as MARKS
from trust_study.stages.own.page import STAGE as OWN
from trust_study.stages.satisfaction.page import STAGE as SATISFACTION

STAGES = {
    stage.name: stage
    for stage in (
        *(CONSENT, BRIEFING, BEFORE),
        *(OWN, FINAL, MARKS),
        FORWARD,
        *(AFTER, SATISFACTION, ATTENTION),
    )
}


def check(study: Study) -> None:
    """Find out whether every page of the study can be drawn.

    Raises
    ------
    DefinitionError
        If a stage is unknown, stands in the wrong place or is set to what it cannot be.
    """
    names = [each.stage for each in study.stages]
    if unknown := {*names} - {*STAGES}:
        raise DefinitionError(f"There is no stage “{sorted(unknown)[0][:40]}”.")
    if names[:1] != [CONSENT.name]:
        raise DefinitionError("The first stage is the consent. Put it there.")
    if FINAL.name not in names:
        raise DefinitionError("A study needs the final answer. Switch it on.")
    if OWN.name in names and names.index(OWN.name) > names.index(FINAL.name):
        raise DefinitionError("The own answer comes before the final one. Move it up.")
    if MARKS.name in names and names.index(MARKS.name) < names.index(FINAL.name):
        raise DefinitionError("Marks come after the final answer. Move them down.")
    if FORWARD.name in names and not study.edited:
        raise DefinitionError("The forward simulation needs edited items. Add some.")
    for chosen in study.stages:
        stage = STAGES[chosen.stage]
        read_settings(stage.settings, chosen.settings)
        items = {"item": study.items, "edited": study.edited}.get(stage.when, (None,))
        for item in items:
            for arm in study.arms:
                stage.page(At(study, 0, item, arm))
