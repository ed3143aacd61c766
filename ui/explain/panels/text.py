"""Why, for a text: its words highlighted, and what the data says about a word."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from lime_engine.subjects import TextSubject
from lime_engine.types import Explanation
from ui.explain import wording as told
from ui.explain.choice import Choice
from ui.explain.figures.text import line_px, lines, parts, text_figure
from ui.explain.panels import common
from ui.explain.panels.rewriting import edits_so_far, rewrite
from ui.explain.place import about_item, open_item, toggle_off
from ui.explain.work import evidence as data
from ui.figures.linked import telling
from ui.figures.markup import as_html, evidence_table
from ui.shell import wording
from ui.shell.address import About
from ui.shell.waiting import fetch
from ui.shell.widgets import clickable_figure, figure_width, is_dark
from ui.workshop.request import store_id

TEXT_PX = 364  # of a long text, until it is opened


def reasons(choice: Choice, explanation: Explanation, subject: TextSubject) -> None:
    """The text with its words highlighted, and the weights."""
    positive = wording.plain(explanation.class_names[explanation.target])
    negative = wording.plain(told.rest_name(explanation))
    common.why(
        choice,
        explanation,
        f"Why: the words that speak for {positive}",
        f"Orange with a solid line: the word pushes the answer towards {positive}. Purple "
        f"with a dashed line: towards {negative}. The stronger the colour, the more. "
        "Click a word to switch it off and see what the model says without it.",
    )
    words, bars = st.columns([3, 2], gap="medium")
    with words:
        common.faint(explanation)
        width = figure_width("text-width")
        highlights(
            subject,
            {weight.index: weight.weight for weight in explanation.weights},
            lines_shown(subject, width, key=f"part-{choice.item}"),
            width_px=width,
            off=choice.off,
            key="text",
            about=about_item(choice),
            on_click=toggle_off,
            badges=told.badged(explanation),
        )
        rewrite(subject.text, choice.item, open_item, about=about_item(choice))
        edits_so_far(choice.item, open_item, about=about_item(choice), name="versions")
        common.edits(
            choice,
            explanation,
            "A word that is switched off is deleted wherever it stands, and the model is asked "
            "again. Removing words makes odd text: a changed answer shows what the model leans on, "
            "not what would have happened.",
        )
    with bars:
        common.weights(
            choice,
            explanation,
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
    badges: bool = False,
) -> None:
    """These lines with their words highlighted, to be clicked; or the whole text as real text.

    Of more lines than are as high as `TEXT_PX` the first, until somebody wants all.
    """
    as_text, whole = about.key(f"as-{key}"), about.key(f"whole-{key}")
    if st.session_state.get(as_text):
        drawn = as_html(subject.text, subject.spans, weights, off=off, scale=scale, dark=is_dark())
        st.html(drawn)
    else:
        first, last = lines
        few = first + TEXT_PX // line_px(width_px)
        is_long = last > few + 1
        closed = is_long and not st.session_state.get(whole)
        with st.container(border=False, key=f"{key}-{'faded' if closed else 'window'}"):
            clickable_figure(
                text_figure(
                    subject.text,
                    subject.spans,
                    weights,
                    width_px=width_px,
                    dark=is_dark(),
                    off=off,
                    scale=scale,
                    part=(first, few) if closed else lines,
                    badges=badges,
                ),
                key=key,
                alt="The text with its words highlighted; below, a switch shows it as real text.",
                about=about,
                on_click=on_click,
            )
        if is_long:
            st.button(
                _more(subject, weights, width_px, few, last) if closed else "Show less",
                key=about.key(f"more-{key}"),
                on_click=lambda: st.session_state.update({whole: closed}),
                type="tertiary",
                icon=f":material/{'expand_more' if closed else 'expand_less'}:",
            )
    st.toggle("As text, to select or have read aloud", key=as_text)


def _more(
    subject: TextSubject, weights: Mapping[int, float], width_px: int, first: int, last: int
) -> str:
    """What the rest of the lines would show."""
    rest = lines(subject.text, subject.spans, width_px)[first:last]
    told = telling(weights)
    n = sum(piece.component in told for line in rest for piece in line)
    more = f", with {n} more highlighted" if n else ""
    return f"Show all{more}"


def evidence_id(choice: Choice, explanation: Explanation) -> str:
    """The store's id of what the data says about the words that are shown."""
    request = choice.request
    return store_id("evidence", request.task, repr(request.view), *_words(explanation))


def _words(explanation: Explanation) -> tuple[str, ...]:
    return tuple(dict.fromkeys(weight.label for weight in explanation.weights))


def evidence(choice: Choice, explanation: Explanation) -> dict[str, Any] | None:
    """What the data says about a word."""
    request, words = choice.request, _words(explanation)
    trained, and_test = "in the texts the model was trained on, ", "training and test"
    if not choice.task.has_training_data:
        trained, and_test = "", "the test"
    st.markdown(
        "**How common is a word?**",
        help=f"In how many texts of each class the word stands, {trained}in the texts it was "
        "tested on, and in texts as real use brings them. A word that is common in one class of "
        f"{and_test} but not in the field is a reason for suspicion.",
    )
    found = fetch(
        "evidence",
        evidence_id(choice, explanation),
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
