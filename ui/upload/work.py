"""Reading what people bring, of which any may take long or much memory; for the workers.

What is wrong with a file is a result like any other, under "problem": it is found once.
"""

import base64
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from lime_engine.errors import InputError, LimeError
from lime_engine.text import TextPerturber
from model_adapters import NetworkError, Scaling, inspect_model, inspect_network
from sample_models.starters import STARTERS
from sample_models.types import Kind
from ui.figures.pixels import data_uri, displayed
from ui.shell.wording import listed
from ui.upload.reading.bounded import bounded_memory
from ui.upload.reading.columns import (
    ColumnFacts,
    facts_of,
    guessed,
    label_candidates,
    label_spellings,
    labels_of,
    proposed_label,
    proposed_text,
)
from ui.upload.reading.columns import own_rows as typed_rows
from ui.upload.reading.label_tables import is_label_table, picture_labels, picture_rows
from ui.upload.reading.pictures import MAX_PICTURES, NotRead, pictures_in
from ui.upload.reading.predictions import found_in, predictions_of, proposed_predictions
from ui.upload.reading.rows import UNKNOWN, rows_of
from ui.upload.reading.text_files import (
    AS_IT_LOOKS,
    MAX_TEXTS,
    FoundText,
    ReadAs,
    Table,
    read_table,
    texts_in,
    texts_of,
)
from ui.upload.reading.zips import folder_labels, folder_spellings
from ui.workshop import kept
from ui.workshop.catalogue import load_kept_network
from ui.workshop.column import Column
from ui.workshop.jobs import Report
from ui.workshop.kept import Labels, pixels_of
from ui.workshop.store import store
from ui.workshop.trained.data import Pictures, frame_of
from ui.workshop.trained.own import MODEL, settings_of, start

PREVIEWS = 12
PREVIEW_PX = 120
SMALL_PX = 64  # of pictures beside what a network says of them
MAX_SET_BYTES = 400_000_000  # of the pictures of a set, as they are kept
MAX_TABLES = 3  # in a zip of pictures; the first is read
_TRIED = 50  # rows: of fewer, a column of numbers may look like one of words
_TRIED_AT_ONCE = 32  # pictures: so many are in memory
_TIMED = 8  # texts or pictures, of fewer the first so often: how long many take at once
_SAID = 3  # sentences on what was left out
_GONE = "The file is no longer on this server. Choose it again."


def starter(key: str, *, report: Report) -> str:
    """A file to begin with, in base64."""
    return base64.b64encode(STARTERS[key].write(report)).decode()


def text_files(
    files: tuple[tuple[str, str], ...], apart: bool = False, *, report: Report
) -> dict[str, Any]:
    """The texts of files and of zips of them, (name, store id) each, kept.

    Returns "source", the id that opens them; "n" of them; "labels", see `_told`, the folders of
    zips, and their "spellings", which may be kept `apart`; of a single text its "counts", see
    `counts_of`; "remarks".
    """
    texts: list[str] = []
    folders: list[str] = []
    left_out: list[str] = []
    told: list[str] = []  # about encodings
    for number, (name, upload_id) in enumerate(files):
        report(number / len(files))
        try:
            with bounded_memory():
                for found in texts_in(name, _brought(upload_id)):
                    if isinstance(found, FoundText):
                        texts.append(found.text)
                        folders.append(found.folder)
                        told += found.remarks
                    else:
                        left_out.append(found)
        except InputError as error:
            left_out.append(str(error))
    if not texts:
        return {"problem": " ".join(left_out[:_SAID])}
    labels = folder_labels(folders, apart=apart)
    source = kept.keep_texts(texts, labels)
    for _, upload_id in files:
        store().made(upload_id, source)
    return {
        "source": source,
        "n": len(texts),
        "labels": _told(labels),
        "spellings": folder_spellings(folders),
        "counts": counts_of(texts[0]) if len(texts) == 1 else None,
        "remarks": _few(told) + _few(left_out, "files were left out"),
    }


