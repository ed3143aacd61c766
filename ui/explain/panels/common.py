"""The parts of the screen Explain that all kinds share, in reading order."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lime_engine.samplers import most_samples
from lime_engine.types import ComponentWeight, Explanation, LinearSurrogate
from ui.explain import beliefs, changes, export
from ui.explain import wording as told
from ui.explain.changes import Changed
from ui.explain.choice import Choice
from ui.explain.figures.waterfall import waterfall_figure, waterfall_in_words
from ui.explain.panels.away import model_to_take
from ui.explain.place import EXPLAIN, about_item, about_numbers, undo_change, write_choice
from ui.explain.sheet import as_csv, codebook
from ui.explain.work import starting
from ui.figures import palette
from ui.figures.answer import answer_bars, verdict_badge
from ui.figures.linked import numbered, telling
from ui.figures.weights import weights_chart
from ui.shell import wording
from ui.shell.address import About, Address
from ui.shell.controls import is_one_of, keyed, segments, told_apart
from ui.shell.waiting import fetch
from ui.shell.widgets import downloads, figure, figure_width, is_dark, linked_figure
from ui.workshop.request import FEW_SAMPLES, N_SAMPLES

# Heights that are kept whatever is shown: nothing moves while parts are switched off, and the
# answer and its reasons fit a laptop's screen.
ANSWER_PX = 164
EDIT_PX = 44  # two lines
FAINT = 0.005  # half a percentage point
NOW, EDITED = "as it is", "with your edits"
_CHARTS = {"each": "One by one", "sum": "Adding up"}
_STYLE = f"""<style>
.st-key-headline h2 {{
  font-size: clamp(1.4rem, 1rem + 1.6vw, 1.75rem); font-weight: 400; padding: 0;
}}
.st-key-headline h2 strong {{ font-weight: 700 }}
.st-key-edit {{ min-height: {EDIT_PX}px }}
.st-key-values-shown > * {{ flex-grow: 1; max-width: calc(50% - .5rem) }}
</style>"""


_INVITATIONS = {
    "text": "Click a word to switch it off, and see what the model says without it.",
    "image": "Click a region to switch it off, and see what the model says without it.",
    "table": "Change a value, and see what the model says then.",
}


def answer(
    choice: Choice, explanation: Explanation, label: int | None, guess: int | None
) -> Changed | None:
    """What the model says, whether it is right, and what an edit made of it.

    Returns its answer to what was edited.
    """
    names = explanation.class_names
    change = changes.changed(choice)
    st.html(_STYLE)
    judged, is_wrong = told.verdict(explanation, label, is_edited=choice.is_changed)
    with st.container(horizontal=True, vertical_alignment="center", key="headline"):
        st.header(headline(explanation, change), anchor=False, width="content")
        if judged:
            st.html(verdict_badge(judged, is_wrong=is_wrong, dark=is_dark()), width="content")
    said, bars = st.columns([3, 2], gap="medium")
    with said, st.container(gap="small", key="edit"):
        told_change(choice, explanation, change)
        notes = [] if guess is None else [f"You said {names[guess]}."]
        notes += [own] if (own := told.each_on_its_own(explanation)) else []
        if notes:
            st.caption(wording.plain(" ".join(notes)))
    with bars:
        width = figure_width("answer-width", 480)
        before = explanation.probabilities
        figure(
            answer_bars(
                names,
                {NOW: before} if change is None else {EDITED: change.answer},
                before=() if change is None else [before],
                width_px=width,
                dark=is_dark(),
                target=explanation.target,
                independent=explanation.settings.mode == "multilabel",
            ),
            key="answer-bars",
            alt=f"{NOW}: {wording.answers(before, names)}"
            + ("" if change is None else f"; {EDITED}: {wording.answers(change.answer, names)}"),
        )
    return change


def headline(explanation: Explanation, change: Changed | None = None) -> str:
    """What the model says; after an edit what it said, and what it says now."""
    names = explanation.class_names
    was, sure = wording.headline(explanation.probabilities, names)
    if change is None:
        return f"The model says **{wording.plain(was)}**, {sure}"
    now, how_sure = wording.headline(change.answer, names)
    is_same = told.said(change.answer) == told.said(explanation.probabilities)
    was, now = wording.plain(was), wording.plain(now)
    if is_same and sure == how_sure:
        return f"The model says **{was}**, {sure}, as before"
    if is_same:
        return f"The model says **{was}**, {sure} → **{how_sure}**, still {now}"
    return f"The model says ~~{was}, {sure}~~ → now **{now}**, {how_sure}"


def why(choice: Choice, explanation: Explanation, title: str, help_text: str) -> DeltaGenerator:
    """What the reasons are for, with how far to believe them; returns the row, for more in it.

    It stands above the item and its bars: on a phone, too, it is seen before either.
    """
    row = st.container(horizontal=True, vertical_alignment="center", gap="small", key="why")
    with row:
        st.markdown(f"**{title}**", help=help_text, width="content")
        how_far(choice, explanation)
    return row


def weights(
    choice: Choice,
    explanation: Explanation,
    help_text: str,
) -> None:
    """How much each component counts."""
    noun = wording.nouns(explanation.subject)
    st.markdown(f"**How much each {noun.part} counts**", help=help_text)
    if choice.chart == "sum" and isinstance(explanation.surrogate, LinearSurrogate):
        adding_up(choice, explanation)
    else:
        _one_by_one(explanation)
    if isinstance(explanation.surrogate, LinearSurrogate):
        segments(
            "Bars",
            _CHARTS,
            choice.chart,
            lambda chart: write_choice(chart=chart),
            label_visibility="collapsed",
        )


def _one_by_one(explanation: Explanation) -> None:
    width = figure_width("weights-width")
    names, called = told.bar_names(explanation), told.names_of(explanation)
    tells = telling(told.weights_of(explanation))
    bars = [w for w in explanation.weights if w.index in tells]
    linked_figure(
        weights_chart(
            [names[w.index] for w in bars],
            [w.weight for w in bars],
            explanation.class_names[explanation.target],
            told.rest_name(explanation),
            ids=[w.index for w in bars],
            intervals=[_whisker(w) for w in bars],
            faded=[w.settled is False for w in bars],
            badges=told.badged(explanation),
            n_left_out=len(explanation.weights) - len(bars),
            width_px=width,
            dark=is_dark(),
        ),
        key="weights-chart",
        alt="; ".join(f"{called[i]} {weight:+.3f}" for i, weight in tells.items()),
    )


def _whisker(weight: ComponentWeight) -> tuple[float, float] | None:
    """Its interval, unless nothing was left to chance."""
    return weight.interval if weight.std_error else None


def adding_up(choice: Choice, explanation: Explanation) -> None:
    """From the model's answer without any of the parts to its answer, step by step."""
    request, target = choice.request, explanation.target
    noun, name = wording.nouns(explanation.subject), explanation.class_names[target]
    start: float | None = fetch(
        "start",
        request.alone().store_id("start", str(target)),
        starting.answer_without_any,
        request.alone(),
        target,
        affinity=request.affinity,
        what=f"Asking the model without any of the {noun.parts}",
    )
    if start is None:
        return
    end = explanation.probabilities[target]
    names = told.names_of(explanation)
    steps = [(names[weight.index], weight.weight) for weight in explanation.weights]
    st.caption(wording.plain(told.adds_up(explanation, start)))
    width = figure_width("waterfall-width")
    figure(
        waterfall_figure(
            steps, start, end, told.starts_from(explanation), name, width_px=width, dark=is_dark()
        ),
        key="waterfall-chart",
        alt=waterfall_in_words(steps, start, end, told.starts_from(explanation)),
    )


