"""Why, twice: one item with the reasons of two models for one answer, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from lime_engine import Comparison
from lime_engine.compare import PairedWeight
from lime_engine.settings import Mode
from lime_engine.subjects import ImageSubject, Subject, TabularSubject, TextSubject
from ui.compare.choice import SIDES, CompareChoice
from ui.compare.figures.paired_weights import paired_in_words, paired_weights_chart
from ui.compare.matching import Matching
from ui.compare.place import COMPARE, about_item
from ui.explain import wording as told
from ui.explain.panels import common, image, text
from ui.explain.place import toggle_off
from ui.figures.markup import weighed_row_table
from ui.figures.palette import colour_scale
from ui.figures.pixels import region_names
from ui.shell import wording
from ui.shell.widgets import figure, figure_width, is_dark, picture_tools
from ui.shell.wording import percent, plain

Names = tuple[str, str]
_CLICK = partial(toggle_off, at=COMPARE)
_TEXT_PX = 600  # before the browser has told its width


@dataclass(frozen=True, slots=True)
class Said:
    """What a model says: the number of its answer, and its probabilities of the compared ones."""

    answer: int
    sure: float
    shares: tuple[float, ...]


def said_by(matching: Matching, side: int, probabilities: Sequence[float]) -> Said:
    """What a model says, from the probabilities of its own classes."""
    own = np.array([probabilities], dtype=float)
    answer = int(matching.answers(side, own)[0])
    return Said(answer, float(own.max()), tuple(matching.joint(side, own)[0].tolist()))


@dataclass(frozen=True, slots=True)
class Reasons:
    """What both explanations show of one item, for the compared answer `target`.

    `said` is what both models say. `weights` are those of each side by component, None for a
    model without that answer; `scale` is the weight with the strongest colour on both. `paired`
    holds one against the other, and is empty unless both have the answer.
    """

    comparison: Comparison
    names: Names
    matching: Matching
    target: int
    said: tuple[Said, Said]
    weights: tuple[dict[int, float] | None, dict[int, float] | None]
    paired: tuple[PairedWeight, ...]
    scale: float

    @property
    def subject(self) -> Subject:
        return self.comparison.explanations[0].subject

    @property
    def positive(self) -> str:
        """What positive weights speak for."""
        return self.matching.names[self.target]

    @property
    def negative(self) -> str:
        """What negative weights speak for."""
        return told.other_than(self.target, self.matching.names, self.mode)

    @property
    def mode(self) -> Mode:
        """How both models were asked."""
        return self.comparison.explanations[0].settings.mode

    @property
    def shown(self) -> list[int]:
        """The components that either side shows, the strongest first."""
        sizes: dict[int, float] = {}
        for own in self.weights:
            for i, weight in (own or {}).items():
                sizes[i] = max(sizes.get(i, 0.0), abs(weight))
        return sorted(sizes, key=lambda i: -sizes[i])

    @property
    def numbers(self) -> dict[int, int] | None:
        """The numbers of the regions in both pictures and in the chart of both."""
        if not self.paired or not isinstance(self.subject, ImageSubject):
            return None
        return {pair.index: n for n, pair in enumerate(self.paired, start=1)}

    @property
    def parts(self) -> Sequence[str]:
        """The name of each part."""
        if isinstance(self.subject, ImageSubject):
            return region_names(self.subject, self.numbers)
        return wording.part_names(self.subject)


def reasons_of(comparison: Comparison, names: Names, matching: Matching, target: int) -> Reasons:
    """The reasons for one of the compared answers, which at least one of the models has."""
    has = [matching.own_class(side, target) is not None for side in SIDES]
    paired = comparison.weights if all(has) else ()

    def of(side: int) -> dict[int, float] | None:
        if not has[side]:
            return None
        if paired:
            return {pair.index: pair.weights[side] for pair in paired}
        return {w.index: w.weight for w in comparison.explanations[side].weights}

    first, second = (
        said_by(matching, side, comparison.explanations[side].probabilities) for side in SIDES
    )
    weights = (of(0), of(1))
    scale = colour_scale(weight for own in weights for weight in (own or {}).values())
    return Reasons(comparison, names, matching, target, (first, second), weights, paired, scale)


def side_by_side(choice: CompareChoice, reasons: Reasons) -> None:
    """The item with each model's reasons, to be clicked."""
    match reasons.subject:
        case TabularSubject() as subject:
            for side in SIDES:
                _remarks(reasons, side)
            shown = {
                name: own
                for name, own in zip(reasons.names, reasons.weights, strict=True)
                if own is not None
            }
            st.html(weighed_row_table(subject, shown, choice.edits, dark=is_dark()))
        case TextSubject() as subject:
            _texts(choice, reasons, subject)
        case ImageSubject() as subject:
            for side, column in zip(SIDES, st.columns(2, gap="medium"), strict=True):
                with column:
                    own = _heading(reasons, side)
                    if own is not None:
                        image.picture(
                            subject,
                            own,
                            reasons.positive,
                            reasons.negative,
                            numbers=reasons.numbers,
                            off=choice.off,
                            scale=reasons.scale,
                            key=f"picture-of-{side}",
                            about=about_item(choice),
                            on_click=_CLICK,
                        )
            has = [side for side in SIDES if reasons.weights[side] is not None]
            picture_tools([f"picture-of-{side}" for side in has])


