"""Plain sentences about an explanation; pure functions, no markup."""

from collections.abc import Sequence
from typing import Any

from lime_engine.fit.fidelity import HALF
from lime_engine.settings import Mode
from lime_engine.subjects import Subject, TextSubject
from lime_engine.types import Explanation
from ui.shell.wording import headline, listed, percent, points, visible

FAR_OFF = 0.1  # of the answer: the imitation is no guide
UNMOVED = 0.0005  # less than is told of a change


def strongest(explanation: Explanation) -> float:
    """The largest weight, in units of the answer; 0 without weights."""
    return max((abs(weight.weight) for weight in explanation.weights), default=0.0)


def rest_name(explanation: Explanation) -> str:
    """What speaks against the explained class speaks for."""
    return other_than(explanation.target, explanation.class_names, explanation.settings.mode)


def other_than(target: int, class_names: Sequence[str], mode: Mode = "classification") -> str:
    """The other class; of more than two, or where each is a yes or no on its own, "not" this."""
    others = [name for i, name in enumerate(class_names) if i != target]
    if len(others) == 1 and mode == "classification":
        return others[0]
    return f"not {class_names[target]}"


def each_on_its_own(explanation: Explanation) -> str:
    """What to know of answers that are a yes or no for each class; empty for all others."""
    if explanation.settings.mode != "multilabel":
        return ""
    sure = [p >= HALF for p in explanation.probabilities]
    yes = f"{sum(sure)} of {len(sure)} are" if sum(sure) != 1 else f"1 of {len(sure)} is"
    return f"Each class is a yes or no on its own: {yes} a yes (at least 50%)."


def same_answer(explanation: Explanation) -> str:
    """What one would say who always says the same as for the item itself."""
    if explanation.settings.mode != "multilabel":
        return headline(explanation.probabilities, explanation.class_names)[0]
    name = explanation.class_names[explanation.target]
    return name if explanation.probabilities[explanation.target] >= HALF else f"not {name}"


def imitation(explanation: Explanation) -> str:
    """What imitates the model near the text."""
    tree = explanation.settings.surrogate == "tree"
    return "small-tree imitation" if tree else "straight-line imitation"


def without(names: Sequence[str]) -> str:
    """What was done, when components are switched off: "Without “a” and “b”"."""
    return f"Without {listed(names)}"


def with_values(edits: Sequence[tuple[str, str, str]]) -> str:
    """What was done, when values were edited: "With temperature 36.5 instead of 38.9".

    `edits` are columns with their new and old values, in words.
    """
    told = [f"{name} {new} instead of {old}" for name, new, old in edits[:3]]
    if len(edits) > 3:
        told.append(f"{len(edits) - 3} more edited values")
    return "With " + (told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}")


def changed(
    explanation: Explanation, done: str, off: Sequence[int], answer: Sequence[float]
) -> tuple[str, str]:
    """What the model says after a change, and what the imitation expected of it. Two sentences.

    `done` is made by `without` or `with_values`; `off` are the components that are off after it.
    The imitation has a level of its own, which is no answer: what it expects is told as a change.
    """
    target = explanation.target
    before, after = explanation.probabilities[target], answer[target]
    expected = explanation.forecast(off) - explanation.forecast()
    name = explanation.class_names[target]
    now, sure = headline(answer, explanation.class_names)
    was, _ = headline(explanation.probabilities, explanation.class_names)
    turned = f"the model now says {now}, {sure}" if now != was else f"the model still says {now}"
    new, old = percent(after), percent(before)
    poor = " It is a poor guide here." if abs(expected - (after - before)) > FAR_OFF else ""
    return (
        f"{done} {turned}: {name} {new} {'as before' if new == old else f'instead of {old}'}.",
        f"The {imitation(explanation)} expected {_moved(expected)}.{poor}",
    )


def _moved(by: float) -> str:
    """A change of the answer: "it to fall by 12 points"."""
    if abs(by) < UNMOVED:
        return "no change"
    return f"it to {'rise' if by > 0 else 'fall'} by {points(by)}"


def evidence(
    part: str, found: dict[str, Any], class_names: Sequence[str], subject: Subject, of: str
) -> str:
    """How often a word occurs, or a value lies in a bin, per class in the training data.

    `found` is what `ui.explain.work.evidence` returns, `of` its key for this component.
    """
    totals, counts = found["totals"]["train"], found["counts"][of]["train"]
    table = not isinstance(subject, TextSubject)
    items, happens = ("rows", "holds") if table else ("texts", "stands")
    if not any(counts):
        return f"“{visible(part)}” does not occur in the training {items} at all."
    shares = [
        f"in {_share(n, total)} {name} ones"
        for n, total, name in zip(counts, totals, class_names, strict=True)
    ]
    return f"Of the training {items}, “{visible(part)}” {happens} {' and '.join(shares)}."


def _share(n: int, total: int) -> str:
    """A percentage, or the count where it is too small for one to mean much."""
    if n == 0:
        return "none of the"
    if n < 10:
        return f"{n} of the {total:,}"
    return f"{n / total:.1%} of the"