def faint(explanation: Explanation) -> None:
    """A remark where no component counts for much."""
    if told.strongest(explanation) < FAINT:
        part = wording.nouns(explanation.subject).part
        st.caption(f"No single {part} moves this answer by even half a percentage point.")


def how_far(choice: Choice, explanation: Explanation) -> None:
    """How far to believe it: in a few words, which open the three beliefs."""
    short = beliefs.in_short(explanation)
    colours = palette.caution_colours if short.warn else palette.quiet_colours
    st.html(_chip_style(*colours(is_dark())))
    icon = ":material/warning:" if short.warn else ":material/check:"
    with (
        st.popover(wording.plain(short.text), icon=icon, key="how-far"),
        st.container(gap="small", key="beliefs"),
    ):
        st.markdown("**How far to believe this explanation**")
        for belief in beliefs.beliefs(explanation):
            with st.container(border=True):
                st.metric(belief.name, belief.value, help=belief.help)
                icon = ":material/warning: " if belief.warn else ""
                st.caption(icon + wording.plain(belief.sentence))
        if why := told.lowered(explanation, choice.n_samples):
            st.caption(":material/info: " + wording.plain(why))
        for caution in beliefs.cautions(explanation):
            st.caption(":material/warning: " + wording.plain(caution))
        _more(choice, explanation)


