"""The screen Home: what this is, and one click into a demo."""

import json

import streamlit as st

from lime_engine.types import Explanation
from sample_models import Task, tasks
from ui.choice import first_choice
from ui.figures.markup import as_html, excerpt
from ui.screens import open_explanation, open_screen
from ui.store import store
from ui.widgets import is_dark
from ui.wording import headline, plain

CARD_PX = 200


def render() -> None:
    """Show the screen."""
    st.caption("LIME Trust Lab")
    st.title("Right answer. Right reason?", anchor=False)
    st.markdown(
        "A classifier can be accurate and still lean on the wrong things. See **which words its "
        "answer rests on**, switch them off, watch it change its mind, and judge for yourself "
        "whether it deserves your trust."
    )
    catalogue = list(tasks().values())
    for number, (column, task) in enumerate(
        zip(st.columns(len(catalogue)), catalogue, strict=True)
    ):
        with column.container(border=True, height="stretch"):
            _card(task, primary=number == 0)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Bring your own text", icon=":material/upload:"):
            open_screen("upload")
        st.caption("Paste it, or bring a .txt or .csv file.")
    st.caption(
        "Orange with a solid line: the word speaks for the answer. Purple with a dashed line: "
        "against it. The small number is how far the answer moves."
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
        if not task.is_here():
            st.caption("Its data is not on this machine yet: it is downloaded when first opened.")
        return
    explanation = Explanation.from_dict(json.loads(raw)["explanation"])
    answer, sure = headline(explanation.probabilities, explanation.class_names)
    st.markdown(f"The model says **{plain(answer)}**, {sure}:")
    text, spans = excerpt(explanation.subject)
    places = [spans.get(i, ()) for i in range(explanation.subject.n_components)]
    weights = {weight.index: weight.weight for weight in explanation.weights}
    st.html(as_html(text, places, weights, dark=is_dark()))
