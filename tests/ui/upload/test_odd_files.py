"""Files of odd shapes: each is read right, or refused with a sentence; never anything else."""

import gzip
import io
import json
import pickle
import zipfile
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook
from PIL import Image

from tests.ui.reports import Told
from ui.upload import work
from ui.workshop import kept
from ui.workshop.store import store

TEXTS = ("My chest hurts a lot", "Please renew my prescription", "I cannot breathe, help")
SAID = ("urgent", "routine", "urgent")
LABELS = kept.Labels(("routine", "urgent"), (1, 0, 1))
ACCENTED = ("Größe und Höhe, übermäßig", "Café crème à la façon", "El niño está aquí mañana")


def csv(separator: str = ",", end: str = "\n", texts: tuple[str, ...] = TEXTS) -> str:
    rows = [("text", "label"), *zip(texts, SAID, strict=True)]
    return "".join(separator.join(f'"{cell}"' for cell in row) + end for row in rows)


def jsonl(**more: Any) -> bytes:
    rows = [{"text": t, "label": y, **more} for t, y in zip(TEXTS, SAID, strict=True)]
    return "\n".join(map(json.dumps, rows)).encode()


def xlsx(rows: list[list[Any]], **sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for name, others in sheets.items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, **options)
    return buffer.getvalue()


