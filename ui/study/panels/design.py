"""A study that is being made: its items, what the host sets, what to expect, and the launch."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from trust_study.errors import StudyError
from trust_study.frozen import MAX_PARTICIPANTS, MAX_TEXT, Study
from ui.shell.address import About
from ui.shell.controls import keyed, segments, select, whole_number
from ui.shell.notices import keeping, problem, remark
from ui.shell.waiting import fetch
from ui.shell.wording import plain
from ui.study import draft as drafts
from ui.study import wording
from ui.study.choice import StudyChoice
from ui.study.draft import ITEMS, MAX_SEED, N_EDITED, SEED, Draft
from ui.study.freezing import forked, frozen_study, next_version
from ui.study.place import STUDY, studies_database
from ui.study.work import preparing
from ui.workshop.catalogue import find_task

_NOT_LAUNCHED = "study-not-launched"
GONE = "This draft is no longer on this server. Begin another."


def gone() -> None:
    """The draft in the URL is not here (any more)."""
    remark(GONE)
    st.button("Begin another", type="primary", on_click=STUDY.write, kwargs={"draft": ""})


def settings(choice: StudyChoice, draft: Draft) -> None:
    """What a host sets: few controls in sight."""
    write, about = _writer(choice), STUDY.about(choice, "draft")
    _text("Title", draft.title, write("title"), 200, about)
    with st.container(horizontal=True):
        if not draft.fork:
            offered = {n: str(n) for n in sorted({*ITEMS, draft.n})}
            select("Items", offered, draft.n, write("n"), about=about, width=110)
        select(
            "What people see",
            wording.designs(draft),
            draft.design,
            write("design"),
            about=about,
            width=340,
        )
        people = {"groups": "One kind each", "within": "Everybody all kinds"}
        shown = "within" if draft.is_within else "groups"
        if len(draft.arms) > 1:
            segments(
                "Shared out",
                people,
                shown,
                lambda told: write("is_within")(told == "within"),
                about=about,
                help=wording.SHARED_OUT,
            )
    select(
        "What decides", wording.MEASURES, draft.primary, write("primary"), about=about, width=340
    )
    with st.expander("More settings", key="study-more"):
        _more(draft, write, about)


def _more(draft: Draft, write: Callable[[str], Callable[[Any], None]], about: About) -> None:
    first = {"own": "Own answer first", "advice": "The model's answer at once"}
    segments(
        "Order",
        first,
        "own" if draft.decides_first else "advice",
        lambda told: write("decides_first")(told == "own"),
        about=about,
    )
    for stage, name in wording.STAGES.items():
        _switch(name, stage, draft, write("stages"), about)
        if stage == "choice" and stage in draft.stages:
            _models(draft, write, about)
    _text(
        "Text of the instructions",
        draft.instructions,
        write("instructions"),
        MAX_TEXT,
        about,
        is_long=True,
    )
    _text("Text of the consent", draft.consent, write("consent"), MAX_TEXT, about, is_long=True)
    st.caption("Left empty, a text of ours stands there.")
    with st.container(horizontal=True):
        whole_number(
            st.number_input,
            "At most so many people",
            1,
            MAX_PARTICIPANTS,
            draft.cap,
            write("cap"),
            about=about,
        )
        whole_number(
            st.number_input,
            "Seed",
            0,
            MAX_SEED,
            draft.seed,
            write("seed"),
            about=about,
            help=wording.SEED,
        )
        _text("Completion code", draft.completion_code, write("completion_code"), 100, about)
        _text("Return link (https://)", draft.return_link, write("return_link"), 500, about)
    st.caption(
        "A panel such as Prolific adds its ids to the join link (?PROLIFIC_PID=…), which are kept; "
        "who has finished sees the code and the return link."
    )


def _models(draft: Draft, write: Callable[[str], Callable[[Any], None]], about: About) -> None:
    """What is said of the two models between which people choose."""
    with st.container(horizontal=True):
        _text("The better model", draft.better_model, write("better_model"), 200, about)
        _text("The other model", draft.other_model, write("other_model"), 200, about)
    st.caption(wording.MODELS)


def plan(choice: StudyChoice, draft: Draft, study: Study) -> None:
    """The share of wrong answers, what precision so many people give, and what they cost."""
    from trust_study.scoring.planning import precision

    write, about = _writer(choice), STUDY.about(choice, "draft")
    known = [item.is_right for item in study.items]
    st.write(wording.share(study))
    with st.container(horizontal=True):
        whole_number(
            st.number_input, "People", 2, 2_000, draft.people, write("people"), about=about
        )
        whole_number(
            st.number_input, "Minutes each", 1, 240, draft.minutes, write("minutes"), about=about
        )
        keyed(
            "Pay each",
            draft.price,
            lambda key, changed: st.number_input(
                "Pay each", 0.0, 1000.0, step=0.5, key=key, on_change=changed
            ),
            write("price"),
            offers=lambda told: isinstance(told, float) and 0 <= told <= 1000,
            about=about,
        )
    if True in known and False in known:
        found = precision(
            draft.people,
            known.count(True),
            known.count(False),
            len(draft.arms),
            draft.is_within,
            draft.primary,
        )
        st.write(plain(f"{wording.expected(draft, found)} {wording.cost(draft)}"))
        st.caption(
            "Simulated: people who tell right from wrong with d′ = 1, and differ from each other."
        )


def ready(draft: Draft) -> Study | None:
    """The study as it would be launched; None while its items are being made, or if it cannot."""
    try:
        if draft.fork:
            before = forked(draft)
            if before is None:
                gone()
                return None
            return next_version(draft, before)
        if find_task(draft.task) is None:
            gone()
            return None
        prepared = fetch(
            "study-items",
            draft.items_id,
            preparing.prepared,
            draft.task,
            draft.model,
            draft.source,
            draft.rows,
            draft.n,
            N_EDITED,
            SEED,
            affinity=f"{draft.task}/{draft.model}",
            what="Explaining the items",
        )
        return None if prepared is None else frozen_study(draft, prepared)
    except StudyError as error:
        problem(str(error))
        return None


def launch_button(draft: Draft, study: Study) -> None:
    """Freeze it, open it, and go to its host's page."""
    if (said := st.session_state.pop(_NOT_LAUNCHED, None)) is not None:
        problem(said)
    st.caption(wording.AFTER_LAUNCH)
    st.button(
        "Launch" if draft.version == 1 else f"Launch version {draft.version}",
        type="primary",
        icon=":material/rocket_launch:",
        key=f"launch-{study.sha256[:16]}",
        on_click=keeping(_launch),
        args=(study,),
    )


