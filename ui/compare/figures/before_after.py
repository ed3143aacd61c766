"""How often both models are right on the items at hand, and how often in real use: two slopes."""

from collections.abc import Sequence

import plotly.graph_objects as go

from ui.compare.figures.shares import inks, marker
from ui.compare.values import Estimated
from ui.figures import palette
from ui.figures.layout import label
from ui.figures.parts import FONT_PX, layout, line_at

WIDEST_PX = 620
_HEIGHT_PX = 200
_HEAD_PX, _FOOT_PX = 34, 14
_DOT_PX = 11
_OFF_PX = 7  # one model's dots and ranges stand beside the other's
_LINE_PX = 17  # between two names or numbers
_LEAST_SPAN = 0.1  # of the shares: below, little would look like much

Pair = tuple[Estimated, Estimated]


def before_after(
    shares: tuple[Pair, Pair],
    names: Sequence[str],
    heads: tuple[str, str],
    *,
    width_px: int,
    dark: bool,
) -> go.Figure:
    """A line a model from its share at first to its share then, with 95% intervals.

    `shares` are, at first and then, those of both models; `heads` say what the two places are.
    Coordinates are pixels, y downwards; trace 0 and 1 are the models.
    """
    width = min(width_px, WIDEST_PX)
    text = palette.text_colour(dark)
    left, right = 0.24 * width, 0.62 * width
    ends = [end for pair in shares for each in pair for end in (each.low, each.high)]
    low, high = min(ends), max(ends)
    if high - low < _LEAST_SPAN:
        low, high = max(0.0, high - _LEAST_SPAN), max(high, _LEAST_SPAN)

    def y(share: float) -> float:
        return _HEAD_PX + (high - share) / (high - low) * (_HEIGHT_PX - _HEAD_PX - _FOOT_PX)

    notes = [
        label(x, 10, palette.escape(head), px=FONT_PX - 1, colour=text, xanchor="center")
        for x, head in zip((left, right), heads, strict=True)
    ]
    shapes = [
        line_at(x, x, _HEAD_PX - 10, _HEIGHT_PX, palette.line_colour(dark), width=1)
        for x in (left, right)
    ]
    figure = go.Figure()
    beside = [_apart([y(share.value) for share in pair]) for pair in shares]
    for side, name in enumerate(names):
        ink, own = inks(dark)[side], [pair[side] for pair in shares]
        xs = [x + (2 * side - 1) * _OFF_PX for x in (left, right)]
        for x, share in zip(xs, own, strict=True):
            shapes.append(line_at(x, x, y(share.low), y(share.high), ink, width=1.75))
        percents = [palette.percent(share.value) for share in own]
        room = width - right - 2 * _OFF_PX - 10 - palette.label_width(percents[1], FONT_PX) - 8
        called = palette.fit_label(name, FONT_PX, room)
        notes += [
            label(
                left - 2 * _OFF_PX - 8,
                beside[0][side],
                palette.escape(percents[0]),
                px=FONT_PX,
                colour=ink,
                xanchor="right",
            ),
            label(
                right + 2 * _OFF_PX + 8,
                beside[1][side],
                f"<b>{palette.escape(percents[1])}</b> {palette.escape(called)}",
                px=FONT_PX,
                colour=ink,
                xanchor="left",
            ),
        ]
        figure.add_scatter(
            x=xs,
            y=[y(share.value) for share in own],
            mode="lines+markers",
            line={"color": ink, "width": 2, "dash": ("solid", "dot")[side]},
            marker=marker(side, dark, _DOT_PX),
            hovertext=[_hover(name, head, each) for head, each in zip(heads, own, strict=True)],
            hoverinfo="text",
        )
    figure.update_layout(**layout(width, _HEIGHT_PX, dark), annotations=notes, shapes=shapes)
    return figure


def _apart(ys: Sequence[float]) -> list[float]:
    """Where both numbers stand: beside their dots, but not over each other."""
    first, second = ys
    if abs(first - second) >= _LINE_PX:
        return [first, second]
    middle = min(max((first + second) / 2, _LINE_PX / 2), _HEIGHT_PX - _LINE_PX / 2)
    up, down = middle - _LINE_PX / 2, middle + _LINE_PX / 2
    return [up, down] if first <= second else [down, up]


def _hover(name: str, where: str, share: Estimated) -> str:
    called, place = (
        palette.escape(palette.fit_label(each, FONT_PX, 320)) for each in (name, where)
    )
    value, low, high = (
        palette.escape(palette.percent(each)) for each in (share.value, share.low, share.high)
    )
    return f"<b>{called}</b><br>{place}: {value}<br>{low} to {high} in 95 of 100 repeats"
