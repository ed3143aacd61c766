"""The parts of the screen Explain, in reading order."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from lime_engine.settings import LimeSettings
from lime_engine.types import Explanation
from ui import downloads, wording, work
from ui.choice import Choice
from ui.controls import toggle_off, write_choice
from ui.figures.answer import answer_bars
from ui.figures.markup import as_html, copies_table, evidence_table
from ui.figures.text import LINE_PX, parts, text_figure
from ui.figures.weights import weights_chart
from ui.waiting import fetch
from ui.widgets import clickable_figure, figure, figure_width, is_dark

# Heights that are kept whatever is shown: nothing moves while words are switched off, and the
# answer and its reasons fit a laptop's screen.
ANSWER_PX = 184
TEXT_PX = 364
SCROLLBAR_PX = 16
FAINT = 0.005  # half a percentage point
NOW, EDITED, FORECAST = "as written", "with your edits", "the imitation's forecast"


def answer(
    choice: Choice, explanation: Explanation, label: int | None, guess: int | None
) -> list[float] | None:
    """What the model says, as a sentence and as bars; returns its answer to the edited text."""
    names = explanation.class_names
    edited = what_if(choice) if choice.off else None
    said, bars = st.columns([2, 3], gap="medium")
    with said:
        now, sure = wording.headline(explanation.probabilities, names)
        st.subheader(f"The model says **{wording.plain(now)}**, {sure}", anchor=False)
        lines = []
        if guess is not None:
            lines.append(f"You said {names[guess]}.")
        if label is not None:
            lines.append(f"In the data it is labelled {names[label]}.")
        if lines:
            st.caption(wording.plain(" ".join(lines)))
        if not choice.off:
            st.caption("Click a word to switch it off.")
        elif edited is not None:
            then, how_sure = wording.headline(edited, names)
            st.caption(f"With your edits it says **{wording.plain(then)}**, {how_sure}.")
    with bars, st.container(height=ANSWER_PX if len(names) == 2 else "content", border=False):
        width = figure_width("answer-width")
        series: dict[str, Sequence[float]] = {NOW: explanation.probabilities}
        if edited is not None:
            series[EDITED] = edited
            if len(names) == 2:
                forecast = min(1.0, max(0.0, explanation.forecast(choice.off)))
                both = [1 - forecast, 1 - forecast]
                both[explanation.target] = forecast
                series[FORECAST] = both
        figure(
            answer_bars(names, series, width_px=width, dark=is_dark(), target=explanation.target),
            key="answer-bars",
            alt="; ".join(
                f"{name}: " + ", ".join(f"{n} {p:.0%}" for n, p in zip(names, values, strict=True))
                for name, values in series.items()
            ),
        )
    return edited


def what_if(choice: Choice) -> list[float] | None:
    """The model's answer with the chosen components off."""
    # The answer depends on neither, so that another class or K asks nothing.
    request = replace(choice.request, settings=LimeSettings(), target=None)
    off = tuple(sorted(choice.off))
    found = fetch(
        "what-if",
        request.store_id("what-if", ".".join(map(str, off))),
        work.what_if,
        request,
        off,
        affinity=request.affinity,
        what="Asking the model about your edit",
    )
    return None if found is None else list(found)


def reasons(choice: Choice, explanation: Explanation) -> None:
    """Why: the text with its words highlighted, and the weights."""
    positive = explanation.class_names[explanation.target]
    negative = wording.rest_name(explanation)
    words, bars = st.columns([3, 2], gap="medium")
    with words:
        st.markdown(
            f"**Why: the words that speak for {wording.plain(positive)}**",
            help="Orange with a solid line: the word pushes the answer towards "
            f"{wording.plain(positive)}. Purple with a dashed line: towards "
            f"{wording.plain(negative)}. The stronger the colour, the more. "
            "Click a word to switch it off and see what the model says without it.",
        )
        if wording.strongest(explanation) < FAINT:
            st.caption("No single word moves this answer by even half a percentage point.")
        _highlights(choice, explanation)
    with bars:
        st.markdown(
            "**How much each word counts**",
            help="How far the answer moves when the word is there, on average over copies of this "
            "text in which other words come and go: +0.10 is ten percentage points. A weight is "
            "what this model leans on, not a cause, and not a sign that it is right to.",
        )
        width = figure_width("weights-width")
        figure(
            weights_chart(
                [wording.visible(weight.label) for weight in explanation.weights],
                [weight.weight for weight in explanation.weights],
                positive,
                negative,
                width_px=width,
                dark=is_dark(),
            ),
            key="weights-chart",
            alt="; ".join(f"{w.label} {w.weight:+.3f}" for w in explanation.weights),
        )


