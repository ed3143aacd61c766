"""A second look: does it survive other settings, and could the model tell copies from real ones."""

from collections.abc import Sequence

import streamlit as st

from lime_engine.subjects import ImageSubject
from lime_engine.types import Explanation
from ui.explain.choice import Choice
from ui.explain.figures.survival import Survival, stayed, survival_figure
from ui.explain.panels.opinion import opinions
from ui.explain.work import real_or_made, second_look
from ui.figures.cards import pictures_html
from ui.shell import wording
from ui.shell.waiting import fetch
from ui.shell.widgets import figure, figure_width, is_dark

NEWCOMERS = 4  # components that only other variants show


def second_looks(choice: Choice, explanation: Explanation) -> None:
    """Three folded questions; each is worked out when it is opened."""
    for key, title, show in (
        ("survives", "Does it survive other settings?", _survives),
        ("opinion", "A second opinion", opinions),
        ("noticed", "Could the model notice that it is being tested?", _noticed),
    ):
        opened = st.expander(title, key=f"second-{key}", on_change="rerun")
        if opened.open:
            with opened:
                show(choice, explanation)


def _survives(choice: Choice, explanation: Explanation) -> None:
    noun = wording.nouns(explanation.subject)
    st.write(
        f"How near a copy must be, which copies are drawn{_and_how(choice)}: these are our "
        f"choices, not facts about the model. Here is what stays of the {noun.parts} shown when "
        "they are made otherwise."
    )
    request = choice.request
    found = fetch(
        "survival",
        request.store_id("survival", str(explanation.target)),
        second_look.survival,
        request,
        explanation.target,
        affinity=request.affinity,
        what="Asking in other ways",
    )
    if found is None:
        return
    names, variants = wording.part_names(explanation.subject), found["variants"]
    columns = [{int(i): w for i, w in weights.items()} for weights in found["weights"]]
    if isinstance(explanation.subject, ImageSubject):
        kept = {int(i): n for i, n in found["kept"].items()}
        st.write(wording.plain(_kept_in_words(kept, len(variants), names)))
        title = f"What stayed in {len(variants)} ways to ask"
        uri = found["dark" if is_dark() else "light"]
        st.html(pictures_html([(uri, title)], width_px=second_look.PICTURE_PX))
        st.caption(
            "In colour what is shown in every way to ask (outlined), paler what is shown in some; "
            f"grey what never counts. Besides what is shown above: {', '.join(variants[1:])}."
        )
        return
    shown = list(columns[0])
    others = {i for column in columns for i in column} - set(shown)
    often = sorted(others, key=lambda i: -sum(i in column for column in columns))
    rows = [
        Survival(names[i], [column.get(i) for column in columns])
        for i in [*shown, *often[:NEWCOMERS]]
    ]
    counts = {i: stayed(row.weights) for i, row in zip(shown, rows, strict=False)}
    st.write(wording.plain(_kept_in_words(counts, len(variants), names)))
    width = figure_width("survival-width")
    figure(
        survival_figure(rows, variants, width_px=width, dark=is_dark()),
        key="survival-chart",
        alt="; ".join(f"{r.name}: {stayed(r.weights)} of {len(variants)}" for r in rows),
    )


def _and_how(choice: Choice) -> str:
    """What else is varied for this kind."""
    return {
        "text": "",
        "image": ", what a region is and what it is painted over with",
        "table": ", and where the bins of a column begin",
    }[choice.task.kind]


def _kept_in_words(counts: dict[int, int], n: int, names: Sequence[str]) -> str:
    always = sum(count == n for count in counts.values())
    told = f"{always} of {len(counts)} {'stays' if always == 1 else 'stay'} in all {n} ways to ask."
    weak = [names[i] for i, count in counts.items() if count <= n / 2]
    if weak:
        told += f" Do not build on {wording.listed(weak, 3)}: shown in half of them or fewer."
    return told


def _noticed(choice: Choice, explanation: Explanation) -> None:
    request, noun = choice.request, wording.nouns(explanation.subject)
    found = fetch(
        "separability",
        real_or_made.separability_id(request),
        real_or_made.separability,
        request,
        affinity=request.affinity,
        what="Training a detector",
    )
    if found is None:
        return
    if found["share"] is None:
        st.write("This task has no data of its own to compare the copies with.")
        return
    share = found["share"]
    right = f"{round(10 * share)} of 10"
    if share >= 0.9:
        told = (
            f"Yes, easily: a small detector tells a copy from a real {noun.item} in {right} cases. "
            "A model made to deceive could answer copies politely and real ones otherwise, and "
            "this page would not show it. Whoever made the model must be trusted for that."
        )
    elif share >= 0.65:
        told = (
            f"Often: a small detector tells a copy from a real {noun.item} in {right} cases. A "
            "model made to deceive could use that."
        )
    else:
        told = (
            f"Hardly: a small detector is right in {right} cases, where guessing is right in 5. A "
            "better detector may do more."
        )
    st.write(told)
    st.caption(
        f"Tried on {found['n_real']:,} real {noun.item}s and {found['n_copies']:,} copies it had "
        "not seen. It also means that the model is asked about things unlike those it was trained "
        "on, and its answers to them can be odd."
    )