def _few(lines: Sequence[str], more: str = "files") -> list[str]:
    rest = len(lines) - _SAID
    return [*lines[:_SAID], *([f"And {rest:,} more {more}."] if rest > 0 else [])]


def _told(labels: Labels | None) -> list[list[Any]]:
    """Name and number of items of each label; empty without any."""
    if labels is None:
        return []
    counts = Counter(labels.of)
    return [[name, counts[number]] for number, name in enumerate(labels.names)]


def counts_of(text: str) -> tuple[int, int, int]:
    """Words, different words, and characters of a text."""
    subject = TextPerturber().components(text)
    return sum(len(places) for places in subject.spans), subject.n_components, len(text)


@dataclass(frozen=True, slots=True)
class PredictedAs:
    """Which columns are predictions, None for those that look so.

    `of` are (column, class) of single columns of probabilities, where somebody says it.
    """

    columns: tuple[str, ...] | None = None
    of: tuple[tuple[str, str], ...] = ()


AS_THEY_LOOK = PredictedAs()


def texts(
    name: str,
    upload_id: str,
    column: str | None,
    label: str | None,
    predicted: PredictedAs = AS_THEY_LOOK,
    how: ReadAs = AS_IT_LOOKS,
    *,
    report: Report,
) -> dict[str, Any]:
    """The texts of one column of a table, kept, with the labels in another.

    Without `column` the one that looks like texts, without `label` the one that looks like labels;
    none if that is empty. Returns "columns" of the table, the "column" and the "label" read,
    "label_too", see `_label_too`, "facts" (`ColumnFacts` as JSON), "form", "n_rows"; "source", the
    id that opens the texts, "n" of them, "labels", see `_told`, and their "spellings"; "predicted"
    and "predictions", see `_predictions`; "remarks". If they cannot be read, "problem" beside the
    first ones.
    """

    def read(data: bytes) -> dict[str, Any]:
        table = read_table(name, data, how)
        facts = facts_of(table)
        chosen = column if column in table.columns else proposed_text(table, facts)
        of = _label_among(label, [c for c in table.columns if c != chosen], facts)
        said = _predicted(table, facts, of, (chosen,), predicted)
        found: dict[str, Any] = {
            "predicted": said,
            "columns": table.columns,
            "column": chosen,
            "label": of,
            "label_too": _label_too(of, {chosen, *said}, facts),
            "facts": [asdict(each) for each in facts],
            "form": table.form,
            "n_rows": len(table.rows),
            "remarks": list(table.remarks),
        }
        try:
            texts, numbers = texts_of(table, chosen)
            found["spellings"] = _spellings(table, of, numbers)
            labels = _labels(table, of, numbers)
        except InputError as error:
            return found | {"problem": str(error)}
        n_left_out = len(table.rows) - len(texts)
        if n_left_out:
            found["remarks"].append(
                f"Left out: {n_left_out:,}, because they are empty, have no words, are too long, "
                f"or come after the first {MAX_TEXTS:,}."
            )
        predictions, told = _predictions(table, facts, said, predicted, labels, numbers)
        return (
            found
            | told
            | {
                "source": kept.keep_texts(texts, labels, predictions),
                "n": len(texts),
                "labels": _told(labels),
            }
        )

    return _read(upload_id, read)


def _predicted(
    table: Table,
    facts: Sequence[ColumnFacts],
    label: str,
    without: Sequence[str],
    predicted: PredictedAs,
) -> list[str]:
    """The columns of predictions: as chosen, or as proposed."""
    if predicted.columns is None:
        return proposed_predictions(table, facts, label, without)
    others = {label, *without}
    return [c for c in table.columns if c in predicted.columns and c not in others]


def _predictions(
    table: Table,
    facts: Sequence[ColumnFacts],
    columns: Sequence[str],
    predicted: PredictedAs,
    labels: Labels | None,
    numbers: Sequence[int],
) -> tuple[list[kept.Predictions], dict[str, Any]]:
    """What models elsewhere have said of these rows; and what is told of it.

    "predictions", each a `predictions.Found` as JSON; "unread", a sentence on each that cannot be.
    """
    if labels is None:
        unread = ["Predictions are scored against labels: say which column has them."]
        return [], {"predictions": [], "unread": unread if columns else []}
    found = found_in(table, columns, facts, labels, dict(predicted.of))
    read, unread = predictions_of(table, found, facts, labels, numbers)
    return read, {"predictions": [asdict(each) for each in found], "unread": unread}


