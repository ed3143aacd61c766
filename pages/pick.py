"""The screen Pick: the few predictions most worth a person's time, and what they show."""

import streamlit as st

from ui.compare.links import compare_button, of_pick
from ui.pick import panels
from ui.pick.controls import pick_bar
from ui.pick.place import PICK
from ui.review.place import begin_review
from ui.shell.many_items import n_there, none_there
from ui.shell.notices import remark
from ui.shell.wording import NOUNS
from ui.study.links import of_pick as study_of_pick
from ui.study.links import study_button


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
    run = panels.explained(choice, there)
    if run is None:
        return
    picked = panels.pick(choice, there, run)
    if picked is None:
        return
    if not picked.items:
        panels.nothing(choice, picked)
        return
    budget = panels.headline(choice, picked, begin_review)
    panels.listed(choice, picked, budget)
    panels.matrix(choice, picked, budget)
    panels.take_away(choice, picked, budget)
    compare_button(of_pick(choice))
    study_button(lambda: study_of_pick(choice, picked, budget))
