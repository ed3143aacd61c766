"""An explanation as HTML: the answer, the verdict, bars, and the instance; no scripts."""

import re
from collections.abc import Sequence
from html import escape
from math import isfinite

from lime_engine.show import picture, words
from lime_engine.show.words import NEGATIVE, POSITIVE, Shown
from lime_engine.subjects import ImageSubject, TabularSubject, TextSubject, Value

MOST_ANSWERS = 10
MOST_CHARACTERS = 20_000  # of a text that is shown
LONGEST_WHISKER = 2.5  # in strongest bars
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_UNSENDABLE = re.compile("[\ud800-\udfff]")
_STYLE = (
    'font:15px/1.5 "Source Sans 3","Source Sans Pro","Segoe UI",Roboto,system-ui,sans-serif;'
    "color:#1f2328;background:#fff;padding:.75rem 1rem;max-width:52rem;overflow-wrap:anywhere"
)
_QUIET = "color:#5a616b;font-size:.9em"
_CARE = "color:#93370d;background:#fffaeb;border:1px solid #fedf89"
_FINE = "color:#5b626b;background:#f3f4f6;border:1px solid #d5d9de"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def as_page(
    explanations: Sequence[Shown],
    *,
    answers: bool = True,
    instance: bool = True,
) -> str:
    """A whole page of `as_fragment`."""
    title = text_html(words.headline(explanations[0])) if explanations else "Nothing explained"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{title}</title></head><body>"
        f"{as_fragment(explanations, answers=answers, instance=instance)}</body></html>\n"
    )


def as_fragment(
    explanations: Sequence[Shown], *, answers: bool = True, instance: bool = True
) -> str:
    """Explanations of one instance: what the model says, then for each class why.

    Parameters
    ----------
    answers : bool
        Show the likeliest classes, too.
    instance : bool
        Show the text, picture or row with what counts in it.
    """
    if not explanations:
        return f'<div style="{_STYLE}">Nothing explained.</div>'
    first = explanations[0]
    shown = [
        f'<div style="font-size:1.3em;font-weight:600">{text_html(words.headline(first))}</div>'
    ]
    if answers and first.settings.mode != "regression":
        shown.append(_answers(first))
    for explanation in explanations:
        shown.append(_why(explanation, instance=instance))
    shown.append(
        f'<p style="{_QUIET}">None of these says that the model is right. Weights are not '
        "causes.</p>"
    )
    return f'<div style="{_STYLE}">{"".join(shown)}</div>'


def text_html(text: str) -> str:
    """Text from people, files or models, escaped, without what cannot be seen or sent."""
    seen = _UNSENDABLE.sub("\ufffd", _INVISIBLE.sub("", text))
    controls = {c: 0x2400 + c for c in range(32) if chr(c) not in "\t\n\r"}
    return escape(seen.translate(controls))


def _why(explanation: Shown, *, instance: bool) -> str:
    judged = words.verdict(explanation)
    positive, negative = map(text_html, words.sides(explanation))
    _, parts = words.part_nouns(explanation.subject)
    chip = (
        f'<span style="{_CARE if judged.warn else _FINE};border-radius:99px;padding:.1em .75em;'
        f'font-size:.9em;white-space:nowrap">{text_html(judged.text)}</span>'
    )
    ranges = ""
    if any(weight.std_error for weight in explanation.weights):
        ranges = " The thin line at a bar is where its number would lie in 95 of 100 repeats."
    return (
        f'<div style="margin:1.1em 0 .3em"><b>Why: the {parts} that speak for {positive}</b> '
        f"{chip}</div>"
        f"{_bars(explanation)}"
        f'<p style="{_QUIET};margin:.3em 0">Orange, solid: speaks for {positive}. Purple, hatched: '
        f"speaks for {negative}.{ranges} {_fit(explanation)}</p>"
        f"{_instance(explanation) if instance else ''}"
    )


