"""What only Upload draws: a network's answers under each way in which pixels may go in."""

from collections.abc import Mapping, Sequence

from ui.figures.markup import picture_html, text_html
from ui.figures.palette import counted, page_colour, percent, quiet_colour

_SMALL_PX = 48
_CELL = (
    "padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:middle;overflow-wrap:anywhere;"
    "border-bottom:1px solid rgba(134,141,149,.35)"
)
_WAY = ";min-width:8.5rem"  # narrower, names fall to pieces; the table is leafed through instead
_HEIGHT = "27rem"  # what comes after it stays near


def under_each_html(
    pictures: Sequence[tuple[str, str]],
    ways: Mapping[str, Sequence[tuple[str, float]] | None],
    chosen: str,
    *,
    first: int = 0,
    dark: bool,
) -> str:
    """A line a picture, (data URI, name) each; a column a way, with what it is said to be there.

    The ways have answers to all pictures, of which these begin with number `first`. Over each
    column stands how many different answers there are in all. A way without answers says so.
    The heads and the pictures stay in sight where the table is larger than its place.
    """
    page, quiet = page_colour(dark), quiet_colour(dark)
    top = f"position:sticky;top:0;background:{page};z-index:1;vertical-align:bottom"
    wide = f"min-width:calc({_SMALL_PX}px + .8rem);white-space:nowrap"
    side = f"position:sticky;left:0;background:{page};{wide}"

    def weight(way: str) -> str:
        return f"font-weight:{600 if way == chosen else 400}"

    def head(way: str, said: Sequence[tuple[str, float]] | None) -> str:
        told = ["chosen"] if way == chosen else []
        if said is not None and len(said) > 1:
            told.append(counted(len({name for name, _ in said}), "different answer"))
        below = f'<br><small style="color:{quiet}">{", ".join(told) or "&nbsp;"}</small>'
        style = f"{_CELL}{_WAY};{top};{weight(way)}"
        return f'<th scope="col" style="{style}">{text_html(way)}{below}</th>'

    heads = "".join(head(way, said) for way, said in ways.items())
    corner = f"{_CELL};{top};{side};z-index:2;font-weight:400"
    lines = [f'<tr><th scope="col" style="{corner}">Picture</th>{heads}</tr>']
    for row, (uri, name) in enumerate(pictures, first):
        cells = "".join(
            f'<td style="{_CELL}{_WAY};{weight(way)}">'
            f"{'no answer' if said is None else _said(*said[row])}</td>"
            for way, said in ways.items()
        )
        small = picture_html(uri, name, width_px=_SMALL_PX)
        lines.append(f'<tr><td style="{_CELL};{side}">{small}</td>{cells}</tr>')
    table = "width:100%;border-collapse:separate;border-spacing:0;font-size:.9rem"
    return (
        f'<div role="region" tabindex="0" aria-label="Answers under each way" '
        f'style="overflow:auto;max-height:{_HEIGHT}">'
        f'<table style="{table}">{"".join(lines)}</table></div>'
    )


def _said(name: str, sure: float) -> str:
    """An answer, which may be broken after an underscore."""
    return f"{text_html(name).replace('_', '_<wbr>')}, {text_html(percent(sure))}"
