"""What a person takes away: a one-file report, JSON, CSV."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lime_engine.subjects import ImageSubject, TabularSubject, TextSubject
from lime_engine.types import ComponentWeight, Explanation
from sample_models.types import Kind
from ui.explain import beliefs, changes
from ui.explain import wording as told
from ui.explain.changes import Changed
from ui.explain.choice import Choice
from ui.explain.figures.image import room_for
from ui.explain.sheet import ITEM, Column, Sheet
from ui.figures import bars, cards, markup, palette, pixels
from ui.figures.linked import numbered, telling
from ui.figures.palette import counted
from ui.figures.weights import hardly_matter
from ui.shell import wording

if TYPE_CHECKING:
    from markupsafe import Markup

_TEMPLATE = Path(__file__).with_name("report.html.jinja")
_MARK = Path(__file__).parents[1] / "mark.svg"
_NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'  # of no use inside a page
_MEANINGS = {
    "word": "A word (or other part) of the text.",
    "times": "How often it is in the text.",
    "region": "A region of the picture, with its number and about where it lies.",
    "share_of_picture": "The part of the picture's area that it has, 0 to 1.",
    "column": "A column of the row.",
    "value": "What the row has there.",
    "range": "The value, with the range that counts as the same.",
    "weight": "What it adds to the probability of the answer explained: 0.10 is 10 points.",
    "95_percent_from": "The weight would lie above this in 97.5 of 100 runs; empty if not known.",
    "95_percent_to": "The weight would lie below this in 97.5 of 100 runs; empty if not known.",
    "settled": "Whether another run would have put it on the same side; empty if not known.",
    "speaks_for": "The answer that it speaks for.",
    "answer": "The answer explained.",
    ITEM.name: ITEM.meaning,
    "text": "The text that the model was asked about.",
}
_NUMBERS = ("weight", "95_percent_from", "95_percent_to", "times", "share_of_picture")
_MOST_ANSWERS = 10
_ORIGINAL_PX = 288  # twice what it is shown at
_BADGE = 0.06  # of the width of a picture


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is on the screen; `change`: the answer after edits, `evidence`: what the data says.

    `link` is the address that shows it, if there is one; `outside` what was found in the item that
    is like nothing the model has learned from (`ui.explain.work.outside`), if it was looked for.
    """

    choice: Choice
    explanation: Explanation
    label: int | None
    change: Changed | None
    evidence: dict[str, Any] | None
    link: str = ""
    outside: dict[str, Any] | None = None


def as_json(shown: Shown) -> str:
    """Everything on the screen, for a program."""
    choice, change = shown.choice, shown.change
    what_if = None
    if change is not None:
        what_if = {
            "off": list(change.off),
            "edits": [list(edit) for edit in choice.edits],  # column number, new value
            "probabilities": list(change.answer),
        }
    return json.dumps(
        {
            "task": choice.task.key,
            "model": choice.model,
            "asked": choice.task.model(choice.model).asked,
            "item": str(choice.item),
            "label": shown.label,
            "explanation": shown.explanation.to_dict(),
            "what_if": what_if,
            "evidence": shown.evidence,
            "outside": shown.outside,
        },
        ensure_ascii=False,
        indent=2,
    )


def sheet(shown: Shown) -> Sheet:
    """One line a shown component, strongest first: its name, weight, and what it speaks for."""
    explanation = shown.explanation
    of = {
        "answer": explanation.class_names[explanation.target],
        "item": str(shown.choice.item),
    }
    if isinstance(explanation.subject, TextSubject):
        of["text"] = explanation.subject.text
    rows = [row | of for row in _rows(explanation)]
    names = list(rows[0]) if rows else ["weight", *of]
    columns = [Column(name, _MEANINGS[name], name in _NUMBERS) for name in names]
    return Sheet(columns, [list(row.values()) for row in rows])


def as_report(shown: Shown) -> str:
    """One HTML file without scripts or outside links but the one back, to be read or printed."""
    from jinja2 import Environment
    from markupsafe import Markup

    choice, explanation, found = shown.choice, shown.explanation, shown.evidence
    names, change = explanation.class_names, shown.change
    answer, sure = wording.headline(explanation.probabilities, names)
    rows, believed = _rows(explanation), beliefs.beliefs(explanation)
    said = " ".join(belief.sentence for belief in believed)
    ties = [tie for tie in beliefs.ties(explanation) if tie not in said]
    # Autoescaped; `Markup` only around what our own functions have escaped.
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        mark=Markup(_MARK.read_text(encoding="utf-8").replace(_NAMESPACE, "")),
        task=choice.task,
        model=choice.task.model(choice.model),
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        link=shown.link if shown.link.startswith(("http://", "https://")) else "",
        answer=answer,
        sure=sure,
        label=None if shown.label is None else names[shown.label],
        caution=None if shown.outside is None else told.outside(shown.outside, choice.task),
        own=told.each_on_its_own(explanation),
        answers=_answers(explanation, change),
        is_edited=change is not None,
        edit=changes.in_words(choice, explanation, change) if change else "",
        positive=names[explanation.target],
        negative=told.rest_name(explanation),
        noun=wording.nouns(explanation.subject),
        kind=choice.task.kind,
        item=Markup(_item_html(shown)),
        original=Markup(_original_html(shown)),
        bars=_bars(explanation),
        left_out=_left_out(explanation),
        has_ranges=any(_whisker(weight) for weight in explanation.weights),
        heads=[_head(name) for name in (rows or [{}])[0]],
        rows=[list(row.values()) for row in rows],
        beliefs=believed,
        cautions=[*beliefs.cautions(explanation), *ties],
        evidence=[] if found is None else list(_evidence(explanation, found)),
        settings=_made_so(choice, explanation),
    )


