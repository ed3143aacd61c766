"""What participants see, as HTML."""

from collections.abc import Mapping, Sequence

from trust_study.course import Step, in_arms, position, steps
from trust_study.forms import Value
from trust_study.frozen import Study
from trust_study.stage import At, Page
from trust_study.stages.consent.page import STAGE as CONSENT
from trust_study.stages.registry import STAGES
from trust_study.store import tokens
from trust_study.store.people import Participant
from trust_study.store.studies import Kept
from trust_study.web.drawing import draw
from trust_study.web.thumbnails import thumbnail

Answered = Mapping[Step, Mapping[str, Value]]


def code_wanted(root: str, sentence: str = "") -> str:
    """The page on which a code is typed."""
    return draw("code.jinja", root, sentence=sentence)


def sentence(root: str, heading: str, text: str) -> str:
    """A page that says one thing."""
    return draw("sentence.jinja", root, heading=heading, text=text)


def landing(
    root: str, kept: Kept, outside: Mapping[str, str], goes_on: str, sentence: str = ""
) -> str:
    """The consent. Drawing it writes nothing.

    Parameters
    ----------
    goes_on
        The secret of who has begun on this device; empty if nobody has.
    """
    return draw(
        "landing.jinja",
        root,
        page=CONSENT.page(At(kept.study, 0)),
        code=kept.code,
        is_closed=kept.closed_at is not None,
        form=tokens.fresh(),
        outside=outside,
        goes_on=goes_on,
        sentence=sentence,
        said={},
    )


def page_of(study: Study, participant: Participant, step: Step) -> Page:
    """The page of one step."""
    seat = participant.seat
    stage = STAGES[step.stage]
    item = study.item(step.item) if stage.when in ("item", "edited") else None
    in_arm = in_arms(study, seat)[step] if stage.when == "item" else None
    return stage.page(At(study, seat.number, item, in_arm))


def current(
    root: str,
    token: str,
    kept: Kept,
    participant: Participant,
    answered: Answered,
    sentence: str = "",
    said: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """The step that comes next; at the end, or at the host's, the thanks.

    Parameters
    ----------
    sentence
        What went wrong.
    said
        What had been filled in, if it is to be mended.
    """
    way = steps(kept.study, participant.seat)
    place = position(way, answered)
    context = {"token": token, "stored": place, "total": len(way), "sentence": sentence}
    if place == len(way) or kept.locked_at is not None:
        shown = _revealed(kept, way, answered) if kept.revealed_at is not None else ()
        return draw("done.jinja", root, study=kept.study, revealed=shown, **context)
    page = page_of(kept.study, participant, way[place])
    return draw(
        page.template,
        root,
        kind=kept.study.kind,
        page=page,
        step=place,
        form=tokens.fresh(),
        said=said or {},
        **context,
        **page.context,
    )


def withdrawing(root: str, token: str) -> str:
    """Asks whether all is to be deleted."""
    return draw("withdraw.jinja", root, token=token)


def _revealed(kept: Kept, way: Sequence[Step], answered: Answered) -> list[dict[str, object]]:
    """What was right, beside what the model and the person said, in the order in which they met it.

    Every item has the number and the first words, or the picture, by which they know it again.
    """
    labels = kept.study.labels
    shown: list[dict[str, object]] = []
    finals = [step for step in way if step.stage == "final"]
    for number, step in enumerate(finals, 1):
        if step not in answered:
            continue
        item = kept.study.item(step.item)
        shown.append(
            {
                "number": number,
                "words": item.shown.first_words(),
                "picture": thumbnail(item.shown.picture) if item.shown.picture else "",
                "you": labels[int(str(answered[step]["answer"]))],
                "model": labels[item.advice],
                "right": "not known" if item.truth is None else labels[item.truth],
                "flaw": ", ".join(part.name for part in item.components if part.is_flaw),
            }
        )
    return shown
