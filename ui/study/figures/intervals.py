"""Values with their intervals, a row each: a measure by arm, or the items."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import plotly.graph_objects as go

from ui.figures import palette
from ui.figures.layout import bare_layout, label

ROW_PX = 40
FOOT_PX = 28  # the axis
NAMES_PX, LETTER_PX = 130, 7  # before the intervals: what usual names take, and a letter
SAID_PX = 190  # behind the intervals; below them on a phone
NARROW_PX = 520


@dataclass(frozen=True, slots=True)
class Row:
    """One value; nan where there is too little to say.

    Parameters
    ----------
    name, said
        What stands before and behind it, as plain text.
    """

    name: str
    value: float
    low: float
    high: float
    said: str


def intervals_figure(
    rows: Sequence[Row],
    ends: tuple[float, float],
    *,
    is_share: bool,
    width_px: int,
    dark: bool,
) -> go.Figure:
    """A dot on a bar from the interval's lower end to its upper one.

    Parameters
    ----------
    ends
        What the axis reaches from and to; further, if an interval does.
    is_share
        Whether the axis is in percent.
    """
    is_narrow = width_px < NARROW_PX
    row_px = ROW_PX + (18 if is_narrow else 0)
    height = row_px * len(rows) + FOOT_PX
    low = min([ends[0], *(row.low for row in rows if not isnan(row.low))])
    high = max([ends[1], *(row.high for row in rows if not isnan(row.high))])
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    figure = go.Figure(layout=bare_layout(width_px, height, dark))
    for place, row in enumerate(rows):
        if isnan(row.value):
            continue
        figure.add_scatter(
            x=[row.low, row.high],
            y=[place, place],
            mode="lines",
            cliponaxis=False,
            line={"color": text, "width": 3},
            hoverinfo="skip",
        )
        figure.add_scatter(
            x=[row.value],
            y=[place],
            mode="markers",
            cliponaxis=False,
            marker={"color": text, "size": 11},
            hovertemplate=palette.escape(f"{row.name}: {row.said}") + "<extra></extra>",
        )
    names_px = max(NAMES_PX, LETTER_PX * max(len(row.name) for row in rows))
    left, right = names_px / width_px, 1 - (12 if is_narrow else SAID_PX) / width_px
    pad = (high - low) / 50
    figure.update_xaxes(
        domain=[left, right],
        range=[low - pad, high + pad],
        zeroline=low < 0 < high,
        zerolinecolor=palette.line_colour(dark),
        gridcolor=palette.line_colour(dark).replace("0.4", "0.15").replace("0.5", "0.15"),
        tickformat=".0%" if is_share else None,
        tickfont={"size": 12, "color": quiet},
        nticks=5,
        fixedrange=True,
    )
    figure.update_yaxes(
        range=[len(rows) - 0.5, -0.5],
        domain=[FOOT_PX / height, 1],
        visible=False,
        fixedrange=True,
    )
    for place, row in enumerate(rows):
        above = 9 if is_narrow else 0
        name = label(
            0, place, palette.escape(row.name), px=14, colour=text, xanchor="left", xref="paper"
        )
        said = label(
            left if is_narrow else right,
            place,
            palette.escape(row.said),
            px=13,
            colour=quiet if isnan(row.value) else text,
            xanchor="left",
            xref="paper",
            xshift=0 if is_narrow else 12,
            yshift=-2 * above,
            bgcolor=palette.page_colour(dark) if is_narrow else None,  # else lines go through it
        )
        figure.add_annotation(name)
        figure.add_annotation(said)
    return figure
