"""The screen Study: make a study, launch it, watch it, reveal it, take it away."""

import streamlit as st

from ui.shell.notices import problem
from ui.study import draft as drafts
from ui.study.panels import beginning, design, host, preview, rehearsal
from ui.study.place import STUDY, why


def render() -> None:
    """Show the screen."""
    choice = STUDY.current()
    if choice.host:
        _launched(choice.host)
        return
    st.title("Do explanations help people to trust the right answers?", anchor=False)
    if not choice.draft:
        beginning.beginning()
        return
    draft = drafts.read(choice.draft)
    if draft is None:
        design.gone()
        return
    design.settings(choice, draft)
    study = design.ready(draft)
    if study is not None:
        preview.items(draft, study)
        design.plan(choice, draft, study)
        design.launch_button(draft, study)


def _launched(token: str) -> None:
    """What the host of a study sees."""
    from sqlalchemy.exc import SQLAlchemyError

    from trust_study.errors import StudyError

    try:
        found = host.found(token)
        if found is None:
            host.nobody()
            return
        host.head(found)
        host.inviting(found)
        seen = host.looked(found)
        host.monitor(found, seen)
        host.acts(found, can_export=seen is not None)
        if seen is None:
            return
        place = st.container()
        has_rehearsal = rehearsal.so_far(found, seen)
        with place:
            rehearsal.rehearsal(found, has_one=has_rehearsal)
    except (StudyError, SQLAlchemyError) as error:
        problem(why(error))
        st.button("Try again")
