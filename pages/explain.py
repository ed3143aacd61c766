"""The screen Explain: one prediction, from the answer to what to take away."""

from collections.abc import Callable
from functools import partial
from typing import Any

from lime_engine.subjects import ImageSubject, TabularSubject, TextSubject
from lime_engine.types import Explanation
from ui.compare.links import compare_button, of_item
from ui.explain.choice import Choice, first_choice
from ui.explain.controls import choice_bar
from ui.explain.export import Shown
from ui.explain.panels import common as panels
from ui.explain.panels import image as panels_image
from ui.explain.panels import table as panels_table
from ui.explain.panels import text as panels_text
from ui.explain.panels.deeper import dig_deeper
from ui.explain.panels.guess import ask_for_a_guess, committed_guess, paid_off
from ui.explain.panels.outside import caution
from ui.explain.panels.patience import may_explain
from ui.explain.place import current_choice, open_item
from ui.explain.work import explaining
from ui.shell.browsing import link_with
from ui.shell.notices import remark
from ui.shell.presenting.lock import is_locked
from ui.shell.screens import leave_for
from ui.shell.waiting import fetch
from ui.shell.wording import NOUNS


def render() -> None:
    """Show the screen."""
    choice = current_choice()
    for line in choice.problems:
        remark(line)
    guess = committed_guess(choice)
    guessing = choice.guess_first and guess is None
    choice_bar(choice, hide_answer=guessing)
    if not may_explain(choice):
        return
    found = _explanation(choice)
    if found is None:
        if not guessing:
            panels_image.first_look(choice)
        return
    explanation = Explanation.from_dict(found["explanation"])
    if guessing:
        ask_for_a_guess(choice, explanation.subject)
        return
    choice = choice.within(explanation.subject.n_components)
    if choice.guess_first and guess is not None:
        paid_off(choice, explanation, found["label"], guess)
    change = panels.answer(choice, explanation, found["label"], guess)
    outside = caution(choice)
    match explanation.subject:
        case TextSubject() as subject:
            panels_text.reasons(choice, explanation, subject)
        case ImageSubject() as subject:
            panels_image.reasons(choice, explanation, subject, found["rivals"])
        case TabularSubject() as subject:
            panels_table.reasons(choice, explanation, subject)
    evidence = dig_deeper(choice, explanation)
    compare_button(of_item(choice))
    link = link_with(choice.params())
    shown = Shown(choice, explanation, found["label"], change, evidence, link, outside)
    panels.take_away(shown)


def _explanation(choice: Choice) -> dict[str, Any] | None:
    request, sooner = choice.request, choice.request.sooner()
    found: dict[str, Any] | None = fetch(
        "explanation",
        request.store_id("explanation"),
        explaining.explanation,
        request,
        affinity=request.affinity,
        what=f"Asking the model about copies of this {NOUNS[choice.task.kind].item}",
        otherwise=_way_out(choice),
        sooner=None if sooner is None else ("explanation", sooner.store_id("explanation")),
    )
    return {**found, "label": None} if found is not None and is_locked() else found


def _way_out(choice: Choice) -> tuple[str, Callable[[], None]]:
    """What to offer a person whose link names an item that there is not."""
    if not choice.task.examples:
        return "Bring it again", partial(leave_for, "upload", {})
    first = first_choice(choice.task).item
    return "Open the first example", partial(open_item, first)