def _label_among(label: str | None, columns: Sequence[str], facts: Sequence[ColumnFacts]) -> str:
    """The label's column: as chosen, or as proposed; empty for none."""
    if label is not None and (not label or label in columns):
        return label
    return proposed_label([each for each in facts if each.name in columns]) or ""


def _label_too(label: str, used: Collection[str], facts: Sequence[ColumnFacts]) -> list[str]:
    """What else may be the labels where the likeliest column is taken, but not called so."""
    first, *others = label_candidates([each for each in facts if each.name not in used]) or [""]
    return others if label == first else []


def _labels(table: Table, column: str, numbers: Sequence[int]) -> Labels | None:
    """The labels of these rows."""
    if not column:
        return None
    return labels_of(_cells(table, column, numbers), column, apart=table.how.apart)


def _spellings(table: Table, column: str, numbers: Sequence[int]) -> list[list[str]]:
    """Of each label of these rows that is written in several ways, these; -1 is no row."""
    return label_spellings(_cells(table, column, numbers)) if column else []


def _cells(table: Table, column: str, numbers: Sequence[int]) -> list[str]:
    at = table.columns.index(column)
    return [table.rows[number][at] for number in numbers if number >= 0]


def rows(
    name: str,
    upload_id: str,
    columns: Sequence[Column],
    label: str | None,
    predicted: PredictedAs = AS_THEY_LOOK,
    how: ReadAs = AS_IT_LOOKS,
    *,
    report: Report,
) -> dict[str, Any]:
    """The rows of a table, in the order of the model's columns, kept, with labels in another.

    Returns "source", the id that opens them; "n" of them; "others", the columns that the model
    does not know, which of them is the "label", and "label_too", see `_label_too`; "labels", see
    `_told`, and their "spellings"; "predicted" and "predictions", see `_predictions`; "form";
    "remarks".
    """

    def read(data: bytes) -> dict[str, Any]:
        table = read_table(name, data, how)
        facts = facts_of(table)
        found, numbers, used, remarks = rows_of(table, columns)
        others = [c for i, c in enumerate(table.columns) if i not in used]
        of = _label_among(label, others, facts)
        without = [table.columns[place] for place in used]
        said = _predicted(table, facts, of, without, predicted)
        if of:
            remarks = [line for line in remarks if not line.startswith(UNKNOWN)]
            if aside := [c for c in others if c not in (of, *said)]:
                remarks.append(f"{UNKNOWN}{listed(aside)}: left aside.")
        labels = _labels(table, of, numbers)
        predictions, told = _predictions(table, facts, said, predicted, labels, numbers)
        names = [column.name for column in columns]
        return told | {
            "source": kept.keep_rows(names, found, labels, predictions),
            "predicted": said,
            "form": table.form,
            "n": len(found),
            "others": others,
            "label": of,
            "label_too": _label_too(of, {*without, *said}, facts),
            "labels": _told(labels),
            "spellings": _spellings(table, of, numbers),
            "remarks": [*table.remarks, *remarks],
        }

    return _read(upload_id, read)


