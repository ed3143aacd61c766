"""Plain sentences about an explanation; pure functions, no markup."""

from collections.abc import Sequence
from typing import Any

from lime_engine.fit.fidelity import HALF
from lime_engine.settings import Mode
from lime_engine.show.words import FAR_OFF
from lime_engine.subjects import ImageSubject, Subject, TextSubject, Value
from lime_engine.types import Explanation
from sample_models import Task
from ui.figures.linked import numbered
from ui.figures.pixels import region_names, superpixel_places
from ui.shell.wording import (
    NOUNS,
    cell,
    headline,
    listed,
    nouns,
    part_names,
    percent,
    points,
    visible,
)

MOST_CELLS = 3  # of a row that are told
UNMOVED = 0.0005  # less than is told of a change


def badged(explanation: Explanation) -> bool:
    """Whether bars need numbers: where names alone do not tell the shown parts apart."""
    if isinstance(explanation.subject, ImageSubject):
        return True
    names = [visible(explanation.subject.labels[w.index]) for w in explanation.weights]
    return len(set(names)) < len(names)


def names_of(explanation: Explanation) -> tuple[str, ...]:
    """The name of each part, in all that is said of it: with the number that its bar has.

    A region is "1: lower left"; one that has no bar "region 12, upper left".
    """
    subject, numbers = explanation.subject, numbered(weights_of(explanation))
    if isinstance(subject, ImageSubject):
        return tuple(region_names(subject, numbers))
    names = part_names(subject)
    if not badged(explanation):
        return names
    return tuple(f"{numbers[i]}: {n}" if i in numbers else n for i, n in enumerate(names))


def bar_names(explanation: Explanation) -> tuple[str, ...]:
    """The name of each part beside its bar, and beside the bar's number if it has one."""
    subject = explanation.subject
    if isinstance(subject, ImageSubject):
        return tuple(place.words for place in superpixel_places(subject))
    return part_names(subject)


def weights_of(explanation: Explanation) -> dict[int, float]:
    """The weight of each part that is shown."""
    return {weight.index: weight.weight for weight in explanation.weights}


def strongest(explanation: Explanation) -> float:
    """The largest weight, in units of the answer; 0 without weights."""
    return max((abs(weight.weight) for weight in explanation.weights), default=0.0)


def verdict(explanation: Explanation, label: int | None, *, is_edited: bool) -> tuple[str, bool]:
    """Whether the model's answer is that in the data: ("wrong: labelled husky", True).

    The second says whether it is wrong. Of an edited item: "was wrong", for the label is that of
    the item as it came. Empty where none is known.
    """
    if label is None:
        return "", False
    is_wrong = said(explanation.probabilities) != label
    judged = f"{'was ' if is_edited else ''}{'wrong' if is_wrong else 'right'}"
    return f"{judged}: labelled {explanation.class_names[label]}", is_wrong


def said(answer: Sequence[float]) -> int:
    """The number of the class that the model says."""
    return max(range(len(answer)), key=answer.__getitem__)


def effect(explanation: Explanation, done: str, answer: Sequence[float]) -> str:
    """What an edit did, in one sentence; `done` is made by `without` or `with_values`."""
    now = said(answer)
    if now != said(explanation.probabilities):
        return f"{done} the model changes its mind."
    was = explanation.probabilities[now]
    if percent(was) == percent(answer[now]):
        return f"{done} the model says the same."
    return f"{done} the model is {'surer' if answer[now] > was else 'less sure'}."


def starts_from(explanation: Explanation) -> str:
    """What an item is with none of its parts there."""
    match explanation.subject:
        case TextSubject():
            return "without any word"
        case ImageSubject():
            return "all painted over"
        case _:
            return "random values"


def adds_up(explanation: Explanation, start: float) -> str:
    """How the weights shown and the rest lead from the start to the answer, in two sentences."""
    noun, target = nouns(explanation.subject), explanation.target
    name, end = explanation.class_names[target], percent(explanation.probabilities[target])
    match explanation.subject:
        case TextSubject():
            nothing = "Without any word"
        case ImageSubject():
            nothing = "With the whole picture painted over"
        case _:
            nothing = "For rows with values drawn at random, on average,"
    return (
        f"{nothing} the model gives {name} {percent(start)}; as it is, {end}. “Everything else” is "
        f"what these {noun.parts} do not account for: the other {noun.parts}, and {noun.parts} "
        "that only count together."
    )


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


def lowered(explanation: Explanation, wanted: int | str) -> str:
    """That there were fewer copies than somebody wanted, and why; empty if there were not."""
    n, d = explanation.n_samples, explanation.subject.n_components
    if isinstance(wanted, str) or explanation.fidelity.exact or n >= wanted:
        return ""
    noun = nouns(explanation.subject)
    return (
        f"It was asked about {n:,} copies, not {wanted:,}: this {noun.item} has {d:,} "
        f"{noun.parts}, and more copies of so many take more memory than there is for one "
        f"explanation. For steadier numbers bring a smaller {noun.item}."
    )


def reckoned(explanation: Explanation) -> str:
    """What tells how the model reacts near the item: the weights, or the tree, that are shown."""
    return "small tree" if explanation.settings.surrogate == "tree" else "bars"


def shown_parts(explanation: Explanation) -> str:
    """The parts that an explanation shows, in words: "these six words"."""
    n, noun = len(explanation.weights), nouns(explanation.subject)
    if n == 1:
        return f"this one {noun.part}"
    return f"these {_NUMERALS.get(n, n)} {noun.parts}"


