"""Results that may take a while: from the store at once, else from a worker, with progress.

`fetch` is all a page needs: it returns the result, or draws what there is to see meanwhile and
returns None.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lime_engine.errors import Cancelled, InputError, LimeError
from ui.shell.notices import problem, remark
from ui.shell.wording import plain
from ui.workshop.jobs import Job, workers
from ui.workshop.store import store
from ui.workshop.worker import Unkept, store_result

AT_ONCE_SECONDS = 0.4  # a result that comes sooner is shown without a flash of progress
POLL_SECONDS = 0.25
QUEUED_SECONDS = 1.0  # between the polls of whoever waits behind others: a crowd asks less
LONG_SECONDS = 60  # what takes longer is begun when somebody has read how long
NO_FILE = "No file is here yet; one may still be on its way."  # the browser alone knows
_JOBS = "waiting-jobs"
_BEGUN = "waiting-begun"

Way = tuple[str, str, Callable[[], None]]  # a button's label, the key of what it begins, its act


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
    sooner: tuple[str, str] | None = None,
    is_quiet: bool = False,
) -> Any:
    """The result of `function(*args, report=...)`, kept in the store as (`kind`, `entry_id`).

    `what` says in plain words what is being done. `otherwise`, a label and what its button does, is
    offered if the person asked for what there is not, which trying again cannot mend. `sooner` is
    an entry that the function keeps on its way: the page runs again when it is there. `is_quiet`:
    the screen has something else to wait for, and to cancel. None while there is nothing to show:
    progress, "cancelled" or the error is then on the page in its place. A result that cannot be
    kept is there, with the reason, until the viewer moves on.

    A newer run of the page may be at work beside this one, which Streamlit stops at its next
    element: what this one has begun may be gone from the session by then.
    """
    jobs: dict[str, Job[Any]] = st.session_state.setdefault(_JOBS, {})
    key = f"{kind}:{entry_id}"
    for other in [k for k in list(jobs) if k.startswith(f"{kind}:") and k != key]:
        if (left := jobs.pop(other, None)) is not None:
            left.leave()  # the viewer has moved on: nobody waits for that one
    raw = store().read(kind, entry_id)
    if raw is not None:
        jobs.pop(key, None)
        return json.loads(raw)
    job = asked(jobs, kind, entry_id, function, *args, affinity=affinity)
    if not job.wait(AT_ONCE_SECONDS if job.fraction is None else 0):
        notice(f"{what} is still under way.")
        seconds = QUEUED_SECONDS if job.state == "waiting" else POLL_SECONDS
        awaited = None if sooner is None or store().has(*sooner) else sooner
        with nullcontext() if is_quiet else beside_cancel(f"cancel-{key}", job.leave):
            st.fragment(_watch, run_every=seconds)(key, what, awaited, is_quiet)
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
        if isinstance(result, Unkept):  # then the job alone has it
            remark(f"This is shown, but it could not be kept: {result.why}")
            return result.value
        jobs.pop(key, None)
        return result
    return None


def asked(
    jobs: dict[str, Job[Any]],
    kind: str,
    entry_id: str,
    function: Callable[..., Any],
    *args: Any,
    affinity: str,
) -> Job[Any]:
    """The job of `jobs` that makes the store's entry (`kind`, `entry_id`), begun if it is not."""
    key = f"{kind}:{entry_id}"  # shared with whoever else asks for it
    job = jobs.get(key)
    if job is None or job.lapsed:  # a page that was away begins again by itself
        job = jobs[key] = workers().submit(
            key,
            store_result,
            kind,
            entry_id,
            function,
            *args,
            affinity=affinity,
            is_open=_page_is_open(),
        )
    return job


def leave_all() -> None:
    """Wait for nothing any more that this page has asked for."""
    jobs: dict[str, Job[Any]] = st.session_state.pop(_JOBS, {})
    for job in jobs.values():
        job.leave()


@contextmanager
def beside_cancel(
    key: str, cancel: Callable[[], None], *, disabled: bool = False
) -> Iterator[None]:
    """Where progress is shown that polls: beside a button "Cancel" which is not part of it.

    A fragment's click waits for the page's run, if one is under way, and is lost with it when a
    newer one begins. A click outside is a newer run itself.
    """
    bar, button = st.columns([5, 1], vertical_alignment="center")
    button.button("Cancel", key=key, on_click=cancel, disabled=disabled, width="stretch")
    with bar:
        yield


def may_begin(key: str, seconds: float, told: str, ways: Sequence[Way]) -> bool:
    """Whether to begin what takes so long, named by `key`: if it is short, or somebody wants it.

    Until then `told` is on the page, with a button for each of the `ways` to begin.
    """
    begun: set[str] = st.session_state.setdefault(_BEGUN, set())
    if seconds <= LONG_SECONDS or key in begun:
        return True
    if (to_come := _noticed.get()) is not None:
        to_come.is_refused = True
    st.info(plain(told), icon=":material/hourglass_empty:")

    def begin(wanted: str, act: Callable[[], None]) -> None:
        st.session_state.setdefault(_BEGUN, set()).add(wanted)
        act()

    with st.container(horizontal=True):
        for label, wanted, act in ways:
            st.button(label, key=f"begin-{wanted}", on_click=begin, args=(wanted, act))
    return False


def _page_is_open() -> Callable[[], bool]:
    """What says, in any thread, whether a browser shows this session's page."""
    run = get_script_run_ctx(suppress_warning=True)
    session = run.session_id if run is not None else ""
    return lambda: Runtime.exists() and Runtime.instance().is_active_session(session)


def _watch(key: str, what: str, sooner: tuple[str, str] | None, is_quiet: bool) -> None:
    """Progress, a bar or just words (`is_quiet`), until the job ends; then the page runs again.

    So it does when an entry that comes `sooner` is there.

    Its polls are the signs of life without which nobody waits for the job.
    """
    job: Job[Any] | None = st.session_state[_JOBS].get(key)
    is_sooner = sooner is not None and store().has(*sooner)
    if job is None or job.lapsed or is_sooner or job.wait(0):
        st.rerun()
        return
    stage = ""
    if job.state == "waiting":
        stage = ": waiting for a free worker"
    elif job.fraction is None:
        stage = ": getting ready"
    if is_quiet:
        st.caption(f"{what}{stage}…")
    else:
        st.progress(min(1.0, job.fraction or 0.0), f"{what}{stage}…")


def _offer_again(key: str, words: str | None, label: str) -> None:
    """A cancelled or failed job stays so until the viewer asks again."""
    if (to_come := _noticed.get()) is not None:
        to_come.is_refused = True
    if words:
        st.info(words, icon=":material/block:")
    st.button(label, key=f"again-{key}", on_click=lambda: st.session_state[_JOBS].pop(key, None))
