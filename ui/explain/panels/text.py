"""Why, for a text: its words highlighted, and what the data says about a word."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from lime_engine.subjects import TextSubject
from lime_engine.types import Explanation
from ui.explain import wording as told
from ui.explain.changes import Changed
from ui.explain.choice import Choice
from ui.explain.figures.text import LINE_PX, parts, text_figure
from ui.explain.panels import common
from ui.explain.place import about_item, toggle_off
from ui.explain.work import evidence as data
from ui.figures.markup import as_html, evidence_table
from ui.shell import wording
from ui.shell.address import About
from ui.shell.waiting import fetch
from ui.shell.widgets import clickable_figure, figure_width, is_dark
from ui.workshop.request import store_id

TEXT_PX = 364  # kept whatever is shown
SCROLLBAR_PX = 16


def reasons(choice: Choice, explanation: Explanation, subject: TextSubject) -> None:
    """The text with its words highlighted, and the weights."""
    positive = wording.plain(explanation.class_names[explanation.target])
    negative = wording.plain(told.rest_name(explanation))
    words, bars = st.columns([3, 2], gap="medium")
    with words:
        st.markdown(
            f"**Why: the words that speak for {positive}**",
            help=f"Orange with a solid line: the word pushes the answer towards {positive}. Purple "
            f"with a dashed line: towards {negative}. The stronger the colour, the more. "
            "Click a word to switch it off and see what the model says without it.",
        )
        common.faint(explanation)
        width = figure_width("text-width") - SCROLLBAR_PX
        highlights(
            subject,
            {weight.index: weight.weight for weight in explanation.weights},
            lines_shown(subject, width, key=f"part-{choice.item}"),
            width_px=width,
            off=choice.off,
            key="text",
            about=about_item(choice),
            on_click=toggle_off,
        )
    with bars:
        common.weights(
            explanation,
            wording.part_names(subject),
            "How far the answer moves when the word is there, on average over copies of this text "
            "in which other words come and go: +0.10 is ten percentage points. A weight is what "
            "this model leans on, not a cause, and not a sign that it is right to.",
        )


def lines_shown(subject: TextSubject, width_px: int, *, key: str) -> tuple[int, int]:
    """The lines of a text that are shown; of a long one the part that is chosen here."""
    ranges = parts(subject.text, subject.spans, width_px)
    part = st.pagination(len(ranges), key=key) - 1 if len(ranges) > 1 else 0
    return ranges[min(part, len(ranges) - 1)]


def highlights(
    subject: TextSubject,
    weights: Mapping[int, float],
    lines: tuple[int, int],
    *,
    width_px: int,
    off: Sequence[int],
    key: str,
    about: About,
    on_click: Callable[[int], Any],
    scale: float | None = None,
) -> None:
    """These lines with their words highlighted, to be clicked; the whole text as real text."""
    first, last = lines
    tall = (last - first) * LINE_PX > TEXT_PX
    with st.container(height=TEXT_PX if tall else "content", border=False, key=f"{key}-window"):
        clickable_figure(
            text_figure(
                subject.text,
                subject.spans,
                weights,
                width_px=width_px,
                dark=is_dark(),
                off=off,
                scale=scale,
                part=lines,
            ),
            key=key,
            alt="The text with its words highlighted; the same words follow as real text.",
            about=about,
            on_click=on_click,
        )
    with st.expander("The same as text, to select or have read aloud", key=f"as-{key}"):
        drawn = as_html(subject.text, subject.spans, weights, off=off, scale=scale, dark=is_dark())
        st.html(drawn)


def edits(
    choice: Choice, explanation: Explanation, subject: TextSubject, change: Changed | None
) -> None:
    """What if some words were not there."""
    common.edits(
        choice,
        explanation,
        wording.part_names(subject),
        change,
        "A word that is switched off is deleted wherever it stands, and the model is asked "
        "again. Removing words makes odd text: a changed answer shows what the model leans on, "
        "not what would have happened.",
    )


def evidence(choice: Choice, explanation: Explanation) -> dict[str, Any] | None:
    """What the data says about a word."""
    request = choice.request
    words = tuple(dict.fromkeys(weight.label for weight in explanation.weights))
    st.markdown(
        "**What the data says about a word**",
        help="In how many texts of each class the word stands, in the texts the model was trained "
        "on, in the texts it was tested on, and in texts as real use brings them. A word that is "
        "common in one class of training and test but not in the field is a reason for suspicion.",
    )
    found = fetch(
        "evidence",
        store_id("evidence", request.task, repr(request.view), *words),
        data.of_words,
        request.task,
        request.view,
        words,
        affinity=request.affinity,
        what="Counting the words in the data",
    )
    if found is None:
        return None
    word = st.selectbox("Word", words, format_func=wording.visible, key="evidence-word", width=340)
    names = explanation.class_names
    st.write(wording.plain(told.evidence(word, found, names, explanation.subject, of=word)))
    st.html(evidence_table(found, word, names, dark=is_dark()))
    return dict(found)
