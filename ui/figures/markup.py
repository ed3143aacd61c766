"""Words and small tables as escaped HTML, for `st.html` and for the report."""

import html
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lime_engine.subjects import TabularSubject, TextSubject, Value
from ui.figures import palette
from ui.figures.linked import telling
from ui.figures.wrap import Spans

EXCERPT = 240  # characters of a text in a table or on a card
SPLITS = {"train": "Training", "test": "Test", "field": "Real use"}


_TABLE = "width:100%;border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums"
_CELL = "padding:.35rem .6rem .35rem 0;text-align:left;vertical-align:top"


def as_html(
    text: str,
    spans: Spans,
    weights: Mapping[int, float],
    *,
    off: Collection[int] = (),
    scale: float | None = None,
    dark: bool = False,
) -> str:
    """The same words as real text, for ``st.html``: it can be read aloud, selected, searched.

    Everything that comes from `text` is escaped. The sign is a solid or dashed underline and a
    small number after the word, unless that is practically nothing; words that are switched off are
    struck through.
    """
    top = palette.colour_scale(weights.values()) if scale is None else scale
    told = telling(weights)
    places = sorted((a, b, i) for i, component in enumerate(spans) for a, b in component)
    out: list[str] = []
    done = 0

    def piece(start: int, end: int) -> str:
        # One line break, also where a component begins between its two characters.
        return text_html(text[start + (text[start - 1 : start + 1] == "\r\n") : end])

    for a, b, component in places:
        out.append(piece(done, a))
        word = piece(a, b)
        done = b
        if component in off:
            out.append(f'<del style="color:{palette.quiet_colour(dark)}">{word}</del>')
        elif weight := told.get(component):
            tint = palette.signed_colour(weight, top, dark)
            line = palette.mark_colour(weight > 0, dark)
            style = (
                f"color:inherit;background:{tint};border-radius:.25em;padding:0 .1em;"
                f"border-bottom:2px {'solid' if weight > 0 else 'dashed'} {line}"
            )
            out.append(
                f'<mark style="{style}">{word}<sup style="font-size:.7em">'
                f"{palette.signed(weight)}</sup></mark>"
            )
        else:
            out.append(word)
    out.append(piece(done, len(text)))
    style = "white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.9;max-width:46em"
    return f'<div dir="auto" style="{style}">{"".join(out)}</div>'


