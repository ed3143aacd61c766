"""A run over many items, as it is watched: started, under way, cancelled, gone on with."""

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from ui.figures.palette import counted
from ui.shell.notices import problem, remark
from ui.shell.wording import Nouns, plain
from ui.workshop import runs
from ui.workshop.runs import Run, Work

POLL_SECONDS = 0.5
_TOLD = 50  # items that failed


def explained(
    work: Work,
    rows: Sequence[int],
    noun: Nouns,
    *,
    start: str,
    settle: str,
    intro: str,
    is_main: bool = True,
) -> dict[str, Any] | None:
    """The run of these items, once it has ended; meanwhile what there is to see and do.

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
    n, n_there = len(rows), len(runs.explained_rows(work, rows))
    if n_there == n:
        runs.settle_for(work, rows)
        return runs.ended(work)
    if run is not None and run.error:
        problem(run.error)
    elif n_there:
        st.info(f"{_of(n_there, n, noun)} explained. Nothing of that is lost.")
    else:
        st.write(intro)
    with st.container(horizontal=True):
        label = "Go on" if n_there else start
        kind: Literal["primary", "secondary"] = "primary" if is_main else "secondary"
        st.button(label, key="start-run", type=kind, on_click=_start, args=(work, rows))
        if n_there:
            label = f"{settle} these {n_there:,}"
            st.button(label, on_click=runs.settle_for, args=(work, rows))
    return None


def _of(some: int, n: int, noun: Nouns) -> str:
    """Of which what follows is said: "1 of 20 texts is", "5 of 20 texts are"."""
    return f"{some:,} of {counted(n, noun.item)} {'is' if some == 1 else 'are'}"


def _start(work: Work, rows: Sequence[int]) -> None:
    runs.start(work, rows)


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


def missing(
    work: Work, rows: Sequence[int], run: dict[str, Any], noun: Nouns, *, what: str
) -> None:
    """What of these items could not be, or is not explained yet: `what` is without them."""
    n, failed = len(rows), run["failed"]
    n_left = n - len(run["rows"]) - len(failed)
    last = runs.running(work)
    if last is not None and last.error:
        problem(last.error)
    if n_left > 0:
        without = "it" if n_left == 1 else "them"
        remark(f"{_of(n_left, n, noun)} not explained yet; {what} is without {without}.")
    if failed:
        _failures(noun, failed)
    if n_left > 0 or failed:
        label = "Explain the rest" if n_left else "Try these again"
        st.button(label, on_click=_start, args=(work, rows))


def _failures(noun: Nouns, failed: Sequence[tuple[int, str]]) -> None:
    with st.expander(f"{len(failed):,} could not be explained"):
        for row, why in failed[:_TOLD]:
            st.caption(f"{noun.Item} {row + 1}: {plain(why)}")