def own_rows(
    name: str,
    upload_id: str,
    label: str | None,
    left_out: tuple[str, ...] | None,
    predicted: PredictedAs = AS_THEY_LOOK,
    how: ReadAs = AS_IT_LOOKS,
    *,
    report: Report,
) -> dict[str, Any]:
    """The rows of a table with columns of its own, kept, with the labels in one of them.

    Without `left_out` those columns are that look like ids. Returns "columns", the "label",
    "label_too", see `_label_too`, and "left_out", "facts" (`ColumnFacts` as JSON), "form";
    "source", "n", "labels", see `_told`, and their "spellings"; "predicted" and "predictions", see
    `_predictions`; "remarks". If they cannot be read, "problem" beside the first ones.
    """

    def read(data: bytes) -> dict[str, Any]:
        table = read_table(name, data, how)
        facts = facts_of(table)
        of = _label_among(label, table.columns, facts)
        said = _predicted(table, facts, of, (), predicted)
        out = [f.name for f in facts if (f.is_id if left_out is None else f.name in left_out)]
        out = [name for name in out if name not in said]
        aside = {*out, *said, of}
        used = [f for f in facts if f.name not in aside and f.form != "nothing"]
        found: dict[str, Any] = {
            "predicted": said,
            "columns": table.columns,
            "label": of,
            "label_too": _label_too(of, said, facts),
            "left_out": [name for name in out if name != of],
            "facts": [asdict(each) for each in facts],
            "form": table.form,
            "remarks": [*table.remarks, *(guessed(each) for each in used if each.is_guess)],
        }
        if not used:
            return found | {"problem": "No column is left to judge by. Leave fewer of them out."}
        numbers = range(len(table.rows))
        found["spellings"] = _spellings(table, of, numbers)
        try:
            labels = _labels(table, of, numbers)
        except InputError as error:
            return found | {"problem": str(error)}
        typed = typed_rows(table, used)
        predictions, told = _predictions(table, facts, said, predicted, labels, numbers)
        names = [each.name for each in used]
        return (
            found
            | told
            | {
                "source": kept.keep_rows(names, typed, labels, predictions),
                "n": len(typed),
                "labels": _told(labels),
            }
        )

    return _read(upload_id, read)


def _brought(upload_id: str) -> bytes:
    data = store().read("upload", upload_id)
    if data is None:
        raise NotThere(_GONE)  # not a result: it may be brought again
    return data


class NotThere(LimeError):
    """What was brought is no longer in the store."""


def _read(upload_id: str, read: Callable[[bytes], dict[str, Any]]) -> dict[str, Any]:
    """What `read` makes of an upload, or what is wrong with it."""
    data = _brought(upload_id)
    try:
        with bounded_memory():
            found = read(data)
    except InputError as error:
        return {"problem": str(error)}
    if "source" in found:
        store().made(upload_id, found["source"])
    return found


def pictures(
    files: tuple[tuple[str, str], ...], apart: bool = False, *, report: Report
) -> dict[str, Any]:
    """The pictures in files, (name, store id) each, kept, and sentences on what was left out.

    Returns "source", the id that opens the set, None without any; "n" of them; "size", the first
    one's width and height; "shrunk", whether any was too large; "n_filled",
    how many were seen through in places; "labels", see `_told`, the folders of zips, and their
    "spellings", which may be kept `apart`; "tables", name and store
    id of files that may say what the pictures show; "left_out".
    """
    entries: list[tuple[str, str]] = []
    folders: list[str] = []
    filled: list[int] = []
    tables: list[list[str]] = []
    left_out: list[str] = []
    size: list[int] | None = None
    is_shrunk, n_bytes = False, 0
    for number, (name, upload_id) in enumerate(files):
        data = _brought(upload_id)
        if is_label_table(name):
            tables.append([name, upload_id])
            continue
        part = report.part(number / len(files), (number + 1) / len(files))
        try:
            with bounded_memory():
                for found in pictures_in(name, data, MAX_PICTURES, part):
                    if isinstance(found, NotRead):
                        is_one_more = len(tables) < MAX_TABLES and is_label_table(found.name)
                        if found.content and is_one_more:
                            tables.append([found.name, store().put("upload", found.content)])
                        else:
                            left_out.append(found.why)
                    elif len(entries) == MAX_PICTURES or n_bytes > MAX_SET_BYTES:
                        left_out.append(
                            f"Only the first {len(entries):,} pictures are kept: a set has at most "
                            f"{MAX_PICTURES:,}, and {MAX_SET_BYTES // 1_000_000} MB."
                        )
                        break
                    else:
                        if found.was_filled:
                            filled.append(len(entries))
                        entries.append((found.name, store().put("picture", found.png)))
                        folders.append(found.folder)
                        size = size or [found.width, found.height]
                        is_shrunk = is_shrunk or found.was_shrunk
                        n_bytes += len(found.png)
        except InputError as error:
            left_out.append(str(error))
    labels = folder_labels(folders, apart=apart)
    source = kept.keep_pictures(tuple(entries), filled, labels) if entries else None
    for _, upload_id in files:
        made = [entry_id for _, entry_id in entries] + [entry_id for _, entry_id in tables]
        store().made(upload_id, *made, *([source] if source is not None else []))
    return {
        "source": source,
        "n": len(entries),
        "size": size,
        "shrunk": is_shrunk,
        "n_filled": len(filled),
        "labels": _told(labels),
        "spellings": folder_spellings(folders),
        "tables": tables,
        "left_out": left_out,
    }


