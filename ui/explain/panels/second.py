"""A second look: does it survive other settings, and could the model tell copies from real ones."""

from collections.abc import Sequence

import streamlit as st

from lime_engine.subjects import ImageSubject
from lime_engine.types import Explanation
from ui.explain import wording as told
from ui.explain.choice import Choice
from ui.explain.figures.survival import Survival, stayed, survival_figure
from ui.explain.panels.patience import may_ask_again
from ui.explain.work import real_or_made, second_look
from ui.figures.cards import pictures_html
from ui.shell import wording
from ui.shell.waiting import fetch
from ui.shell.widgets import figure, figure_width, is_dark

NEWCOMERS = 4  # components that only other variants show


def survives(choice: Choice, explanation: Explanation) -> None:
    """What stays of the explanation when the same is asked in other ways."""
    noun = wording.nouns(explanation.subject)
    st.write(
        f"Which copies are made, how much like this {noun.item} they must be{_and_how(choice)}: "
        f"we chose that, and it says nothing about the model. Do the same {noun.parts} count if "
        "we choose otherwise?"
    )
    if not may_ask_again(choice, "survival", second_look.N_VARIANTS):
        return
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
    names, variants = told.names_of(explanation), found["variants"]
    columns = [{int(i): w for i, w in weights.items()} for weights in found["weights"]]
    if isinstance(explanation.subject, ImageSubject):
        kept = {int(i): n for i, n in found["kept"].items()}
        st.write(wording.plain(_kept_in_words(kept, len(variants), names)))
        title = f"What stayed in {len(variants)} ways to ask"
        uri = found["dark" if is_dark() else "light"]
        st.html(pictures_html([(uri, title)], width_px=second_look.PICTURE_PX))
        st.caption(
            "In colour and outlined: what counts in every way to ask. Paler: in some. Grey: in "
            f"none. Asked as above, and with: {', '.join(variants[1:])}."
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
        "image": ", where one region ends, and what is painted over a region that is off",
        "table": ", and where one range of a value ends and the next begins",
    }[choice.task.kind]


def _kept_in_words(counts: dict[int, int], n: int, names: Sequence[str]) -> str:
    always = sum(count == n for count in counts.values())
    told = f"{always} of {len(counts)} {'stays' if always == 1 else 'stay'} in all {n} ways to ask."
    weak = [names[i] for i, count in counts.items() if count <= n / 2]
    if weak:
        told += f" Do not build on {wording.listed(weak, 3)}: shown in half of them or fewer."
    return told


def noticed(choice: Choice, explanation: Explanation) -> None:
    """How easily the copies could be told from real items."""
    request, noun = choice.request, wording.nouns(explanation.subject)
    found = fetch(
        "separability",
        real_or_made.separability_id(request),
        real_or_made.separability,
        request,
        affinity=request.affinity,
        what="Training a small detector",
    )
    if found is None:
        return
    if found["share"] is None:
        st.write("What the model learned from is not at hand to compare the copies with.")
        return
    share = found["share"]
    right = f"{round(10 * share)} of 10"
    if share >= 0.9:
        told = (
            f"Yes, easily: a small detector tells a copy from a real {noun.item} in {right} cases. "
            "A model made to deceive could behave well on copies and otherwise on real ones, and "
            "this page would not show it. For that, whoever made the model must be trusted."
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
        "not seen. The easier copies are told, the less they are like what the model learned "
        "from, and the odder its answers to them can be."
    )
