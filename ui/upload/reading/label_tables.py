"""Labels of pictures, in a table beside them: one column names the file, another what it shows."""

from collections import Counter
from collections.abc import Callable, Sequence

from lime_engine.errors import InputError
from ui.shell.wording import listed
from ui.upload.reading.columns import facts_of, labels_of, proposed_label
from ui.upload.reading.text_files import Table
from ui.workshop.kept import Labels

TABLES = (".csv", ".tsv", ".jsonl", ".xlsx", ".parquet")  # how their names end


def is_label_table(name: str) -> bool:
    """Whether a file beside pictures may say what they show."""
    return name.casefold().endswith(TABLES)


def picture_labels(
    table: Table, pictures: Sequence[str], column: str | None
) -> tuple[Labels, str, list[str], int]:
    """The labels of these files; the column they are from, those there are, and how many are named.

    A picture is found by its path, its name, or its name without the ending. Without `column` the
    likeliest is taken.

    Raises
    ------
    InputError
        If no column names the pictures, or none says what they show.
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
    others = [name for i, name in enumerate(table.columns) if i != of_files]
    facts = [each for each in facts_of(table) if each.name in others and each.n_different]
    if not facts:
        raise InputError(
            f"The table has no column beside {listed([table.columns[of_files]])} that says what "
            "the pictures show. Add one."
        )
    if column not in others:
        column = proposed_label(facts) or min(facts, key=lambda each: each.n_different).name
    at = table.columns.index(column)
    cells = [""] * len(pictures)
    for row in table.rows:
        number = found(row[of_files])
        if number is not None:
            cells[number] = row[at]
    return labels_of(cells, column), column, others, max(hits)


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