def labelled_pictures(
    source: str,
    name: str,
    upload_id: str,
    label: str | None,
    predicted: PredictedAs = AS_THEY_LOOK,
    how: ReadAs = AS_IT_LOOKS,
    *,
    report: Report,
) -> dict[str, Any]:
    """A set of pictures with the labels of a table beside them, and predictions made elsewhere.

    Returns "source", the id that opens it so; the column of the "label", "label_too", see
    `_label_too`, and the "columns" there are; "n_named", how many pictures the table names;
    "labels", see `_told`, and their "spellings"; "predicted" and "predictions", see `_predictions`.
    """

    def read(data: bytes) -> dict[str, Any]:
        pictures = kept.pictures(source)
        if pictures is None:
            raise NotThere(_GONE)
        table = read_table(name, data, how)
        facts = facts_of(table)
        of_files, numbers = picture_rows(table, [name for name, _ in pictures])
        labels, of = picture_labels(table, facts, of_files, numbers, label)
        said = _predicted(table, facts, of, (of_files,), predicted)
        n_named = sum(number >= 0 for number in numbers)
        if n_named == len(numbers):
            predictions, told = _predictions(table, facts, said, predicted, labels, numbers)
        else:
            why = (
                f"Predictions are needed for every picture, and the table names {n_named:,} of "
                f"{len(numbers):,}. Add the others to it."
            )
            predictions, told = [], {"predictions": [], "unread": [why] if said else []}
        return told | {
            "source": kept.keep_labelled("image", source, labels, predictions),
            "label": of,
            "label_too": _label_too(of, {of_files, *said}, facts),
            "columns": [each for each in table.columns if each != of_files],
            "predicted": said,
            "n_named": n_named,
            "labels": _told(labels),
            "spellings": _spellings(table, of, numbers),
        }

    return _read(upload_id, read)


def small_pictures(source: str, first: int, *, report: Report) -> list[str]:
    """Some pictures of a set in small, from the first on, as data URIs."""
    pictures = kept.pictures(source) or ()
    found = (kept.picture_png(entry_id) for _, entry_id in pictures[first : first + PREVIEWS])
    return [
        data_uri(displayed(pixels_of(png), PREVIEW_PX), "photograph")
        for png in found
        if png is not None
    ]


def network(network_id: str, *, report: Report) -> dict[str, Any]:
    """What is in a network's file: a `model_adapters.NetworkFacts` as JSON."""
    data = store().read("network", network_id)
    if data is None:
        raise InputError(_GONE)
    return asdict(inspect_network(data))


