"""The items at hand, to be opened by a click: pictures in small, texts and rows by first words."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from sample_models.types import Kind
from ui.explain.choice import Choice
from ui.explain.place import EXPLAIN, open_item
from ui.explain.work.thumbnails import thumbnails
from ui.shell import wording
from ui.shell.controls import HALF_A_PHONE_PX, is_one_of, keyed, told_apart, whole_number
from ui.shell.waiting import fetch
from ui.shell.wording import NOUNS, plain
from ui.workshop import kept
from ui.workshop.item import Item
from ui.workshop.request import store_id

AT_ONCE = 8  # items
FIRST_WORDS = 30  # characters
MOST_VALUES = 3  # of a row
WIDTH_PX, HEIGHT_PX = 72, 54

# A button's name is there for those who hear it; in sight is the picture.
_PICTURES = f"""
.st-key-strip button {{
  width: {WIDTH_PX}px; min-width: {WIDTH_PX}px; height: {HEIGHT_PX}px; padding: 0;
  border-radius: 8px; border: 2px solid transparent;
  background-size: cover; background-position: center; background-repeat: no-repeat;
}}
.st-key-strip button[data-selected="true"] {{
  border-color: currentColor; outline: 2px solid var(--st-background-color, transparent);
  outline-offset: -4px;
}}
.st-key-strip button:focus-visible {{ outline: 2px solid currentColor; outline-offset: 2px }}
.st-key-strip button p {{ opacity: 0; overflow: hidden; height: 1px }}
"""


def strip(choice: Choice, *, hide_answer: bool) -> None:
    """The task's examples, or what was brought and lies around the item; the item is marked.

    With `hide_answer` built-in pictures are not called what they are.
    """
    noun, is_own = NOUNS[choice.task.kind], choice.item.is_own
    n = kept.n_own(choice.task.kind, choice.item.source) if is_own else len(choice.task.examples)
    titles = _brought(choice, n) if is_own else _examples(choice)
    is_picture = choice.task.kind == "image"
    if is_picture and hide_answer and not is_own:
        titles = {item: f"{noun.Item} {i}" for i, item in enumerate(titles, 1)}
    if choice.item not in titles:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if len(titles) > 1:
            with st.container(key="strip", width="content"):
                if is_picture:
                    _draw(choice, tuple(titles))
                _buttons(choice, titles)
        if is_picture and (is_own or not hide_answer):
            st.caption(plain(titles[choice.item]), width="content")
        if n > AT_ONCE and is_own:
            whole_number(
                st.number_input,
                f"Your {noun.item} (1 to {n:,})",
                1,
                n,
                choice.item.row + 1,
                lambda value: open_item(Item(choice.item.source, value - 1)),
                name="row",
                width=HALF_A_PHONE_PX,
            )


def _examples(choice: Choice) -> dict[Item, str]:
    """The task's examples; before them the item, if it is another one."""
    titles = {Item(e.split, e.row): e.title for e in choice.task.examples}
    if choice.item in titles:
        return titles
    source = "Test" if choice.item.source == "test" else choice.item.source.capitalize()
    return {choice.item: f"{source} {NOUNS[choice.task.kind].item} {choice.item.row + 1}"} | titles


def _brought(choice: Choice, n: int) -> dict[Item, str]:
    """Of what was brought those that lie around the item."""
    source = choice.item.source
    first = choice.item.row // AT_ONCE * AT_ONCE
    try:
        names = _names(choice.task.kind, source, first)
    except KeyError:
        return {}
    return {Item(source, row): name for row, name in enumerate(names, first) if row < n}


@lru_cache(maxsize=256)
def _names(kind: Kind, source: str, first: int) -> tuple[str, ...]:
    """What each of some of those kept under this id is called: a file's name, or first words."""
    found = kept.opened(kind, source)
    if found is None:
        raise KeyError(source)  # an exception is not cached
    rows = range(first, min(first + AT_ONCE, len(found.lines)))
    return tuple(_name(kind, row + 1, found.item(row)) for row in rows)


def _name(kind: Kind, number: int, item: Any) -> str:
    match kind:
        case "text":
            return f"{number}: {_first_words(item)}"
        case "image":
            return str(item["name"]) or f"Picture {number}"
        case "table":
            values = ", ".join(wording.cell(value) for value in item[:MOST_VALUES])
            return f"{number}: {_first_words(values)}"


def _first_words(text: str) -> str:
    start = " ".join(text[: 4 * FIRST_WORDS].split())
    return start if len(start) <= FIRST_WORDS else f"{start[: FIRST_WORDS - 1].rstrip()}…"


def _buttons(choice: Choice, titles: Mapping[Item, str]) -> None:
    named = told_apart({item: plain(title) for item, title in titles.items()})
    keyed(
        "item",
        choice.item,
        lambda key, changed: st.pills(
            NOUNS[choice.task.kind].Item,
            list(named),
            required=True,
            format_func=named.__getitem__,
            key=key,
            on_change=changed,
            label_visibility="collapsed",
            wrap=False,
        ),
        open_item,
        offers=lambda told: is_one_of(told, named),
        about=EXPLAIN.about(choice, "task"),
    )


def _draw(choice: Choice, items: tuple[Item, ...]) -> None:
    """The pictures behind the buttons, once a worker has made them small."""
    request = choice.request
    found = fetch(
        "thumbnails",
        store_id("thumbnails", request.task, *map(str, items)),
        thumbnails,
        request.task,
        items,
        affinity=request.affinity,
        what="Making the pictures small",
    )
    if found is None:
        return
    behind = "\n".join(
        f'.st-key-strip button:nth-child({i}) {{ background-image: url("{uri}") }}'
        for i, uri in enumerate(found, 1)
    )
    st.html(f"<style>{_PICTURES}{behind}</style>")
