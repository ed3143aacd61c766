"""The log: each event's hash covers the one before, and outlives the event's content."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from trust_study.frozen import canonical
from trust_study.store.tables import ANSWERS, EVENTS, PARTICIPANTS

_START = "0" * 64


def append(
    connection: Connection,
    study_id: int,
    kind: str,
    at: float,
    content: Mapping[str, Any],
    participant_id: int | None = None,
) -> None:
    """Add an event, inside the transaction that it is about (`Database.writing(study_id)`)."""
    last = connection.execute(
        select(EVENTS.c.number, EVENTS.c.chain)
        .where(EVENTS.c.study_id == study_id)
        .order_by(EVENTS.c.number.desc())
        .limit(1)
    ).one_or_none()
    number, before = (last.number + 1, last.chain) if last else (1, _START)
    salt, text = secrets.token_hex(16), canonical(content)
    digest = _digest(salt, text)
    connection.execute(
        insert(EVENTS).values(
            study_id=study_id,
            number=number,
            participant_id=participant_id,
            kind=kind,
            at=at,
            salt=salt,
            content=text,
            digest=digest,
            chain=_link(before, number, participant_id, kind, at, digest),
        )
    )


def faults(connection: Connection, study_id: int) -> list[str]:
    """What does not hold in the study's log, a sentence each; none if nobody has changed it.

    Every link of the chain; the content of every event, unless its participant has withdrawn; and
    that the answers that are kept are those of the log.
    """
    found: list[str] = []
    before, logged = _START, {}
    withdrawn = {
        *connection.scalars(
            select(PARTICIPANTS.c.id).where(
                PARTICIPANTS.c.study_id == study_id, PARTICIPANTS.c.withdrawn_at.is_not(None)
            )
        )
    }
    for number, event in enumerate(
        connection.execute(
            select(EVENTS).where(EVENTS.c.study_id == study_id).order_by(EVENTS.c.number)
        ),
        1,
    ):
        link = _link(before, event.number, event.participant_id, event.kind, event.at, event.digest)
        if event.number != number or event.chain != link:
            found.append(f"Event {number}: the chain is broken.")
        before = event.chain
        if event.content is None:
            if event.participant_id not in withdrawn:
                found.append(f"Event {number}: its content is gone.")
        elif _digest(event.salt or "", event.content) != event.digest:
            found.append(f"Event {number}: its content has been changed.")
        elif event.kind == "answer":
            content = json.loads(event.content)
            logged[event.participant_id, content["item"], content["stage"]] = content["content"]
    kept = {
        (row.participant_id, row.item, row.stage): json.loads(row.content)
        for row in connection.execute(
            select(ANSWERS).join(PARTICIPANTS).where(PARTICIPANTS.c.study_id == study_id)
        )
    }
    if kept != logged:
        found.append("The answers are not those of the log.")
    return found


def _digest(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def _link(
    before: str, number: int, participant_id: int | None, kind: str, at: float, digest: str
) -> str:
    return hashlib.sha256(
        canonical([before, number, participant_id, kind, at, digest]).encode()
    ).hexdigest()
