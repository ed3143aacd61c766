"""Reading what people bring, of which any may take long or much memory; for the workers.

What is wrong with a file is a result like any other, under "problem": it is found once.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from lime_engine.errors import InputError
from lime_engine.text import TextPerturber
from model_adapters import inspect_network
from ui.figures.pixels import data_uri, displayed
from ui.shell.wording import cell
from ui.upload.reading.bounded import bounded_memory
from ui.upload.reading.pictures import MAX_PICTURES, Picture, read_pictures
from ui.upload.reading.rows import rows_of
from ui.upload.reading.text_files import (
    MAX_TEXTS,
    checked_text,
    decoded,
    longest_column,
    read_table,
    texts_of,
)
from ui.workshop import kept
from ui.workshop.catalogue import load_kept_network
from ui.workshop.column import Column
from ui.workshop.jobs import Report
from ui.workshop.kept import pixels_of
from ui.workshop.store import store

PREVIEWS = 12
PREVIEW_PX = 120
PREVIEW_ROWS = 5
PREVIEW_CHARACTERS = 600
_GONE = "The file is no longer on this server. Choose it again."


def text(name: str, upload_id: str, *, report: Report) -> dict[str, Any]:
    """The one text of a file, kept.

    Returns "source", the id that opens it; "preview"; "counts", see `counts_of`; "remarks".
    """

    def read(data: bytes) -> dict[str, Any]:
        content, remarks = decoded(name, data)
        found = checked_text(content)
        more = "…" if len(found) > PREVIEW_CHARACTERS else ""
        return {
            "source": kept.keep_texts([found]),
            "preview": found[:PREVIEW_CHARACTERS] + more,
            "counts": counts_of(found),
            "remarks": remarks,
        }

    return _read(upload_id, read)


def counts_of(text: str) -> tuple[int, int, int]:
    """Words, different words, and characters of a text."""
    subject = TextPerturber().components(text)
    return sum(len(places) for places in subject.spans), subject.n_components, len(text)


def texts(name: str, upload_id: str, column: str | None, *, report: Report) -> dict[str, Any]:
    """The texts of one column of a table, kept; without a column, of the one with the longest.

    Returns "columns" of the table, the "column" read, "n_rows"; "source", the id that opens the
    texts, "n" of them, the "preview" of a few; "remarks". If there is no text in the column,
    "problem" beside the first three.
    """

    def read(data: bytes) -> dict[str, Any]:
        table = read_table(name, data)
        chosen = column if column in table.columns else longest_column(table)
        found: dict[str, Any] = {
            "columns": table.columns,
            "column": chosen,
            "n_rows": len(table.rows),
            "remarks": list(table.remarks),
        }
        try:
            texts, n_left_out = texts_of(table, chosen)
        except InputError as error:
            return found | {"problem": str(error)}
        if n_left_out:
            found["remarks"].append(
                f"Left out: {n_left_out:,}, because they are empty, have no words, are too long, "
                f"or come after the first {MAX_TEXTS:,}."
            )
        return found | {
            "source": kept.keep_texts(texts),
            "n": len(texts),
            "preview": [text[:PREVIEW_CHARACTERS] for text in texts[:PREVIEW_ROWS]],
        }

    return _read(upload_id, read)


def rows(name: str, upload_id: str, columns: Sequence[Column], *, report: Report) -> dict[str, Any]:
    """The rows of a table, in the order of the model's columns, kept.

    Returns "source", the id that opens them; "n" of them; the "preview" of a few, as they are
    shown; "remarks".
    """

    def read(data: bytes) -> dict[str, Any]:
        table = read_table(name, data)
        found, remarks = rows_of(table, columns)
        return {
            "source": kept.keep_rows([column.name for column in columns], found),
            "n": len(found),
            "preview": [[cell(value) for value in row] for row in found[:PREVIEW_ROWS]],
            "remarks": [*table.remarks, *remarks],
        }

    return _read(upload_id, read)


def _read(upload_id: str, read: Callable[[bytes], dict[str, Any]]) -> dict[str, Any]:
    """What `read` makes of an upload, or what is wrong with it."""
    data = store().read("upload", upload_id)
    if data is None:
        raise InputError(_GONE)  # not a result: it may be brought again
    try:
        with bounded_memory():
            return read(data)
    except InputError as error:
        return {"problem": str(error)}


def pictures(files: tuple[tuple[str, str], ...], *, report: Report) -> dict[str, Any]:
    """The pictures in files, (name, store id) each, and sentences on what was left out.

    Returns "entries", name and store id of each picture; "previews", the first few as data URIs;
    "size", the first one's width and height; "shrunk", whether any was too large; "filled", the
    numbers of those that were seen through in places; "left_out".
    """
    found: list[Picture] = []
    left_out: list[str] = []
    for number, (name, upload_id) in enumerate(files):
        report(number / len(files))
        data = store().read("upload", upload_id)
        if data is None:
            raise InputError(_GONE)
        try:
            with bounded_memory():
                read, told = read_pictures(name, data)
        except InputError as error:
            left_out.append(str(error))
        else:
            found += read
            left_out += told
    if len(found) > MAX_PICTURES:
        left_out.append(f"Only the first {MAX_PICTURES} of {len(found)} pictures are kept.")
        found = found[:MAX_PICTURES]
    return {
        "entries": [[picture.name, store().put("picture", picture.png)] for picture in found],
        "previews": [
            data_uri(displayed(pixels_of(picture.png), PREVIEW_PX), "photograph")
            for picture in found[:PREVIEWS]
        ],
        "size": [found[0].width, found[0].height] if found else None,
        "shrunk": any(picture.was_shrunk for picture in found),
        "filled": [i for i, picture in enumerate(found) if picture.was_filled],
        "left_out": left_out,
    }


def network(network_id: str, *, report: Report) -> dict[str, Any]:
    """What is in a network's file: a `model_adapters.NetworkFacts` as JSON."""
    data = store().read("network", network_id)
    if data is None:
        raise InputError(_GONE)
    return asdict(inspect_network(data))


def check(
    network_id: str, settings: dict[str, Any], picture_id: str, *, report: Report
) -> list[float]:
    """The network's answer to one picture, (n_classes,)."""
    png = kept.picture_png(picture_id)
    if png is None:
        raise InputError(_GONE)
    running = load_kept_network(network_id, settings)
    try:
        answer: list[float] = running(pixels_of(png)[None])[0].tolist()
    finally:
        running.close()
    return answer