def zipped(files: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def png(shade: int = 100, side: int = 16) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((side, side, 3), shade, np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


ROWS: list[list[Any]] = [["text", "label"], *map(list, zip(TEXTS, SAID, strict=True))]
COLUMNS = {"text": list(TEXTS), "label": list(SAID)}
READ = (TEXTS, LABELS)
UNLABELLED = (TEXTS, None)
STAMPED = {**COLUMNS, "when": [datetime(2024, 1, day) for day in (1, 2, 3)]}

# Name, content, and the texts with their labels; or what the sentence says.
TABLES: dict[str, tuple[str, bytes, Any]] = {
    "commas": ("a.csv", csv().encode(), READ),
    "semicolons": ("a.csv", csv(";").encode(), READ),
    "tabs": ("a.tsv", csv("\t").encode(), READ),
    "bars": ("a.txt", csv("|").encode(), READ),
    "says its separator": ("a.csv", ("sep=;\n" + csv(";")).encode(), READ),
    "lines of Windows": ("a.csv", csv(end="\r\n").encode(), READ),
    "lines of old Macs": ("a.csv", csv(end="\r").encode(), READ),
    "no last line end": ("a.csv", csv().rstrip("\n").encode(), READ),
    "empty lines between": ("a.csv", csv(end="\n\n \n").encode(), READ),
    "a byte order mark": ("a.csv", csv().encode("utf-8-sig"), READ),
    "UTF-16": ("a.csv", csv("\t").encode("utf-16"), READ),
    "Windows-1252": ("a.csv", csv(texts=ACCENTED).encode("cp1252"), (ACCENTED, LABELS)),
    "MacRoman": ("a.csv", csv(texts=ACCENTED).encode("mac_roman"), (ACCENTED, LABELS)),
    "named as a picture": ("a.png", csv().encode(), READ),
    "labels with space": ("a.csv", csv().replace('"urgent"', '" urgent "').encode(), READ),
    "a label is missing": (
        "a.csv",
        csv().replace('"urgent"', "", 1).encode(),
        (TEXTS, kept.Labels(("routine", "urgent"), (-1, 0, 1))),
    ),
    "labels in numbers": (
        "a.csv",
        b"comment,target\nfirst text,10\nsecond text,2\nthird text,10\n",
        (("first text", "second text", "third text"), kept.Labels(("2", "10"), (1, 0, 1))),
    ),
    "a line end in a text": (
        "a.csv",
        b'text,label\n"two\nlines",a\n"one line",b\n',
        (("two\nlines", "one line"), kept.Labels(("a", "b"), (0, 1))),
    ),
    "a text without words": (
        "a.csv",
        b"text,label\nfirst one,a\n...,b\nlast one,b\n",
        (("first one", "last one"), kept.Labels(("a", "b"), (0, 1))),
    ),
    "one column": ("a.csv", ("text\n" + "\n".join(TEXTS[:2])).encode(), (TEXTS[:2], None)),
    "ids beside": (
        "a.csv",
        "".join(f"{i},{line}\n" for i, line in enumerate(csv().splitlines())).encode(),
        READ,
    ),
    "a label each its own": (
        "a.csv",
        ("text,key\n" + "".join(f"text of number {i},k{i}\n" for i in range(30))).encode(),
        (tuple(f"text of number {i}" for i in range(30)), None),
    ),
    "doubled names": ("a.csv", csv().replace('"label"', '"text"').encode(), "texts"),
    "JSON lines": ("a.jsonl", jsonl(), READ),
    "JSON lines with more": ("a.jsonl", jsonl(n=1, deep={"a": [1]}, gone=None), READ),
    "JSON lines and empty ones": ("a.ndjson", b"\n" + jsonl().replace(b"\n", b"\r\n\r\n"), READ),
    "a list of JSON": ("a.json", b"[" + jsonl().replace(b"\n", b",\n") + b"]", READ),
    "half a character": (
        "a.jsonl",
        b'{"text": "broken \\ud800 text", "label": "a"}\n{"text": "whole text", "label": "b"}',
        (("broken \ufffd text", "whole text"), kept.Labels(("a", "b"), (0, 1))),
    ),
    "JSON cut off": ("a.jsonl", jsonl()[:-9], "Line 3 of “a.jsonl” is not JSON"),
    "JSON of lists": ("a.jsonl", b'{"text": "a b"}\n["c d"]', "Line 2 of “a.jsonl” is no JSON obj"),
    "a list cut off": ("a.json", b'[{"text": "a b"},', "is not one to its end"),
    "JSON very deep": ("a.jsonl", b'{"text": "a b"}\n' + b"[" * 90_000, "is not JSON"),
    "JSON without names": ("a.jsonl", b"{}\n{}", "a header but no rows"),
    "Parquet": ("a.parquet", parquet(COLUMNS), READ),
    "Parquet, zstd": ("a", parquet(COLUMNS, compression="zstd", row_group_size=1), READ),
    "Parquet, all as dictionaries": (
        "a.parquet",
        parquet({name: pa.array(own).dictionary_encode() for name, own in COLUMNS.items()}),
        READ,
    ),
    "Parquet with dates and nests": (
        "a.parquet",
        parquet({**STAMPED, "nest": [{"a": 1}, None, {"a": 2}]}),
        READ,
    ),
    "Parquet without rows": ("a.parquet", parquet({"text": pa.array([], pa.string())}), "no rows"),
    "Parquet cut off": ("a.parquet", parquet(COLUMNS)[:-30], "cannot be read as a Parquet file"),
    "Parquet in name": ("a.parquet", b"PAR1 is all there is PAR1", "cannot be read as a Parquet"),
    "a workbook": ("a.xlsx", xlsx(ROWS), READ),
    "a workbook with two sheets": ("a.xlsx", xlsx(ROWS, other=[["x"]]), READ),
    "a workbook that begins late": ("a.xlsx", xlsx([[], [None], *ROWS]), READ),
    "a workbook with numbers": (
        "a.xlsx",
        xlsx([["text", "class"], ["one two", 1], ["three four", 2.0], ["five six", None]]),
        (("one two", "three four", "five six"), kept.Labels(("1", "2"), (0, 1, -1))),
    ),
    "a workbook cut off": ("a.xlsx", xlsx(ROWS)[:-200], "damaged"),
    "a header only": ("a.csv", b"text,label\n", "a header but no rows"),
    "too many cells": ("a.csv", b"text,label\na b,c,d\n", "has 3 cells, but the header names 2"),
    "a quote that stays open": ("a.csv", b'text,label\n"open,a\n', "cannot be read as CSV"),
    "nothing": ("a.csv", b"", "is empty"),
    "only space": ("a.csv", b" \n\t\n", "is empty"),
    "no words": ("a.csv", b"text\n...\n???\n", "has no text with words"),
    "a pickle": ("a.csv", pickle.dumps({"text": list(TEXTS), "x": b"\xff\0"}), "“a.csv”"),
    "packed": ("a.csv.gz", gzip.compress(csv().encode()), "is a compressed file"),
    "a picture": ("a.csv", png(), "is a PNG picture"),
    "a zip": ("a.zip", zipped({"a.csv": csv()}), "is a zip"),
}

FILES: dict[str, tuple[list[tuple[str, bytes]], Any]] = {
    "one": ([("a.txt", b"just one text")], (("just one text",), None)),
    "three": ([(f"{i}.txt", text.encode()) for i, text in enumerate(TEXTS)], UNLABELLED),
    "no ending": ([("README", b"just one text")], (("just one text",), None)),
    "folders": (
        [("a.zip", zipped({f"{y}/{t[:9]}.txt": t for t, y in zip(TEXTS, SAID, strict=True)}))],
        READ,
    ),
    "a folder each": (
        [("a.zip", zipped({f"{text[:9]}/a.txt": text for text in TEXTS}))],
        UNLABELLED,
    ),
    "deep folders": (
        [("a.zip", zipped({f"all/{y}/{i}.txt": f"text {i}" for i in range(4) for y in "ab"}))],
        (
            tuple(f"text {i}" for i in range(4) for _ in "ab"),
            kept.Labels(("a", "b"), (0, 1) * 4),
        ),
    ),
    "one folder": (
        [("a.zip", zipped({f"mine/{i}.txt": text for i, text in enumerate(TEXTS)}))],
        UNLABELLED,
    ),
    "litter": (
        [("a.zip", zipped({"a.txt": TEXTS[0], "__MACOSX/._a.txt": "x", ".DS_Store": "y"}))],
        (TEXTS[:1], None),
    ),
    "a picture among them": (
        [("a.zip", zipped({"a.txt": TEXTS[0], "b.png": png()}))],
        (TEXTS[:1], None),
    ),
    "tables": ([("a.zip", zipped({"a.csv": csv()}))], "is a table, not one text"),
    "out of the zip": ([("a.zip", zipped({"../../a.txt": TEXTS[0]}))], "leads out of the zip"),
    "a zip in a zip": ([("a.zip", zipped({"b.zip": zipped({"a": "b"})}))], "a zip inside the zip"),
    "a zip cut off": ([("a.zip", zipped({"a.txt": TEXTS[0] * 90})[:60])], "damaged or incomplete"),
    "an empty zip": ([("a.zip", zipped({}))], "no text in it that can be read"),
    "too long": ([("a.txt", b"word " * 30_000)], "150,000 characters"),
    "zeros": ([("a.txt", bytes(100))], "zero bytes"),
}

CATS = {f"{kind}-{i}.png": png(50 * i + (kind == "dog")) for kind in ("cat", "dog") for i in (1, 2)}
SHOWN = kept.Labels(("cat", "dog"), (0, 0, 1, 1))
TOLD = "file,shows\n" + "".join(f"{name},{name[:3]}\n" for name in CATS)

PICTURES: dict[str, tuple[list[tuple[str, bytes]], Any]] = {
    "loose": (list(CATS.items()), (4, None)),
    "folders": ([("a.zip", zipped({f"{n[:3]}/{n}": p for n, p in CATS.items()}))], (4, SHOWN)),
    "a table in the zip": ([("a.zip", zipped({**CATS, "labels.csv": TOLD}))], (4, SHOWN)),
    "a table beside the zip": (
        [("a.zip", zipped({f"all/{n}": p for n, p in CATS.items()})), ("l.csv", TOLD.encode())],
        (4, SHOWN),
    ),
    "a workbook beside them": (
        [("l.xlsx", xlsx([r.split(",") for r in TOLD.splitlines()])), *CATS.items()],
        (4, SHOWN),
    ),
    "names without endings": (
        [*CATS.items(), ("l.tsv", TOLD.replace(".png", "").replace(",", "\t").encode())],
        (4, SHOWN),
    ),
    "paths of Windows": (
        [
            ("a.zip", zipped({f"all/{n}": p for n, p in CATS.items()})),
            ("l.csv", TOLD.replace("cat-", "all\\cat-").encode()),
        ],
        (4, SHOWN),
    ),
    "a table that misses one": (
        [*CATS.items(), ("l.csv", TOLD.replace("dog-2.png", "dog-9.png").encode())],
        (4, kept.Labels(("cat", "dog"), (0, 0, 1, -1))),
    ),
    "a table of others": (
        [*CATS.items(), ("l.csv", b"file,shows\nx.png,cat\ny.png,dog\n")],
        "No column of the table names the pictures",
    ),
    "a table of names only": (
        [*CATS.items(), ("l.csv", ("file\n" + "\n".join(CATS)).encode())],
        "no column beside “file”",
    ),
    "a table only": ([("l.csv", TOLD.encode())], (0, None)),
    "a damaged one": ([("a.zip", zipped({**CATS, "x.png": png()[:50]}))], (4, None)),
}


def put(files: list[tuple[str, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, store().put("upload", content)) for name, content in files)


def check(read: dict[str, Any], expected: Any) -> None:
    """The texts and labels that were kept; or a sentence that says what to do."""
    if isinstance(expected, str):
        assert expected in read["problem"]
        assert read["problem"].rstrip("”").endswith((".", "}"))
        return
    texts, labels = expected
    assert "problem" not in read
    assert kept.texts(read["source"]) == texts
    assert kept.labels(read["source"]) == labels
    assert read["n"] == len(texts)


@pytest.mark.parametrize("shape", TABLES)
def test_a_table_of_any_shape(shape: str) -> None:
    name, content, expected = TABLES[shape]
    ((_, upload_id),) = put([(name, content)])
    read = work.texts(name, upload_id, None, None, report=Told())
    if shape == "doubled names":
        assert read["columns"] == ("text (1)", "text (2)")
        assert kept.texts(read["source"]) == TEXTS
    else:
        check(read, expected)
    own = work.own_rows(name, upload_id, None, None, report=Told())
    assert ("problem" in own) or kept.rows(own["source"]) is not None


@pytest.mark.parametrize("shape", FILES)
def test_text_files_of_any_shape(shape: str) -> None:
    files, expected = FILES[shape]
    check(work.text_files(put(files), report=Told()), expected)


@pytest.mark.parametrize("shape", PICTURES)
def test_pictures_of_any_shape(shape: str) -> None:
    files, expected = PICTURES[shape]
    read = work.pictures(put(files), report=Told())
    labelled = read
    if read["tables"] and read["source"]:
        labelled = work.labelled_pictures(read["source"], *read["tables"][0], None, report=Told())
    if isinstance(expected, str):
        assert expected in labelled["problem"]
        return
    n, labels = expected
    assert read["n"] == n
    if n:
        assert kept.labels(labelled["source"]) == labels
        assert len(work.small_pictures(read["source"], 0, report=Told())) == n


def test_there_are_enough_shapes() -> None:
    assert len(TABLES) + len(FILES) + len(PICTURES) >= 60


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["a;temp", "x;38,4", "y;36,1"], [("x", 38.4), ("y", 36.1)]),
        (["a,n", "x,1", "y,", "z,n/a"], [("x", 1), ("y", None), ("z", None)]),
        (["a,n", "x,1.0", "y,2.5"], [("x", 1.0), ("y", 2.5)]),
        (["a,d", "x,2024-01-31", "y,2024-02-29"], [("x", "2024-01-31"), ("y", "2024-02-29")]),
        (["a,b", "x,yes", "y,no"], [("x", "yes"), ("y", "no")]),
    ],
)
def test_columns_of_their_own_have_their_types(rows: list[str], says: Any) -> None:
    ((name, upload_id),) = put([("a.csv", "\n".join(rows).encode())])
    read = work.own_rows(name, upload_id, "", (), report=Told())
    found = kept.rows(read["source"])
    assert found is not None
    assert [*map(repr, found[1])] == [*map(repr, says)]


def test_what_tells_rows_apart_or_when_is_pointed_out() -> None:
    lines = [f"{i + 1000},2024-01-{i % 28 + 1:02},{i % 7},{i % 2}\n" for i in range(40)]
    table = "patient id,seen,score,outcome\n" + "".join(lines)
    ((name, upload_id),) = put([("a.csv", table.encode())])
    read = work.own_rows(name, upload_id, None, None, report=Told())
    assert read["label"] == "outcome"
    assert read["left_out"] == ["patient id"]
    told = {each["name"]: (each["is_id"], each["is_time"]) for each in read["facts"]}
    assert told["patient id"] == (True, False)
    assert told["seen"] == (False, True)
    assert told["score"] == (False, False)
    found = kept.rows(read["source"])
    assert found is not None
    assert found[0] == ("seen", "score")
    assert kept.labels(read["source"]) == kept.Labels(("0", "1"), (0, 1) * 20)
    all_in = work.own_rows(name, upload_id, "", (), report=Told())
    found = kept.rows(all_in["source"])
    assert found is not None
    assert found[0] == ("patient id", "seen", "score", "outcome")
    assert kept.labels(all_in["source"]) is None
