"""A rehearsal, played by a worker over HTTP."""

from lime_engine.errors import InputError
from ui.workshop.worker import Report


def played(database: str, study_id: int, url: str, n_people: int, *, report: Report) -> list[int]:
    """How many simulated people began, and how many answers they sent.

    `database` is the address of the one that the server at `url` uses.

    Raises
    ------
    InputError
        If the rehearsal did not come to its end.
    """
    # Here, not above: no screen waits for their libraries.
    from sqlalchemy.exc import SQLAlchemyError

    from trust_study.errors import StudyError
    from trust_study.rehearsal.play import rehearse
    from trust_study.store import studies
    from trust_study.store.database import Database

    try:
        opened = Database(database)
        try:
            done = rehearse(
                opened,
                studies.by_id(opened, study_id),
                url,
                n_people,
                report=report,
                should_stop=report.should_stop,
            )
        finally:
            opened.close()
    except StudyError as error:
        raise InputError(str(error)) from error
    except SQLAlchemyError as error:
        raise InputError("The studies' database does not answer. Rehearse again.") from error
    return [done.people, done.answers]