def _fit(explanation: Shown) -> str:
    """How much the bars tell, and what was asked."""
    fidelity = explanation.fidelity
    on = (
        "all possible copies"
        if fidelity.exact
        else f"{fidelity.n_held_out:,} fresh copies, not used before"
    )
    told = "" if fidelity.r2 is None else f"R² {max(0.0, fidelity.r2):.2f} on {on}; "
    return f"{told}{explanation.n_calls:,} questions to the model."


def _answers(explanation: Shown) -> str:
    """The likeliest classes with their shares."""
    pairs = list(zip(explanation.class_names, explanation.probabilities, strict=True))
    if len(pairs) > MOST_ANSWERS:
        pairs = sorted(pairs, key=lambda pair: -pair[1])[:MOST_ANSWERS]
    rows = "".join(
        f'<tr><td style="{_CELL};width:30%">{text_html(name)}</td><td style="{_CELL}">'
        '<span aria-hidden="true" style="display:block;height:.8em;background:#eef0f2">'
        '<span style="display:block;height:.8em;background:#4b5563;'
        f'width:{100 * min(1.0, max(0.0, share)):.1f}%"></span></span></td>'
        f'<td style="{_CELL};width:6em;text-align:right">{words.percent(share)}</td></tr>'
        for name, share in pairs
    )
    return f'<table style="{_TABLE}">{rows}</table>'


_TABLE = "border-collapse:collapse;width:100%;table-layout:fixed;margin:.4em 0;background:none"
_CELL = "border:0;padding:.15em .9em .15em 0;text-align:left;vertical-align:middle;background:none"


def _bars(explanation: Shown) -> str:
    """What counts, strongest first: its name, its bar, its number."""
    weights = sorted(explanation.weights, key=lambda weight: -abs(weight.weight))
    if not weights:
        _, parts = words.part_nouns(explanation.subject)
        return f"<p>None of the {parts} counts.</p>"
    top = words.scale(explanation)
    whiskers = [weight.interval if weight.std_error else None for weight in weights]
    ends = [
        max(-LONGEST_WHISKER * top, min(LONGEST_WHISKER * top, end))
        for whisker in whiskers
        for end in whisker or ()
        if isfinite(end)
    ]
    numbers = [weight.weight for weight in weights]
    low, high = min([0.0, *numbers, *ends]), max([0.0, *numbers, *ends])
    low, high = (low, max(high, top)) if high >= -low else (min(low, -top), high)
    numbered = isinstance(explanation.subject, ImageSubject)
    rows = "".join(
        f'<tr><td style="{_CELL};width:38%">'
        f"{_badge(place, weight.weight) + ' ' if numbered else ''}{text_html(weight.label)}</td>"
        f'<td style="{_CELL}">'
        f"{_track(weight.weight, low, high, whisker, faded=weight.settled is False)}</td>"
        f'<td style="{_CELL};width:6.5em;text-align:right">'
        f"{words.signed(explanation, weight.weight)}</td></tr>"
        for place, (weight, whisker) in enumerate(zip(weights, whiskers, strict=True), start=1)
    )
    return f'<table style="{_TABLE};font-variant-numeric:tabular-nums">{rows}</table>'


def _track(
    weight: float,
    low: float,
    high: float,
    whisker: tuple[float, float] | None,
    *,
    faded: bool,
) -> str:
    """One bar; the sign is its side, and solid or hatched."""

    def at(value: float) -> float:
        return 100 * (min(high, max(low, value)) - low) / (high - low)

    colour = POSITIVE if weight > 0 else NEGATIVE
    fill = colour
    if weight < 0:
        fill = f"repeating-linear-gradient(45deg,{colour} 0 4px,transparent 4px 6px)"
    edge = "dotted" if faded else "solid" if weight > 0 else "dashed"
    start, end = sorted((at(0), at(weight)))
    drawn = ""
    if weight:
        drawn = (
            f'<span style="position:absolute;left:{start:.2f}%;width:{end - start:.2f}%;top:0;'
            f"height:.8em;box-sizing:border-box;background:{fill};border:1px {edge} {colour};"
            f'opacity:{0.5 if faded else 1}"></span>'
        )
    if whisker is not None and all(map(isfinite, whisker)):
        left, right = map(at, whisker)
        drawn += (
            f'<span style="position:absolute;left:{left:.2f}%;width:{right - left:.2f}%;'
            'top:calc(.4em - 1px);border-top:2px solid #1f2328"></span>'
        )
    zero = (
        f'<span style="position:absolute;left:{at(0):.2f}%;top:-.15em;bottom:-.15em;'
        'border-left:1px solid rgba(31,35,40,.5)"></span>'
    )
    return (
        '<span aria-hidden="true" style="display:block;position:relative;height:.8em">'
        f"{drawn}{zero}</span>"
    )


