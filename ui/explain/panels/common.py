"""The parts of the screen Explain that all kinds share, in reading order."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from lime_engine.subjects import ImageSubject, TabularSubject, TextSubject
from lime_engine.types import ComponentWeight, Explanation
from ui.explain import beliefs, changes, export
from ui.explain import wording as told
from ui.explain.changes import Changed
from ui.explain.choice import Choice
from ui.explain.place import EXPLAIN, about_item, undo_change, write_choice
from ui.explain.work import explaining
from ui.figures import markup
from ui.figures.answer import answer_bars
from ui.figures.weights import weights_chart
from ui.shell import wording
from ui.shell.address import About, Address
from ui.shell.controls import is_one_of, keyed, told_apart
from ui.shell.waiting import fetch
from ui.shell.widgets import figure, figure_width, is_dark
from ui.workshop.request import N_SAMPLES

# Heights that are kept whatever is shown: nothing moves while parts are switched off, and the
# answer and its reasons fit a laptop's screen.
ANSWER_PX = 164
FAINT = 0.005  # half a percentage point
NOW, EDITED = "as it is", "with your edits"


_INVITATIONS = {
    "text": "Click a word to switch it off.",
    "image": "Click a region to paint it over.",
    "table": "Change a value, and see what the model says then.",
}


def answer(
    choice: Choice, explanation: Explanation, label: int | None, guess: int | None
) -> Changed | None:
    """What the model says, as a sentence and as bars; returns its answer to what was edited."""
    names = explanation.class_names
    change = changes.changed(choice)
    independent = explanation.settings.mode == "multilabel"
    said, bars = st.columns([2, 3], gap="medium")
    with said:
        now, sure = wording.headline(explanation.probabilities, names)
        st.subheader(f"The model says **{wording.plain(now)}**, {sure}", anchor=False)
        lines = []
        if guess is not None:
            lines.append(f"You said {names[guess]}.")
        if label is not None:
            lines.append(f"In the data it is labelled {names[label]}.")
        if own := told.each_on_its_own(explanation):
            lines.append(own)
        if lines:
            st.caption(wording.plain(" ".join(lines)))
        if not choice.is_changed:
            st.caption(_INVITATIONS[choice.task.kind])
        elif change is not None:
            then, how_sure = wording.headline(change.answer, names)
            st.caption(f"With your edits it says **{wording.plain(then)}**, {how_sure}.")
    with bars, st.container(height=ANSWER_PX if len(names) == 2 else "content", border=False):
        width = figure_width("answer-width")
        series: dict[str, Sequence[float]] = {NOW: explanation.probabilities}
        if change is not None:
            series[EDITED] = change.answer
        figure(
            answer_bars(
                names,
                series,
                width_px=width,
                dark=is_dark(),
                target=explanation.target,
                independent=independent,
            ),
            key="answer-bars",
            alt="; ".join(
                f"{name}: {wording.answers(values, names)}" for name, values in series.items()
            ),
        )
    return change


def weights(explanation: Explanation, names: Sequence[str], help_text: str) -> None:
    """How much each component counts, as bars."""
    noun = wording.nouns(explanation.subject)
    st.markdown(f"**How much each {noun.part} counts**", help=help_text)
    width = figure_width("weights-width")
    shown = [names[weight.index] for weight in explanation.weights]
    figure(
        weights_chart(
            shown,
            [weight.weight for weight in explanation.weights],
            explanation.class_names[explanation.target],
            told.rest_name(explanation),
            intervals=[_whisker(weight) for weight in explanation.weights],
            faded=[weight.settled is False for weight in explanation.weights],
            width_px=width,
            dark=is_dark(),
        ),
        key="weights-chart",
        alt="; ".join(
            f"{name} {w.weight:+.3f}" for name, w in zip(shown, explanation.weights, strict=True)
        ),
    )


def _whisker(weight: ComponentWeight) -> tuple[float, float] | None:
    """Its interval, unless nothing was left to chance."""
    return weight.interval if weight.std_error else None


def faint(explanation: Explanation) -> None:
    """A remark where no component counts for much."""
    if told.strongest(explanation) < FAINT:
        part = wording.nouns(explanation.subject).part
        st.caption(f"No single {part} moves this answer by even half a percentage point.")


def how_far(choice: Choice, explanation: Explanation) -> None:
    """How far to believe it."""
    st.markdown("**How far to believe this explanation**")
    for column, belief in zip(st.columns(3), beliefs.beliefs(explanation), strict=True):
        with column.container(border=True, height="stretch"):
            st.metric(belief.name, belief.value, help=belief.help)
            icon = ":material/warning: " if belief.warn else ""
            st.caption(icon + wording.plain(belief.sentence))
    for caution in beliefs.cautions(explanation):
        st.caption(":material/warning: " + wording.plain(caution))
    _more(choice, explanation)


def _more(choice: Choice, explanation: Explanation) -> None:
    """A button to go on with this run, while more copies could tell more."""
    larger = [n for n in N_SAMPLES if n > explanation.n_samples]
    settled = explanation.stability is not None and explanation.stability.settled
    if explanation.fidelity.exact or settled or not larger:
        return
    wanted = explanation.stability.forecast if explanation.stability else None
    enough = [n for n in larger if n >= (wanted or 0)]
    n = enough[0] if enough else larger[-1]
    about = about_item(choice)
    st.button(
        f"Ask about {n:,} copies instead of {explanation.n_samples:,}",
        icon=":material/add:",
        key=about.key("more-copies"),
        on_click=about.act(lambda: write_choice(samples=n)),
        help="More copies make the numbers steadier. They do not make the imitation fit better.",
    )


def edits(
    choice: Choice,
    explanation: Explanation,
    names: Sequence[str],
    change: Changed | None,
    help_text: str,
) -> None:
    """What if: the words or regions that are off, by keyboard too; undo and reset."""
    noun = wording.nouns(explanation.subject)
    st.markdown(f"**What if these {noun.parts} were not there?**", help=help_text)
    switches(noun, names, choice.off, at=EXPLAIN, about=about_item(choice))
    told_change(choice, explanation, change)


def switches(
    noun: wording.Nouns,
    names: Sequence[str],
    off: Sequence[int],
    *,
    at: Address[Any],
    about: About,
) -> None:
    """The parts that are off, to be chosen by keyboard too; and the way back."""
    named = told_apart(dict(enumerate(names)))
    keyed(
        "off",
        list(off),
        lambda key, changed: st.multiselect(
            f"{noun.Parts} switched off",
            list(named),
            format_func=named.__getitem__,
            key=key,
            placeholder=f"Click a {noun.part} in the {noun.item}, or choose one here",
            select_all=False,
            on_change=changed,
        ),
        lambda told: at.write(off=tuple(told)),
        offers=lambda told: all(is_one_of(part, named) for part in told),
        about=about,
    )
    way_back(is_changed=bool(off), at=at, about=about)


def way_back(*, is_changed: bool, at: Address[Any], about: About) -> None:
    """Undo and reset."""
    with st.container(horizontal=True):
        st.button(
            "Undo",
            key=about.key("undo"),
            icon=":material/undo:",
            disabled=not is_changed,
            on_click=about.act(lambda: undo_change(at)),
        )
        st.button(
            "Reset",
            key=about.key("reset"),
            disabled=not is_changed,
            on_click=about.act(lambda: at.write(off=(), edits=())),
        )


def told_change(choice: Choice, explanation: Explanation, change: Changed | None) -> None:
    """In words: what was changed, and what came of it."""
    told = "The model has not answered your edit yet." if choice.is_changed else "Nothing is off."
    if not choice.is_changed and choice.task.kind == "table":
        told = "Nothing is changed."
    if change is not None:
        told = changes.in_words(choice, explanation, change)
    st.write(wording.plain(told))


def how_it_works(choice: Choice, explanation: Explanation) -> None:
    """Six perturbed copies of this item, with their probability and weight."""
    noun = wording.nouns(explanation.subject)
    opened = st.expander(
        f"How it works, on this very {noun.item}", key="how-it-works", on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        name = explanation.class_names[explanation.target]
        st.write(
            f"{noun.Parts} are {noun.changed} at random, {explanation.n_samples:,} times, and the "
            "model answers each copy. Copies near the original count more. A simple model fitted "
            f"to all the answers, the {told.imitation(explanation)}, gives each {noun.part} its "
            "weight. Six of the copies:"
        )
        request = choice.request
        found = fetch(
            "copies",
            request.store_id("copies", str(explanation.target)),
            explaining.copies,
            request,
            explanation.target,
            affinity=request.affinity,
            what="Fetching six copies",
        )
        if found is not None:
            st.html(_copies(explanation, found, name))


def _copies(explanation: Explanation, found: list[dict[str, Any]], name: str) -> str:
    match explanation.subject:
        case TextSubject() as subject:
            return markup.copies_table(subject, found, name, dark=is_dark())
        case ImageSubject():
            uris = [copy["picture"] for copy in found]
            return markup.picture_copies_table(uris, found, name, dark=is_dark())
        case TabularSubject() as subject:
            shown = [weight.index for weight in explanation.weights]
            return markup.row_copies_table(subject, found, name, shown, dark=is_dark())


def about(choice: Choice) -> None:
    """Where the data comes from, and the planted flaw for those who want to know."""
    task = choice.task
    with st.expander("About this data and its models", key="about"):
        st.write(wording.plain(task.summary))
        for card in task.models:
            st.write(f"**{wording.plain(card.name)}**: {wording.plain(card.summary)}")
        st.caption(wording.plain(task.source))
        if task.flaw is not None and st.toggle("Reveal the known flaw", key="reveal"):
            st.write(wording.plain(task.flaw.summary))


def take_away(shown: export.Shown) -> None:
    """Downloads, made when they are asked for."""
    st.markdown("**Take it away**")
    name = f"{shown.choice.task.key}-{shown.choice.model}-{shown.choice.item}"
    with st.container(horizontal=True, vertical_alignment="center"):
        for title, make, ending, mime in (
            ("Report", export.as_report, "html", "text/html"),
            ("JSON", export.as_json, "json", "application/json"),
            ("CSV", export.as_csv, "csv", "text/csv"),
        ):
            st.download_button(
                title,
                partial(make, shown),
                f"{name}.{ending}",
                mime,
                icon=":material/download:",
                on_click="ignore",
            )
        st.caption("The address of this page shows the same to whoever you send it to.")
