"""What if: the model's answer after the changes in the URL, and how to say what was changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from lime_engine.subjects import TabularSubject
from lime_engine.types import Explanation
from ui import wording, work
from ui.choice import Choice
from ui.waiting import fetch


@dataclass(frozen=True, slots=True)
class Changed:
    """The model's `answer` (n_classes,) after a change, and the components that are `off` in it."""

    answer: Sequence[float]
    off: Sequence[int]


def changed(choice: Choice) -> Changed | None:
    """The answer to what is switched off or edited; None if nothing is, or it is not here yet."""
    if not choice.is_changed:
        return None
    # The answer depends on no setting, so that another class or K asks nothing.
    request = choice.request.alone()
    off, edits = tuple(sorted(choice.off)), tuple(sorted(choice.edits, key=lambda edit: edit[0]))
    found = fetch(
        "what-if",
        request.store_id("what-if", repr((off, edits))),
        work.what_if,
        request,
        off,
        edits,
        affinity=request.affinity,
        what="Asking the model about your edit",
    )
    return None if found is None else Changed(found["answer"], found["off"])


def in_words(choice: Choice, explanation: Explanation, change: Changed) -> str:
    """What was changed, what the model says to it, and what the imitation expected."""
    subject = explanation.subject
    if isinstance(subject, TabularSubject):
        done = wording.with_values(
            [
                (subject.columns[i], wording.cell(value), wording.cell(subject.values[i]))
                for i, value in choice.edits
            ]
        )
    else:
        names = wording.part_names(subject)
        done = wording.without([names[i] for i in choice.off])
    return " ".join(wording.changed(explanation, done, change.off, change.answer))
