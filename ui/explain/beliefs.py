"""How far to believe an explanation, in plain words: what it tells, repeats, is it right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lime_engine.samplers import most_samples
from lime_engine.show.words import (
    GOOD_FIT,
    POOR_FIT,
    Verdict,
    has_few_samples,
    is_far_off,
    is_flat,
    verdict,
)
from lime_engine.types import Explanation, Fidelity
from ui.explain.wording import names_of, reckoned, same_answer, shown_parts
from ui.shell.wording import listed, nouns, percent, points
from ui.workshop.request import N_SAMPLES

TOLD_TIES = 2


@dataclass(frozen=True, slots=True)
class Belief:
    """One line of "how far to believe it": a name, a value, a sentence, and the "?"."""

    name: str
    value: str
    sentence: str
    help: str
    warn: bool


def in_short(explanation: Explanation) -> Verdict:
    """The first of its beliefs that asks for care, in a few plain words; else that it holds up."""
    return verdict(explanation)


def beliefs(explanation: Explanation) -> tuple[Belief, Belief, Belief]:
    """How much it tells, whether it would repeat, and who can say whether it is right."""
    return _fit(explanation, explanation.fidelity), _repeats(explanation), _right(explanation)


def cautions(explanation: Explanation) -> list[str]:
    """What else somebody should know before believing it; empty where nothing is odd."""
    noun, fidelity = nouns(explanation.subject), explanation.fidelity
    d, found = explanation.subject.n_components, []
    most = most_samples(d)
    if is_far_off(explanation):
        found.append(
            f"For this very {noun.item} the {reckoned(explanation)} would have it "
            f"{points(fidelity.local_gap)} off what the model says: trust which way a {noun.part} "
            "pushes more than how far."
        )
    if has_few_samples(explanation):
        found.append(
            f"Few of the {explanation.n_calls:,} copies are much like this {noun.item}: they count "
            f"for as much as {fidelity.effective_samples:,.0f} would, which is little for {d:,} "
            f"{noun.parts}." + (" Ask about more copies." if explanation.n_samples < most else "")
        )
    return found


def ties(explanation: Explanation) -> list[str]:
    """Which of the shown components cannot be told apart, the strongest first."""
    if explanation.stability is None:
        return []
    names = names_of(explanation)
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
        f"In real rows {first} nearly always rises and falls with {listed(others, 2)}. "
        "Here one is changed without the other, as in no real row: which of them gets the "
        "longer bar says little about either."
    )
    if len(names) > 1:
        told += f" The same goes for {listed(names[1:], 3)}."
    return [told]


def _fit(explanation: Explanation, fidelity: Fidelity) -> Belief:
    noun, by = nouns(explanation.subject), reckoned(explanation)
    name = f"How much do the {by} tell?" if by == "bars" else "How much does the tree tell?"
    copies = (
        f"all {explanation.n_calls:,} possible copies of this {noun.item}"
        if fidelity.exact
        else f"{fidelity.n_held_out:,} fresh copies of this {noun.item}, not used before"
    )
    what = (
        f"Checked on {copies}: how closely does what the {by} add up to follow the model's answer? "
        "100% is always the same, 0% no better than one fixed answer. It does not say that the "
        f"model is right, nor that these {noun.parts} cause anything in the world: only that they "
        f"describe what this model does near this {noun.item}. The marks at 80% and 50% are ours. "
        "(R² of the local surrogate.)"
    )
    if fidelity.r2 is None or is_flat(explanation):
        return Belief(
            name,
            "nothing to tell",
            f"The model's answer hardly moves, whichever {noun.parts} are {noun.changed}: "
            "there is little to explain here.",
            what,
            True,
        )
    value = f"{max(0.0, fidelity.r2):.0%}"
    these = shown_parts(explanation)
    near = f"how the model reacts near this {noun.item}"
    if fidelity.r2 >= GOOD_FIT:
        sentence = f"So much of {near} is told by {these}."
    elif fidelity.r2 >= POOR_FIT:
        sentence = f"Rough: only so much of {near} is told by {these}."
    else:
        sentence = f"Very rough: so little of {near} is told by {these}. Read them with care."
    if fidelity.same_side is not None and fidelity.constant_same_side is not None:
        same, constant = percent(fidelity.same_side), percent(fidelity.constant_same_side)
        if same != constant:  # else it tells nothing
            sentence += (
                f" They lead to the model's own answer on {same} of the copies; always saying "
                f"{same_answer(explanation)} would on {constant}."
            )
    return Belief(name, value, sentence, what, fidelity.r2 < POOR_FIT)


def _repeats(explanation: Explanation) -> Belief:
    noun, stability = nouns(explanation.subject), explanation.stability
    name = "Would it repeat?"
    k = len(explanation.weights)
    same = f"the same {noun.parts}" if k != 1 else f"the same {noun.part}"
    what = (
        f"Copies are made at random. This says whether other copies would show the same "
        f"{noun.parts}, or others that count as much (within a fifth of the strongest; the mark is "
        "ours). The thin line at each bar is where its number would lie 95 times of 100. It is "
        "no sign that the model is right."
    )
    if explanation.fidelity.exact:
        return Belief(
            name,
            "always",
            f"All {explanation.n_calls:,} possible copies were asked about: asked again, the "
            "numbers are the same.",
            what,
            False,
        )
    if stability is None and explanation.settings.surrogate == "tree":
        return Belief(
            name,
            "not known",
            "For a small tree there is no such check. “Asked in other ways” below tries it out.",
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
        told = f"Asked again, it would show {same}, or others that count as much."
        return Belief(name, "yes", " ".join([told, *ties(explanation)]), what, False)
    names = names_of(explanation)
    open_ones = [names[w.index] for w in explanation.weights if not w.settled]
    told = f"Asked again, it may show others instead of {listed(open_ones, 3)} (the pale bars)."
    if stability.forecast is not None and stability.forecast <= N_SAMPLES[-1]:
        told += f" About {_round(stability.forecast):,} copies would settle it."
    elif stability.forecast is not None:
        told += " To settle it would take more copies than are offered here."
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
