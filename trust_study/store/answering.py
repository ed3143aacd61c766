"""Answers: each is kept once, the first that came."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.engine import Row

from trust_study.course import Step, position, steps
from trust_study.forms import Value
from trust_study.frozen import canonical
from trust_study.store import events
from trust_study.store.database import Database
from trust_study.store.people import Participant
from trust_study.store.studies import Kept
from trust_study.store.tables import ANSWERS, EVENTS, PARTICIPANTS, STUDIES

MOST_LOGGED = 100  # answers of one participant that were not taken


class Receipt(Enum):
    """What became of a post."""

    STORED = auto()  # now, or by an earlier try of the same form
    AGAIN = auto()  # this step had been answered before, otherwise: that answer stands
    NOT_YET = auto()  # this step does not come yet
    GONE = auto()  # the participant has withdrawn
    ENDED = auto()  # the host has locked the study


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody said at a step, and when."""

    participant_id: int
    step: Step
    content: Mapping[str, Value]
    client: Mapping[str, int]
    answered_at: float


def commit(
    database: Database,
    kept: Kept,
    participant: Participant,
    step: Step,
    form: str,
    content: Mapping[str, Value],
    client: Mapping[str, int],
) -> Receipt:
    """Keep an answer, unless the step has one.

    Parameters
    ----------
    form
        The id of the form it was sent from: the same one, filled in alike, is the same answer.
    client
        What the browser said of the time that it took.
    """
    at = database.clock()
    way = steps(kept.study, participant.seat)
    with database.writing(kept.id) as connection:
        withdrawn_at = connection.execute(
            select(PARTICIPANTS.c.withdrawn_at).where(PARTICIPANTS.c.id == participant.id)
        ).scalar_one()
        if withdrawn_at is not None:
            return Receipt.GONE
        given = _given(connection, participant.id)
        about = {"item": step.item, "stage": step.stage, "content": content}
        if step in given:
            if given[step] == (form, canonical(content)):
                return Receipt.STORED
            if _logged_again(connection, participant.id) < MOST_LOGGED:
                events.append(connection, kept.id, "again", at, about, participant.id)
            return Receipt.AGAIN
        locked_at = connection.execute(
            select(STUDIES.c.locked_at).where(STUDIES.c.id == kept.id)
        ).scalar_one()
        if locked_at is not None:
            return Receipt.ENDED
        place = position(way, given)
        if way[place] != step:
            return Receipt.NOT_YET
        connection.execute(
            insert(ANSWERS).values(
                participant_id=participant.id,
                item=step.item,
                stage=step.stage,
                form=form,
                content=canonical(content),
                client=canonical(client),
                answered_at=at,
            )
        )
        events.append(connection, kept.id, "answer", at, about, participant.id)
        is_last = place + 1 == len(way)
        connection.execute(
            update(PARTICIPANTS)
            .where(PARTICIPANTS.c.id == participant.id)
            .values({"seen_at": at} | ({"finished_at": at} if is_last else {}))
        )
        if is_last:
            events.append(connection, kept.id, "finish", at, {}, participant.id)
    return Receipt.STORED


def answered(database: Database, participant: Participant) -> Mapping[Step, Mapping[str, Value]]:
    """The steps that have an answer, and the answers."""
    with database.reading() as connection:
        given = _given(connection, participant.id)
    return {step: json.loads(content) for step, (_, content) in given.items()}


def of_study(database: Database, study_id: int) -> Sequence[Answer]:
    """All answers that are kept, in the order in which they came."""
    with database.reading() as connection:
        rows = connection.execute(
            select(ANSWERS)
            .join(PARTICIPANTS)
            .where(PARTICIPANTS.c.study_id == study_id)
            .order_by(ANSWERS.c.id)
        ).all()
    return [_answer(row) for row in rows]


def _logged_again(connection: Connection, participant_id: int) -> int:
    return connection.execute(
        select(func.count()).where(
            EVENTS.c.participant_id == participant_id, EVENTS.c.kind == "again"
        )
    ).scalar_one()


def _given(connection: Connection, participant_id: int) -> dict[Step, tuple[str, str]]:
    """The steps that have an answer, with the forms they were sent from and what they say."""
    rows = connection.execute(select(ANSWERS).where(ANSWERS.c.participant_id == participant_id))
    return {Step(row.stage, row.item): (row.form, row.content) for row in rows}


def _answer(row: Row[Any]) -> Answer:
    return Answer(
        row.participant_id,
        Step(row.stage, row.item),
        json.loads(row.content),
        json.loads(row.client),
        row.answered_at,
    )
