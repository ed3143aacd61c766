"""A file read as somebody says, instead of as it looks: like pandas with the same settings."""

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lime_engine.errors import InputError
from tests.ui.reports import Told
from tests.ui.upload.test_odd_files import xlsx
from ui.upload import work
from ui.upload.reading.columns import facts_of, own_rows
from ui.upload.reading.text_files import ReadAs, read_table
from ui.workshop import kept
from ui.workshop.store import store

CYRILLIC = "имя;город\nАнна;Пермь\nОлег;Омск\n"
POLISH = "imię,miasto\nŁucja,Łódź\nŻaneta,Wąchock\n"

# A file, how it is to be read, and what pandas is told so that it reads the same.
SAID: dict[str, tuple[bytes, ReadAs, dict[str, Any]]] = {
    "Cyrillic": (
        CYRILLIC.encode("cp1251"),
        ReadAs(encoding="cp1251"),
        {"encoding": "cp1251", "sep": ";"},
    ),
    "Polish that may be Western": (
        POLISH.encode("cp1250"),
        ReadAs(encoding="cp1250"),
        {"encoding": "cp1250"},
    ),
    "UTF-16 without a mark": (
        "a,b\nü,1\n".encode("utf-16-le"),
        ReadAs(encoding="utf-16"),
        {"encoding": "utf-16-le"},
    ),
    "UTF-8 with a mark": (
        "a,b\nü,1\n".encode("utf-8-sig"),
        ReadAs(encoding="utf-8"),
        {"encoding": "utf-8"},
    ),
    "UTF-8 that is not": ("a,b\nü,1\n".encode(), ReadAs(encoding="cp1252"), {"encoding": "cp1252"}),
    "more commas than semicolons": (
        b"a, the first; b, the second\n1, 2, 3;4, 5\n",
        ReadAs(separator=";"),
        {"sep": ";"},
    ),
    "bars": (b"a,b|c,d\n1,2|3,4\n", ReadAs(separator="|"), {"sep": "|"}),
    "no names": (
        b"1,x\n2,y\n3,z\n",
        ReadAs(has_header=False),
        {"header": None, "names": ["column 1", "column 2"]},
    ),
}


@pytest.mark.parametrize(("data", "how", "options"), SAID.values(), ids=SAID)
def test_it_is_read_as_pandas_does_with_the_same_settings(
    data: bytes, how: ReadAs, options: dict[str, Any]
) -> None:
    table = read_table("a.csv", data, how)
    expected = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False, **options)
    assert [*table.columns] == [str(name).strip() for name in expected]
    assert [list(row) for row in table.rows] == expected.to_numpy().tolist()


@pytest.mark.parametrize("decimal", [".", ","])
def test_the_decimal_sign_is_that_of_pandas(decimal: str) -> None:
    data = b"a;b\n1,234;x\n5,500;y\n" if decimal == "," else b"a;b\n1.234;x\n5.500;y\n"
    table = read_table("a.csv", data, ReadAs(decimal=decimal))
    expected = pd.read_csv(io.BytesIO(data), sep=";", decimal=decimal)
    found = pd.DataFrame(own_rows(table, facts_of(table)), columns=table.columns)
    pd.testing.assert_frame_equal(found, expected)
    as_it_looks = facts_of(read_table("a.csv", data))[0]
    assert as_it_looks.form == ("number" if decimal == "." else "category")


def test_the_other_decimal_sign_makes_no_number_of_it() -> None:
    table = read_table("a.csv", b"a\n1.234\n2.345\n9.876\n", ReadAs(decimal=","))
    assert facts_of(table)[0].form != "number"


def test_columns_are_taken_as_the_kind_that_is_said() -> None:
    data = b"code,size,label\n1,3.5,a\n2,about 4,b\n1,5,a\n2,-,b\n"
    how = ReadAs(numbers=("size",), categories=("code",))
    table = read_table("a.csv", data, how)
    rows = pd.DataFrame(own_rows(table, facts_of(table)), columns=table.columns)
    assert rows["code"].tolist() == ["1", "2", "1", "2"]
    expected = pd.to_numeric(pd.read_csv(io.BytesIO(data))["size"], errors="coerce")
    np.testing.assert_array_equal(rows["size"].astype(float), expected)
    assert [each.n_missing for each in facts_of(table)] == [0, 2, 0]
    as_it_looks = facts_of(read_table("a.csv", data))
    assert [each.form for each in as_it_looks[:2]] == ["number", "text"]


MOMENTS = pd.date_range("1969-01-02 03:04:05", "2068-12-30", periods=40)
WRITTEN = {  # forms of strftime, and whether the day comes first
    "%d.%m.%Y": True,
    "%m/%d/%Y": False,
    "%d-%m-%y": True,
    "%Y/%m/%d": True,
    "%Y-%m-%d %H:%M": True,
    "%d/%m/%Y %H:%M:%S": True,
    "%m/%d/%Y %I:%M %p": False,
}


@pytest.mark.parametrize("form", WRITTEN)
def test_dates_are_those_of_pandas_and_in_order(form: str) -> None:
    """In whatever form they are written, which is told from those after the 12th."""
    cells = list(MOMENTS.strftime(form))
    expected = pd.to_datetime(pd.Series(cells), format=form)
    table = read_table("a.csv", "\n".join(["when;n", *(f"{c};1" for c in cells)]).encode())
    facts = facts_of(table)[0]
    assert (facts.form, facts.is_time, facts.is_guess) == ("date", True, False)
    found = pd.Series([row[0] for row in own_rows(table, [facts])])
    pd.testing.assert_series_equal(pd.to_datetime(found, format="ISO8601"), expected)
    assert found.is_monotonic_increasing


