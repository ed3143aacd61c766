"""The items of a review as they are shown: on the screen, and in the report."""

import json

from lime_engine.subjects import (
    ImageSubject,
    Subject,
    TabularSubject,
    TextSubject,
    subject_from_dict,
)
from lime_engine.types import Explanation
from ui.figures import cards, markup, palette, pixels
from ui.pick.values import PickedItem
from ui.pick.work.explaining import KIND
from ui.review.records import KeptPick, Part
from ui.shell import wording
from ui.workshop.store import store

_LONGEST = 40  # characters of a name
_EXAMPLE_PX = 40
_PICTURES = (
    "display:grid;gap:.75rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr))"
)


def subject_at_hand(kept: KeptPick, item: PickedItem) -> Subject | None:
    """The item taken apart, if that is kept somewhere: pictures are not part of the pick."""
    if item.subject is not None:
        return subject_from_dict(item.subject)
    choice = kept.choice
    raw = store().read(KIND, choice.request(item.row).store_id(KIND)) if choice else None
    return None if raw is None else Explanation.from_dict(json.loads(raw)["explanation"]).subject


def item_html(subject: Subject | None, item: PickedItem, *, dark: bool) -> str:
    """The item with its reasons highlighted; of a picture that is not at hand what is kept of it.

    Empty if there is nothing at all to show.
    """
    weights = {reason.index: reason.weight for reason in item.reasons}
    match subject:
        case TextSubject():
            return markup.as_html(subject.text, subject.spans, weights, dark=dark)
        case ImageSubject():
            seen = cards.explained_picture(subject, weights)
            plain = pixels.resized(pixels.displayed(subject.pixels), *seen.shape[:2])
            pictures = [
                (pixels.data_uri(picture, "photograph"), alt)
                for picture, alt in ((seen, "The regions that count"), (plain, "The picture"))
            ]
            shown = "".join(f"<div>{markup.picture_html(uri, alt)}</div>" for uri, alt in pictures)
            return f'<div style="{_PICTURES}">{shown}</div>'
        case TabularSubject():
            return markup.row_table(subject, weights, dark=dark)
        case None:
            if item.picture is None:
                return ""
            return markup.picture_html(item.picture, "The picture in small", width_px=320)


def part_name(kept: KeptPick, part: str) -> str:
    """What a part is called, where it is named in a sentence or on a button."""
    name = palette.shorten(palette.printable(wording.visible(part)), _LONGEST)
    return f"regions of {name}" if kept.kind == "image" else name


def weighed_name(kept: KeptPick, part: Part) -> str:
    """The same with its weight in the item: "pain +0.12", "3 regions of kind 2 +0.31"."""
    name = part_name(kept, part.name)
    if kept.kind == "image":
        name = name.replace("regions", f"{part.times} region{'' if part.times == 1 else 's'}", 1)
    return f"{name} {palette.signed(part.weight)}"


def examples_html(kept: KeptPick, part: Part, *, dark: bool) -> str:
    """What a visual word looks like, as one line of small pictures; empty for other parts."""
    if not part.examples:
        return ""
    line = palette.line_colour(dark)
    shown = "".join(
        f'<img src="{markup.text_html(uri)}" alt="" '
        f'style="height:{_EXAMPLE_PX}px;width:auto;border:1px solid {line}">'
        for uri in part.examples
    )
    return (
        f'<div role="img" aria-label="Examples of {markup.text_html(part_name(kept, part.name))}" '
        f'style="display:flex;gap:.25rem;overflow:hidden;height:{_EXAMPLE_PX}px">{shown}</div>'
    )


def said(kept: KeptPick, item: PickedItem) -> str:
    """What the model says, and how sure it is: "urgent, 87%"."""
    return ", ".join(wording.headline(item.probabilities, kept.class_names))
