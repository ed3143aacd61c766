"""The screen Home: what this is, and one click into a demo."""

import json
from collections.abc import Sequence

import streamlit as st

from lime_engine.subjects import ImageSubject, TabularSubject, TextSubject
from lime_engine.types import Explanation
from sample_models import Task, tasks
from ui import wording
from ui.choice import first_choice
from ui.figures import cards, markup, pixels
from ui.screens import open_explanation, open_screen
from ui.store import store
from ui.widgets import is_dark
from ui.wording import plain

CARD_PX = 250
PICTURE_PX = 200
CARDS = ("triage", "wolves", "flu")  # one of each kind
WAYS = (
    (
        "Bring your own",
        ":material/upload:",
        "A text, pictures, rows of a table; an image network, too.",
        "upload",
    ),
    (
        "Look at many",
        ":material/filter_list:",
        "The few of hundreds that show most of what a model uses.",
        "pick",
    ),
    (
        "Compare two models",
        ":material/compare_arrows:",
        "The same answers, but for the same reasons?",
        "compare",
    ),
)


def render() -> None:
    """Show the screen."""
    st.caption("LIME Trust Lab")
    st.title("Right answer. Right reason?", anchor=False)
    st.markdown(
        "A classifier can be accurate and still lean on the wrong things. See **what its answer "
        "rests on**, take that away, watch it change its mind, and judge for yourself whether it "
        "deserves your trust."
    )
    catalogue = tasks()
    for number, (column, key) in enumerate(zip(st.columns(len(CARDS)), CARDS, strict=True)):
        with column.container(border=True, height="stretch"):
            _card(catalogue[key], primary=number == 0)
    for column, (label, icon, words, screen) in zip(st.columns(len(WAYS)), WAYS, strict=True):
        with column:
            if st.button(label, icon=icon, width="stretch"):
                open_screen(screen)
            st.caption(words)
    _more([task for key, task in catalogue.items() if key not in CARDS])
    st.caption(
        "Orange with a solid line: it speaks for the answer. Purple with a dashed line: against "
        "it. The small number is how far the answer moves."
    )


def _card(task: Task, *, primary: bool) -> None:
    st.markdown(f"##### {plain(task.title)}")
    st.write(plain(task.question))
    with st.container(height=CARD_PX, border=False):
        _preview(task)
    if st.button(
        "See why",
        key=f"demo-{task.key}",
        type="primary" if primary else "secondary",
        width="stretch",
    ):
        open_explanation(first_choice(task))


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


def _more(others: Sequence[Task]) -> None:
    """The other built-in tasks, in one line."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("More to try:", width="content")
        for task in others:
            if st.button(plain(task.title), key=f"demo-{task.key}", type="tertiary"):
                open_explanation(first_choice(task))
