"""Signed weights as bars of HTML: for cards and reports."""

from collections.abc import Sequence
from math import isfinite

from ui.figures import palette
from ui.figures.markup import text_html

LONGEST_WHISKER = 2.5  # in strongest bars, as in the app's own charts
_BAR, _MIDDLE = ".8em", ".4em"

Interval = tuple[float, float]


def reach(
    weights: Sequence[float], intervals: Sequence[Interval | None] = ()
) -> tuple[float, float]:
    """From where to where bars in one scale go: 0 is in it, and what hardly counts stays short."""
    top = palette.colour_scale(weights)
    longest = LONGEST_WHISKER * top
    ends = [max(-longest, min(longest, end)) for each in intervals for end in known(each)]
    low, high = min([0.0, *weights, *ends]), max([0.0, *weights, *ends])
    return (low, max(high, top)) if high >= -low else (min(low, -top), high)


def known(interval: Interval | None) -> tuple[float, ...]:
    """The ends of an interval, none of it if one of them is not known."""
    return interval if interval is not None and all(map(isfinite, interval)) else ()


def track_html(
    weight: float,
    within: tuple[float, float],
    *,
    dark: bool,
    interval: Interval | None = None,
    faded: bool = False,
) -> str:
    """One bar as wide as there is room, hidden from screen readers: its number stands by it.

    `within` is the `reach` of all bars beside it. The sign is the side of the zero line, and solid
    or hatched; a thin line is where the number would lie in 95 of 100 repeats.
    """
    low, high = within

    def at(value: float) -> float:
        return 100 * (min(high, max(low, value)) - low) / (high - low)

    colour = palette.mark_colour(weight > 0, dark)
    start, end = sorted((at(0), at(weight)))
    fill = colour
    if weight < 0:
        fill = f"repeating-linear-gradient(45deg,{colour} 0 4px,transparent 4px 6px)"
    edge = "dotted" if faded else "solid" if weight > 0 else "dashed"
    drawn = (
        f'<span style="position:absolute;left:{start:.2f}%;width:{end - start:.2f}%;top:0;'
        f"height:{_BAR};box-sizing:border-box;background:{fill};border:1px {edge} {colour};"
        f'border-radius:2px;opacity:{0.5 if faded else 1}"></span>'
    )
    if ends := known(interval):
        ink = palette.text_colour(dark)
        left, right = map(at, ends)
        drawn += (
            f'<span style="position:absolute;left:{left:.2f}%;width:{right - left:.2f}%;'
            f'top:calc({_MIDDLE} - 1px);height:0;border-top:2px solid {ink}"></span>'
        )
    zero = (
        f'<span style="position:absolute;left:{at(0):.2f}%;top:-.15em;bottom:-.15em;width:0;'
        f'border-left:1px solid {palette.line_colour(dark)}"></span>'
    )
    return (
        f'<span aria-hidden="true" style="display:block;position:relative;height:{_BAR}">'
        f"{drawn if weight else ''}{zero}</span>"
    )


def bars_html(weights: Sequence[tuple[str, float]], *, dark: bool) -> str:
    """Names with their numbers, each above its bar."""
    within = reach([weight for _, weight in weights])
    lines = "".join(
        '<div style="padding:.25rem 0 .6rem">'
        '<div style="display:flex;justify-content:space-between;gap:1rem">'
        f'<span style="overflow-wrap:anywhere">{text_html(name)}</span>'
        f"<span>{palette.signed(weight, 3)}</span></div>"
        f"{track_html(weight, within, dark=dark)}</div>"
        for name, weight in weights
    )
    return f'<div style="font-size:.9rem;font-variant-numeric:tabular-nums">{lines}</div>'
