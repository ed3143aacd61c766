"""What if: the model's answer after the changes in the URL, and how to say what was changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from lime_engine.subjects import Subject, TabularSubject
from lime_engine.types import Explanation
from ui.explain import wording as told
from ui.explain.choice import Choice
from ui.explain.work import explaining
from ui.shell import wording
from ui.shell.waiting import fetch
from ui.workshop.request import Edits, Request


@dataclass(frozen=True, slots=True)
class Changed:
    """The model's `answer` (n_classes,) after a change, and the components that are `off` in it."""

    answer: Sequence[float]
    off: Sequence[int]


def changed(choice: Choice) -> Changed | None:
    """The answer to what is switched off or edited; None if nothing is, or it is not here yet."""
    if not choice.is_changed:
        return None
    return answer_to(
        choice.request,
        choice.off,
        choice.edits,
        kind="what-if",
        affinity=choice.request.affinity,
        what="Asking the model about your edit",
    )


def answer_to(
    request: Request,
    off: Sequence[int],
    edits: Edits,
    *,
    kind: str,
    affinity: str,
    what: str,
    apart: str = "",
) -> Changed | None:
    """The answer to the item with components off or values edited; None while it is not here.

    `kind`, `affinity` and `what` are as in `fetch`. With `apart` the store has it under an id of
    its own, from which nobody can tell that the same was asked elsewhere.
    """
    # The answer depends on no setting, so that another class or K asks nothing.
    request = request.alone()
    off, edits = tuple(sorted(off)), tuple(sorted(edits, key=lambda edit: edit[0]))
    found = fetch(
        kind,
        request.store_id(kind, repr((off, edits)), apart),
        explaining.what_if,
        request,
        off,
        edits,
        affinity=affinity,
        what=what,
    )
    return None if found is None else Changed(found["answer"], found["off"])


def in_words(choice: Choice, explanation: Explanation, change: Changed) -> str:
    """What was changed, what the model says to it, and what was to be expected."""
    what = done(explanation.subject, told.names_of(explanation), choice.off, choice.edits)
    return " ".join(told.changed(explanation, what, change.off, change.answer))


def in_short(choice: Choice, explanation: Explanation, change: Changed) -> str:
    """The same beside the answer itself, which tells the numbers."""
    what = done(explanation.subject, told.names_of(explanation), choice.off, choice.edits)
    _, expected = told.changed(explanation, what, change.off, change.answer)
    return f"{told.effect(explanation, what, change.answer)} {expected}"


def done(subject: Subject, names: Sequence[str], off: Sequence[int], edits: Edits) -> str:
    """What was changed: "Without “pain”", "With temperature 36.5 instead of 38.9".

    `names` are those of the parts.
    """
    if isinstance(subject, TabularSubject):
        return told.with_values(
            [
                (subject.columns[i], wording.cell(value), wording.cell(subject.values[i]))
                for i, value in edits
            ]
        )
    return told.without([names[i] for i in off])
