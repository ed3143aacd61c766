"""A model that takes long: how long is said before it is asked, and fewer copies are offered."""

from dataclasses import replace
from functools import partial

from ui.explain.choice import AUTO, Choice
from ui.explain.place import write_choice
from ui.shell.waiting import Way, may_begin
from ui.shell.wording import NOUNS, duration, pace
from ui.workshop.request import FEW_SAMPLES, MOST_SECONDS, N_SAMPLES, seconds_of
from ui.workshop.store import store


def may_explain(choice: Choice) -> bool:
    """Whether to explain it: that is short, or done already, or somebody has said so.

    Else how long it would take is on the screen, and what to do.
    """
    seconds, n = choice.seconds, choice.n_samples
    takes = MOST_SECONDS if n == AUTO else seconds_of(n, seconds)
    if not seconds or _is_answered(choice):
        return True
    ways = [
        _way(choice, each)
        for each in (*FEW_SAMPLES, *N_SAMPLES)
        if seconds_of(each, seconds) <= MOST_SECONDS
    ]
    copies = "As many copies as it takes" if n == AUTO else f"{n:,} copies"
    noun = NOUNS[choice.task.kind].item
    told = f"This model takes {pace(seconds)} a {noun}. {copies} would take {duration(takes)}."
    if takes > MOST_SECONDS:
        told += f" The most for one explanation here is {duration(MOST_SECONDS)}: ask about fewer."
        return may_begin("", takes, told, ways)
    return may_begin(_asked(choice), takes, told, ways)


def may_ask_again(choice: Choice, what: str, n_times: int) -> bool:
    """The same for what asks the model `n_times` as often as an explanation does."""
    if not choice.seconds:
        return True
    n = choice.n_samples
    takes = n_times * (MOST_SECONDS if n == AUTO else seconds_of(n, choice.seconds))
    key = f"{what}-{_asked(choice)}"
    told = f"The model is slow: this takes up to {duration(takes)}."
    return may_begin(key, takes, told, [("Begin", key, lambda: None)])


def _way(choice: Choice, n: int) -> Way:
    label = f"Ask about {n:,} copies: {duration(seconds_of(n, choice.seconds))}"
    return label, _asked(replace(choice, samples=n)), partial(write_choice, samples=n)


def _asked(choice: Choice) -> str:
    """The id of what the model is asked, which neither class nor number of parts change."""
    return choice.request.asking().store_id("neighbourhood")


def _is_answered(choice: Choice) -> bool:
    entry_id = choice.request.store_id("explanation")
    return store().has("explanation", entry_id) or store().has("neighbourhood", _asked(choice))