def _head(name: str) -> str:
    """What a column of the exact numbers is called: "95% from"."""
    return name.replace("_percent_", "% ").replace("_", " ").capitalize()


def _answers(explanation: Explanation, change: Changed | None) -> list[dict[str, Any]]:
    """The likeliest classes, each with its share before and after what was changed."""
    names, before = explanation.class_names, explanation.probabilities
    after = before if change is None else change.answer
    shown = sorted(range(len(names)), key=lambda i: -max(before[i], after[i]))[:_MOST_ANSWERS]
    return [
        {
            "name": names[i],
            "before": wording.percent(before[i]),
            "after": wording.percent(after[i]),
            "width": 100 * max(0.0, min(1.0, before[i])),
            "width_after": 100 * max(0.0, min(1.0, after[i])),
        }
        for i in shown
    ]


def _bars(explanation: Explanation) -> list[dict[str, Any]]:
    """What tells something, strongest first, as in the chart: its name, number and bar."""
    from markupsafe import Markup

    names, numbers = told.bar_names(explanation), numbered(told.weights_of(explanation))
    weights = sorted(
        (w for w in explanation.weights if w.index in numbers), key=lambda w: numbers[w.index]
    )
    within = bars.reach([w.weight for w in weights], [_whisker(w) for w in weights])
    return [
        {
            "name": names[w.index],
            "badge": numbers[w.index] if told.badged(explanation) else None,
            "against": w.weight < 0,
            "number": palette.signed(w.weight, 3),
            "bar": Markup(
                bars.track_html(
                    w.weight,
                    within,
                    dark=False,
                    interval=_whisker(w),
                    faded=w.settled is False,
                )
            ),
        }
        for w in weights
    ]


def _left_out(explanation: Explanation) -> str:
    """How many others hardly matter and have no bar; empty if none."""
    n = len(telling(told.weights_of(explanation)))
    more = len(explanation.weights) - n
    return hardly_matter(more, among_more=n > 0) if more else ""


def _whisker(weight: ComponentWeight) -> tuple[float, float] | None:
    """Its interval, unless nothing was left to chance."""
    return weight.interval if weight.std_error else None


def _made_so(choice: Choice, explanation: Explanation) -> list[str]:
    """How the explanation was made, in sentences, for somebody who wants to make it again."""
    noun, settings = wording.nouns(explanation.subject), explanation.settings
    n, k = explanation.n_samples, len(explanation.weights)
    is_all = explanation.fidelity.exact
    copies = f"all {n:,} possible copies" if is_all else f"{n:,} changed copies"
    return [
        f"The model was asked about {copies} of this {noun.item}, in which {noun.parts} are "
        f"{noun.changed}, in {explanation.n_calls:,} questions altogether.",
        f"{noun.Item} taken apart: {_PARTS[choice.task.kind](choice)}.",
        "Copies near the original count more"
        + {"narrow": ", only very close ones much", "wide": ", far ones too"}.get(choice.width, "")
        + ".",
        f"What it does near this {noun.item} is told by "
        f"{'a small tree of questions' if settings.surrogate == 'tree' else 'numbers to add up'}.",
        f"{counted(k, noun.part, noun.parts)} shown of {explanation.subject.n_components:,}, "
        f"chosen by {_SELECTIONS[settings.selection]}.",
        f"Random numbers start at {settings.seed}: the same settings give the same explanation.",
    ]


_SELECTIONS = {
    "auto": "their weight",
    "highest_weights": "their weight",
    "forward_selection": "adding the best one by one",
    "lasso_path": "a lasso path",
    "none": "nothing, it is all of them",
}
_PARTS: dict[Kind, Callable[[Choice], str]] = {
    "text": lambda choice: {
        "words": "each word, wherever it stands, is one part",
        "places": "each place of a word is a part of its own",
        "characters": "each character is a part",
    }[choice.components],
    "image": lambda choice: _regions(choice.view),
    "table": lambda choice: {
        "quartile": "numbers by the quarter of the training rows that they lie in",
        "decile": "numbers by the tenth of the training rows that they lie in",
        "entropy": "numbers in ranges that end where the classes part",
    }[choice.bins],
}


