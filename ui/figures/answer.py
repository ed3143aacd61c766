"""A model's answer: one bar a class, and up to three answers to compare."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from ui.figures import palette
from ui.figures.layout import CLEAR, bare_layout, label

FONT_PX = 14
NAME_PX = 20
BAR_PX = (34, 16, 14)  # thinner the more series there are
GAP_PX = 8
LEGEND_PX = 22
SAMPLE_PX = 28
WIDEST_PX = 760
MOST_CLASSES = 5
MOST_SERIES = 3
_PAD = 6


def _shown_classes(
    class_names: Sequence[str], series: Mapping[str, Sequence[float]], target: int | None
) -> tuple[list[int], bool]:
    """Which classes get a bar of their own, in which order, and whether the rest is summed."""
    if len(class_names) <= 2:
        return list(range(len(class_names))), False
    first = next(iter(series.values()))
    order = sorted(range(len(class_names)), key=lambda k: -first[k])
    if len(order) <= MOST_CLASSES:
        return order, False
    kept = order[: MOST_CLASSES - 1]
    if target is not None and target not in kept:
        kept[-1] = target
    return kept, True


def answer_bars(
    class_names: Sequence[str],
    series: Mapping[str, Sequence[float]],
    *,
    width_px: int,
    dark: bool,
    target: int | None = None,
    independent: bool = False,
) -> go.Figure:
    """Probabilities as horizontal bars with whole percents.

    The first series is filled, the second hatched, the third only outlined; their names stand
    above the bars beside a sample of each. Two classes keep their order; more are
    sorted by the first series, and beyond five the rest is summed as "others", or is represented by
    the strongest of them where a sum would mean nothing.

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
        If there are no series or more than three, or a series has not one number a class.
    """
    if not 1 <= len(series) <= MOST_SERIES:
        raise ValueError(f"{len(series)} series given; answer_bars draws one to {MOST_SERIES}.")
    for name, values in series.items():
        if len(values) != len(class_names):
            raise ValueError(
                f"series {name!r} has {len(values)} numbers for {len(class_names)} classes; "
                "give one probability for each class."
            )
    width_px = min(width_px, WIDEST_PX)
    kept, rest = _shown_classes(class_names, series, target)
    names = [class_names[k] for k in kept] + (
        [f"{len(class_names) - len(kept)} others{', the strongest' if independent else ''}"]
        if rest
        else []
    )
    many = len(series) > 1
    samples = _legend(list(series), width_px) if many else []
    legend_px = _PAD + LEGEND_PX * (1 + max(row for row, _ in samples)) if many else 0
    bar_px = BAR_PX[len(series) - 1]
    group_px = NAME_PX + bar_px * len(series) + GAP_PX
    height = legend_px + group_px * len(names)
    number_px = palette.label_width(">100%", FONT_PX) + _PAD
    full = width_px - number_px  # pixels of 100%
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)

    is_pair = len(class_names) == 2 and not independent
    colours = [_class_colour(k, target, is_pair, dark) for k in kept] + [quiet] * rest
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
    bars = []
    for s, (series_name, values) in enumerate(series.items()):
        shown = [min(1.0, max(0.0, float(values[k]))) for k in kept]
        if rest:
            others = [float(value) for k, value in enumerate(values) if k not in kept]
            shown.append(min(1.0, max(0.0, max(others) if independent else sum(others))))
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
                    f"{palette.escape(palette.percent(v))}"
                    + (f"<br>{palette.escape(series_name)}" if many else "")
                    for name, v in zip(names, shown, strict=True)
                ],
                hoverinfo="text",
                marker=_marker(s, colours, dark),
            )
        )
        notes += [
            label(
                v * full + _PAD,
                y,
                palette.escape(palette.percent(v)),
                px=FONT_PX if s == 0 else FONT_PX - 1,
                colour=text if s == 0 else quiet,
                xanchor="left",
            )
            for v, y in zip(shown, middles, strict=True)
        ]
        if many:
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
        barmode="overlay",
        xaxis={"range": [0, width_px], "visible": False, "fixedrange": True},
        yaxis={"range": [height, 0], "visible": False, "fixedrange": True},
    )
    return figure


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
