"""A model that somebody brings for what was brought: how to ask it, one prediction, the ways on."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import streamlit as st

from model_adapters import ModelFacts, ModelSettings, NetworkError
from model_adapters.settings import NamesFrom
from sample_models import Task
from sample_models.types import Kind
from ui.figures.palette import counted
from ui.shell.brought import remember_data
from ui.shell.notices import problem, remark
from ui.shell.screens import Way, ways_on
from ui.shell.waiting import fetch
from ui.shell.wording import NOUNS, cell, headline, listed, pace, plain
from ui.upload import work
from ui.upload.panels.data_sets import note_use
from ui.upload.panels.found import LENGTH
from ui.upload.panels.models.asking import OUTPUTS, answer_figure, pasted_names
from ui.upload.panels.models.sources import KINDS, Source, source_of_model
from ui.workshop import kept
from ui.workshop.catalogue import find_task
from ui.workshop.request import store_id
from ui.workshop.trained.card import DataCard, keep_card, read_card
from ui.workshop.trained.own import OwnCard, keep_own, read_own

MIN_ROWS = 10  # that a row's values are compared with
PICTURE_PX = 260
_MOST_MODELS = 4  # of a task
_MOST_CHOSEN = 60  # columns with a widget each
_NAMED: dict[NamesFrom, str] = {
    "file": "The model names them.",
    "labels": "The model does not name them. These are your labels, in alphabetical order.",
    "numbers": "The model does not name them, so they are numbered.",
}
_TASKS = "own-model-tasks"  # by what was brought


def own_model(
    kind: Kind, source: str, name: str, ways: Callable[[Task, Sequence[Task]], Sequence[Way]]
) -> bool:
    """Offer to bring a model that judges what was brought, and show what it says.

    Whether one is there, whose ways on are then the main ones of the screen.

    Parameters
    ----------
    kind, source
        What was brought, texts or rows, and the store's id of it.
    name
        What the data set is called.
    ways
        Where to go with the task of such a model, beside those brought here before.
    """
    noun = NOUNS[kind].item
    of_whom = "that is installed here" if kind == "image" else "of your own"  # no file, no address
    st.subheader(f"A model {of_whom}", anchor=False)
    brought = source_of_model(kind, source, may_go_on=partial(_enough_rows, kind, source))
    if brought is None:
        return False
    facts, model_id = brought.facts, brought.model
    takes = KINDS[facts.proposed.takes]
    if takes != kind:
        brought.offer_anew()
        problem(
            f"This model judges {facts.proposed.takes}, and what you brought are {noun}s. Bring "
            f"{facts.proposed.takes} above, or another model."
        )
        return False
    settings = _settings(facts, model_id, kind, source)
    seconds = None if settings is None else _check(brought, settings, kind, source)
    if settings is None or seconds is not None:  # a check that failed is offered again by itself
        brought.offer_anew()
    if settings is None or seconds is None:
        return False
    own = keep_own(OwnCard(brought.name, model_id, settings), seconds)
    task = _task(kind, source, name, model_id, own)
    if task is None:
        return False
    ways_on(
        ways(task, _others(kind, source, model_id, task)),
        "own",
        noting=partial(note_use, kind, source),
    )
    return True


def _enough_rows(kind: Kind, source: str) -> bool:
    """Whether a row can be explained beside others; says so if not."""
    n = kept.n_own(kind, source)
    if kind == "table" and n < MIN_ROWS:
        problem(
            f"There {'is' if n == 1 else 'are'} {counted(n, 'row')} here. A row is explained "
            f"beside others: bring a table of at least {MIN_ROWS}."
        )
        return False
    return True


def _task(kind: Kind, source: str, name: str, model_id: str, own: str) -> Task | None:
    """The data with this model, and with those brought here before that know the same classes."""
    new = read_own(own)
    if new is None:
        return None
    models = [own]
    for other, key in _tasks(kind, source).items():
        card = read_card(key)
        first = None if card is None else read_own(card.own[0])
        if card is not None and first is not None and other != model_id and _alike(new, first):
            models.append(card.own[0])
    card = DataCard(
        name=name,
        kind=kind,
        question=f"Of which class is this {NOUNS[kind].item}?",
        source=source,
        class_names=new.settings.class_names,
        recipes=(),
        own=tuple(models[:_MOST_MODELS]),
    )
    key = keep_card(card)
    _tasks(kind, source)[model_id] = key
    remember_data(key)
    return find_task(key)


def _alike(one: OwnCard, other: OwnCard) -> bool:
    """Whether two models' answers can stand in one list."""
    first, second = one.settings, other.settings
    return {*first.class_names} == {*second.class_names} and (first.output == "independent") == (
        second.output == "independent"
    )


