"""A run over many items, as it is watched: started, under way, cancelled, gone on with."""

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from ui.shell.notices import problem, remark
from ui.shell.wording import Nouns, plain
from ui.workshop import runs
from ui.workshop.runs import Run, Work

POLL_SECONDS = 0.5
_TOLD = 50  # items that failed


def explained(
    work: Work,
    n: int,
    noun: Nouns,
    *,
    start: str,
    settle: str,
    intro: str,
    is_main: bool = True,
) -> dict[str, Any] | None:
    """The run of the first n items, once it has ended; meanwhile what there is to see and do.

    `start` is on the button that begins it, `settle` (before "these 12") on the one that takes
    what there is; `intro` says what will be done. `is_main`: nothing else on the screen is.
    """
    run = runs.running(work)
    if run is not None and not run.ended:
        _watch(run)
        return None
    found = runs.ended(work)
    if found is not None:
        return found
    n_there = len(runs.explained_rows(work, n))
    if n_there == n:
        runs.settle_for(work, n)
        return runs.ended(work)
    if run is not None and run.error:
        problem(run.error)
    elif n_there:
        st.info(f"{n_there:,} of {n:,} {noun.item}s are explained. Nothing of that is lost.")
    else:
        st.write(intro)
    with st.container(horizontal=True):
        label = "Go on" if n_there else start
        kind: Literal["primary", "secondary"] = "primary" if is_main else "secondary"
        st.button(label, key="start-run", type=kind, on_click=_start, args=(work, n))
        if n_there:
            label = f"{settle} these {n_there:,}"
            st.button(label, on_click=runs.settle_for, args=(work, n))
    return None


def _start(work: Work, n: int) -> None:
    runs.start(work, n)


@st.fragment(run_every=POLL_SECONDS)
def _watch(run: Run) -> None:
    """Items done, rate, time left and a cancel button, until the run has ended."""
    if run.ended:
        st.rerun()
        return
    n = len(run.todo)
    words = "Waiting for another run to end"
    if run.state == "running":
        words = f"Explained {run.n_done:,} of {n:,}" if run.n_done else "Loading the model"
        if run.rate is not None and run.seconds_left is not None:
            words += f", {run.rate:.1f} a second, about {_time(run.seconds_left)} left"
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(run.n_done / n if n else 1.0, f"{words}…")
    button.button("Cancel", key="cancel-run", on_click=run.stop.set, width="stretch")


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def missing(work: Work, n: int, run: dict[str, Any], noun: Nouns, *, what: str) -> None:
    """What could not be explained, or is not explained yet: `what` is without them."""
    rows, failed = run["rows"], run["failed"]
    n_left = n - len(rows) - len(failed)
    last = runs.running(work)
    if last is not None and last.error:
        problem(last.error)
    if n_left > 0:
        remark(f"{n_left:,} of {n:,} {noun.item}s are not explained yet; {what} is without them.")
    if failed:
        _failures(noun, failed)
    if n_left > 0 or failed:
        label = "Explain the rest" if n_left else "Try these again"
        st.button(label, on_click=_start, args=(work, n))


def _failures(noun: Nouns, failed: Sequence[tuple[int, str]]) -> None:
    with st.expander(f"{len(failed):,} could not be explained"):
        for row, why in failed[:_TOLD]:
            st.caption(f"{noun.Item} {row + 1}: {plain(why)}")
