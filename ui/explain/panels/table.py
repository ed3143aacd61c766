"""Why, for a table's row: signed bars, the values to edit, and where they lie in the data."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from lime_engine.subjects import TabularSubject, Value
from lime_engine.types import Explanation
from ui.explain import beliefs
from ui.explain import wording as told
from ui.explain.choice import Choice
from ui.explain.columns import edited_field, task_columns
from ui.explain.figures.spread import value_histogram
from ui.explain.panels import common
from ui.explain.place import EXPLAIN, about_item, edit_value
from ui.explain.work import evidence as data
from ui.figures.markup import evidence_table
from ui.shell import wording
from ui.shell.address import About
from ui.shell.waiting import fetch
from ui.shell.widgets import figure, figure_width, is_dark
from ui.workshop.column import Column
from ui.workshop.request import Edits, TableView, store_id


def reasons(choice: Choice, explanation: Explanation, subject: TabularSubject) -> None:
    """The weights as bars, and the row's values to be edited in place."""
    positive = wording.plain(explanation.class_names[explanation.target])
    common.why(
        choice,
        explanation,
        f"Why: the values that speak for {positive}",
        f"Orange, to the right: the value pushes the answer towards {positive}. Purple and "
        f"hatched, to the left: towards {wording.plain(told.rest_name(explanation))}. Change a "
        "value and see what the model says then.",
    )
    bars, values = st.columns([3, 2], gap="medium")
    with bars:
        common.faint(explanation)
        common.weights(
            choice,
            explanation,
            f"How far the answer {positive} moves when the value stays in this range, on average "
            "over made-up rows in which other values come from the training data: +0.10 is ten "
            "percentage points. A weight is what this model leans on, not a cause, and not a sign "
            "that it is right to.",
        )
    with values:
        st.markdown(
            "**What if a value were different?**",
            help="Change a value and the model is asked again. Only this row changes: a value that "
            "would never go with the others makes an impossible row, and the answer to it says "
            "little.",
        )
        columns, about = task_columns(choice.task), about_item(choice)
        if columns is not None:
            fields(
                subject,
                columns,
                [weight.index for weight in explanation.weights],
                choice.edits,
                about=about,
                on_edit=edit_value,
            )
        common.way_back(is_changed=bool(choice.edits), at=EXPLAIN, about=about)


def fields(
    subject: TabularSubject,
    columns: Sequence[Column],
    shown: Sequence[int],
    edits: Edits,
    *,
    about: About,
    on_edit: Callable[[int, Value, Value], None],
) -> None:
    """One field a column: those `shown` first, the others folded.

    `on_edit` gets the number of a column, the value that a person made of it, and the row's own.
    """

    def field(i: int) -> None:
        _field(subject, columns[i], i, edits, about=about, on_edit=on_edit)

    with st.container(horizontal=True, gap="small", key="values-shown"):
        for i in shown:
            field(i)
    others = [i for i in range(subject.n_components) if i not in shown]
    if others:
        with (
            st.expander(
                "The other value" if len(others) == 1 else f"The other {len(others)} values",
                key="other-values",
            ),
            st.container(horizontal=True, gap="small"),
        ):
            for i in others:
                field(i)


def _field(
    subject: TabularSubject,
    column: Column,
    i: int,
    edits: Edits,
    *,
    about: About,
    on_edit: Callable[[int, Value, Value], None],
) -> None:
    original = subject.values[i]
    edited = dict(edits)
    label = wording.plain(column.name)
    if i in edited:
        label += f" :blue[was {wording.plain(wording.cell(original))}]"
    edited_field(
        column,
        f"value-{i}",
        edited.get(i, original),
        lambda value: on_edit(i, value, original),
        about=about,
        label=label,
        help=f"In this row: {wording.plain(subject.bins[i])}.",
    )


def evidence_id(choice: Choice, explanation: Explanation, subject: TabularSubject) -> str:
    """The store's id of what the data says about the values that are shown."""
    request, cells = choice.request, _cells(explanation, subject)
    return store_id("evidence", request.task, repr((request.view, cells)))


def _cells(explanation: Explanation, subject: TabularSubject) -> tuple[tuple[str, Value], ...]:
    shown = [weight.index for weight in explanation.weights]
    return tuple((subject.columns[i], subject.values[i]) for i in shown)


def evidence(
    choice: Choice, explanation: Explanation, subject: TabularSubject
) -> dict[str, Any] | None:
    """Where a value lies in the training data, per class, and in test and field."""
    request = choice.request
    assert isinstance(request.view, TableView)
    shown = [weight.index for weight in explanation.weights]
    cells = _cells(explanation, subject)
    st.markdown(
        "**Where does a value lie?**",
        help="Where the value lies among the rows the model was trained on, class by class, and "
        "how many rows of each class share its range, in training, in the test, and in real use. "
        "A range that tells the classes apart in training and test but not in real use is a reason "
        "for suspicion.",
    )
    found = fetch(
        "evidence",
        evidence_id(choice, explanation, subject),
        data.of_values,
        request.task,
        request.view.bins,
        cells,
        affinity=request.affinity,
        what="Looking the values up in the data",
    )
    if found is None or not shown:
        return None
    for caution in beliefs.mixed_columns(found["together"]):
        st.caption(":material/warning: " + wording.plain(caution))
    i = st.selectbox(
        "Column", shown, format_func=subject.columns.__getitem__, key="evidence-column", width=340
    )
    name, names = subject.columns[i], explanation.class_names
    picture, table = st.columns([3, 2], gap="medium")
    with picture:
        width = figure_width("spread-width")
        spread = found["spread"][name]
        figure(
            value_histogram(
                spread,
                subject.values[i],
                spread["range"],
                names,
                name,
                width_px=width,
                dark=is_dark(),
            ),
            key="spread",
            alt=f"How {name} is spread in the training rows, class by class.",
        )
    with table:
        st.write(wording.plain(told.evidence(subject.bins[i], found, names, subject, of=name)))
        st.html(evidence_table(found, name, names, dark=is_dark()))
    return dict(found)