def _others(kind: Kind, source: str, model_id: str, task: Task) -> list[Task]:
    """The tasks of models brought here before whose classes are others."""
    every = [find_task(key) for of, key in _tasks(kind, source).items() if of != model_id]
    classes = {*task.class_names}
    return [each for each in every if each is not None and {*each.class_names} != classes]


def _tasks(kind: Kind, source: str) -> dict[str, str]:
    """By the store's id of a model's file, the task of what was brought with that model."""
    every: dict[tuple[Kind, str], dict[str, str]] = st.session_state.setdefault(_TASKS, {})
    return every.setdefault((kind, source), {})


def _settings(facts: ModelFacts, key: str, kind: Kind, source: str) -> ModelSettings | None:
    """What was found, to be changed where it is a guess; None while it contradicts itself."""
    proposed = facts.proposed
    made = f" Made with {facts.made_with}." if facts.made_with else ""
    n_columns = counted(len(proposed.columns), "column")
    what = n_columns if kind == "table" else proposed.takes
    classes = listed(proposed.class_names)
    st.write(
        plain(
            f"It takes {what} and knows {counted(facts.n_classes, 'class', 'classes')}: "
            f"{classes}.{made}"
        )
    )
    for line in facts.remarks:
        remark(line)
    columns = _columns(facts, f"{key}-{source}", source) if kind == "table" else ()
    if columns is None:
        return None
    output, names = proposed.output, proposed.class_names
    with st.expander("How it is asked"):
        if facts.can_choose_output:
            output = st.selectbox(
                "What comes out",
                list(OUTPUTS),
                index=list(OUTPUTS).index(proposed.output),
                format_func=OUTPUTS.__getitem__,
                key=f"model-output-{key}",
                persist_state="session",
                width=320,
                help="A guess, from how it answers to made-up items.",
            )
        pasted = st.text_area(
            "Names of the classes, one a line",
            value="\n".join(proposed.class_names),
            height=140,
            key=f"model-names-{key}",
            persist_state="session",
            help=_NAMED[facts.names_from],
        )
    given = pasted_names(pasted, facts.n_classes, "model", proposed.class_names)
    if given is None:  # which is said outside of the fold: it may be shut by now
        return None
    names = given or names
    if len({*names}) < len(names):
        twice = next(each for each in names if names.count(each) > 1)
        problem(f"“{twice}” is the name of two classes. Give each its own.")
        return None
    try:
        return replace(proposed, output=output, class_names=names, columns=columns)
    except NetworkError as error:
        problem(str(error))
        return None


