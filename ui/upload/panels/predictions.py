"""Which columns say what a model elsewhere has answered, and the way to compare such models."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from sample_models import Task
from sample_models.types import Kind
from ui.shell.brought import data_sets, remember_data
from ui.shell.notices import keeping, problem, remark
from ui.shell.screens import leave_for
from ui.shell.wording import listed, plain
from ui.upload.panels.data_sets import note_use
from ui.upload.work import PredictedAs
from ui.workshop import kept
from ui.workshop.catalogue import find_task
from ui.workshop.trained.card import DataCard, keep_card, read_card
from ui.workshop.trained.task import ONLY_SCORED

SEVERAL_ONLY_SCORED = (
    "their answers were brought, not the models: they can be scored, not explained"
)
_TOLD = 3  # sentences on predictions that cannot be read
_WIDE_PX = 575


def predicted_as(at: str, columns: list[str] | None) -> PredictedAs:
    """What was chosen for the file read so: its columns, and of which class single ones are."""
    proposed: dict[str, str] = st.session_state.get(_proposed(at), {})
    now = {column: st.session_state.get(_of(at, column)) for column in proposed}
    changed = [(column, of) for column, of in now.items() if of and of != proposed[column]]
    return PredictedAs(None if columns is None else tuple(columns), tuple(changed))


def predictions_told(at: str, read: Mapping[str, Any]) -> None:
    """The columns that are predictions, if any look so or were chosen; what is wrong with them."""
    if _is_in_sight(at, read):
        _columns(at, read)
    labels = [name for name, _ in read.get("labels", ())]
    proposed = st.session_state.setdefault(_proposed(at), {})
    with st.container(horizontal=True, gap="small"):
        for found in read.get("predictions", ()):
            if found["form"] == "one" and len(labels) == 2:
                column, (of,) = found["columns"][0], found["of"]
                proposed.setdefault(column, of)
                st.selectbox(
                    plain(f"“{column}” is the probability of"),
                    labels,
                    index=labels.index(of) if of in labels else 1,
                    key=_of(at, column),
                    persist_state="session",
                    width=280,
                )
    said = [_in_words(found) for found in read.get("predictions", ())]
    if said:
        st.caption(plain(f"Models whose answers are here: {'; '.join(said)}."))
    unread = read.get("unread", ())
    for line in unread[:_TOLD]:
        problem(line)
    if len(unread) > _TOLD:
        remark(f"And {len(unread) - _TOLD} more columns of predictions cannot be read.")


def predictions_box(at: str, read: Mapping[str, Any]) -> None:
    """The same choice where no column looks like a prediction: for the fold."""
    if not _is_in_sight(at, read):
        _columns(at, read)


def _is_in_sight(at: str, read: Mapping[str, Any]) -> bool:
    key = f"{_proposed(at)}-any"
    st.session_state[key] = st.session_state.get(key, False) or bool(read["predicted"])
    return bool(st.session_state[key])


def _columns(at: str, read: Mapping[str, Any]) -> None:
    st.multiselect(
        "Columns with predictions made elsewhere",
        read["columns"],
        default=read["predicted"],
        key=f"predicted-{at}",
        persist_state="session",
        placeholder="None",
        width=_WIDE_PX,
        help="What a model has answered: names of classes, or probabilities from 0 to 1, of one of "
        "two classes or a column a class (p_spam, p_ham). Such a model can be scored under "
        "Compare.",
    )


def _in_words(found: Mapping[str, Any]) -> str:
    match found["form"]:
        case "answers":
            return f"“{found['name']}”, answers without probabilities"
        case "one":
            return f"“{found['name']}”, probabilities of {found['of'][0]}"
        case _:
            return f"“{found['name']}”, probabilities of {listed(found['of'])}"


def _proposed(at: str) -> str:
    return f"predictions-proposed-{at}"


def _of(at: str, column: str) -> str:
    return f"prediction-of-{at}-{column}"


Compared = Callable[[Task, tuple[str, str]], Mapping[str, str]]  # the URL for a task's two models


def brought_models(kind: Kind, source: str, name: str, compared: Compared) -> None:
    """The models whose answers came with the data, and what they can be compared with."""
    found, counts = kept.predicted(kind, source), kept.label_counts(kind, source)
    if not found or counts is None:
        return
    st.subheader("Models that have answered elsewhere", anchor=False)
    why = ONLY_SCORED if len(found) == 1 else SEVERAL_ONLY_SCORED
    st.write(plain(f"{listed([each.name for each in found])}: {why}."))
    card = DataCard(
        name=name,
        kind=kind,
        question="What is right?",
        source=source,
        class_names=tuple(each for each, _ in counts.classes),
        recipes=(),
    )
    trained = [task for task in data_sets() if _is_trained_on(task, source)]
    with st.container(horizontal=True):
        if len(found) > 1:
            st.button(
                "Compare their answers",
                key="compare-brought",
                type="primary",
                on_click=keeping(_compare),
                args=(card, compared),
            )
        for task in trained[-1:]:
            st.button(
                "Compare with a model trained here",
                key="compare-brought-trained",
                on_click=partial(leave_for, "compare", compared(task, _beside(task))),
            )
    if len(found) == 1 and not trained:
        st.caption("Train two models on the data, below, to compare it with them.")


def _is_trained_on(task: Task, source: str) -> bool:
    card = read_card(task.key)
    return card is not None and card.source == source and bool(card.recipes)


def _beside(task: Task) -> tuple[str, str]:
    """The first model that was trained here, beside the first of which only answers are here."""
    brought = next(each.key for each in task.models if each.brought is not None)
    return task.askable[0].key, brought


def _compare(card: DataCard, compared: Compared) -> None:
    task = find_task(keep_card(card))
    if task is not None:
        remember_data(task.key)
        note_use(card.kind, card.source)
        first, second = (each.key for each in task.models[:2])
        leave_for("compare", compared(task, (first, second)))
