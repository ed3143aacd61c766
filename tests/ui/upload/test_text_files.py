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
    texts_in,
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


@pytest.mark.parametrize("name", ["churn.onnx", "texts.SKOPS", "forest.joblib"])
@pytest.mark.parametrize("data", [b"\x08\x07\x12\0", b"PK\x03\x04\0\0\0", b"text\nhello"])
def test_a_model_among_data_is_told_its_place(name: str, data: bytes) -> None:
    for read in (read_table, lambda *file: [*texts_in(*file)]):
        with pytest.raises(InputError, match="A model is brought after what it is asked about"):
            read(name, data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "“x.csv” is empty"),
        (b" \n ", "“x.csv” is empty"),
        (b"\xef\xbb\xbf", "“x.csv” is empty"),
        (b"\xff\xfe", "“x.csv” is empty"),
        (b"\xff\xfe\0\xd8", "“x.csv” is not UTF-8 text, nor in an encoding that can be told"),
        (bytes(range(128, 256)) * 9, "nor in an encoding that can be told"),
        (b"\1\2\0\3", "zero bytes"),
        (b"PK\x03\x04\0\0\0", "“x.csv” is a zip, not text. Unpack it, and choose"),
        (b"PK\x03\x04\0\0\0word/document.xml", "is a Word document, not text. Save it as plain"),
        (b"PK\x03\x04\0\0\0xl/workbook.xml", "cannot be read as a workbook: it is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "(.xls, .doc) or one with a password, not"),
        (b"%PDF-1.7\n", "is a PDF document, not text"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is a PNG picture, not text. Pictures are brought under"),
        (b"\xff\xd8\xff\xe0\0", "is a JPEG picture"),
        (b"text\n", "a header but no rows"),
        (b'text\n"never closed', "cannot be read as CSV"),
        (b"id,text\n1,hello, you", "Row 2 of “x.csv” has 3 cells, but the header names 2"),
        (b"a" * (MAX_BYTES + 1), "50.0 MB; at most 50 MB"),
    ],
)
def test_bad_files(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_table("x.csv", data)
    assert says in str(caught.value)


def test_utf16_from_a_spreadsheet_is_read() -> None:
    assert decoded("x.txt", "Zürich ✓".encode("utf-16")) == ("Zürich ✓", [])


LANGUAGES = {
    "name;ort\n1;Zürich\n2;Köln\n3;größer\nÄRGER; Öl": ["cp1252", "mac_roman"],
    "text\nL'été à la plage, ça va\nFrançois est déjà né, créée; «où»": ["cp1252", "mac_roman"],
    "El niño comió piñata mañana; ¿qué tal señor?": ["cp1252", "mac_roman"],
    "Åsa går på ön; älg; Rødgrød med fløde; Ærø": ["cp1252", "mac_roman"],
    "Não há informação; ação; coração": ["cp1252", "mac_roman"],
    "price;5 €\nname;it’s “quoted” – yes…": ["cp1252", "mac_roman"],
    "Zürich": ["cp1252", "mac_roman"],
    "Zażółć gęślą jaźń; dzień dobry, proszę się nie śmiać": ["cp1250"],
    "Привет, как дела? Болит голова": ["cp1251"],
    "Καλημέρα κόσμε, τι κάνεις": ["cp1253"],
    "Güneşli bir gün, çocuklar dışarıda; İstanbul": ["cp1254"],
    "日本語のテキスト、こんにちは世界": ["cp932"],
    "你好，世界。今天天气很好，我们去公园散步吧": ["gb18030"],
    "안녕하세요 세계, 오늘은 날씨가 좋습니다": ["cp949"],
}


@pytest.mark.parametrize(
    ("text", "encoding"), [(text, each) for text, all_ in LANGUAGES.items() for each in all_]
)
def test_what_older_spreadsheets_write_is_read_and_said(text: str, encoding: str) -> None:
    read, remarks = decoded("x.csv", text.encode(encoding))
    assert read == text
    assert len(remarks) == 1
    assert remarks[0].startswith("“x.csv” is not UTF-8; it was read as ")
    example = remarks[0].split("(“")[1].split("”)")[0]
    assert example in text  # a word by which to see whether it was read rightly
    assert not example.isascii()


def test_the_remark_names_the_encoding_and_the_way_out() -> None:
    table = read_table("x.csv", "name,text\n1,Zürich\n".encode("cp1252"))
    assert table.rows == (("1", "Zürich"),)
    assert table.remarks == (
        "“x.csv” is not UTF-8; it was read as Windows-1252 (“Zürich”). If that looks wrong, save "
        "the file with the encoding UTF-8 and choose it again.",
    )


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;"])
def test_excels_line_that_names_the_separator(line: str) -> None:
    table = read_table("x.csv", f"{line}\r\na, b;c\r\n1,5;2\r\n".encode())
    assert (table.columns, table.rows) == (("a, b", "c"), (("1,5", "2"),))


def test_a_quoted_separator_in_the_header_does_not_count() -> None:
    table = read_table("x.csv", b'"surname, name, title";text\n"a, b, c";hello\n')
    assert table.columns == ("surname, name, title", "text")


def test_unnamed_and_doubled_columns_get_names_of_their_own() -> None:
    assert read_table("x.csv", b"a,,a\n1,2,3").columns == ("a (1)", "column 2", "a (3)")
    names = read_table("x.csv", b"a,a,a (1),a (2)\n1,2,3,4").columns
    assert names[2:] == ("a (1)", "a (2)")
    assert len(set(names)) == 4


def test_rows_that_cannot_be_explained_are_left_out_and_counted() -> None:
    table = read_table("x.csv", b"id,text\n1,hello\n2,\n3,!!!\n4,good bye\n5")
    assert texts_of(table, "text") == (["hello", "good bye"], [0, 3])
    with pytest.raises(InputError, match=r"no column “review”.*“id” and “text”"):
        texts_of(table, "review")
    with pytest.raises(InputError, match="“empty” has no text with words"):
        texts_of(Table(("empty",), (("",), ("?",))), "empty")


def test_long_tables_are_cut_and_long_texts_refused() -> None:
    table = Table(("t",), (("word",),) * (MAX_TEXTS + 7))
    texts, numbers = texts_of(table, "t")
    assert (len(texts), numbers) == (MAX_TEXTS, list(range(MAX_TEXTS)))
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


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(k, marks=pytest.mark.long) if "ends" in k or "quote" in k else k
        for k in GROWING
    ],
)
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
        "Only the first 100,000 rows of “x.csv” were read: no more are taken of a file with "
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
        "for step in (1_000, 600_000_000):\n"  # little by little, and at once
        "    try:\n"
        "        with bounded_memory(100_000_000):\n"
        "            there = [bytes(step) for _ in range(50_000_000 // step)]\n"
        "            print('fits')\n"
        "            while True: there.append(bytes(step))\n"
        "    except InputError as error: print(error)\n"
        "    print(len(there) * step)\n"
        "print(len(bytearray(400_000_000)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    said = run.stdout.splitlines()
    refused = (
        "Reading this file takes more memory than a file may have here. Bring a smaller part of it."
    )
    assert said[:2] == ["fits", refused], run.stderr
    assert 50_000_000 < int(said[2]) < 190_000_000
    assert said[3:] == ["fits", refused, "0", "400000000"]