def _texts(choice: CompareChoice, reasons: Reasons, subject: TextSubject) -> None:
    """The text twice; of a long one the same part."""
    above = st.container()
    columns = st.columns(2, gap="medium")
    with columns[0]:  # both are as wide
        width = figure_width("texts-width", _TEXT_PX)
    with above:
        lines = text.lines_shown(subject, width, key=f"part-{choice.row}")
    for side, column in zip(SIDES, columns, strict=True):
        with column:
            own = _heading(reasons, side)
            if own is not None:
                text.highlights(
                    subject,
                    own,
                    lines,
                    width_px=width,
                    off=choice.off,
                    key=f"text-{side}",
                    about=about_item(choice),
                    on_click=_CLICK,
                    scale=reasons.scale,
                )


def _heading(reasons: Reasons, side: int) -> dict[int, float] | None:
    """Whose reasons these are, and the weights to draw."""
    said = reasons.said[side]
    answer = reasons.matching.names[said.answer]
    st.markdown(f"**{plain(reasons.names[side])}** says {plain(answer)}, {percent(said.sure)}")
    _remarks(reasons, side)
    return reasons.weights[side]


def _remarks(reasons: Reasons, side: int) -> None:
    """Where a model gives no reasons, or none that count for much."""
    own, name = reasons.weights[side], reasons.names[side]
    part = wording.nouns(reasons.subject).part
    if own is None:
        told = (
            f"{name} has no answer “{reasons.positive}” of its own, and so no reasons for it. "
            "Choose another answer above."
        )
    elif max((abs(weight) for weight in own.values()), default=0.0) < common.FAINT:
        told = f"{name}: no single {part} moves this answer by even half a percentage point."
    else:
        return
    st.caption(plain(told))


def held_together(reasons: Reasons) -> None:
    """Each part's weight in both models, in one chart."""
    noun = wording.nouns(reasons.subject)
    positive = plain(reasons.positive)
    there = "stays in its range" if isinstance(reasons.subject, TabularSubject) else "is there"
    st.markdown(
        f"**How much each {noun.part} counts in both**",
        help=f"How far the answer {positive} moves when the {noun.part} {there}, on average over "
        f"copies of this {noun.item}: +0.10 is ten percentage points. Both models were asked about "
        "the very same copies, so that a difference between them is less a matter of chance than "
        "either weight. A weight is what a model leans on, not a cause, and not a sign that it is "
        "right to.",
    )
    labels = [reasons.parts[pair.index] for pair in reasons.paired]
    width = figure_width("paired-width")
    figure(
        paired_weights_chart(
            labels,
            reasons.paired,
            reasons.names,
            reasons.positive,
            reasons.negative,
            width_px=width,
            dark=is_dark(),
        ),
        key="paired-chart",
        alt=paired_in_words(labels, reasons.paired, reasons.names),
    )
