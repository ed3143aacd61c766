"""Sentences about a study."""

from typing import TYPE_CHECKING

from trust_study.frozen import Item, Study
from ui.study.draft import Draft

if TYPE_CHECKING:
    from trust_study.scoring.planning import Precision
    from trust_study.store.studies import Kept

MEASURES = {
    "discernment": "telling right answers from wrong ones (d′)",
    "over_reliance": "following wrong answers",
    "under_reliance": "refusing right answers",
}
DESIGNS = {
    "all": "The answer alone, LIME, shuffled weights",
    "lime": "The answer alone, LIME",
    "placebo": "LIME, shuffled weights",
    "only": "LIME only",
}
ARMS = {"answer": "The answer alone", "lime": "LIME", "placebo": "Shuffled weights"}
STAGES = {
    "briefing": "Instructions",
    "choice": "Choose between two models, before and after",
    "marks": "Mark what should not matter",
    "forward": "Guess the model's answer",
    "satisfaction": "Satisfaction",
    "attention": "Attention check",
}
SHARED_OUT = (
    "Everybody all kinds: one kind after another, each with items of its own, in an order that "
    "changes from person to person."
)
SEED = (
    "A number with which chance begins. Drawn with it: the order in which each person meets the "
    "items, and, where everybody meets all kinds, their order and which items come in which kind. "
    "The same number draws the same again. Who comes next gets the kind that fewest have."
)
MODELS = (
    "People read these two before the first item and after the last one, and say which model they "
    "would use; the sides change from person to person. The instructions should say which of the "
    "two gives the answers here."
)
AFTER_LAUNCH = (
    "The launch freezes the items, the answers, the explanations and these settings. A change "
    "afterwards is a new version, with a link of its own."
)
KEEP_LINK = (
    "This page's address is the only way back to this study. Keep it: whoever has it can close the "
    "study and see everything; nobody can find it again, since only its hash is stored."
)

COUNTED = {
    "Joined": "They consented in the same act. Who only looks at the link is not stored.",
    "Cut short": "They had begun, and not finished, when you locked the study.",
}
LOCK = (
    "Nobody can join or answer any more, who has begun neither. What is stored stays, and who has "
    "not finished is told so. This cannot be undone."
)
REVEAL = (
    "You and the participants see what was right and what should not have mattered. Nobody can "
    "answer after that: it locks the study, too. This cannot be undone."
)


def state(kept: "Kept") -> str:
    """What people can still do in a launched study."""
    if kept.revealed_at is not None:
        return "Revealed: people see what was right, and nobody can answer any more."
    if kept.locked_at is not None:
        return "Locked: nobody can join or answer any more. What is stored stays."
    if kept.closed_at is not None:
        return "Closed: nobody can join any more; who has begun may go on."
    return "Open: people can join."


def designs(draft: Draft) -> dict[str, str]:
    """What people can see, and what they do in a study that was not made here."""
    if draft.design in DESIGNS:
        return DESIGNS
    return {**DESIGNS, draft.design: ", ".join(ARMS[arm] for arm in draft.arms)}


def view(arm: str | None) -> str:
    """What people see of an item: in an arm, or before their own answer."""
    return "The item, for an answer of one's own" if arm is None else ARMS[arm]


def item_name(number: int, item: Item) -> str:
    """An item in a list of all, with its first words or values."""
    said = item.shown.first_words()
    return f"{number}. {said}" if said else f"Picture {number}"


def share(study: Study) -> str:
    """How often the model is right about the items."""
    known = [item.is_right for item in study.items if item.is_right is not None]
    wrong = known.count(False)
    said = f"The model is wrong about {wrong} of these {len(known)}."
    if not wrong or wrong == len(known):
        return f"{said} Nobody can tell right from wrong where all is one: choose other items."
    return said


def expected(draft: Draft, found: "Precision") -> str:
    """What precision to expect."""
    unit = "" if draft.primary == "discernment" else " points"
    times = 1 if draft.primary == "discernment" else 100
    digits = 2 if times == 1 else 0

    def number(value: float) -> str:
        return f"±{times * value:.{digits}f}{unit}"

    said = f"With {draft.people} people, expect {number(found.arm)} for each kind of explanation"
    if found.difference is not None:
        said += f", and {number(found.difference)} for the difference between two of them"
    return said + "."


def cost(draft: Draft) -> str:
    """What it costs, in time and money."""
    hours = draft.people * draft.minutes / 60
    said = f"That is {hours:,.1f} hours of people's time"
    return said + (f", and {draft.people * draft.price:,.2f} to pay." if draft.price else ".")
