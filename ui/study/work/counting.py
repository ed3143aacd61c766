"""The results of a study, counted by a worker."""

from typing import Any

from lime_engine.errors import InputError
from ui.workshop.worker import Report


def counted(database: str, study_id: int, is_rehearsal: bool, *, report: Report) -> dict[str, Any]:
    """What `trust_study.summary.packed` makes of the results so far, of people or of a rehearsal.

    Raises
    ------
    InputError
        If the database, whose address `database` is, does not answer.
    """
    # Here, not above: no screen waits for their libraries.
    from sqlalchemy.exc import SQLAlchemyError

    from trust_study.errors import StudyError
    from trust_study.store import studies
    from trust_study.store.database import Database
    from trust_study.summary import packed, summary

    try:
        opened = Database(database)
        try:
            kept = studies.by_id(opened, study_id)
            return packed(summary(opened, kept, rehearsal=is_rehearsal, report=report))
        finally:
            opened.close()
    except StudyError as error:
        raise InputError(str(error)) from error
    except SQLAlchemyError as error:
        raise InputError(
            "The studies' database does not answer, so nothing was counted. Try again in a minute."
        ) from error
