"""Participants: joining, being found again, withdrawing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from trust_study.course import Seat
from trust_study.forms import Value
from trust_study.frozen import canonical
from trust_study.store import events, tokens
from trust_study.store.database import Database
from trust_study.store.studies import Kept
from trust_study.store.tables import ANSWERS, EVENTS, PARTICIPANTS, STUDIES


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who has joined. Nothing says who they are."""

    id: int
    study_id: int
    seat: Seat
    is_rehearsal: bool
    outside: Mapping[str, str]
    joined_at: float
    seen_at: float
    finished_at: float | None
    withdrawn_at: float | None

    @property
    def has_finished(self) -> bool:
        return self.finished_at is not None

    @property
    def has_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


def join(
    database: Database,
    kept: Kept,
    form: str,
    agreed: Mapping[str, Value],
    outside: Mapping[str, str],
    *,
    is_rehearsal: bool = False,
) -> str | None:
    """Let somebody in who has agreed.

    Parameters
    ----------
    form
        The id of the form that they sent, a secret of theirs: sent again, it joins nobody anew.
    agreed
        Their consent, which is their first answer.
    outside
        Ids that a panel of people gave them.

    Returns
    -------
    str or None
        Their own secret; None if the study is full or closed.
    """
    token = tokens.follow(form)
    at = database.clock()
    with database.writing(kept.id) as connection:
        is_here = connection.execute(
            select(PARTICIPANTS.c.id).where(PARTICIPANTS.c.token_hash == tokens.digest(token))
        ).one_or_none()
        if is_here:
            return token
        closed_at = connection.execute(
            select(STUDIES.c.closed_at).where(STUDIES.c.id == kept.id)
        ).scalar_one()
        seat = None if closed_at is not None else _free_seat(connection, kept, at, is_rehearsal)
        if seat is None:
            return None
        participant_id = connection.execute(
            insert(PARTICIPANTS)
            .values(
                study_id=kept.id,
                token_hash=tokens.digest(token),
                group=seat.group,
                number=seat.number,
                is_rehearsal=is_rehearsal,
                outside=canonical(outside),
                joined_at=at,
                seen_at=at,
            )
            .returning(PARTICIPANTS.c.id)
        ).scalar_one()
        about = {"group": seat.group, "number": seat.number, "outside": dict(outside)}
        events.append(connection, kept.id, "join", at, about, participant_id)
        connection.execute(
            insert(ANSWERS).values(
                participant_id=participant_id,
                item="",
                stage="consent",
                form=tokens.digest(form),
                content=canonical(agreed),
                client="{}",
                answered_at=at,
            )
        )
        consent = {"stage": "consent", "item": "", "content": agreed}
        events.append(connection, kept.id, "answer", at, consent, participant_id)
    return token


def _free_seat(connection: Connection, kept: Kept, at: float, is_rehearsal: bool) -> Seat | None:
    """A seat in the group with the fewest who have finished or are at it; None if it is full.

    A rehearsal fills groups of its own, and takes nobody's place.
    """
    groups: dict[int, int] = dict.fromkeys(range(len(kept.study.arms)), 0)
    counts_from = at - 60 * kept.study.idle_minutes
    for group, n in connection.execute(
        select(PARTICIPANTS.c.group, func.count())
        .where(
            PARTICIPANTS.c.study_id == kept.id,
            PARTICIPANTS.c.withdrawn_at.is_(None),
            PARTICIPANTS.c.is_rehearsal.is_(is_rehearsal),
            PARTICIPANTS.c.finished_at.is_not(None) | (PARTICIPANTS.c.seen_at > counts_from),
        )
        .group_by(PARTICIPANTS.c.group)
    ):
        groups[group] = n
    if sum(groups.values()) >= kept.study.cap:
        return None
    group = min(groups, key=lambda each: (groups[each], each))
    before = connection.execute(
        select(func.count()).where(
            PARTICIPANTS.c.study_id == kept.id, PARTICIPANTS.c.group == group
        )
    ).scalar_one()
    return Seat(group, before)


def by_token(database: Database, token: str) -> Participant | None:
    """Who holds this secret."""
    with database.reading() as connection:
        row = connection.execute(
            select(PARTICIPANTS).where(PARTICIPANTS.c.token_hash == tokens.digest(token))
        ).one_or_none()
    return None if row is None else _participant(row)


def of_study(database: Database, study_id: int) -> Sequence[Participant]:
    """Everybody who has joined, in the order in which they did."""
    with database.reading() as connection:
        rows = connection.execute(
            select(PARTICIPANTS)
            .where(PARTICIPANTS.c.study_id == study_id)
            .order_by(PARTICIPANTS.c.id)
        ).all()
    return [_participant(row) for row in rows]


def withdraw(database: Database, participant: Participant) -> None:
    """Delete all that somebody said; what is left says that somebody was here."""
    with database.writing(participant.study_id) as connection:
        _delete(connection, participant.study_id, participant.id, database.clock())
    database.forget()


def delete_rehearsal(database: Database, study_id: int) -> int:
    """Delete all that the simulated people of a study said, at once; how many they were."""
    with database.writing(study_id) as connection:
        simulated = connection.scalars(
            select(PARTICIPANTS.c.id).where(
                PARTICIPANTS.c.study_id == study_id,
                PARTICIPANTS.c.is_rehearsal.is_(True),
                PARTICIPANTS.c.withdrawn_at.is_(None),
            )
        ).all()
        for which in simulated:
            _delete(connection, study_id, which, database.clock())
    database.forget()
    return len(simulated)


def _delete(connection: Connection, study_id: int, which: int, at: float) -> None:
    marked = connection.execute(
        update(PARTICIPANTS)
        .where(PARTICIPANTS.c.id == which, PARTICIPANTS.c.withdrawn_at.is_(None))
        .values(withdrawn_at=at, outside=None)
    )
    if marked.rowcount:
        connection.execute(delete(ANSWERS).where(ANSWERS.c.participant_id == which))
        connection.execute(
            update(EVENTS).where(EVENTS.c.participant_id == which).values(salt=None, content=None)
        )
        events.append(connection, study_id, "withdraw", at, {}, which)


def _participant(row: Row[Any]) -> Participant:
    return Participant(
        row.id,
        row.study_id,
        Seat(row.group, row.number),
        row.is_rehearsal,
        json.loads(row.outside or "{}"),
        row.joined_at,
        row.seen_at,
        row.finished_at,
        row.withdrawn_at,
    )
