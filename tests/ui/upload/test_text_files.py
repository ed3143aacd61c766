"""What people bring: read, or refused in a sentence that names the thing."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lime_engine.errors import InputError
from ui.upload.reading.text_files import (
    MAX_BYTES,
    MAX_CHARACTERS,
    MAX_TEXTS,
    Table,
    checked_text,
    decoded,
    read_table,
    texts_of,
)

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


def test_rows_that_cannot_be_explained_are_left_out_and_counted() -> None:
    table = read_table("x.csv", b"id,text\n1,hello\n2,\n3,!!!\n4,good bye\n5")
    assert texts_of(table, "text") == (["hello", "good bye"], 3)
    with pytest.raises(InputError, match=r"no column “review”.*“id”, “text”"):
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
