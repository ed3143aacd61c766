"""What people bring: read, or refused in a sentence that names the thing."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lime_engine.errors import InputError
from ui.upload.reading import text_files
from ui.upload.reading.text_files import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXTS,
    Table,
    checked_text,
    decoded,
    read_table,
    texts_of,
)

ROOT = Path(__file__).parents[3]
CELLS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=20)


@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=5),
    separator=st.sampled_from(",;\t|"),
)
def test_what_a_spreadsheet_writes_is_what_is_read(rows: list[list[str]], separator: str) -> None:
    rows = [row for row in rows if any(cell.strip() for cell in row)] or [["a", "b"]]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator)
    writer.writerows([["first name", "text"], *rows])
    table = read_table("x.csv", b"\xef\xbb\xbf" + buffer.getvalue().encode())
    assert table.columns == ("first name", "text")
    assert [list(row) for row in table.rows] == rows


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "“x.csv” is empty"),
        (b" \n ", "“x.csv” is empty"),
        ("name,text\n1,Zürich".encode("latin-1"), "not UTF-8 text (byte 0xFC at position 13)"),
        (b"PK\x03\x04\0\0\0", "zero bytes"),
        (b"text\n", "a header but no rows"),
        (b'text\n"never closed', "cannot be read as CSV"),
        (b"id,text\n1,hello, you", "Row 2 of “x.csv” has 3 cells, but the header names 2"),
        (b"a" * (MAX_BYTES + 1), "10.0 MB; at most 10 MB"),
    ],
)
def test_bad_files(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_table("x.csv", data)
    assert says in str(caught.value)


def test_utf16_from_a_spreadsheet_is_read() -> None:
    assert decoded("x.txt", "Zürich ✓".encode("utf-16")) == "Zürich ✓"


def test_unnamed_and_doubled_columns_get_names_of_their_own() -> None:
    assert read_table("x.csv", b"a,,a\n1,2,3").columns == ("a (1)", "column 2", "a (3)")
    names = read_table("x.csv", b"a,a,a (1),a (2)\n1,2,3,4").columns
    assert names[2:] == ("a (1)", "a (2)")
    assert len(set(names)) == 4


def test_rows_that_cannot_be_explained_are_left_out_and_counted() -> None:
    table = read_table("x.csv", b"id,text\n1,hello\n2,\n3,!!!\n4,good bye\n5")
    assert texts_of(table, "text") == (["hello", "good bye"], 3)
    with pytest.raises(InputError, match=r"no column “review”.*“id” and “text”"):
        texts_of(table, "review")
    with pytest.raises(InputError, match="“empty” has no text with words"):
        texts_of(Table(("empty",), (("",), ("?",))), "empty")


def test_long_tables_are_cut_and_long_texts_refused() -> None:
    table = Table(("t",), (("word",),) * (MAX_TEXTS + 7))
    texts, left_out = texts_of(table, "t")
    assert (len(texts), left_out) == (MAX_TEXTS, 7)
    with pytest.raises(InputError, match="100,001 characters; at most 100,000"):
        checked_text("a" * (MAX_CHARACTERS + 1))
    with pytest.raises(InputError, match="no words"):
        checked_text("!?")


# ---- bounds: checked before memory or time is spent -------------------------------------------

GROWING = {  # a few bytes of the file for each of many bytes in memory, were all of it read
    "short rows under a wide header": b"a" + b"," * 499 + b"\n" + b"b\n" * 1_000_000,
    "2,000 columns": b",".join(b"c%d" % i for i in range(2000)) + b"\n" + b"1\n" * 4_990_000,
    "only separators": b"a" + b"," * 9_999_000,
    "only line ends": b"a,b\n" + b"\n" * 9_999_000,
    "one-letter rows": b"a\n" + b"b\n" * 4_999_000,
    "one endless quote": b'a,b\n"' + b"\n" * 9_999_000,
}


@pytest.mark.parametrize("kind", GROWING)
def test_a_file_takes_memory_in_proportion_to_itself(kind: str) -> None:
    code = (
        "import json, resource, sys\n"
        "from lime_engine.errors import InputError\n"
        "from ui.upload.reading.text_files import read_table\n"
        "data = sys.stdin.buffer.read()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: said = list(read_table('x.csv', data).remarks)\n"
        "except InputError as error: said = [str(error)]\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(json.dumps([after - before, said]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], input=GROWING[kind], cwd=ROOT, capture_output=True
    )
    grown_kb, said = json.loads(run.stdout)
    assert len(said) == 1
    assert "“x.csv”" in said[0]
    assert grown_kb < 250_000


def test_only_so_many_rows_and_cells_are_read() -> None:
    table = read_table("x.csv", b"a,b\n" + b"1,2\n" * (MAX_ROWS + 5))
    assert len(table.rows) == MAX_ROWS
    assert table.remarks == (
        "Only the first 10,000 rows of “x.csv” were read: no more are taken of a file with "
        "2 columns.",
    )
    assert read_table("x.csv", b"a,b\n" + b"1,2\n" * MAX_ROWS).remarks == ()
    wide = b",".join(b"%d" % i for i in range(500))
    table = read_table("x.csv", wide + b"\n" + b"b\n" * 9000)
    assert len(table.rows) == MAX_CELLS // 500
    assert {len(row) for row in table.rows} == {500}
    assert len(table.remarks) == 1


def test_wide_headers_are_read_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were it quadratic, this would take hours."""
    header = b",".join(b"c%d,same" % i for i in range(150_000))
    with pytest.raises(InputError, match="has 300,000 columns; at most 2,000"):
        read_table("x.csv", header + b"\n1")
    monkeypatch.setattr(text_files, "MAX_COLUMNS", 300_000)
    table = read_table("x.csv", header + b"\n1")
    assert table.columns[:4] == ("c0", "same (2)", "c1", "same (4)")
    assert len(set(table.columns)) == 300_000
    assert MAX_COLUMNS == 2000


def test_what_takes_more_memory_than_it_may_ends_in_a_sentence() -> None:
    code = (
        "from lime_engine.errors import InputError\n"
        "from ui.upload.reading.bounded import bounded_memory\n"
        "try:\n"
        "    with bounded_memory(100_000_000):\n"
        "        bytearray(50_000_000)\n"
        "        print('fits')\n"
        "        bytearray(200_000_000)\n"
        "except InputError as error: print(error)\n"
        "print(len(bytearray(200_000_000)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.splitlines() == [
        "fits",
        "Reading this file takes more memory than a file may have here. Bring a smaller part of "
        "it.",
        "200000000",
    ], run.stderr
