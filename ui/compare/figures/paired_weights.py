"""Two models' weights of the same components, and beside them the difference."""

from collections.abc import Sequence
from typing import Any, cast

import plotly.graph_objects as go

from lime_engine.compare import PairedWeight
from ui.compare.figures.paired_differences import (
    BY_CHANCE,
    DIFFERENCE,
    DIGITS,
    LABEL_PX,
    Frame,
    difference_key,
    differences,
    may_be_chance,
    reach_of,
)
from ui.explain.figures.opinions import BAR_PX, ROW_PX, STACKED_ROW_PX, STEP_PX
from ui.figures import palette
from ui.figures.layout import bar_lengths, label
from ui.figures.parts import layout, line_at
from ui.figures.weights import (
    FONT_PX,
    KEY_PX,
    NARROW_PX,
    SAMPLE_PX,
    WIDEST_PX,
    Interval,
    faint,
    full_length,
    gaps,
    heads_over,
    hover_text,
    in_lines,
    key_note,
    label_column,
    limit_beyond,
    outer_end,
    outline,
    whisker,
)

MOST_SAID = 10
LEAST_BARS_PX = 280  # with less room for them, labels stand above their bars
_BETWEEN = 18  # from the bars' part to the differences'
_GAP = 6


def paired_weights_chart(
    labels: Sequence[str],
    weights: Sequence[PairedWeight],
    names: Sequence[str],
    positive_name: str,
    negative_name: str,
    *,
    width_px: int,
    dark: bool,
    scale: float | None = None,
) -> go.Figure:
    """Two bars a component on one scale, filled and pale, and a dot for the difference.

    Parameters
    ----------
    labels : sequence of str
        Names of the components, as they are.
    weights : sequence of PairedWeight
        What they contribute, one a label, in the order of the rows.
    names : sequence of str
        Of the first and the second model.
    positive_name, negative_name : str
        The classes that positive and negative weights speak for.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.
    scale : float, optional
        Weight at which a bar has its full length; by default `full_length` of those here.

    Returns
    -------
    plotly.graph_objects.Figure
        Traces 0 and 1 are the bars of the first and the second model, with their weights as x.
        Trace 2 are the differences, first minus second, on a second x axis; hollow where their
        interval includes 0. All carry the component's index; y are pixels, downwards.

    Raises
    ------
    ValueError
        If there is not one weight a label.
    """
    if len(labels) != len(weights):
        raise ValueError(
            f"{len(labels)} labels and {len(weights)} weights; give one weight for each label."
        )
    frame = _frame(labels, weights, min(width_px, WIDEST_PX), dark)
    everything = [v for w in weights for v in w.weights]
    top = scale or full_length(everything, [reach_of(w, side) for w in weights for side in (0, 1)])
    half = frame.bars / 2
    limit = limit_beyond(top, [palette.signed(v, DIGITS) for v in everything], half)
    pixel = limit / half, 1.0

    head_notes, shapes, start = _heads(names, positive_name, negative_name, frame)
    row_px, down = (ROW_PX, 0) if frame.left else (STACKED_ROW_PX, 11)
    middles = [start + row_px * (i + 0.5) + down for i in range(len(weights))]
    bottom = start + row_px * len(weights)
    notes = _labels(frame, middles)
    bars = []
    for side in (0, 1):
        ys = [y + (side - 0.5) * STEP_PX for y in middles]
        values, reaches = [w.weights[side] for w in weights], [reach_of(w, side) for w in weights]
        model = palette.escape(palette.fit_label(names[side], FONT_PX, 900))
        hovers = [
            f"{model}<br>{hover_text(name, v, reach, positive_name, negative_name, DIGITS)}"
            for name, v, reach in zip(labels, values, reaches, strict=True)
        ]
        bars.append(_bars(bar_lengths(values, pixel[0]), ys, side, hovers, weights, dark))
        for y, v, reach in zip(ys, values, reaches, strict=True):
            shapes += whisker(reach, y, top, pixel, dark) if reach else []
            notes.append(_number(v, reach, y, top, pixel[0], dark))
    zero = palette.line_colour(dark)
    shapes += [line_at(0, 0, y - 22, y + 22, zero, width=1) | {"layer": "below"} for y in middles]

    dots, dot_notes, dot_shapes, dots_limit = differences(labels, weights, names, middles, frame)
    key_notes, key_shapes, key_px = difference_key(names, weights, bottom, frame)
    figure = go.Figure([*bars, dots])
    figure.update_layout(
        **layout(frame.width, bottom + key_px + 6, dark),
        annotations=head_notes + notes + dot_notes + key_notes,
        shapes=shapes + dot_shapes + key_shapes,
    )
    axis = {"visible": False, "fixedrange": True}
    figure.update_layout(
        margin={"l": frame.left},
        xaxis={"domain": [0, frame.bars / frame.plot], "range": [-limit, limit]},
        xaxis2={"domain": frame.dots_at, "range": [-dots_limit, dots_limit], **axis},
    )
    return figure


