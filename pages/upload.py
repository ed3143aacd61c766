"""The screen Upload: bring texts, pictures or rows, and a model of one's own."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from sample_models import Task
from ui.compare.choice import CompareChoice, first_comparison
from ui.compare.matching import by_name
from ui.explain.choice import Choice, first_choice
from ui.improve.choice import Place
from ui.pick.choice import MAX_CANDIDATES, PickChoice, first_pick
from ui.shell.brought import data_sets, remember_ids
from ui.shell.notices import remark
from ui.shell.screens import open_screen, visit
from ui.shell.waiting import noticing
from ui.shell.wording import NOUNS
from ui.upload.controls import BRING, kind_cards
from ui.upload.panels.data_sets import brought_before, called, note_use, read_address
from ui.upload.panels.delete import delete_my_data
from ui.upload.panels.models.own import own_model
from ui.upload.panels.models.sources import can_bring
from ui.upload.panels.predictions import brought_models
from ui.upload.panels.training import can_train, training
from ui.workshop.item import Item
from ui.workshop.kept import label_counts

_WANTED = "upload-wanted"  # a screen, the kind of what is to be opened there, and the visit


def render() -> None:
    """Show the screen."""
    st.title("Bring your own", anchor=False)
    st.write(
        "See what a model's answer to it leans on: a built-in one's, or your own. If it has "
        "labels, two models can be trained on it here."
    )
    read_address()
    kind = kind_cards()
    with noticing() as to_come:
        task, source, n = BRING[kind]()
    data = source() if source is not None and n > 1 else None
    is_known = kind != "table" or task is not None
    if not is_known and data is not None and label_counts(kind, data) is None:
        remark(
            "No built-in model knows these columns. Bring a model that does; or say which "
            "has the labels, and two models are trained on them here."
        )
    doors = st.container(horizontal=True)  # filled when it is known which is the main one
    has_own = False
    if source is not None and can_bring(kind):
        of = data or source()
        remember_ids(of)
        has_own = own_model(kind, of, called(kind, of), partial(_own_ways, asked=task))
    if is_known:
        with doors:
            # Never disabled: a click on it is also what ends the typing.
            is_first = not has_own and (data is None or not can_train(kind, data))
            st.button(
                "Explain",
                key="upload-explain",
                type="primary" if is_first else "secondary",
                on_click=_want,
                args=("explain", kind),
            )
            if n > 1:
                st.button("Pick the most telling ones", on_click=_want, args=("pick", kind))
    if data is not None:
        name = called(kind, data)
        brought_models(kind, data, name, _compared)
        ways = partial(_ways, asked=task)
        training(
            kind,
            data,
            name,
            ways,
            lambda task: first_comparison(task).params(),
            is_main=not has_own,
        )
    brought_before()
    delete_my_data()
    screen, *of = st.session_state.get(_WANTED, (None,))
    if of != [kind, visit()]:
        return
    if task is not None and source is not None:
        del st.session_state[_WANTED]
        found = source()
        remember_ids(found)
        note_use(kind, found)
        open_screen(screen, _params(screen, task, found, n))
    elif to_come.reason:
        _wait(to_come.reason)
    else:
        del st.session_state[_WANTED]
        noun = "network" if source is not None else NOUNS[kind].item
        remark(f"There is nothing to explain yet: bring a {noun} that can be read, above.")


def _params(screen: str, task: Task, source: str, n: int) -> dict[str, str]:
    """What a screen opens with, of the `n` items that were brought."""
    model = task.askable[0].key
    if screen == "explain":
        return Choice(task, Item(source, 0), model).params()
    return PickChoice(task, model, source, min(n, MAX_CANDIDATES)).params()


def _compared(task: Task, models: tuple[str, str]) -> dict[str, str]:
    """How two models of a task are compared."""
    return CompareChoice(task, models).params()


def _ways(task: Task, asked: Task | None) -> list[tuple[str, str, dict[str, str]]]:
    """Where to go with models that were trained here, beside those that could be `asked`."""
    found = [
        ("Explain a prediction", "explain", first_choice(task).params()),
        ("Pick the most telling ones", "pick", first_pick(task).params()),
    ]
    if len(task.askable) > 1:
        found.insert(0, ("Compare the two", "compare", first_comparison(task).params()))
    if task.askable[0].improver is not None:
        place = Place(task, task.askable[0].key)
        found.append(("Improve one", "improve", place.params()))
    if asked is not None and None not in by_name(task.class_names, asked.class_names):
        beside = f"{asked.key}/{asked.askable[0].key}"
        choice = CompareChoice(task, (task.askable[0].key, beside))
        found.append((f"Compare with a model of “{asked.title}”", "compare", choice.params()))
    return found


def _own_ways(
    task: Task, others: Sequence[Task], asked: Task | None
) -> list[tuple[str, str, dict[str, str]]]:
    """Where to go with a model that was brought, beside `others` and those that can be `asked`."""
    found = [
        ("Explain its answers", "explain", first_choice(task).params()),
        ("Pick its most telling answers", "pick", first_pick(task).params()),
    ]
    own = task.askable[0].key
    if len(task.askable) > 1:
        second = task.askable[1]
        choice = CompareChoice(task, (own, second.key))
        found.append((f"Compare with “{second.name}”", "compare", choice.params()))
    here = [each for each in data_sets() if each.kind == task.kind and each.has_training_data]
    beside = [*others, *here[-1:], *([asked] if asked is not None else [])]
    for other in beside:
        if None not in by_name(task.class_names, other.class_names):
            model = other.askable[0]
            choice = CompareChoice(task, (own, f"{other.key}/{model.key}"))
            label = f"Compare with “{model.name}” of “{other.title}”"
            found.append((label, "compare", choice.params()))
    return found


def _want(screen: str, kind: str) -> None:
    """Go to a screen with what is brought, as soon as it is read; for callbacks."""
    st.session_state[_WANTED] = screen, kind, visit()


def _wait(reason: str) -> None:
    """Say that a click was heard, and what it waits for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(f"{reason} Then this goes on by itself.", width="stretch")
        st.button("Stay here", on_click=lambda: st.session_state.pop(_WANTED, None))
