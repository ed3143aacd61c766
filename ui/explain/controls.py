"""The widgets that show and change what Explain's URL says."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from ui.explain.choice import AUTO, MAX_FEATURES, MAX_SEED, Choice
from ui.explain.panels.strip import strip
from ui.explain.place import EXPLAIN, write_choice
from ui.shell.controls import HALF_A_PHONE_PX, keyed, select, select_model, whole_number
from ui.shell.wording import NOUNS, plain
from ui.workshop.request import FEW_SAMPLES, N_SAMPLES

# The question is the page's title and the smallest of its headings: the answer is what it is about.
_STYLE = """<style>
.st-key-choice-bar h1 { font-size: 1.25rem; padding: 0 0 .5rem }
@media (max-width: 640px) { .st-key-choice-bar > :has(h1) { flex: 1 0 100% } }
</style>"""


_SAID = "said"  # the class that the model answers with


_WIDTHS = {
    "narrow": "narrow: very close copies",
    "standard": "standard",
    "wide": "wide: far copies too",
}


# How an item is taken apart: the settings that each kind has, with what they are called.
_VIEWS: dict[str, dict[str, tuple[str, dict[str, str], str]]] = {
    "text": {
        "components": (
            "What can be switched off",
            {
                "words": "each word, wherever it stands",
                "places": "each place on its own",
                "characters": "characters",
            },
            "What counts as one part of the text.",
        ),
        "case": (
            "Capitals",
            {
                "auto": "as suits the model",
                "written": "as written",
                "ignored": "ignoring case",
            },
            "Whether “No” and “no” are two words or one. To a model that ignores capitals they are "
            "one, and two would share out its weight.",
        ),
    },
    "image": {
        "regions": (
            "How the picture is cut up",
            {
                "standard": "as suits this task",
                "coarse": "about 20 regions",
                "fine": "about 120 regions",
                "colours": "by colour (quickshift)",
                "edges": "by edges (felzenszwalb)",
                "squares": "into squares",
            },
            "Reasons can only be as fine as the regions are. If they change with the cut, "
            "do not lean on the details.",
        ),
        "fill": (
            "What replaces a region",
            {
                "standard": "as suits this task",
                "mean": "its mean colour",
                "blur": "a blurred picture",
                "grey": "grey",
                "black": "black",
                "white": "white",
            },
            "A region cannot be taken away, only painted over, and the paint may mean something "
            "to the model too.",
        ),
    },
    "table": {
        "bins": (
            "How numbers are put into bins",
            {
                "quartile": "four bins of equal size",
                "decile": "ten bins of equal size",
                "entropy": "where the classes part",
            },
            "A value counts as unchanged while it stays in its bin.",
        ),
    },
}


_SELECTIONS = {
    "auto": "automatic",
    "forward_selection": "one by one, the best next",
    "highest_weights": "the highest weights",
    "lasso_path": "lasso path",
    "none": "all of them",
}


_SURROGATES = {"ridge": "numbers to add up", "tree": "a small tree"}


def choice_bar(choice: Choice, *, hide_answer: bool) -> None:
    """What is asked, the model, and the settings; below them the items at hand.

    With `hide_answer` the class is left out: which reasons there are would tell the answer.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="choice-bar"):
        st.html(_STYLE)
        st.title(plain(choice.task.question), anchor=False)
        select_model(
            choice.task,
            choice.model,
            partial(_write_model, choice),
            about=EXPLAIN.about(choice, "task"),
        )
        with st.popover("Settings", width=HALF_A_PHONE_PX, icon=":material/tune:", key="settings"):
            _first_settings(choice, hide_answer=hide_answer)
            _settings(choice)
    strip(choice, hide_answer=hide_answer)


def _first_settings(choice: Choice, *, hide_answer: bool) -> None:
    """What is shown of the explanation, and whether a person says something first."""
    noun = NOUNS[choice.task.kind]
    keyed(
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
        offers=lambda told: isinstance(told, bool),
    )
    if not hide_answer:
        select(
            "Reasons for",
            {_SAID: "what it says", **dict(enumerate(choice.task.class_names))},
            _SAID if choice.target is None else choice.target,
            lambda value: write_choice(target=None if value == _SAID else value),
            about=EXPLAIN.about(choice, "task", "item"),
            help=f"The answer whose reasons are shown. Orange {noun.parts} speak for it, "
            "purple ones against it.",
        )
    # A slider where the picture answers at once; a number where there is little room.
    shown = st.slider if choice.task.kind == "image" else st.number_input
    whole_number(
        shown,
        f"{noun.Parts} shown",
        1,
        MAX_FEATURES,
        choice.features,
        lambda value: write_choice(features=value),
        name="features",
        help=f"How many {noun.parts} the explanation may name. Changing it asks the model nothing.",
    )


def _write_model(choice: Choice, model: str) -> None:
    """To a model that reads capitals otherwise, what was switched off would be something else."""
    same = replace(choice, model=model).view == choice.view
    write_choice(model=model, off=choice.off if same else ())


def _settings(choice: Choice) -> None:
    noun = NOUNS[choice.task.kind]
    st.caption("Every setting has a default that suits.")
    for name, (label, options, help_text) in _VIEWS[choice.task.kind].items():
        select(
            label,
            options,
            getattr(choice, name),
            partial(_write_view, name),
            name=name,
            help=help_text,
        )
    more: tuple[tuple[str, Any, str, dict[Any, str], str], ...] = (
        (
            "samples",
            choice.n_samples,
            "Copies to ask the model about",
            {AUTO: "until it is settled"} | {n: f"{n:,}" for n in _amounts(choice)},
            "More takes longer and makes the weights steadier. Until it is settled: as many as it "
            f"takes until another run would show the same {noun.parts}; another class or number "
            f"of {noun.parts} may then need more.",
        ),
        (
            "width",
            choice.width,
            "What counts as near",
            _WIDTHS,
            f"How much copies count that have lost many {noun.parts} (half, once or twice the "
            "usual kernel width).",
        ),
        (
            "surrogate",
            choice.surrogate,
            "Reasons are told as",
            _SURROGATES,
            f"How what the model does near this {noun.item} is told. (The local surrogate: ridge "
            "regression, or a decision tree.)",
        ),
        (
            "selection",
            choice.selection,
            f"How the {noun.parts} shown are chosen",
            _SELECTIONS,
            "Automatic: the highest weights.",
        ),
    )
    for name, value, label, choices, help_text in more:
        select(
            label,
            choices,
            value,
            partial(_write, name),
            name=name,
            help=help_text,
        )
    whole_number(
        st.number_input,
        "Seed",
        0,
        MAX_SEED,
        choice.seed,
        lambda value: write_choice(seed=value),
        name="seed",
        help="Which copies are drawn. The same seed gives the same explanation.",
    )


def _amounts(choice: Choice) -> list[int]:
    """How many copies are offered; few only of a model that was found to need long for each."""
    few = [n for n in FEW_SAMPLES if choice.seconds or n == choice.samples]
    return [*few, *N_SAMPLES]


def _write(name: str, value: Any) -> None:
    write_choice(**{name: value})


def _write_view(name: str, value: Any) -> None:
    """Components are numbered anew: what was switched off would be something else."""
    write_choice(**{name: value}, off=())
