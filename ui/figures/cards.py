"""Explanations in small: for cards, previews and reports."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from lime_engine.subjects import ImageSubject
from ui.figures import palette
from ui.figures.markup import mark, picture_html, text_html
from ui.figures.outlines import Bytes
from ui.figures.overlay import tinted
from ui.figures.pixels import displayed, resized

LONGEST_PX = 480


def explained_picture(
    subject: ImageSubject,
    weights: Mapping[int, float],
    off: Collection[int] = (),
    *,
    scale: float | None = None,
) -> Bytes:
    """The picture with its superpixels tinted and outlined, as one RGB picture.

    `scale` is the weight with the strongest colour, by default the largest of those here.
    """
    from PIL import Image

    top = scale or palette.colour_scale(weights.values())
    over = tinted(subject, weights, scale=top, off=off, longest_px=LONGEST_PX)
    picture = Image.fromarray(resized(displayed(subject.pixels), *over.shape[:2]))
    picture.paste(Image.fromarray(over), mask=Image.fromarray(over[..., 3]))
    return np.asarray(picture)


def pictures_html(pictures: Sequence[tuple[str, str]], *, width_px: int = 120) -> str:
    """Pictures, (data URI, alt text) each, side by side as far as there is room."""
    shown = "".join(
        f'<div style="flex:0 1 {width_px}px">{picture_html(uri, alt, width_px=width_px)}</div>'
        for uri, alt in pictures
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:.5rem">{shown}</div>'


def weights_html(
    weights: Sequence[tuple[str, float]], *, dark: bool, scale: float | None = None
) -> str:
    """Names with their signed weights, a line each; `scale` has the strongest colour."""
    top = palette.colour_scale(weight for _, weight in weights) if scale is None else scale
    lines = "".join(
        '<div style="display:flex;justify-content:space-between;gap:1rem;padding:.15rem 0">'
        f"<span>{text_html(name)}</span>{mark(weight, top, dark)}</div>"
        for name, weight in weights
    )
    return f'<div style="overflow-wrap:anywhere">{lines}</div>'
