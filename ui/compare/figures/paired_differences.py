"""The difference of two models' weights: a dot with its interval for each component."""

from collections.abc import Sequence
from math import inf
from typing import Any, NamedTuple

import plotly.graph_objects as go

from lime_engine.compare import PairedWeight
from lime_engine.types import Z95
from ui.figures import palette
from ui.figures.layout import label
from ui.figures.parts import line_at
from ui.figures.weights import (
    FONT_PX,
    IN_REPEATS,
    KEY_PX,
    LIE_WITHIN,
    SAMPLE_PX,
    Interval,
    full_length,
    has_length,
    in_lines,
    key_note,
    known,
    whisker,
)

DIFFERENCE = "difference"
BY_CHANCE = "may be chance"
DIGITS = 2
LABEL_PX = 33  # how far a label is above the middle of its two bars, if it is not beside them
DOT_PX = 10
_GAP = 6


class Frame(NamedTuple):
    """Pixels across: the bars, a gap, the dots of the differences and their numbers."""

    shown: list[str]  # the labels as they fit
    left: float  # of the bars; 0 if labels stand above them
    bars: float
    dots: float
    numbers: float  # 0 if they stand above the dots
    width: int
    dark: bool

    @property
    def plot(self) -> float:
        return self.width - self.left

    @property
    def dots_at(self) -> tuple[float, float]:
        """Edges of the dots' part as shares of the plot."""
        end = self.plot - self.numbers
        return (end - self.dots) / self.plot, end / self.plot


def differences(
    labels: Sequence[str],
    weights: Sequence[PairedWeight],
    names: Sequence[str],
    middles: Sequence[float],
    frame: Frame,
) -> tuple[go.Scatter, list[dict[str, Any]], list[dict[str, Any]], float]:
    """The dots with their numbers and whiskers, and the difference at the edge of their part."""
    dark = frame.dark
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    spreads = [_spread(w) for w in weights]
    top = full_length([w.difference for w in weights], spreads)
    limit = top * frame.dots / (frame.dots - DOT_PX - 4)
    still = {"marker": {"opacity": 1}}
    inks = [quiet if _is_quiet(w) else text for w in weights]
    page = palette.page_colour(dark)
    dots = go.Scatter(
        x=[w.difference for w in weights],
        y=list(middles),
        xaxis="x2",
        mode="markers",
        marker={
            "size": DOT_PX,
            "color": [page if _is_quiet(w) else text for w in weights],
            "line": {"color": inks, "width": 2},
            "opacity": 1,
        },
        customdata=[w.index for w in weights],
        hovertext=[
            _hover(name, w, spread, names)
            for name, w, spread in zip(labels, weights, spreads, strict=True)
        ],
        hoverinfo="text",
        selected=still,
        unselected=still,
    )
    notes, shapes = [], []
    for y, w, spread, ink in zip(middles, weights, spreads, inks, strict=True):
        at = y if frame.left else y - LABEL_PX
        number = palette.signed(w.difference, DIGITS)
        note = label(1, at, number, px=FONT_PX - 1, colour=ink, xanchor="right", xref="paper")
        notes.append(note)
        zero = line_at(0, 0, y - 22, y + 22, palette.line_colour(dark), width=1)
        reach = whisker(spread, y, top, (2 * limit / frame.dots, 1), dark)[1:] if spread else []
        reach = [shape | {"line": {"color": ink, "width": 1.75}} for shape in reach]
        shapes += [shape | {"xref": "x2", "layer": "below"} for shape in (zero, *reach)]
    return dots, notes, shapes, limit


def difference_key(
    names: Sequence[str], weights: Sequence[PairedWeight], top: float, frame: Frame
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], float]:
    """What dots and whiskers are, and the height that takes."""
    text, quiet = palette.text_colour(frame.dark), palette.quiet_colour(frame.dark)
    reaches = [reach_of(w, side) for w in weights for side in (0, 1)]
    kinds = {
        f"{DIFFERENCE}: {names[0]} − {names[1]}": bool(weights),
        BY_CHANCE: any(map(may_be_chance, weights)),
        LIE_WITHIN: any(map(has_length, [*reaches, *map(_spread, weights)])),
    }
    room = frame.width - SAMPLE_PX - 2 * _GAP
    said = [palette.fit_label(what, FONT_PX - 1, room) for what, there in kinds.items() if there]
    notes, shapes, places = [], [], in_lines(said, frame.width)
    for what, (line, start) in zip(said, places, strict=True):
        y = top + _GAP + KEY_PX * (line + 0.5)
        x, end = ((start + wide - frame.left) / frame.plot for wide in (1, SAMPLE_PX))
        if what == LIE_WITHIN:
            sample = whisker((x, end), y, inf, (1 / frame.plot, 1), frame.dark)
        else:
            middle, radius = (x + end) / 2, DOT_PX / 2
            across = {"x0": middle - radius / frame.plot, "x1": middle + radius / frame.plot}
            hollow = what == BY_CHANCE
            ink = {"line": {"color": quiet if hollow else text, "width": 2}}
            fill = {} if hollow else {"fillcolor": text}
            down = {"y0": y - radius, "y1": y + radius}
            sample = [{"type": "circle", **across, **down, **ink, **fill}]
        shapes += [shape | {"xref": "paper"} for shape in sample]
        notes.append(key_note(what, end + _GAP / frame.plot, y, frame.dark))
    return notes, shapes, _GAP + KEY_PX * (1 + places[-1][0]) if places else 0.0


def may_be_chance(weight: PairedWeight) -> bool:
    """Whether 0 lies in the interval of the difference."""
    spread = _spread(weight)
    return spread is not None and has_length(spread) and spread[0] <= 0 <= spread[1]


def _is_quiet(weight: PairedWeight) -> bool:
    return weight.difference == 0 or may_be_chance(weight)


def _spread(weight: PairedWeight) -> Interval | None:
    """95% around the difference."""
    return None if weight.interval is None else known(weight.interval)


def _hover(name: str, weight: PairedWeight, spread: Interval | None, names: Sequence[str]) -> str:
    first, second, name = (
        palette.escape(palette.fit_label(each, FONT_PX, 400)) for each in (*names, name)
    )
    said = f"<b>{name}</b>  {palette.signed(weight.difference, DIGITS)}"
    said += f"<br>{first} − {second}"
    if spread and has_length(spread):
        low, high = (palette.signed(end, DIGITS) for end in spread)
        said += f"<br>between {low} and {high} in {IN_REPEATS}"
    return said + (f"<br>{BY_CHANCE}" if may_be_chance(weight) else "")


def reach_of(weight: PairedWeight, side: int) -> Interval | None:
    """95% around the weight of one of the models."""
    error, value = weight.std_errors[side], weight.weights[side]
    return None if error is None else known((value - Z95 * error, value + Z95 * error))
