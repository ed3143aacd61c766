"""What is brought, and what is asked about it: for each kind, the task and how to keep the data."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from sample_models import Task, tasks
from sample_models.types import Kind
from ui.upload.panels.data_sets import close, named, opened
from ui.upload.panels.found import Found, by_hand
from ui.upload.panels.models.network import network
from ui.upload.panels.models.sources import can_ask_elsewhere
from ui.upload.panels.opened import shown_again
from ui.upload.panels.pictures import pictures
from ui.upload.panels.rows import own_table, rows
from ui.upload.panels.starters import Start, starters
from ui.upload.panels.texts import TABLE, WAY, texts
from ui.upload.wording import what_happens
from ui.workshop.catalogue import find_task

OWN = "A network of your own (ONNX)"
OWN_COLUMNS = "A question of its own: by a model of yours, or models trained here"
OFFERED_FIRST = ("photos", "comments")  # made for anything of their kind, not for one workplace's
Keep = Callable[[], str]  # keeps something that was brought; returns the id that opens it
Brought = tuple[Task | None, Keep | None, int]  # the last: how many there are

_KIND, _TABLE_TASK = "upload-kind", "upload-task-table"  # widgets' keys
_STARTS: dict[Kind, dict[str, Start]] = {
    "text": {"comments": ("upload-csv", {WAY: TABLE})},
    "image": {
        "drawings": ("upload-pictures", {"upload-task-image": "wolves"}),
        "photograph": ("upload-pictures", {"upload-task-image": "photos"}),
    },
    "table": {"patients": ("upload-rows-csv", {_TABLE_TASK: OWN_COLUMNS})},
}


class Card(NamedTuple):
    """A kind of what can be brought, as people call it."""

    icon: str
    title: str
    line: str


CARDS: dict[Kind, Card] = {
    "text": Card("notes", "Texts", "Comments, messages, reports"),
    "image": Card("image", "Pictures", "Photographs, scans, drawings"),
    "table": Card("table_rows", "Rows of a table", "Patients, customers, measurements"),
}
# Segments of a control as cards; and a place to drop files that looks like one.
_STYLE = f"""<style>
.st-key-{_KIND} [role="radiogroup"] {{
  display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: .75rem;
}}
.st-key-{_KIND} button {{
  width: 100%; height: auto; margin: 0; padding: .8rem 1.1rem; text-align: left;
  border-radius: .5rem;
}}
.st-key-{_KIND} button:not([data-selected="true"], :hover),
.st-key-{WAY} button:not([data-selected="true"], :hover) {{
  border-color: rgba(134, 141, 149, .35) !important;  /* also those beside the chosen one */
}}
.st-key-{WAY} button {{ margin-right: -1px }}
.st-key-{_KIND} button div {{ justify-content: flex-start }}
.st-key-{_KIND} button > div > span {{ gap: .9rem; align-items: center }}
.st-key-{_KIND} [data-testid="stIconMaterial"] {{ font-size: 1.9rem; width: auto; height: auto }}
.st-key-{_KIND} button p {{ white-space: normal; line-height: 1.4 }}
.st-key-{_KIND} :is(strong, em) {{ display: block; font-style: normal }}
.st-key-{_KIND} strong {{ font-size: 1rem }}
.st-key-{_KIND} em {{ font-size: .875rem; opacity: .75 }}
[data-testid="stFileUploaderDropzone"] {{
  align-items: center; border: 1.5px dashed rgba(134, 141, 149, .7); border-radius: .5rem;
}}
[data-testid="stFileUploaderDropzoneInstructions"] > * {{ display: none }}
@media (pointer: fine) {{
  [data-testid="stFileUploaderDropzone"] {{ min-height: 5.5rem }}
  [data-testid="stFileUploaderDropzoneInstructions"]::after {{
    content: "or drop files here"; font-size: .875rem; opacity: .75;
  }}
}}
</style>"""


def kind_cards() -> Kind:
    """The question that comes first, as cards: what is brought. The address may have answered."""
    st.html(_STYLE)
    at = st.query_params.get("kind")
    if at in CARDS and st.session_state.get(_KIND) != at:
        st.session_state[_KIND] = at
    st.session_state.setdefault(_KIND, "text")
    found = st.segmented_control(
        "What do you bring?",
        tuple(CARDS),
        required=True,
        format_func=_card,
        key=_KIND,
        on_change=_choose,
        persist_state="session",
        width="stretch",
    )
    return found or "text"


def _card(kind: Kind) -> str:
    icon, title, line = CARDS[kind]
    return f":material/{icon}: **{title}** *{line}*"


def _choose() -> None:
    close()
    st.query_params["kind"] = st.session_state[_KIND]


def _texts() -> Brought:
    found: Found | None
    if (each := opened("text")) is not None:
        found, of = shown_again(each), each.source
    else:
        found, of = texts(), ""
        _beside("text")
    return _brought("text", _task("text"), found, of)


def _pictures() -> Brought:
    found: Found | None
    if (each := opened("image")) is not None:
        found, of = shown_again(each), each.source
        source: str | None = of
    else:
        found = pictures()
        source = None if found is None else found.keep()
        of = ""
        _beside("image")
    task = _task("image", OWN)
    if task is None:
        task = network(source)
    return _brought("image", task, found, of)


def _rows() -> Brought:
    if (each := opened("table")) is not None:  # its columns are those of one task, or its own
        task = find_task(each.task) if each.task else None
        return _brought("table", task, shown_again(each), each.source)
    task = _task("table", OWN_COLUMNS)  # first: what the rows must have depends on it
    read = own_table() if task is None else rows(task)
    _beside("table", with_starters=task is None)
    return _brought("table", task, read)


def _beside(kind: Kind, *, with_starters: bool = True) -> None:
    """What stands under the place where things are brought."""
    st.caption(f":material/lock: {what_happens(may_be_sent=can_ask_elsewhere(kind))}")
    if with_starters:
        starters(kind, _STARTS[kind])


def _brought(kind: Kind, task: Task | None, read: Found | None, of: str = "") -> Brought:
    found = by_hand(read, kind, task)
    if found is None:
        return task, None, 0
    if found.n == 1:
        return task, found.keep, 1
    return task, named(found, kind, task, of or found.title), found.n


def _task(kind: str, *others: str) -> Task | None:
    """What is asked about it: one of the built-in tasks, or None for one of the `others`."""
    first_these = sorted(tasks().items(), key=lambda item: item[0] not in OFFERED_FIRST)
    found = {key: task for key, task in first_these if task.kind == kind}
    names = {key: f"{task.question} ({task.title})" for key, task in found.items()}
    options = [*others, *found] if kind == "table" else [*found, *others]
    key = st.selectbox(
        "What should be asked about it?",
        options,
        format_func=lambda k: names.get(k, k),
        key=f"upload-task-{kind}",
        persist_state="session",
        width=560,
        help="The models are the built-in ones of that task; you can switch between them later.",
    )
    return found.get(key)


BRING: dict[str, Callable[[], Brought]] = {"text": _texts, "image": _pictures, "table": _rows}
