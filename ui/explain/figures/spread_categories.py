"""How often each category of a column occurs in the training data, class by class."""

from itertools import zip_longest
from typing import Any

import plotly.graph_objects as go

from lime_engine.subjects import Value
from ui.figures import palette
from ui.figures.parts import (
    FONT_PX,
    GAP_PX,
    NAME_PX,
    PAD_PX,
    ClassCounts,
    heading,
    layout,
    line_at,
    note_at,
    rectangle,
    shade,
)

ROW_PX = 15  # a bar of a category
MOST_CATEGORIES = 12
SAMPLE_PX = 26


def category_bars(
    categories: list[str],
    rows: list[ClassCounts],
    value: Value,
    column: str,
    width_px: int,
    dark: bool,
) -> go.Figure:
    """A group of bars for each category, one a class; see `spread.value_histogram`."""
    text, quiet = palette.text_colour(dark), palette.quiet_colour(dark)
    totals = [sum(counts) for _, counts, _ in rows]
    mine = next((i for i, c in enumerate(categories) if value is not None and c == str(value)), -1)
    share = [
        sum(counts[i] / (total or 1) for (_, counts, _), total in zip(rows, totals, strict=True))
        for i in range(len(categories))
    ]
    order = sorted(range(len(categories)), key=lambda i: -share[i])
    kept, rest = order[:MOST_CATEGORIES], order[MOST_CATEGORIES:]
    if mine in rest:
        kept[-1], rest = mine, [i for i in order if i not in kept[:-1] and i != mine]
    groups = [(categories[i], [i], i == mine) for i in kept]
    if rest:
        groups.append((palette.counted(len(rest), "other"), rest, False))

    bar_px = ROW_PX
    group_px = NAME_PX - 2 + bar_px * len(rows) + GAP_PX
    legend_px = (NAME_PX - 2) * len(rows) + PAD_PX
    said = ""
    if value is None:
        said = f"This row has no value in {column}."
    elif mine < 0:
        said = f"This row has {value}, which the training data does not have."
    said_px = 26 if said else 0
    first = legend_px + said_px
    height = first + group_px * len(groups)
    number_px = palette.label_width(">100%", FONT_PX - 1) + PAD_PX
    longest = max(
        counts[i] / (total or 1)
        for i in kept
        for (_, counts, _), total in zip(rows, totals, strict=True)
    )
    full = (width_px - number_px - 2 * PAD_PX) / (longest or 1)  # pixels of all rows of a class
    bars, notes, shapes = [], [], []
    for s, (name, counts, missing) in enumerate(rows):
        total = totals[s]
        sample_y = (s + 0.5) * (NAME_PX - 2)
        shares = [sum(counts[i] for i in ids) / (total or 1) for _, ids, _ in groups]
        # The rest together would dwarf them: it has numbers only.
        lengths = [max(round(share * full, 1), 1.0) for share in shares[: len(kept)]]
        ys = [first + group_px * g + NAME_PX - 2 + bar_px * (s + 0.5) for g in range(len(groups))]
        bars.append(
            go.Bar(
                orientation="h",
                base=PAD_PX,
                x=[SAMPLE_PX, *lengths],
                y=[sample_y, *ys[: len(kept)]],
                width=bar_px - 4,
                marker=_look(s, quiet),
                hovertext=[
                    "",
                    *(
                        f"{palette.escape(palette.fit_label(group, FONT_PX, 600))}<br>"
                        f"{palette.escape(palette.fit_label(name, FONT_PX, 600))}: "
                        f"{share * total:,.0f} of {total:,.0f}"
                        for (group, _, _), share in zip(groups, shares[: len(kept)], strict=False)
                    ),
                ],
                hoverinfo="text",
            )
        )
        head = heading(name, total, missing, width_px - SAMPLE_PX - 3 * PAD_PX)
        notes.append(note_at(SAMPLE_PX + 2 * PAD_PX, sample_y, head, text))
        notes += [
            note_at(PAD_PX + (long + 5 if long else 0), y, palette.percent(share), quiet)
            for share, long, y in zip_longest(shares, lengths, ys)
        ]
    for g, (group, _, is_mine) in enumerate(groups):
        top = first + group_px * g
        tail = "  this row" if is_mine else ""
        room = width_px - 2 * PAD_PX - palette.label_width(tail, FONT_PX) - 8
        note = note_at(PAD_PX, top + 11, palette.fit_label(group, FONT_PX, room) + tail, text)
        if is_mine:
            note["text"] = f"<b>{note['text']}</b>"
            end = top + group_px - GAP_PX + 6
            shapes.append(rectangle(0, width_px, top - 2, end, shade(dark)))
            shapes.append(line_at(1, 1, top - 2, end, text, width=2))
        notes.append(note)
    if said:
        said = palette.fit_label(said, FONT_PX - 1, width_px - 2 * PAD_PX)
        notes.append(note_at(PAD_PX, legend_px + 10, said, text))
    figure = go.Figure(bars)
    figure.update_layout(**layout(width_px, height, dark), annotations=notes, shapes=shapes)
    return figure


def _look(series: int, colour: str) -> dict[str, Any]:
    """Filled, hatched, outlined: told apart without colour."""
    marker: dict[str, Any] = {"color": colour, "line": {"color": colour, "width": 1.5}}
    if series:
        marker["pattern"] = {
            "shape": "/" if series == 1 else ".",
            "fillmode": "replace",
            "bgcolor": "rgba(0,0,0,0)",
            "fgcolor": colour if series == 1 else "rgba(0,0,0,0)",
            "size": 6,
            "solidity": 0.35,
        }
    return marker
