"""The widgets that show and change which two models are compared, in the URL."""

from functools import partial
from typing import Any

import streamlit as st

from lime_engine.errors import InputError
from sample_models import Task, tasks
from ui.compare.choice import AMOUNTS, SIDES, CompareChoice, first_comparison
from ui.compare.matching import Match, by_name
from ui.compare.panels import verdict
from ui.compare.place import COMPARE, close_item
from ui.shell.brought import data_sets, networks
from ui.shell.controls import HALF_A_PHONE_PX, select
from ui.shell.many_items import select_amount, select_source, select_task, source_in
from ui.shell.notices import problem, remark
from ui.shell.wording import NOUNS, plain
from ui.workshop.catalogue import find_model

_CLASS_PX = 260
MOST_BY_HAND = 30  # answers: a select box each, with all of the model's classes in it
_NONE = -1  # no class; an option of None would be none at all
# What is looked at has another meaning, or none, once the models or the data are others.
_ANEW: dict[str, Any] = {
    **{"cell": None, "feature": "", "page": 1, "target": None},
    **{"miss": None, "by": "class"},
}


def compare_bar(choice: CompareChoice, n_there: int | None) -> None:
    """Task, both models, data, and how many; `n_there` are in these data.

    Without names there is nothing to choose, which would tell them.
    """
    if choice.blind:
        _without_names(choice)
        return
    noun = NOUNS[choice.task.kind]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        select_task(choice.task, _open_task, screen="compare")
        for side in SIDES:
            _model(choice, side)
        select_source(
            choice.task,
            choice.source,
            _open_source,
            screen="compare",
            about=COMPARE.about(choice, "task"),
        )
        if n_there is not None and not choice.only_scored:
            select_amount(
                "To explain",
                choice.n,
                n_there,
                AMOUNTS,
                _open_some,
                screen="compare",
                about=COMPARE.about(choice, "task", "source"),
                help=f"Both models answer all {noun.item}s here, and so many of them, drawn at "
                "random, are explained. Each is explained once; what is explained stays.",
            )
        with st.popover("Settings", width=HALF_A_PHONE_PX, icon=":material/tune:"):
            verdict.blind_switch(choice)
    if _is_one_model(choice):
        remark(
            "Both are the same model: they cannot differ. Choose another one to compare it with."
        )


