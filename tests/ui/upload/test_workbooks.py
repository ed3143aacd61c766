"""Excel workbooks: the first sheet as it looks, or a sentence, within bounds of memory and work."""

import datetime
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from lime_engine.errors import InputError
from ui.upload.reading import workbooks
from ui.upload.reading.text_files import MAX_COLUMNS, MAX_ROWS, read_table

ROOT = Path(__file__).parents[3]


def xlsx(rows: list[list[Any]], *others: str, hidden: bool = False) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in rows:
        sheet.append(row)
    for title in others:
        book.create_sheet(title).append(["other"])
    if hidden:
        book.create_sheet("Secret", 0).sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_sheet(xml: str, strings: str | None = None, *, doctype: str = "") -> bytes:
    """A workbook whose sheet, and whose list of strings, are these."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx([["a"]]))) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                content = f"{doctype}<worksheet {NAMESPACE}>{xml}</worksheet>".encode()
            if member.filename == "[Content_Types].xml" and strings is not None:
                content = content.replace(b"</Types>", f"{STRINGS_TYPE}</Types>".encode())
            archive.writestr(member.filename, content)
        if strings is not None:
            archive.writestr("xl/sharedStrings.xml", f"<sst {NAMESPACE}>{strings}</sst>")
    return buffer.getvalue()


STRINGS_TYPE = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
INLINE = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'


def refusal(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_table("x.xlsx", data)
    return str(caught.value)


def test_cells_are_read_as_csv_would_have_them() -> None:
    day = datetime.datetime(2024, 2, 29)
    rows = [
        ["text", "number", "day", "yes", "nothing"],
        ["Zürich ✓, ok", 38.4, day, True, None],
        [None, 30, datetime.datetime(2024, 2, 29, 12, 30), False, "x"],
        ["01", -1e-7, datetime.time(7, 5), None, None],
    ]
    table = read_table("x.xlsx", xlsx(rows))
    assert table.columns == ("text", "number", "day", "yes", "nothing")
    assert table.rows == (
        ("Zürich ✓, ok", "38.4", "2024-02-29", "TRUE", ""),
        ("", "30", "2024-02-29T12:30:00", "FALSE", "x"),
        ("01", "-1e-07", "07:05:00", "", ""),
    )
    assert table.remarks == ()


def test_the_first_sheet_that_is_seen_is_read_and_the_others_are_told() -> None:
    table = read_table("x.xlsx", xlsx([["a"], [1]], "More", "Last", hidden=True))
    assert (table.columns, table.rows) == (("a",), (("1",),))
    assert table.remarks == (
        "“x.xlsx” has 3 sheets; the first, “Data”, was read. To read another, save it in a file "
        "of its own.",
    )


def test_strings_in_a_list_of_their_own() -> None:
    cells = '<c r="A1" t="s"><v>1</v></c>', '<c r="A2" t="s"><v>0</v></c>'
    rows = "".join(f'<row r="{i}">{cell}</row>' for i, cell in enumerate(cells, start=1))
    strings = "<si><t>first</t></si><si><r><t>sec</t></r><r><t>ond</t></r></si>"
    table = read_table("x.xlsx", with_sheet(f"<sheetData>{rows}</sheetData>", strings))
    assert (table.columns, table.rows) == (("second",), (("first",),))


def test_empty_rows_and_columns_around_a_table_do_not_matter() -> None:
    table = read_table("x.xlsx", xlsx([[], ["a", "b", None], [], ["1", None], [None, "2"]]))
    assert table.rows == (("1", ""), ("", "2"))


def test_bounds_are_those_of_csv() -> None:
    table = read_table("x.xlsx", xlsx([["a"], *[[i] for i in range(MAX_ROWS + 3)]]))
    assert len(table.rows) == MAX_ROWS
    assert "Only the first 100,000 rows of “x.xlsx” were read" in table.remarks[0]
    wide = xlsx([[f"c{i}" for i in range(MAX_COLUMNS + 9)], [1]])
    assert "columns; at most 2,000 are read" in refusal(wide)
    assert "Row 2 of “x.xlsx” has 2 cells, but the header names 1" in refusal(xlsx([["a"], [1, 2]]))
    assert "a header but no rows" in refusal(xlsx([["a"]]))
    assert "a header but no rows" in refusal(xlsx([]))


@pytest.mark.parametrize("number", ["110001", "1048576", "99999999999999"])
def test_numbers_of_rows_that_are_far_down_do_not_make_rows(number: str) -> None:
    def sheet(number: str) -> bytes:
        rows = (("1", "a"), (number, "b"))
        cells = (f'<row r="{r}">{INLINE.format(f"A{r}", text)}</row>' for r, text in rows)
        return with_sheet(f"<sheetData>{''.join(cells)}</sheetData>")

    assert read_table("x.xlsx", sheet("109999")).rows == (("b",),)
    assert "a header but no rows" in refusal(sheet(number))


@pytest.mark.parametrize("size", [workbooks.MAX_UNPACKED + 1, 2**31])
def test_what_would_grow_too_much_is_refused_before_it_is_unpacked(size: int) -> None:
    data = bytearray(xlsx([["a"], [1]]))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = size.to_bytes(4, "little")
    assert "would grow to" in refusal(bytes(data))


def bomb(kind: str) -> bytes:
    match kind:
        case "rows":
            return with_sheet("<sheetData>" + "<row/>" * 1_500_000 + "</sheetData>")
        case "cells":
            cells = "<c/>" * 800_000
            return with_sheet(f"<sheetData><row>{cells}</row></sheetData>")
        case "strings":
            return with_sheet("<sheetData/>", "<si><t>abcdefghijkl</t></si>" * 1_200_000)
        case "depth":
            return with_sheet("<x>" * 200_000 + "</x>" * 200_000)
        case _:
            entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 9))
            cell = INLINE.format("A1", "&e8;")
            return with_sheet(
                f"<sheetData><row>{cell}</row></sheetData>",
                doctype=f'<!DOCTYPE x [<!ENTITY e0 "lol">{entities}]>',
            )


@pytest.mark.parametrize(
    "kind", ["rows", "cells", pytest.param("strings", marks=pytest.mark.long), "depth", "entities"]
)
def test_small_workbooks_that_grow_end_in_a_sentence_within_the_memory(kind: str) -> None:
    code = (
        "import json, openpyxl, resource, sys\n"
        "from lime_engine.errors import InputError\n"
        "from ui.upload.reading.bounded import bounded_memory\n"
        "from ui.upload.reading.text_files import read_table\n"
        "data = sys.stdin.buffer.read()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n"
        "    with bounded_memory(60_000_000): said = str(read_table('x.xlsx', data))\n"
        "except InputError as error: said = str(error)\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(json.dumps([after - before, said]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], input=bomb(kind), cwd=ROOT, capture_output=True
    )
    assert run.returncode == 0, run.stderr[-500:]
    grown_kb, said = json.loads(run.stdout)
    assert grown_kb < 100_000
    refused = "takes more memory than a file may have here"
    says = {"entities": ("damaged or locked", refused), "depth": ("no rows under it",)}
    assert any(words in said for words in says.get(kind, (refused,)))


WHOLE = xlsx([["id", "text"], [1, "hello"], [2, "good bye"]])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=8))
def test_damage_ends_in_a_table_or_in_a_sentence(hits: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for at, value in hits:
        data[at % len(data)] = value
    try:
        table = read_table("x.xlsx", bytes(data))
    except InputError:
        return
    assert {len(row) for row in table.rows} == {len(table.columns)}
