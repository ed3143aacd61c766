"""Tables that are not CSV: lines of JSON and Parquet files, as lines of text, within bounds."""

import io
import json
import math
import os
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lime_engine.errors import InputError
from ui.upload.reading.workbooks import written

MAX_PARQUET_BYTES = 300_000_000  # unpacked, as the file declares
_BATCH = 1000  # rows of a Parquet file at once
_FIRST_LINE = re.compile(r"\s*(\{.*\})[ \t,]*(?:\r|\n|$)")


def is_json(text: str) -> bool:
    """Whether the text is a list of JSON objects, or lines of them, and no CSV."""
    if re.match(r"\s*\[\s*[\{\]]", text):
        return True
    first = _FIRST_LINE.match(text)
    if first is None:
        return False
    try:
        return isinstance(json.loads(first[1]), dict)
    except (ValueError, RecursionError):
        return False


def json_lines(label: str, text: str, most: int) -> Iterator[list[str]]:
    """The header, which is all names that any object has, and a line for each of `most` objects.

    Raises
    ------
    InputError
        If it is no JSON, or something else than objects.
    """
    names: dict[str, int] = {}
    lines: list[list[str]] = []
    for number, found in _objects(label, text):
        if not isinstance(found, dict):
            raise InputError(
                f"Line {number:,} of “{label}” is no JSON object with names and values, like "
                '{"text": "…", "label": "…"}. Write one a line.'
            )
        line = [""] * len(names)
        for name, value in found.items():
            at = names.setdefault(_whole(name), len(names))
            line += [""] * (at + 1 - len(line))
            line[at] = _cell(value)
        lines.append(line)
        if len(lines) > most:
            break
    yield list(names)
    yield from lines


def _objects(label: str, text: str) -> Iterator[tuple[int, Any]]:
    """What is in the text, with the number of its line, or in a list its place."""
    if text.lstrip().startswith("["):
        try:
            yield from enumerate(json.loads(text), 1)
        except (ValueError, RecursionError) as error:
            raise InputError(
                f"“{label}” begins like a list of JSON objects, but is not one to its end. Export "
                "it again."
            ) from error
        return
    for number, line in enumerate(io.StringIO(text), 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(
                f"Line {number:,} of “{label}” is not JSON. Write one object a line, or save the "
                "table as CSV."
            ) from error


def is_parquet(data: bytes) -> bool:
    """Whether this is a Parquet file."""
    return data.startswith(b"PAR1")


def parquet_lines(label: str, data: bytes, most_columns: int) -> Iterator[list[str]]:
    """The header and the rows of a Parquet file.

    Raises
    ------
    InputError
        If it is damaged or locked, or says of itself that it is too large; also while lines are
        taken.
    """
    try:
        yield from _parquet_lines(label, data, most_columns)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # pyarrow raises whatever comes up in it
        raise InputError(
            f"“{label}” cannot be read as a Parquet file: it is damaged or locked. Write it again, "
            "or save the table as CSV."
        ) from error


def _parquet_lines(label: str, data: bytes, most_columns: int) -> Iterator[list[str]]:
    # Its own reserves a gigabyte at once, which is more than reading a file may take here.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    import pyarrow.parquet as pq  # takes a while to load

    with pq.ParquetFile(io.BytesIO(data)) as file:
        said = file.metadata
        names = file.schema_arrow.names
        total = sum(said.row_group(i).total_byte_size for i in range(said.num_row_groups))
        if total > MAX_PARQUET_BYTES:
            raise InputError(
                f"“{label}” would grow to {total / 1e6:,.0f} MB when it is unpacked; at most "
                f"{MAX_PARQUET_BYTES // 1_000_000} MB are read. Keep only the rows and the columns "
                "that are needed."
            )
        yield [_whole(name) for name in names]
        if len(names) > most_columns:
            return
        for batch in file.iter_batches(batch_size=_BATCH, use_threads=False):
            columns = [[_cell(value) for value in column.to_pylist()] for column in batch.columns]
            yield from (list(row) for row in zip(*columns, strict=True))


def _cell(value: Any) -> str:
    """A value as CSV would have it; what is nested as JSON."""
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if isinstance(value, bytes | bytearray):
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            return ""
    if isinstance(value, dict | list | tuple):
        return _whole(json.dumps(_plain(value), ensure_ascii=False, default=str))
    return written(value)


def _plain(value: Iterable[Any]) -> Any:
    """JSON's keys are texts."""
    if isinstance(value, dict):
        return {str(key): each for key, each in value.items()}
    return value


def _whole(text: str) -> str:
    """The text without half characters, which nothing can show."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
