"""The parts of the screen Improve, in reading order."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import streamlit as st

from lime_engine.errors import InputError
from sample_models import Task, tasks
from ui.explain.choice import first_choice
from ui.explain.panels.away import model_to_take
from ui.figures.palette import counted, printable
from ui.improve import wording as told
from ui.improve import work
from ui.improve.choice import Place, read_place
from ui.improve.export import as_report
from ui.improve.figures.rounds import Line, alt, improvement_figure
from ui.shell.address import Address
from ui.shell.brought import data_sets as brought_data
from ui.shell.controls import select
from ui.shell.notices import keeping, problem, remark
from ui.shell.screens import leave_for
from ui.shell.waiting import fetch
from ui.shell.widgets import downloads, figure, figure_width, is_dark
from ui.shell.wording import listed, plain
from ui.workshop.catalogue import MAX_PARTS, Rounds, improver_of, keep_rounds, task_of
from ui.workshop.request import store_id

IMPROVE: Address[Place] = Address("improve", frozenset({"task", "model", "out"}), read_place)
_REFUSAL = "improve-refused"
IN_SIGHT = 3  # rounds; those before them are folded
FIGURE_PX = 700  # before the browser has told its width


def which(place: Place) -> None:
    """The model that is to be improved."""
    rounds = place.rounds
    options = {
        (task.key, card.key): f"{card.name} of “{task.title}”"
        for task in (*tasks().values(), *brought_data())
        for card in task.askable
    }
    here = (rounds.task, rounds.model)
    options.setdefault(here, place.task.model(rounds.model).name)

    def write(chosen: tuple[str, str]) -> None:
        IMPROVE.write(task=task_of(chosen[0]), model=chosen[1], out="")

    select("Model", options, here, write, name="improve-model", width=FIGURE_PX)


def cannot(place: Place) -> None:
    """What to do where the app cannot train the model again."""
    remark(told.why_not(place.task, place.model))
    first = next(iter(tasks().values()))
    st.button(
        f"Try it with {plain(first.askable[0].name)} of “{plain(first.title)}”",
        on_click=lambda: IMPROVE.write(task=first, model=first.askable[0].key, out=""),
    )


def measured(place: Place) -> dict[str, Any] | None:
    """How often each round's model is right, or progress in its place."""
    rounds = place.rounds
    found: dict[str, Any] | None = fetch(
        "improvement",
        store_id("improvement", json.dumps(asdict(rounds))),
        work.measure,
        rounds,
        affinity=f"{rounds.task}/{rounds.model}",
        what="Training again, and counting right answers"
        if rounds.rounds and place.task.has_training_data
        else "Counting right answers",
    )
    return found


def results(place: Place, found: dict[str, Any]) -> None:
    """What all rounds together have done: the verdict, the chart, and each round in words."""
    st.markdown(f"#### {plain(told.verdict(found))}")
    st.write(plain(told.meaning(found)))
    chart, words = st.columns([3, 2], gap="large")
    with chart:
        field = None
        if found["field"] is not None:
            field = Line("real use", found["field"], found["random_field"] or ())
        lines = Line("test data", found["test"], found["random_test"] or ()), field
        random, width = f"random {told.part_noun(place.task)}s", figure_width("improve-width")
        figure(
            improvement_figure(*lines, random_name=random, width_px=width, dark=is_dark()),
            key="improve-chart",
            alt=alt(*lines, random),
        )
        st.caption(told.counted_on(found, place.task))
    with words:
        others = told.at_random(found, place.task)
        if others is not None:
            st.write(plain(others))
        newest_first = list(enumerate(place.rounds.rounds, 1))[::-1]
        for number, parts in newest_first[:IN_SIGHT]:
            _round(place, found, number, parts)
        if earlier := newest_first[IN_SIGHT:]:
            with st.expander("Earlier rounds"):
                for number, parts in earlier:
                    _round(place, found, number, parts)


def _round(place: Place, found: dict[str, Any], number: int, parts: Sequence[str]) -> None:
    what = f"without {listed([*map(printable, parts)], 12)}"
    if place.task.kind == "image":
        what = "with other backgrounds"
    st.markdown(f"**Round {number}**: {plain(what)}  \n{plain(told.round_told(found, number))}")
    unknown = told.not_known(found, number, place.task)
    if unknown is not None:
        st.caption(plain(unknown))


def onward(
    place: Place,
    found: dict[str, Any] | None,
    compare: Callable[[Task, tuple[str, str]], None],
) -> None:
    """What to do with the new model; undoing its round is possible while it is being trained.

    `compare` opens the comparison of two of the task's models.
    """
    number = len(place.rounds.rounds)
    with st.container(horizontal=True):
        if found is not None:
            first = replace(first_choice(place.task), model=place.model)
            st.button(
                "Pick again with the new model",
                type="primary",
                on_click=leave_for,
                args=("pick", _same_model(place)),
            )
            st.button(
                "Compare with the model before",
                icon=":material/compare_arrows:",
                on_click=compare,
                args=(place.task, (_key(place, number - 1), _key(place, number))),
            )
            st.button(
                "Look at one prediction", on_click=leave_for, args=("explain", first.params())
            )
            model_to_take(place.task, place.model)
            downloads(
                f"improved-{place.rounds.task}-{place.rounds.model}",
                {"Report": (".html", partial(as_report, place, found))},
            )
        st.button(
            f"Undo round {number}", icon=":material/undo:", on_click=keeping(_undo), args=(place,)
        )


