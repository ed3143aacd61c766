"""Shares of both models beside each other: a row a class or a slice, a dot a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

import plotly.graph_objects as go

from ui.compare.values import Estimated
from ui.figures import palette
from ui.figures.layout import label
from ui.figures.parts import FONT_PX, layout, line_at, note_at

BLUE, DARK_BLUE = "#2F6690", "#8FBBE0"  # the theme's, of links
ROW_PX = 40
NARROW_PX = 480
WIDEST_PX = 760
NARROW_ROW_PX = 30
_NAME_PX = 18  # a name above its dots, where there is no room beside them
_HEAD_PX = 24
_OFF_PX = 8  # a dot above or below the middle of its row
_NUMBER_PX = 46
_DOT_PX = 9


@dataclass(frozen=True, slots=True)
class SharesRow:
    """What is shared: `name` is its own, `n` how many items it is of; quiet where it may be chance.

    `shares` are None where there is nothing to be a share of.
    """

    name: str
    n: int
    shares: tuple[Estimated | None, Estimated | None]
    is_quiet: bool = False


def inks(dark: bool) -> tuple[str, str]:
    """The colours of both models, which are also told apart by filled and hollow, solid, dashed."""
    return palette.text_colour(dark), DARK_BLUE if dark else BLUE


def marker(side: int, dark: bool, px: float) -> dict[str, Any]:
    """The mark of a model: a filled circle, or a hollow diamond."""
    ink = inks(dark)[side]
    return {
        "symbol": ("circle", "diamond")[side],
        "size": px,
        "color": (ink, palette.page_colour(dark))[side],
        "line": {"color": ink, "width": 2},
        "opacity": 1,
    }


def shares_figure(
    rows: Sequence[SharesRow], names: Sequence[str], *, width_px: int, dark: bool
) -> go.Figure:
    """A dot for each model's share in each row, with its 95% interval, from the least shown to 1.

    Coordinates are pixels, y downwards; the model's name leads each trace's hover.
    """
    width = min(width_px, WIDEST_PX)
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    is_narrow = width < NARROW_PX
    left = 16.0 if is_narrow else 0.36 * width
    end = width - _NUMBER_PX - 8
    lows = [share.low for row in rows for share in row.shares if share is not None]
    start = min(0.9, floor(10 * min(lows, default=0.0)) / 10)
    dots_px = NARROW_ROW_PX if is_narrow else ROW_PX
    row_px = dots_px + (_NAME_PX if is_narrow else 0)

    def x(share: float) -> float:
        return left + (share - start) / (1 - start) * (end - left)

    notes, shapes = [], []
    height = _HEAD_PX + row_px * len(rows)
    step = 0.1 if start >= 0.5 else 0.25
    for k in range(round(1 / step) + 1):
        at = 1 - k * step
        if at < start - 1e-9:
            break
        shapes.append(
            line_at(x(at), x(at), _HEAD_PX, height, _grid_colour(dark), width=1)
            | {"layer": "below"}
        )
        notes.append(note_at(x(at), _HEAD_PX / 2, f"{100 * at:.0f}%", quiet, "center"))
    middles = [_HEAD_PX + k * row_px + row_px - dots_px / 2 for k in range(len(rows))]
    for row, middle in zip(rows, middles, strict=True):
        ink = quiet if row.is_quiet else text
        notes.append(_named(row, middle, width if is_narrow else left, is_narrow, ink))
    figure = go.Figure()
    for side, name in enumerate(names):
        xs, ys, hovers = [], [], []
        for row, middle in zip(rows, middles, strict=True):
            share, y = row.shares[side], middle + (2 * side - 1) * _OFF_PX
            number = "–" if share is None else palette.percent(share.value)
            notes.append(
                label(width, y, palette.escape(number), px=FONT_PX - 1, colour=inks(dark)[side],
                      xanchor="right")
            )  # fmt: skip
            if share is None:
                continue
            shapes.append(
                line_at(x(share.low), x(share.high), y, y, inks(dark)[side], width=1.75,
                        dash=("solid", "dot")[side]) | {"layer": "below"}
            )  # fmt: skip
            xs.append(x(share.value))
            ys.append(y)
            hovers.append(_hover(row.name, name, share))
        figure.add_scatter(
            x=xs,
            y=ys,
            mode="markers",
            marker=marker(side, dark, _DOT_PX),
            hovertext=hovers,
            hoverinfo="text",
        )
    figure.update_layout(**layout(width, height, dark), annotations=notes, shapes=shapes)
    return figure


def shares_in_words(rows: Sequence[SharesRow], names: Sequence[str]) -> str:
    """The same in a sentence a row. Not escaped."""
    said = []
    for row in rows:
        both = (
            f"{name} {'not known' if share is None else palette.percent(share.value)}"
            for name, share in zip(names, row.shares, strict=True)
        )
        said.append(f"{row.name} ({palette.counted(row.n, 'item')}): {', '.join(both)}.")
    return " ".join(said) or "There is nothing to show."


def _named(row: SharesRow, middle: float, room: float, is_narrow: bool, ink: str) -> dict[str, Any]:
    tail = f"  {row.n:,}"
    fits = room - palette.label_width(tail, FONT_PX) - 16
    name = palette.escape(palette.fit_label(row.name, FONT_PX, fits))
    name = name if row.is_quiet else f"<b>{name}</b>"
    y = middle - NARROW_ROW_PX / 2 - _NAME_PX / 2 + 3 if is_narrow else middle
    return label(0, y, f"{name}{tail}", px=FONT_PX - 1, colour=ink, xanchor="left")


def _hover(what: str, name: str, share: Estimated) -> str:
    what, name = (palette.escape(palette.fit_label(each, FONT_PX, 320)) for each in (what, name))
    low, high = (palette.escape(palette.percent(end)) for end in (share.low, share.high))
    of = palette.escape(palette.percent(share.value))
    return f"<b>{what}</b><br>{name}: {of}<br>{low} to {high} in 95 of 100 repeats"


def _grid_colour(dark: bool) -> str:
    return "#3A4148" if dark else "#D5D9DE"
