"""`python -m trust_study.backup FILE`: a copy of the studies, taken while the server runs."""

import os
import subprocess
import sys
from pathlib import Path

from trust_study.errors import DatabaseError, StudyError
from trust_study.store.database import Database, default_url


def back_up(database: Database, file: Path) -> None:
    """Copy everything, as it is at one moment.

    Of SQLite the copy is a database that can be opened; of PostgreSQL an archive of `pg_dump`,
    for `pg_restore`.

    Raises
    ------
    DatabaseError
        If the file is there already, or `pg_dump` is missing or fails.
    """
    if database.is_sqlite:
        database.back_up(file)
        return
    if file.exists():
        raise DatabaseError(f"{file} is there already. Name a file that is not.")
    url = database.url.set(drivername="postgresql", password=None)
    password = database.url.password  # not on a command line, which others may read
    try:
        dump = subprocess.run(
            ["pg_dump", "--format=custom", f"--file={file}", f"--dbname={url}"],
            capture_output=True,
            text=True,
            env={**os.environ, **({"PGPASSWORD": str(password)} if password else {})},
        )
    except FileNotFoundError:
        raise DatabaseError("pg_dump is missing. Install PostgreSQL's client programs.") from None
    if dump.returncode:
        raise DatabaseError(f"pg_dump failed: {dump.stderr.strip()[:300]}")


def main(arguments: list[str]) -> int:
    """Run the command; returns its exit code."""
    if len(arguments) != 1:
        print("usage: python -m trust_study.backup FILE", file=sys.stderr)
        return 2
    try:
        back_up(Database(default_url()), Path(arguments[0]))
    except StudyError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
