"""Plain sentences about an explanation; pure functions, no markup."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lime_engine.types import Explanation, Fidelity
from ui.figures import palette

GOOD_FIT, POOR_FIT = 0.8, 0.5  # our own marks; no universal ones exist
FLAT_SPREAD = 0.01  # the answer moves by less than a percentage point
FEW_SAMPLES = 5  # effective samples a component, below which we warn

_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """Text from people or models, for places that Streamlit reads as Markdown."""
    return _MARKDOWN.sub(r"\\\1", text.replace("\n", " "))


def percent(probability: float) -> str:
    """Whole percents in words: "under 1%" and "over 99%" for what is only nearly certain."""
    number = palette.percent(max(0.0, min(1.0, probability)))
    return number.replace("<", "under ").replace(">", "over ")


def points(difference: float) -> str:
    """A distance of two probabilities in percentage points."""
    size = abs(difference) * 100
    number = f"{size:.0f}" if size >= 10 else f"{size:.1f}"
    return f"{number} point{'' if number in ('1', '1.0') else 's'}"


def visible(label: str) -> str:
    """A component's name, also where it is white space."""
    names = {" ": "space", "\n": "line break", "\r\n": "line break", "\t": "tab"}
    return f"({names.get(label, 'white space')})" if label.isspace() else label


def strongest(explanation: Explanation) -> float:
    """The largest weight, in units of the answer; 0 without weights."""
    return max((abs(weight.weight) for weight in explanation.weights), default=0.0)


def listed(words: Sequence[str], at_most: int = 6) -> str:
    """“a”, “b” and “c”; beyond `at_most`, how many more."""
    quoted = [f"“{word if len(word) <= 30 else word[:29] + '…'}”" for word in words]
    if len(quoted) > at_most:
        return f"{', '.join(quoted[:at_most])} and {len(quoted) - at_most} more"
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def headline(probabilities: Sequence[float], class_names: Sequence[str]) -> tuple[str, str]:
    """The answer and how sure the model is of it: ("urgent", "87%")."""
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    return class_names[best], percent(probabilities[best])


def rest_name(explanation: Explanation) -> str:
    """What speaks against the explained class speaks for: the other class, or all others."""
    others = [n for i, n in enumerate(explanation.class_names) if i != explanation.target]
    return others[0] if len(others) == 1 else f"not {explanation.class_names[explanation.target]}"


def imitation(explanation: Explanation) -> str:
    """What imitates the model near the text."""
    tree = explanation.settings.surrogate == "tree"
    return "small-tree imitation" if tree else "straight-line imitation"


def switched_off(
    explanation: Explanation, off: Sequence[int], answer: Sequence[float]
) -> tuple[str, str]:
    """What the model, and what the imitation said of it, when words are off. Two sentences."""
    labels = explanation.subject.labels
    target = explanation.target
    before, after = explanation.probabilities[target], answer[target]
    forecast = explanation.forecast(off)
    name = explanation.class_names[target]
    now, sure = headline(answer, explanation.class_names)
    was, _ = headline(explanation.probabilities, explanation.class_names)
    turned = f"the model now says {now}, {sure}" if now != was else f"the model still says {now}"
    return (
        f"Without {listed([visible(labels[i]) for i in off])} {turned}: "
        f"{name} {percent(after)} instead of {percent(before)}.",
        f"The {imitation(explanation)} expected {percent(forecast)}, "
        f"{points(forecast - after)} {'too high' if forecast > after else 'too low'}.",
    )


@dataclass(frozen=True, slots=True)
class Belief:
    """One line of "how far to believe it": a name, a value, a sentence, and the "?"."""

    name: str
    value: str
    sentence: str
    help: str
    warn: bool


def beliefs(explanation: Explanation) -> tuple[Belief, Belief, Belief]:
    """Fit, local gap and effective samples in plain words."""
    fidelity = explanation.fidelity
    return _fit(explanation, fidelity), _gap(explanation), _samples(explanation)


