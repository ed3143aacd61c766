"""Who is in a study and how far they are, for its host."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select

from trust_study.course import Seat, steps
from trust_study.store import people
from trust_study.store.database import Database
from trust_study.store.people import Participant
from trust_study.store.studies import Kept
from trust_study.store.tables import ANSWERS, PARTICIPANTS

State = Literal["active", "idle", "cut short", "finished", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Person:
    """One participant: how many answers are stored of how many, and seconds since the last one."""

    number: int
    state: State
    stored: int
    total: int
    seconds: float
    is_rehearsal: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """The study at this moment; the counts are of people, not of a rehearsal."""

    people: Sequence[Person]
    answers: int
    is_locked: bool

    @property
    def finished(self) -> int:
        """How many people have finished."""
        return self.counts["Finished"]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many have joined (they consented in the same act), and what became of them.

        Who was at it when the study was locked is no longer active or idle, but cut short.
        """
        real = [person.state for person in self.people if not person.is_rehearsal]
        going: tuple[State, ...] = ("cut short",) if self.is_locked else ("active", "idle")
        states: tuple[State, ...] = (*going, "finished", "withdrawn")
        became = {state.capitalize(): real.count(state) for state in states}
        return {"Joined": len(real), **became, "Answers stored": self.answers}


def watched(database: Database, kept: Kept) -> Watched:
    """Everybody in the study."""
    with database.reading() as connection:
        rows = connection.execute(
            select(ANSWERS.c.participant_id, func.count())
            .join(PARTICIPANTS)
            .where(PARTICIPANTS.c.study_id == kept.id)
            .group_by(ANSWERS.c.participant_id)
        ).all()
    stored = {row[0]: row[1] for row in rows}
    now = database.clock()
    total = len(steps(kept.study, Seat(0, 0)))  # everybody has as many, in an order of their own
    found = [
        Person(
            number,
            _state(who, now, kept),
            stored.get(who.id, 0),
            total,
            now - who.seen_at,
            who.is_rehearsal,
        )
        for number, who in enumerate(people.of_study(database, kept.id), 1)
    ]
    answers = sum(person.stored for person in found if not person.is_rehearsal)
    return Watched(found, answers, kept.locked_at is not None)


def _state(who: Participant, now: float, kept: Kept) -> State:
    if who.has_withdrawn:
        return "withdrawn"
    if who.has_finished:
        return "finished"
    if kept.locked_at is not None:
        return "cut short"
    return "active" if now - who.seen_at < 60 * kept.study.idle_minutes else "idle"