def text_html(text: str) -> str:
    """Text from people as HTML, with what cannot be seen made visible."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    return html.escape(
        "".join(c if c in "\n\t" else palette.printable(c) for c in kept), quote=True
    )


def evidence_table(
    counts: Mapping[str, Any], word: str, class_names: Sequence[str], *, dark: bool
) -> str:
    """How often a word occurs: one row for train, test and field each, one column a class.

    `counts` is what `ui.explain.work.evidence` returns; what the task does not have has no row.
    """
    rows = []
    for split, name in SPLITS.items():
        if split not in counts["totals"]:
            continue
        cells = []
        for n, total in zip(counts["counts"][word][split], counts["totals"][split], strict=True):
            share = n / total if total else 0.0
            count = f'<small style="white-space:nowrap">({n:,} of {total:,})</small>'
            cells.append(f"{bar(share, dark=dark)} {share:.1%} {count}")
        rows.append((html.escape(name), *cells))
    return _table(("Data", *(html.escape(name) for name in class_names)), rows, dark)


def copies_table(
    subject: TextSubject, copies: Sequence[Mapping[str, Any]], class_name: str, *, dark: bool
) -> str:
    """Perturbed copies with the model's answer and their weight.

    `copies` is what Explain's worker of that name returns; words that are off are struck through.
    """
    text, spans = excerpt(subject)
    rows = []
    for copy in copies:
        off = {component for component in copy["off"] if component in spans}
        places = [spans.get(i, ()) for i in range(subject.n_components)]
        rows.append(
            (
                as_html(text, places, {}, off=off, dark=dark),
                f"{bar(copy['probability'], dark=dark)} {copy['probability']:.0%}",
                f"{bar(copy['weight'], dark=dark)} {copy['weight']:.2f}",
            )
        )
    head = ("A copy", f"Model: {html.escape(class_name)}", "How much it counts")
    return _table(head, rows, dark)


def excerpt(subject: TextSubject) -> tuple[str, dict[int, tuple[tuple[int, int], ...]]]:
    """The first characters of a text as one paragraph, and the spans of the components in them."""
    end = len(subject.text)
    if end > EXCERPT:
        cut = subject.text.rfind(" ", EXCERPT // 2, EXCERPT)
        end = cut if cut > 0 else EXCERPT
    inside = {
        i: tuple((a, b) for a, b in places if b <= end) for i, places in enumerate(subject.spans)
    }
    # One space for each line break, so that the spans stay where they are.
    text = "".join(" " if c.isspace() else c for c in subject.text[:end])
    text += " …" if end < len(subject.text) else ""
    return text, {i: places for i, places in inside.items() if places}


def bar(share: float, *, dark: bool) -> str:
    """A small bar, `share` of 4 em long, hidden from screen readers: the number stands by it."""
    colour = palette.quiet_colour(dark)
    filled = max(0.0, min(1.0, share)) * 4
    return (
        '<span aria-hidden="true" style="display:inline-block;width:4em;height:.6em;'
        f'border-bottom:1px solid {palette.line_colour(dark)};margin-right:.3em">'
        f'<span style="display:block;height:.6em;width:{filled:.2f}em;background:{colour}">'
        "</span></span>"
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], dark: bool) -> str:
    line = f"border-bottom:1px solid {palette.line_colour(dark)}"
    top = "".join(f'<th scope="col" style="{_CELL};{line}">{cell}</th>' for cell in head)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL};{line}">{cell}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    return (
        f'<div style="overflow-x:auto"><table style="{_TABLE}">'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def picture_html(uri: str, alt: str, *, width_px: int | None = None) -> str:
    """A picture that comes with its file, never from elsewhere.

    Raises
    ------
    ValueError
        If `uri` is not a ``data:image/`` one.
    """
    if not uri.startswith("data:image/"):
        raise ValueError(f"{uri[:40]!r} is not a data:image/ URI; pictures come with the page.")
    wide = "100%" if width_px is None else f"{width_px}px"
    return (
        f'<img src="{html.escape(uri)}" alt="{text_html(alt)}" '
        f'style="display:block;width:{wide};max-width:100%;height:auto;box-sizing:border-box;'
        f'border:1px solid {palette.FRAME}">'
    )


def value_text(value: Value) -> str:
    """A table's value as people read it."""
    match value:
        case None:
            return "missing"
        case bool():
            return "yes" if value else "no"
        case str():
            return value or "(empty)"
        case int():
            return str(value)
        case _:
            shown = (
                f"{value:.0f}" if value == round(value, 0) and abs(value) < 1e15 else f"{value:.6g}"
            )
            return shown.replace("-", "\N{MINUS SIGN}")


def row_table(
    subject: TabularSubject,
    weights: Mapping[int, float],
    edits: Collection[tuple[int, Value]] = (),
    *,
    dark: bool,
) -> str:
    """A row as it is: each column with its value, the bin it is in, and its weight.

    The columns that count come first, strongest first; `edits` are (column, new value).
    """
    return weighed_row_table(subject, {"Weight": weights}, edits, dark=dark)


