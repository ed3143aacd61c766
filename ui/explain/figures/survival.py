"""What stayed when the same question was asked in other ways: words and columns, or a picture."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ui.figures import palette
from ui.figures.layout import label
from ui.figures.outlines import Bytes, bands, dashes, resized_segments
from ui.figures.parts import layout, rectangle, shade
from ui.figures.pixels import MOST_PX, TINY_PX, canvas, data_uri, displayed, resized

FONT_PX = 14
ROW_PX = 32
STACKED_ROW_PX = 54  # the name above its marks
MARK_PX = 22
WIDEST_CELL_PX = 66
NARROW_PX = 480
WIDEST_PX = 760
KEY_PX = 21  # a line of the key
HEAD_LINES = 3
EMPTY = "·"
_GAP = 8
_LINE_PX = 5  # an outline in a picture, with the white beside it
_DASH_PX = 26
_STRONGEST = 0.5  # how much of a picture a tint covers
_STRIPE = 0.3  # and what a stripe of the hatching adds


class Survival(NamedTuple):
    """A component in each variant: its signed weight, None where it was not among those shown."""

    name: str
    weights: Sequence[float | None]


def stayed(weights: Sequence[float | None]) -> int:
    """In how many variants the component is shown with the same sign.

    The sign it has in the first variant counts; where it is not shown there, the more frequent.
    """
    signs = [_sign(weight) for weight in weights]
    if signs and signs[0]:
        return signs.count(signs[0])
    return max(signs.count(1), signs.count(-1))


def survival_figure(
    rows: Sequence[Survival | tuple[str, Sequence[float | None]]],
    variants: Sequence[str],
    *,
    width_px: int,
    dark: bool,
) -> go.Figure:
    """A row a component, a column a variant: + or − where it is shown, a dot where it is not.

    Marks of what speaks for the answer have a solid edge, the others a dashed one; they are filled
    by strength. What stayed most often comes first; of equals, the stronger.

    Parameters
    ----------
    rows : sequence of (name, weights)
        The components that any variant shows: see `Survival`. A weight of 0 is one not shown.
    variants : sequence of str
        Short names: "as shown", "half width", "other seed". The first is what the page shows.
        Where they do not fit they are numbers, with a key below.
    width_px : int
        Width of the figure in pixels.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    plotly.graph_objects.Figure
        Coordinates are pixels, y downwards. The one trace are the marks' signs, row by row.

    Raises
    ------
    ValueError
        If a row has not one weight a variant.
    """
    n = len(variants)
    found = [Survival(*row) for row in rows]
    for row in found:
        if len(row.weights) != n:
            raise ValueError(
                f"{len(row.weights)} weights for {row.name!r} in {n} variants; give one for each, "
                "None where it is not shown."
            )
    found.sort(key=lambda row: (-stayed(row.weights), -_mean_size(row.weights)))
    width_px = min(width_px, WIDEST_PX)
    narrow = width_px < NARROW_PX
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    scale = palette.colour_scale(w for row in found for w in row.weights if w and w == w)

    counts_px = palette.label_width(f"{n} of {n}", FONT_PX) + _GAP
    longest = max(
        (palette.label_width(palette.fit_label(r.name, FONT_PX, 9e9), FONT_PX) for r in found),
        default=0.0,
    )
    spare = width_px - counts_px - _GAP - (MARK_PX + 4) * n  # beside small marks
    stacked = narrow and longest > spare
    room = width_px - 4.0 if stacked else min(longest, spare if narrow else 0.34 * width_px)
    left = 0.0 if stacked else room + _GAP
    cell = min(WIDEST_CELL_PX, (width_px - left - counts_px) / max(1, n))
    heads = [wrapped(name, FONT_PX - 2, cell - 4, HEAD_LINES) for name in variants]
    keyed = any(" ".join(h) != " ".join(v.split()) for h, v in zip(heads, variants, strict=True))
    if keyed:
        heads = [[str(column + 1)] for column in range(n)]
    head_px = 12 + 15 * max((len(head) for head in heads), default=0)
    row_px = STACKED_ROW_PX if stacked else ROW_PX
    bottom = head_px + row_px * len(found)
    middles = [left + (column + 0.5) * cell for column in range(n)]

    notes = [
        label(
            middle,
            head_px - 6,
            "<br>".join(f"{b}{palette.escape(line)}{e}" for line in head),
            px=FONT_PX - 2,
            colour=quiet if column else text,
            xanchor="center",
        )
        | {"yanchor": "bottom", "align": "center"}
        for column, (middle, head) in enumerate(zip(middles, heads, strict=True))
        for b, e in [("", "") if column else ("<b>", "</b>")]
    ]
    # A band behind what the page shows, where no names would lie across it.
    shapes = [rectangle(left, left + cell, 0, bottom, shade(dark))] if n > 1 and left else []
    signs, hovers, places = [], [], []
    for i, row in enumerate(found):
        y = head_px + row_px * i + (36 if stacked else 16)
        times = stayed(row.weights)
        name = palette.escape(palette.fit_label(row.name, FONT_PX, room))
        whole = palette.escape(palette.fit_label(row.name, FONT_PX, 900))
        said = f"{times} of {n}"
        notes += [
            label(0, y - 25 * stacked, name, px=FONT_PX, colour=text, xanchor="left"),
            label(
                left + n * cell + _GAP,
                y,
                f"<b>{said}</b>" if times == n else said,
                px=FONT_PX,
                colour=text if times == n else quiet,
                xanchor="left",
            ),
        ]
        for middle, variant, weight in zip(middles, variants, row.weights, strict=True):
            places.append((middle, y))
            shown = weight if weight and weight == weight else None
            signs.append(EMPTY if shown is None else "<b>+</b>" if shown > 0 else "<b>−</b>")
            hovers.append(
                f"<b>{whole}</b><br>{palette.escape(palette.fit_label(variant, FONT_PX, 400))}: "
                + ("not among those shown" if shown is None else palette.signed(shown, 3))
            )
            if shown is not None:
                shapes += _mark(middle, y, min(MARK_PX, cell - 3), shown, scale, dark)
    key, key_px = _key(variants, bottom, width_px, quiet) if keyed else ([], 4)
    figure = go.Figure(
        go.Scatter(
            x=[x for x, _ in places],
            y=[y for _, y in places],
            mode="text",
            text=signs,
            textfont={
                "size": FONT_PX + 1,
                "color": [quiet if sign == EMPTY else text for sign in signs],
            },
            hovertext=hovers,
            hoverinfo="text",
        )
    )
    figure.update_layout(
        **layout(width_px, bottom + key_px, dark), annotations=notes + key, shapes=shapes
    )
    return figure


def wrapped(text: str, font_px: float, longest_px: float, most: int) -> list[str]:
    """At most `most` lines of at most `longest_px`; what does not fit is shortened."""
    words = palette.fit_label(text, font_px, 9e9).split()
    lines = [words[0]]
    for i, word in enumerate(words[1:], start=1):
        if palette.label_width(f"{lines[-1]} {word}", font_px) <= longest_px:
            lines[-1] += f" {word}"
        elif len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = " ".join([lines[-1], *words[i:]])
            break
    return [palette.fit_label(line, font_px, longest_px) for line in lines]


def _sign(weight: float | None) -> int:
    return 0 if not weight or weight != weight else 1 if weight > 0 else -1


def _mean_size(weights: Sequence[float | None]) -> float:
    return sum(abs(w) for w in weights if w and w == w) / max(1, len(weights))


def _mark(
    x: float, y: float, side: float, weight: float, scale: float, dark: bool
) -> list[dict[str, Any]]:
    """A mark, on the page's own colour: on a band the same tint would look duller."""
    half = side / 2
    place = {
        "type": "rect",
        "layer": "below",
        "x0": x - half,
        "x1": x + half,
        "y0": y - half,
        "y1": y + half,
    }
    line = {
        "color": palette.mark_colour(weight > 0, dark),
        "width": 1.5,
        "dash": "solid" if weight > 0 else "3px,2px",
    }
    page = palette.page_colour(dark)
    tint = palette.signed_colour(weight, scale, dark)
    return [
        place | {"fillcolor": page, "line": {"width": 0}},
        place | {"fillcolor": tint, "line": line},
    ]


