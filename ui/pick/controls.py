"""The widgets that show and change what to pick from, in the URL."""

import streamlit as st

from sample_models import Task
from ui.pick.choice import CANDIDATES, FAVOURS, SHARES, PickChoice, first_pick
from ui.pick.place import PICK
from ui.shell.controls import HALF_A_PHONE_PX, select, select_model
from ui.shell.many_items import select_amount, select_source, select_task, source_in
from ui.shell.presenting.lock import is_locked
from ui.shell.wording import NOUNS

_FAVOUR_NAMES = {
    "nothing": "nothing in particular",
    "wrong": "wrong answers",
    "classes": "every answer alike",
    "unsure": "answers it is unsure of",
    "disagreement": "where two models disagree",
}


def pick_bar(choice: PickChoice, n_there: int | None) -> None:
    """Task, model, data, how many of them, and what to favour; `n_there` are in these data."""
    noun = NOUNS[choice.task.kind]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        select_task(choice.task, _open_task, screen="pick")
        about_task = PICK.about(choice, "task")
        select_model(
            choice.task, choice.model, lambda value: PICK.write(model=value), about=about_task
        )
        select_source(
            choice.task,
            choice.source,
            lambda value: PICK.write(source=value),
            screen="pick",
            about=about_task,
        )
        if n_there is not None:
            select_amount(
                "To pick from",
                choice.n,
                n_there,
                CANDIDATES,
                lambda value: PICK.write(n=value),
                screen="pick",
                about=PICK.about(choice, "task", "source"),
                help=f"Each of these {noun.item}s is explained once; what is explained stays. They "
                "are drawn at random, the same ones for everybody.",
            )
        with st.popover("Favour", width=HALF_A_PHONE_PX, icon=":material/tune:"):
            _favour(choice)


def _open_task(task: Task) -> None:
    now, first = PICK.fresh(), first_pick(task)
    source = source_in(task, now.task, now.source, first.source)
    PICK.write(task=first.task, model=first.model, source=source, n=first.n)


def _favour(choice: PickChoice) -> None:
    options = {key: _FAVOUR_NAMES[key] for key in FAVOURS}
    if choice.rival is None:
        del options["disagreement"]
    if is_locked():
        del options["wrong"]
    select(
        "Favour",
        options,
        choice.favour if choice.favour in options else "nothing",
        lambda value: PICK.write(favour=value),
        name="pick-favour",
        help="The picks still show as much as possible; but so many of them are to be of this "
        "kind. Wrong answers can only be told where the data have labels.",
    )
    if choice.favour in ("wrong", "unsure", "disagreement"):
        select(
            "How many of the picks, at least",
            {
                share: "all, as far as there are" if share == 100 else f"{share}%"
                for share in SHARES
            },
            choice.share,
            lambda value: PICK.write(share=value),
            name="pick-share",
        )