def _regions(view: Any) -> str:
    cut = {
        "slic": "regions of like colour (SLIC)",
        "quickshift": "regions of like colour (quickshift)",
        "felzenszwalb": "regions that end at edges (felzenszwalb)",
        "grid": "squares",
    }.get(view.segmentation, "regions")
    fill = {"mean": "their mean colour", "blur": "a blurred picture"}.get(view.fill)
    if fill is None:
        numbers = view.fill if isinstance(view.fill, tuple) else (view.fill,)
        fill = f"one colour ({', '.join(f'{number:g}' for number in numbers)})"
    return f"{cut}, painted over with {fill}"


def _evidence(explanation: Explanation, found: dict[str, Any]) -> Iterator[tuple[str, "Markup"]]:
    """A sentence and a table for each component that the evidence is about."""
    from markupsafe import Markup

    subject, names = explanation.subject, explanation.class_names
    for weight in explanation.weights:
        of = weight.label
        if isinstance(subject, TabularSubject):
            of = subject.columns[weight.index]
        yield (
            told.evidence(weight.label, found, names, subject, of=of),
            Markup(markup.evidence_table(found, of, names, dark=False)),
        )


def _item_html(shown: Shown) -> str:
    """The item with what counts in it, as HTML."""
    explanation, choice = shown.explanation, shown.choice
    weights = {weight.index: weight.weight for weight in explanation.weights}
    match explanation.subject:
        case TextSubject() as subject:
            return markup.as_html(subject.text, subject.spans, weights, off=choice.off)
        case ImageSubject() as subject:
            seen = cards.explained_picture(subject, weights, choice.off)
            uri = pixels.data_uri(seen, "photograph")
            drawn = markup.picture_html(uri, "The regions that count")
            return f'<div class="numbered">{drawn}{_badges(subject, explanation)}</div>'
        case TabularSubject() as subject:
            return markup.row_table(subject, weights, choice.edits, dark=False)


def _badges(subject: ImageSubject, explanation: Explanation) -> str:
    """The number of each region that counts, where it lies in the picture; as in the bars."""
    height, width = subject.segments.shape
    room = _BADGE * width
    drawn = []
    weights = told.weights_of(explanation)
    for index, number in numbered(weights).items():
        region = subject.segments == index
        place = room_for(region, room, room) or room_for(region, 1, 1)
        if place is not None:
            left, top = ((at + 0.5) / n for at, n in zip(place, (width, height), strict=True))
            against = "" if weights[index] > 0 else " against"
            drawn.append(
                f'<span class="n{against}" aria-hidden="true" '
                f'style="left:{left:.1%};top:{top:.1%}">{number}</span>'
            )
    return "".join(drawn)


def _original_html(shown: Shown) -> str:
    """A picture as it is; nothing for what can be read with what counts in it."""
    subject = shown.explanation.subject
    if not isinstance(subject, ImageSubject):
        return ""
    # Tiny ones in whole squares, as everywhere: a browser would blur what it enlarges.
    seen = pixels.displayed(subject.pixels, _ORIGINAL_PX)
    return markup.picture_html(pixels.data_uri(seen, "photograph"), "The picture")


def _rows(explanation: Explanation) -> list[dict[str, Any]]:
    """The shown components as a table."""
    is_picture = isinstance(explanation.subject, ImageSubject)
    names = (told.names_of if is_picture else told.bar_names)(explanation)
    return [
        _named(explanation, weight, names[weight.index])
        | {
            "weight": f"{weight.weight:+.4f}",
            "95_percent_from": _bound(weight, 0),
            "95_percent_to": _bound(weight, 1),
            "settled": {True: "yes", False: "no", None: ""}[weight.settled],
            "speaks_for": _side(explanation, weight.weight),
        }
        for weight in explanation.weights
    ]


def _bound(weight: ComponentWeight, end: int) -> str:
    """One end of its interval, in which it would lie in 95 of 100 runs."""
    return "" if weight.interval is None else f"{weight.interval[end]:+.4f}"


def _named(explanation: Explanation, weight: ComponentWeight, name: str) -> dict[str, Any]:
    match explanation.subject:
        case TextSubject() as subject:
            return {"word": name, "times": len(subject.spans[weight.index])}
        case ImageSubject() as subject:
            share = float((subject.segments == weight.index).mean())
            return {"region": name, "share_of_picture": f"{share:.3f}"}
        case TabularSubject() as subject:
            value = wording.cell(subject.values[weight.index])
            return {"column": subject.columns[weight.index], "value": value, "range": name}


def _side(explanation: Explanation, weight: float) -> str:
    if weight == 0:
        return "neither"
    return (
        explanation.class_names[explanation.target] if weight > 0 else told.rest_name(explanation)
    )
