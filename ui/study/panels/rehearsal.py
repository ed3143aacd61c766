"""A rehearsal before people come, and what has come of the study so far."""

import secrets
from typing import TYPE_CHECKING

import streamlit as st

from ui.shell.waiting import fetch
from ui.study.panels.host import Hosted
from ui.study.place import doing, undone
from ui.study.work import rehearsing
from ui.workshop.request import store_id

if TYPE_CHECKING:
    from trust_study.store.watching import Watched

N_PEOPLE = 18  # six behaviours in each of three arms
_TOKEN = "study-rehearsal"  # of the session's last one


def rehearsal(hosted: Hosted, *, has_one: bool) -> None:
    """Let simulated people play the whole study, and delete them again."""
    from trust_study.rehearsal.behaviour import MEANING
    from trust_study.store.database import default_url

    with st.expander("Rehearse before people come"):
        st.caption(
            f"{N_PEOPLE} simulated people take part by the pages that people will get. Each does "
            f"one of these: {'; '.join(MEANING.values())}. They take nobody's place, and their "
            "answers are never counted."
        )
        with st.container(horizontal=True):
            st.button("Rehearse", on_click=_begin, disabled=hosted.kept.closed_at is not None)
            if has_one:
                st.button(
                    "Delete the rehearsal", on_click=doing("rehearsal", _delete), args=(hosted,)
                )
        undone("rehearsal")
        if token := st.session_state.get(_TOKEN):
            fetch(
                "study-rehearsal",
                store_id("study-rehearsal", token),
                rehearsing.played,
                default_url(),
                hosted.kept.id,
                pages_url(),
                N_PEOPLE,
                affinity="study",
                what="Simulated people take part",
            )


def so_far(hosted: Hosted, seen: "Watched") -> bool:
    """What has come of the study so far, of people or of a rehearsal; whether there is one."""
    from ui.study.panels import results

    there = [p.is_rehearsal for p in seen.people if p.state != "withdrawn" and p.stored > 1]
    has_one, has_people = any(there), not all(there)
    if there:
        st.header("Results", anchor=False)
        wanted = has_one
        if has_one and has_people:
            wanted = st.toggle("Show the rehearsal's instead", key="study-rehearsed")
        results.so_far(hosted.database, hosted.kept, seen.finished, is_rehearsal=wanted)
    return has_one


def pages_url() -> str:
    """Where this server gives the participants' pages to itself."""
    address = st.get_option("server.address") or ""
    host = "127.0.0.1" if address in ("", "0.0.0.0", "::") else address
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"http://{host}:{st.get_option('server.port')}/{base + '/' if base else ''}s"


def _begin() -> None:
    st.session_state[_TOKEN] = secrets.token_hex(8)


def _delete(hosted: Hosted) -> None:
    from trust_study.store import people

    people.delete_rehearsal(hosted.database, hosted.kept.id)
    st.session_state.pop(_TOKEN, None)