def _key(place: Place, number: int) -> str:
    """The key of the model after so many rounds."""
    return place.rounds.model_key(number)


def _same_model(place: Place) -> dict[str, str]:
    return {"task": place.task.key, "model": place.model}


def _undo(place: Place) -> None:
    """Go back to the round before; what was taken out is offered again."""
    rounds = place.rounds
    *before, last = rounds.rounds
    _go(
        Rounds(rounds.task, rounds.model, tuple(before)),
        lambda task, model: work.keep_marked(task, model, last, taken_back=True),
    )


def _go(rounds: Rounds, mark: Any = lambda task, model: "") -> None:
    key = keep_rounds(rounds.task, rounds.model, rounds.rounds) if rounds.rounds else rounds.task
    model = rounds.model_key(len(rounds.rounds))
    IMPROVE.write(task=task_of(key), model=model, out=mark(key, model))


def next_round(place: Place) -> None:
    """What should not matter, and the button that trains the model again without it."""
    rounds = place.rounds
    if place.task.kind == "image":
        parts: list[str] | None = _backgrounds(rounds)
        label = "Train again with other backgrounds"
    else:
        parts = _named(place)
        label = told.without_them(place.task)
    if parts is None:
        return
    with st.container(horizontal=True):
        st.button(
            label,
            type="secondary" if rounds.rounds else "primary",
            on_click=keeping(_train),
            args=(place, parts),
        )
        st.button(
            "Find more with Pick" if parts else "Find them with Pick",
            type="tertiary",
            on_click=leave_for,
            args=("pick", _same_model(place)),
        )
    if refusal := st.session_state.pop(_REFUSAL, None):
        problem(refusal)


def _train(place: Place, parts: Sequence[str]) -> None:
    """Train again without what the list has by now: a click can come along with a change of it."""
    told = st.session_state.get(_parts_key(place), parts)
    try:
        _go(replace(place.rounds, rounds=(*place.rounds.rounds, tuple(told))))
    except InputError as error:
        st.session_state[_REFUSAL] = str(error)


def _parts_key(place: Place) -> str:
    return f"improve-parts-{place.task.key}-{place.model}-{place.out}"


def _backgrounds(rounds: Rounds) -> list[str] | None:
    if rounds.rounds:
        return None
    st.write(
        f"{_how(rounds)} Nothing else can be varied: what a review marks in pictures is counted "
        "there, and changes nothing here."
    )
    return ["background"]


def _how(rounds: Rounds) -> str:
    """How the model is made anew."""
    return plain(improver_of(rounds.task, rounds.model).summary)


def _named(place: Place) -> list[str] | None:
    """The words or columns to take out, those that a review marked to begin with."""
    rounds, noun = place.rounds, told.part_noun(place.task)
    taken = rounds.removed(len(rounds.rounds))
    marked = place.marked
    offered = [part for part in (marked.parts if marked else ()) if part not in taken]
    options = offered
    if place.task.kind == "table":
        columns = fetch(
            "parts",
            store_id("parts", rounds.task, rounds.model),
            work.parts_of,
            rounds.task,
            rounds.model,
            affinity=f"{rounds.task}/{rounds.model}",
            what="Reading the columns",
        )
        if columns is None:
            return None
        options = [column for column in columns if column not in taken]
        offered = [part for part in offered if part in options]
    st.subheader(f"Which {'other ' if taken else ''}{noun}s should not matter?", anchor=False)
    if not place.task.has_training_data:
        st.write(_how(rounds))
    if not offered:
        st.write(
            f"Nothing is marked yet. {'Choose' if place.task.kind == 'table' else 'Type'} "
            f"{noun}s here, or look at a few predictions under Pick and mark there what should "
            "not matter."
        )
    elif marked is not None and marked.taken_back:
        st.write(f"The {noun}s of the round that was undone. Change the list, and go on.")
    else:
        st.write(
            f"{counted(len(offered), noun).capitalize()} marked as “should not matter” in a "
            "review. Take away what you do not agree with, or add more."
        )
    if len(offered) > MAX_PARTS:
        remark(
            f"{len(offered):,} are marked, and a round can take {MAX_PARTS}: the first {MAX_PARTS} "
            "are listed. Mark the others for the next round."
        )
    return st.multiselect(
        f"{noun.capitalize()}s to take out",
        options,
        default=offered[:MAX_PARTS],
        format_func=printable,
        max_selections=MAX_PARTS,
        accept_new_options=place.task.kind == "text",
        placeholder="Type a word, press Enter" if place.task.kind == "text" else "Choose columns",
        key=_parts_key(place),
    )