def _launch(study: Study) -> None:
    from sqlalchemy.exc import SQLAlchemyError

    from trust_study.store import studies

    try:
        launched = studies.launch(studies_database(), study)
    except StudyError as error:
        st.session_state[_NOT_LAUNCHED] = str(error)
    except SQLAlchemyError:
        st.session_state[_NOT_LAUNCHED] = (
            "The study could not be stored: the studies' database does not answer. Try again."
        )
    else:
        STUDY.write(draft="", host=launched.host_token)


def _writer(choice: StudyChoice) -> Callable[[str], Callable[[Any], None]]:
    """What writes one field of the draft."""

    def of(name: str) -> Callable[[Any], None]:
        return keeping(lambda told: drafts.change(choice.draft, **{name: told}))

    return of


def _text(
    label: str,
    value: str,
    write: Callable[[str], None],
    longest: int,
    about: About,
    *,
    is_long: bool = False,
) -> None:
    widget = st.text_area if is_long else st.text_input
    keyed(
        label,
        value,
        lambda key, changed: widget(label, key=key, max_chars=longest, on_change=changed),
        write,
        offers=lambda told: isinstance(told, str) and len(told) <= longest,
        about=about,
    )


def _switch(
    name: str, stage: str, draft: Draft, write: Callable[[Any], None], about: About
) -> None:
    def changed(is_on: bool) -> None:
        others = tuple(each for each in draft.stages if each != stage)
        write((*others, stage) if is_on else others)

    keyed(
        name,
        stage in draft.stages,
        lambda key, on_change: st.toggle(name, key=key, on_change=on_change),
        changed,
        offers=lambda told: isinstance(told, bool),
        about=about,
    )
