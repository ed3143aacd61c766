"""A table beside pictures: one column names the file, another what it shows."""

from collections import Counter
from collections.abc import Callable, Sequence

from lime_engine.errors import InputError
from ui.shell.wording import listed
from ui.upload.reading.columns import ColumnFacts, labels_of, proposed_label
from ui.upload.reading.text_files import Table
from ui.workshop.kept import Labels

TABLES = (".csv", ".tsv", ".jsonl", ".xlsx", ".parquet")  # how their names end


def is_label_table(name: str) -> bool:
    """Whether a file beside pictures may say what they show."""
    return name.casefold().endswith(TABLES)


def picture_rows(table: Table, pictures: Sequence[str]) -> tuple[str, list[int]]:
    """The column that names these files, and the row of each picture, -1 for none.

    A picture is found by its path, its name, or its name without the ending.

    Raises
    ------
    InputError
        If no column names the pictures.
    """
    ways = [_by(key, pictures) for key in (_path, _name, _stem)]

    def found(cell: str) -> int | None:
        keys = zip(ways, (_path(cell), _name(cell), _stem(cell)), strict=True)
        return next((way[key] for way, key in keys if key in way), None)

    hits = [
        len({at for row in table.rows if (at := found(row[i])) is not None})
        for i in range(len(table.columns))
    ]
    if not any(hits):
        raise InputError(
            "No column of the table names the pictures. Give one the files' names, like "
            "“cat-1.png”, and another what they show."
        )
    of_files = hits.index(max(hits))
    rows = [-1] * len(pictures)
    for number, row in enumerate(table.rows):
        picture = found(row[of_files])
        if picture is not None:
            rows[picture] = number
    return table.columns[of_files], rows


def picture_labels(
    table: Table,
    facts: Sequence[ColumnFacts],
    of_files: str,
    rows: Sequence[int],
    column: str | None,
) -> tuple[Labels, str]:
    """The labels of pictures with these rows, and the column they are from.

    Without `column` the likeliest is taken.

    Raises
    ------
    InputError
        If no column says what they show.
    """
    others = [each for each in facts if each.name != of_files]
    full = [each for each in others if each.n_different]
    if not full:
        raise InputError(
            f"The table has no column beside {listed([of_files])} that says what the pictures "
            "show. Add one."
        )
    if column not in [each.name for each in others]:
        column = proposed_label(full) or min(full, key=lambda each: each.n_different).name
    at = table.columns.index(column)
    cells = ["" if row < 0 else table.rows[row][at] for row in rows]
    return labels_of(cells, column, apart=table.how.apart), column


def _by(key: Callable[[str], str], pictures: Sequence[str]) -> dict[str, int]:
    """The number of each picture whose key no other has."""
    keys = [key(name) for name in pictures]
    counts = Counter(keys)
    return {each: i for i, each in enumerate(keys) if each and counts[each] == 1}


def _path(name: str) -> str:
    return name.strip().replace("\\", "/").removeprefix("./").casefold()


def _name(name: str) -> str:
    return _path(name).rpartition("/")[2]


def _stem(name: str) -> str:
    stem, dot, ending = _name(name).rpartition(".")
    return stem if dot and ending.isalnum() and len(ending) <= 5 else _name(name)