def _highlights(choice: Choice, explanation: Explanation) -> None:
    subject = explanation.subject
    weights = {weight.index: weight.weight for weight in explanation.weights}
    width = figure_width("text-width") - SCROLLBAR_PX
    ranges = parts(subject.text, subject.spans, width)
    part = 0
    if len(ranges) > 1:
        part = st.pagination(len(ranges), key=f"part-{choice.item}") - 1
    first, last = ranges[min(part, len(ranges) - 1)]
    tall = (last - first) * LINE_PX > TEXT_PX
    with st.container(height=TEXT_PX if tall else "content", border=False, key="text-window"):
        clickable_figure(
            text_figure(
                subject.text,
                subject.spans,
                weights,
                width_px=width,
                dark=is_dark(),
                off=choice.off,
                part=(first, last),
            ),
            key="text",
            alt="The text with its words highlighted; the same words follow as real text.",
            on_click=toggle_off,
        )
    with st.expander("The same as text, to select or have read aloud", key="as-text"):
        st.html(as_html(subject.text, subject.spans, weights, off=choice.off, dark=is_dark()))


def how_far(explanation: Explanation) -> None:
    """How far to believe it."""
    st.markdown("**How far to believe this explanation**")
    for column, belief in zip(st.columns(3), wording.beliefs(explanation), strict=True):
        with column.container(border=True, height="stretch"):
            st.metric(belief.name, belief.value, help=belief.help)
            icon = ":material/warning: " if belief.warn else ""
            st.caption(icon + wording.plain(belief.sentence))
    st.caption(
        "None of the three says that the model is right: that is for someone who knows the matter "
        "to judge, from the words it leans on."
    )


def edits(choice: Choice, explanation: Explanation, edited: Sequence[float] | None) -> None:
    """What if: the words that are off, by keyboard too; undo and reset."""
    labels = explanation.subject.labels
    off = list(choice.off)
    st.markdown(
        "**What if these words were not there?**",
        help="A word that is switched off is deleted wherever it stands, and the model is asked "
        "again. Removing words makes odd text: a changed answer shows what the model leans on, "
        "not what would have happened.",
    )
    st.session_state["off-words"] = off
    st.multiselect(
        "Words switched off",
        range(len(labels)),
        format_func=lambda i: wording.visible(labels[i]),
        key="off-words",
        placeholder="Click a word in the text, or choose one here",
        select_all=False,
        on_change=lambda: write_choice(off=tuple(st.session_state["off-words"])),
    )
    with st.container(horizontal=True):
        st.button(
            "Undo",
            icon=":material/undo:",
            disabled=not off,
            on_click=lambda: write_choice(off=tuple(off[:-1])),
        )
        st.button("Reset", disabled=not off, on_click=lambda: write_choice(off=()))
    told = "The model has not answered your edit yet." if off else "Nothing is off."
    if edited is not None:
        told = " ".join(wording.switched_off(explanation, off, edited))
    st.write(wording.plain(told))


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
    counts = fetch(
        "evidence",
        work.store_id("evidence", request.task, repr(request.perturber), *words),
        work.evidence,
        request.task,
        request.perturber,
        words,
        affinity=request.affinity,
        what="Counting the words in the data",
    )
    if counts is None:
        return None
    word = st.selectbox("Word", words, format_func=wording.visible, key="evidence-word", width=340)
    st.write(wording.plain(wording.evidence(word, counts, explanation.class_names)))
    st.html(evidence_table(counts, word, explanation.class_names, dark=is_dark()))
    return dict(counts)


def how_it_works(choice: Choice, explanation: Explanation) -> None:
    """Six perturbed copies of this text, with their probability and weight."""
    opened = st.expander("How it works, on this very text", key="how-it-works", on_change="rerun")
    if not opened.open:
        return
    with opened:
        name = explanation.class_names[explanation.target]
        st.write(
            "Words are switched off at random, thousands of times, and the model answers each "
            "copy. Copies near the original count more. A simple model fitted to all the answers, "
            f"the {wording.imitation(explanation)}, gives each word its weight. Six of the copies:"
        )
        request = choice.request
        found = fetch(
            "copies",
            request.store_id("copies", str(explanation.target)),
            work.copies,
            request,
            explanation.target,
            affinity=request.affinity,
            what="Fetching six copies",
        )
        if found is not None:
            st.html(copies_table(explanation.subject, found, name, dark=is_dark()))


def about(choice: Choice) -> None:
    """Where the data comes from, and the planted flaw for those who want to know."""
    task = choice.task
    with st.expander("About this data and its models", key="about"):
        st.write(wording.plain(task.summary))
        for card in task.models:
            st.write(f"**{wording.plain(card.name)}**: {wording.plain(card.summary)}")
        st.caption(wording.plain(task.source))
        if task.flaw is not None and st.toggle("Reveal the known flaw", key="reveal"):
            st.write(wording.plain(task.flaw.summary))


def take_away(shown: downloads.Shown) -> None:
    """Downloads, made when they are asked for."""
    st.markdown("**Take it away**")
    name = f"{shown.choice.task.key}-{shown.choice.model}-{shown.choice.item}"
    with st.container(horizontal=True, vertical_alignment="center"):
        for title, make, ending, mime in (
            ("Report", downloads.as_report, "html", "text/html"),
            ("JSON", downloads.as_json, "json", "application/json"),
            ("CSV", downloads.as_csv, "csv", "text/csv"),
        ):
            st.download_button(
                title,
                partial(make, shown),
                f"{name}.{ending}",
                mime,
                icon=":material/download:",
                on_click="ignore",
            )
        st.caption("The address of this page shows the same to whoever you send it to.")
