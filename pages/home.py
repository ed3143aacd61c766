"""The screen Home: what this is, and one click into a demo."""

import streamlit as st

from sample_models import tasks
from ui.home.panels import card, more
from ui.shell.screens import leave_for

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
            card(catalogue[key], primary=number == 0)
    for column, (label, icon, words, screen) in zip(st.columns(len(WAYS)), WAYS, strict=True):
        with column:
            st.button(label, icon=icon, width="stretch", on_click=leave_for, args=(screen,))
            st.caption(words)
    more([task for key, task in catalogue.items() if key not in CARDS])
    st.caption(
        "Orange with a solid line: it speaks for the answer. Purple with a dashed line: against "
        "it. The small number is how far the answer moves."
    )
