"""What is said of an explanation in a few words: how far to believe it, and what its parts are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lime_engine.settings import LimeSettings
from lime_engine.subjects import ImageSubject, Subject, TextSubject

POSITIVE, NEGATIVE = "#E66101", "#5E3C99"  # orange speaks for a class, purple against it
GOOD_FIT, POOR_FIT = 0.8, 0.5  # of R^2; ours, no universal marks exist
FEW_SAMPLES = 5  # effective samples a component, below which we warn
FLAT_SPREAD = 0.01  # the answer moves by less than a percentage point
LEAST_SCALE = 0.02  # two percentage points: what counts less than this stays short and pale
LEAST_COLOUR = 0.01  # of the scale: what counts less is practically nothing
FAR_OFF = 0.1  # of the answer: what the bars add up to is no guide
# How much of the story the parts shown tell, by the fit's R^2.
_SHARES = (
    (0.08, "hardly any of it"),
    (0.225, "a small part of it"),
    (0.29, "a quarter of it"),
    (0.415, "a third of it"),
    (0.58, "half of it"),
    (0.71, "two thirds of it"),
    (1.0, "three quarters of it"),
)


class Shown(Protocol):
    """What is looked at of an explanation (`lime_engine.types.Explanation`)."""

    @property
    def subject(self) -> Subject: ...

    @property
    def class_names(self) -> tuple[str, ...]: ...

    @property
    def probabilities(self) -> tuple[float, ...]: ...

    @property
    def target(self) -> int: ...

    @property
    def weights(self) -> Sequence[Any]: ...

    @property
    def fidelity(self) -> Any: ...

    @property
    def stability(self) -> Any: ...

    @property
    def settings(self) -> LimeSettings: ...

    @property
    def n_samples(self) -> int: ...

    @property
    def n_calls(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far to believe it in a few words; `warn`: before the bars are believed."""

    text: str
    warn: bool


def verdict(explanation: Shown) -> Verdict:
    """The first thing that asks for care, in a few plain words; else that it holds up."""
    part, parts = part_nouns(explanation.subject)
    fidelity, stability = explanation.fidelity, explanation.stability
    if fidelity.r2 is None and fidelity.n_held_out == 0 and not fidelity.exact:
        return Verdict("Not known how much it tells: nothing was held out", True)
    if fidelity.r2 is None or is_flat(explanation):
        return Verdict("Little to explain: the answer hardly moves", True)
    share = next(words for most, words in _SHARES if fidelity.r2 <= most)
    one = len(explanation.weights) == 1
    rough = f"Rough: {f'this {part} tells' if one else f'these {parts} tell'} {share}"
    if fidelity.r2 < POOR_FIT:
        return Verdict(rough, True)
    if not fidelity.exact and stability is None:
        return Verdict("Not known whether it would repeat", True)
    if not fidelity.exact and not stability.settled:
        return Verdict("Not settled: another run may differ", True)
    if fidelity.r2 < GOOD_FIT:
        return Verdict(rough, True)
    if is_far_off(explanation) or has_few_samples(explanation):
        return Verdict("Holds up, with a caution", True)
    return Verdict("Holds up", False)


def is_flat(explanation: Shown) -> bool:
    """Whether a probability moves by less than a point; of other numbers only R^2 can tell."""
    spread = explanation.fidelity.spread
    return not _is_regression(explanation) and spread is not None and spread < FLAT_SPREAD


def is_far_off(explanation: Shown) -> bool:
    """Whether what imitates the model misses it at this very instance."""
    most = explanation.fidelity.spread or 0.0 if _is_regression(explanation) else FAR_OFF
    return bool(explanation.fidelity.local_gap > most)


def has_few_samples(explanation: Shown) -> bool:
    """Whether few of the samples count, for so many components."""
    enough = FEW_SAMPLES * (explanation.subject.n_components + 1)
    fidelity = explanation.fidelity
    return bool(not fidelity.exact and fidelity.effective_samples < enough)


def part_nouns(subject: Subject) -> tuple[str, str]:
    """What one component is called, and several."""
    if isinstance(subject, TextSubject):
        return "word", "words"
    return ("region", "regions") if isinstance(subject, ImageSubject) else ("value", "values")


def headline(explanation: Shown) -> str:
    """What the model says: "The model says urgent, 87%"."""
    answers = explanation.probabilities
    if _is_regression(explanation):
        return f"The model says {answers[0]:.4g}"
    best = max(range(len(answers)), key=answers.__getitem__)
    return f"The model says {explanation.class_names[best]}, {percent(answers[best])}"


def sides(explanation: Shown) -> tuple[str, str]:
    """What positive weights speak for, and what negative ones."""
    names, target = explanation.class_names, explanation.target
    if _is_regression(explanation):
        return "a larger answer", "a smaller answer"
    if len(names) == 2 and explanation.settings.mode == "classification":
        return names[target], names[1 - target]
    return names[target], f"not {names[target]}"


def percent(value: float) -> str:
    """Whole percents, honest at the ends: "under 1%" and "over 99%"."""
    if 0 < value < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 < value < 1 else f"{100 * value:.0f}%"


def scale(explanation: Shown) -> float:
    """The weight with the longest bar and the strongest colour."""
    largest = max((abs(weight.weight) for weight in explanation.weights), default=0.0)
    return max(largest, 0.0 if _is_regression(explanation) else LEAST_SCALE) or 1.0


def coloured(explanation: Shown) -> dict[int, float]:
    """The components that count at all, with their weights; strongest first."""
    least = LEAST_COLOUR * scale(explanation)
    strongest = sorted(explanation.weights, key=lambda weight: -abs(weight.weight))
    return {weight.index: weight.weight for weight in strongest if abs(weight.weight) >= least}


def signed(explanation: Shown, value: float) -> str:
    """A weight with its sign, "+0.120"; of a regression in whatever units it has."""
    if value == 0:
        return "0"
    if _is_regression(explanation):
        size = f"{abs(value):.4g}"
    else:
        size = f"{abs(value):.3f}" if abs(value) >= 0.0005 else f"{abs(value):.1g}"
    return f"{'+' if value > 0 else chr(0x2212)}{size}"


def _is_regression(explanation: Shown) -> bool:
    return explanation.settings.mode == "regression"
