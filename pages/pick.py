"""The screen Pick: the few predictions most worth a person's time, and what they show."""

import streamlit as st

from ui import pick_panels
from ui.address import PICK
from ui.compare_from import compare_button, of_pick
from ui.notices import remark
from ui.pick_controls import pick_bar
from ui.set_controls import n_there, none_there
from ui.wording import NOUNS


def render() -> None:
    """Show the screen."""
    choice = PICK.current()
    noun = NOUNS[choice.task.kind]
    st.title(f"Which {noun.item}s are worth your time?", anchor=False)
    for line in choice.problems:
        remark(line)
    bar = st.container()
    there = n_there(choice.task, choice.source, choice.request(0).affinity)
    with bar:
        pick_bar(choice, there)
    if there is None:
        return
    if there == 0:
        none_there(choice.task.kind, choice.source)
        return
    n = min(choice.n, there)
    run = pick_panels.explained(choice, n)
    if run is None:
        return
    picked = pick_panels.pick(choice, n, run)
    if picked is None:
        return
    if not picked.items:
        pick_panels.nothing(choice, picked)
        return
    budget = pick_panels.headline(choice, picked)
    pick_panels.listed(choice, picked, budget)
    pick_panels.matrix(choice, picked, budget)
    compare_button(of_pick(choice))
