"""Where a host is, in the URL; the studies' database, and what is done in it."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, ParamSpec

import streamlit as st

from trust_study.errors import StudyError
from ui.shell.address import Address
from ui.shell.notices import problem
from ui.study.choice import NAMES, StudyChoice, read_choice

if TYPE_CHECKING:
    from trust_study.store.database import Database

P = ParamSpec("P")
_NOT_DONE = "study-not-done"
STUDY: Address[StudyChoice] = Address("study", NAMES, read_choice)


def studies_database() -> "Database":
    """The database that `DATABASE_URL` names now, opened once.

    Its library takes a second or two to import: no screen but this one waits for it.

    Raises
    ------
    DatabaseError
        If it cannot be opened.
    """
    from trust_study.store.database import default_url

    return _opened(default_url())


@lru_cache(maxsize=2)
def _opened(url: str) -> "Database":
    from trust_study.store.database import Database

    return Database(url)


def why(error: Exception) -> str:
    """What to say when the studies' database fails."""
    if isinstance(error, StudyError):
        return str(error)
    return "The studies' database does not answer at the moment. Try again in a minute."


def doing(where: str, act: Callable[P, object]) -> Callable[P, None]:
    """`act`, a callback in the studies' database: if that fails, `undone(where)` says why."""

    @wraps(act)
    def done(*args: P.args, **kwargs: P.kwargs) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            act(*args, **kwargs)
        except (StudyError, SQLAlchemyError) as error:
            st.session_state[f"{_NOT_DONE}-{where}"] = f"This was not done. {why(error)}"

    return done


def undone(where: str) -> None:
    """What has not been done, and why, beside the buttons that were to do it."""
    if (said := st.session_state.pop(f"{_NOT_DONE}-{where}", None)) is not None:
        problem(said)
