"""Dig deeper: one further question at a time, worked out when it is opened."""

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from lime_engine.subjects import ImageSubject, TabularSubject, TextSubject
from lime_engine.types import Explanation
from sample_models import Task
from ui.explain.choice import Choice
from ui.explain.panels import table as panels_table
from ui.explain.panels import text as panels_text
from ui.explain.panels.opinion import opinions
from ui.explain.panels.second import noticed, survives
from ui.explain.work import explaining
from ui.figures import markup
from ui.shell import wording
from ui.shell.presenting.lock import is_locked
from ui.shell.waiting import fetch
from ui.shell.widgets import is_dark
from ui.workshop.store import store

_WAYS = {
    "data": "What the data says",
    "survives": "Asked in other ways",
    "opinion": "A second opinion",
    "noticed": "Could it notice a test?",
    "works": "How it works",
    "wrong": "What is wrong with this model?",
}
_NOTHING_KNOWN = "About the data and the models"  # where nobody has planted or found a flaw


def dig_deeper(choice: Choice, explanation: Explanation) -> dict[str, Any] | None:
    """The ways to go on, of which one is open; returns what the data says, once it was asked."""
    kind = choice.task.kind
    ways = {way: title for way, title in _WAYS.items() if way != "data" or kind != "image"}
    if is_locked():  # what the data and their makers say gives the answers away
        ways = {way: title for way, title in ways.items() if way not in ("data", "wrong")}
    elif choice.task.flaw is None:
        ways["wrong"] = _NOTHING_KNOWN
    st.markdown("**Dig deeper**")
    opened = st.pills(
        "Dig deeper",
        list(ways),
        default="data" if "data" in ways else None,
        format_func=ways.__getitem__,
        key=f"deeper-{kind}{'-locked' if is_locked() else ''}",
        label_visibility="collapsed",
    )
    shown: dict[str, Callable[[Choice, Explanation], None]] = {
        "survives": survives,
        "opinion": opinions,
        "noticed": noticed,
        "works": _how_it_works,
        "wrong": _what_is_wrong,
    }
    with st.container(key="deeper"):
        if opened == "data":
            return _data(choice, explanation)
        if opened in shown:
            shown[opened](choice, explanation)
    return None if is_locked() else _asked_before(choice, explanation)


def _data(choice: Choice, explanation: Explanation) -> dict[str, Any] | None:
    match explanation.subject:
        case TextSubject():
            return panels_text.evidence(choice, explanation)
        case TabularSubject() as subject:
            return panels_table.evidence(choice, explanation, subject)
        case _:
            return None


def _asked_before(choice: Choice, explanation: Explanation) -> dict[str, Any] | None:
    """What the data says, for the report, where it has been looked up already."""
    match explanation.subject:
        case TextSubject():
            entry_id = panels_text.evidence_id(choice, explanation)
        case TabularSubject() as subject:
            entry_id = panels_table.evidence_id(choice, explanation, subject)
        case _:
            return None
    raw = store().read("evidence", entry_id)
    found: dict[str, Any] | None = None if raw is None else json.loads(raw)
    return found


def _how_it_works(choice: Choice, explanation: Explanation) -> None:
    """Six copies of this item, with their probability and weight."""
    noun = wording.nouns(explanation.subject)
    name = explanation.class_names[explanation.target]
    st.write(
        f"{noun.Parts} are {noun.changed} at random, {explanation.n_samples:,} times, and the "
        f"model answers each of these copies. Copies that are much like this {noun.item} count "
        f"more. How the answer moves as {noun.parts} come and go gives each {noun.part} its "
        "number. Six of the copies:"
    )
    request = choice.request
    found = fetch(
        "copies",
        request.store_id("copies", str(explanation.target)),
        explaining.copies,
        request,
        explanation.target,
        affinity=request.affinity,
        what="Fetching six copies",
    )
    if found is not None:
        st.html(_copies(explanation, found, name))


def _copies(explanation: Explanation, found: list[dict[str, Any]], name: str) -> str:
    match explanation.subject:
        case TextSubject() as subject:
            return markup.copies_table(subject, found, name, dark=is_dark())
        case ImageSubject():
            uris = [copy["picture"] for copy in found]
            return markup.picture_copies_table(uris, found, name, dark=is_dark())
        case TabularSubject() as subject:
            shown = [weight.index for weight in explanation.weights]
            return markup.row_copies_table(subject, found, name, shown, dark=is_dark())


def _what_is_wrong(choice: Choice, explanation: Explanation) -> None:
    """What the models have learned from; and the known flaw, for those who want to be told."""
    task = choice.task
    st.write(wording.plain(task.summary))
    for card in task.models:
        st.write(f"**{wording.plain(card.name)}**: {wording.plain(card.summary)}")
    st.caption(wording.plain(task.source))
    if task.flaw is None:
        return
    told = _told(task)
    if not st.session_state.get(told):
        st.write("There is something wrong with one of these models. Have you seen what?")
        st.button("Show me what is wrong", key=f"show-{told}", on_click=_tell, args=(told,))
        return
    with st.container(border=True):
        st.markdown(f"**What is wrong.** {wording.plain(task.flaw.summary)}")


def _told(task: Task) -> str:
    return f"told-{task.key}"


def _tell(told: str) -> None:
    st.session_state[told] = True
