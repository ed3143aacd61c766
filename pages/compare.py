"""The screen Compare: two models on one item and on a whole set, and which one to deploy."""

import streamlit as st

from ui.compare.choice import CompareChoice
from ui.compare.controls import classes_matched, compare_bar
from ui.compare.order import listed
from ui.compare.panels import verdict as last_word
from ui.compare.panels import whole as panels
from ui.compare.panels.item import item_view
from ui.compare.panels.items import item_list
from ui.compare.panels.overview import leans
from ui.compare.place import COMPARE, look
from ui.compare.values import Answered
from ui.compare.verdicts import read_verdict
from ui.shell.many_items import n_there, none_there
from ui.shell.notices import remark
from ui.study.links import of_comparison, study_button


def render() -> None:
    """Show the screen."""
    choice = COMPARE.current()
    st.title("Which of the two would you deploy?", anchor=False)
    for line in choice.problems:
        remark(line)
    bar = st.container()
    there = n_there(choice.task, choice.source, choice.pair(0)[0].affinity)
    with bar:
        compare_bar(choice, there)
    if there is None:
        return
    if there == 0:
        none_there(choice.task.kind, choice.source)
        return
    if not classes_matched(choice):
        return
    if choice.row is None:
        answered = panels.answered(choice, there)
        if answered is not None:
            _all_of_them(choice, answered, there)
        return
    answered = panels.answered_one(choice, there)
    if answered is not None:
        compared = panels.compared_at_hand(choice)
        item_view(choice, answered, [item.row for item in listed(choice, answered, compared)])


def _all_of_them(choice: CompareChoice, answered: Answered, there: int) -> None:
    """From what both answer, over why, to which one to deploy."""
    verdict = read_verdict(choice.verdicts_id, choice.who)
    is_asked = last_word.is_asked(choice, verdict)
    head = st.container(gap="xsmall")
    panels.scoreboard(choice, answered, there)
    last_word.before(choice, verdict)
    run = panels.explained(choice, answered, there, is_main=not is_asked)
    if run is not None and last_word.asks_first(choice, verdict):
        run = None
    compared = None if run is None else panels.compared(choice, answered, there, run)
    with head:
        panels.headline(choice, answered, compared)
    if compared is not None:
        leans(choice, compared)
    item_list(choice, answered, compared)
    if compared is not None:
        look(choice, "reasons")
        verdict = read_verdict(choice.verdicts_id, choice.who)
    wants_field = last_word.wants_field(choice, verdict)
    can_say = compared is not None and run is not None and panels.is_enough(run)
    with head:
        field = panels.field_scores(choice) if wants_field else None
        if can_say or verdict.after is not None:
            last_word.after(choice, verdict, answered.board, field)
    if (draft := of_comparison(choice, answered)) is not None:
        study_button(lambda: draft)
    last_word.take_away(lambda: panels.shown(choice, answered, compared, verdict, field))
