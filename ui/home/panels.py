"""The demos on Home: a card each, and the others in one line."""

import json
from collections.abc import Sequence

import streamlit as st

from lime_engine.subjects import ImageSubject, TabularSubject, TextSubject
from lime_engine.types import Explanation
from sample_models import Task
from ui.explain.choice import first_choice
from ui.figures import cards, markup, pixels
from ui.shell import wording
from ui.shell.screens import leave_for
from ui.shell.widgets import is_dark
from ui.shell.wording import plain
from ui.workshop.store import store

CARD_PX = 250
PICTURE_PX = 200


def card(task: Task, *, primary: bool) -> None:
    st.markdown(f"##### {plain(task.title)}")
    st.write(plain(task.question))
    with st.container(height=CARD_PX, border=False):
        _preview(task)
    st.button(
        "See why",
        key=f"demo-{task.key}",
        type="primary" if primary else "secondary",
        width="stretch",
        on_click=leave_for,
        args=("explain", first_choice(task).params()),
    )


def _preview(task: Task) -> None:
    """The demo's explanation in small, once the workers have made it."""
    raw = store().read("explanation", first_choice(task).request.store_id("explanation"))
    if raw is None:
        st.caption(plain(task.summary))
        return
    explanation = Explanation.from_dict(json.loads(raw)["explanation"])
    answer, sure = wording.headline(explanation.probabilities, explanation.class_names)
    st.markdown(f"The model says **{plain(answer)}**, {sure}:")
    weights = {weight.index: weight.weight for weight in explanation.weights}
    match explanation.subject:
        case TextSubject() as subject:
            text, spans = markup.excerpt(subject)
            places = [spans.get(i, ()) for i in range(subject.n_components)]
            st.html(markup.as_html(text, places, weights, dark=is_dark()))
        case ImageSubject() as subject:
            uri = pixels.data_uri(cards.explained_picture(subject, weights), "photograph")
            names = wording.listed([wording.part_names(subject)[i] for i in weights])
            alt = f"The picture; what counts: {names}"
            st.html(markup.picture_html(uri, alt, width_px=PICTURE_PX))
        case TabularSubject() as subject:
            shown = [(subject.bins[i], weight) for i, weight in weights.items()]
            st.html(cards.weights_html(shown, dark=is_dark()))


def more(others: Sequence[Task]) -> None:
    """The other built-in tasks, in one line."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("More to try:", width="content")
        for task in others:
            st.button(
                plain(task.title),
                key=f"demo-{task.key}",
                type="tertiary",
                on_click=leave_for,
                args=("explain", first_choice(task).params()),
            )
