"""The screen Explain: one prediction, from the answer to what to take away."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from lime_engine.subjects import ImageSubject, TabularSubject, TextSubject
from lime_engine.types import Explanation
from ui.compare.links import compare_button, of_item
from ui.explain.choice import Choice, first_choice
from ui.explain.controls import choice_bar
from ui.explain.export import Shown
from ui.explain.panels import common as panels
from ui.explain.panels import image as panels_image
from ui.explain.panels import second as panels_second
from ui.explain.panels import table as panels_table
from ui.explain.panels import text as panels_text
from ui.explain.panels.guess import ask_for_a_guess, committed_guess
from ui.explain.place import current_choice, write_choice
from ui.explain.work import explaining
from ui.shell.notices import remark
from ui.shell.screens import leave_for
from ui.shell.waiting import fetch
from ui.shell.wording import NOUNS, plain


def render() -> None:
    """Show the screen."""
    choice = current_choice()
    st.title(plain(choice.task.question), anchor=False)
    for line in choice.problems:
        remark(line)
    guess = committed_guess(choice)
    guessing = choice.guess_first and guess is None
    choice_bar(choice, hide_answer=guessing)
    found = _explanation(choice)
    if found is None:
        return
    explanation = Explanation.from_dict(found["explanation"])
    if guessing:
        ask_for_a_guess(choice, explanation.subject)
        return
    choice = choice.within(explanation.subject.n_components)
    change = panels.answer(choice, explanation, found["label"], guess)
    evidence = None
    match explanation.subject:
        case TextSubject() as subject:
            panels_text.reasons(choice, explanation, subject)
            panels.how_far(choice, explanation)
            panels_text.edits(choice, explanation, subject, change)
            evidence = panels_text.evidence(choice, explanation)
        case ImageSubject() as subject:
            panels_image.reasons(choice, explanation, subject, found["rivals"])
            panels.how_far(choice, explanation)
            panels_image.edits(choice, explanation, subject, change)
        case TabularSubject() as subject:
            panels_table.reasons(choice, explanation, subject, change)
            panels.how_far(choice, explanation)
            evidence = panels_table.evidence(choice, explanation, subject)
    panels_second.second_looks(choice, explanation)
    panels.how_it_works(choice, explanation)
    panels.about(choice)
    compare_button(of_item(choice))
    panels.take_away(Shown(choice, explanation, found["label"], change, evidence))


def _explanation(choice: Choice) -> dict[str, Any] | None:
    request = choice.request
    found: dict[str, Any] | None = fetch(
        "explanation",
        request.store_id("explanation"),
        explaining.explanation,
        request,
        affinity=request.affinity,
        what=f"Asking the model about copies of this {NOUNS[choice.task.kind].item}",
        otherwise=_way_out(choice),
    )
    return found


def _way_out(choice: Choice) -> tuple[str, Callable[[], None]]:
    """What to offer a person whose link names an item that there is not."""
    if not choice.task.examples:
        return "Bring it again", partial(leave_for, "upload", {})
    first = first_choice(choice.task).item
    return "Open the first example", partial(
        write_choice, item=first, target=None, off=(), edits=()
    )
