"""Sentences about what was brought."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from sample_models import Task
from ui.figures.palette import counted
from ui.shell.wording import NOUNS, duration, listed, pace, percent, points
from ui.workshop import runs
from ui.workshop.request import DEFAULT_SAMPLES, USUAL_SECONDS, seconds_of, suitable_samples
from ui.workshop.store import SO_LONG

_TOLD = 5  # classes
_GROUPS = 3  # labels that are spelled in several ways


def what_happens(*, may_be_sent: bool) -> str:
    """Where it stays, who can see it and how long, of what is brought; in one line.

    `may_be_sent`: a model elsewhere can be asked about it.
    """
    where = "this server and its cluster" if os.environ.get(runs.DASK) else "this server"
    unless = ", unless you ask a model behind an address" if may_be_sent else ""
    who, here = ("this server or that model", "Here it") if may_be_sent else ("the server", "It")
    return (
        f"It stays on {where}{unless}. Whoever has its link can see it, and who runs {who}; nobody "
        f"else. {here} is kept {SO_LONG}."
    )


def filled_in_words(n_filled: int, n: int) -> str:
    """That so many of n pictures were filled with white, and what may come of it."""
    which = "It is" if n == 1 else f"{n_filled:,} of them are" if n_filled > 1 else "One is"
    return (
        f"{which} see-through in places, which are white here. White may then be among the "
        "reasons; to see another background, bring the picture on it."
    )


def takes_long(seconds: float) -> str | None:
    """That a network is slow, and what comes of it; None if it is not."""
    usual = DEFAULT_SAMPLES["image"]
    fewer, takes = suitable_samples("image", seconds), seconds_of(usual, seconds)
    if takes <= USUAL_SECONDS:
        return None
    return (
        f"It takes {pace(seconds)} a picture: to ask it about the usual {usual:,} copies takes "
        f"{duration(takes)}. It is asked about {fewer:,} copies instead "
        f"({duration(seconds_of(fewer, seconds))}) unless you choose more; more copies make the "
        "weights steadier."
    )


def size_in_words(n_bytes: int) -> str:
    """A size on disk: "12 KB", "3.4 MB"."""
    if n_bytes < 1000:
        return f"{n_bytes} bytes"
    return f"{n_bytes / 1e3:.0f} KB" if n_bytes < 1e6 else f"{n_bytes / 1e6:.1f} MB"


def right_in_words(found: Mapping[str, Any], names: Sequence[str]) -> str:
    """Which of two models is right more often on what was held out, as far as that can be said."""
    if len(names) < 2:
        return ""
    if abs(found["difference"]) <= found["its_margin"]:
        return "The two are about as good: the difference can be chance."
    better, other = names if found["difference"] > 0 else reversed(names)
    return f"“{better}” is right more often than “{other}”, by {points(found['difference'])}."


def learned_from_some(found: Mapping[str, Any], names: Sequence[str], noun: str) -> str:
    """Which models have learned from a sample only; empty where none has."""
    return " ".join(
        f"“{name}” has learned from {n:,} of these {noun}s, drawn at random, the same share of "
        "each class: with more it would take minutes."
        for name, n in zip(names, found["n_learned"], strict=True)
        if n < found["n_train"]
    )


def no_better(found: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """The models that may be no better than saying always the same; None if there is none."""
    lows = (low for low, _ in found["interval"])
    bad = [name for name, low in zip(names, lows, strict=True) if low <= found["baseline"]]
    if not bad:
        return None
    which = f"{listed(bad)} {'is' if len(bad) == 1 else 'are'}"
    return (
        f"{which} hardly better than always saying “{found['commonest']}”. There may be too "
        "little to learn from, or the labels do not follow from what the models see."
    )


def cautions_in_words(found: Mapping[str, Any], task: Task) -> list[str]:
    """What one would want to know before one believes these numbers, a sentence each."""
    noun, names = NOUNS[task.kind].item, task.class_names
    told = []
    for what, rest in (
        ("very few", "Of so few nobody can say how well they are told apart."),
        ("few", "Of fewer than 30, one more or less changes what is counted."),
        ("none held out", "They are all on one side of what is learned from and what is held out."),
    ):
        few = [each for each in found["cautions"] if each["what"] == what]
        if few:
            counts = [f"“{_cut(names[each['label']])}” ({each['n']:,})" for each in few[:_TOLD]]
            more = f" and {len(few) - _TOLD} more" if len(few) > _TOLD else ""
            told.append(f"Classes with few {noun}s: {', '.join(counts)}{more}. {rest}")
    for each in found["cautions"]:
        if each["what"] == "alike":
            told.append(
                f"{counted(each['n'], noun)} of those held out ({percent(each['share'])}) "
                f"{'is' if each['n'] == 1 else 'are'} nearly the same as one that is learned from. "
                "What is known by heart counts as right here; on new ones the models may be worse."
            )
    if found["left_out"]:
        told.append(
            f"Left out: {listed(found['left_out'])}. Hardly a value of "
            f"{'it' if len(found['left_out']) == 1 else 'them'} occurs twice, so nothing can be "
            "learned from it for other rows."
        )
    return told


def given_away(caution: Mapping[str, Any], task: Task) -> str:
    """That a column or a word alone gives the answer away."""
    part = _cut(caution["part"])
    if task.kind == "table":
        return (
            f"The column “{part}” alone is right in {percent(caution['share'])} of what is held "
            "out, each class counted alike. Is it known before the answer is?"
        )
    return (
        f"The word “{part}” is in {percent(caution['share'])} of the {NOUNS[task.kind].item}s of "
        f"“{_cut(task.class_names[caution['label']])}” and in {percent(caution['other'])} of all "
        "others. Should it matter?"
    )


def _cut(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:39]}…"


def taken_as_one(groups: Sequence[Sequence[str]]) -> str:
    """Which labels are only spelled differently: "“ok” and “OK” are taken as one label"."""
    first, *others = (listed(spellings, at_most=4) for spellings in groups[:_GROUPS])
    more = "".join(f"; so are {each}" for each in others)
    rest = len(groups) - _GROUPS
    more += f"; and the spellings of {rest:,} more" if rest > 0 else ""
    return f"{first} are taken as one label{more}."