def _fit(explanation: Explanation, fidelity: Fidelity) -> Belief:
    copies = (
        f"all {explanation.n_calls:,} possible copies of this text"
        if fidelity.exact
        else f"{fidelity.n_held_out:,} fresh copies of this text that it had not seen"
    )
    what = (
        f"The imitation is checked on {copies}: how closely does its answer follow the model's? "
        "100% is always the same, 0% no better than one fixed answer. It does not say that the "
        "model is right, nor that these words cause anything in the world: only that they describe "
        "what this model does near this text. The marks at 80% and 50% are ours."
    )
    flat = fidelity.spread is not None and fidelity.spread < FLAT_SPREAD
    if fidelity.r2 is None or flat:
        return Belief(
            "Does the imitation fit?",
            "nothing to fit",
            "The model's answer hardly moves, whichever words are switched off: "
            "there is little to explain here.",
            what,
            True,
        )
    value = f"{max(0.0, fidelity.r2):.0%}"
    if fidelity.r2 >= GOOD_FIT:
        sentence = (
            f"A {imitation(explanation)} of the model near this text gets {value} of it right"
        )
    elif fidelity.r2 >= POOR_FIT:
        sentence = "A rough imitation: the words shown tell the larger part of the story"
    else:
        sentence = "A poor imitation: near this text the model has no simple story. Read with care"
    if fidelity.same_side is not None and fidelity.constant_same_side is not None:
        sentence += (
            f"; it sides with the model on {percent(fidelity.same_side)} of the copies "
            f"(always saying {headline(explanation.probabilities, explanation.class_names)[0]} "
            f"would: {percent(fidelity.constant_same_side)})"
        )
    return Belief("Does the imitation fit?", value, sentence + ".", what, fidelity.r2 < POOR_FIT)


def _gap(explanation: Explanation) -> Belief:
    gap = explanation.fidelity.local_gap
    name = explanation.class_names[explanation.target]
    return Belief(
        "How far off on this very text?",
        points(gap),
        f"For {name} the model says {percent(explanation.probabilities[explanation.target])}, "
        f"the imitation {percent(explanation.forecast())}.",
        "The imitation is fitted to many copies with words switched off; this is how far it is "
        "from the model on the text exactly as written. A small gap does not mean that the reasons "
        "are good ones, and a large one does not mean that the model is wrong.",
        gap > 0.1,
    )


def _samples(explanation: Explanation) -> Belief:
    effective = explanation.fidelity.effective_samples
    d = explanation.subject.n_components
    help_text = (
        "Copies that keep more of the text count more. This is how many equally counted copies "
        "would tell as much. More makes the weights steadier from run to run; it does not make the "
        "imitation fit better, and says nothing about whether the model is right."
    )
    if explanation.fidelity.exact:
        return Belief(
            "How much was asked?",
            "everything",
            f"All {explanation.n_calls:,} ways to switch words off were asked: "
            "another run would give the same weights.",
            help_text,
            False,
        )
    few = effective < FEW_SAMPLES * (d + 1)
    sentence = (
        f"The model was asked about {explanation.n_calls:,} copies; near ones count more, together "
        f"as much as {effective:,.0f} equal ones"
    )
    sentence += (
        f". That is few for {d:,} different words: another run may rank them differently."
        if few
        else f", for {d:,} different words."
    )
    return Belief(
        "How much was asked?", f"{effective:,.0f} copies' worth", sentence, help_text, few
    )


def evidence(word: str, counts: dict[str, Any], class_names: Sequence[str]) -> str:
    """How often a word occurs per class in the training data, as one sentence."""
    totals, found = counts["totals"]["train"], counts["words"][word]["train"]
    if not any(found):
        return f"“{visible(word)}” does not occur in the training texts at all."
    shares = [
        f"in {_share(n, total)} {name} ones"
        for n, total, name in zip(found, totals, class_names, strict=True)
    ]
    return f"Of the training texts, “{visible(word)}” stands {' and '.join(shares)}."


def _share(n: int, total: int) -> str:
    """A percentage, or the count where it is too small for one to mean much."""
    if n == 0:
        return "none of the"
    if n < 10:
        return f"{n} of the {total:,}"
    return f"{n / total:.1%} of the"
