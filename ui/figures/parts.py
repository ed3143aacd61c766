"""What the figures of a column's values share."""

from math import ceil, floor, isfinite, log10
from typing import Any

from ui.figures import palette
from ui.figures.layout import bare_layout, label

FONT_PX = 14
NAME_PX = 24  # a class's name above its bars
GAP_PX = 12
PAD_PX = 8

ClassCounts = tuple[str, list[float], int]  # name, counts, how many are missing


def layout(width_px: int, height_px: float, dark: bool) -> dict[str, Any]:
    """Layout of a figure whose coordinates are pixels, y downwards."""
    return {
        **bare_layout(width_px, round(height_px), dark),
        "barmode": "overlay",
        "bargap": 0,
        "xaxis": {"range": [0, width_px], "visible": False, "fixedrange": True},
        "yaxis": {"range": [round(height_px), 0], "visible": False, "fixedrange": True},
    }


def note_at(x: float, y: float, text: str, colour: str, xanchor: str = "left") -> dict[str, Any]:
    return label(x, y, palette.escape(text), px=FONT_PX - 1, colour=colour, xanchor=xanchor)


def rectangle(x0: float, x1: float, y0: float, y1: float, colour: str) -> dict[str, Any]:
    return {
        "type": "rect",
        "layer": "below",
        "x0": x0,
        "x1": x1,
        "y0": y0,
        "y1": y1,
        "fillcolor": colour,
        "line": {"width": 0},
    }


def line_at(x0: float, x1: float, y0: float, y1: float, colour: str, **more: Any) -> dict[str, Any]:
    line = {"color": colour, **more}
    return {"type": "line", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "line": line}


def shade(dark: bool) -> str:
    return "rgba(232,234,237,0.10)" if dark else "rgba(31,35,40,0.07)"


def heading(name: str, n: float, missing: int, width_px: float) -> str:
    tail = f"  {palette.counted(n, 'row')}" + (f", {missing:,} missing" if missing else "")
    room = width_px - palette.label_width(tail, FONT_PX - 1)
    return palette.fit_label(name, FONT_PX - 1, max(room, 0.3 * width_px)) + tail


def number_text(value: float) -> str:
    """A value as people write it: 38.4, 2019, 12,500, 0.0031."""
    if value == round(value) and abs(value) < 1e15:
        return (f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.0f}").replace(
            "-", "\N{MINUS SIGN}"
        )
    digits = max(0, 3 - floor(log10(abs(value)))) if isfinite(value) else 0
    shown = f"{value:,.{min(digits, 8)}f}" if 1e-5 < abs(value) < 1e12 else f"{value:.4g}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown and "e" not in shown else shown
    return shown.replace("-", "\N{MINUS SIGN}")


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round numbers from `low` to `high`."""
    if not (high - low) / most > 0:  # nor can the smallest of all numbers be divided
        return [low]
    size = 10.0 ** floor(log10((high - low) / most))
    for step in (size * s for s in (1, 2, 5, 10, 20, 50)):
        first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
        if last - first < most:
            break
    return [float(f"{i * step:.12g}") for i in range(first, last + 1)]
