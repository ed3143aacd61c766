"""How far to believe an explanation, in plain words: does it fit, repeat, and is it right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lime_engine.types import Explanation, Fidelity
from ui.explain.wording import FAR_OFF, imitation, same_answer
from ui.shell.wording import listed, nouns, part_names, percent, points

GOOD_FIT, POOR_FIT = 0.8, 0.5  # of R^2; ours, no universal marks exist
FEW_SAMPLES = 5  # effective samples a component, below which we warn
FLAT_SPREAD = 0.01  # the answer moves by less than a percentage point
TOLD_TIES = 2


@dataclass(frozen=True, slots=True)
class Belief:
    """One line of "how far to believe it": a name, a value, a sentence, and the "?"."""

    name: str
    value: str
    sentence: str
    help: str
    warn: bool


def beliefs(explanation: Explanation) -> tuple[Belief, Belief, Belief]:
    """Whether it fits, whether it would repeat, and who can say whether it is right."""
    return _fit(explanation, explanation.fidelity), _repeats(explanation), _right(explanation)


def cautions(explanation: Explanation) -> list[str]:
    """What else somebody should know before believing it; empty where nothing is odd."""
    noun, fidelity = nouns(explanation.subject), explanation.fidelity
    d, found = explanation.subject.n_components, []
    if fidelity.local_gap > FAR_OFF:
        found.append(
            f"On this very {noun.item} the imitation is off by {points(fidelity.local_gap)}: its "
            "weights tell in which direction the model is pushed better than how far."
        )
    if not fidelity.exact and fidelity.effective_samples < FEW_SAMPLES * (d + 1):
        found.append(
            f"Few of the {explanation.n_calls:,} copies are near the original: together they tell "
            f"as much as {fidelity.effective_samples:,.0f} equal ones, which is little for {d:,} "
            f"{noun.parts}. Ask about more copies."
        )
    return found


def ties(explanation: Explanation) -> list[str]:
    """Which of the shown components cannot be told apart, the strongest first."""
    if explanation.stability is None:
        return []
    names = part_names(explanation.subject)
    shown = {weight.index for weight in explanation.weights}
    groups = [g for g in explanation.stability.ties if shown & set(g)]
    return [
        f"{listed([names[i] for i in group], 4)} cannot be told apart: which of them counts more "
        "may be chance."
        for group in groups[:TOLD_TIES]
    ]


def mixed_columns(together: Mapping[str, Sequence[str]]) -> list[str]:
    """That copies mix columns as no real row would; `together` are those that move together."""
    names = [name for name, others in together.items() if others]
    if not names:
        return []
    first, others = names[0], list(together[names[0]])
    told = (
        f"In the training rows {first} nearly always moves with {listed(others, 2)}. Copies change "
        "one without the other, as no real row would: how the weight is shared between such "
        "columns says little about either."
    )
    if len(names) > 1:
        told += f" The same goes for {listed(names[1:], 3)}."
    return [told]


def _fit(explanation: Explanation, fidelity: Fidelity) -> Belief:
    noun = nouns(explanation.subject)
    copies = (
        f"all {explanation.n_calls:,} possible copies of this {noun.item}"
        if fidelity.exact
        else f"{fidelity.n_held_out:,} fresh copies of this {noun.item} that it had not seen"
    )
    what = (
        f"The imitation is checked on {copies}: how closely does its answer follow the model's? "
        "100% is always the same, 0% no better than one fixed answer. It does not say that the "
        f"model is right, nor that these {noun.parts} cause anything in the world: only that they "
        f"describe what this model does near this {noun.item}. The marks at 80% and 50% are ours."
    )
    flat = fidelity.spread is not None and fidelity.spread < FLAT_SPREAD
    if fidelity.r2 is None or flat:
        return Belief(
            "Does the imitation fit?",
            "nothing to fit",
            f"The model's answer hardly moves, whichever {noun.parts} are {noun.changed}: "
            "there is little to explain here.",
            what,
            True,
        )
    value = f"{max(0.0, fidelity.r2):.0%}"
    if fidelity.r2 >= GOOD_FIT:
        sentence = (
            f"A {imitation(explanation)} of the model near this {noun.item} gets {value} of it "
            "right"
        )
    elif fidelity.r2 >= POOR_FIT:
        sentence = f"A rough imitation: the {noun.parts} shown tell the larger part of the story"
    else:
        sentence = (
            f"A poor imitation: near this {noun.item} the model has no simple story. Read with care"
        )
    if fidelity.same_side is not None and fidelity.constant_same_side is not None:
        sentence += (
            f"; it sides with the model on {percent(fidelity.same_side)} of the copies "
            f"(always saying {same_answer(explanation)} would: "
            f"{percent(fidelity.constant_same_side)})"
        )
    return Belief("Does the imitation fit?", value, sentence + ".", what, fidelity.r2 < POOR_FIT)


def _repeats(explanation: Explanation) -> Belief:
    noun, stability = nouns(explanation.subject), explanation.stability
    name = "Would it repeat?"
    k = len(explanation.weights)
    same = f"the same {noun.parts}" if k != 1 else f"the same {noun.part}"
    what = (
        f"The copies are drawn at random. This says whether another draw would show the same "
        f"{noun.parts}, or others that count as much (within a fifth of the strongest; the mark is "
        "ours). The thin line at each bar is where its number would lie in 95 of 100 draws. It is "
        "no sign that the model is right."
    )
    if explanation.fidelity.exact:
        return Belief(
            name,
            "always",
            f"All {explanation.n_calls:,} possible copies were asked: another run gives the same "
            "numbers.",
            what,
            False,
        )
    if stability is None and explanation.settings.surrogate == "tree":
        return Belief(
            name,
            "not known",
            "For a small tree there is no such check. “Does it survive?” below tries it out.",
            what,
            True,
        )
    if stability is None:
        return Belief(
            name,
            "not known",
            f"{explanation.n_samples:,} copies are too few to tell for "
            f"{explanation.subject.n_components:,} {noun.parts}.",
            what,
            True,
        )
    if stability.settled:
        told = f"Another run would show {same}, or others that count as much."
        return Belief(name, "yes", " ".join([told, *ties(explanation)]), what, False)
    names = part_names(explanation.subject)
    open_ones = [names[w.index] for w in explanation.weights if not w.settled]
    told = f"Another run may show others instead of {listed(open_ones, 3)} (the pale bars)."
    if stability.forecast is not None:
        told += f" About {_round(stability.forecast):,} copies would settle it."
    return Belief(name, "not settled", told, what, True)


def _right(explanation: Explanation) -> Belief:
    noun = nouns(explanation.subject)
    return Belief(
        "Is it right?",
        "you judge",
        f"No number can tell. Would you, knowing the matter, accept these {noun.parts} as reasons?",
        "An explanation that fits and repeats can still be that of a wrong model: it shows what "
        "the model leans on, not whether it should. Reasons that sound good are no proof either, "
        "and people believe wrong answers more readily when reasons come with them.",
        False,
    )


def _round(n: int) -> int:
    """To two digits, upwards: a forecast is no more exact."""
    unit = 10 ** max(0, len(str(n)) - 2)
    return int(-(-n // unit) * unit)