def weighed_row_table(
    subject: TabularSubject,
    weights: Mapping[str, Mapping[int, float]],
    edits: Collection[tuple[int, Value]] = (),
    *,
    dark: bool,
) -> str:
    """As `row_table`, with several weights by the name that stands over them, in one scale."""
    edited = dict(edits)
    top = palette.colour_scale(w for own in weights.values() for w in own.values())
    sizes: dict[int, float] = {}
    for own in weights.values():
        for i, weight in own.items():
            sizes[i] = max(sizes.get(i, 0.0), abs(weight))
    order = sorted(range(subject.n_components), key=lambda i: (i not in sizes, -sizes.get(i, 0.0)))
    quiet = palette.quiet_colour(dark)
    rows = []
    for i in order:
        value = text_html(value_text(subject.values[i]))
        if i in edited:
            new = text_html(value_text(edited[i]))
            value = f'<del style="color:{quiet}">{value}</del> <strong>{new}</strong>'
        marks = [mark(own[i], top, dark) if i in own else "" for own in weights.values()]
        bin_text = f'<span style="color:{quiet}">{text_html(subject.bins[i])}</span>'
        rows.append((text_html(subject.columns[i]), value, bin_text, *marks))
    head = ("Column", "Value", "Range it is in", *map(text_html, weights))
    return _table(head, rows, dark)


def mark(weight: float, top: float, dark: bool) -> str:
    """A weight with the tint and the solid or dashed line of its sign."""
    if not weight or weight != weight:
        return palette.signed(weight, 3)
    line = palette.mark_colour(weight > 0, dark)
    return (
        f'<mark style="color:inherit;background:{palette.signed_colour(weight, top, dark)};'
        f"border-radius:.25em;padding:0 .25em;white-space:nowrap;border-bottom:2px "
        f'{"solid" if weight > 0 else "dashed"} {line}">{palette.signed(weight, 3)}</mark>'
    )


def picture_copies_table(
    uris: Sequence[str], copies: Sequence[Mapping[str, Any]], class_name: str, *, dark: bool
) -> str:
    """Perturbed copies of a picture with the model's answer and their weight.

    `uris[i]` is the picture of `copies[i]`, which is as in `copies_table`.
    """
    rows = []
    for number, (uri, copy) in enumerate(zip(uris, copies, strict=True), start=1):
        n_off = len(copy["off"])
        alt = f"Copy {number} with {n_off} region{'' if n_off == 1 else 's'} off"
        rows.append((picture_html(uri, alt, width_px=112), *_answer_and_weight(copy, dark)))
    return _table(_copies_head(class_name), rows, dark)


def row_copies_table(
    subject: TabularSubject,
    copies: Sequence[Mapping[str, Any]],
    class_name: str,
    columns: Sequence[int],
    *,
    dark: bool,
) -> str:
    """The row and perturbed copies of it with the model's answer and their weight.

    Each copy has its ``"values"``, one a column, besides what `copies_table` needs; `columns` are
    those to show. A value that has left the row's bin (its column is off) is bold and underlined;
    other values are quiet.
    """
    quiet = palette.quiet_colour(dark)
    own = [text_html(value_text(subject.values[i])) for i in columns]
    rows = [("This row", *own, "", "")]
    for number, copy in enumerate(copies, start=1):
        cells = []
        for i in columns:
            value = text_html(value_text(copy["values"][i]))
            if i in copy["off"]:
                cells.append(f'<strong style="border-bottom:2px solid {quiet}">{value}</strong>')
            else:
                cells.append(f'<span style="color:{quiet}">{value}</span>')
        rows.append((f"Copy {number}", *cells, *_answer_and_weight(copy, dark)))
    _, answer, counts = _copies_head(class_name)
    return _table(
        ("", *(text_html(subject.columns[i]) for i in columns), answer, counts), rows, dark
    )


def _copies_head(class_name: str) -> tuple[str, str, str]:
    return "A copy", f"Model: {text_html(class_name)}", "How much it counts"


def _answer_and_weight(copy: Mapping[str, Any], dark: bool) -> tuple[str, ...]:
    answer = f"{bar(copy['probability'], dark=dark)} {copy['probability']:.0%}"
    counts = f"{bar(copy['weight'], dark=dark)} {copy['weight']:.2f}"
    return tuple(f'<span style="white-space:nowrap">{cell}</span>' for cell in (answer, counts))
