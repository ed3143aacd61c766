"""Signed weights as horizontal bars: what speaks for a class, and what against it."""

from collections.abc import Sequence
from math import inf, isfinite
from typing import Any

import plotly.graph_objects as go

from ui.figures import palette
from ui.figures.layout import bar_lengths, bare_layout, label
from ui.figures.linked import BADGE_PX, LEAST_SHARE, badge, box, linked, part

FONT_PX = 14
ROW_PX = 30
NARROW_ROW_PX = 40  # for a thumb
STACKED_ROW_PX = 52  # the label above its bar
BAR_PX = 18
HEAD_PX = 30
WIDEST_PX = 760
NARROW_PX = 480
KEY_PX = 24  # a line of the key
SAMPLE_PX = 28
LONGEST_WHISKER = 2.5  # in strongest bars: longer ones are cut, or no bar could be seen
_GAP = 6

IN_REPEATS = "95 of 100 repeats"
LIE_WITHIN = f"{IN_REPEATS} lie within"

Interval = tuple[float, float]


def weights_chart(
    labels: Sequence[str],
    weights: Sequence[float],
    positive_name: str,
    negative_name: str,
    *,
    width_px: int,
    dark: bool,
    scale: float | None = None,
    digits: int = 3,
    ids: Sequence[int] | None = None,
    intervals: Sequence[Interval | None] | None = None,
    faded: Sequence[bool] | None = None,
    badges: bool = False,
    n_left_out: int = 0,
) -> go.Figure:
    """Bars to the right for what speaks for a class, hatched bars to the left for the rest.

    Parameters
    ----------
    labels : sequence of str
        Names of the components, as they are; escaped and shortened here.
    weights : sequence of float
        Signed weights, one a label. Drawn strongest first, ties in the order given.
    positive_name, negative_name : str
        The classes that positive and negative weights speak for.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.
    scale : float, optional
        Weight at which a bar has its full length; by default `full_length` of those here. Give
        one scale to charts that are compared.
    digits : int
        Decimals of the numbers at the bars.
    ids : sequence of int, optional
        What a clicked bar carries as `customdata`, and what it is known by in other figures
        (`linked`); by default the place in `labels`, and it is known in no other.
    intervals : sequence of (low, high) or None, optional
        Where 95 of 100 repeats put each weight: a whisker, with an arrow at an end that lies
        beyond the scale. None, or an end that is not finite: no whisker.
    faded : sequence of bool, optional
        Whether the place of a bar is not settled: pale, with a dotted edge.
    badges : bool
        Whether each bar has its number, 1 for the strongest, as in the picture or text beside it.
    n_left_out : int
        How many others hardly matter (`linked.telling`), to be said below.

    Returns
    -------
    plotly.graph_objects.Figure
        x runs from ``-limit`` to ``limit``; row i of the drawing is at ``y = i``. A key below says
        what whiskers and pale bars are, where there are any.

    Raises
    ------
    ValueError
        If there is not one weight a label, or one interval or bool a weight.
    """
    if len(labels) != len(weights):
        raise ValueError(
            f"{len(labels)} labels and {len(weights)} weights; give one weight for each label."
        )
    for what, given in (("intervals", intervals), ("faded", faded)):
        if given is not None and len(given) != len(weights):
            raise ValueError(f"{len(given)} {what} for {len(weights)} weights; give one for each.")
    order = sorted(range(len(weights)), key=lambda i: -abs(weights[i]))
    names = [labels[i] for i in order]
    values = [float(weights[i]) for i in order]
    reaches = [known(intervals[i]) if intervals is not None else None for i in order]
    pale = [bool(faded[i]) if faded is not None else False for i in order]
    carried = [(ids[i] if ids is not None else i) for i in order]
    width_px = min(width_px, WIDEST_PX)

    badge_px = BADGE_PX + _GAP if badges else 0
    left, shown = label_column(names, width_px, badge_px)
    stacked = left == 0
    narrow = width_px < NARROW_PX
    row_px = STACKED_ROW_PX if stacked else NARROW_ROW_PX if narrow else ROW_PX
    numbers = [palette.signed(v, digits) for v in values]
    half = (width_px - left) / 2
    top = scale if scale else full_length(values, reaches)
    limit = limit_beyond(top, numbers, half)
    px, py = limit / half, 1 / row_px  # data units and rows a pixel
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    inks = [quiet if p else text for p in pale]
    rows = list(range(len(values)))
    plot = 2 * half
    raised = 21 * py if stacked else 0.0  # how far the label is above its bar, in rows
    above, below = (33 * py, 19 * py) if stacked else (0.5, 0.5)  # of a row, from the bar's middle
    colours = [palette.mark_colour(v > 0, dark) for v in values]
    fills = [faint(c, dark) if p else c for c, p in zip(colours, pale, strict=True)]
    figure = go.Figure(
        go.Bar(
            orientation="h",
            x=bar_lengths(values, px),
            y=rows,
            width=BAR_PX * py,
            customdata=carried,
            hovertext=[
                hover_text(n, v, r, positive_name, negative_name, digits)
                + ("<br>not settled: another run may show others" if p else "")
                for n, v, r, p in zip(names, values, reaches, pale, strict=True)
            ],
            hoverinfo="text",
            marker={
                "color": fills,
                "line": {
                    "color": fills,
                    "width": [int(v != 0 and not p) for v, p in zip(values, pale, strict=True)],
                },
                "cornerradius": 3,
                "pattern": {
                    "shape": ["" if v >= 0 else "/" for v in values],
                    "fillmode": "overlay",
                    "fgcolor": gaps(dark),
                    "size": 7,
                    "solidity": 0.25,
                },
            },
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    )
    notes = [
        label(
            (badge_px - left) / plot,
            y - raised,
            palette.escape(s),
            px=FONT_PX,
            colour=ink,
            xanchor="left",
            xref="paper",
        )
        for y, s, ink in zip(rows, shown, inks, strict=True)
    ]
    notes += [
        label(
            outer_end(v, r, top) + (_GAP if v >= 0 else -_GAP) * px,
            y,
            number,
            px=FONT_PX,
            colour=ink,
            xanchor="left" if v >= 0 else "right",
        )
        for y, v, r, number, ink in zip(rows, values, reaches, numbers, inks, strict=True)
    ]
    badge_x = (BADGE_PX / 2 + 1 - left) / plot
    numbered = [
        badge(n, badge_x, y - raised, v, dark=dark, xref="paper")
        for n, (y, v) in enumerate(zip(rows, values, strict=True), start=1)
    ]
    heads, head_px = heads_over(positive_name, negative_name, width_px, left, half, dark)
    shapes: list[dict[str, Any]] = [  # the zero line, with gaps where labels stand between bars
        {
            "type": "line",
            "x0": 0,
            "x1": 0,
            "y0": y - min(above, 15 * py),
            "y1": y + min(below, 15 * py),
            "line": {"color": palette.line_colour(dark), "width": 1},
        }
        for y in rows
    ]
    for y, v, r, p, colour in zip(rows, values, reaches, pale, colours, strict=True):
        shapes += [outline(0, v, y, BAR_PX * py, colour, dash="dot")] if p and v else []
        shapes += whisker(r, y, top, (px, py), dark) if r else []
    bottom = max(1, len(rows)) - 1 + below
    samples = [LIE_WITHIN] * any(map(has_length, reaches)) + ["not settled"] * any(pale)
    places = in_lines(samples, width_px)
    n_lines = (1 + places[-1][0] if places else 0) + (n_left_out > 0)
    key_px = _GAP + KEY_PX * n_lines if n_lines else 0
    for said, (line, start) in zip(samples, places, strict=True):
        at = bottom + (_GAP + KEY_PX * (line + 0.5)) * py
        x, end = ((start + wide - left) / plot for wide in (1, SAMPLE_PX))
        if said == "not settled":
            colour = palette.mark_colour(True, dark)
            edge = outline(x, end, at, 12 * py, colour, dash="dot")
            shapes.append(edge | {"fillcolor": faint(colour, dark), "xref": "paper"})
        else:
            lines = whisker((x, end), at, inf, (1 / plot, py), dark)
            shapes += [shape | {"xref": "paper"} for shape in lines]
        notes.append(key_note(said, end + _GAP / plot, at, dark))
    if n_left_out > 0:
        at = bottom + (_GAP + KEY_PX * (n_lines - 0.5)) * py
        told = hardly_matter(n_left_out, among_more=bool(rows))
        said = palette.fit_label(told, FONT_PX - 1, width_px - 4.0)
        notes.append(key_note(said, -left / plot, at, dark))
    if badges:
        shapes += [shape for shape, _ in numbered]
        notes += [number for _, number in numbered]
    figure.update_layout(
        **bare_layout(width_px, round(len(rows) * row_px + head_px + key_px + 6), dark)
        | {
            "margin": {"l": left, "r": 0, "t": head_px, "b": 6, "pad": 0, "autoexpand": False},
        },
        annotations=notes + heads,
        shapes=shapes,
        bargap=0,
        xaxis={"range": [-limit, limit], "visible": False, "fixedrange": True},
        yaxis={"range": [bottom + key_px * py, -above], "visible": False, "fixedrange": True},
    )
    if ids is not None:
        tops = [head_px + y * row_px for y in rows]
        linked(
            figure,
            [
                part(
                    i,
                    box(1, top + 1, width_px - 1, top + row_px - 1),
                    (f"{n}: " if badges else "") + f"{name}, {number}",
                )
                for n, (i, top, name, number) in enumerate(
                    zip(carried, tops, names, numbers, strict=True), start=1
                )
            ],
        )
    return figure


def hardly_matter(n: int, *, among_more: bool) -> str:
    """That some have no bar, or that none has."""
    if not among_more:
        return "nothing here moves the answer at all"
    those = "another one hardly matters" if n == 1 else f"{n:,} others hardly matter"
    return f"{those}: less than {LEAST_SHARE:.0%} of the strongest"


def label_column(
    names: Sequence[str], width_px: int, before_px: float = 0.0
) -> tuple[float, list[str]]:
    """Pixels left of the bars, and the labels as they fit; 0 if they stand above their bars.

    `before_px` are left free before each label.
    """
    column = 0.36 * width_px
    longest = max(
        (palette.label_width(palette.fit_label(n, FONT_PX, 9e9), FONT_PX) for n in names),
        default=0.0,
    )
    stacked = width_px < NARROW_PX and before_px + longest > column
    room = width_px - 4.0 - before_px if stacked else column
    left = 0.0 if stacked else before_px + min(column, longest) + 10
    return left, [palette.fit_label(name, FONT_PX, room) for name in names]


def limit_beyond(top: float, numbers: Sequence[str], half: float) -> float:
    """The weight `half` pixels from zero, if a bar of weight `top` leaves room for its number."""
    reach = max((palette.label_width(n, FONT_PX) for n in numbers), default=0.0) + 2 * _GAP
    return top * half / max(half - reach, 0.2 * half)


def known(interval: Interval | None) -> Interval | None:
    """The interval, its lower end first; None unless both ends are finite."""
    if interval is None or not (isfinite(interval[0]) and isfinite(interval[1])):
        return None
    return float(min(interval)), float(max(interval))


def has_length(interval: Interval | None) -> bool:
    """Whether there is a whisker to draw."""
    return interval is not None and interval[0] < interval[1]


def full_length(weights: Sequence[float], intervals: Sequence[Interval | None] = ()) -> float:
    """The scale with room for these weights and, up to `LONGEST_WHISKER` of it, their intervals."""
    bars = palette.colour_scale(weights)
    ends = (abs(end) for interval in intervals for end in known(interval) or ())
    return max(bars, min(max(ends, default=0.0), LONGEST_WHISKER * bars))


def hover_text(
    name: str, value: float, interval: Interval | None, positive: str, negative: str, digits: int
) -> str:
    """What a bar says, escaped: its name, number, class, and where repeats put it."""
    whom = "neither" if value == 0 else positive if value > 0 else negative
    text = f"<b>{palette.escape(palette.fit_label(name, FONT_PX, 900))}</b>  "
    text += f"{palette.signed(value, digits)}<br>speaks for {palette.escape(whom)}"
    if interval is None:
        return text
    low, high = (palette.signed(end, digits) for end in interval)
    if low == high:
        times = IN_REPEATS if has_length(interval) else "every repeat"
        return f"{text}<br>{low} in {times}"
    return f"{text}<br>between {low} and {high} in {IN_REPEATS}"


def outer_end(value: float, interval: Interval | None, top: float) -> float:
    """Where a bar and its whisker end, on the bar's side of zero."""
    low, high = interval or (value, value)
    return max(value, min(high, top)) if value >= 0 else min(value, max(low, -top))


def whisker(
    interval: Interval, y: float, top: float, pixel: tuple[float, float], dark: bool
) -> list[dict[str, Any]]:
    """A line with a cap at each end, or an arrow at one beyond `top`; `pixel` is one's (x, y)."""
    px, py = pixel
    ends = max(interval[0], -top), min(interval[1], top)
    if ends[0] >= ends[1]:
        return []
    path = f"M{ends[0]:.8g},{y:.8g}L{ends[1]:.8g},{y:.8g}"
    head = min(5 * px, ends[1] - ends[0])
    for end, whole, inwards in zip(ends, interval, (head, -head), strict=True):
        back = end if end == whole else end + inwards
        path += f"M{back:.8g},{y - 5 * py:.8g}L{end:.8g},{y:.8g}L{back:.8g},{y + 5 * py:.8g}"
    halo, ink = palette.page_colour(dark), palette.text_colour(dark)
    return [  # dark on a dark bar could not be seen without the halo
        {"type": "path", "path": path, "line": {"color": colour, "width": wide}}
        for colour, wide in ((halo, 4.5), (ink, 1.75))
    ]


def outline(
    x0: float, x1: float, y: float, tall: float, colour: str, **line: Any
) -> dict[str, Any]:
    """The edge of a bar from x0 to x1."""
    box = {"x0": x0, "x1": x1, "y0": y - tall / 2, "y1": y + tall / 2}
    return {"type": "rect", **box, "line": {"color": colour, "width": 1.5, **line}}


def gaps(dark: bool) -> str:
    """Colour of what hatching leaves out of a bar."""
    return "rgba(20,23,26,.6)" if dark else "rgba(255,255,255,.65)"


def faint(colour: str, dark: bool) -> str:
    """``#rrggbb`` mixed into the page. Opaque: Plotly picks the hatching by its brightness."""
    mixed = (
        round(0.22 * int(colour[i : i + 2], 16) + 0.78 * page)
        for i, page in zip((1, 3, 5), palette.background(dark), strict=True)
    )
    return "rgb({},{},{})".format(*mixed)


def in_lines(
    texts: Sequence[str], width_px: float, sample_px: float = SAMPLE_PX
) -> list[tuple[int, float]]:
    """Where the samples of a key stand: the line of each, and its left edge in pixels."""
    places: list[tuple[int, float]] = []
    line, left = 0, 0.0
    for text in texts:
        wide = sample_px + _GAP + palette.label_width(text, FONT_PX - 1)
        if left > 0 and left + wide > width_px:
            line, left = line + 1, 0.0
        places.append((line, left))
        left += wide + 3 * _GAP
    return places


def key_note(text: str, x: float, y: float, dark: bool) -> dict[str, Any]:
    """What a sample of the key means; x of the paper."""
    colour, said = palette.quiet_colour(dark), palette.escape(text)
    return label(x, y, said, px=FONT_PX - 1, colour=colour, xanchor="left", xref="paper")


def heads_over(
    positive_name: str, negative_name: str, width_px: float, left: float, half: float, dark: bool
) -> tuple[list[dict[str, object]], float]:
    """The two arrows over the bars: beside each other where both fit, else on two lines."""
    size = FONT_PX - 1
    spare = palette.label_width("← speaks for  ", size) + 2 * _GAP
    positive_name, negative_name = (
        palette.fit_label(name, size, width_px - spare) for name in (positive_name, negative_name)
    )
    beside = all(
        palette.label_width(name, size) + spare <= half for name in (positive_name, negative_name)
    )
    room = (half if beside else width_px) - spare

    def head(positive: bool) -> dict[str, object]:
        name = palette.fit_label(positive_name if positive else negative_name, size, room)
        text = f"speaks for {palette.escape(name)}"
        # As text the orange would be too pale on white; as an arrow it may be.
        colour = palette.mark_colour(positive, dark)
        arrow = f'<b><span style="color:{colour}">{"→" if positive else "←"}</span></b>'
        across = left + half + (_GAP if positive else -_GAP) if beside else width_px * positive
        start = positive if beside else not positive
        return label(
            (across - left) / (2 * half),
            1,
            f"{text} {arrow}" if positive else f"{arrow} {text}",
            px=size,
            colour=palette.text_colour(dark),
            xanchor="left" if start else "right",
            xref="paper",
            yref="paper",
            yanchor="bottom",
            yshift=6 if beside or positive else 26,
        )

    return [head(False), head(True)], HEAD_PX if beside else HEAD_PX + 20