def _chip_style(ink: str, ground: str, edge: str) -> str:
    """How the button that opens the beliefs looks: rounded, and as much as it warns; and they."""
    chip = ".st-key-how-far button"
    return (
        f"<style>{chip}, {chip}:is(:hover, :focus, [aria-expanded=true]) {{ "
        f"border-radius: 99px; padding: .1rem .75rem; min-height: 2rem; color: {ink}; "
        f"background: {ground}; border-color: {edge} }} "
        f"{chip}:is(:hover, :focus-visible) {{ border-color: {ink} }} "
        '.st-key-beliefs [data-testid="stMetricValue"] { font-size: 1.25rem }</style>'
    )


def _more(choice: Choice, explanation: Explanation) -> None:
    """A button to go on with this run, while more copies could tell more."""
    most = most_samples(explanation.subject.n_components)
    larger = [n for n in (*FEW_SAMPLES, *N_SAMPLES) if explanation.n_samples < n <= most]
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
        help="More copies make the numbers steadier. They do not make the bars tell more.",
    )


def edits(choice: Choice, explanation: Explanation, help_text: str) -> None:
    """What if: the words or regions that are off, by keyboard too; undo and reset."""
    names = dict(enumerate(told.names_of(explanation)))
    first = numbered(told.weights_of(explanation)) if told.badged(explanation) else {}
    switches(
        wording.nouns(explanation.subject),
        {i: names[i] for i in (*first, *names)},
        choice.off,
        at=EXPLAIN,
        about=about_numbers(choice),
        help=help_text,
    )


def switches(
    noun: wording.Nouns,
    names: Mapping[int, str],
    off: Sequence[int],
    *,
    at: Address[Any],
    about: About,
    help: str | None = None,
) -> None:
    """The parts that are off, of those named, to be chosen by keyboard too; and the way back."""
    named = told_apart(names)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        keyed(
            "off",
            list(off),
            lambda key, changed: st.multiselect(
                f"{noun.Parts} switched off",
                list(named),
                format_func=named.__getitem__,
                key=key,
                placeholder=f"Click a {noun.part}, or choose one here",
                select_all=False,
                on_change=changed,
                help=help,
            ),
            lambda told: at.write(off=tuple(told)),
            offers=lambda told: all(is_one_of(part, named) for part in told),
            about=about,
        )
        way_back(is_changed=bool(off), at=at, about=about)


def way_back(*, is_changed: bool, at: Address[Any], about: About) -> None:
    """Undo and reset."""
    with st.container(horizontal=True, gap="small", width="content"):
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
    """In words: what was changed, and what came of it; without a change, how to make one."""
    if not choice.is_changed:
        st.caption(_INVITATIONS[choice.task.kind])
    elif change is None:
        st.caption("The model has not answered your edit yet.")
    else:
        st.caption(wording.plain(changes.in_short(choice, explanation, change)))


def take_away(shown: export.Shown) -> None:
    """Downloads, made when they are asked for."""
    st.markdown("**Take it away**")
    name = f"{shown.choice.task.key}-{shown.choice.model}-{shown.choice.item}"
    with st.container(horizontal=True, vertical_alignment="center"):
        downloads(
            name,
            {
                "Report": (".html", partial(export.as_report, shown)),
                "JSON": (".json", partial(export.as_json, shown)),
                "CSV": (".csv", lambda: as_csv(export.sheet(shown))),
                "Codebook": ("-codebook.csv", lambda: codebook(export.sheet(shown))),
            },
        )
        model_to_take(shown.choice.task, shown.choice.model)
        st.caption("The address of this page shows the same to whoever you send it to.")
