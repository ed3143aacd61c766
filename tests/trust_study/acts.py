"""Short ways to do what participants do, for tests of the store."""

from trust_study.course import Step, position, steps
from trust_study.store import answering, people, studies, tokens
from trust_study.store.answering import Receipt
from trust_study.store.database import Database
from trust_study.store.people import Participant
from trust_study.store.studies import Kept


def launched(database: Database, study: object) -> Kept:
    """The study, launched."""
    return studies.by_id(database, studies.launch(database, study).id)  # type: ignore[arg-type]


def joined(database: Database, kept: Kept) -> Participant | None:
    """Somebody new; None if nobody is let in."""
    token = people.join(database, kept, tokens.fresh(), {"agreed": 1}, {})
    return None if token is None else people.by_token(database, token)


def answer(
    database: Database, kept: Kept, who: Participant, step: Step, said: int = 1, form: str = ""
) -> Receipt:
    """Say something at a step."""
    content = {"answer": said, "confidence": 80}
    form = form or tokens.fresh()
    return answering.commit(database, kept, who, step, form, content, {"seconds": 3})


def finish(database: Database, kept: Kept, who: Participant) -> None:
    """Answer all that is left."""
    way = steps(kept.study, who.seat)
    for step in way[position(way, answering.answered(database, who)) :]:
        assert answer(database, kept, who, step) is Receipt.STORED
