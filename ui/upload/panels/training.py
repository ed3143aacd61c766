"""Two models trained on what was brought, if it has labels; how good they are, and what to mind."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import streamlit as st

from lime_engine.errors import InputError
from model_adapters.trained.recipe import recipes_for
from model_adapters.trained.splitting import MIN_ITEMS, By
from sample_models import Task
from sample_models.types import Kind
from ui.explain.panels.away import model_to_take
from ui.figures.palette import counted
from ui.shell.brought import remember_data
from ui.shell.notices import keeping, problem, remark
from ui.shell.screens import Way, leave_for, ways_on
from ui.shell.waiting import fetch
from ui.shell.wording import NOUNS, pace, percent, plain
from ui.upload.panels.data_sets import labelled_others, models_of, note_use, remember_models
from ui.upload.wording import (
    cautions_in_words,
    given_away,
    learned_from_some,
    no_better,
    right_in_words,
)
from ui.workshop import kept
from ui.workshop.catalogue import find_task, keep_rounds
from ui.workshop.kept import LabelCounts
from ui.workshop.request import store_id
from ui.workshop.trained.card import DataCard, keep_card
from ui.workshop.trained.judging import judged

SHARES = (10, 20, 25, 30, 40, 50)  # percent held out
_BY: dict[By, str] = {
    "random": "at random, as often from each class",
    "group": "whole groups: no value of a column on both sides",
    "time": "the latest, by a column",
}
_REFUSED = "data-refused"


def training(
    kind: Kind,
    source: str,
    name: str,
    ways: Callable[[Task], Sequence[Way]],
    compared: Callable[[Task], Mapping[str, str]],
    *,
    is_main: bool = True,
) -> None:
    """Offer to train two models, and show how good they are; nothing without labels.

    Parameters
    ----------
    kind, source
        What was brought, and the store's id of it.
    name
        What the data set is called.
    ways
        Where to go with a task of such models.
    compared
        The URL that compares a task's first two models.
    is_main
        Whether to train them is the main thing to do on the screen, as long as there are none.
    """
    counts = kept.label_counts(kind, source)
    if counts is None:
        return
    st.subheader("Train two models on this", anchor=False)
    if (why := _too_little(kind, counts)) is not None:
        remark(why)
        return
    st.write(plain(_intro(kind, counts)))
    card = _card(kind, source, name, counts)
    key = models_of(kind, source)
    st.button(
        "Train two models on this",
        type="primary" if is_main and not key else "secondary",
        on_click=keeping(_train),
        args=(card,),
    )
    task = find_task(key) if key else None
    if task is not None:
        _judged(task, ways, compared)


def can_train(kind: Kind, source: str) -> bool:
    """Whether models can be trained on what is kept under this id."""
    counts = kept.label_counts(kind, source)
    return counts is not None and _too_little(kind, counts) is None


def _too_little(kind: Kind, counts: LabelCounts) -> str | None:
    noun = NOUNS[kind].item
    if len(counts.classes) >= 2 and counts.n >= MIN_ITEMS:
        return None
    return (
        f"{counted(counts.n, noun)} here {'has' if counts.n == 1 else 'have'} a label, of "
        f"{counted(len(counts.classes), 'class', 'classes')}. To train models on them, bring at "
        f"least {MIN_ITEMS} {noun}s of at least two classes."
    )


def _intro(kind: Kind, counts: LabelCounts) -> str:
    noun = NOUNS[kind].item
    classes = ", ".join(f"{name} ({n:,})" for name, n in counts.classes[:6])
    more = f" and {len(counts.classes) - 6} more" if len(counts.classes) > 6 else ""
    return (
        f"{counted(counts.n, noun)} with labels: {classes}{more}. Most of them are "
        "learned from; the others, which no model has seen, say how often each is right."
    )


def _train(card: DataCard) -> None:
    note_use(card.kind, card.field)
    remember_models(card.kind, card.source, card.name, keep_card(card))


def _card(kind: Kind, source: str, name: str, counts: LabelCounts) -> DataCard:
    """What is chosen, at first what suits."""
    names = tuple(each for each, _ in counts.classes)
    noun = NOUNS[kind].item
    key = f"train-{source}"
    with st.expander("Settings of the training"):
        asked = f"Is this {noun} {names[0]} or {names[1]}?"[:200]
        question = st.text_input(
            "What the models are asked",
            asked if len(names) == 2 else f"Of which class is this {noun}?",
            max_chars=200,
            key=f"{key}-question",
            persist_state="session",
        )
        left, right = st.columns(2)
        share = left.selectbox(
            "Held out",
            SHARES,
            index=SHARES.index(25),
            format_func=lambda percents: f"{percents}%",
            key=f"{key}-share",
            persist_state="session",
        )
        seed = right.number_input("Seed", 0, 999, 0, key=f"{key}-seed", persist_state="session")
        field = ""
        if others := labelled_others(kind, source):
            field = st.selectbox(
                "What real use looks like",
                ["", *others],
                format_func=lambda other: others.get(other, "not known"),
                key=f"{key}-field",
                persist_state="session",
                help="Other data with labels that you have brought. No model learns from them; "
                "they show how it does where it is really used.",
            )
        by, column, dropped = "random", "", []
        if counts.columns:
            by = st.selectbox(
                "What is held out",
                list(_BY),
                format_func=_BY.__getitem__,
                key=f"{key}-by",
                persist_state="session",
            )
            if by != "random":
                column = st.selectbox(
                    "Column to split by",
                    counts.columns,
                    key=f"{key}-column",
                    help=_HELP[by],
                    persist_state="session",
                )
            dropped = st.multiselect(
                "Columns to leave out",
                [each for each in counts.columns if each != column],
                key=f"{key}-dropped",
                persist_state="session",
                placeholder="None",
            )
    return DataCard(
        name=name,
        kind=kind,
        question=question.strip() or asked,
        source=source,
        class_names=names,
        recipes=recipes_for(kind, len(names), int(seed)),
        seed=int(seed),
        share=share,
        by=cast("By", by),
        column=column,
        dropped=tuple(dropped),
        field=field,
    )


_HELP = {
    "group": "Such as a patient or an author: items of one are alike, and would be known by heart.",
    "time": "A column of numbers or of dates. So the models are judged on what came later.",
}


def _judged(
    task: Task,
    ways: Callable[[Task], Sequence[Way]],
    compared: Callable[[Task], Mapping[str, str]],
) -> None:
    found = fetch(
        "judged",
        store_id("judged", task.key),
        judged,
        task.key,
        affinity=f"{task.key}/{task.askable[0].key}",
        what="Training the models",
    )
    if found is None:
        return
    names = [card.name for card in task.askable]
    st.subheader(plain(f"“{task.title}”: right answers"), anchor=False)
    with st.container(horizontal=True, gap="large"):
        for card, share, (low, high), seconds in zip(
            task.askable, found["accuracy"], found["interval"], found["seconds"], strict=True
        ):
            with st.container(width="content", gap=None):
                st.metric(
                    plain(card.name),
                    percent(share),
                    help=plain(f"{card.summary} Learned in {pace(seconds)}."),
                    width="content",
                )
                st.caption(f"{percent(low)} to {percent(high)}", width="content")
        st.metric(
            plain(f"Always “{found['commonest'][:30]}”"),
            percent(found["baseline"]),
            width="content",
        )
    noun = NOUNS[task.kind].item
    st.write(
        plain(
            f"Learned from {counted(found['n_train'], noun)}, judged on {found['n_test']:,} "
            f"others. {right_in_words(found, names)} {learned_from_some(found, names, noun)}"
        )
    )
    if (bad := no_better(found, names)) is not None:
        remark(bad)
    for line in cautions_in_words(found, task):
        remark(line)
    _leaks(task, found["cautions"], compared)
    ways_on(ways(task), "trained")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Take it away**", width="content")
        for card in task.askable:
            model_to_take(task, card.key)
    st.caption(
        "Their addresses open the same to whoever has them: kept are the data and how the models "
        "are made, and they are made anew."
    )


def _leaks(
    task: Task,
    cautions: Sequence[Mapping[str, Any]],
    compared: Callable[[Task], Mapping[str, str]],
) -> None:
    """What gives the answer away: shown, and taken out only if somebody wants that."""
    leaks = [caution for caution in cautions if caution["what"] == "gives away"]
    for leak in leaks:
        remark(given_away(leak, task))
    if not leaks:
        return
    parts = [leak["part"] for leak in leaks]
    them = f"“{parts[0]}”" if len(parts) == 1 else "them"
    st.button(
        f"Compare with and without {plain(them)}",
        key="compare-without",
        on_click=keeping(_compare_without),
        args=(task, parts, compared),
    )
    if refusal := st.session_state.pop(_REFUSED, None):
        problem(refusal)


def _compare_without(
    task: Task, parts: Sequence[str], compared: Callable[[Task], Mapping[str, str]]
) -> None:
    """The last model as it is beside the same one trained again without these parts."""
    try:
        again = find_task(keep_rounds(task.key, task.askable[-1].key, [parts]))
    except InputError as error:
        st.session_state[_REFUSED] = str(error)
        return
    if again is not None:
        remember_data(again.key)
        leave_for("compare", compared(again))
