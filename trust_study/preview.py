"""An item as participants will see it, for a host who has not launched the study yet."""

from trust_study.course import Seat, steps
from trust_study.frozen import Arm, Item, Study
from trust_study.stage import At
from trust_study.stages.registry import STAGES
from trust_study.web.drawing import draw


def views(study: Study) -> tuple[Arm | None, ...]:
    """What there is to see of every item: it alone, if people decide first, and in each arm."""
    decides_first = any(each.stage == "own" for each in study.stages)
    return (None, *study.arms) if decides_first else study.arms


def page(root: str, study: Study, item: Item, view: Arm | None) -> str:
    """The participants' page of this item, one of `views`, on which nothing can be sent.

    Parameters
    ----------
    root
        Where the participants' pages are mounted, and their style sheet is.
    """
    drawn = STAGES["own" if view is None else "final"].page(At(study, 0, item, view))
    return draw(
        drawn.template,
        root,
        kind=study.kind,
        page=drawn,
        token="",  # of nobody
        step=0,
        form="",
        said={},
        sentence="",
        stored=0,
        total=len(steps(study, Seat(0, 0))),
        **drawn.context,
    )
