"""Whatever bytes a file has, and whatever it is called: it is read, or refused in a sentence."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lime_engine.errors import InputError
from tests.ui.upload.test_workbooks import INLINE, with_sheet
from ui.upload.reading.columns import facts_of, proposed_text
from ui.upload.reading.rows import rows_of
from ui.upload.reading.text_files import (
    checked_text,
    decoded,
    read_table,
    texts_of,
)
from ui.workshop.column import Column

COLUMNS = (
    Column("a", "number", False, 0.0, 1.0, (), True, 0.5),
    Column("b", "category", False, None, None, ("x", "y"), False, "x"),
)
PIECES = st.sampled_from(
    [
        b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff",
        b"\xed\xa0\x80",
        b"\0", b"\x0b", b"\x0c", b"\x1c", b"\x1a", b"\x85", b"\xe2\x80\xa8", b"\r", b"\n", b"\r\n",
        b"sep=;", b"sep=", b'"', b'""', b"'", b",", b";", b"\t", b"|", b" ", b"a", b"b", b"a,b",
        b"x", b"1,234", b"1.5", b"1e999", b"-", b"NaN", b"\xfc", b"Z\xfcrich", b"\x9f", b"\xd8\x00",
        b"\xc3\xa9", b"\xf0\x9f\x91\x8d", b"PK\x03\x04", b"PK\x05\x06", b"xl/workbook.xml", b"%PDF",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x89PNG\r\n\x1a\n", b"<svg", b"{\\rtf",
        b"word " * 40,
    ]
)  # fmt: skip
BYTES = st.binary(max_size=60) | st.lists(PIECES | st.binary(max_size=4), max_size=14).map(b"".join)


def only_sentences(read: Callable[[], Any]) -> Any:
    """What is read; None if it was refused in a sentence fit to be shown."""
    try:
        return read()
    except InputError as error:
        said = str(error)
    assert said.encode()
    assert said[0].isupper() or said[0] in "“"
    assert said.endswith(".")
    assert len(said) < 500
    return None


@settings(max_examples=500, deadline=None)
@given(BYTES, st.text(max_size=9))
@example(b"\xef\xbb\xbf", "x.csv")
@example(b"\xff\xfe", "x.csv")
@example(b"\xff\xfe\0\xd8", "x.csv")
@example(b"sep=;", "x.csv")
@example(b"sep=;\n", "x.csv")
@example(b'a,b\n"' + b"\xd8\x00", "\ud800.csv")
def test_any_bytes_are_a_text_and_a_table_or_sentences(data: bytes, name: str) -> None:
    if (found := only_sentences(lambda: decoded(name, data))) is not None:
        text, remarks = found
        assert text.strip()
        assert all(remark.encode() for remark in remarks)
        only_sentences(lambda: checked_text(text).encode())
    check_table(only_sentences(lambda: read_table(name, data)))


def check_table(table: Any) -> None:
    if table is None:
        return
    assert len(set(table.columns)) == len(table.columns) > 0
    assert all(table.columns)
    assert table.rows
    assert {len(row) for row in table.rows} == {len(table.columns)}
    assert json.dumps([table.columns, table.rows, table.remarks], ensure_ascii=False).encode()
    if (
        found := only_sentences(lambda: texts_of(table, proposed_text(table, facts_of(table))))
    ) is not None:
        texts, numbers = found
        assert len(texts) == len(set(numbers) & set(range(len(table.rows))))
    only_sentences(lambda: json.dumps(rows_of(table, COLUMNS), allow_nan=False))


XML_TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Z")), max_size=6)
CELL = st.one_of(
    XML_TEXT.map(lambda text: INLINE.format("", text.translate(ESCAPED)).replace(' r=""', "")),
    st.tuples(
        st.sampled_from(["n", "s", "b", "d", "e", "str", "inlineStr", "?"]),
        st.sampled_from(["A1", "C2", "XFD9", "ZZZZ1", "1", "", "A99999999999"]),
        st.sampled_from(["1", "-1", "99", "1e999", "nan", "", "x", "_xD800_", "2024-02-30", "1.5"]),
        st.sampled_from(["", ' s="0"', ' s="99"', ' s="x"']),
    ).map(lambda c: f'<c t="{c[0]}" r="{c[1]}"{c[3]}><v>{c[2]}</v></c>'),
)
ESCAPED = str.maketrans({"<": "&lt;", "&": "&amp;"})
ROW = st.tuples(st.sampled_from(["", ' r="1"', ' r="7"', ' r="x"', ' r="-3"', ' r="1e9"']), CELL)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(ROW, st.lists(CELL, max_size=3)), max_size=4), XML_TEXT)
def test_any_sheet_is_a_table_or_a_sentence(rows: list[Any], string: str) -> None:
    body = "".join(f"<row{number}>{first}{''.join(rest)}</row>" for (number, first), rest in rows)
    strings = f"<si><t>{string.translate(ESCAPED)}</t></si>"
    data = with_sheet(f"<sheetData>{body}</sheetData>", strings)
    check_table(only_sentences(lambda: read_table("x.xlsx", data)))


PARTS = (
    "xl/worksheets/sheet1.xml xl/styles.xml xl/workbook.xml [Content_Types].xml "
    "xl/_rels/workbook.xml.rels docProps/app.xml"
).split()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(PARTS))
def test_any_part_of_a_workbook_may_be_anything(content: bytes, part: str) -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(with_sheet("<sheetData/>"))) as source,
        zipfile.ZipFile(buffer, "w") as archive,
    ):
        for member in source.namelist():
            archive.writestr(member, content if member == part else source.read(member))
    check_table(only_sentences(lambda: read_table("x.xlsx", buffer.getvalue())))


@pytest.mark.parametrize("text", ["half a character \ud800", "\udfff word"])
def test_half_a_character_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match="half a character"):
        checked_text(text)
