"""A text written anew: each edit is an item of its own, which knows what it was made of."""

from collections.abc import Callable
from difflib import SequenceMatcher

import streamlit as st

from ui.figures.palette import counted
from ui.shell.address import About
from ui.shell.brought import remember_edit
from ui.shell.controls import segments
from ui.shell.notices import keeping, problem
from ui.shell.wording import listed, plain
from ui.workshop import kept
from ui.workshop.item import Item

MAX_CHARACTERS = 100_000  # as of a text that is brought
MOST_TOLD = 6  # words that came or went
MOST_WORDS = 4000  # of both, that are held together
_EDITS, _REFUSED = "edits-made", "edit-refused"
_HEIGHT_PX = 260
_NOTHING = "There is nothing in it: write a text."
_SAME = "Nothing is changed in it."


def rewrite(text: str, item: Item, show: Callable[[Item], None], *, about: About) -> None:
    """What to write another text in, in place of this one; `show` opens an item, for callbacks."""
    key = about.key("rewritten")
    closed = about.key("rewriting")  # once an edit of it is shown
    with st.popover("Edit the text", icon=":material/edit:", key=closed):
        st.text_area(
            "The text, to be written anew",
            text,
            height=_HEIGHT_PX,
            max_chars=max(MAX_CHARACTERS, len(text)),
            key=key,
        )
        st.button(
            "Ask about this text",
            key=about.key("ask-about-it"),
            type="primary",
            on_click=about.act(keeping(_keep)),
            args=(text, item, show, key),
        )
    if refusal := st.session_state.pop(_REFUSED, None):
        problem(refusal)


def _keep(text: str, item: Item, show: Callable[[Item], None], key: str) -> None:
    written = str(st.session_state.get(key, text))
    most = max(MAX_CHARACTERS, len(text))
    if not written.strip() or written == text or len(written) > most:
        too_long = f"It has {len(written):,} characters; at most {most:,} can be explained."
        other = too_long if written.strip() else _NOTHING
        st.session_state[_REFUSED] = _SAME if written == text else other
        return
    made = Item(kept.keep_edit(written, item, difference(text, written)), 0)
    remember_edit(made.source)
    _known(kept.lineage(made)[0])[made] = None
    show(made)


def _known(root: Item) -> dict[Item, None]:
    """The edits of this item that this session has made or seen, in that order."""
    known: dict[Item, None] = st.session_state.setdefault(_EDITS, {}).setdefault(str(root), {})
    return known


def edits_so_far(item: Item, show: Callable[[Item], None], *, about: About, name: str) -> None:
    """All edits of the text that are known here, to go from one to the other; and what changed."""
    root, *edits = kept.lineage(item)
    known = _known(root)
    known.update(dict.fromkeys(edits))
    if not known:
        return
    titles = {str(root): "The original"}
    titles |= {str(each): f"Edit {i}" for i, each in enumerate(known, start=1)}
    segments(
        "Versions of this text",
        titles,
        str(item),
        lambda told: show(Item.parse(told) or root),
        name=name,
        about=about,
        wrap=True,
    )
    this = kept.opened("text", item.source) if edits else None
    if this is not None:
        of = titles[str([root, *edits][-2])]
        st.caption(plain(f"Made of {of[0].lower()}{of[1:]}: {this.change or 'spaces changed'}."))


def difference(before: str, after: str) -> str:
    """Which words went, and which came: "without “no”; with “sharp” and “pain”"; or nothing."""
    was, now = before.split(), after.split()
    if len(was) + len(now) > MOST_WORDS:
        return f"{counted(len(now), 'word')} instead of {len(was):,}"
    went: list[str] = []
    came: list[str] = []
    for kind, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind != "equal":
            went += was[i:j]
            came += now[k:m]
    told = [f"without {listed(went, MOST_TOLD)}"] if went else []
    return "; ".join([*told, *([f"with {listed(came, MOST_TOLD)}"] if came else [])])