def _without_names(choice: CompareChoice) -> None:
    if choice.is_blind:
        words = "The names are hidden, and the sides were drawn by lot, until your last word."
    else:
        words = "Your last word is given, so the names are no longer hidden."
    st.markdown(f"**{plain(choice.task.title)}** {plain(choice.task.question)}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(words, width="content")
        st.button("Begin afresh, with the names", type="tertiary", on_click=_begin_afresh)


def _begin_afresh() -> None:
    now = COMPARE.fresh()
    # Always in this order, or it would tell which side was which.
    sides = sorted(SIDES, key=lambda side: now.models[side]) if now.is_blind else SIDES
    models = tuple(now.models[side] for side in sides)
    matches = tuple(now.matches[side] for side in sides)
    COMPARE.write(blind="", models=models, matches=matches, **_ANEW)
    close_item()


def _open_task(task: Task) -> None:
    now, first = COMPARE.fresh(), first_comparison(task)
    COMPARE.write(
        task=task,
        models=first.models,
        matches=first.matches,
        source=source_in(task, now.task, now.source, first.source),
        n=first.n,
        **_ANEW,
    )
    close_item()


def _open_source(source: str) -> None:
    COMPARE.write(source=source, **_ANEW)
    close_item()


def _open_some(n: int) -> None:
    COMPARE.write(n=n, **_ANEW)
    close_item()


def _model(choice: CompareChoice, side: int) -> None:
    names = _models(choice)

    def write(key: str) -> None:
        now = COMPARE.fresh()
        models, matches = list(now.models), list(now.matches)
        models[side], matches[side] = key, None
        COMPARE.write(models=tuple(models), matches=tuple(matches), **_ANEW)

    select(
        f"Model {side + 1}",
        names,
        choice.models[side],
        write,
        name=f"compare-model-{side}",
        about=COMPARE.about(choice, "task"),
        width=HALF_A_PHONE_PX,
        help="\n\n".join(f"{plain(c.name)}: {plain(c.summary)}" for c in choice.task.models),
    )


def _models(choice: CompareChoice) -> dict[str, str]:
    """Those of the task, then those of others that take the same kind of item."""
    task = choice.task
    found = {card.key: card.name for card in task.models}
    if task.kind != "table":  # the columns are others
        every = [*tasks().values(), *data_sets()]
        others = [other for other in every if other.kind == task.kind]
        if task.kind == "image":
            others += networks()
        for other in others:
            if other.key != task.key:
                for card in other.askable:
                    found[f"{other.key}/{card.key}"] = _elsewhere(other, card.name)
    for key in choice.models:
        here = find_model(task, key)
        if here is not None:
            found.setdefault(key, _elsewhere(here[0], here[1].name))
    return found


def _elsewhere(task: Task, name: str) -> str:
    return name if task.title == name else f"{name} ({task.title})"


def _is_one_model(choice: CompareChoice) -> bool:
    first, second = (find_model(choice.task, key) for key in choice.models)
    if first is None or second is None:
        return False
    return (first[0].key, first[1].key) == (second[0].key, second[1].key)


def classes_matched(choice: CompareChoice) -> bool:
    """Whether both models' answers can be compared; where their names differ, how, by hand."""
    refusal = ""
    try:
        choice.matching  # noqa: B018
    except InputError as error:
        refusal = str(error)
        problem(refusal)
    if not choice.blind:
        for side in SIDES:
            _match(choice, side, is_open=bool(refusal))
    return not refusal


def _match(choice: CompareChoice, side: int, *, is_open: bool) -> None:
    """Which class of a model stands for which of the data, if their names are not the same."""
    ours = choice.task.class_names
    try:
        theirs = choice.class_names(choice.models[side])
    except InputError:
        return  # it is gone, which is said already
    if theirs == ours:
        return
    if len(ours) > MOST_BY_HAND:
        st.caption(
            f"These data know {len(ours):,} answers, too many to be matched by hand: "
            f"{plain(choice.names[side])} is asked about those that it calls the same."
        )
        return
    now = _match_now(choice, side)
    with st.expander(plain(f"What {choice.names[side]} calls these answers"), expanded=is_open):
        st.caption(
            "An answer of the model that stands for none of these counts as “anything else”."
        )
        with st.container(horizontal=True):
            for number, name in enumerate(ours):
                select(
                    name,
                    {_NONE: "-", **dict(enumerate(theirs))},
                    now.index(number) if number in now else _NONE,
                    partial(_write_match, side, number),
                    name=f"match-{side}-{number}",
                    about=COMPARE.about(choice, "task", "models"),
                    width=_CLASS_PX,
                )


def _write_match(side: int, ours: int, theirs: int) -> None:
    choice = COMPARE.fresh()
    matches = list(choice.matches)
    matches[side] = rematched(_match_now(choice, side), ours, None if theirs == _NONE else theirs)
    COMPARE.write(matches=tuple(matches), **_ANEW)


def _match_now(choice: CompareChoice, side: int) -> Match:
    """How a model's classes stand for those of the data: by hand, else by their names."""
    theirs, by_hand = choice.class_names(choice.models[side]), choice.matches[side]
    fits = by_hand is not None and len(by_hand) == len(theirs)
    return by_hand if by_hand and fits else by_name(choice.task.class_names, theirs)


def rematched(match: Match, ours: int, theirs: int | None) -> Match:
    """The match with one class of the data given to another class of the model, or to none."""
    found = [None if place == ours else place for place in match]
    if theirs is not None:
        found[theirs] = ours
    return tuple(found)