def _key(
    variants: Sequence[str], top: float, width_px: float, colour: str
) -> tuple[list[dict[str, Any]], float]:
    """What the numbers over the columns stand for, and the height that takes."""
    notes, line, left = [], 0, 0.0
    for number, name in enumerate(variants, start=1):
        name = palette.fit_label(name, FONT_PX - 1, width_px - 30)
        said = f"{number} {name}"
        wide = palette.label_width(said, FONT_PX - 1)
        if left > 0 and left + wide > width_px:
            line, left = line + 1, 0.0
        text = f"<b>{number}</b> {palette.escape(name)}"
        y = top + _GAP + KEY_PX * (line + 0.5)
        notes.append(label(left, y, text, px=FONT_PX - 1, colour=colour, xanchor="left"))
        left += wide + 2 * _GAP
    return notes, _GAP + KEY_PX * (line + 1) + 2


def survival_picture(
    pixels: NDArray[Any],
    shares: tuple[NDArray[Any], NDArray[Any]],
    *,
    px: int = MOST_PX,
    dark: bool,
) -> str:
    """The picture in grey but for what stayed, the stronger in colour the more often it did.

    Parameters
    ----------
    pixels : array of shape (h, w), (h, w, 1), (h, w, 3) or (h, w, 4)
        As for `pixels.displayed`.
    shares : (positive, negative), arrays of shape (h, w)
        In what share of the variants a pixel lay in a shown region that speaks for the answer, and
        in one that speaks against it; 0 to 1. The larger one counts; of equal ones, none.
    px : int
        Longest side of the drawing in pixels.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    str
        A ``data:image/`` URI. Where a share is 1 there is an outline, solid for the answer and
        dashed against it.

    Raises
    ------
    ValueError
        If the shares have not the picture's height and width.
    """
    positive, negative = (np.nan_to_num(np.asarray(share, dtype=float)) for share in shares)
    for name, share in (("positive", positive), ("negative", negative)):
        if share.shape != pixels.shape[:2]:
            raise ValueError(
                f"The {name} shares have the shape {share.shape}; the picture has "
                f"{pixels.shape[:2]}."
            )
    height, width = positive.shape
    smooth = max(height, width) > TINY_PX
    times = px / max(height, width)
    size: tuple[int, int] = (
        (max(1, round(height * times)), max(1, round(width * times)))
        if smooth
        else canvas(height, width, px)
    )
    signed = np.where(positive > negative, positive, -negative) * (positive != negative)
    levels, ids = np.unique(np.clip(signed, -1, 1), return_inverse=True)
    ids = ids.reshape(height, width)
    drawn = resized_segments(ids, *size, smooth)
    share = np.abs(levels)[drawn][..., None]
    tint = np.array([_rgb(level > 0) for level in levels], dtype=float)[drawn]

    picture = resized(displayed(pixels), *size).astype(float)
    grey = picture @ (0.299, 0.587, 0.114) / 4 + (44 if dark else 172)
    shown = grey[..., None] * (1 - share) + picture * share
    stripes = np.add.outer(*(np.arange(n) for n in size)) % 16 < 4
    hatched = stripes & (levels < 0)[drawn]  # what speaks against, as in bars
    shown += (tint - shown) * (_STRONGEST * share + _STRIPE * np.sqrt(share) * hatched[..., None])
    kind = np.zeros(len(levels), dtype=np.uint8)
    kind[levels >= 1 - 1e-9], kind[levels <= -1 + 1e-9] = 1, 2
    return data_uri(_outlined(shown, kind[ids], kind[drawn], smooth), "photograph")


def _rgb(positive: bool) -> tuple[int, ...]:
    """The official colour of a sign."""
    colour = palette.POSITIVE if positive else palette.NEGATIVE
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def _outlined(
    shown: NDArray[np.float64], kind: NDArray[Any], drawn: NDArray[Any], smooth: bool
) -> Bytes:
    """Outlines around what is of kind 1 (solid) and 2 (dashed), inside of it."""
    _, _, rings = bands(drawn, drawn, _LINE_PX)
    core = (rings > 1) & (rings < _LINE_PX)
    shown[rings > 0] = 255
    shown[core & (drawn == 1)] = _rgb(True)
    dashed = dashes(kind, drawn, [2], _DASH_PX, 2 * _LINE_PX, smooth)
    shown[core & (drawn == 2) & dashed] = _rgb(False)
    return np.rint(shown).astype(np.uint8)