def test_a_date_with_a_zone_is_that_of_utc() -> None:
    table = read_table("a.csv", b"when;n\n2024-03-01T00:30+02:00;1\n2024-02-29T23:00Z;2\n")
    assert [row[0] for row in own_rows(table, facts_of(table))] == [
        "2024-02-29T22:30:00",
        "2024-02-29T23:00:00",
    ]


AMBIGUOUS = b"when;n\n01/02/2024;1\n03/04/2024;2\n05/05/2024;3\n"


@pytest.mark.parametrize(
    ("how", "first", "dates"),
    [
        (ReadAs(), "day", ["2024-02-01", "2024-04-03", "2024-05-05"]),
        (ReadAs(first="day"), "day", ["2024-02-01", "2024-04-03", "2024-05-05"]),
        (ReadAs(first="month"), "month", ["2024-01-02", "2024-03-04", "2024-05-05"]),
    ],
)
def test_the_order_of_a_date_is_a_guess_until_it_is_said(
    how: ReadAs, first: str, dates: list[str]
) -> None:
    table = read_table("a.csv", AMBIGUOUS, how)
    facts = facts_of(table)
    assert (facts[0].first, facts[0].is_guess) == (first, how == ReadAs())
    assert [row[0] for row in own_rows(table, facts)] == dates
    found = work.own_rows(
        "a.csv", store().put("upload", AMBIGUOUS), None, None, how=how, report=Told()
    )
    told = [line for line in found["remarks"] if "“when” has dates such as 01/02/2024" in line]
    assert len(told) == (how == ReadAs())


def test_what_is_said_of_dates_is_for_those_that_leave_it_open() -> None:
    data = b"a;b\n01/02/2024;31.01.2024\n03/04/2024;1.2.2024\n"
    table = read_table("a.csv", data, ReadAs(first="month"))
    assert [each.first for each in facts_of(table)] == ["month", "day"]
    rows = [("2024-01-02", "2024-01-31"), ("2024-03-04", "2024-02-01")]
    assert own_rows(table, facts_of(table)) == rows


def test_columns_are_taken_as_dates_where_that_is_said() -> None:
    data = b"when;n\n31.12.2023;1\nabout May;2\n30.02.2024;3\n1.2.2024;4\n"
    assert facts_of(read_table("a.csv", data))[0].form != "date"
    table = read_table("a.csv", data, ReadAs(dates=("when",)))
    facts = facts_of(table)[0]
    assert (facts.form, facts.first, facts.n_missing) == ("date", "day", 2)
    assert [row[0] for row in own_rows(table, [facts])] == ["2023-12-31", None, None, "2024-02-01"]
    as_category = facts_of(
        read_table("a.csv", b"d\n2024-01-01\n2024-01-02\n", ReadAs(categories=("d",)))
    )
    assert as_category[0].form == "category"


@pytest.mark.parametrize(
    "bad", ["31.12.2024 and 12.31.2024", "0000-01-01", "2024-01-01 25:00", "1.1.24 13:00PM"]
)
def test_what_is_no_date_in_one_order_is_none(bad: str) -> None:
    cells = bad.split(" and ")
    table = read_table("a.csv", "\n".join(["when;n", *(f"{c};1" for c in cells)]).encode())
    assert facts_of(table)[0].form in ("text", "category")


@pytest.mark.parametrize(
    ("data", "how", "why"),
    [
        ("ü,b\n1,2\n".encode("cp1252"), ReadAs(encoding="utf-8"), "byte 0xfc at position 1 stands"),
        (b"a,b\n1,2,3\n", ReadAs(separator=","), "Row 2 of “a.csv” has 3 cells, but the header"),
        (b"a,b\n1,2,3\n", ReadAs(has_header=False), "but the first row has 2 columns"),
        (b"a,b\n1,2\n", ReadAs(encoding="utf-16"), "a header but no rows"),
        (b"a,\x01b\n1,2\n", ReadAs(encoding="cp1252"), "is no text in Windows-1252: character 3"),
    ],
)
def test_what_makes_a_file_unreadable_is_told(data: bytes, how: ReadAs, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_table("a.csv", data, how)


def test_a_workbook_may_lack_names_and_json_never_does() -> None:
    how = ReadAs(has_header=False, encoding="cp1252", separator="|")
    table = read_table("a.xlsx", xlsx([[1, "x"], [2, "y"]]), how)
    assert table.columns == ("column 1", "column 2")
    assert table.rows == (("1", "x"), ("2", "y"))
    assert read_table("a.jsonl", b'{"a": 1}\n{"a": 2}', how).columns == ("a",)


def test_the_number_of_a_row_is_that_in_the_file() -> None:
    how = ReadAs(has_header=False)
    upload_id = store().put("upload", b"one text,ham,0.5\nother text,spam,1.5\n")
    said = work.PredictedAs(("column 3",))
    found = work.texts("a.csv", upload_id, "column 1", "column 2", said, how, report=Told())
    assert "Row 2, column “column 3”: “1.5” is not" in found["unread"][0]
    assert kept.n_own("text", found["source"]) == 2


def test_a_file_that_cannot_be_read_so_is_a_problem_and_stays() -> None:
    data = "text,label\nGröße,a\nHöhe,b\n".encode("cp1252")
    upload_id = store().put("upload", data)
    found = work.texts("a.csv", upload_id, None, None, how=ReadAs(encoding="utf-8"), report=Told())
    assert [*found] == ["problem"]
    again = work.texts("a.csv", upload_id, None, None, report=Told())
    assert kept.texts(again["source"]) == ("Größe", "Höhe")
