"""What the report on a comparison shows of single items and features, as plain values and HTML."""

from collections.abc import Iterator, Sequence
from typing import Any

from lime_engine.subjects import TabularSubject, TextSubject, subject_from_dict
from ui.compare.order import furthest_apart, own_strongest
from ui.compare.values import Answered, Compared, Lean, PairedItem
from ui.compare.wording import how_alike
from ui.figures import markup, palette
from ui.shell import wording

_LEANS = 6  # of each model, and of the differences
_LONGEST = 60  # characters of a feature's name
_LONGEST_BAR = 55  # percent of a cell: the number stands beside it
_EXAMPLES, _EXAMPLE_PX = 3, 40


def items_drawn(
    answered: Answered, items: Sequence[PairedItem], names: tuple[str, str]
) -> Iterator[dict[str, Any]]:
    """Items with the same answer, and both models' reasons: two `sides`, or one `table`."""
    answers = {item.row: item for item in answered.items}
    for item in items:
        answer = answers[item.row]
        yield {
            "number": item.row + 1,
            "says": answered.names[answer.answers[0]],
            "sure": [
                "not told how sure" if sure is None else wording.percent(sure)
                for sure in answer.sure
            ],
            "label": None if answer.label is None else answered.names[answer.label],
            "overlap": ": ".join(filter(None, how_alike(item.overlap))) + ".",
            **_reasons(item, names),
        }


def _reasons(item: PairedItem, names: tuple[str, str]) -> dict[str, Any]:
    """As HTML, on one colour scale for both."""
    weights = [{reason.index: reason.weight for reason in side} for side in item.reasons]
    sides: list[str] = []
    match None if item.subject is None else subject_from_dict(item.subject):
        case TextSubject(text=text, spans=spans):
            scale = palette.colour_scale(weight for side in weights for weight in side.values())
            sides = [markup.as_html(text, spans, side, scale=scale) for side in weights]
        case TabularSubject() as subject:
            by_name = dict(zip(names, weights, strict=True))
            return {"table": markup.weighed_row_table(subject, by_name, dark=False)}
        case _:
            alt = "The picture with the regions that count"
            sides = [markup.picture_html(uri, alt) for uri in item.pictures or ()]
    return {"sides": sides}


def leans_drawn(compared: Compared | None, names: tuple[str, str]) -> list[dict[str, Any]]:
    """What each model leans on most, then where they differ; `widths` are percents of a cell."""
    leans = compared.leans if compared else ()
    longest = max((mean for lean in leans for mean in lean.means), default=0.0) or 1.0
    groups = [
        *((f"Strongest for {names[side]}", own_strongest(leans, side, _LEANS)) for side in (0, 1)),
        ("The largest differences", furthest_apart(leans, _LEANS)),
    ]
    return [
        {"title": title, "rows": [_lean_drawn(lean, longest) for lean in some]}
        for title, some in groups
        if some
    ]


def _lean_drawn(lean: Lean, longest: float) -> dict[str, Any]:
    return {
        "name": palette.shorten(palette.printable(wording.visible(lean.name)), _LONGEST),
        "means": [f"{mean:.3f}" for mean in lean.means],
        "widths": [round(_LONGEST_BAR * mean / longest, 1) for mean in lean.means],
        "n": len(lean.rows),
        "examples": [
            markup.picture_html(uri, "For example", width_px=_EXAMPLE_PX)
            for uri in lean.examples[:_EXAMPLES]
        ],
    }
