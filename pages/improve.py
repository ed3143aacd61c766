"""The screen Improve: train a model again without what should not matter, in rounds."""

import streamlit as st

from ui.compare.links import compare_rounds
from ui.improve import panels as panels
from ui.improve.wording import as_it_is
from ui.shell.notices import remark
from ui.shell.presenting.lock import is_locked
from ui.shell.wording import plain


def render() -> None:
    """Show the screen."""
    place = panels.IMPROVE.current()
    st.title("Take out what should not matter", anchor=False)
    if is_locked():
        remark("This shows how the models do in real use: it opens when the presenter reveals it.")
        return
    for line in place.problems:
        remark(line)
    st.write(
        "A model can lean on something that says nothing about the matter. Without it, it has to "
        "find better reasons; whether it does shows in how often it is right in real use."
    )
    panels.which(place)
    if not place.can_improve:
        panels.cannot(place)
        return
    trained = bool(place.rounds.rounds)
    found = panels.measured(place)
    if found is not None and trained:
        panels.results(place, found)
    elif found is not None:
        st.write(plain(as_it_is(found)))
    if trained:
        panels.onward(place, found, compare_rounds)
    if found is not None or not trained:
        panels.next_round(place)