_NUMERALS = dict(enumerate("two three four five six seven eight nine ten eleven twelve".split(), 2))


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
    """What the model says after a change, and what the bars let expect of it. Two sentences.

    `done` is made by `without` or `with_values`; `off` are the components that are off after it.
    They add up to a level of their own, which is no answer: what to expect is told as a change.
    """
    target = explanation.target
    before, after = explanation.probabilities[target], answer[target]
    expected = explanation.forecast(off) - explanation.forecast()
    name = explanation.class_names[target]
    now, sure = headline(answer, explanation.class_names)
    was, _ = headline(explanation.probabilities, explanation.class_names)
    turned = f"the model now says {now}, {sure}" if now != was else f"the model still says {now}"
    new, old = percent(after), percent(before)
    by = reckoned(explanation)
    poor = ""
    if abs(expected - (after - before)) > FAR_OFF:
        poor = f" The {by} {'are' if by == 'bars' else 'is'} a poor guide here."
    return (
        f"{done} {turned}: {name} {new} {'as before' if new == old else f'instead of {old}'}.",
        f"By the {by} {_moved(expected)}.{poor}",
    )


def _moved(by: float) -> str:
    """A change of the answer: "it would fall by 12 points"."""
    if abs(by) < UNMOVED:
        return "nothing would change"
    return f"it would {'rise' if by > 0 else 'fall'} by {points(by)}"


def evidence(
    part: str, found: dict[str, Any], class_names: Sequence[str], subject: Subject, of: str
) -> str:
    """How often a word occurs, or a value lies in a bin, per class in the training data.

    `found` is what `ui.explain.work.evidence` returns, `of` its key for this component.
    """
    table = not isinstance(subject, TextSubject)
    items, happens = ("rows", "holds") if table else ("texts", "stands")
    if "train" not in found["totals"]:
        return (
            f"What the models learned from is not at hand, so “{visible(part)}” cannot be counted "
            f"there. These are the {items} that they are tried on."
        )
    totals, counts = found["totals"]["train"], found["counts"][of]["train"]
    if not any(counts):
        return f"“{visible(part)}” does not occur in the {items} that the models learned from."
    shares = [
        f"in {_share(n, total)} {name} ones"
        for n, total, name in zip(counts, totals, class_names, strict=True)
    ]
    where = f"Of the {items} that the models learned from"
    return f"{where}, “{visible(part)}” {happens} {' and '.join(shares)}."


def _share(n: int, total: int) -> str:
    """A percentage, or the count where it is too small for one to mean much."""
    if n == 0:
        return "none of the"
    if n < 10:
        return f"{n} of the {total:,}"
    return f"{n / total:.1%} of the"


def outside(found: dict[str, Any], task: Task) -> tuple[str, str] | None:
    """That an item is like nothing the model has learned from, and what to make of it.

    `found` is what `ui.explain.work.outside` returns; None where it is like what the model knows.
    The first of the two is the one to see.
    """
    if not found["is_outside"]:
        return None
    of = task.learned_from
    told = f"It learned from {of}, and from nothing else. " if of else ""
    noun = NOUNS[task.kind]
    if "words" in found:
        head = _known(*found["words"])
    elif "cells" in found:
        beyond = [_beyond(*cell) for cell in found["cells"]]
        more = f"; and {len(beyond) - MOST_CELLS} more" if len(beyond) > MOST_CELLS else ""
        head = f"The model has never met this: {'; '.join(beyond[:MOST_CELLS])}{more}."
    elif of:
        head, told = f"The model learned from {of} only; this looks like none of them.", ""
    else:
        head = f"This {noun.item} looks like none that the model learned from."
    return head, f"{told}It answers whatever it is asked: do not lean on this answer."


def _known(known: int, n: int) -> str:
    """How many of a text's words the model knows."""
    if n == 0:
        return "There is no word here that the model can read."
    if n == 1:
        return "The model does not know this word."
    return f"The model knows {f'{known:,}' if known else 'none'} of these {n:,} words."


def _beyond(column: str, value: Value, low: float | None, high: float | None) -> str:
    """A value that no training row has, with what they have."""
    if low is None or high is None:
        return f"{column} {cell(value)}"
    return f"{column} {cell(value)} (it knows {cell(low)} to {cell(high)})"


def guessed(guess: int, said: int, label: int | None, class_names: Sequence[str]) -> str:
    """Who was right, a person or the model; or that they differ, where nobody knows."""
    if label is None:
        if guess == said:
            return f"You and the model agree on {class_names[said]}."
        return f"You say {class_names[guess]}, the model says {class_names[said]}."
    right = f"it is labelled {class_names[label]}"
    match guess == label, said == label:
        case True, True:
            return f"You are both right: {right}."
        case True, False:
            return f"You are right, and the model is wrong: {right}."
        case False, True:
            return f"The model is right, and you are not: {right}."
        case _:
            return f"You are both wrong: {right}."


def score(rounds: Sequence[tuple[int, int, int]]) -> str:
    """How often a person and the model were right; (guess, answer, label) for each item."""
    n = len(rounds)
    yours = sum(guess == label for guess, _, label in rounds)
    its = sum(said == label for _, said, label in rounds)
    return f"Right so far: you {yours} of {n}, the model {its} of {n}."
