"""Why, for a picture: the regions that count, for the likeliest classes side by side."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from lime_engine.subjects import ImageSubject
from lime_engine.types import Explanation
from ui.explain import wording as told
from ui.explain.changes import Changed
from ui.explain.choice import Choice
from ui.explain.figures.image import image_figure
from ui.explain.panels import common
from ui.explain.place import about_item, toggle_off, write_choice
from ui.figures.palette import colour_scale
from ui.shell import wording
from ui.shell.address import About
from ui.shell.controls import segments
from ui.shell.widgets import clickable_figure, figure_width, is_dark
from ui.workshop import kept
from ui.workshop.item import Item

PICTURE_PX = 400  # the picture and what is above it fit a laptop's screen
_LOOKS = {"colours": "Coloured", "only": "Only what counts"}


def reasons(
    choice: Choice,
    explanation: Explanation,
    subject: ImageSubject,
    rivals: Sequence[Mapping[str, Any]],
) -> None:
    """The picture with the regions that count, and the weights."""
    names = wording.part_names(subject)
    target = explanation.target
    shown = {target: {weight.index: weight.weight for weight in explanation.weights}}
    if target in [rival["target"] for rival in rivals]:
        shown = {r["target"]: {w["index"]: w["weight"] for w in r["weights"]} for r in rivals}
    scale = colour_scale(weight for weights in shown.values() for weight in weights.values())
    positive = wording.plain(explanation.class_names[target])
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(
            f"**Why: the regions that speak for {positive}**"
            if len(shown) == 1
            else "**Why: the regions that speak for each of its likeliest answers**",
            help="Orange with a solid outline: the region pushes the answer towards the class. "
            "Purple with a dashed outline: away from it. The stronger the colour, the more. Click "
            "a region to paint it over and see what the model says without it.",
            width="content",
        )
        segments(
            "Look",
            _LOOKS,
            choice.picture,
            lambda look: write_choice(picture=look),
            label_visibility="collapsed",
        )
    common.faint(explanation)
    told_if_filled(choice.item)
    *pictures, bars = st.columns([2, 3] if len(shown) == 1 else [2, 2, 2, 3], gap="medium")
    for column, (number, weights) in zip(pictures, shown.items(), strict=True):
        with column:
            if len(shown) > 1:
                name = wording.plain(explanation.class_names[number])
                st.markdown(f"{name}, {wording.percent(explanation.probabilities[number])}")
            picture(
                subject,
                weights,
                explanation.class_names[number],
                told.other_than(number, explanation.class_names, explanation.settings.mode),
                look=choice.picture,
                off=choice.off,
                scale=scale,
                key=f"picture-{number}",
                about=about_item(choice),
                on_click=toggle_off,
            )
    with bars:
        common.weights(
            explanation,
            names,
            f"How far the answer {positive} moves when the region is there, on average over copies "
            "of this picture in which other regions are painted over: +0.10 is ten percentage "
            "points. A weight is what this model leans on, not a cause, and not a sign that it is "
            "right to.",
        )


def told_if_filled(item: Item) -> None:
    """That the picture of someone was filled with white, if it was."""
    if item.is_own and kept.was_filled(item.source, item.row):
        st.caption(
            "This picture is see-through in places. They are white here: white may be a reason."
        )


def picture(
    subject: ImageSubject,
    weights: Mapping[int, float],
    positive: str,
    negative: str,
    *,
    look: str = "colours",
    off: Sequence[int],
    scale: float,
    key: str,
    about: About,
    on_click: Callable[[int], Any],
) -> None:
    """The picture with the regions that count for the answer `positive`, to be clicked."""
    names = wording.part_names(subject)
    strongest = sorted(weights, key=lambda i: -abs(weights[i]))
    width = min(figure_width(f"{key}-width", PICTURE_PX), PICTURE_PX)
    clickable_figure(
        image_figure(
            subject,
            weights,
            mode=look,  # type: ignore[arg-type]
            width_px=width,
            dark=is_dark(),
            off=off,
            scale=scale,
            positive_name=positive,
            negative_name=negative,
        ),
        key=key,
        alt=f"The picture; for {positive} count "
        + "; ".join(f"{names[i]} {weights[i]:+.3f}" for i in strongest),
        about=about,
        on_click=on_click,
    )


def edits(
    choice: Choice, explanation: Explanation, subject: ImageSubject, change: Changed | None
) -> None:
    """What if some regions were not there."""
    common.edits(
        choice,
        explanation,
        wording.part_names(subject),
        change,
        "A region that is switched off is painted over, and the model is asked again. A picture "
        "with painted regions is an odd one: a changed answer shows what the model leans on, not "
        "what it would say to a real picture without that thing.",
    )
