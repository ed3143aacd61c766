"""A second opinion: Shapley weights, a tree, and one column at a time."""

from dataclasses import replace

import streamlit as st

from lime_engine.shapley import ShapleyWeights
from lime_engine.subjects import TabularSubject
from lime_engine.types import Z95, Explanation, TreeSurrogate
from ui.explain import wording as told
from ui.explain.choice import Choice
from ui.explain.columns import task_columns
from ui.explain.figures.dependence import dependence_figure
from ui.explain.figures.opinions import opinions_chart
from ui.explain.figures.tree import tree_figure, tree_in_words
from ui.explain.panels.patience import may_ask_again
from ui.explain.work import dependence, explaining, second_look
from ui.shell import wording
from ui.shell.waiting import fetch
from ui.shell.widgets import figure, figure_width, is_dark
from ui.workshop.request import store_id

OPINIONS = {"shapley": "Shapley weights", "tree": "Small tree", "column": "One column"}


def opinions(choice: Choice, explanation: Explanation) -> None:
    """What other methods say of the same answer; one at a time."""
    offered = [k for k in OPINIONS if k != "column" or choice.task.kind == "table"]
    chosen = st.segmented_control(
        "Asked of",
        offered,
        default="shapley",
        format_func=OPINIONS.__getitem__,
        key="opinion-of",
        label_visibility="collapsed",
        required=True,
    )
    match chosen:
        case "tree":
            _tree(choice, explanation)
        case "column":
            _one_column(choice, explanation)
        case _:
            _shapley(choice, explanation)


def _shapley(choice: Choice, explanation: Explanation) -> None:
    if not may_ask_again(choice, "shapley", 1):
        return
    request, noun = choice.request, wording.nouns(explanation.subject)
    found = fetch(
        "shapley",
        request.store_id("shapley", str(explanation.target)),
        second_look.shapley,
        request,
        explanation.target,
        affinity=request.affinity,
        what="Working out Shapley weights",
    )
    if found is None:
        return
    theirs = ShapleyWeights.from_dict(found)
    names = told.names_of(explanation)
    target = explanation.class_names[explanation.target]
    shown = [weight.index for weight in explanation.weights]
    strongest = sorted(range(len(names)), key=lambda i: -abs(theirs.weights[i]))[: len(shown)]
    both = set(shown) & set(strongest)
    st.write(
        wording.plain(
            f"Shapley weights share out the whole way from {wording.percent(theirs.base)} for "
            f"{target}, with all {noun.parts} {noun.changed}, to {wording.percent(theirs.full)} as "
            f"it is. The bars above (LIME) look near this {noun.item} instead, so the numbers "
            f"differ. What matters is whether both name the same {noun.parts}: {len(both)} of "
            f"{len(shown)} here."
        )
    )
    width = figure_width("opinions-width")
    intervals = None
    if theirs.std_errors is not None and any(theirs.std_errors):
        intervals = [_interval(theirs.weights[i], theirs.std_errors[i]) for i in shown]
    figure(
        opinions_chart(
            [names[i] for i in shown],
            [weight.weight for weight in explanation.weights],
            [theirs.weights[i] for i in shown],
            "LIME",
            "Shapley",
            target,
            told.rest_name(explanation),
            first_intervals=[w.interval if w.std_error else None for w in explanation.weights],
            second_intervals=intervals,
            width_px=width,
            dark=is_dark(),
        ),
        key="opinions-chart",
        alt="; ".join(
            f"{names[w.index]}: LIME {w.weight:+.3f}, Shapley {theirs.weights[w.index]:+.3f}"
            for w in explanation.weights
        ),
    )
    missed = [names[i] for i in strongest if i not in shown]
    if missed:
        st.caption(wording.plain(f"Shapley would also name {wording.listed(missed, 4)}."))


def _interval(weight: float, std_error: float) -> tuple[float, float]:
    return weight - Z95 * std_error, weight + Z95 * std_error


def _tree(choice: Choice, explanation: Explanation) -> None:
    """The same answers of the model, told by a tree."""
    request = replace(choice, surrogate="tree").request
    found = fetch(
        "explanation",
        request.store_id("explanation"),
        explaining.explanation,
        request,
        affinity=request.affinity,
        what="Growing a tree",
    )
    if found is None:
        return
    grown = Explanation.from_dict(found["explanation"])
    surrogate = grown.surrogate
    assert isinstance(surrogate, TreeSurrogate)
    noun = wording.nouns(grown.subject)
    fits = ""
    if grown.fidelity.r2 is not None:
        fits = f" It tells {max(0.0, grown.fidelity.r2):.0%} of how the model reacts here."
    st.write(
        f"The same answers, told by a tree of at most four questions in a row.{fits} A tree "
        f"can say “only if”: what one of the {noun.parts} does may depend on another. At each end "
        "stands the mean answer of all copies that come to it; the bold way is the one that this "
        f"{noun.item} takes."
    )
    end = f"copies like this {noun.item}"
    names, labels = wording.part_names(grown.subject), ("there", "gone")
    if isinstance(grown.subject, TabularSubject):
        names, labels = grown.subject.bins, ("yes", "no")
    target = grown.class_names[grown.target]
    width = figure_width("tree-width")
    figure(
        tree_figure(
            surrogate,
            names,
            target,
            question=lambda i: f"{names[i]}?",
            labels=labels,
            here=end,
            width_px=width,
            dark=is_dark(),
        ),
        key="tree-chart",
        alt=tree_in_words(surrogate, names, target, labels=labels, here=end),
    )


def _one_column(choice: Choice, explanation: Explanation) -> None:
    subject = explanation.subject
    assert isinstance(subject, TabularSubject)
    known = task_columns(choice.task)
    if known is None:
        return
    numeric = [i for i, column in enumerate(known) if column.kind == "number"]
    shown = [w.index for w in explanation.weights if w.index in numeric]
    columns = [*shown, *(i for i in numeric if i not in shown)]
    if not columns:
        st.write("None of the columns holds numbers.")
        return
    column = st.selectbox(
        "Column", columns, format_func=subject.columns.__getitem__, key=f"one-column-{choice.item}"
    )
    found = fetch(
        "dependence",
        store_id(
            "dependence",
            choice.task.key,
            choice.model,
            str(choice.item),
            str(explanation.target),
            str(column),
        ),
        dependence.dependence,
        choice.request.alone(),
        explanation.target,
        column,
        affinity=choice.request.affinity,
        what="Asking about other values of the column",
    )
    if found is None:
        return
    name = wording.plain(subject.columns[column])
    st.markdown(
        "Each thin line is another row that the models learned from, asked again with other "
        f"values of {name}; the thick one is their mean. Where lines run apart, it depends on the "
        "other columns. Rows that cannot be are asked about too.",
        help="The thick line is known as partial dependence, the thin ones as ICE: individual "
        "conditional expectation.",
    )
    width = figure_width("dependence-width")
    figure(
        dependence_figure(
            found["grid"],
            found["mean"],
            found["lines"],
            found["here"],
            found["answer_here"],
            subject.columns[column],
            explanation.class_names[explanation.target],
            width_px=width,
            dark=is_dark(),
        ),
        key="dependence-chart",
        alt=f"From {found['mean'][0]:.0%} at {found['grid'][0]:g} to {found['mean'][-1]:.0%} at "
        f"{found['grid'][-1]:g} on average",
    )
