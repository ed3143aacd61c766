"""The screen Home: what this is, and one click into a demo."""

import streamlit as st

from sample_models import tasks
from ui.home.panels import demos, legend, more
from ui.shell.presenting.lock import begin_button
from ui.shell.screens import leave_for

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
    st.title("Right answer. Right reason?", anchor=False)
    st.markdown(
        "A classifier can be accurate and still lean on the wrong things. See **what its answer "
        "rests on**, take that away, watch it change its mind, and judge for yourself whether it "
        "deserves your trust. LIME asks the model about hundreds of copies of one text, picture or "
        "row, each with some parts switched off, and so finds the parts that its answer hangs on."
    )
    legend()
    catalogue = tasks()
    demos([catalogue[key] for key in CARDS])
    for column, (label, icon, words, screen) in zip(st.columns(len(WAYS)), WAYS, strict=True):
        with column:
            st.button(label, icon=icon, width="stretch", on_click=leave_for, args=(screen,))
            st.caption(words)
    more([task for key, task in catalogue.items() if key not in CARDS])
    begin_button()
