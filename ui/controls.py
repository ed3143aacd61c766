"""The widgets that show and change the choice in the URL.

The URL is written by callbacks, before the page runs again; a widget takes its value from there.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import streamlit as st

from ui.choice import MAX_FEATURES, MAX_SEED, N_SAMPLES, Choice, read_choice
from ui.item import Item
from ui.texts import own_texts
from ui.wording import plain

TEXT_PX = 340
HALF_A_PHONE_PX = 165  # two such controls share a row on a phone
_LAST = "last-choice"
_SAID = "said"  # the class that the model answers with
_WIDTHS = {
    "narrow": "narrow: very close copies",
    "standard": "standard",
    "wide": "wide: far copies too",
}
_COMPONENTS = {
    "words": "each word, wherever it stands",
    "places": "each place on its own",
    "characters": "characters",
}
_SELECTIONS = {
    "auto": "automatic",
    "forward_selection": "one by one, the best next",
    "highest_weights": "the highest weights",
    "lasso_path": "lasso path",
    "none": "all of them",
}
_SURROGATES = {"ridge": "a straight line", "tree": "a small tree"}


def current_choice() -> Choice:
    """The choice in the URL; in a bare one, as the menu leaves it, what was looked at last."""
    if not st.query_params and _LAST in st.session_state:
        st.query_params.from_dict(st.session_state[_LAST])
    choice = read_choice(st.query_params.to_dict())
    st.session_state[_LAST] = choice.params()
    return choice


def write_choice(**changes: Any) -> None:
    """Change the choice in the URL; for callbacks."""
    choice = replace(read_choice(st.query_params.to_dict()), **changes)
    st.query_params.from_dict(choice.params())


def toggle_off(component: int) -> None:
    """Switch a component off, or on again; for callbacks."""
    off = read_choice(st.query_params.to_dict()).off
    if component in off:
        write_choice(off=tuple(i for i in off if i != component))
    else:
        write_choice(off=(*off, component))


def choice_bar(choice: Choice, *, hide_answer: bool) -> None:
    """The few controls in sight: text, model, class, number of words, guess first; and Settings.

    With `hide_answer` the class is left out: which reasons there are would tell the answer.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _item(choice)
        _select(
            "Model",
            {card.key: card.name for card in choice.task.models},
            choice.model,
            lambda value: write_choice(model=value),
            width=HALF_A_PHONE_PX,
            help="\n\n".join(f"{plain(c.name)}: {plain(c.summary)}" for c in choice.task.models),
        )
        if not hide_answer:
            _select(
                "Reasons for",
                {_SAID: "what it says", **dict(enumerate(choice.task.class_names))},
                _SAID if choice.target is None else choice.target,
                lambda value: write_choice(target=None if value == _SAID else value),
                width=HALF_A_PHONE_PX,
                help="The answer whose reasons are shown. Orange words speak for it, "
                "purple ones against it.",
            )
        _keyed(
            "features",
            choice.features,
            lambda key, changed: st.number_input(
                "Words shown",
                1,
                MAX_FEATURES,
                key=key,
                on_change=changed,
                width=HALF_A_PHONE_PX,
                help="How many words the explanation may name. Changing it asks the model nothing.",
            ),
            lambda value: write_choice(features=value),
        )
        with st.popover("Settings", width=HALF_A_PHONE_PX, icon=":material/tune:"):
            _settings(choice)
        _keyed(
            "guess_first",
            choice.guess_first,
            lambda key, changed: st.toggle(
                "Your guess first",
                key=key,
                on_change=changed,
                help="Hides the model's answer until you have given yours. Seeing an answer first, "
                "with reasons, makes people accept it more readily, also when it is wrong.",
            ),
            lambda value: write_choice(guess_first=value),
        )


def _item(choice: Choice) -> None:
    if choice.item.is_own:
        texts = own_texts(choice.item.source)
        if texts is not None and len(texts) > 1:
            _keyed(
                "row",
                min(choice.item.row, len(texts) - 1) + 1,
                lambda key, changed: st.number_input(
                    f"Your text (1 to {len(texts):,})",
                    1,
                    len(texts),
                    key=key,
                    on_change=changed,
                    width=HALF_A_PHONE_PX,
                ),
                lambda value: _open(Item(choice.item.source, value - 1)),
            )
            return
        titles = {choice.item: "Your text"}
    else:
        titles = {Item(e.split, e.row): e.title for e in choice.task.examples}
        kind = "Test" if choice.item.source == "test" else choice.item.source.capitalize()
        titles.setdefault(choice.item, f"{kind} text {choice.item.row}")
    _select("Text", titles, choice.item, _open, width=TEXT_PX)


def _open(item: Item) -> None:
    write_choice(item=item, target=None, off=())


def _settings(choice: Choice) -> None:
    st.caption("Every setting has a default that suits.")
    _select(
        "What can be switched off",
        _COMPONENTS,
        choice.components,
        lambda value: write_choice(components=value, off=()),
        name="components",
    )
    for name, label, options, help_text in (
        (
            "samples",
            "Copies to ask the model about",
            {n: f"{n:,}" for n in N_SAMPLES},
            "More takes longer and makes the weights steadier.",
        ),
        (
            "width",
            "What counts as near",
            _WIDTHS,
            "How much copies count that have lost many words (the kernel width: 12.5, 25 or 50).",
        ),
        ("surrogate", "The imitation", _SURROGATES, "What imitates the model near this text."),
        (
            "selection",
            "How the words shown are chosen",
            _SELECTIONS,
            "Automatic: one by one up to six words, the highest weights beyond.",
        ),
    ):
        _select(
            label,
            options,
            getattr(choice, name),
            lambda value, name=name: write_choice(**{name: value}),
            name=name,
            help=help_text,
        )
    _keyed(
        "seed",
        choice.seed,
        lambda key, changed: st.number_input(
            "Seed",
            0,
            MAX_SEED,
            key=key,
            on_change=changed,
            help="Which copies are drawn. The same seed gives the same explanation.",
        ),
        lambda value: write_choice(seed=value),
    )


def _select(
    label: str,
    options: dict[Any, str],
    value: Any,
    write: Callable[[Any], None],
    *,
    name: str | None = None,
    width: int | Literal["stretch"] = "stretch",
    help: str | None = None,
) -> None:
    """A select box over the keys of `options`, which are shown as their values."""
    _keyed(
        name or label,
        value,
        lambda key, changed: st.selectbox(
            label,
            list(options),
            key=key,
            format_func=options.__getitem__,
            on_change=changed,
            width=width,
            help=help,
        ),
        write,
    )


def _keyed(
    name: str,
    value: Any,
    widget: Callable[[str, Callable[[], None]], Any],
    write: Callable[[Any], None],
) -> None:
    """A widget that shows `value` and calls `write` with what the person changed it to."""
    key = f"choice-{name}"
    st.session_state[key] = value
    widget(key, lambda: write(st.session_state[key]))
