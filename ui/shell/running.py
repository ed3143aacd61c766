"""A run over many items, as it is watched: started, under way, cancelled, gone on with."""

import json
import os
from collections.abc import Callable, Sequence
from typing import Any, Literal

import streamlit as st

from ui.figures.palette import counted
from ui.shell.notices import keeping, problem, remark
from ui.shell.waiting import LONG_SECONDS, beside_cancel, fetch
from ui.shell.wording import Nouns, duration, pace, plain
from ui.workshop import runs
from ui.workshop.request import SAMPLES_OF_MANY
from ui.workshop.runs import Run, Work
from ui.workshop.store import StoreError, store

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
    """The run of these items, or what it has so far (`is_going`); and what there is to do.

    None as long as nothing is explained, or nobody has settled for what is.

    `start` is on the button that begins it, `settle` (before "these 12") on the one that takes
    what there is; `intro` says what will be done. `is_main`: nothing else on the screen is.
    """
    run = runs.running(work)
    if run is not None and not run.ended:
        so_far = run.so_far()
        n_shown = 0 if so_far is None else len(so_far["rows"])
        with beside_cancel("cancel-run", run.stop.set, disabled=run.stop.is_set()):
            _watch(run, n_shown)
        if not run.stop.is_set():
            first = "" if n_shown else " The first ones are shown as soon as they are ready."
            st.caption(f"This goes on when the page is closed; its address leads back here.{first}")
        return so_far
    found = runs.ended(work)
    if found is not None and (found["rows"] or not found["lost"]):
        return found
    n, n_there = len(rows), len(runs.explained_rows(work, rows))
    if n_there == n:
        return _settled(work, rows)
    if found is not None:
        remark(f"{_lost(len(found['lost']), n, noun)}.")
    error = "" if run is None else run.error
    if error:
        problem(error)
    if n_there:
        st.info(f"{_of(n_there, n, noun)} explained. Nothing of that is lost.")
    elif not error:
        st.write(intro)
    with st.container(horizontal=True):
        label = "Go on" if n_there else start
        kind: Literal["primary", "secondary"] = "primary" if is_main else "secondary"
        st.button(label, key="start-run", type=kind, on_click=_start, args=(work, rows))
        if n_there:
            label = f"{settle} these {n_there:,}"
            st.button(label, on_click=keeping(runs.settle_for), args=(work, rows))
    return None


def at_hand(work: Work) -> dict[str, Any] | None:
    """The same, as far as it can be told without doing or showing anything."""
    run = runs.running(work)
    return run.so_far() if run is not None and not run.ended else runs.ended(work)


def made_of(
    run: dict[str, Any],
    of: str,
    kind: str,
    entry_id: str,
    function: Callable[..., Any],
    *args: Any,
    affinity: str,
    what: str,
) -> dict[str, Any] | None:
    """What a worker makes of the items of a run, as `fetch`; `of` names what that is about.

    While the run goes on, which alone can be cancelled then, what was made of fewer of them stays
    until it has made it of more.
    """
    shown = f"made-{kind}-{of}"
    found: dict[str, Any] | None = fetch(
        kind,
        entry_id,
        function,
        *args,
        affinity=affinity,
        what=what,
        is_quiet=bool(run.get("is_going")),
    )
    if found is not None:
        st.session_state[shown] = entry_id
    elif run.get("is_going") and shown in st.session_state:
        raw = store().read(kind, st.session_state[shown])
        found = None if raw is None else json.loads(raw)
    return found


def takes_long(n: int, seconds: float, noun: Nouns) -> str:
    """How long it takes to explain so many by what needs `seconds` for a copy; empty if not long.

    On this machine, whose cores work side by side; a cluster may be faster.
    """
    takes = n * SAMPLES_OF_MANY * seconds / min(n, os.cpu_count() or 1)
    if takes <= LONG_SECONDS:
        return ""
    return (
        f" For each {noun.item} the model is asked about {SAMPLES_OF_MANY} copies, and it takes "
        f"{pace(seconds)} for one: {duration(takes)} in all. What is explained stays."
    )


