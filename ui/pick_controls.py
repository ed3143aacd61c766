"""The widgets that show and change what to pick from, in the URL."""

import streamlit as st

from sample_models import tasks
from ui import picking
from ui.address import PICK
from ui.brought import n_own
from ui.controls import HALF_A_PHONE_PX, select, select_model
from ui.item import Item
from ui.pick_choice import CANDIDATES, FAVOURS, MAX_CANDIDATES, SHARES, PickChoice, first_pick
from ui.request import store_id
from ui.waiting import fetch
from ui.wording import NOUNS

_WIDE_PX = 300
_SOURCES = {"test": "Test data", "field": "Real use", "train": "Training data"}
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
        _tasks(choice)
        select_model(choice.task, choice.model, lambda value: PICK.follow(model=value))
        select(
            "Data",
            _sources(choice),
            choice.source,
            lambda value: PICK.follow(source=value),
            name="pick-source",
            width=HALF_A_PHONE_PX,
            help=f"Where the {noun.item}s come from.",
        )
        if n_there is not None and n_there > CANDIDATES[0]:
            amounts = {n: f"the first {n:,}" for n in CANDIDATES if n < n_there}
            most = min(n_there, MAX_CANDIDATES)
            amounts[most] = f"all {most:,}" if most == n_there else f"the first {most:,}"
            shown = min(choice.n, most)
            amounts.setdefault(shown, f"the first {shown:,}")
            select(
                "To pick from",
                dict(sorted(amounts.items())),
                shown,
                lambda value: PICK.follow(n=value),
                name="pick-n",
                width=HALF_A_PHONE_PX,
                help=f"Each of these {noun.item}s is explained once; what is explained stays.",
            )
        with st.popover("Favour", width=HALF_A_PHONE_PX, icon=":material/tune:"):
            _favour(choice)


def n_there(choice: PickChoice) -> int | None:
    """How many items the chosen data have; None while they are being counted."""
    if Item(choice.source, 0).is_own:
        return n_own(choice.task.kind, choice.source)
    found = fetch(
        "sizes",
        store_id("sizes", choice.task.key),
        picking.sizes,
        choice.task.key,
        affinity=choice.request(0).affinity,
        what="Reading the data",
    )
    return None if found is None else int(found[choice.source])


def _tasks(choice: PickChoice) -> None:
    names = {key: task.title for key, task in tasks().items()}
    names.setdefault(choice.task.key, choice.task.title)
    select(
        "Task",
        names,
        choice.task.key,
        _open_task,
        name="pick-task",
        width=_WIDE_PX,
    )


def _open_task(key: str) -> None:
    now = PICK.fresh()
    first = first_pick(tasks().get(key, now.task))
    # Rows that someone brought have the columns of one task; texts and pictures suit any.
    stays = Item(now.source, 0).is_own and now.task.kind == first.task.kind != "table"
    source = now.source if stays else first.source
    PICK.follow(task=first.task, model=first.model, source=source, n=first.n)


def _sources(choice: PickChoice) -> dict[str, str]:
    """Of a network that someone brought, only what they brought; of others, their data as well."""
    own = {choice.source: "What you brought"} if Item(choice.source, 0).is_own else {}
    return own | (_SOURCES if choice.task.examples else {})


def _favour(choice: PickChoice) -> None:
    options = {key: _FAVOUR_NAMES[key] for key in FAVOURS}
    if choice.rival is None:
        del options["disagreement"]
    select(
        "Favour",
        options,
        choice.favour if choice.favour in options else "nothing",
        lambda value: PICK.follow(favour=value),
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
            lambda value: PICK.follow(share=value),
            name="pick-share",
        )