def _columns(facts: ModelFacts, key: str, source: str) -> tuple[str, ...] | None:
    """Which column of the data goes in where; None while one is missing."""
    found = kept.opened("table", source)
    have = found.columns if found is not None else ()
    wanted = facts.proposed.columns
    proposed = proposed_columns(facts, have, found)
    chosen = list(proposed)
    missing = [name for name, column in zip(wanted, proposed, strict=True) if column is None]
    with st.expander("Which column goes where", expanded=bool(missing) or not facts.has_names):
        if len(wanted) > _MOST_CHOSEN:
            st.caption("There are many: they are taken by name, or in order.")
        else:
            with st.container(horizontal=True, gap="small"):
                for i, name in enumerate(wanted):
                    at = have.index(proposed[i]) if proposed[i] in have else None
                    chosen[i] = st.selectbox(
                        plain(name),
                        have,
                        index=at,
                        key=f"model-column-{key}-{i}",
                        persist_state="session",
                        width=200,
                        placeholder="Choose a column",
                    )
    lacking = [name for name, column in zip(wanted, chosen, strict=True) if column not in have]
    if lacking:
        problem(
            f"The model needs {listed(lacking)}, and it is not known which column that is. The "
            "data have "
            f"{listed(have)}; the label's column and those left out are not among them. Say "
            "which column goes in where, or bring data with it."
        )
        return None
    return tuple(map(str, chosen))


def proposed_columns(
    facts: ModelFacts, have: Sequence[str], found: kept.Kept | None
) -> list[str | None]:
    """For each column of the model one of the data: by name, else in order where that is clear."""
    alike: dict[str, str] = {}
    for name in reversed(have):
        alike[_plain(name)] = name
    wanted = facts.proposed.columns
    named: list[str | None] = [name if name in have else alike.get(_plain(name)) for name in wanted]
    if facts.has_names or None not in named:
        return named
    numbers = [name for name in have if found is None or _is_number(found, have.index(name))]
    for candidates in (have, numbers):
        if len(candidates) == len(wanted):
            return list(candidates)
    return [*numbers[: len(wanted)], *[None] * max(0, len(wanted) - len(numbers))]


def _plain(name: str) -> str:
    return "".join(name.split()).replace("_", "").casefold()


def _is_number(found: kept.Kept, at: int) -> bool:
    values = [found.item(row)[at] for row in range(min(20, len(found.lines)))]
    return all(value is None or isinstance(value, int | float) for value in values)


def _check(brought: Source, settings: ModelSettings, kind: Kind, source: str) -> float | None:
    """One prediction beside its item, to look at; the seconds for an item, None without one."""
    values = asdict(settings)
    found = fetch(
        "model-check",
        store_id("model-check", brought.model, repr(values), source, brought.turn),
        work.check_model,
        brought.model,
        values,
        kind,
        source,
        affinity="uploads",
        what=f"Trying the model on your first {NOUNS[kind].item}",
    )
    if found is None:
        return None
    if "problem" in found:
        problem(found["problem"])
        return None
    answer, n, seconds = found["answer"], found["n"], found["seconds"]
    said, sure = headline(answer, settings.class_names)
    st.write(plain(f"The first {NOUNS[kind].item} is to it “{said}”, {sure}. Is that plausible?"))
    left, right = st.columns(2)
    with left:
        _item(kind, source, settings)
    with right:
        answer_figure(answer, settings.class_names, settings.output, "model-check")
    mixed_up = "columns may be mixed up, or " if kind == "table" else ""
    took = f"{counted(n, NOUNS[kind].item)} at once took {pace(seconds)}."
    st.caption(plain(f"If not, {mixed_up}the names of the classes may be in another order. {took}"))
    return float(seconds / n)


def _item(kind: Kind, source: str, settings: ModelSettings) -> None:
    found = kept.opened(kind, source)
    if found is None:
        return
    item: Any = found.item(0)
    match kind:
        case "text":
            st.markdown(plain(item[:LENGTH] + ("…" if len(item) > LENGTH else "")))
        case "image":
            png = kept.picture_png(item["id"])
            if png is not None:
                st.image(png, width=PICTURE_PX)
        case "table":
            values = dict(zip(found.columns, item, strict=True))
            st.dataframe(
                {
                    "column": list(settings.columns),
                    "value": [cell(values[name]) for name in settings.columns],
                },
                width="stretch",
                hide_index=True,
                height=min(38 + 35 * len(settings.columns), 260),
            )