def _settled(work: Work, rows: Sequence[int]) -> dict[str, Any] | None:
    """All of these items, as a run of them would have ended."""
    try:
        runs.settle_for(work, rows)
    except StoreError as error:  # they are shown all the same
        remark(str(error))
        return {"rows": list(rows), "failed": [], "lost": []}
    return runs.ended(work)


def _lost(n_lost: int, n: int, noun: Nouns) -> str:
    was, them = ("was", "it") if n_lost == 1 else ("were", "them")
    of = f"{n_lost:,} of {counted(n, noun.item)} {was}"
    return f"{of} explained before, but what was kept of {them} is damaged or gone"


def _of(some: int, n: int, noun: Nouns) -> str:
    """Of which what follows is said: "1 of 20 texts is", "5 of 20 texts are"."""
    return f"{some:,} of {counted(n, noun.item)} {'is' if some == 1 else 'are'}"


def _start(work: Work, rows: Sequence[int]) -> None:
    runs.start(work, rows)


@st.fragment(run_every=POLL_SECONDS)
def _watch(run: Run, n_shown: int) -> None:
    """Items done, rate and time left, until the run has ended.

    The whole page runs again when there is more to show than these `n_shown`.
    """
    so_far = run.so_far()
    if run.ended or (so_far is not None and len(so_far["rows"]) > n_shown):
        st.rerun()
        return
    n, n_done = run.n_all, run.n_before + run.n_done
    st.progress(n_done / n if n else 1.0, f"{under_way(run)}…")


def under_way(run: Run) -> str:
    """How far a run has come, of all items that were asked for, and how long it still takes."""
    n_done = run.n_before + run.n_done
    words = f"Explained {n_done:,} of {run.n_all:,}" if n_done else ""
    if run.stop.is_set():
        return f"{words}{': c' if words else 'C'}ancelling"
    if run.state == "waiting":
        return f"{words}{': w' if words else 'W'}aiting for another run to end"
    if run.cluster is not None and not run.cluster.has_workers:
        return f"{words}{': w' if words else 'W'}aiting for a worker of the cluster"
    if not run.n_done:
        return f"{words}{': l' if words else 'L'}oading the model"
    if run.rate is None or run.seconds_left is None:
        return words
    speed = f"{run.rate:.1f} a second" if run.rate >= 1 else f"one every {pace(1 / run.rate)}"
    return f"{words}, {speed}, {duration(run.seconds_left)} left"


def missing(
    work: Work,
    rows: Sequence[int],
    run: dict[str, Any],
    noun: Nouns,
    *,
    what: str,
    order: str = "",
) -> None:
    """What of these items could not be, or is not explained yet: `what` is without them.

    `order` says which ones were explained first, if not just any.
    """
    if run.get("is_going"):
        so_far = counted(len(run["rows"]), noun.item)
        st.caption(f"From {so_far} so far; it changes as more are explained. {order}")
        return
    n, failed, n_lost = len(rows), run["failed"], len(run["lost"])
    n_left = n - len(run["rows"]) - len(failed) - n_lost
    last = runs.running(work)
    if last is not None and last.error:
        problem(last.error)
    if n_lost:
        without = "it" if n_lost == 1 else "them"
        remark(f"{_lost(n_lost, n, noun)}; {what} is without {without}.")
    if n_left > 0:
        without = "it" if n_left == 1 else "them"
        remark(f"{_of(n_left, n, noun)} not explained yet; {what} is without {without}. {order}")
    if failed:
        _failures(noun, failed, is_all=not run["rows"])
    if n_left > 0 or n_lost or failed:
        label = "Explain the rest" if n_left > 0 or n_lost else "Try these again"
        st.button(label, on_click=_start, args=(work, rows))


def _failures(noun: Nouns, failed: Sequence[tuple[int, str]], *, is_all: bool) -> None:
    """Which could not be explained, and why: folded, unless there is nothing else to see."""
    with st.expander(f"{len(failed):,} could not be explained", expanded=is_all):
        for row, why in failed[:_TOLD]:
            st.caption(f"{noun.Item} {row + 1}: {plain(why)}")