def _badge(number: int, weight: float, style: str = "") -> str:
    """The number of a region, in its bar's line and in the picture."""
    edge = f"dashed {NEGATIVE}" if weight < 0 else f"solid {POSITIVE}"
    return (
        f'<span style="{style};display:inline-block;box-sizing:border-box;width:1.7em;height:1.7em;'
        f"border-radius:99px;border:2px {edge};background:#fff;text-align:center;font-size:.8em;"
        f'font-weight:700;line-height:1.4em">{number}</span>'
    )


def _instance(explanation: Shown) -> str:
    """The instance with what counts in it."""
    match explanation.subject:
        case TextSubject() as subject:
            return _text(subject, words.coloured(explanation), words.scale(explanation))
        case ImageSubject() as subject:
            return _picture(subject, words.coloured(explanation))
        case TabularSubject() as subject:
            return _row(explanation, subject)


def _picture(subject: ImageSubject, weights: dict[int, float]) -> str:
    places = picture.places(subject, list(weights))
    badges = "".join(
        _badge(
            number,
            weight,
            f"position:absolute;left:{x:.1%};top:{y:.1%};transform:translate(-50%,-50%)",
        )
        for number, (weight, (x, y)) in enumerate(zip(weights.values(), places, strict=True), 1)
    )
    return (
        '<div style="position:relative;display:inline-block;min-width:12rem">'
        f'<img src="{picture.data_uri(picture.marked(subject, weights))}" '
        f'alt="The regions that count" style="display:block;width:100%">{badges}</div>'
    )


def _text(subject: TextSubject, weights: dict[int, float], top: float) -> str:
    marks = sorted(
        (start, end, weights[i])
        for i, spans in enumerate(subject.spans)
        if i in weights
        for start, end in spans
    )
    pieces, at = [], 0
    for start, end, weight in marks:
        if end > MOST_CHARACTERS:
            break
        pieces.append(text_html(subject.text[at:start]))
        red, green, blue = (230, 97, 1) if weight > 0 else (94, 60, 153)
        strength = 0.1 + 0.4 * abs(weight) / top
        edge = f"{'solid' if weight > 0 else 'dashed'} {POSITIVE if weight > 0 else NEGATIVE}"
        pieces.append(
            f'<span style="background:rgba({red},{green},{blue},{strength:.2f});'
            f'border-bottom:2px {edge}">{text_html(subject.text[start:end])}</span>'
        )
        at = end
    rest = subject.text[at:MOST_CHARACTERS] + ("…" if len(subject.text) > MOST_CHARACTERS else "")
    return (
        '<div style="white-space:pre-wrap;border:1px solid #d8dbe2;padding:.5em .75em;'
        f'margin:.4em 0">{"".join(pieces)}{text_html(rest)}</div>'
    )


def _row(explanation: Shown, subject: TabularSubject) -> str:
    rows = "".join(
        f'<tr><td style="{_CELL}">{text_html(subject.columns[weight.index])}</td>'
        f'<td style="{_CELL}">{text_html(_value(subject.values[weight.index]))}</td>'
        f'<td style="{_CELL};text-align:right">{words.signed(explanation, weight.weight)}</td></tr>'
        for weight in sorted(explanation.weights, key=lambda weight: weight.index)
    )
    return f'<table style="{_TABLE}">{rows}</table>'


def _value(value: Value) -> str:
    if value is None:
        return "missing"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
