"""A launched study, as its host sees it: who is in it, how people join, and what can be done."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import streamlit as st

from trust_study.errors import StudyError
from ui.shell.notices import keeping, problem, remark
from ui.shell.wording import plain
from ui.study import draft as drafts
from ui.study import wording
from ui.study.place import STUDY, doing, studies_database, undone, why

if TYPE_CHECKING:
    from trust_study.frozen import Study
    from trust_study.store.database import Database
    from trust_study.store.studies import Kept
    from trust_study.store.watching import Watched

POLL_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Hosted:
    """A study with the database that it is in, and the secret of who looks at it."""

    database: "Database"
    kept: "Kept"
    token: str


def found(token: str) -> Hosted | None:
    """The study of this host; None if the secret is nobody's."""
    from trust_study.store import studies

    database = studies_database()
    kept = studies.by_host(database, token)
    return None if kept is None else Hosted(database, kept, token)


def nobody() -> None:
    """The secret in the URL is nobody's."""
    remark("This link is no host's. Open the link that you were given when you launched the study.")


def head(hosted: Hosted) -> None:
    """What it is called, and what people can still do."""
    kept = hosted.kept
    st.title(plain(kept.study.title), anchor=False)
    version = kept.study.made_with.get("version", "1")
    st.caption(f"Version {version}, {kept.study.sha256[:12]}. {wording.state(kept)}")


def inviting(hosted: Hosted) -> None:
    """How people join, while they can: the link, its spoken code and its QR."""
    if hosted.kept.closed_at is not None:
        st.info(wording.KEEP_LINK, icon=":material/key:")
        return
    link = join_link(hosted.kept.code)
    words, picture = st.columns([3, 1], gap="large")
    with words:
        st.header(spoken(hosted.kept.code), anchor=False)
        st.caption(plain(f"Scan, or type this code at {link.rpartition('/')[0]}/"))
        st.code(link, language=None)
        st.info(wording.KEEP_LINK, icon=":material/key:")
    with picture:
        st.html(
            f'<img src="{qr(link)}" alt="QR code of the link" style="background:#fff;width:100%;'
            'max-width:240px;border-radius:8px">'
        )


def join_link(code: str) -> str:
    """Where people join: below `PUBLIC_URL`, or where the host's browser is."""
    here = urlsplit(st.context.url or "")
    base = os.environ.get("PUBLIC_URL", "").rstrip("/") or f"{here.scheme}://{here.netloc}"
    return f"{base}/s/{code}"


def spoken(code: str) -> str:
    """The code in two parts, as it is read out: "BCD FGH"."""
    return f"{code[: len(code) // 2]} {code[len(code) // 2 :]}"


def qr(link: str) -> str:
    """The link as a QR code, a picture's data URI: `st.html` takes out SVG that stands in it."""
    import segno

    drawn: str = segno.make(link, error="m").png_data_uri(scale=8, border=2)
    return drawn


def looked(hosted: Hosted) -> "Watched | None":
    """Everybody in the study as this run of the page finds them; None if that cannot be read."""
    from sqlalchemy.exc import SQLAlchemyError

    from trust_study.store.watching import watched

    try:
        return watched(hosted.database, hosted.kept)
    except (StudyError, SQLAlchemyError):
        return None  # `monitor` says why