def paired_in_words(
    labels: Sequence[str], weights: Sequence[PairedWeight], names: Sequence[str]
) -> str:
    """Both weights of each component and their difference, in the order given. Not escaped."""
    said = []
    for name, w in list(zip(labels, weights, strict=True))[:MOST_SAID]:
        numbers = [
            f"{n} {palette.signed(v, DIGITS)}" for n, v in zip(names, w.weights, strict=True)
        ]
        chance = f" ({BY_CHANCE})" if may_be_chance(w) else ""
        numbers.append(f"{DIFFERENCE} {palette.signed(w.difference, DIGITS)}{chance}")
        said.append(f"{name}: {', '.join(numbers)}.")
    more = len(weights) - MOST_SAID
    return " ".join([*said, f"And {more} more."] if more > 0 else said) or "There are no weights."


def _frame(labels: Sequence[str], weights: Sequence[PairedWeight], width: int, dark: bool) -> Frame:
    numbers = max(
        (palette.label_width(palette.signed(w.difference, DIGITS), FONT_PX) for w in weights),
        default=0.0,
    )
    left, shown = label_column(labels, width)
    dots = max(90.0, 0.2 * width)
    bars = width - left - _BETWEEN - dots - numbers - _GAP
    if width >= NARROW_PX and left and bars >= LEAST_BARS_PX:
        return Frame(shown, left, bars, dots, numbers + _GAP, width, dark)
    room = width - numbers - 2 * _GAP  # the number stands on the label's line
    shown = [palette.fit_label(name, FONT_PX, room) for name in labels]
    dots = max(90.0, 0.27 * width)
    return Frame(shown, 0.0, width - _BETWEEN - dots, dots, 0.0, width, dark)


def _heads(
    names: Sequence[str], positive_name: str, negative_name: str, frame: Frame
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], float]:
    """Which bar is whose, what is to either side of zero, and where the rows start."""
    dark, quiet = frame.dark, palette.quiet_colour(frame.dark)
    room = frame.width - SAMPLE_PX - 2 * _GAP
    said = [palette.fit_label(name, FONT_PX - 1, room) for name in names]
    notes, shapes = [], []
    places = in_lines(said, frame.width)
    for fill, name, (line, start) in zip((quiet, faint(quiet, dark)), said, places, strict=True):
        y = KEY_PX * (line + 0.5)
        x, end = ((start + wide - frame.left) / frame.plot for wide in (1, SAMPLE_PX))
        shapes.append(outline(x, end, y, 12, quiet) | {"fillcolor": fill, "xref": "paper"})
        notes.append(key_note(name, end + _GAP / frame.plot, y, dark))
    key_px = KEY_PX * (1 + places[-1][0])

    half = frame.bars / 2
    heads, head_px = heads_over(
        positive_name, negative_name, frame.left + frame.bars, frame.left, half, dark
    )
    down = key_px + head_px
    for head in heads:  # these know of the bars' part only
        across = cast(float, head["x"]) * frame.bars / frame.plot
        notes.append(head | {"x": across, "yref": "y", "y": down})
    middle = sum(frame.dots_at) / 2
    over = label(middle, down, DIFFERENCE, px=FONT_PX - 1, colour=palette.text_colour(dark),
                 xanchor="center", xref="paper", yshift=6)  # fmt: skip
    notes.append(over | {"yanchor": "bottom"})
    return notes, shapes, down


def _labels(frame: Frame, middles: Sequence[float]) -> list[dict[str, Any]]:
    at, colour = 0 if frame.left else -LABEL_PX, palette.text_colour(frame.dark)
    return [
        label(
            -frame.left / frame.plot,
            y + at,
            palette.escape(name),
            px=FONT_PX,
            colour=colour,
            xanchor="left",
            xref="paper",
        )
        for name, y in zip(frame.shown, middles, strict=True)
    ]


def _number(
    value: float, reach: Interval | None, y: float, top: float, px: float, dark: bool
) -> dict[str, Any]:
    """The weight beside its bar and whisker; `px` is one pixel."""
    return label(
        outer_end(value, reach, top) + (_GAP if value >= 0 else -_GAP) * px,
        y,
        palette.signed(value, DIGITS),
        px=FONT_PX - 1,
        colour=palette.text_colour(dark),
        xanchor="left" if value >= 0 else "right",
    )


def _bars(
    values: Sequence[float],
    ys: Sequence[float],
    side: int,
    hovers: Sequence[str],
    weights: Sequence[PairedWeight],
    dark: bool,
) -> go.Bar:
    colours = [palette.mark_colour(v > 0, dark) for v in values]
    return go.Bar(
        orientation="h",
        x=list(values),
        y=list(ys),
        width=BAR_PX,
        customdata=[w.index for w in weights],
        hovertext=list(hovers),
        hoverinfo="text",
        marker={
            "color": colours if side == 0 else [faint(colour, dark) for colour in colours],
            "line": {"color": colours, "width": [(1, 1.5)[side] * (v != 0) for v in values]},
            "cornerradius": 3,
            "pattern": {
                "shape": ["" if v >= 0 else "/" for v in values],
                "fillmode": "overlay",
                "fgcolor": gaps(dark) if side == 0 else colours,
                "size": 7,
                "solidity": 0.25,
            },
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
