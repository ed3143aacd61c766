"""The widgets of screens that look at many items: which task, which data, and how many of them."""

from collections.abc import Callable, Sequence

import streamlit as st

from sample_models import Task, tasks
from sample_models.types import Kind
from ui.shell.address import About
from ui.shell.brought import data_sets
from ui.shell.controls import HALF_A_PHONE_PX, select
from ui.shell.notices import remark
from ui.shell.screens import leave_for
from ui.shell.waiting import fetch
from ui.shell.wording import NOUNS
from ui.workshop import instances
from ui.workshop.item import Item
from ui.workshop.kept import n_own
from ui.workshop.request import store_id
from ui.workshop.store import KEPT_SO_LONG, store

_WIDE_PX = 285
_SOURCES = {"test": "Test data", "field": "Real use", "train": "Training data"}


def select_task(task: Task, write: Callable[[Task], None], *, screen: str) -> None:
    """All tasks; `screen` tells the widget from others, and whether it only compares answers."""
    brought = [each for each in data_sets() if each.askable or screen == "compare"]
    offered = {**tasks(), **{each.key: each for each in brought}}
    names = {key: each.title for key, each in offered.items()}
    names.setdefault(task.key, task.title)
    select(
        "Task",
        names,
        task.key,
        lambda key: write(offered.get(key, task)),
        name=f"{screen}-task",
        width=_WIDE_PX,
    )


def select_source(
    task: Task, source: str, write: Callable[[str], None], *, screen: str, about: About
) -> None:
    """What someone brought, and those of the task's data that are at hand."""
    names = {source: "What you brought" if Item(source, 0).is_own else _SOURCES[source]}
    there = {split: name for split, name in _SOURCES.items() if split in task.splits}
    no_training = (
        " What the models learned from is not at hand."
        if there and not task.has_training_data
        else ""
    )
    select(
        "Data",
        names | there,
        source,
        write,
        name=f"{screen}-source",
        about=about,
        width=HALF_A_PHONE_PX,
        help=f"Where the {NOUNS[task.kind].item}s come from.{no_training}",
    )


def select_amount(
    label: str,
    n: int,
    n_there: int,
    amounts: Sequence[int],
    write: Callable[[int], None],
    *,
    screen: str,
    about: About,
    help: str,
) -> None:
    """So many of the items there are, up to the last of `amounts`; none for a few."""
    if n_there <= amounts[0]:
        return
    shown = min(n, n_there, amounts[-1])
    offered = {each for each in (*amounts, n_there) if each <= min(n_there, amounts[-1])} | {shown}
    names = {
        each: f"all {each:,}" if each == n_there else f"{each:,} at random" for each in offered
    }
    select(
        label,
        dict(sorted(names.items())),
        shown,
        write,
        name=f"{screen}-n",
        about=about,
        width=HALF_A_PHONE_PX,
        help=help,
    )


def drawn_of(n: int, n_there: int) -> str:
    """How many of the items there are: "100 of the 500, at random"."""
    return f"all {n_there:,}" if n == n_there else f"{n:,} of the {n_there:,}, at random"


def source_in(task: Task, before: Task, source: str, otherwise: str) -> str:
    """The source after a change of tasks: what someone brought stays where it suits.

    Rows have the columns of one task; texts and pictures suit any of their kind.
    """
    stays = Item(source, 0).is_own and before.kind == task.kind != "table"
    return source if stays else otherwise


def n_there(task: Task, source: str, affinity: str) -> int | None:
    """How many items these data have; None while they are being counted."""
    if Item(source, 0).is_own:
        return n_own(task.kind, source)
    found = fetch(
        "sizes",
        store_id("sizes", task.key),
        instances.sizes,
        task.key,
        affinity=affinity,
        what="Reading the data",
    )
    return None if found is None else int(found[source])


def none_there(kind: Kind, source: str) -> None:
    """There is no item in these data: why, and what to do."""
    noun = NOUNS[kind].item
    is_own = Item(source, 0).is_own
    if is_own:
        store().check()  # or what is not there at the moment would be told as gone
    gone = f" any more: {KEPT_SO_LONG}."
    remark(f"There are no {noun}s here" + (gone if is_own else "."))
    st.button(f"Bring {noun}s", on_click=leave_for, args=("upload",))
