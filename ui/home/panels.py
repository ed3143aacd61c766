"""The demos on Home: a card each, and the others in one line."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lime_engine.errors import LimeError
from lime_engine.subjects import ImageSubject, TabularSubject, TextSubject
from lime_engine.types import Explanation
from sample_models import Task
from sample_models.types import Kind
from ui.explain.choice import first_choice
from ui.explain.work import explaining
from ui.figures import cards, markup, palette, pixels
from ui.figures.answer import verdict_badge
from ui.figures.bars import bars_html
from ui.home.wording import really, says
from ui.shell import wording
from ui.shell.presenting.lock import is_locked
from ui.shell.screens import leave_for
from ui.shell.waiting import asked
from ui.shell.widgets import is_dark
from ui.shell.wording import NOUNS, plain
from ui.workshop.jobs import Job
from ui.workshop.store import store
from ui.workshop.worker import Unkept

POLL_SECONDS = 0.5
WIDTHS = {"text": 5, "image": 4, "table": 5}  # of the cards: a picture as tall needs less
STRONGEST = 4  # words beside the text that has them all
_JOBS = "home-demos"
# What is still to come has its room, so that nothing moves when it is there.
_STYLE = """<style>
[class*="st-key-says-"] { min-height: 4rem }
[class*="st-key-says-"] > :first-child p { font-size: 1.25rem; font-weight: 600 }
.demo { min-height: 19.5rem }
.demo img { border-radius: .5rem }
.demo .to-come { background: rgba(134, 141, 149, .18); border-radius: .25rem; margin: 0 0 .9rem }
</style>"""


def legend() -> None:
    """What the colours mean, before the first of them."""
    dark = is_dark()

    def chip(weight: float, words: str) -> str:
        line = palette.mark_colour(weight > 0, dark)
        style = (
            f"background:{palette.signed_colour(weight, 1.0, dark)};border-radius:.25em;"
            f"padding:0 .35em;border-bottom:2px {'solid' if weight > 0 else 'dashed'} {line}"
        )
        return f'<span style="{style};white-space:nowrap">{words}</span>'

    st.html(
        f'{_STYLE}<div style="line-height:1.9">{chip(0.7, "orange, solid line")} speaks for the '
        f"answer, {chip(-0.7, 'purple, dashed line')} against it. The number is how far the answer "
        "moves: +0.10 is ten percentage points.</div>"
    )


def demos(tasks: Sequence[Task]) -> None:
    """A card each, side by side, filled as soon as the workers have explained it."""
    columns = st.columns([WIDTHS[task.kind] for task in tasks])
    is_to_come = False
    for number, (column, task) in enumerate(zip(columns, tasks, strict=True)):
        with column.container(border=True, height="stretch"):
            found, comes = _explained(task)
            _card(task, found, comes=comes)
            st.button(
                "See why",
                key=f"demo-{task.key}",
                type="primary" if number == 0 else "secondary",
                width="stretch",
                on_click=leave_for,
                args=("explain", first_choice(task).params()),
            )
        is_to_come = is_to_come or comes
    if is_to_come:
        _watch()


def _explained(task: Task) -> tuple[Mapping[str, Any] | None, bool]:
    """What the workers made of the task's demo, if it is there; if not, whether it will be."""
    jobs: dict[str, Job[Any]] = st.session_state.setdefault(_JOBS, {})
    request = first_choice(task).request
    entry_id = request.store_id("explanation")
    raw = store().read("explanation", entry_id)
    if raw is not None:
        jobs.pop(f"explanation:{entry_id}", None)
        return json.loads(raw), False
    job = asked(
        jobs,
        "explanation",
        entry_id,
        explaining.explanation,
        request,
        affinity=request.affinity,
    )
    if not job.wait(0):
        return None, True
    try:
        result = job.result()
    except LimeError:
        return None, False  # the button leads to where it is said why
    return result.value if isinstance(result, Unkept) else result, False


@st.fragment(run_every=POLL_SECONDS)
def _watch() -> None:
    """Run the page again as soon as one more demo is there."""
    jobs: dict[str, Job[Any]] = st.session_state.get(_JOBS, {})
    if any(job.lapsed or job.wait(0) for job in jobs.values()):
        st.rerun()


def _card(task: Task, found: Mapping[str, Any] | None, *, comes: bool) -> None:
    st.caption(plain(task.title))
    said = st.container(key=f"says-{task.key}", gap=None)
    if found is None:
        said.markdown(plain(task.question))
        told = task.question if is_locked() else task.summary
        st.html(_demo(_to_come(task.kind) if comes else markup.text_html(told)))
        return
    explanation = Explanation.from_dict(found["explanation"])
    names = explanation.class_names
    answer, sure = wording.headline(explanation.probabilities, names)
    is_told = found["label"] is not None and not is_locked()
    label = names[found["label"]] if is_told else None
    said.markdown(says(answer, sure))
    if label is not None:
        with said.container(horizontal=True, vertical_alignment="center", gap="small"):
            if told := really(task.kind, answer, label):
                st.markdown(told, width="content")
            judged, is_wrong = ("right", False) if label == answer else ("wrong", True)
            st.html(verdict_badge(judged, is_wrong=is_wrong, dark=is_dark()), width="content")
    st.html(_demo(_reasons(explanation)))


def _demo(inside: str) -> str:
    return f'<div class="demo">{inside}</div>'


def _to_come(kind: Kind) -> str:
    """The place of what is still to come."""
    blocks = {
        "text": "".join(_block("1.1rem", f"{wide}%") for wide in (100, 94, 98, 60))
        + "".join(_block("1.9rem", f"{wide}%") for wide in (90, 72, 40)),
        "image": _block("auto", "100%;aspect-ratio:1"),
        "table": "".join(_block("1.9rem", f"{wide}%") for wide in (100, 72, 64, 48, 40, 32)),
    }
    told = f"The model is being asked about copies of this {NOUNS[kind].item}."
    return f'<div role="status" aria-label="{told}">{blocks[kind]}</div>'


def _block(tall: str, wide: str) -> str:
    return f'<div class="to-come" style="height:{tall};width:{wide}"></div>'


def _reasons(explanation: Explanation) -> str:
    """The item with what counts in it, as HTML."""
    weights = {weight.index: weight.weight for weight in explanation.weights}
    names = wording.part_names(explanation.subject)
    strongest = sorted(weights.items(), key=lambda pair: -abs(pair[1]))
    bars = [(names[i], weight) for i, weight in strongest]
    match explanation.subject:
        case TextSubject() as subject:
            text, spans = markup.excerpt(subject)
            places = [spans.get(i, ()) for i in range(subject.n_components)]
            shown = markup.as_html(text, places, weights, dark=is_dark())
            return f"{shown}<br>{bars_html(bars[:STRONGEST], dark=is_dark())}"
        case ImageSubject() as subject:
            uri = pixels.data_uri(cards.explained_picture(subject, weights), "photograph")
            alt = f"The picture; what counts: {wording.listed([name for name, _ in bars])}"
            return markup.picture_html(uri, alt)
        case TabularSubject():
            return bars_html(bars, dark=is_dark())


def more(others: Sequence[Task]) -> None:
    """The other built-in tasks, in one line."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("More to try:", width="content")
        for task in others:
            st.button(
                plain(task.title),
                key=f"demo-{task.key}",
                type="tertiary",
                on_click=leave_for,
                args=("explain", first_choice(task).params()),
            )
