"""Your guess first: the person's own answer before the model's, and who was right."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import streamlit as st

from lime_engine.subjects import ImageSubject, Subject, TabularSubject, TextSubject
from lime_engine.types import Explanation
from ui.explain import wording as told
from ui.explain.choice import Choice
from ui.explain.place import about_item, open_item
from ui.figures import markup, pixels
from ui.shell import wording
from ui.shell.controls import is_one_of, told_apart
from ui.shell.notices import remark
from ui.shell.widgets import is_dark
from ui.workshop.item import Item
from ui.workshop.kept import n_own

PICTURE_PX = 420
MANY = 20  # answers, beyond which they are chosen from a list
_ROUNDS = "guesses-judged"


def committed_guess(choice: Choice) -> int | None:
    """The answer that this person has committed for this item; None if they have not."""
    return st.session_state.get(_key(choice, choice.item))


def ask_for_a_guess(choice: Choice, subject: Subject) -> None:
    """The item alone, and the person's own answer to it."""
    names = choice.task.class_names
    match subject:
        case TextSubject():
            st.html(markup.as_html(subject.text, (), {}, dark=is_dark()))
        case ImageSubject():
            shown = pixels.displayed(subject.pixels)
            uri = pixels.data_uri(shown, "photograph")
            st.html(markup.picture_html(uri, "The picture", width_px=PICTURE_PX))
        case TabularSubject():
            st.html(markup.row_table(subject, {}, dark=is_dark()))
    key = _key(choice, choice.item)
    with st.form(f"{key}-form", border=False):
        named = told_apart({i: wording.plain(name) for i, name in enumerate(names)})
        answers: dict[str, Any] = {"index": None, "format_func": named.__getitem__}
        if len(names) > MANY:
            st.selectbox("Your answer", list(named), key=f"{key}-given", **answers)
        else:
            st.radio("Your answer", list(named), key=f"{key}-given", horizontal=True, **answers)
        st.form_submit_button(
            "Commit, and show the model's answer",
            key=f"{key}-commit",
            type="primary",
            on_click=_commit,
            args=(key, len(names)),
        )
    if st.session_state.get(f"{key}-asked"):
        remark("Choose an answer first; a hunch is enough.")


def _commit(key: str, n_answers: int) -> None:
    """Keep the guess for the item that it is about, whatever is shown by now."""
    given = st.session_state.get(f"{key}-given")
    st.session_state[f"{key}-asked"] = True
    if is_one_of(given, range(n_answers)):
        st.session_state[key] = given


def paid_off(choice: Choice, explanation: Explanation, label: int | None, guess: int) -> None:
    """Who was right, the score so far, and the next item to guess."""
    said = told.said(explanation.probabilities)
    rounds: dict[str, tuple[int, int, int]] = st.session_state.setdefault(_ROUNDS, {}).setdefault(
        (choice.task.key, choice.model), {}
    )
    if label is not None:
        rounds[str(choice.item)] = guess, said, label
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="guess-paid"):
        names = explanation.class_names
        lines = [f"**{wording.plain(told.guessed(guess, said, label, names))}**"]
        if rounds:
            lines.append(wording.plain(told.score(list(rounds.values()))))
        icon = "" if label is None else f":material/{'check' if guess == label else 'close'}: "
        st.markdown(icon + "  \n".join(lines), width="stretch")
        title, act = _next(choice)
        about = about_item(choice)
        st.button(title, key=about.key("next-guess"), type="primary", on_click=about.act(act))


def _next(choice: Choice) -> tuple[str, Callable[[], None]]:
    """What to do next: the next item that is not guessed yet, or all of them again."""
    left = next((i for i in _after(choice) if _key(choice, i) not in st.session_state), None)
    noun = wording.NOUNS[choice.task.kind].item
    if left is not None:
        return f"Next {noun}", partial(open_item, left)
    items = list(_items(choice))
    again = f"Guess all {len(items)} again" if len(items) > 1 else "Guess again"
    return again, partial(_again, choice, items)


def _after(choice: Choice) -> Iterator[Item]:
    """All items, from the one after this on; of many that were brought few are ever asked for."""
    item = choice.item
    if item.is_own:
        n = n_own(choice.task.kind, item.source)
        yield from (Item(item.source, (item.row + i) % n) for i in range(1, n + 1))
        return
    items = list(_items(choice))
    after = items.index(item) + 1 if item in items else 0
    yield from (*items[after:], *items[:after])


def _items(choice: Choice) -> Iterator[Item]:
    """What there is to guess: the task's examples, or what somebody brought."""
    if choice.item.is_own:
        source = choice.item.source
        yield from (Item(source, row) for row in range(n_own(choice.task.kind, source)))
    else:
        yield from (Item(example.split, example.row) for example in choice.task.examples)


def _again(choice: Choice, items: list[Item]) -> None:
    """Forget what was guessed, and begin with the first."""
    for item in {*items, choice.item}:
        key = _key(choice, item)
        for name in (key, f"{key}-asked"):
            st.session_state.pop(name, None)
    for (task, _), rounds in st.session_state.get(_ROUNDS, {}).items():
        if task == choice.task.key:
            rounds.clear()
    open_item(items[0])


def _key(choice: Choice, item: Item) -> str:
    return f"guess-{choice.task.key}-{item}"
