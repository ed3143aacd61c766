"""A model's answer: one bar a class, also with marks for what it was, or answers to compare."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from ui.figures import palette
from ui.figures.layout import CLEAR, bare_layout, label
from ui.figures.parts import shade

FONT_PX = 14
NAME_PX = 20
BAR_PX = (34, 16, 14)  # thinner the more series there are
GAP_PX = 8
LEGEND_PX = 22
SAMPLE_PX = 28
WIDEST_PX = 760
MOST_CLASSES = 5
MOST_SERIES = 3
ROW_PX = 30  # of a class whose name stands beside its bar
LINE_BAR_PX = 16
MARK_PX = 24
WIDEST_NAME = 0.4  # of the width
_PAD = 6


def badge(text: str, colours: tuple[str, str, str]) -> str:
    """A short judgement in a rounded frame, as HTML; `colours` are of its text, ground and edge."""
    ink, ground, edge = colours
    style = (
        "display:inline-block;padding:.15rem .75rem;border-radius:99px;font-size:.95rem;"
        f"font-weight:600;line-height:1.5;overflow-wrap:anywhere;color:{ink};background:{ground};"
        f"border:1px solid {edge}"
    )
    return f'<span style="{style}">{escape(palette.printable(text))}</span>'


def verdict_badge(judged: str, *, is_wrong: bool, dark: bool) -> str:
    """Whether an answer is right, with a mark before it: "✗ wrong: labelled husky"."""
    mark = "\N{MULTIPLICATION X}" if is_wrong else "\N{CHECK MARK}"
    colours = palette.wrong_colours if is_wrong else palette.quiet_colours
    return badge(f"{mark} {judged}", colours(dark))


def _shown_classes(
    n_classes: int, answers: Sequence[Sequence[float]], target: int | None
) -> tuple[list[int], bool]:
    """Which classes get a bar of their own, in which order, and whether the rest is summed.

    Of many the likeliest of the first answer, the explained one, and what each answer says.
    """
    if n_classes <= 2:
        return list(range(n_classes)), False
    first = answers[0]
    order = sorted(range(n_classes), key=lambda k: -first[k])
    if n_classes <= MOST_CLASSES:
        return order, False
    said = [max(range(n_classes), key=values.__getitem__) for values in answers]
    wanted = list(dict.fromkeys([*said, *([] if target is None else [target])]))[: MOST_CLASSES - 1]
    others = [k for k in order if k not in wanted]
    kept = {*wanted, *others[: MOST_CLASSES - 1 - len(wanted)]}
    return [k for k in order if k in kept], True


def answer_bars(
    class_names: Sequence[str],
    series: Mapping[str, Sequence[float]],
    *,
    width_px: int,
    dark: bool,
    before: Sequence[Sequence[float]] = (),
    target: int | None = None,
    independent: bool = False,
) -> go.Figure:
    """Probabilities as horizontal bars with whole percents.

    One series has a line a class. Of more the first is filled, the second hatched, the third only
    outlined; their names stand above the bars beside a sample of each. A mark stands where a class
    was `before`. Two classes keep their order; more are sorted by the first answer there was,
    and beyond five the rest is summed as "others", or is represented by the strongest of them where
    a sum would mean nothing.

    Parameters
    ----------
    class_names : sequence of str
        Names of the classes, as they are.
    series : mapping of str to sequence of float
        Name of an answer ("as written") to its probabilities, one a class. One to three.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.
    before : sequence of sequence of float, optional
        The answers before an edit, one for each of the series, which are those after it.
    target : int, optional
        The class that is explained: orange, as what speaks for it. With two classes the other is
        purple; otherwise grey.
    independent : bool
        Whether each class is a yes or no on its own: nothing is summed, and no class is the other.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If there are no series or more than three, or a series has not one number a class; if there
        are answers before some of the series only.
    """
    if not 1 <= len(series) <= MOST_SERIES:
        raise ValueError(f"{len(series)} series given; answer_bars draws one to {MOST_SERIES}.")
    for name, values in series.items():
        if len(values) != len(class_names):
            raise ValueError(
                f"series {name!r} has {len(values)} numbers for {len(class_names)} classes; "
                "give one probability for each class."
            )
    if before and [len(each) for each in before] != [len(class_names)] * len(series):
        raise ValueError(
            f"before has {[len(each) for each in before]} numbers for {len(class_names)} classes "
            f"and {len(series)} series; give one for each class, and as many answers as series."
        )
    width_px = min(width_px, WIDEST_PX)
    answers = [*before, *series.values()]
    kept, rest = _shown_classes(len(class_names), answers, target)
    names = [class_names[k] for k in kept] + (
        [f"{len(class_names) - len(kept)} others{', the strongest' if independent else ''}"]
        if rest
        else []
    )
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    is_pair = len(class_names) == 2 and not independent
    colours = [_class_colour(k, target, is_pair, dark) for k in kept] + [quiet] * rest
    if len(series) == 1:
        now, *then = (_values(values, kept, rest, independent) for values in reversed(answers))
        return _lines(names, now, then[0] if then else None, colours, width_px, dark)
    samples = _legend(list(series), width_px)
    legend_px = _PAD + LEGEND_PX * (1 + max(row for row, _ in samples))
    bar_px = BAR_PX[len(series) - 1]
    group_px = NAME_PX + bar_px * len(series) + GAP_PX
    height = legend_px + group_px * len(names)
    number_px = palette.label_width(">100%", FONT_PX) + _PAD
    full = width_px - number_px  # pixels of 100%
    notes = [
        label(
            0,
            legend_px + i * group_px + NAME_PX / 2,
            palette.escape(palette.fit_label(name, FONT_PX, width_px - 4)),
            px=FONT_PX,
            colour=text,
            xanchor="left",
        )
        for i, name in enumerate(names)
    ]
    bars, shapes = [], []
    for s, (series_name, values) in enumerate(series.items()):
        shown = _values(values, kept, rest, independent)
        was = _values(before[s], kept, rest, independent) if before else [0.0] * len(shown)
        middles = [
            legend_px + i * group_px + NAME_PX + (s + 0.5) * bar_px for i in range(len(names))
        ]
        bars.append(
            go.Bar(
                orientation="h",
                name=palette.escape(series_name),
                x=[round(max(v * full, 1.0), 2) for v in shown],
                y=middles,
                width=bar_px - 3,
                customdata=shown,
                hovertext=[
                    f"<b>{palette.escape(palette.fit_label(name, FONT_PX, 900))}</b>  "
                    f"{palette.escape(palette.percent(v))}<br>{palette.escape(series_name)}"
                    for name, v in zip(names, shown, strict=True)
                ],
                hoverinfo="text",
                marker=_marker(s, colours, dark),
            )
        )
        notes += [
            label(
                max(v, w) * full + _PAD,  # beside the mark, too
                y,
                palette.escape(palette.percent(v)),
                px=FONT_PX if s == 0 else FONT_PX - 1,
                colour=text if s == 0 else quiet,
                xanchor="left",
            )
            for v, w, y in zip(shown, was, middles, strict=True)
        ]
        for w, y in zip(was if before else (), middles, strict=bool(before)):
            shapes += _mark(w * full, y, bar_px, dark)
        row, left = samples[s]
        bars.append(
            go.Bar(
                orientation="h",
                base=[left],
                x=[SAMPLE_PX],
                y=[(row + 0.5) * LEGEND_PX],
                width=12,
                marker=_marker(s, [quiet], dark),
                hoverinfo="skip",
            )
        )
        notes.append(
            label(
                left + SAMPLE_PX + _PAD,
                (row + 0.5) * LEGEND_PX,
                palette.escape(palette.fit_label(series_name, FONT_PX - 1, width_px - 44)),
                px=FONT_PX - 1,
                colour=text,
                xanchor="left",
            )
        )
    figure = go.Figure(bars)
    figure.update_layout(
        **bare_layout(width_px, round(height), dark),
        annotations=notes,
        shapes=shapes,
        barmode="overlay",
        xaxis={"range": [0, width_px], "visible": False, "fixedrange": True},
        yaxis={"range": [height, 0], "visible": False, "fixedrange": True},
    )
    return figure


def _values(
    answer: Sequence[float], kept: Sequence[int], rest: bool, independent: bool
) -> list[float]:
    """What is drawn of an answer: the classes that are kept, and the rest as one."""
    shown = [float(answer[k]) for k in kept]
    if rest:
        others = [float(value) for k, value in enumerate(answer) if k not in kept]
        shown.append(max(others) if independent else sum(others))
    return [min(1.0, max(0.0, value)) for value in shown]


def _lines(
    names: Sequence[str],
    now: Sequence[float],
    before: Sequence[float] | None,
    colours: list[str],
    width_px: int,
    dark: bool,
) -> go.Figure:
    """A line a class: its name, its bar with a mark where it was, and the numbers."""
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    number_px = palette.label_width(">99%", FONT_PX) + 2 * _PAD
    was_px = palette.label_width("was >99%", FONT_PX - 1)  # kept free: nothing moves after an edit
    drawn = [palette.fit_label(name, FONT_PX, WIDEST_NAME * width_px) for name in names]
    left = max(palette.label_width(name, FONT_PX) for name in drawn) + 2 * _PAD
    full = max(20.0, width_px - left - number_px - was_px)  # pixels of 100%
    height = ROW_PX * len(names)
    notes: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    for i, name in enumerate(drawn):
        y = (i + 0.5) * ROW_PX
        notes.append(label(0, y, palette.escape(name), px=FONT_PX, colour=text, xanchor="left"))
        track = {
            "x0": left,
            "x1": left + full,
            "y0": y - LINE_BAR_PX / 2,
            "y1": y + LINE_BAR_PX / 2,
        }
        flat = {"fillcolor": shade(dark), "line": {"width": 0}, "layer": "below"}
        shapes.append({"type": "rect", **track, **flat})
    for i, value in enumerate(now):
        number = palette.escape(palette.percent(value))
        at = left + full + _PAD, (i + 0.5) * ROW_PX
        notes.append(label(*at, number, px=FONT_PX, colour=text, xanchor="left"))
    hovers = [
        f"<b>{palette.escape(palette.fit_label(name, FONT_PX, 900))}</b>  "
        f"{palette.escape(palette.percent(value))}"
        for name, value in zip(names, now, strict=True)
    ]
    for i, value in enumerate(before or ()):
        y, x = (i + 0.5) * ROW_PX, left + value * full
        shapes += _mark(x, y, MARK_PX, dark)
        told = palette.escape(palette.percent(value))
        right = left + full + number_px
        notes.append(label(right, y, f"was {told}", px=FONT_PX - 1, colour=quiet, xanchor="left"))
        hovers[i] += f"<br>before your edit {told}: the mark"
    figure = go.Figure(
        go.Bar(
            orientation="h",
            base=[left] * len(names),
            x=[round(max(value * full, 1.0), 2) for value in now],
            y=[(i + 0.5) * ROW_PX for i in range(len(names))],
            width=LINE_BAR_PX,
            customdata=list(now),
            hovertext=hovers,
            hoverinfo="text",
            marker=_marker(0, colours, dark),
        )
    )
    figure.update_layout(
        **bare_layout(width_px, height, dark),
        annotations=notes,
        shapes=shapes,
        xaxis={"range": [0, width_px], "visible": False, "fixedrange": True},
        yaxis={"range": [height, 0], "visible": False, "fixedrange": True},
    )
    return figure


def _mark(x: float, y: float, tall_px: float, dark: bool) -> list[dict[str, Any]]:
    """Where an answer was before an edit: a line in a halo, to be seen on its own bar too."""
    at = {"x0": x, "x1": x, "y0": y - tall_px / 2, "y1": y + tall_px / 2}
    lines = (6, palette.page_colour(dark)), (2.5, palette.text_colour(dark))
    return [
        {"type": "line", **at, "line": {"color": colour, "width": width}} for width, colour in lines
    ]


def _legend(names: Sequence[str], width_px: int) -> list[tuple[int, float]]:
    """Where each sample stands: its row, and its left edge in pixels."""
    places: list[tuple[int, float]] = []
    row, left = 0, 0.0
    for name in names:
        drawn = palette.fit_label(name, FONT_PX - 1, width_px)
        wide = SAMPLE_PX + _PAD + palette.label_width(drawn, FONT_PX - 1)
        if left > 0 and left + wide > width_px:
            row, left = row + 1, 0.0
        places.append((row, left))
        left += wide + 3 * _PAD
    return places


def _class_colour(k: int, target: int | None, is_pair: bool, dark: bool) -> str:
    if k == target:
        return palette.mark_colour(True, dark)
    if target is not None and is_pair:
        return palette.mark_colour(False, dark)
    return palette.quiet_colour(dark)


def _marker(series: int, colours: list[str], dark: bool) -> dict[str, object]:
    """Filled, hatched, outlined: the three looks of a bar that need no colour."""
    marker: dict[str, object] = {
        "color": colours if series < 2 else [CLEAR] * len(colours),
        "line": {"color": colours, "width": 1.5 if series else 0},
        "cornerradius": 3,
    }
    if series == 1:
        marker["color"] = colours
        marker["pattern"] = {
            "shape": "/",
            "fillmode": "replace",
            "bgcolor": CLEAR,
            "fgcolor": colours,
            "size": 6,
            "solidity": 0.35,
        }
    return marker
