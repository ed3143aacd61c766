"""Studies: launched, found again, closed, locked, revealed."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, insert, select, update

from trust_study import frozen
from trust_study.frozen import Study
from trust_study.stages import registry
from trust_study.store import events, tokens
from trust_study.store.database import Database
from trust_study.store.tables import STUDIES

_MARKS = {"close": "closed_at", "lock": "locked_at", "reveal": "revealed_at"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A study in the store."""

    id: int
    code: str
    study: Study
    launched_at: float
    closed_at: float | None
    locked_at: float | None
    revealed_at: float | None


@dataclass(frozen=True, slots=True)
class Launched:
    """What a launch gives to its host: the code to join by, and the secret of the host."""

    id: int
    code: str
    host_token: str


def launch(database: Database, study: Study) -> Launched:
    """Freeze a study and open it.

    Raises
    ------
    DefinitionError
        If one of its pages cannot be drawn.
    """
    registry.check(study)
    at, token, code = database.clock(), tokens.fresh(), tokens.fresh_code()
    with database.writing() as connection:
        study_id = connection.execute(
            insert(STUDIES)
            .values(
                code=code,
                host_hash=tokens.digest(token),
                sha256=study.sha256,
                document=study.document,
                launched_at=at,
            )
            .returning(STUDIES.c.id)
        ).scalar_one()
        events.append(connection, study_id, "launch", at, {"sha256": study.sha256})
    return Launched(study_id, code, token)


def by_code(database: Database, code: str) -> Kept | None:
    """The study that people join by this code."""
    return _find(database, STUDIES.c.code == tokens.typed_code(code))


def by_host(database: Database, token: str) -> Kept | None:
    """The study of the host who holds this secret."""
    return _find(database, STUDIES.c.host_hash == tokens.digest(token))


def by_id(database: Database, study_id: int) -> Kept:
    """The study of this number, which is known to be there."""
    found = _find(database, STUDIES.c.id == study_id)
    if found is None:
        raise LookupError(study_id)
    return found


def close(database: Database, study_id: int) -> None:
    """Let nobody join any more; who has begun may go on."""
    _mark(database, study_id, "close")


def lock(database: Database, study_id: int) -> None:
    """Take no answer any more, of who has begun neither; what is stored stays."""
    _mark(database, study_id, "close", "lock")


def reveal(database: Database, study_id: int) -> None:
    """Show participants what was right; nobody who has seen that may answer, so it locks, too."""
    _mark(database, study_id, "close", "lock", "reveal")


def _mark(database: Database, study_id: int, *acts: str) -> None:
    """Do all of these acts that have not been done, or none."""
    at = database.clock()
    with database.writing(study_id) as connection:
        for act in acts:
            column = STUDIES.c[_MARKS[act]]
            marked = connection.execute(
                update(STUDIES)
                .where(STUDIES.c.id == study_id, column.is_(None))
                .values({column: at})
            )
            if marked.rowcount:
                events.append(connection, study_id, act, at, {})


def _find(database: Database, is_it: ColumnElement[bool]) -> Kept | None:
    small = [column for column in STUDIES.c if column is not STUDIES.c.document]
    with database.reading() as connection:
        row = connection.execute(select(*small).where(is_it)).one_or_none()
    if row is None:
        return None
    study = _study(database, row.id)
    times = row.launched_at, row.closed_at, row.locked_at, row.revealed_at
    return Kept(row.id, row.code, study, *times)


@lru_cache(maxsize=8)
def _study(database: Database, study_id: int) -> Study:
    """The study, which never changes: with its pictures it may have megabytes."""
    with database.reading() as connection:
        return frozen.read(
            connection.execute(
                select(STUDIES.c.document).where(STUDIES.c.id == study_id)
            ).scalar_one()
        )
