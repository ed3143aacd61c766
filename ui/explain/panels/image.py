"""Why, for a picture: the regions that count, for the likeliest classes side by side."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from lime_engine.subjects import ImageSubject
from lime_engine.types import Explanation
from ui.explain import wording as told
from ui.explain.choice import Choice
from ui.explain.figures.image import image_figure
from ui.explain.panels import common
from ui.explain.place import about_item, toggle_off, write_choice
from ui.figures.linked import numbered, telling
from ui.figures.overlay import SWALLOWED, tint_contrast
from ui.figures.palette import colour_scale
from ui.figures.pixels import region_names
from ui.shell import wording
from ui.shell.address import About
from ui.shell.controls import segments
from ui.shell.widgets import clickable_figure, figure, figure_width, is_dark, picture_tools
from ui.workshop import kept
from ui.workshop.item import Item
from ui.workshop.store import store

PICTURE_PX = 400  # the picture and what is above it fit a laptop's screen
_LOOKS = {"colours": "Coloured", "only": "Only what counts"}


def reasons(
    choice: Choice,
    explanation: Explanation,
    subject: ImageSubject,
    rivals: Sequence[Mapping[str, Any]],
) -> None:
    """The picture with the regions that count, and the weights."""
    target = explanation.target
    shown = _weights_of(explanation, rivals)
    scale = colour_scale(weight for weights in shown.values() for weight in weights.values())
    positive = wording.plain(explanation.class_names[target])
    look = _look(choice, subject, shown[target], scale)
    with common.why(
        choice,
        explanation,
        f"Why: the regions that speak for {positive}"
        if len(shown) == 1
        else "Why: the regions that speak for each of its likeliest answers",
        "Orange with a solid outline: the region pushes the answer towards the class. "
        "Purple with a dashed outline: away from it. The stronger the colour, the more. Click "
        "a region to switch it off and see what the model says without it.",
    ):
        segments(
            "Look",
            _LOOKS,
            look,
            lambda chosen: write_choice(picture=chosen),
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
                look=look,
                numbers=numbered(weights) if number == target else None,
                off=choice.off,
                scale=scale,
                key=f"picture-{number}",
                about=about_item(choice),
                on_click=toggle_off,
            )
    with pictures[0] if len(shown) == 1 else st.container():
        picture_tools([f"picture-{number}" for number in shown])
        common.edits(
            choice,
            explanation,
            "A region that is switched off is painted over, and the model is asked again. A "
            "picture with painted regions is an odd one: a changed answer shows what the model "
            "leans on, not what it would say to a real picture without that thing.",
        )
    with bars:
        common.weights(
            choice,
            explanation,
            f"How far the answer {positive} moves when the region is there, on average over copies "
            "of this picture in which other regions are switched off: +0.10 is ten percentage "
            "points. A weight is what this model leans on, not a cause, and not a sign that it is "
            "right to.",
        )
    card = choice.task.model(choice.model)
    if card.asked is not None:
        st.caption(wording.plain(card.summary))


def first_look(choice: Choice) -> None:
    """What a few copies say of a picture, until all are asked about; nothing before that."""
    sooner = choice.request.sooner()
    raw = None if sooner is None else store().read("explanation", sooner.store_id("explanation"))
    if raw is None:
        return
    found = json.loads(raw)
    explanation = Explanation.from_dict(found["explanation"])
    subject, names = explanation.subject, explanation.class_names
    if not isinstance(subject, ImageSubject):
        return
    shown = _weights_of(explanation, found["rivals"])
    scale = colour_scale(weight for weights in shown.values() for weight in weights.values())
    look = _look(choice, subject, shown[explanation.target], scale)
    with st.container(horizontal=True, vertical_alignment="center", key="headline"):
        st.header(common.headline(explanation), anchor=False, width="content")
    st.caption(
        f":material/hourglass_top: **A first look**, from {explanation.n_samples:,} copies of "
        f"{choice.n_samples:,}. It sharpens when the model has answered about the others."
    )
    for column, (number, weights) in zip(st.columns(3), shown.items(), strict=False):
        with column:
            name = wording.plain(names[number])
            st.markdown(f"{name}, {wording.percent(explanation.probabilities[number])}")
            drawing, alt = _drawn(
                subject,
                weights,
                names[number],
                told.other_than(number, names, explanation.settings.mode),
                look=look,
                scale=scale,
                key=f"picture-{number}",
                clickable=False,
            )
            figure(drawing, key=f"first-look-{number}", alt=f"A first look; {alt}")


def _weights_of(
    explanation: Explanation, rivals: Sequence[Mapping[str, Any]]
) -> dict[int, dict[int, float]]:
    """For each class that is shown the weights of the regions."""
    if explanation.target in [rival["target"] for rival in rivals]:
        return {r["target"]: {w["index"]: w["weight"] for w in r["weights"]} for r in rivals}
    return {explanation.target: {w.index: w.weight for w in explanation.weights}}


def _look(choice: Choice, subject: ImageSubject, weights: Mapping[int, float], scale: float) -> str:
    """How the pictures are shown: as chosen, else as their colours allow."""
    if choice.picture != "auto":
        return choice.picture
    swallowed = tint_contrast(subject, weights, scale) < SWALLOWED
    return "only" if choice.task.only_what_counts or swallowed else "colours"


def told_if_filled(item: Item, *, briefly: bool = False) -> None:
    """That the picture of someone was filled with white, if it was; `briefly` where many are."""
    if item.is_own and kept.was_filled(item.source, item.row):
        brief = "See-through parts are white."
        told = "This picture is see-through in places. They are white here: white may be a reason."
        st.caption(brief if briefly else told)


def picture(
    subject: ImageSubject,
    weights: Mapping[int, float],
    positive: str,
    negative: str,
    *,
    look: str = "colours",
    numbers: Mapping[int, int] | None = None,
    off: Sequence[int],
    scale: float,
    key: str,
    about: About,
    on_click: Callable[[int], Any],
) -> None:
    """The picture with the regions that count for the answer `positive`, to be clicked."""
    drawing, alt = _drawn(
        subject,
        weights,
        positive,
        negative,
        look=look,
        scale=scale,
        key=key,
        numbers=numbers,
        off=off,
    )
    clickable_figure(drawing, key=key, alt=f"The picture; {alt}", about=about, on_click=on_click)


def _drawn(
    subject: ImageSubject,
    weights: Mapping[int, float],
    positive: str,
    negative: str,
    *,
    look: str,
    scale: float,
    key: str,
    numbers: Mapping[int, int] | None = None,
    **more: Any,
) -> tuple[go.Figure, str]:
    """The figure of a picture, as wide as the column with this key, and what counts, in words."""
    names = region_names(subject, numbers)
    drawing = image_figure(
        subject,
        weights,
        mode=look,  # type: ignore[arg-type]
        width_px=min(figure_width(f"{key}-width", PICTURE_PX), PICTURE_PX),
        dark=is_dark(),
        scale=scale,
        numbers=numbers,
        positive_name=positive,
        negative_name=negative,
        **more,
    )
    counts = "; ".join(f"{names[i]} {weight:+.3f}" for i, weight in telling(weights).items())
    return drawing, f"for {positive} count {counts}"