def under_each(
    network_id: str,
    settings: dict[str, Any],
    scalings: tuple[Scaling, ...],
    source: str,
    n: int,
    *,
    report: Report,
) -> dict[str, Any]:
    """The network's answers to the first `n` pictures of a set, under each of the scalings.

    Returns "names" of the pictures, and "small", the first one as a data URI; by scaling "said",
    the likeliest class of each and its probability, "first", the whole answer to the first, and
    "problems", the sentence why there are none.
    """
    pictures = (kept.pictures(source) or ())[:n]
    found: dict[str, Any] = {"names": [], "small": "", "said": {}, "first": {}, "problems": {}}
    running = load_kept_network(network_id, settings)
    try:
        for start in range(0, len(pictures), _TRIED_AT_ONCE):
            part = [
                (name, png)
                for name, entry_id in pictures[start : start + _TRIED_AT_ONCE]
                if (png := kept.picture_png(entry_id)) is not None
            ]
            if not part:
                raise InputError(_GONE)
            pixels = [pixels_of(png) for _, png in part]
            found["names"] += [name for name, _ in part]
            found["small"] = found["small"] or data_uri(
                displayed(pixels[0], SMALL_PX), "photograph"
            )
            for number, scaling in enumerate(scalings):
                report((start + number / len(scalings) * len(part)) / len(pictures))
                if scaling in found["problems"]:
                    continue
                try:
                    answers = running.under(pixels, scaling)
                except NetworkError as error:
                    found["problems"][scaling] = str(error)
                    continue
                best = answers.argmax(axis=1)
                sure = answers[range(len(best)), best]
                said = found["said"].setdefault(scaling, [])
                said += zip(best.tolist(), sure.tolist(), strict=True)
                found["first"].setdefault(scaling, answers[0].tolist())
    finally:
        running.close()
    if not found["names"]:
        raise InputError(_GONE)
    for scaling in found["problems"]:
        found["said"].pop(scaling, None)
    return found


def model(model_id: str, *, report: Report) -> dict[str, Any]:
    """What is in the file of a model of texts or rows: a `ModelFacts` as JSON, or "problem"."""
    data = store().read(MODEL, model_id)
    if data is None:
        raise InputError(_GONE)
    try:
        return asdict(inspect_model(data))
    except NetworkError as error:
        return {"problem": str(error)}


def endpoint(address: str, kind: Kind, source: str, turn: str, *, report: Report) -> dict[str, Any]:
    """The model behind an address, asked about the first items of what was brought.

    At another `turn` it counts as another model, for nobody knows what stands there by then.

    Returns "facts", a `ModelFacts` as JSON; "model", the store's id of where it is; the "protocol"
    and the "url" by which it is asked. What is wrong is raised: a server may answer otherwise the
    next time.
    """
    from model_adapters.endpoints.model import inspect_endpoint

    found = _first_items(kind, source)
    labels = found.labels.names if found.labels is not None else ()
    facts, place = inspect_endpoint(address, _items_of(kind, found), labels)
    return {
        "facts": asdict(facts),
        "model": store().put(MODEL, replace(place, turn=turn).to_bytes()),
        "protocol": place.protocol,
        "url": place.url,
    }


def check_model(
    model_id: str, settings: dict[str, Any], kind: Kind, source: str, *, report: Report
) -> dict[str, Any]:
    """The model's "answer" to the first item of what was brought, (n_classes,), or "problem".

    And "n" and "seconds": how long it took for so many items at once. What a file does wrong is a
    result; what a server or an operator's code does is raised, for it may be mended.
    """
    items = _items_of(kind, _first_items(kind, source))
    if kind != "table" and len(items) < _TIMED:
        items = [items[0]] * _TIMED
    try:
        running = start(model_id, settings_of(settings))
        try:
            start_time = time.perf_counter()
            answers = running(items)
            seconds = time.perf_counter() - start_time
            return {"answer": answers[0].tolist(), "n": len(items), "seconds": seconds}
        finally:
            running.close()
    except LimeError as error:
        if settings["format"] in ("address", "installed"):
            raise
        return {"problem": str(error)}


def _first_items(kind: Kind, source: str) -> kept.Kept:
    found = kept.opened(kind, source)
    if found is None:
        raise InputError(_GONE)
    return replace(found, lines=found.lines[: 1 if kind == "image" else _TRIED])


def _items_of(kind: Kind, found: kept.Kept) -> Any:
    """These items as models take them."""
    match kind:
        case "text":
            return [found.item(row) for row in range(len(found.lines))]
        case "table":
            return frame_of(found, set())
        case "image":
            return list(Pictures(found.item(row)["id"] for row in range(len(found.lines))))
