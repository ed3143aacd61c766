"""Results that may take a while: from the store at once, else from a worker, with progress.

`fetch` is all a page needs: it returns the result, or draws what there is to see meanwhile and
returns None.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from lime_engine.errors import Cancelled, InputError, LimeError
from ui.shell.notices import problem
from ui.workshop.jobs import Job, workers
from ui.workshop.store import store
from ui.workshop.worker import store_result

AT_ONCE_SECONDS = 0.4  # a result that comes sooner is shown without a flash of progress
POLL_SECONDS = 0.25
NO_FILE = "No file is here yet; one may still be on its way."  # the browser alone knows
_JOBS = "waiting-jobs"


@dataclass
class ToCome:
    """What is still to come of what a page fetches and asks for, in sentences."""

    reasons: list[str] = field(default_factory=list)
    is_refused: bool = False  # it cannot come: somebody has to do something first

    @property
    def reason(self) -> str | None:
        """Why it is worth waiting, or None."""
        return None if self.is_refused or not self.reasons else self.reasons[0]


_noticed: ContextVar[ToCome | None] = ContextVar("noticed", default=None)


@contextmanager
def noticing() -> Iterator[ToCome]:
    """Notice what is still to come of what is fetched or asked for inside."""
    to_come = ToCome()
    before = _noticed.set(to_come)
    try:
        yield to_come
    finally:
        _noticed.reset(before)


def notice(reason: str) -> None:
    """Tell whoever is `noticing` what is still to come."""
    if (to_come := _noticed.get()) is not None:
        to_come.reasons.append(reason)


def fetch(
    kind: str,
    entry_id: str,
    function: Callable[..., Any],
    *args: Any,
    affinity: str,
    what: str,
    otherwise: tuple[str, Callable[[], None]] | None = None,
) -> Any:
    """The result of `function(*args, report=...)`, kept in the store as (`kind`, `entry_id`).

    `what` says in plain words what is being done. `otherwise`, a label and what its button does, is
    offered if the person asked for what there is not, which trying again cannot mend. None while
    there is nothing to show: progress, "cancelled" or the error is then on the page in its place.
    """
    jobs: dict[str, Job[Any]] = st.session_state.setdefault(_JOBS, {})
    key = f"{kind}:{entry_id}"
    for other in [k for k in jobs if k.startswith(f"{kind}:") and k != key]:
        jobs.pop(other).leave()  # the viewer has moved on: nobody waits for that one
    raw = store().read(kind, entry_id)
    if raw is not None:
        jobs.pop(key, None)
        return json.loads(raw)
    if key not in jobs:
        jobs[key] = workers().submit(
            key, store_result, kind, entry_id, function, *args, affinity=affinity
        )
    job = jobs[key]
    if not job.wait(AT_ONCE_SECONDS if job.fraction is None else 0):
        notice(f"{what} is still under way.")
        _watch(key, what)
        return None
    try:
        result = job.result()
    except Cancelled:
        _offer_again(key, f"{what}: cancelled. Nothing was lost.", "Start again")
    except LimeError as error:
        problem(str(error))
        if otherwise is not None and isinstance(error, InputError):
            label, act = otherwise
            st.button(label, key=f"otherwise-{key}", on_click=act)
        else:
            _offer_again(key, None, "Try again")
    else:
        del jobs[key]
        return result
    return None


@st.fragment(run_every=POLL_SECONDS)
def _watch(key: str, what: str) -> None:
    """Progress and a cancel button, until the job has ended; then the page runs again."""
    job: Job[Any] | None = st.session_state[_JOBS].get(key)
    if job is None or job.wait(0):
        st.rerun()
        return
    bar, button = st.columns([5, 1], vertical_alignment="center")
    stage = ""
    if job.state == "waiting":
        stage = ": waiting for a free worker"
    elif job.fraction is None:
        stage = ": getting ready"
    bar.progress(min(1.0, job.fraction or 0.0), f"{what}{stage}…")
    button.button("Cancel", key=f"cancel-{key}", on_click=job.leave, width="stretch")


def _offer_again(key: str, words: str | None, label: str) -> None:
    """A cancelled or failed job stays so until the viewer asks again."""
    if (to_come := _noticed.get()) is not None:
        to_come.is_refused = True
    if words:
        st.info(words, icon=":material/block:")
    st.button(label, key=f"again-{key}", on_click=lambda: st.session_state[_JOBS].pop(key, None))