@st.fragment(run_every=POLL_SECONDS)
def monitor(hosted: Hosted, before: "Watched | None") -> None:
    """Who has joined and how far they are; it refreshes itself.

    Parameters
    ----------
    before
        What the page's run has found. The page runs again, for its results, when others have
        finished since, or when the study can be read again.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from trust_study.store.watching import watched

    try:
        seen = watched(hosted.database, hosted.kept)
    except (StudyError, SQLAlchemyError) as error:
        problem(why(error))
        return
    if before is None or seen.finished != before.finished:
        st.rerun()
    _who(seen)
    if said := _not_exported().get(hosted.kept.id):
        problem(said)


def _who(seen: "Watched") -> None:
    """Everybody, counted and one by one."""
    st.subheader("Who is here", anchor=False)
    with st.container(horizontal=True):
        for name, number in seen.counts.items():
            st.metric(name, f"{number:,}", width=110, help=wording.COUNTED.get(name))
    if not seen.people:
        st.caption("Nobody has joined yet.")
        return
    st.dataframe(
        [
            {
                "No.": person.number,
                "State": person.state,
                "Answers": person.stored,
                "Last seen": ago(person.seconds),
                "Rehearsal": "yes" if person.is_rehearsal else "",
            }
            for person in sorted(seen.people, key=lambda each: each.is_rehearsal)
        ],
        hide_index=True,
        column_config={
            "Answers": st.column_config.ProgressColumn(
                format=f"%d of {seen.people[0].total}", max_value=seen.people[0].total
            )
        },
    )


def ago(seconds: float) -> str:
    """How long it is since somebody was seen."""
    if seconds < 60:
        return "just now"
    return f"{seconds / 60:.0f} min ago" if seconds < 5400 else f"{seconds / 3600:.0f} h ago"


def acts(hosted: Hosted, *, can_export: bool) -> None:
    """What the host can do: close, lock, reveal, make a new version, take all away if it can be."""
    from trust_study.store import studies

    kept = hosted.kept
    with st.container(horizontal=True):
        st.button(
            "Close" if kept.closed_at is None else "Closed",
            icon=":material/door_front:",
            disabled=kept.closed_at is not None,
            on_click=doing("Close", studies.close),
            args=(hosted.database, kept.id),
            help="Nobody can join any more; who has begun may go on.",
        )
        _for_good(hosted, "Lock", "lock", studies.lock, wording.LOCK, done_at=kept.locked_at)
        _for_good(
            hosted, "Reveal", "visibility", studies.reveal, wording.REVEAL, done_at=kept.revealed_at
        )
        st.button(
            "Make a new version",
            icon=":material/call_split:",
            on_click=keeping(_fork),
            args=(kept.study,),
            help="The same items with other settings, and a link of its own; the two never mix.",
        )
        not_exported = _not_exported()
        st.download_button(
            "Export",
            lambda: archive(hosted, not_exported),
            f"study-{kept.code}.zip",
            "application/zip",
            icon=":material/download:",
            on_click="ignore",
            disabled=not can_export,
        )
    undone("Close")
    if kept.revealed_at is not None:
        _right_answers(kept.study)


def _for_good(
    hosted: Hosted,
    name: str,
    icon: str,
    act: Callable[["Database", int], None],
    meaning: str,
    *,
    done_at: float | None,
) -> None:
    """An act that cannot be undone: says what it means, and asks once more."""
    icon = f":material/{icon}:"
    if done_at is not None:  # another element, so that what was asked goes
        st.button(f"{name}ed", icon=icon, disabled=True)
        return
    with st.popover(name, icon=icon):
        undone(name)
        st.caption(meaning)
        at = hosted.database, hosted.kept.id
        st.button(f"{name} for good", on_click=doing(name, act), args=at)


def _right_answers(study: "Study") -> None:
    """What the model said, what is right, and what should not have mattered."""
    st.subheader("What was right", anchor=False)
    labels = study.labels
    st.dataframe(
        [
            {
                "Item": wording.item_name(number, item),
                "The model": labels[item.advice],
                "Right": "not known" if item.truth is None else labels[item.truth],
                "Should not matter": ", ".join(c.name for c in item.components if c.is_flaw),
            }
            for number, item in enumerate(study.items, 1)
        ],
        hide_index=True,
    )


def archive(hosted: Hosted, not_made: dict[int, str]) -> bytes:
    """The ZIP, made at a click, while no page runs; if it cannot be, `not_made` gets to know why.

    Of what fails there Streamlit says only that it did.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from trust_study import export

    try:
        made = export.archive(hosted.database, hosted.kept)
    except (StudyError, SQLAlchemyError) as error:
        not_made[hosted.kept.id] = f"The ZIP was not made. {why(error)}"
        raise
    not_made.pop(hosted.kept.id, None)
    return made


def _not_exported() -> dict[int, str]:
    """Why this session's last export of a study, by its number, has failed."""
    said: dict[int, str] = st.session_state.setdefault("study-not-exported", {})
    return said


def _fork(study: "Study") -> None:
    STUDY.write(draft=drafts.begin(drafts.fork(study)), host="")
